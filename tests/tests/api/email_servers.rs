//! The server that takes messages to people: one that fails, one that is not the right one, and what
//! whoever runs the installation sees of it.

use concord_app::{
    Error,
    email::round,
    smtp::{self, Security, Server, Settings},
};
use concord_tests::{
    Database, Person, Registry, line,
    mailbox::{Kind, Mailbox},
    serving::Demonstration,
    small_world,
};
use serde_json::json;

use super::{asks, email::PATH, is_problem, logged};

/// A registry in which something has come to wait for somebody who wants to be told.
fn waiting(database: Database, mailbox: &Mailbox) -> Registry {
    let registry = Registry::sending_by(database, mailbox.server());
    registry.import(&small_world());
    let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
    confirm(mailbox, &b, "b@field.example");
    logged(&a, &line("a", "north", &asks(&["open_route"])));
    logged(&b, &line("b", "north", &asks(&["close_route"])));
    registry
}

fn confirm(mailbox: &Mailbox, person: &Person<'_>, address: &str) {
    person.post(PATH, &json!({"address": address, "sends": "each"})).expect(204);
    let code = json!({"code": mailbox.code()});
    person.post("/v1/me/email/confirmation", &code).expect(204);
}

const BOTH: [Database; 2] = [Database::Sqlite, Database::Postgres];

#[test]
fn while_the_server_cannot_be_reached_nothing_is_kept_as_told() {
    for database in BOTH {
        let mut mailbox = Mailbox::default();
        let registry = waiting(database, &mailbox);
        mailbox.stop();
        for _ in 0..20 {
            registry.pass_seconds(900);
            assert!(matches!(round(&registry.app), Err(Error::MessageNotSent)));
        }
        let failures = registry.app.smtp.as_ref().expect("a server").failures();
        assert_eq!((failures.unreachable, failures.not_taken), (20, 0));
        let before = mailbox.mails().len();
        mailbox.start();
        assert_eq!(round(&registry.app).expect("a round").sent, 1);
        assert_eq!(round(&registry.app).expect("a round").sent, 0);
        assert_eq!(mailbox.mails().len(), before + 1);
    }
}

#[test]
fn a_message_that_is_not_taken_is_tried_again_ever_later_and_arrives_once() {
    for database in BOTH {
        let mailbox = Mailbox::default();
        let registry = waiting(database, &mailbox);
        let before = mailbox.mails().len();
        let tried = |seconds: i64| {
            registry.pass_seconds(seconds);
            let done = round(&registry.app).expect("a round");
            (done.sent, done.not_taken)
        };
        mailbox.answer(Some("451 4.3.0 b@field.example is asleep"));
        assert_eq!(tried(0), (0, 1));
        for minutes in [15, 60] {
            assert_eq!(tried(minutes * 60 - 1), (0, 0));
            assert_eq!(tried(1), (0, 1));
            assert_eq!(tried(0), (0, 0));
        }
        mailbox.answer(None);
        assert_eq!(tried(4 * 3_600 - 1), (0, 0));
        assert_eq!(tried(1), (1, 0));
        assert_eq!(tried(30), (0, 0));
        assert_eq!(mailbox.mails().len(), before + 1);
        assert_eq!(registry.app.smtp.as_ref().expect("a server").failures().not_taken, 3);
    }
}

#[test]
fn a_message_that_is_never_taken_is_given_up_and_what_comes_later_is_tried() {
    for database in BOTH {
        let mailbox = Mailbox::default();
        let registry = waiting(database, &mailbox);
        mailbox.answer(Some("550 5.7.1 b@field.example is not wanted here"));
        let mut tried = Vec::new();
        // Four days of rounds that are an hour apart, from Sunday noon on.
        for hour in 0..96 {
            let done = round(&registry.app).expect("a round");
            tried.extend((done.not_taken > 0).then_some(hour));
            registry.pass_seconds(3_600);
        }
        // On Monday at six falls the digest, and it begins anew.
        assert_eq!(tried, [0, 1, 2, 6, 18, 19, 20, 24, 36, 60]);
        mailbox.answer(None);
        let before = mailbox.mails().len();
        let [a, b] = ["a", "b"].map(|organization| registry.member("demo", organization));
        assert_eq!(round(&registry.app).expect("a round").sent, 0);
        logged(&a, &line("a", "south", &asks(&["open_route"])));
        logged(&b, &line("b", "south", &asks(&["close_route"])));
        assert_eq!(round(&registry.app).expect("a round").sent, 1);
        assert_eq!(mailbox.mails().len(), before + 1);
    }
}

#[test]
fn one_whose_message_is_not_taken_keeps_no_other_from_being_told() {
    let mailbox = Mailbox::default();
    let registry = Registry::sending_by(Database::Sqlite, mailbox.server());
    registry.import(&small_world());
    let people: Vec<Person<'_>> = (0..3).map(|_| registry.member("demo", "b")).collect();
    for (number, person) in people.iter().enumerate() {
        confirm(&mailbox, person, &format!("b{number}@field.example"));
    }
    logged(&registry.member("demo", "a"), &line("a", "north", &asks(&["open_route"])));
    logged(&people[0], &line("b", "north", &asks(&["close_route"])));
    let before = mailbox.mails().len();
    mailbox.answer(Some("450 4.2.1 not now"));
    assert_eq!(round(&registry.app).expect("a round").not_taken, 3);
    mailbox.answer(None);
    registry.pass_seconds(900);
    assert_eq!(round(&registry.app).expect("a round").sent, 3);
    assert_eq!(mailbox.mails().len(), before + 3);
}

/// Whether messages arrive with these settings; why not.
fn usable(settings: Settings) -> Result<(), smtp::Error> {
    let server = Server::new(settings).expect("they are settings");
    server.connect().map(drop)
}

#[test]
fn messages_go_over_tls_to_the_server_that_is_meant_or_not_at_all() {
    let user = Some(("registry", "a long pass word"));
    for mode in ["tls", "starttls"] {
        let mailbox = Mailbox::new(Kind { mode, user });
        let registry = waiting(Database::Sqlite, &mailbox);
        assert_eq!(round(&registry.app).expect("a round").sent, 1);
        let mails = mailbox.mails();
        assert_eq!(mails.len(), 2);
        assert!(mails.iter().all(|mail| mail.over_tls && mail.signed_in), "{mails:?}");
        // A certificate that nobody vouches for.
        let stranger = Settings { certificates: None, ..mailbox.settings() };
        let said = usable(stranger).expect_err("it is refused").to_string();
        assert!(said.contains("certificate"), "{said}");
        // The name that the certificate was not made for.
        let named = format!("localhost:{}", mailbox.port);
        let other = Settings { server: named, ..mailbox.settings() };
        assert!(usable(other).is_err());
        let wrong = Some(("registry".to_owned(), "another pass word".to_owned().into()));
        let said = usable(Settings { user: wrong, ..mailbox.settings() }).expect_err("refused");
        assert!(said.to_string().contains("535"), "{said}");
        assert!(!said.to_string().contains("pass word"), "{said}");
        assert_eq!(mailbox.mails().len(), 2);
    }
}

#[test]
fn a_server_that_offers_no_tls_is_sent_nothing_where_tls_is_set() {
    let plain = Mailbox::default();
    let tls = Mailbox::new(Kind { mode: "tls", user: None }).settings();
    for security in [Security::StartTls, Security::Tls] {
        let certificates = tls.certificates.clone();
        let settings = Settings { security, certificates, ..plain.settings() };
        usable(settings).expect_err("it is refused");
    }
    assert_eq!(plain.mails(), []);
}

#[test]
fn the_command_line_sends_a_round_and_the_doctor_asks_the_server() {
    for database in BOTH {
        let mut mailbox = Mailbox::default();
        let registry = waiting(database, &mailbox);
        let before = mailbox.mails().len();
        let flags = mailbox.flags();
        let command = |words: &[&str]| {
            let flags = flags.iter().map(String::as_str);
            registry.command(&words.iter().copied().chain(flags).collect::<Vec<_>>())
        };
        let send = ["notifications", "send"];
        assert!(registry.command(&send).expect_err("refused").contains("--smtp-server"));
        for _ in 0..2 {
            let said = command(&send).expect("it is done");
            assert_eq!(said, "Whoever was to be told was told.\n");
            assert_eq!(mailbox.mails().len(), before + 1);
        }
        let without = registry.command(&["doctor"]).expect("all is well");
        assert!(without.contains("No SMTP server is set"), "{without}");
        let with = command(&["doctor"]).expect("all is well");
        assert!(with.contains("The SMTP server can be used"), "{with}");
        mailbox.stop();
        let said = command(&["doctor"]).expect_err("it cannot be used");
        assert!(said.contains("the SMTP server cannot be used"), "{said}");
        assert!(command(&["user", "list"]).is_err(), "other commands have no such flags");
    }
}

#[test]
fn settings_that_would_let_others_read_along_are_refused_before_anything_is_served() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let refused = |flags: &[&str]| {
        let words = ["notifications", "send"].iter().chain(flags).copied();
        registry.command(&words.collect::<Vec<_>>()).expect_err("refused")
    };
    let [sender, public] =
        [["--smtp-sender", "a@registry.example"], ["--public-address", "https://registry.example"]];
    let server = ["--smtp-server", "mail.example"];
    let said = refused(&[&server[..], &sender, &public, &["--smtp-security", "none"]].concat());
    assert!(said.contains("without TLS"), "{said}");
    for missing in [&[&server[..], &sender].concat(), &[&server[..], &public].concat()] {
        assert!(refused(missing).contains("required"));
    }
    let said = refused(&[&server[..], &sender, &public, &["--smtp-user", "a"]].concat());
    assert!(said.contains("CONCORD_SMTP_PASSWORD"), "{said}");
}

#[test]
fn the_server_tells_how_often_it_failed_and_logs_neither_address_nor_content() {
    let mut mailbox = Mailbox::default();
    let mut flags = mailbox.flags();
    flags.extend(["--metrics".to_owned(), "127.0.0.1:0".to_owned()]);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let server = Demonstration::with("email", &flags);
    let token = server.token("adviser@rtw");
    let set = |address: &str| {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answer = agent
            .post(format!("http://{}{PATH}", server.address))
            .header("authorization", format!("Bearer {token}"))
            .send_json(json!({"address": address, "sends": "each"}));
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(set("adviser@field.example"), 204);
    assert_eq!(mailbox.mails()[0].to, ["adviser@field.example"]);
    mailbox.answer(Some("550 5.1.1 adviser@field.example is nobody"));
    assert_eq!(set("adviser@field.example"), 503);
    mailbox.stop();
    assert_eq!(set("adviser@field.example"), 503);
    let metrics = format!("http://{}/metrics", server.metrics.as_deref().expect("an address"));
    let told = ureq::get(metrics).call().expect("told").body_mut().read_to_string().expect("text");
    for (reason, count) in [("not_taken", 1), ("unreachable", 1)] {
        let line = format!("concord_email_failures_total{{reason=\"{reason}\"}} {count}\n");
        assert!(told.contains(&line), "{told}");
    }
    let log = std::fs::read_to_string(server.folder.join("log")).expect("the log");
    assert!(log.contains("a message cannot be sent") && log.contains("it answers 550"), "{log}");
    for secret in ["field.example", "is nobody", "enter this code"] {
        assert!(!log.contains(secret), "{secret} is logged: {log}");
    }
}

#[test]
fn who_was_never_reached_is_told_in_the_api_all_the_same() {
    let mailbox = Mailbox::default();
    let registry = waiting(Database::Sqlite, &mailbox);
    mailbox.answer(Some("550 no"));
    assert_eq!(round(&registry.app).expect("a round").not_taken, 1);
    let b = registry.member("demo", "b");
    assert_eq!(b.get("notifications").expect(200).body["items"].as_array().map(Vec::len), Some(1));
    is_problem(&registry.nobody("demo").get(PATH), 401, "unauthenticated");
}

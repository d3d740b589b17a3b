//! Being told by e-mail that something waits: only what one may read, only where one has confirmed
//! it, once, and nothing of what it is. The messages go to an SMTP server that really runs.

use concord_app::{
    Error,
    email::{Done, round},
    people,
    samples::Sample,
};
use concord_domain::vocabulary::Role;
use concord_tests::{
    Database, PASSWORD, Person, Registry, line,
    mailbox::{Mail, Mailbox, PUBLIC_ADDRESS, SENDER},
    small_world,
};
use serde_json::{Value, json};

use super::{
    asks, id_of, is_fault, is_problem, lock_down, logged, own_line,
    sealing::{is_in_files, lines},
    with,
};

pub(super) const PATH: &str = "/v1/me/email";
const CONFIRMATION: &str = "/v1/me/email/confirmation";
const CHOICE: &str = "/v1/me/email/choice";

/// Runs a test on each database, with an SMTP server of its own.
fn on_each_database(test: impl Fn(&Registry, &mut Mailbox)) {
    for database in [Database::Sqlite, Database::Postgres] {
        let mut mailbox = Mailbox::default();
        let registry = Registry::sending_by(database, mailbox.server());
        registry.import(&small_world());
        test(&registry, &mut mailbox);
    }
}

fn again<'r>(registry: &'r Registry, person: &Person<'_>) -> Person<'r> {
    registry.signed_in(&person.login, "demo")
}

fn address(person: &Person<'_>) -> String {
    format!("{}@field.example", person.login)
}

/// Somebody sets an address and confirms it.
#[track_caller]
fn confirmed(mailbox: &Mailbox, person: &Person<'_>, sends: &str) {
    person.post(PATH, &json!({"address": address(person), "sends": sends})).expect(204);
    person.post(CONFIRMATION, &json!({"code": mailbox.code()})).expect(204);
}

/// What a round sends, and how many messages the server does not take.
#[track_caller]
fn sent(registry: &Registry, mailbox: &Mailbox) -> (Vec<Mail>, usize) {
    let before = mailbox.mails().len();
    let done = round(&registry.app).expect("a round");
    let new = mailbox.mails().split_off(before);
    assert_eq!(done.sent, new.len());
    (new, done.not_taken)
}

/// To whom a round sends something.
#[track_caller]
fn told(registry: &Registry, mailbox: &Mailbox) -> Vec<String> {
    let (mails, not_taken) = sent(registry, mailbox);
    assert_eq!(not_taken, 0);
    mails.iter().flat_map(|mail| mail.to.clone()).collect()
}

#[track_caller]
fn is_told(registry: &Registry, mailbox: &Mailbox, person: &Person<'_>) {
    assert_eq!(told(registry, mailbox), [address(person)]);
}

#[track_caller]
fn nobody_is_told(registry: &Registry, mailbox: &Mailbox) {
    assert_eq!(told(registry, mailbox), [""; 0]);
}

/// Two lines that meet, the second of which is B's.
fn meeting(a: &Person<'_>, b: &Person<'_>) -> [String; 2] {
    [
        logged(a, &line("a", "north", &asks(&["open_route"]))),
        logged(b, &line("b", "north", &asks(&["close_route"]))),
    ]
}

/// What waits for somebody in the API, by id.
fn waiting(person: &Person<'_>) -> Vec<String> {
    let found = person.get("notifications").expect(200).body;
    found["items"].as_array().expect("a list").iter().map(id_of).collect()
}

#[test]
fn who_wants_it_is_told_once_of_what_waits_and_anew_of_what_comes_to_wait() {
    on_each_database(|registry, mailbox| {
        let (a, b, c) = (
            registry.member("demo", "a"),
            registry.member("demo", "b"),
            registry.member("demo", "c"),
        );
        for person in [&b, &c] {
            confirmed(mailbox, person, "each");
        }
        nobody_is_told(registry, mailbox);
        meeting(&a, &b);
        // C reads the flag, and nothing of it waits for C; A has given no address.
        is_told(registry, mailbox, &b);
        nobody_is_told(registry, mailbox);
        registry.pass_seconds(900);
        nobody_is_told(registry, mailbox);
        // Several things that come to wait are one message.
        let b = again(registry, &b);
        logged(&again(registry, &a), &line("a", "south", &asks(&["open_route", "allow_movement"])));
        logged(&b, &line("b", "south", &asks(&["close_route", "allow_movement"])));
        assert!(waiting(&b).len() > 2);
        is_told(registry, mailbox, &b);
        // What was seen in time is not told.
        logged(&b, &line("b", "group", &asks(&["close_route"])));
        let seen = waiting(&b);
        b.post("notifications/read", &json!({"notifications": seen})).expect(204);
        nobody_is_told(registry, mailbox);
        registry.verify();
    });
}

#[test]
fn a_message_holds_nothing_but_that_something_waits_and_where_to_sign_in() {
    let mailbox = Mailbox::default();
    let registry = Registry::sending_by(Database::Sqlite, mailbox.server());
    registry.set_day("2026-11-20");
    let sample = Sample::named("exercise").expect("the sample");
    let bundle = sample.bundle(registry.app.today()).expect("a bundle");
    registry.import(&bundle);
    let person = registry.person("exercise", Role::FocalPoint, Some("rtw"));
    let desk = registry.person("exercise", Role::Desk, None);
    for person in [&person, &desk] {
        confirmed(&mailbox, person, "each");
    }
    registry.pass_days(1);
    let (notices, _) = sent(&registry, &mailbox);
    registry.pass_days(7);
    let (digests, _) = sent(&registry, &mailbox);
    assert_eq!((notices.len(), digests.len()), (2, 2));
    let mut names = Vec::new();
    named(&bundle, &mut names);
    let person = again(&registry, &person);
    names.extend(waiting(&registry.signed_in(&person.login, "exercise")));
    names.push("exercise".to_owned());
    assert!(names.len() > 200, "{}", names.len());
    for mail in mailbox.mails() {
        assert_eq!((mail.to.len(), mail.header("from")), (1, SENDER));
        assert_eq!(mail.header("subject"), "A message for you");
        assert_eq!(mail.header("content-type"), "text/plain; charset=\"utf-8\"");
        assert_eq!(mail.header("auto-submitted"), "auto-generated");
        let mut headers: Vec<&str> = mail.headers.iter().map(|(name, _)| name.as_str()).collect();
        headers.sort_unstable();
        let expected = [
            "Auto-Submitted",
            "Content-Transfer-Encoding",
            "Content-Type",
            "Date",
            "From",
            "Message-ID",
            "Subject",
            "To",
        ];
        assert_eq!(headers, expected);
        // The address is the only name in it, and people choose that themselves.
        let said = mail.raw.replace(&mail.to[0], "");
        for name in &names {
            assert!(!said.contains(name.as_str()), "{name} is told in {said}");
        }
        assert!(!said.chars().any(|c| c == '<' || c == '>'), "{said}");
    }
    let one = |mails: &[Mail]| {
        let mut said: Vec<&str> = mails.iter().map(|mail| mail.text.as_str()).collect();
        said.dedup();
        assert_eq!(said.len(), 1, "{said:?}");
        said[0].replace("\r\n", "\n")
    };
    let choice = "You are sent this because you chose it. There you can choose otherwise, or remove \
                  this address.";
    assert_eq!(
        one(&notices),
        format!(
            "Something new waits for you. Sign in to see it:\n\n{PUBLIC_ADDRESS}\n\n{choice}\n"
        )
    );
    assert_eq!(
        one(&digests),
        format!(
            "Something waits for you, as of this week. Sign in to see it:\n\n{PUBLIC_ADDRESS}\n\n\
             {choice}\n"
        )
    );
}

/// Every text of a bundle that is long enough to be told from a word: names, ids, sentences.
fn named(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.chars().count() > 4 => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| named(item, found)),
        Value::Object(members) => members.values().for_each(|member| named(member, found)),
        _ => {}
    }
}

#[test]
fn an_address_counts_once_the_code_has_come_back_from_it() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let none = json!({"address": null, "sends": null, "language": null, "confirmed_at": null});
        assert_eq!(b.get(PATH).expect(200).body, none);
        is_problem(&b.post(CONFIRMATION, &json!({"code": "x"})), 409, "conflict");
        is_problem(&b.post(CHOICE, &json!({"sends": "each"})), 409, "conflict");
        is_problem(&b.delete(PATH), 409, "conflict");
        let wanted = json!({"address": address(&b), "sends": "each"});
        b.post(PATH, &wanted).expect(204);
        meeting(&a, &b);
        nobody_is_told(registry, mailbox);
        let standing = json!({"address": address(&b), "sends": "each", "language": "en",
            "confirmed_at": null});
        assert_eq!(b.get(PATH).expect(200).body, standing);
        // Nobody else's code, and none that was sent before the last one.
        let former = mailbox.code();
        b.post(PATH, &wanted).expect(204);
        a.post(PATH, &json!({"address": address(&a), "sends": "each"})).expect(204);
        let of_a = mailbox.code();
        let of_b = mailbox.mails().iter().rev().find(|it| it.to == [address(&b)]).cloned();
        let of_b = of_b.expect("a message").text.lines().nth(2).expect("a code").to_owned();
        for wrong in ["", "0", &former, &of_a] {
            is_fault(&b.post(CONFIRMATION, &json!({"code": wrong})), "/code", "wrong_code");
        }
        registry.pass_seconds(300);
        let typed = format!(" {} ", of_b.to_uppercase().replace('-', " "));
        b.post(CONFIRMATION, &json!({"code": typed})).expect(204);
        assert_eq!(b.get(PATH).expect(200).body["confirmed_at"], "2026-03-15T12:05:00.000000Z");
        is_problem(&b.post(CONFIRMATION, &json!({"code": of_b})), 409, "conflict");
        is_told(registry, mailbox, &b);
        // Another takes its place at once, and is sent nothing before it is confirmed.
        b.post(PATH, &json!({"address": "other@field.example", "sends": "each"})).expect(204);
        nobody_is_told(registry, mailbox);
    });
}

#[test]
fn a_code_is_good_for_half_an_hour_and_a_few_tries_and_few_are_sent() {
    on_each_database(|registry, mailbox| {
        let b = registry.member("demo", "b");
        let set = |b: &Person<'_>| b.post(PATH, &json!({"address": address(b), "sends": "each"}));
        let confirm = |b: &Person<'_>, code: &str| b.post(CONFIRMATION, &json!({"code": code}));
        set(&b).expect(204);
        registry.pass_seconds(30 * 60);
        let b = again(registry, &b);
        is_fault(&confirm(&b, &mailbox.code()), "/code", "wrong_code");
        set(&b).expect(204);
        for _ in 0..5 {
            is_fault(&confirm(&b, "00000-00000-00000-00000"), "/code", "wrong_code");
        }
        registry.pass_seconds(300);
        is_fault(&confirm(&b, &mailbox.code()), "/code", "wrong_code");
        // However long somebody tries, eight tries in five minutes are looked at.
        for _ in 0..7 {
            is_fault(&confirm(&b, "x"), "/code", "wrong_code");
        }
        is_problem(&confirm(&b, "x"), 429, "throttled");
        // To remove the address lets no more codes be sent.
        for _ in 0..3 {
            registry.pass_seconds(300);
            let b = again(registry, &b);
            set(&b).expect(204);
            b.delete(PATH).expect(204);
        }
        assert_eq!(mailbox.mails().len(), 5);
        registry.pass_seconds(300);
        let b = again(registry, &b);
        let refused = set(&b);
        is_problem(&refused, 429, "throttled");
        let wait: i64 = refused.header("retry-after").expect("a time").parse().expect("seconds");
        registry.pass_seconds(wait - 1);
        is_problem(&set(&again(registry, &b)), 429, "throttled");
        registry.pass_seconds(1);
        set(&again(registry, &b)).expect(204);
        assert_eq!(mailbox.mails().len(), 6);
    });
}

#[test]
fn who_may_set_an_address_and_what_is_none() {
    on_each_database(|registry, mailbox| {
        let b = registry.member("demo", "b");
        let wanted = json!({"address": address(&b), "sends": "each"});
        let nobody = registry.nobody("demo");
        is_problem(&nobody.post(PATH, &wanted), 401, "unauthenticated");
        is_problem(&nobody.delete(PATH), 401, "unauthenticated");
        // No tool does any of it.
        let new = json!({"name": "Tool", "scope": "log", "ends_on": "2026-04-30"});
        let mut tool = registry.nobody("demo");
        let token = b.post("/v1/me/tool-tokens", &new).expect(201).body["token"].clone();
        tool.token = token.as_str().map(str::to_owned);
        is_problem(&tool.get(PATH), 403, "forbidden");
        is_problem(&tool.post(PATH, &wanted), 403, "forbidden");
        is_problem(&tool.post(CONFIRMATION, &json!({"code": "x"})), 403, "forbidden");
        is_problem(&tool.post(CHOICE, &json!({"sends": "each"})), 403, "forbidden");
        is_problem(&tool.delete(PATH), 403, "forbidden");
        let malformed =
            ["", "b", "b@", "b@c d", "b@c.example\r\nBcc: x@y.example", "b@[127.0.0.1]"];
        for malformed in malformed {
            let body = json!({"address": malformed, "sends": "each"});
            is_fault(&b.post(PATH, &body), "/address", "malformed");
        }
        let long = format!("{}@field.example", "b".repeat(250));
        is_fault(
            &b.post(PATH, &json!({"address": long, "sends": "each"})),
            "/address",
            "malformed",
        );
        let other = json!({"address": address(&b), "sends": "daily"});
        is_fault(&b.post(PATH, &other), "/sends", "unknown_code");
        is_fault(&b.post(PATH, &json!({"sends": "each"})), "/address", "missing");
        assert_eq!(mailbox.mails(), []);
        // A proof that is fresh is needed to set one, and none to be rid of it.
        confirmed(mailbox, &b, "each");
        registry.pass_seconds(601);
        is_problem(&b.post(PATH, &wanted), 403, "step_up_required");
        b.post(CHOICE, &json!({"sends": "nothing"})).expect(204);
        b.delete(PATH).expect(204);
        b.post("/v1/tokens/step-up", &json!({"password": PASSWORD})).expect(204);
        b.post(PATH, &wanted).expect(204);
    });
}

#[test]
fn where_nothing_is_sent_it_is_said_and_nothing_is_kept() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let b = registry.member("demo", "b");
    let wanted = json!({"address": address(&b), "sends": "each"});
    let refused = b.post(PATH, &wanted);
    is_problem(&refused, 409, "conflict");
    assert_eq!(refused.body["detail"], "this installation sends no e-mail");
    assert_eq!(round(&registry.app).expect("nothing is done"), Done::default());
    on_each_database(|registry, mailbox| {
        let b = registry.member("demo", "b");
        confirmed(mailbox, &b, "each");
        let other = json!({"address": "other@field.example", "sends": "each"});
        mailbox.stop();
        let refused = b.post(PATH, &other);
        is_problem(&refused, 503, "message_not_sent");
        assert_eq!(refused.header("retry-after"), Some("60"));
        mailbox.start();
        mailbox.answer(Some("550 5.1.1 other@field.example is nobody"));
        is_problem(&b.post(PATH, &other), 503, "message_not_sent");
        let standing = b.get(PATH).expect(200).body;
        assert_eq!(standing["address"], address(&b));
        assert!(standing["confirmed_at"].is_string());
    });
}

#[test]
fn a_digest_goes_on_monday_morning_if_something_waits_and_at_no_other_time() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        confirmed(mailbox, &b, "digest");
        // It is Sunday. On the first Monday nothing waits; what comes to wait then waits a week.
        registry.set_day("2026-03-16");
        nobody_is_told(registry, mailbox);
        meeting(&again(registry, &a), &again(registry, &b));
        for day in 16..=22 {
            registry.set_day(&format!("2026-03-{day}"));
            nobody_is_told(registry, mailbox);
        }
        // Noon of Sunday, and then six o'clock on Monday, to the second.
        registry.pass_seconds(18 * 3_600 - 1);
        nobody_is_told(registry, mailbox);
        registry.pass_seconds(1);
        is_told(registry, mailbox, &b);
        nobody_is_told(registry, mailbox);
        // It still waits a week later, and is told again; once it was seen, it is not.
        registry.pass_days(7);
        is_told(registry, mailbox, &b);
        let b = again(registry, &b);
        let seen = waiting(&b);
        b.post("notifications/read", &json!({"notifications": seen})).expect(204);
        registry.pass_days(7);
        nobody_is_told(registry, mailbox);
        registry.verify();
    });
}

#[test]
fn who_wants_each_is_sent_a_digest_besides_and_one_message_when_both_fall_due() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        confirmed(mailbox, &b, "each");
        meeting(&a, &b);
        is_told(registry, mailbox, &b);
        registry.set_day("2026-03-16");
        let (digest, _) = sent(registry, mailbox);
        assert!(digest[0].text.contains("as of this week"), "{digest:?}");
        registry.set_day("2026-03-23");
        let (a, b) = (again(registry, &a), again(registry, &b));
        logged(&a, &line("a", "south", &asks(&["open_route"])));
        logged(&b, &line("b", "south", &asks(&["close_route"])));
        let (both, _) = sent(registry, mailbox);
        assert_eq!(both.len(), 1);
        assert!(both[0].text.contains("as of this week"), "{both:?}");
        nobody_is_told(registry, mailbox);
        // Who chooses each later is told of what waits already.
        let b = again(registry, &b);
        b.post(CHOICE, &json!({"sends": "nothing"})).expect(204);
        registry.set_day("2026-03-30");
        nobody_is_told(registry, mailbox);
        again(registry, &b).post(CHOICE, &json!({"sends": "each"})).expect(204);
        is_told(registry, mailbox, &b);
    });
}

#[test]
fn of_what_is_restricted_nobody_is_told_before_the_morning() {
    on_each_database(|registry, mailbox| {
        let (a, b, desk) =
            (registry.member("demo", "a"), registry.member("demo", "b"), registry.desk("demo"));
        for person in [&b, &desk] {
            confirmed(mailbox, person, "each");
        }
        nobody_is_told(registry, mailbox);
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let own = line("b", "north", &asks(&["close_route"]));
        logged(&b, &with(&own, &json!({"audience": "own"})));
        assert_eq!((waiting(&b).len(), waiting(&desk).len()), (1, 1));
        nobody_is_told(registry, mailbox);
        // Until six o'clock on Monday it is told to nobody, and then with the digest of that day.
        registry.pass_seconds(18 * 3_600 - 1);
        nobody_is_told(registry, mailbox);
        registry.pass_seconds(1);
        let mut both = told(registry, mailbox);
        both.sort();
        let mut expected = [address(&b), address(&desk)];
        expected.sort();
        assert_eq!(both, expected);
        // On another day, too; and what can be read is told at once meanwhile.
        let (a, b) = (again(registry, &a), again(registry, &b));
        logged(&a, &own_line("a", "south", &asks(&["open_route"])));
        logged(&b, &line("b", "south", &asks(&["close_route"])));
        nobody_is_told(registry, mailbox);
        let c = registry.member("demo", "c");
        logged(&c, &line("c", "south", &asks(&["allow_movement"])));
        logged(&b, &line("b", "south", &asks(&["allow_movement"])));
        registry.pass_seconds(900);
        is_told(registry, mailbox, &b);
        registry.pass_seconds(24 * 3_600 - 901);
        nobody_is_told(registry, mailbox);
        registry.pass_seconds(1);
        let told = told(registry, mailbox);
        assert!(told.contains(&address(&desk)) && told.contains(&address(&b)), "{told:?}");
    });
}

#[test]
fn each_reads_it_in_the_language_in_which_they_asked_for_it() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let in_language = |path: &str, language: &str, body: &Value| {
            let headers = [("content-type", "application/json"), ("accept-language", language)];
            b.request("POST", path, &headers, Some(body.to_string().as_bytes())).expect(204);
        };
        in_language(PATH, "ar-SD", &json!({"address": address(&b), "sends": "each"}));
        let mails = mailbox.mails();
        assert!(mails[0].text.contains("خلال 30 دقيقة"), "{mails:?}");
        b.post(CONFIRMATION, &json!({"code": mailbox.code()})).expect(204);
        assert_eq!(b.get(PATH).expect(200).body["language"], "ar");
        meeting(&a, &b);
        let (notice, _) = sent(registry, mailbox);
        assert!(notice[0].text.contains("هناك شيء جديد في انتظارك"), "{notice:?}");
        assert!(notice[0].raw.is_ascii());
        let others = [
            ("fr", "Quelque chose de nouveau", "Un message pour vous"),
            ("es", "Hay algo nuevo", "Un mensaje para usted"),
        ];
        for (number, (language, words, subject)) in others.into_iter().enumerate() {
            in_language(CHOICE, language, &json!({"sends": "each"}));
            let ask = ["allow_movement", "open_route"][number];
            logged(&a, &line("a", "south", &asks(&[ask])));
            logged(&b, &line("b", "south", &asks(&[ask])));
            let (notice, _) = sent(registry, mailbox);
            assert!(notice[0].text.contains(words), "{notice:?}");
            assert_eq!(notice[0].header("subject"), subject);
        }
    });
}

/// All that arrives at somebody's address in a month, when something happens on the other side.
fn arrived(
    database: Database,
    happens: impl Fn(&Registry, &Person<'_>, &Person<'_>, i64),
) -> Vec<(i64, Mail)> {
    let mailbox = Mailbox::default();
    let registry = Registry::sending_by(database, mailbox.server());
    registry.import(&small_world());
    let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
    let watching = registry.person("demo", Role::FocalPoint, Some("c"));
    for (number, person) in [&b, &watching].into_iter().enumerate() {
        let address = format!("person-{number}@field.example");
        person.post(PATH, &json!({"address": address, "sends": "each"})).expect(204);
        person.post(CONFIRMATION, &json!({"code": mailbox.code()})).expect(204);
    }
    let begun = mailbox.mails().len();
    let line = line("b", "north", &asks(&["close_route", "allow_movement"]));
    logged(&b, &with(&line, &json!({"until": "2026-04-30"})));
    let commitment = json!({"armed_actor": "north", "kind": "verbal_assurance", "issue": "access",
        "action": "stop", "organization": "b", "until": "2026-04-08"});
    b.post("commitments", &commitment).expect(201);
    let mut arrived = Vec::new();
    for day in 0..32 {
        happens(&registry, &again(&registry, &a), &again(&registry, &b), day);
        for hour in 0..2 {
            let before = begun + arrived.len();
            round(&registry.app).expect("a round");
            let new = mailbox.mails().split_off(before);
            arrived.extend(new.into_iter().map(|mail| (day * 2 + hour, mail)));
            registry.pass_seconds(12 * 3_600);
        }
    }
    arrived
}

#[test]
fn an_entry_that_discloses_nothing_makes_no_difference_to_what_arrives() {
    let world = |database, disclosure: Option<&'static str>| {
        arrived(database, move |_, a, _, day| {
            let Some(disclosure) = disclosure.filter(|_| day == 3) else { return };
            let shared = json!({"disclosure": disclosure});
            logged(a, &with(&own_line("a", "north", &asks(&["open_route"])), &shared));
        })
    };
    for database in [Database::Sqlite, Database::Postgres] {
        let empty = world(database, None);
        // Something of one's own comes to wait in either world: the comparison is of something.
        assert!(empty.iter().any(|(_, mail)| mail.text.contains("Something new")), "{empty:?}");
        assert_eq!(world(database, Some("none")), empty, "{database:?}");
        assert_ne!(world(database, Some("match")), empty, "{database:?}");
    }
}

#[test]
fn silence_a_no_and_an_entry_that_comes_to_disclose_nothing_arrive_alike() {
    let world = |database, said: &'static str| {
        arrived(database, move |registry, a, b, day| {
            if day == 1 {
                let own = own_line("a", "north", &asks(&["open_route"]));
                let entry = logged(a, &own);
                let restricted = id_of(&b.get("flags").expect(200).body["restricted"][0]);
                let wish = json!({"restricted": restricted, "reason": "Before we go."});
                b.post("contact-requests", &wish).expect(201);
                if said == "none" {
                    registry.pass_seconds(1);
                    let path = format!("engagements/{entry}/tightening");
                    let body = json!({"audience": "own", "disclosure": "none",
                        "reason": "It is not safe."});
                    a.post_matching(&path, "*", &body).expect(200);
                    registry.pass_seconds(-1);
                }
            }
            if day == 3 && said != "none" && said != "nothing" {
                let list = a.get("received-contact-requests").expect(200).body;
                let id = id_of(&list["items"][0]);
                let path = format!("received-contact-requests/{id}/answer");
                a.post(&path, &json!({"answer": said})).expect(200);
            }
        })
    };
    for database in [Database::Sqlite, Database::Postgres] {
        let silence = world(database, "nothing");
        // The restricted line, then what came of the request as the seventh day begins.
        let halves: Vec<i64> = silence.iter().map(|(half, _)| *half).collect();
        assert!(halves.contains(&2) && halves.contains(&15), "{halves:?}");
        for alike in ["no", "none"] {
            assert_eq!(world(database, alike), silence, "{database:?}: {alike}");
        }
        assert_ne!(world(database, "yes"), silence, "{database:?}");
    }
}

#[test]
fn who_is_not_there_any_more_is_told_nothing() {
    on_each_database(|registry, mailbox| {
        let focal = registry.person("demo", Role::FocalPoint, Some("b"));
        let a = registry.member("demo", "a");
        let people: Vec<Person<'_>> = (0..6).map(|_| registry.member("demo", "b")).collect();
        for person in &people {
            confirmed(mailbox, person, "each");
        }
        let [removed, disabled, left, silent, renewed, stays] = people.as_slice() else {
            panic!("there are six")
        };
        meeting(&a, &focal);
        removed.delete(PATH).expect(204);
        people::set_disabled(&registry.app, &disabled.login, true).expect("it is closed");
        let found = focal.get("people").expect(200).body;
        let of = |item: &&Value| item["login"] == left.login.as_str();
        let membership = found["items"].as_array().and_then(|items| items.iter().find(of));
        focal.delete(&format!("people/{}", id_of(membership.expect("is there")))).expect(204);
        silent.post(CHOICE, &json!({"sends": "nothing"})).expect(204);
        let password = json!({"password": PASSWORD, "new_password": "another long pass phrase"});
        renewed.put("/v1/me/password", "*", &password).expect(204);
        assert_eq!(renewed.get(PATH).expect(200).body["address"], Value::Null);
        is_told(registry, mailbox, stays);
        // An account that is opened again has no address any more.
        people::set_disabled(&registry.app, &disabled.login, false).expect("it is opened");
        nobody_is_told(registry, mailbox);
        assert_eq!(again(registry, disabled).get(PATH).expect(200).body["address"], Value::Null);
        let kept = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM email_addresses";
        assert_eq!(lines(registry, kept), ["3"]);
        let kept = "SELECT CAST(COUNT(DISTINCT account_id) AS TEXT) AS line \
                    FROM emailed_notifications";
        assert_eq!(lines(registry, kept), ["1"]);
    });
}

#[test]
fn nothing_is_sent_while_the_installation_is_locked_down() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        confirmed(mailbox, &b, "each");
        a.post(PATH, &json!({"address": address(&a), "sends": "each"})).expect(204);
        let code = mailbox.code();
        meeting(&a, &b);
        registry.command(&["lock-down"]).expect("it is locked down");
        // Before this process has noticed, and after.
        let before = mailbox.mails().len();
        assert!(matches!(round(&registry.app), Err(Error::LockedDown)));
        lock_down::look(registry);
        assert!(matches!(round(&registry.app), Err(Error::LockedDown)));
        assert_eq!(mailbox.mails().len(), before);
        registry.command(&["lock-down", "lift"]).expect("it is lifted");
        lock_down::look(registry);
        is_told(registry, mailbox, &b);
        // A code from before leads nowhere.
        let a = again(registry, &a);
        is_fault(&a.post(CONFIRMATION, &json!({"code": code})), "/code", "wrong_code");
    });
}

#[test]
fn no_address_stands_in_the_database_as_it_is_and_what_was_told_goes_with_its_entry() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        b.post(PATH, &json!({"address": "hidden.word@field.example", "sends": "each"})).expect(204);
        b.post(CONFIRMATION, &json!({"code": mailbox.code()})).expect(204);
        let stored = |what: &str| {
            let written = match registry.database {
                Database::Sqlite => format!("hex({what})"),
                Database::Postgres => format!("encode({what}, 'hex')"),
            };
            lines(registry, &format!("SELECT {written} AS line FROM email_addresses"))
        };
        let first = stored("address");
        // The nonce, the tag, and as many bytes for every address.
        assert_eq!(first[0].len(), 2 * (24 + 16 + 256));
        if registry.database == Database::Sqlite {
            assert!(is_in_files(registry, b.login.as_bytes()), "what is in the clear is found so");
            assert!(!is_in_files(registry, "hidden.word"));
        }
        registry.command(&["keys", "rotate-server-key"]).expect("it is changed");
        assert_ne!(stored("address"), first);
        let [entry, _] = meeting(&a, &b);
        assert_eq!(told(registry, mailbox), ["hidden.word@field.example"]);
        assert_eq!(b.get(PATH).expect(200).body["address"], "hidden.word@field.example");
        let kept = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM emailed_notifications";
        assert_eq!(lines(registry, kept), ["1"]);
        let path = format!("engagements/{entry}/retraction");
        a.post_matching(&path, "*", &json!({"reason": "unsafe"})).expect(200);
        assert_eq!(lines(registry, kept), ["0"]);
    });
}

#[test]
fn what_is_kept_is_recorded_where_nobody_of_an_operation_reads_it() {
    on_each_database(|registry, mailbox| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        confirmed(mailbox, &b, "each");
        b.post(CHOICE, &json!({"sends": "each"})).expect(204);
        meeting(&a, &b);
        is_told(registry, mailbox, &b);
        b.delete(PATH).expect(204);
        let records = registry.audit_records("demo");
        let by = |action: &str| {
            let of = |record: &&Value| record["action"] == action;
            records.iter().filter(of).cloned().collect::<Vec<_>>()
        };
        for action in ["set_email", "confirm_email", "choose_email", "remove_email", "emails"] {
            let found = by(action);
            assert!(!found.is_empty(), "{action}");
            let said = json!(found).to_string();
            assert!(!said.contains("field.example"), "{said}");
        }
        let of_operation = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM audit_records r
            JOIN operations o ON o.id = r.operation_id WHERE r.action IN
            ('emails', 'set_email', 'confirm_email', 'choose_email', 'remove_email')";
        assert_eq!(lines(registry, of_operation), ["0"]);
    });
}

//! One's own account: proving again that it is oneself, and what one is known by here.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Database, PASSWORD, Registry,
    mailbox::Mailbox,
    on_each_database,
    plain_browser::{Browser, carried, said, tags},
    small_world,
};
use serde_json::json;
use totp_rs::Totp;

use super::{SESSION, browser_of, is_page, visitor};

/// How long a proof counts, in seconds.
const FRESH: i64 = 600;

/// What is shown once on a page, by the class of its element.
#[track_caller]
fn shown_once(page: &Answer, class: &str) -> String {
    let begin = format!("class=\"{class}\"");
    let part = page.text.split(&begin).nth(1).unwrap_or_else(|| panic!("none in {}", page.text));
    let part = part.split_once('>').expect("a tag").1;
    said(&format!("<p>{}</p>", part.split("</p>").next().expect("a text")))
}

fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_form_that_needs_a_proof_is_kept_and_carried_out_with_it_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let administrator = registry.administrator();
        let browser = browser_of(registry, &administrator);
        registry.pass_seconds(FRESH);
        let path = "/operations/demo/organizations";
        let form = browser.get(path).expect(200);
        let typed = [("name", "Lantern \"Relief\""), ("kind", "ingo"), ("mechanisms", "awg")];
        let asked = browser.submit(&form, path, &typed).expect(403);
        is_page(&asked);
        assert!(said(&asked.text).contains("Prove again that it is you"), "{}", asked.text);
        let kept = carried(&asked.text, path);
        for (name, value) in typed {
            assert_eq!(field(&kept, name), Some(value));
        }
        let list = || browser.get(path).expect(200).text;
        assert!(!list().contains("Lantern"), "nothing is done before");

        for wrong in ["a wrong pass phrase", ""] {
            let refused = browser.submit(&asked, path, &[("proof", wrong)]).expect(422);
            is_page(&refused);
            assert_eq!(field(&carried(&refused.text, path), "name"), Some("Lantern \"Relief\""));
            assert!(!refused.text.contains("wrong pass phrase"), "{}", refused.text);
        }
        let done = browser.submit(&asked, path, &[("proof", PASSWORD)]).expect(303);
        assert_eq!(done.header("location"), Some(path));
        assert_eq!(said(&list()).matches("Lantern \"Relief\"").count(), 2);
        // The form that is sent twice is done once.
        browser.submit(&asked, path, &[("proof", PASSWORD)]).expect(303);
        assert_eq!(said(&list()).matches("Lantern \"Relief\"").count(), 2);
        // The next ten minutes need none.
        registry.pass_seconds(FRESH - 1);
        let form = browser.get(path).expect(200);
        browser.submit(&form, path, &[("name", "Second"), ("kind", "ingo")]).expect(303);
    });
}

#[test]
fn a_proof_is_of_one_browser_and_leads_back_to_where_one_was() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let desk = registry.desk("demo");
        let (here, elsewhere) = (browser_of(registry, &desk), browser_of(registry, &desk));
        registry.pass_seconds(FRESH);
        let page = here.get("/prove?to=/operations/demo/leads").expect(200);
        is_page(&page);
        assert!(page.text.contains("type=\"password\""), "{}", page.text);
        here.submit(&page, "/prove", &[("proof", "another")]).expect(422);
        let back = here.submit(&page, "/prove", &[("proof", PASSWORD)]).expect(303);
        assert_eq!(back.header("location"), Some("/operations/demo/leads"));
        let path = "/operations/demo/mechanisms";
        let typed = [("name", "Another group"), ("kind", "access_working_group")];
        let other = elsewhere.get(path).expect(200);
        elsewhere.submit(&other, path, &typed).expect(403);
        here.submit(&here.get(path).expect(200), path, &typed).expect(303);
        for away in ["https://other.example", "//other.example"] {
            let page = here.get(&format!("/prove?to={away}")).expect(200);
            let back = here.submit(&page, "/prove", &[("proof", PASSWORD)]).expect(303);
            assert_eq!(back.header("location"), Some("/"));
        }
        // Nobody proves anything with a form that stood on no page of the session.
        let forged = [("proof", PASSWORD), ("to", "/")];
        here.post("/prove", &[("origin", &registry.url())], &forged).expect(403);
        let signed_out = Browser::new(registry).get("/prove").expect(303);
        assert_eq!(signed_out.header("location"), Some("/sign-in?to=/prove"));
        let records = registry.audit_records("demo");
        assert!(records.iter().any(|record| record["action"] == "step_up"), "{records:?}");
    });
}

#[test]
fn wrong_proofs_are_counted_as_tries_to_sign_in_are() {
    let registry = Registry::on(Database::Sqlite);
    registry.import(&small_world());
    let browser = visitor(&registry, Role::Desk, None);
    let page = browser.get("/prove").expect(200);
    for _ in 0..8 {
        browser.submit(&page, "/prove", &[("proof", "another")]).expect(422);
    }
    let refused = browser.submit(&page, "/prove", &[("proof", PASSWORD)]).expect(429);
    is_page(&refused);
    assert!(refused.header("retry-after").is_some());
}

/// How many points wide a module is in the picture that is read.
const SCALE: usize = 4;

/// What a reader of such codes makes of the drawing on a page.
fn read(page: &Answer) -> String {
    let svg = &tags(&page.text, "svg")[0];
    let size: usize = svg["viewBox"].rsplit(' ').next().and_then(|it| it.parse().ok()).expect("it");
    let mut dark = vec![false; size * size];
    for run in tags(&page.text, "path")[0]["d"].split('M').skip(1) {
        let (x, rest) = run.split_once(' ').expect("a place");
        let (y, rest) = rest.split_once('h').expect("a line");
        let length: usize = rest.split('v').next().and_then(|it| it.parse().ok()).expect("a run");
        let (x, y): (usize, usize) = (x.parse().expect("x"), y.parse().expect("y"));
        dark[y * size + x..y * size + x + length].fill(true);
    }
    let shade = |x: usize, y: usize| if dark[y / SCALE * size + x / SCALE] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * SCALE, size * SCALE, shade);
    let (_, text) = image.detect_grids()[0].decode().expect("a code");
    text
}

#[test]
fn a_second_factor_is_brought_in_asked_for_and_removed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (browser, other) = (browser_of(registry, &a), browser_of(registry, &a));
        let path = "/account/second-factor";
        let begin = browser.get(path).expect(200);
        is_page(&begin);
        let made = browser.submit(&begin, path, &[]).expect(200);
        let links = tags(&made.text, "a");
        let uri = links.iter().map(|link| &link["href"]).find(|to| to.starts_with("otpauth:"));
        let uri = uri.expect("an address that apps open");
        let shown = made.text.replace("otpauth://", "");
        let (headers, body) = (made.headers.clone(), made.body.clone());
        is_page(&Answer { status: 200, headers, text: shown, body });
        assert_eq!(read(&made), *uri);
        let totp = Totp::from_url(uri).expect("an address that apps read");
        assert_eq!(shown_once(&made, "secret").replace(' ', ""), totp.secret().to_base32());
        let code = || {
            let now = registry.app.now().and_utc().timestamp();
            totp.generate(u64::try_from(now).expect("a time")).to_string()
        };

        let confirmation = "/account/second-factor/confirmation";
        let wrong = browser.submit(&made, confirmation, &[("code", "12345")]).expect(422);
        is_page(&wrong);
        assert!(!wrong.text.contains("otpauth"), "it is shown once: {}", wrong.text);
        let confirmed = browser.submit(&wrong, confirmation, &[("code", &code())]).expect(200);
        is_page(&confirmed);
        let codes = confirmed.text.split("<li>").skip(1).filter(|item| item.contains('-')).count();
        assert_eq!(codes, 10);
        other.get("/account").expect(303);
        let standing = said(&browser.get(path).expect(200).text);
        assert!(standing.contains("Recovery codes left: 10."), "{standing}");

        // Now a code is asked for, and the password proves nothing.
        registry.pass_seconds(FRESH);
        let standing = browser.get(path).expect(200);
        let removal = "/account/second-factor/removal";
        let asked = browser.submit(&standing, removal, &[]).expect(403);
        assert!(asked.text.contains("one-time-code"), "{}", asked.text);
        assert!(!asked.text.contains("type=\"password\""), "{}", asked.text);
        browser.submit(&asked, removal, &[("proof", PASSWORD)]).expect(422);
        let done = browser.submit(&asked, removal, &[("proof", &code())]).expect(303);
        let account = said(&browser.follow(&done).expect(200).text);
        assert!(account.contains("The second factor is removed."), "{account}");
        browser_of(registry, &a).get("/account").expect(200);
    });
}

#[test]
fn another_password_ends_all_but_this_session() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (browser, other) = (browser_of(registry, &a), browser_of(registry, &a));
        let path = "/account/password";
        let form = browser.get(path).expect(200);
        is_page(&form);
        let new = "quite another long pass phrase";
        for (old, new, says) in [
            ("wrong", new, "This is not the password that you sign in with."),
            (PASSWORD, "short", "a password has 12 to 200 characters"),
        ] {
            let typed = [("password", old), ("new_password", new)];
            let refused = browser.submit(&form, path, &typed).expect(422);
            is_page(&refused);
            assert!(said(&refused.text).contains(says), "{}", refused.text);
            assert!(!refused.text.contains(PASSWORD), "{}", refused.text);
        }
        let typed = [("password", PASSWORD), ("new_password", new)];
        let done = browser.submit(&form, path, &typed).expect(303);
        assert!(said(&browser.follow(&done).expect(200).text).contains("The password is changed."));
        other.get("/account").expect(303);
        let again = Browser::new(registry);
        let page = again.get("/sign-in").expect(200);
        again.submit(&page, "/sign-in", &[("login", &a.login), ("password", new)]).expect(303);
    });
}

#[test]
fn a_token_for_a_tool_is_shown_once_and_revoked_at_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let browser = visitor(registry, Role::Member, Some("a"));
        let path = "/account/tools";
        let form = browser.get(path).expect(200);
        let wrong = browser.submit(&form, path, &[("name", "Spreadsheet")]).expect(422);
        is_page(&wrong);
        assert!(wrong.text.contains("value=\"Spreadsheet\""), "{}", wrong.text);
        let end = registry.app.today().to_string();
        let typed = [("name", "Spreadsheet"), ("scope", "read"), ("ends_on", end.as_str())];
        let made = browser.submit(&form, path, &typed).expect(200);
        is_page(&made);
        let token = shown_once(&made, "secret");
        assert!(!browser.get(path).expect(200).text.contains(&token));
        let mut tool = registry.nobody("demo");
        tool.token = Some(token);
        tool.get("engagements").expect(200);
        let page = browser.get(path).expect(200);
        let revoke = tags(&page.text, "form").into_iter().map(|form| form["action"].clone());
        let revoke = revoke.into_iter().find(|to| to.ends_with("/revoke")).expect("a form");
        browser.submit(&page, &revoke, &[]).expect(303);
        tool.get("engagements").expect(401);
        // Those of others are nobody's.
        let other = visitor(registry, Role::Member, Some("a"));
        let other_page = other.get(path).expect(200);
        let fields = carried(&other_page.text, path);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        other.post(&revoke, &[("origin", &registry.url())], &fields).expect(404);
        let unlinked = revoke.replace("tools", "identities").replace("revoke", "unlink");
        other.post(&unlinked, &[("origin", &registry.url())], &fields).expect(404);
        is_page(&other.get("/account/identities").expect(200));
    });
}

#[test]
fn an_address_is_confirmed_chosen_for_and_forgotten() {
    for database in [Database::Sqlite, Database::Postgres] {
        let mailbox = Mailbox::default();
        let registry = Registry::sending_by(database, mailbox.server());
        registry.import(&small_world());
        let browser = visitor(&registry, Role::Member, Some("a"));
        let path = "/account/email";
        let form = browser.get(path).expect(200);
        is_page(&form);
        let refused = [("address", "no address"), ("sends", "digest")];
        let refused = browser.submit(&form, path, &refused).expect(422);
        assert!(refused.text.contains("value=\"no address\""), "{}", refused.text);
        let typed = [("address", "adviser@field.example"), ("sends", "digest")];
        browser.submit(&form, path, &typed).expect(303);
        let confirmation = "/account/email/confirmation";
        let form = browser.get(path).expect(200);
        browser.submit(&form, confirmation, &[("code", "0f3a9-52c7d")]).expect(422);
        browser.submit(&form, confirmation, &[("code", &mailbox.code())]).expect(303);
        let form = browser.get(path).expect(200);
        assert!(said(&form.text).contains("adviser@field.example confirmed"), "{}", form.text);
        browser.submit(&form, "/account/email/choice", &[("sends", "each")]).expect(303);
        let form = browser.get(path).expect(200);
        assert!(form.text.contains("value=\"each\" selected"), "{}", form.text);
        browser.submit(&form, "/account/email/removal", &[]).expect(303);
        assert!(!browser.get(path).expect(200).text.contains("field.example"));
    }
}

#[test]
fn an_installation_that_sends_nothing_says_so() {
    let registry = Registry::on(Database::Sqlite);
    registry.import(&small_world());
    let browser = visitor(&registry, Role::Member, Some("a"));
    let page = browser.get("/account/email").expect(200);
    is_page(&page);
    assert!(said(&page.text).contains("This installation sends no e-mail."), "{}", page.text);
}

#[test]
fn who_is_invited_begins_with_the_code_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal_point = visitor(registry, Role::FocalPoint, Some("a"));
        let people = "/operations/demo/people";
        let form = focal_point.get(people).expect(200);
        let typed = [("name", "Field adviser"), ("login", "field@a.example"), ("role", "member")];
        let organization = tags(&form.text, "option");
        let organization =
            organization.iter().find(|it| it["value"].len() == 36).expect("the own one");
        let mut typed = typed.to_vec();
        typed.push(("organization", &organization["value"]));
        let invited = focal_point.submit(&form, people, &typed).expect(200);
        is_page(&invited);
        let code = shown_once(&invited, "secret");
        assert!(!focal_point.get(people).expect(200).text.contains(&code));

        let browser = Browser::new(registry);
        let page = browser.get("/invitation").expect(200);
        is_page(&page);
        let accept = |code: &str, password: &str| {
            browser.submit(&page, "/invitation", &[("code", code), ("password", password)])
        };
        for (code, password) in [(code.as_str(), "short"), ("0f3a", PASSWORD), ("", PASSWORD)] {
            let refused = accept(code, password).expect(422);
            is_page(&refused);
            assert_eq!(browser.cookie(SESSION), None);
        }
        let begun = accept(&format!(" {code} "), PASSWORD).expect(303);
        assert_eq!(begun.header("location"), Some("/"));
        is_page(&browser.get("/operations/demo").expect(200));
        accept(&code, PASSWORD).expect(422);
        registry.signed_in("field@a.example", "demo").get("engagements").expect(200);
        let body = json!({"code": code, "password": PASSWORD});
        registry.nobody("demo").post("/v1/invitations", &body).expect(401);
    });
}

//! Signing in at an identity provider, linking what one is there, and proving there that it is oneself.
//! The provider is played; `tests/api/oidc_provider.rs` has a certified one.

use concord_tests::{
    Answer, Database, PASSWORD, Registry,
    plain_browser::{Browser, said, tags},
    provider::{Played, SentThere, sent_there},
    small_world,
};

use super::{SESSION, browser_of};

const AWAY: &str = "concord-away";
const BACK: &str = "/sign-in/elsewhere/return";

fn on_each_database(test: impl Fn(&Registry, &Played)) {
    for database in [Database::Sqlite, Database::Postgres] {
        let played = Played::new();
        let registry = Registry::signing_in_at(database, played.provider());
        registry.import(&small_world());
        test(&registry, &played);
    }
}

/// Where a page sends its visitor, by itself and by a link.
#[track_caller]
fn sent(browser: &Browser<'_>, page: &Answer) -> SentThere {
    assert_eq!(page.status, 200, "{}", page.text);
    let links = tags(&page.text, "a");
    let there = links.iter().find(|link| link["href"].starts_with("http")).expect("a link");
    let there = there["href"].clone();
    assert_eq!(page.header("refresh"), Some(&*format!("0; url={there}")));
    let (kept, attributes) = browser.cookies.borrow()[AWAY].clone();
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict"));
    let secret = kept.split('.').nth(1).expect("a secret");
    assert!(!there.contains(secret) && !page.text.contains(secret), "nobody else learns it");
    sent_there(&there)
}

/// Comes back as whom one is there.
#[track_caller]
fn back(
    browser: &Browser<'_>,
    (played, registry): (&Played, &Registry),
    sent: &SentThere,
    subject: &str,
) -> Answer {
    let code = played.code(sent, subject, registry.app.now().and_utc().timestamp());
    let page =
        returned(browser, &[("state", &sent.state), ("code", &code), ("iss", &played.issuer)]);
    browser.submit(&page.expect(200), BACK, &[])
}

/// The page to which the provider sends.
fn returned(browser: &Browser<'_>, with: &[(&str, &str)]) -> Answer {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(with).finish();
    // No cookie of this site comes along from another.
    browser.clone_without_cookies().get(&format!("/sign-in/elsewhere?{query}"))
}

#[track_caller]
fn link(browser: &Browser<'_>, there: (&Played, &Registry), subject: &str) -> Answer {
    let page = browser.get("/account/identities").expect(200);
    let sent = sent(browser, &browser.submit(&page, "/account/identities", &[]));
    back(browser, there, &sent, subject)
}

#[test]
fn somebody_links_what_they_are_there_and_signs_in_by_it() {
    on_each_database(|registry, played| {
        let there = (played, registry);
        let a = registry.member("demo", "a");
        let browser = browser_of(registry, &a);
        assert!(browser.get("/account").expect(200).text.contains("/account/identities"));
        let linked = link(&browser, there, "anna").expect(303);
        assert_eq!(linked.header("location"), Some("/account/identities"));
        assert!(!browser.cookies.borrow().contains_key(AWAY), "it is used up");
        assert!(said(&browser.follow(&linked).expect(200).text).contains(&played.issuer));

        let other = Browser::new(registry);
        let page = other.get("/sign-in?to=/operations/demo/flags").expect(200);
        let sent = sent(&other, &other.submit(&page, "/sign-in/elsewhere", &[]));
        let signed_in = back(&other, there, &sent, "anna").expect(303);
        assert_eq!(signed_in.header("location"), Some("/operations/demo/flags"));
        assert!(other.cookies.borrow().contains_key(SESSION));
        other.follow(&signed_in).expect(200);
    });
}

#[test]
fn nobody_else_is_signed_in_by_what_comes_back() {
    on_each_database(|registry, played| {
        let there = (played, registry);
        let a = registry.member("demo", "a");
        link(&browser_of(registry, &a), there, "anna").expect(303);
        let away = || {
            let browser = Browser::new(registry);
            let page = browser.get("/sign-in").expect(200);
            let sent = sent(&browser, &browser.submit(&page, "/sign-in/elsewhere", &[]));
            (browser, sent)
        };
        let is_refused = |browser: &Browser<'_>, answer: Answer| {
            let answer = answer.expect(422);
            assert!(said(&answer.text).contains("did not sign you in"), "{}", answer.text);
            assert!(!browser.cookies.borrow().contains_key(SESSION));
        };
        // Who is linked to no account.
        let (browser, sent) = away();
        is_refused(&browser, back(&browser, there, &sent, "bert"));
        // Another browser than the one that was sent there.
        let (_, sent) = away();
        let (thief, _) = away();
        is_refused(&thief, back(&thief, there, &sent, "anna"));
        let stranger = Browser::new(registry);
        is_refused(&stranger, back(&stranger, there, &sent, "anna"));
        // Who said no there.
        let (browser, sent) = away();
        let refused = [("state", &*sent.state), ("error", "access_denied")];
        is_refused(&browser, returned(&browser, &refused));
    });
}

#[test]
fn somebody_proves_there_that_it_is_them() {
    on_each_database(|registry, played| {
        let there = (played, registry);
        let a = registry.member("demo", "a");
        let browser = browser_of(registry, &a);
        let form = |page: &Answer| page.text.contains("action=\"/prove/elsewhere\"");
        assert!(!form(&browser.get("/prove?to=/account/password").expect(200)));
        link(&browser, there, "anna").expect(303);
        registry.pass_seconds(11 * 60);
        let page = browser.get("/account/tools").expect(200);
        let typed = [("name", "A tool"), ("scope", "read"), ("ends_on", "2026-04-01")];
        let asked = browser.submit(&page, "/account/tools", &typed).expect(403);
        assert!(form(&asked), "{}", asked.text);
        let page = browser.get("/prove?to=/account/tools").expect(200);
        let sent = sent(&browser, &browser.submit(&page, "/prove/elsewhere", &[]));
        let proved = back(&browser, there, &sent, "anna").expect(303);
        assert_eq!(proved.header("location"), Some("/account/tools"));
        let page = browser.follow(&proved).expect(200);
        browser.submit(&page, "/account/tools", &typed).expect(200);
    });
}

#[test]
fn without_a_provider_nothing_is_said_of_one() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let browser = Browser::new(&registry);
    let page = browser.get("/sign-in").expect(200);
    assert!(!page.text.contains("/sign-in/elsewhere"));
    let typed = [("login", "nobody"), ("password", PASSWORD)];
    browser.submit(&page, "/sign-in", &typed).expect(422);
    let origin = registry.url();
    browser.post("/sign-in/elsewhere", &[("origin", &origin)], &[]).expect(409);
}

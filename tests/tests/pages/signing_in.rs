//! Signing in by a form, staying signed in, and signing out.

use concord_tests::{
    PASSWORD, Registry, on_each_database,
    plain_browser::{Browser, carried, said, tags},
    small_world,
};
use serde_json::{Value, json};
use totp_rs::Totp;

use super::{SESSION, browser_of, form_token, is_page};

const DAY: i64 = 24 * 60 * 60;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn somebody_signs_in_comes_to_where_they_wanted_and_signs_out() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let browser = Browser::new(registry);
        let sent = browser.get("/operations/demo/flags").expect(303);
        assert_eq!(sent.header("location"), Some("/sign-in?to=/operations/demo/flags"));
        let form = browser.follow(&sent).expect(200);
        is_page(&form);
        let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
        let signed_in = browser.submit(&form, "/sign-in", &typed).expect(303);
        assert_eq!(signed_in.header("location"), Some("/operations/demo/flags"));
        let (_, attributes) = browser.cookies.borrow()[SESSION].clone();
        assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
        let page = browser.follow(&signed_in).expect(200);
        is_page(&page);
        // Nothing on a page gives away the secret, or is a token of the API.
        let secret = browser.cookie(SESSION).expect("a secret");
        let halves: Vec<&str> = secret.split('.').collect();
        assert!(halves.iter().all(|half| !page.text.contains(half)) && !page.text.contains("eyJ"));
        let again = browser.get("/sign-in?to=/operations").expect(303);
        assert_eq!(again.header("location"), Some("/operations"));
        assert_eq!(browser.get("/").expect(303).header("location"), Some("/operations/demo"));

        let out = browser.submit(&page, "/sign-out", &[]).expect(303);
        assert_eq!(browser.cookie(SESSION), None);
        is_page(&browser.follow(&out).expect(200));
        let thief = Browser::new(registry);
        thief.cookies.borrow_mut().insert(SESSION.to_owned(), (secret, String::new()));
        thief.get("/operations/demo").expect(303);
    });
}

#[test]
fn it_is_not_said_whether_the_login_or_the_password_is_wrong() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let browser = Browser::new(registry);
        let form = browser.get("/sign-in").expect(200);
        let answers = [(a.login.as_str(), "a wrong pass phrase"), ("nobody", PASSWORD)].map(
            |(login, password)| {
                let typed = [("login", login), ("password", password)];
                let refused = browser.submit(&form, "/sign-in", &typed).expect(422);
                is_page(&refused);
                assert!(!refused.text.contains(password));
                refused.text.replace(login, "LOGIN")
            },
        );
        assert_eq!(answers[0], answers[1]);
        assert!(said(&answers[0]).contains("do not sign anybody in"), "{}", answers[0]);
        assert_eq!(browser.cookie(SESSION), None);
        for _ in 0..7 {
            browser
                .submit(&form, "/sign-in", &[("login", &a.login), ("password", "x")])
                .expect(422);
        }
        let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
        let refused = browser.submit(&form, "/sign-in", &typed).expect(429);
        is_page(&refused);
        assert!(refused.header("retry-after").is_some());
    });
}

#[test]
fn who_has_a_second_factor_shows_it_in_a_second_step() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let told = a.post("/v1/me/second-factor", &json!({})).expect(200).body;
        let totp = Totp::from_url(text(&told["uri"])).expect("an address that apps read");
        let code = || {
            let now = registry.app.now().and_utc().timestamp();
            totp.generate(u64::try_from(now).expect("a time")).to_string()
        };
        let confirmed = json!({"code": code()});
        a.post("/v1/me/second-factor/confirmation", &confirmed).expect(200);
        registry.pass_seconds(60);

        let browser = Browser::new(registry);
        let form = browser.get("/sign-in?to=/operations").expect(200);
        let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
        let second = browser.submit(&form, "/sign-in", &typed).expect(200);
        is_page(&second);
        assert_eq!(browser.cookie(SESSION), None);
        let action = "/sign-in/second-factor";
        let wrong = browser.submit(&second, action, &[("code", "12345")]).expect(422);
        is_page(&wrong);
        assert_eq!(carried(&wrong.text, action), carried(&second.text, action));
        let signed_in = browser.submit(&wrong, action, &[("code", &code())]).expect(303);
        assert_eq!(signed_in.header("location"), Some("/operations"));
        is_page(&browser.follow(&signed_in).expect(200));
    });
}

#[test]
fn a_session_in_a_browser_is_one_of_ones_sessions_and_ends_at_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let browser = browser_of(registry, &a);
        browser.get("/operations/demo").expect(200);
        let sessions = a.get("/v1/me/sessions").expect(200).body;
        let items = sessions["items"].as_array().expect("a list");
        assert_eq!(items.len(), 2);
        let other = items.iter().find(|session| session["current"] == false).expect("the other");
        let id = other["id"].as_str().expect("an id");
        a.delete(&format!("/v1/me/sessions/{id}")).expect(204);
        let refused = browser.get("/operations/demo").expect(303);
        assert_eq!(refused.header("location"), Some("/sign-in?to=/operations/demo"));
        assert_eq!(browser.cookie(SESSION), None);
    });
}

#[test]
fn a_session_ends_when_it_was_not_used_for_a_week_and_after_thirty_days_in_any_case() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let unused = browser_of(registry, &a);
        let used = browser_of(registry, &a);
        for _ in 0..4 {
            registry.pass_seconds(7 * DAY - 1);
            used.get("/operations").expect(200);
        }
        unused.get("/operations").expect(303);
        registry.pass_seconds(2 * DAY + 4);
        used.get("/operations").expect(303);
    });
}

#[test]
fn what_a_browser_keeps_and_what_the_api_gives_out_cannot_be_used_as_each_other() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let stranger = Browser::new(registry);
        for token in [a.refresh_token.clone(), a.token.clone()] {
            let token = (token.expect("a token"), String::new());
            stranger.cookies.borrow_mut().insert(SESSION.to_owned(), token);
            stranger.get("/operations/demo").expect(303);
        }
        a.get("/v1/me").expect(200);
        let browser = browser_of(registry, &a);
        let secret = browser.cookie(SESSION).expect("a secret");
        let body = json!({"refresh_token": secret});
        registry.nobody("demo").post("/v1/tokens/refresh", &body).expect(401);
        // Somebody else has it, so it is good for nothing any more.
        browser.get("/operations/demo").expect(303);
    });
}

#[test]
fn behind_tls_the_cookie_is_bound_to_it_and_no_password_is_taken_in_the_clear() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let browser = Browser::new(registry);
        let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
        let proxied = [("host", "concord.example"), ("origin", "https://concord.example")];
        browser.post("/sign-in", &proxied, &typed).expect(303);
        let (secret, attributes) = browser.cookies.borrow()["__Host-concord"].clone();
        assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(browser.cookie(SESSION), None);
        browser.send("GET", "/operations/demo", &proxied[..1], "").expect(200);
        // The other name can be set by whoever has another name of the domain.
        let tossed = Browser::new(registry);
        tossed.cookies.borrow_mut().insert(SESSION.to_owned(), (secret, String::new()));
        tossed.send("GET", "/operations/demo", &proxied[..1], "").expect(303);

        let clear = [("host", "192.168.0.7:8080"), ("origin", "http://192.168.0.7:8080")];
        let open = Browser::new(registry);
        let refused = open.post("/sign-in", &clear, &typed).expect(403);
        assert!(said(&refused.text).contains("can be read by others"), "{}", refused.text);
        assert!(open.cookies.borrow().is_empty());
    });
}

#[test]
fn nobody_is_sent_to_another_site_after_signing_in() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for to in ["https://other.example/", "//other.example", "/\\other.example", "other"] {
            let browser = Browser::new(registry);
            let to = url::form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>();
            let form = browser.get(&format!("/sign-in?to={to}")).expect(200);
            let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
            let signed_in = browser.submit(&form, "/sign-in", &typed).expect(303);
            assert_eq!(signed_in.header("location"), Some("/"), "{to}");
        }
    });
}

#[test]
fn who_follows_a_link_of_another_site_comes_to_the_page_and_stays_signed_in() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let browser = browser_of(registry, &registry.member("demo", "a"));
        // With such a link a browser sends no cookie, and takes those that the answer brings.
        let secret = browser.cookies.borrow_mut().remove(SESSION).expect("a secret");
        let elsewhere = [("sec-fetch-site", "cross-site")];
        let between = browser.send("GET", "/operations/demo/flags", &elsewhere, "").expect(200);
        is_page(&between);
        assert_eq!(between.header("refresh"), Some("0; url=/operations/demo/flags"));
        assert_eq!(between.header("set-cookie"), None);
        browser.cookies.borrow_mut().insert(SESSION.to_owned(), secret);
        let own = [("sec-fetch-site", "same-origin")];
        is_page(&browser.send("GET", "/operations/demo/flags", &own, "").expect(200));
        // Whoever is not signed in is sent to sign in, and nothing is forgotten that was not sent.
        let stranger = Browser::new(registry);
        let sent = stranger.send("GET", "/operations/demo/flags", &own, "").expect(303);
        assert_eq!(sent.header("set-cookie"), None);
    });
}

#[test]
fn signing_in_again_ends_what_the_browser_kept_until_then() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let browser = browser_of(registry, &a);
        let former = browser.cookie(SESSION).expect("a secret");
        let origin = registry.url();
        let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
        browser.post("/sign-in", &[("origin", &origin)], &typed).expect(303);
        browser.get("/operations/demo").expect(200);
        let thief = Browser::new(registry);
        thief.cookies.borrow_mut().insert(SESSION.to_owned(), (former, String::new()));
        thief.get("/operations/demo").expect(303);
    });
}

#[test]
fn a_lock_down_is_told_to_people_as_a_page() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let browser = browser_of(registry, &registry.member("demo", "a"));
        concord_app::lock_down::begin(&registry.app).expect("it is locked down");
        for path in ["/", "/sign-in", "/operations/demo", "/assets/style.css"] {
            let accept = [("accept", "text/html,application/xhtml+xml")];
            let refused = browser.send("GET", path, &accept, "").expect(503);
            is_page(&refused);
            assert!(said(&refused.text).contains("locked down"), "{}", refused.text);
        }
        let program = browser.send("GET", "/v1/me", &[("accept", "text/html")], "").expect(503);
        assert_eq!(program.header("content-type"), Some("application/problem+json"));
    });
}

#[test]
fn somebody_sees_where_they_are_signed_in_and_ends_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (here, there) = (browser_of(registry, &a), browser_of(registry, &a));
        let page = here.get("/sessions").expect(200);
        is_page(&page);
        let ends: Vec<String> = tags(&page.text, "form")
            .into_iter()
            .filter_map(|form| form.get("action").cloned())
            .filter(|action| action.starts_with("/sessions/") && action != "/sessions/end")
            .collect();
        assert_eq!(ends.len(), 2, "{}", page.text);
        for end in &ends {
            here.submit(&page, end, &[]).expect(303);
            is_page(&here.submit(&page, end, &[]).expect(404));
        }
        there.get("/operations/demo").expect(303);
        assert_eq!(a.get("/v1/me").status, 401);
        let page = here.get("/sessions").expect(200);
        here.submit(&page, "/sessions/end", &[]).expect(303);
        here.get("/operations/demo").expect(303);
        // Nobody ends what is another's.
        let b = browser_of(registry, &registry.member("demo", "b"));
        let token = form_token(&b.get("/sessions").expect(200).text);
        let origin = registry.url();
        let fields = [("form_token", token.as_str())];
        let c = registry.member("demo", "c");
        let others = c.get("/v1/me/sessions").expect(200).body;
        let id = text(&others["items"][0]["id"]);
        b.post(&format!("/sessions/{id}/end"), &[("origin", &origin)], &fields).expect(404);
        c.get("/v1/me").expect(200);
    });
}

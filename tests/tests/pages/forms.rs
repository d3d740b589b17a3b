//! A form is taken from a page that was made for this session, and from nowhere else.

use concord_tests::{
    PASSWORD, Registry, on_each_database,
    plain_browser::{Browser, carried, said},
    small_world,
};

use super::{SESSION, asks, browser_of, form_token, is_page, line, logged};

#[test]
fn a_form_of_another_site_is_refused_and_changes_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let flag =
            a.get("flags").expect(200).body["items"][0]["id"].as_str().expect("an id").to_owned();
        let browser = browser_of(registry, &a);
        let path = format!("/operations/demo/flags/{flag}");
        let page = browser.get(&path).expect(200);
        let action = format!("{path}/steps");
        let carried = carried(&page.text, &action);
        let mut fields: Vec<(&str, &str)> =
            carried.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("state", "acknowledged"));
        let own = registry.url();
        let others: [&[(&str, &str)]; 6] = [
            &[],
            &[("origin", "null")],
            &[("origin", "https://other.example")],
            &[("origin", "http://127.0.0.1:1")],
            &[("origin", &own), ("sec-fetch-site", "cross-site")],
            &[("origin", &own), ("sec-fetch-site", "same-site")],
        ];
        for headers in others {
            let refused = browser.post(&action, headers, &fields).expect(403);
            is_page(&refused);
            assert!(said(&refused.text).contains("not made for you here"), "{}", refused.text);
            browser.post("/sign-out", headers, &fields).expect(403);
            browser.post("/language", headers, &[("language", "fr")]).expect(403);
            let typed = [("login", a.login.as_str()), ("password", PASSWORD)];
            Browser::new(registry).post("/sign-in", headers, &typed).expect(403);
        }
        // Nor without what was made for the session, nor with what was made for another.
        let same = [("origin", own.as_str())];
        let other = browser_of(registry, &a).get(&path).expect(200);
        let stolen = form_token(&other.text);
        for token in [None, Some(stolen.as_str()), Some("")] {
            let mut fields = vec![("state", "acknowledged"), ("key", "1")];
            fields.extend(token.map(|token| ("form_token", token)));
            browser.post(&action, &same, &fields).expect(403);
            browser.post("/sign-out", &same, &fields).expect(403);
        }
        assert!(browser.cookie(SESSION).is_some());
        let shown = a.get(&format!("flags/{flag}")).expect(200).body;
        assert_eq!(shown["flag"]["state"], "open");
        browser.post(&action, &same, &fields).expect(303);
        let shown = a.get(&format!("flags/{flag}")).expect(200).body;
        assert_eq!(shown["flag"]["state"], "acknowledged");
    });
}

#[test]
fn a_form_that_cannot_be_read_is_refused_with_a_page() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let browser = Browser::new(registry);
        let url = registry.url();
        let origin = ("origin", url.as_str());
        let form = ("content-type", "application/x-www-form-urlencoded");
        let too_large = format!("login={}", "a".repeat(70_000));
        for (status, headers, body) in [
            (413, vec![origin, form], too_large.as_str()),
            (415, vec![origin, ("content-type", "application/json")], "{}"),
            (415, vec![origin], "login=a"),
        ] {
            let refused = browser.send("POST", "/sign-in", &headers, body).expect(status);
            is_page(&refused);
        }
        for (method, path) in
            [("DELETE", "/sign-in"), ("POST", "/operations"), ("GET", "/sign-out")]
        {
            let refused = browser.send(method, path, &[origin, form], "").expect(405);
            is_page(&refused);
            assert!(refused.header("allow").is_some_and(|allowed| !allowed.is_empty()));
        }
        is_page(&browser.get("/operations/demo/nothing/here").expect(404));
    });
}

//! Before a meeting: the form, what is asked back, and the brief.

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Registry, on_each_database,
    plain_browser::{Browser, said, tags},
};

use super::{form_token, is_page};

const PAGE: &str = "/operations/exercise/meeting";

fn exercise(registry: &Registry) -> Browser<'_> {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
    Browser::signed_in(registry, &registry.member("exercise", "rtw").login)
}

/// Sends the form with these fields, in place of those that stand in it.
#[track_caller]
fn asked(browser: &Browser<'_>, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    browser.submit(page, PAGE, typed)
}

/// Fails unless it is a brief, which brings one style along and runs nothing.
#[track_caller]
fn is_brief(answer: &Answer, about: &str) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.text.contains(about), "{}", answer.text);
    assert!(answer.text.contains("TLP:AMBER+STRICT"), "{}", answer.text);
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.contains("style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text.contains("<script") && !answer.text.contains(" style="));
    assert!(answer.text.len() < 60_000, "{}", answer.text.len());
    let back = &tags(&answer.text, "a")[0];
    assert_eq!(back["href"], PAGE);
}

#[test]
fn who_names_an_armed_actor_a_place_and_a_day_is_given_the_brief() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        is_page(&page);
        let typed =
            [("actor", "UFV Sefa Bridge post"), ("place", "XT030102"), ("day", "2026-03-20")];
        let brief = asked(&browser, &page, &typed);
        is_brief(&brief, "UFV Sefa Bridge post");
        assert!(said(&brief.text).contains("20 March 2026"), "{}", brief.text);
        // Nothing of the question stands in an address.
        assert_eq!(brief.header("location"), None);
    });
}

#[test]
fn what_happened_is_shown_by_day_with_ways_to_the_flags() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        // The form has a second button, which sends it there.
        let to = "/operations/exercise/timeline";
        assert!(page.text.contains(&format!("formaction=\"{to}\"")), "{}", page.text);
        let token = form_token(&page.text);
        let origin = registry.url();
        let ask = |actor| {
            let fields = [("form_token", token.as_str()), ("actor", actor)];
            browser.post(to, &[("origin", &origin)], &fields)
        };
        let back = ask("zzzzzz").expect(422);
        is_page(&back);
        let happened = ask("United Front of the Valley").expect(200);
        is_page(&happened);
        let text = said(&happened.text);
        for part in ["What happened", "A line began", "They met", "With"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(happened.text.len() < 100_000, "{}", happened.text.len());
        let flag = tags(&happened.text, "a")
            .into_iter()
            .find(|link| link["href"].contains("/flags/"))
            .expect("a flag");
        is_page(&browser.get(&flag["href"]).expect(200));
    });
}

#[test]
fn the_brief_is_the_one_of_the_api() {
    on_each_database(|registry: &Registry| {
        let sample = Sample::named("exercise").expect("a sample");
        registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
        let adviser = registry.member("exercise", "rtw");
        let browser = Browser::signed_in(registry, &adviser.login);
        let page = browser.get(PAGE).expect(200);
        let shown = asked(&browser, &page, &[("actor", "ufv-sefa"), ("day", "2026-03-15")]);
        let headers = [("content-type", "application/json"), ("accept", "text/html")];
        let body = br#"{"armed_actor": "ufv-sefa", "day": "2026-03-15"}"#;
        let api = adviser.request("POST", "briefs", &headers, Some(body)).expect(200);
        assert_eq!(said(&shown.text).replace("Back to the form ", ""), said(&api.text));
    });
}

#[test]
fn what_is_not_clear_is_asked_back_and_what_was_typed_stays() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        let typed = [("actor", "Sefa Brigde post"), ("place", "efa"), ("day", "2026-03-20")];
        let back = asked(&browser, &page, &typed);
        is_page(&back);
        assert!(back.text.contains("value=\"Sefa Brigde post\""), "{}", back.text);
        let radios: Vec<_> = tags(&back.text, "input")
            .into_iter()
            .filter(|input| input.get("type").is_some_and(|kind| kind == "radio"))
            .collect();
        let of = |name: &str| {
            let found = radios.iter().find(|radio| radio["name"] == name);
            found.unwrap_or_else(|| panic!("no {name} in {}", back.text))["value"].clone()
        };
        let (actor, place) = (of("actor_chosen"), of("place_chosen"));
        let mut chosen = typed.to_vec();
        chosen.extend([("actor_chosen", actor.as_str()), ("place_chosen", place.as_str())]);
        is_brief(&asked(&browser, &back, &chosen), "Sefa");
        // Whoever types something else did not choose.
        let other = [("actor", "zzzzzz"), ("actor_chosen", actor.as_str())];
        let back = asked(&browser, &back, &other).expect(422);
        is_page(&back);
        assert!(said(&back.text).contains("No armed actor here is called anything like this"));
    });
}

#[test]
fn what_is_missing_or_wrong_is_said_at_its_field() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        let typed = [("place", "zzzz"), ("day", "20 March")];
        let back = asked(&browser, &page, &typed).expect(422);
        is_page(&back);
        let text = said(&back.text);
        for problem in
            ["Say which armed actor", "No place here has this name or code", "Write the day as"]
        {
            assert!(text.contains(problem), "{problem} in {text}");
        }
        let auditor = registry.person("exercise", Role::Auditor, None);
        let auditor = Browser::signed_in(registry, &auditor.login);
        let page = auditor.get(PAGE);
        is_page(&page);
        assert_eq!(page.status, 403);
    });
}

//! The list of flags, one flag with both sides, and the steps that are taken on it.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Person, Registry, on_each_database,
    plain_browser::{said, tags},
    small_world,
};
use serde_json::{Value, json};

use super::{all_of, asks, browser_of, form_token, is_page, line, logged, own_line, visitor};

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

/// The flags that somebody reads.
fn flags(person: &Person<'_>) -> Vec<Value> {
    person.get("flags").expect(200).body["items"].as_array().cloned().expect("a list")
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

/// Two lines that oppose each other, for all to read.
fn opposed(a: &Person<'_>, b: &Person<'_>) {
    logged(a, &line("a", "north", &asks(&["open_route"])));
    logged(b, &line("b", "north", &asks(&["close_route"])));
}

#[test]
fn a_flag_shows_both_sides_why_and_what_usually_settles_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        opposed(&a, &b);
        let flag = &flags(&a)[0];
        let browser = browser_of(registry, &a);
        let page = browser.get(&format!("/operations/demo/flags/{}", id_of(flag))).expect(200);
        is_page(&page);
        let said = said(&page.text);
        for reason in flag["because"].as_array().expect("reasons") {
            assert!(said.contains(reason["sentence"].as_str().expect("a sentence")), "{said}");
        }
        for part in ["title", "why", "settled_by"] {
            assert!(said.contains(flag["about"][part].as_str().expect("a text")), "{said}");
        }
        for part in ["Critical", "Open", "Organisation A", "Organisation B", "The Group, north"] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert_eq!(tags(&page.text, "article").len(), 2);
        assert!(said.contains("The facts came to raise it."), "{said}");
        // A title stays in the history of a browser.
        let title = page.text.split("<title>").nth(1).and_then(|rest| rest.split('<').next());
        assert_eq!(title, Some("Asks that cannot both be granted – Concord"));
    });
}

#[test]
fn a_flag_is_taken_through_its_life_by_forms() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        opposed(&a, &b);
        let path = format!("/operations/demo/flags/{}", id_of(&flags(&a)[0]));
        let action = format!("{path}/steps");
        let browser = browser_of(registry, &a);
        let page = browser.get(&path).expect(200);
        let typed = [("note", "We call them <today> & \"tomorrow\"."), ("state", "coordinating")];
        let taken = browser.submit(&page, &action, &typed).expect(303);
        assert_eq!(taken.header("location"), Some(path.as_str()));
        // The same form, sent again because the answer was lost, does nothing again.
        browser.submit(&page, &action, &typed).expect(303);
        let page = browser.follow(&taken).expect(200);
        is_page(&page);
        let seen = said(&page.text);
        assert!(seen.contains("We call them <today> & \"tomorrow\"."), "{seen}");
        assert_eq!(seen.matches("We call them").count(), 1, "{seen}");
        // With the same key nothing else is done either.
        let first = browser.get(&path).expect(200);
        browser.submit(&first, &action, &[("state", "acknowledged")]).expect(303);
        let other = browser.submit(&first, &action, &[("state", "coordinating")]).expect(409);
        is_page(&other);
        let page = browser.get(&path).expect(200);
        // A resolution is needed to settle it, and what was typed is not lost.
        let typed = [("note", "They go first."), ("state", "resolved")];
        let refused = browser.submit(&page, &action, &typed).expect(422);
        is_page(&refused);
        assert!(said(&refused.text).contains("a resolved flag needs a resolution"));
        assert!(refused.text.contains("They go first.</textarea>"), "{}", refused.text);
        let chosen = browser.submit(&refused, "/language", &[("language", "en")]).expect(303);
        is_page(&browser.follow(&chosen).expect(200));
        let typed =
            [("note", "They go first."), ("resolution", "sequenced"), ("state", "resolved")];
        browser.submit(&refused, &action, &typed).expect(303);
        let shown = a.get(&path.replace("/operations/demo/", "")).expect(200).body;
        assert_eq!(shown["flag"]["state"], "resolved");
        assert_eq!(shown["flag"]["resolution"], "sequenced");
        let list = said(&browser.get("/operations/demo/flags").expect(200).text);
        assert!(list.contains("None that you may know of."), "{list}");
        let list = said(&browser.get("/operations/demo/flags?show=over").expect(200).text);
        assert!(list.contains("Asks that cannot both be granted"), "{list}");
        registry.verify();
    });
}

#[test]
fn a_note_is_looked_over_and_kept_as_it_is_when_that_is_confirmed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        opposed(&a, &b);
        let path = format!("/operations/demo/flags/{}", id_of(&flags(&a)[0]));
        let action = format!("{path}/steps");
        let browser = browser_of(registry, &a);
        let page = browser.get(&path).expect(200);
        assert!(!page.text.contains("confirm_text"));
        let note = ("note", "We met Mr Okello at the bridge.");
        let refused =
            browser.submit(&page, &action, &[note, ("state", "acknowledged")]).expect(422);
        is_page(&refused);
        assert!(refused.text.contains("confirm_text") && refused.text.contains(note.1));
        let typed = [note, ("confirm_text", "true"), ("state", "acknowledged")];
        browser.submit(&refused, &action, &typed).expect(303);
        assert!(browser.get(&path).expect(200).text.contains(note.1));
    });
}

#[test]
fn a_hidden_flag_is_the_same_as_none() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let mut shared = own_line("a", "north", &asks(&["open_route"]));
        shared["audience"] = "organizations".into();
        shared["audience_organizations"] = json!(["b"]);
        logged(&a, &shared);
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let hidden = id_of(&flags(&b)[0]);
        for browser in [
            browser_of(registry, &registry.member("demo", "c")),
            visitor(registry, Role::Desk, None),
        ] {
            let page = browser.get("/operations/demo").expect(200);
            let token = form_token(&page.text);
            let answers = [hidden.as_str(), MISSING, "none"].map(|id| {
                let path = format!("/operations/demo/flags/{id}");
                let steps = format!("{path}/steps");
                let origin = registry.url();
                let fields = [("form_token", token.as_str()), ("state", "acknowledged")];
                let shown = browser.get(&path).expect(404);
                is_page(&shown);
                let taken = browser.post(&steps, &[("origin", &origin)], &fields).expect(404);
                (all_of(&shown), all_of(&taken))
            });
            assert_eq!(answers[0], answers[1]);
            assert_eq!(answers[0], answers[2]);
        }
    });
}

#[test]
fn an_operation_in_which_one_is_nobody_is_the_same_as_none() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let mut other = small_world();
        other["operation"]["key"] = "other".into();
        registry.import(&other);
        let browser = browser_of(registry, &registry.member("demo", "a"));
        for rest in ["", "/flags", &format!("/flags/{MISSING}")] {
            let hidden = browser.get(&format!("/operations/other{rest}")).expect(404);
            let missing = browser.get(&format!("/operations/none{rest}")).expect(404);
            assert_eq!(all_of(&hidden), all_of(&missing));
        }
    });
}

#[test]
fn a_line_that_may_not_be_shown_is_told_of_as_far_as_it_discloses() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        let page = browser_of(registry, &a).get("/operations/demo/flags").expect(200);
        is_page(&page);
        let said = said(&page.text);
        assert!(said.contains("Your line with The Group, north"), "{said}");
        assert!(!said.contains("Organisation B") && !said.contains("cannot both"), "{said}");
    });
}

#[test]
fn a_long_list_goes_on_where_it_ended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        for (index, action) in (0..6).map(|index| (index, ["open_route", "close_route"])) {
            let mut own = line("a", "north", &asks(&[action[0]]));
            own["key"] = format!("a-{index}").into();
            logged(&a, &own);
            let mut other = line("b", "north", &asks(&[action[1]]));
            other["key"] = format!("b-{index}").into();
            logged(&b, &other);
        }
        let all = flags(&a).len();
        assert!(all > 20, "{all}");
        let browser = browser_of(registry, &a);
        let mut address = "/operations/demo/flags".to_owned();
        let mut seen = std::collections::BTreeSet::new();
        loop {
            let page = browser.get(&address).expect(200);
            is_page(&page);
            let links = tags(&page.text, "a");
            let to = |link: &std::collections::BTreeMap<String, String>| link["href"].clone();
            seen.extend(links.iter().map(to).filter(|href| href.contains("/flags/")));
            match links.iter().find(|link| link.get("rel").is_some_and(|rel| rel == "next")) {
                Some(next) => address = format!("/operations/demo/flags{}", next["href"]),
                None => break,
            }
        }
        assert_eq!(seen.len(), all);
    });
}

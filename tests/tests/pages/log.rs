//! Logging an engagement as somebody does it after a meeting, without script.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Registry, on_each_database,
    plain_browser::{Browser, carried, said, tags},
    small_world,
};

use super::{asks, browser_of, is_page, line, logged, own_line, visitor};

const PAGE: &str = "/operations/demo/log";

/// What is typed for a routine entry: nine fields.
const ROUTINE: [(&str, &str); 10] = [
    ("actor", "The Group, north"),
    ("level", "tactical"),
    ("place", "Leer"),
    ("from", "2026-03-16"),
    ("until", "2026-03-30"),
    ("method", "negotiation"),
    ("issue", "access.movement.routes"),
    ("what", "ask:close_route"),
    ("status", "ongoing"),
    ("sharing", "operation"),
];

/// The fields with other values in some.
fn routine<'f>(others: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let is_other = |name: &str| others.iter().any(|(other, _)| *other == name);
    let kept = ROUTINE.into_iter().filter(|(name, _)| !is_other(name));
    kept.chain(others.iter().copied()).collect()
}

/// What stands in the fields of a page, as a browser would send it again.
fn standing(page: &Answer) -> Vec<(String, String)> {
    let inputs = tags(&page.text, "input").into_iter().filter(|input| {
        let kind = input.get("type").map_or("text", String::as_str);
        kind != "hidden" && kind != "checkbox" && input.contains_key("name")
    });
    let mut fields: Vec<(String, String)> = inputs
        .map(|input| (input["name"].clone(), input.get("value").cloned().unwrap_or_default()))
        .collect();
    for select in page.text.split("<select").skip(1) {
        let select = select.split("</select>").next().unwrap_or_default();
        let name = select.split("name=\"").nth(1).and_then(|rest| rest.split('"').next());
        let chosen = select.split("<option").find(|option| option.contains(" selected"));
        let value = chosen.and_then(|option| option.split('"').nth(1)).unwrap_or_default();
        fields.push((name.expect("a name").to_owned(), value.to_owned()));
    }
    fields
}

/// Sends what stands in the form, for something.
#[track_caller]
fn send_on(browser: &Browser<'_>, page: &Answer, wish: &str) -> Answer {
    let standing = standing(page);
    let mut fields: Vec<(&str, &str)> =
        standing.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("do", wish));
    browser.submit(page, PAGE, &fields)
}

#[test]
fn a_routine_entry_is_previewed_and_logged_and_shows_what_it_raises() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let browser = browser_of(registry, &b);
        let page = browser.get(PAGE).expect(200);
        is_page(&page);
        let mut typed = routine(&[]);
        typed.push(("do", "preview"));
        let seen = browser.submit(&page, PAGE, &typed).expect(200);
        is_page(&seen);
        let told = said(&seen.text);
        assert!(told.contains("What it would raise"), "{told}");
        assert!(seen.text.contains("class=\"card"), "{}", seen.text);
        assert_eq!(
            b.get("engagements").expect(200).body["items"].as_array().map(Vec::len),
            Some(1)
        );
        // The terms of the action can be said now.
        assert!(
            tags(&seen.text, "input")
                .iter()
                .any(|input| { input.get("name").is_some_and(|name| name == "term_route") })
        );
        let done = send_on(&browser, &seen, "log").expect(303);
        let entry = browser.follow(&done).expect(200);
        is_page(&entry);
        let told = said(&entry.text);
        for part in ["What it raises", "Close a road", "What usually settles it", "Everybody"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let flag = tags(&entry.text, "a")
            .into_iter()
            .find(|link| link["href"].starts_with("/operations/demo/flags/"))
            .expect("a way to the flag");
        is_page(&browser.get(&flag["href"]).expect(200));
        // Sent again, it is not logged again.
        let again = send_on(&browser, &seen, "log").expect(303);
        assert_eq!(again.header("location"), done.header("location"));
        let own = b.get("engagements").expect(200).body["items"].as_array().map(Vec::len);
        assert_eq!(own, Some(2));
    });
}

#[test]
fn what_is_missing_or_unclear_is_said_beside_its_field_and_nothing_is_lost() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let b = registry.member("demo", "b");
        let browser = browser_of(registry, &b);
        let page = browser.get(PAGE).expect(200);
        let typed = routine(&[("level", ""), ("method", ""), ("summary", "About the road")]);
        let wrong = browser.submit(&page, PAGE, &typed).expect(422);
        is_page(&wrong);
        for field in ["level", "method"] {
            let select = tags(&wrong.text, "select").into_iter().find(|tag| tag["id"] == field);
            let select = select.expect("it is there");
            assert_eq!(select["aria-invalid"], "true", "{field}");
            assert_eq!(select["aria-describedby"], format!("{field}-problem"));
        }
        let kept = standing(&wrong);
        assert!(kept.contains(&("actor".to_owned(), "The Group, north".to_owned())), "{kept:?}");
        assert!(kept.contains(&("what".to_owned(), "ask:close_route".to_owned())), "{kept:?}");
        assert!(said(&wrong.text).contains("About the road"));
        // An unknown place, and a day that is none.
        let typed = routine(&[("place", "Atlantis"), ("do", "log")]);
        let unclear = browser.submit(&page, PAGE, &typed).expect(422);
        assert!(said(&unclear.text).contains("No place here has this name"), "{}", unclear.text);
        let typed = routine(&[("until", "2026-03-01"), ("do", "log")]);
        browser.submit(&page, PAGE, &typed).expect(422);
        // What is never stored is found, and can be confirmed to be none.
        let typed = routine(&[("summary", "Call +211 912 345 678"), ("do", "log")]);
        let found = browser.submit(&page, PAGE, &typed).expect(422);
        assert!(found.text.contains("name=\"confirm_text\""), "{}", found.text);
        let mut typed = typed;
        typed.push(("confirm_text", "true"));
        browser.submit(&found, PAGE, &typed).expect(303);
    });
}

#[test]
fn a_demand_is_logged_with_the_answer_to_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let b = registry.member("demo", "b");
        let browser = browser_of(registry, &b);
        let page = browser.get(PAGE).expect(200);
        let typed = routine(&[("what", "demand:fee"), ("issue", ""), ("do", "log")]);
        let asked = browser.submit(&page, PAGE, &typed).expect(422);
        let answers = tags(&asked.text, "select").into_iter().find(|tag| tag["id"] == "response");
        assert_eq!(answers.expect("it is asked for")["aria-invalid"], "true");
        let mut typed = typed;
        typed.push(("response", "declined"));
        let done = browser.submit(&asked, PAGE, &typed).expect(303);
        let entry = browser.follow(&done).expect(200);
        assert!(said(&entry.text).contains("Declined"), "{}", said(&entry.text));
    });
}

#[test]
fn a_check_answers_one_word_as_long_whatever_is_hidden() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let browser = browser_of(registry, &b);
        let page = browser.get(PAGE).expect(200);
        let typed = routine(&[("do", "check"), ("check_purpose", "A meeting")]);
        let none = browser.submit(&page, PAGE, &typed).expect(200);
        assert!(said(&none.text).contains("None known"), "{}", none.text);
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let first = browser.submit(&page, PAGE, &typed).expect(200);
        assert!(said(&first.text).contains("Coordinate first"), "{}", first.text);
        assert_eq!(first.header("content-encoding"), Some("identity"));
        assert_eq!(none.text.len(), first.text.len());
        // The preview tells nothing of it.
        let typed = routine(&[("do", "preview")]);
        let seen = browser.submit(&page, PAGE, &typed).expect(200);
        assert!(said(&seen.text).contains("Nothing with what you may read"), "{}", seen.text);
        // A question without a place is out of its bounds.
        let typed = routine(&[("do", "check"), ("place", ""), ("check_purpose", "A meeting")]);
        browser.submit(&page, PAGE, &typed).expect(422);
        let receipts = b.get("checks").expect(200);
        assert_eq!(receipts.body["items"].as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn an_entry_is_renewed_ended_and_logged_again() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let id = logged(&b, &line("b", "north", &asks(&["open_route"])));
        let hidden = logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let browser = browser_of(registry, &b);
        let at = format!("/operations/demo/entries/{id}");
        let entry = browser.get(&at).expect(200);
        browser.submit(&entry, &format!("{at}/renewal"), &[]).expect(303);
        // It is based on a state that is no more.
        let change = format!("{at}/status");
        browser.submit(&entry, &change, &[("status", "concluded")]).expect(412);
        let entry = browser.get(&at).expect(200);
        browser.submit(&entry, &change, &[("status", "concluded")]).expect(303);
        let kept = b.get(&format!("engagements/{id}")).expect(200).body;
        assert_eq!(kept["status"], "concluded");
        let again = browser.get(&format!("{at}/again")).expect(200);
        is_page(&again);
        let standing = standing(&again);
        for (field, value) in
            [("actor", "The Group, north"), ("what", "ask:open_route"), ("status", "ongoing")]
        {
            let found = standing.iter().find(|(name, _)| name == field);
            assert_eq!(found.map(|(_, value)| value.as_str()), Some(value), "{field}");
        }
        let mut typed = vec![("do", "log")];
        typed.extend(standing.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        browser.submit(&again, PAGE, &typed).expect(303);
        // What is hidden is as what is missing.
        for id in [hidden.as_str(), "00000000-0000-4000-8000-000000000001"] {
            for page in ["", "/again"] {
                browser.get(&format!("/operations/demo/entries/{id}{page}")).expect(404);
            }
        }
        // Another who may read it changes nothing.
        let reader = browser_of(registry, &a);
        let entry = reader.get(&at).expect(200);
        assert!(!entry.text.contains("/renewal\""), "{}", entry.text);
    });
}

#[test]
fn who_acts_for_nobody_logs_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        for role in [Role::Desk, Role::Auditor] {
            let browser = visitor(registry, role, None);
            browser.get(PAGE).expect(403);
            let home = browser.get("/operations/demo").expect(200);
            assert!(!home.text.contains(&format!("href=\"{PAGE}\"")));
            let token = carried(&home.text, "/sign-out");
            let fields: Vec<(&str, &str)> =
                token.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let origin = registry.url();
            browser.post(PAGE, &[("origin", &origin)], &fields).expect(403);
        }
    });
}

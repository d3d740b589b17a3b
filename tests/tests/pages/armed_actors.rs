//! Armed actors: finding one by any name, and its page, with the tree, what is on the table and
//! where it is.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Person, Registry, on_each_database,
    plain_browser::{said, tags},
    small_world,
};
use serde_json::{Value, json};

use super::{all_of, asks, browser_of, is_page, line, logged, own_line, visitor};

const LIST: &str = "/operations/demo/armed-actors";

/// The small world, in which somebody has written down more of the armed actors and the places.
fn told_of() -> Value {
    let mut world = small_world();
    for (place, point) in [(0, (9.2, 29.8)), (1, (8.3, 30.1)), (2, (8.6, 29.9))] {
        world["places"][place]["lat"] = point.0.into();
        world["places"][place]["lon"] = point.1.into();
    }
    let north = world["armed_actors"][1].as_object_mut().expect("an armed actor");
    north.extend([
        ("aliases".to_owned(), json!(["Northern Lions"])),
        ("names".to_owned(), json!({"ar": "أسود الشمال", "fr": "Les Lions du Nord"})),
        ("external_ids".to_owned(), json!({"ucdp": "4711"})),
        ("places".to_owned(), json!(["koch"])),
        ("influences".to_owned(), json!("The elders of the river towns.")),
        ("decisions".to_owned(), json!("At the command in the north.")),
        ("positions".to_owned(), json!([{"role": "gatekeeper", "title": "Commander of the post"}])),
    ]);
    let mut actors = world["armed_actors"].as_array().cloned().expect("a list");
    actors.push(json!({"key": "others", "name": "The Others", "kind": "militia"}));
    actors.push(json!({"key": "post", "name": "The post", "kind": "militia", "parent": "north"}));
    world["armed_actors"] = actors.into();
    world
}

fn id_of(person: &Person<'_>, key: &str) -> String {
    let items = person.get("armed-actors").expect(200).body["items"].clone();
    let one = items.as_array().into_iter().flatten().find(|each| each["key"] == key).cloned();
    one.expect("it is there")["id"].as_str().expect("an id").to_owned()
}

/// The page of an armed actor.
fn page_of(person: &Person<'_>, key: &str) -> String {
    format!("{LIST}/{}", id_of(person, key))
}

/// Where the links of a page lead.
fn links(page: &str) -> Vec<String> {
    tags(page, "a").into_iter().map(|link| link["href"].clone()).collect()
}

#[test]
fn one_is_found_by_any_of_its_names_in_any_script() {
    on_each_database(|registry: &Registry| {
        registry.import(&told_of());
        let a = registry.member("demo", "a");
        let browser = browser_of(registry, &a);
        let page = browser.get(LIST).expect(200);
        is_page(&page);
        let north = page_of(&a, "north");
        // At first those that are part of no other.
        let text = said(&page.text);
        assert!(text.contains("The Group") && text.contains("units: 3"), "{text}");
        assert!(!links(&page.text).contains(&north));
        for name in ["Northern Lions", "أسود الشمال", "Les Lions du Nord", "northern lion"]
        {
            let found = browser.submit(&page, LIST, &[("name", name)]).expect(200);
            is_page(&found);
            assert!(links(&found.text).contains(&north), "{name}: {}", found.text);
            assert!(found.text.contains(&format!("value=\"{name}\"")), "{}", found.text);
            // Nothing of what was looked for stands in an address.
            assert_eq!(found.header("location"), None);
        }
        let found = browser.submit(&page, LIST, &[("name", "zzzzzz")]).expect(200);
        assert!(said(&found.text).contains("No armed actor here is called anything like this"));
        let back = browser.submit(&page, LIST, &[("name", " ")]).expect(422);
        is_page(&back);
        assert!(said(&back.text).contains("Write a name"));
    });
}

#[test]
fn its_page_says_what_is_known_of_it_and_what_is_on_the_table() {
    on_each_database(|registry: &Registry| {
        registry.import(&told_of());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let mut own = line("a", "north", &asks(&["open_route"]));
        own["demands"] = json!([{"kind": "fee", "response": "declined"}]);
        own["places"] = json!(["leer"]);
        own["contacts"] = json!([{"on": "2026-03-02"}]);
        logged(&a, &own);
        let mut higher = line("b", "group", &json!([]));
        higher["level"] = "strategic".into();
        higher["partners"] = json!(["c"]);
        logged(&b, &higher);
        let commitment = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access.movement.routes", "action": "allow_passage", "organization": "a",
            "audience": "operation", "places": ["koch"], "from": "2026-03-01"});
        a.post("commitments", &commitment).expect(201);
        let page = browser_of(registry, &a).get(&page_of(&a, "north")).expect(200);
        is_page(&page);
        let text = said(&page.text);
        for part in [
            "part of The Group",
            "Northern Lions",
            "أسود الشمال",
            "Les Lions du Nord",
            "4711 in ucdp",
            "The elders of the river towns.",
            "At the command in the north.",
            "Commander of the post",
            "The post Militia",
            "Organisation A",
            "Organisation B + Organisation C",
            "With The Group",
            "last contact 2 March 2026",
            "Open asks",
            "On the table",
            "They met",
            "1 Leer Unity",
            "2 Koch Unity The Group, north 0 1",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        // The map says the same as the table beside it, and what lies around.
        let map = page.text.split("<svg").nth(1).expect("a map");
        for name in [">1 Leer</text>", ">2 Koch</text>", ">Unity</text>"] {
            assert!(map.contains(name), "{name} in {map}");
        }
        // A title stays in the history of a browser.
        assert!(page.text.contains("<title>Armed actor – Concord</title>"));
    });
}

#[test]
fn from_its_page_one_comes_to_the_brief_the_timeline_and_the_network_of_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&told_of());
        let a = registry.member("demo", "a");
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let browser = browser_of(registry, &a);
        let north = page_of(&a, "north");
        let page = browser.get(&north).expect(200);
        let brief = browser.submit(&page, "/operations/demo/meeting", &[]).expect(200);
        assert!(brief.text.contains("The Group, north"), "{}", brief.text);
        let fields = concord_tests::plain_browser::carried(&page.text, "/operations/demo/meeting");
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let origin = registry.url();
        for (to, about) in [("timeline", "A line began"), ("network", "Organisation A")] {
            let to = format!("/operations/demo/{to}");
            assert!(page.text.contains(&format!("formaction=\"{to}\"")), "{}", page.text);
            let answer = browser.post(&to, &[("origin", &origin)], &fields).expect(200);
            is_page(&answer);
            assert!(said(&answer.text).contains(about), "{}", answer.text);
            assert!(links(&answer.text).contains(&north), "{}", answer.text);
        }
    });
}

#[test]
fn its_tree_says_what_it_was_part_of_and_when() {
    on_each_database(|registry: &Registry| {
        registry.import(&told_of());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let path = format!("armed-actors/{}/move", id_of(&a, "north"));
        desk.post_matching(&path, "*", &json!({"parent": "others"})).expect(200);
        registry.pass_days(3);
        // Who was signed in by a token is no longer.
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        desk.post_matching(&path, "*", &json!({"parent": null})).expect(200);
        let browser = browser_of(registry, &a);
        let page = browser.get(&page_of(&a, "north")).expect(200);
        let text = said(&page.text);
        for part in [
            "It is part of no other. since 18 March 2026",
            "What it was part of before The Others 15 March 2026 to 18 March 2026 \
             The Group until 15 March 2026",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(links(&page.text).contains(&page_of(&a, "others")));
        let post = browser.get(&page_of(&a, "post")).expect(200);
        assert!(said(&post.text).contains("part of The Group, north"));
        let list = said(&browser.get(LIST).expect(200).text);
        assert!(list.contains("The Group, north Non-State armed group units: 1"), "{list}");
    });
}

#[test]
fn it_tells_no_more_than_the_predicate_allows() {
    on_each_database(|registry: &Registry| {
        registry.import(&told_of());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (browser, north) = (browser_of(registry, &a), page_of(&a, "north"));
        let before = browser.get(&north).expect(200);
        let mut hidden = own_line("b", "north", &asks(&["close_route"]));
        hidden["disclosure"] = "none".into();
        hidden["places"] = json!(["leer"]);
        hidden["demands"] = json!([{"kind": "fee", "response": "declined"}]);
        logged(&b, &hidden);
        let own = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access.movement.routes", "action": "allow_passage", "organization": "b",
            "places": ["unity"], "from": "2026-03-01", "disclosure": "none"});
        b.post("commitments", &own).expect(201);
        let after = browser.get(&north).expect(200);
        assert_eq!(all_of(&before), all_of(&after));
        let seen = said(&browser_of(registry, &b).get(&north).expect(200).text);
        assert!(seen.contains("Leer Unity 1 0"), "{seen}");
        // What is disclosed in outline is told as such.
        hidden["disclosure"] = "summary".into();
        logged(&b, &hidden);
        let text = said(&browser.get(&north).expect(200).text);
        let (_, told) = text.split_once("What others disclose").expect("it is told");
        assert!(told.contains("Organisation B"), "{text}");
        assert!(!text.contains("Leer"), "{text}");
    });
}

#[test]
fn who_reads_no_entries_sees_what_is_known_of_the_armed_actor_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&told_of());
        let a = registry.member("demo", "a");
        let mut own = line("a", "north", &asks(&["open_route"]));
        own["places"] = json!(["leer"]);
        logged(&a, &own);
        let north = page_of(&a, "north");
        for role in [Role::Auditor, Role::Administrator] {
            let browser = visitor(registry, role, None);
            is_page(&browser.get(LIST).expect(200));
            let page = browser.get(&north).expect(200);
            is_page(&page);
            let text = said(&page.text);
            assert!(text.contains("Your role in this operation reads no entries"), "{text}");
            assert!(text.contains("Northern Lions") && text.contains("Koch"), "{text}");
            assert!(!text.contains("Organisation A") && !text.contains("Leer"), "{text}");
        }
        let browser = browser_of(registry, &a);
        let missing = format!("{LIST}/00000000-0000-4000-8000-000000000000");
        for nothing in [missing, format!("{LIST}/x")] {
            is_page(&browser.get(&nothing).expect(404));
        }
    });
}

//! Who talks to whom: the drawings, the tables that say the same, and narrower questions.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Database, Person, Registry, on_each_database,
    plain_browser::{Browser, said, tags},
    small_world,
};
use serde_json::{Value, json};

use super::{all_of, asks, browser_of, is_page, line, logged, own_line, visitor};

const PAGE: &str = "/operations/demo/network";

/// Three lines that all read, at two levels.
fn lines(registry: &Registry) -> (Person<'_>, Person<'_>) {
    registry.import(&small_world());
    let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
    let mut first = line("a", "north", &asks(&["open_route"]));
    first["contacts"] = json!([{"on": "2026-03-02"}, {"on": "2026-03-03"}]);
    first["places"] = json!(["leer"]);
    logged(&a, &first);
    let mut second = line("a", "group", &asks(&["open_route", "allow_passage"]));
    second["level"] = "strategic".into();
    logged(&a, &second);
    let mut third = line("b", "south", &json!([]));
    third["partners"] = json!(["c"]);
    logged(&b, &third);
    (a, b)
}

/// The rows of the tables of a page, in the order in which they stand.
fn rows(page: &str) -> Vec<Vec<String>> {
    let rows = page.split("<tr>").skip(1).map(|row| row.split("</tr>").next().unwrap_or(row));
    let cells = |row: &str| {
        let row = row.replace("</td>", "\u{1}").replace("</th>", "\u{1}");
        let mut cells: Vec<String> =
            row.split('\u{1}').map(|cell| said(&format!("<p>{}", cell))).collect();
        cells.pop();
        cells
    };
    rows.map(cells).collect()
}

fn of(list: &Value) -> Vec<Value> {
    list.as_array().cloned().expect("a list")
}

fn name(thing: &Value) -> String {
    thing["name"].as_str().expect("a name").to_owned()
}

#[test]
fn tables_say_what_the_api_answers_and_drawings_say_what_the_tables_say() {
    on_each_database(|registry: &Registry| {
        let (a, _) = lines(registry);
        let browser = browser_of(registry, &a);
        let page = browser.get(PAGE).expect(200);
        is_page(&page);
        let answer = a.post("networks", &json!({})).expect(200).body;
        let rows = rows(&page.text);
        for edge in of(&answer["edges"]) {
            let actor = name(&edge["armed_actor"]);
            let is_unit = actor != "The Group";
            let said = vec![
                name(&edge["organization"]),
                if is_unit { format!("{actor} part of The Group") } else { actor },
                edge["level"]["label"].as_str().expect("a label").to_owned(),
                edge["engagements"].to_string(),
                edge["contacts"].to_string(),
            ];
            assert!(rows.iter().any(|row| row.starts_with(&said)), "{said:?} in {rows:?}");
        }
        // Two levels with one organisation each, and a partner.
        assert_eq!(of(&answer["edges"]).len(), 4);
        assert!(
            rows.contains(&vec![
                "Organisation A".to_owned(),
                "1".to_owned(),
                "1".to_owned(),
                String::new()
            ]),
            "{rows:?}"
        );
        let drawings: Vec<&str> = page.text.split("<svg").skip(1).collect();
        assert_eq!(drawings.len(), 3);
        for drawing in &drawings {
            let drawing = drawing.split("</svg>").next().unwrap_or_default();
            assert!(drawing.contains("role=\"img\"") && drawing.contains("<title"), "{drawing}");
        }
        for text in ["Organisation A", "Organisation C", "The Group, south"] {
            assert!(drawings[0].contains(&format!(">{text}</text>")), "{text}");
        }
        let level = rows.iter().find(|row| row.starts_with(&["Organisation B".to_owned()]));
        let level = &level.expect("a row")[2];
        assert!(drawings[0].contains(&format!(">{level}</text>")), "{level}");
        // Each drawing and each table scrolls by itself, and has a name.
        let regions = tags(&page.text, "div");
        let regions: Vec<_> = regions
            .iter()
            .filter(|it| it.get("role").is_some_and(|role| role == "region"))
            .collect();
        let names: std::collections::BTreeSet<_> =
            regions.iter().map(|region| &region["aria-label"]).collect();
        assert_eq!((regions.len(), names.len()), (6, 6));
        assert!(regions.iter().all(|region| region["tabindex"] == "0"));
    });
}

#[test]
fn gaps_are_named_and_marked() {
    on_each_database(|registry: &Registry| {
        let (a, _) = lines(registry);
        let risk = json!({"title": "Boys are recruited", "issue": "protection.children.recruitment",
            "armed_actor": "north", "from": "2026-01-01"});
        registry.desk("demo").post("protection-risks", &risk).expect(201);
        let page = browser_of(registry, &a).get(PAGE).expect(200);
        is_page(&page);
        let text = said(&page.text);
        for part in
            ["Nobody asks about:", "Nobody talks at this level: Regional or zone command", "! gap"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(page.text.contains(">!</text>"));
        // What may be sensitive of a risk is not on the page.
        assert!(!text.contains("Boys are recruited"));
    });
}

#[track_caller]
fn narrowed(browser: &Browser<'_>, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    let answer = browser.submit(page, PAGE, typed);
    is_page(&answer);
    answer
}

#[test]
fn narrower_questions_come_in_a_form_and_what_was_typed_stays() {
    on_each_database(|registry: &Registry| {
        let (a, _) = lines(registry);
        let browser = browser_of(registry, &a);
        let page = browser.get(PAGE).expect(200);
        let who = |typed: &[(&str, &str)]| {
            let answer = narrowed(&browser, &page, typed).expect(200);
            let text = said(&answer.text);
            ["Organisation A", "Organisation B"].map(|name| text.contains(name))
        };
        assert_eq!(who(&[("level", "strategic")]), [true, false]);
        assert_eq!(who(&[("actor", "The Group, south")]), [true, true]);
        assert_eq!(who(&[("actor", "The Group, south"), ("level", "tactical")]), [false, true]);
        assert_eq!(who(&[("issue", "access.movement")]), [true, false]);
        assert_eq!(who(&[("issue", "protection")]), [false, false]);
        assert_eq!(who(&[("place", "Leer"), ("level", "tactical")]), [true, true]);
        assert_eq!(who(&[("from", "2026-01-01"), ("until", "2026-02-01")]), [false, false]);
        let answer = narrowed(
            &browser,
            &page,
            &[
                ("actor", "The Group, north"),
                ("level", "strategic"),
                ("issue", "access"),
                ("from", "2026-02-01"),
                ("until", "2026-03-09"),
            ],
        )
        .expect(200);
        let kept = [
            "value=\"The Group, north\"",
            "value=\"strategic\" selected",
            "value=\"access\" selected",
            "value=\"2026-02-01\"",
            "value=\"2026-03-09\"",
        ];
        for part in kept {
            assert!(answer.text.contains(part), "{part} in {}", answer.text);
        }
        assert!(said(&answer.text).contains("1 February 2026 – 9 March 2026"));
        // Whoever chooses a language then comes back without what was asked.
        let chosen = browser.submit(&answer, "/language", &[("language", "fr")]).expect(303);
        assert_eq!(chosen.header("location"), Some(PAGE));
    });
}

#[test]
fn what_is_wrong_is_said_at_its_field_and_nothing_is_shown() {
    on_each_database(|registry: &Registry| {
        let (a, _) = lines(registry);
        let browser = browser_of(registry, &a);
        let page = browser.get(PAGE).expect(200);
        for (typed, problem) in [
            (&[("actor", "zzzzzz")][..], "No armed actor here is called anything like this"),
            (&[("actor", "The Grop")], "Which one do you mean?"),
            (&[("place", "zzzzzz")], "No place here has this name or code"),
            (&[("from", "1 March")], "Write the day as"),
            (&[("from", "2026-03-09"), ("until", "2026-03-01")], "ends before it begins"),
            (&[("from", "2036-03-09")], "ends before it begins"),
        ] {
            let back = narrowed(&browser, &page, typed).expect(422);
            let text = said(&back.text);
            assert!(text.contains(problem), "{problem} in {text}");
            assert!(back.text.contains(&format!("value=\"{}\"", typed[0].1)), "{}", back.text);
            assert!(!back.text.contains("<svg"));
        }
        // What stands in no list of the page is refused as the API refuses it.
        for typed in [("level", "none"), ("issue", "none")] {
            narrowed(&browser, &page, &[typed]).expect(422);
        }
    });
}

#[test]
fn nobody_is_shown_or_counted_more_than_the_predicate_allows() {
    on_each_database(|registry: &Registry| {
        let (a, b) = lines(registry);
        let browser = browser_of(registry, &a);
        let before = browser.get(PAGE).expect(200);
        let mut hidden = own_line("b", "north", &asks(&["close_route"]));
        hidden["level"] = "operational".into();
        hidden["disclosure"] = "none".into();
        logged(&b, &hidden);
        let after = browser.get(PAGE).expect(200);
        assert_eq!(all_of(&before), all_of(&after));
        // Who may read it sees it, and a gap less.
        let own = browser_of(registry, &b).get(PAGE).expect(200);
        let gap = "Nobody talks at this level: Regional or zone command";
        assert!(said(&after.text).contains(gap) && !said(&own.text).contains(gap));
        // What is disclosed in outline is told apart from what is counted.
        hidden["disclosure"] = "summary".into();
        logged(&b, &hidden);
        let told = browser.get(PAGE).expect(200);
        let text = said(&told.text);
        let (counted, told) = text.split_once("What others disclose").expect("it is told");
        assert!(said(&after.text).starts_with(counted.trim_end()), "{text}");
        assert!(counted.contains(gap) && told.contains("Organisation B"), "{text}");
        for role in [Role::Auditor, Role::Administrator] {
            let browser = visitor(registry, role, None);
            let refused = browser.get(PAGE).expect(403);
            is_page(&refused);
        }
    });
}

#[test]
fn where_everybody_talks_to_everybody_what_weighs_most_is_shown_and_the_rest_counted() {
    const ISSUES: [&str; 14] = [
        "access.movement",
        "access.interference",
        "access.bureaucratic",
        "access.security",
        "access.hostilities",
        "access.denial",
        "access.services",
        "protection.attacks",
        "protection.children",
        "protection.liberty",
        "protection.displacement",
        "protection.extortion",
        "protection.hunger",
        "protection.missing",
    ];
    let registry = Registry::on(Database::Sqlite);
    let mut world = small_world();
    let named = |kind: &str, at: usize| format!("{kind} {at} with a name that is rather long");
    let made = |list: &mut Value, of: &str, kind: &str| {
        let all = list.as_array_mut().expect("a list");
        let one = |at| json!({"key": format!("{of}{at}"), "name": named(of, at), "kind": kind});
        all.extend((0..14).map(one));
    };
    made(&mut world["organizations"], "organisation", "ingo");
    made(&mut world["armed_actors"], "militia", "militia");
    let mut lines = Vec::new();
    for (at, issue) in ISSUES.iter().enumerate() {
        for actor in 0..14 {
            let key = format!("ask-{at}-{actor}");
            let asked = json!([{"key": key, "issue": issue, "action": "refrain"}]);
            let mut one = line(&format!("organisation{at}"), &format!("militia{actor}"), &asked);
            one["key"] = format!("{at}-{actor}").into();
            lines.push(one);
        }
    }
    world["engagements"] = lines.into();
    registry.import(&world);
    let browser = browser_of(&registry, &registry.member("demo", "a"));
    let page = browser.get(PAGE).expect(200);
    is_page(&page);
    assert!(page.text.len() < 100_000, "{}", page.text.len());
    let text = said(&page.text);
    // Of 196 ties, and twice of 14 columns.
    for rest in ["weighs less: 166.", "weighs less: 5."] {
        assert!(text.contains(rest), "{rest} in {text}");
    }
    assert_eq!(page.text.matches("<polyline").count(), 30 + 4);
}

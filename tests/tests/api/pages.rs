//! Lists, page by page.

use std::collections::BTreeSet;

use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged};

/// The ids of a list, read in pages of so many.
fn pages(person: &Person<'_>, list: &str, limit: usize) -> Vec<Vec<String>> {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut cursor = String::new();
    loop {
        let mark = if list.contains('?') { '&' } else { '?' };
        let page = person.get(&format!("{list}{mark}limit={limit}{cursor}")).expect(200).body;
        let items = page["items"].as_array().expect("items");
        let id = |item: &Value| item["id"].as_str().expect("an id").to_owned();
        pages.push(items.iter().map(id).collect());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

#[test]
fn pages_neither_overlap_nor_leave_anything_out() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        for day in 1..=5 {
            let mut body = line("a", "north", &asks(&["open_route"]));
            // Some begin on the same day.
            body["from"] = format!("2026-03-{:02}", day / 2 + 1).into();
            let id = logged(&a, &body);
            let commitment = json!({"armed_actor": "north", "kind": "verbal_assurance",
                "issue": "access", "action": "stop", "engagement": id});
            a.post("commitments", &commitment).expect(201);
            let mut opposed = line("b", "group", &asks(&["close_route"]));
            opposed["status"] = "planned".into();
            logged(&b, &opposed);
        }
        for list in ["engagements", "commitments", "flags", "armed-actors", "flags?holds=true"] {
            let whole = pages(&a, list, 200).concat();
            assert!(whole.len() >= 3, "{list}");
            for limit in [1, 2, 3] {
                let paged = pages(&a, list, limit);
                assert!(paged.iter().rev().skip(1).all(|page| page.len() == limit), "{list}");
                assert_eq!(paged.concat(), whole, "{list} by {limit}");
            }
            let distinct: BTreeSet<&String> = whole.iter().collect();
            assert_eq!(distinct.len(), whole.len(), "{list}");
        }
    });
}

#[test]
fn a_page_counts_what_its_reader_sees() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        for number in 0..6 {
            let mut body = line("a", "north", &json!([]));
            body["audience"] = if number % 2 == 0 { "operation" } else { "own" }.into();
            logged(&a, &body);
        }
        assert_eq!(pages(&a, "engagements", 2).len(), 3);
        let of_b = pages(&b, "engagements", 2);
        assert_eq!(of_b.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(pages(&b, "engagements", 3).len(), 1);
    });
}

#[test]
fn a_cursor_is_good_for_one_person_and_one_list() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let next = |person: &Person<'_>, list: &str| {
            let page = person.get(&format!("{list}?limit=1")).expect(200).body;
            page["next"].as_str().expect("there is more").to_owned()
        };
        let cursor = next(&a, "armed-actors");
        a.get(&format!("armed-actors?cursor={cursor}")).expect(200);
        is_fault(&b.get(&format!("armed-actors?cursor={cursor}")), "/cursor", "malformed");
        is_fault(&a.get(&format!("places?cursor={cursor}")), "/cursor", "malformed");
        is_fault(&a.get(&format!("flags?cursor={cursor}")), "/cursor", "malformed");
        let flipped = if cursor.ends_with('0') { "1" } else { "0" };
        let tampered = format!("{}{flipped}", &cursor[..cursor.len() - 1]);
        for cursor in [tampered.as_str(), &cursor[2..], "x", "", "%00", ".", "é.é"] {
            let cursor = cursor.replace('é', "%C3%A9");
            is_fault(&a.get(&format!("armed-actors?cursor={cursor}")), "/cursor", "malformed");
        }
    });
}

#[test]
fn a_limit_has_bounds() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for list in ["engagements", "flags", "places"] {
            for limit in ["0", "-1", "201"] {
                let refused = a.get(&format!("{list}?limit={limit}"));
                is_fault(&refused, "/limit", "out_of_range");
            }
            for limit in ["", "many", "1.5", "99999999999999999999"] {
                is_problem(&a.get(&format!("{list}?limit={limit}")), 400, "malformed");
            }
            a.get(&format!("{list}?limit=200")).expect(200);
        }
    });
}

//! Finding places by code or name.

use concord_tests::{Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{is_fault, with};

fn found(answer: &Value) -> Vec<(String, bool)> {
    let items = answer["items"].as_array().expect("a list").iter();
    items
        .map(|item| {
            let name = item["name"].as_str().expect("a name").to_owned();
            (name, item["is_exact"] == true)
        })
        .collect()
}

#[test]
fn a_place_is_found_by_code_by_name_in_any_language_and_by_a_part_of_it() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        let places = world["places"].as_array_mut().expect("places");
        places.push(json!({"key": "leer-town", "name": "Leer Town", "level": 3, "parent": "leer",
            "names": {"ar": "بلدة لير", "fr": "Ville d'\"Élir\""}}));
        places.push(json!({"key": "odd", "name": "100%_a\\b", "level": 3, "parent": "koch"}));
        registry.import(&world);
        let a = registry.member("demo", "a");
        let search =
            |name: &str| a.post("places/search", &json!({ "name": name })).expect(200).body;
        let leer = vec![("Leer".to_owned(), true), ("Leer Town".to_owned(), false)];
        for name in ["Leer", "leer", " LEER "] {
            assert_eq!(found(&search(name)), leer, "{name}");
        }
        let town = vec![("Leer Town".to_owned(), true)];
        for name in ["leer-town", "بلدة لير", "Ville d'\"Élir\""] {
            assert_eq!(found(&search(name)), town, "{name}");
        }
        assert_eq!(search("leer-town")["items"][0]["parent"]["name"], "Leer");
        assert_eq!(found(&search("100%_a\\b")), [("100%_a\\b".to_owned(), true)]);
        for none in ["%", "_", "Atlantis", "level", "\"", "\\"] {
            let found = found(&search(none));
            assert!(found.iter().all(|(name, _)| name.contains(none)), "{none}: {found:?}");
        }
        let few = a.post("places/search", &json!({"name": "e", "limit": 1})).expect(200).body;
        assert_eq!(found(&few).len(), 1);
        is_fault(&a.post("places/search", &json!({})), "/name", "missing");
        let none = with(&json!({"name": "Leer"}), &json!({"limit": 0}));
        is_fault(&a.post("places/search", &none), "/limit", "out_of_range");
    });
}

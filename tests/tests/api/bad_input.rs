//! What cannot be taken is refused with its place, and nothing of it is done.

use concord_tests::{Database, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, with};

fn detail(person: &Person<'_>, body: &Value) -> String {
    let answer = person.post("engagements", body);
    answer.body["errors"][0]["detail"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let body = json!({
            "organization": "a", "armed_actor": "nort", "level": 3, "method": "negotiate",
            "status": "ongoing", "from": "2026-02-30", "until": "tomorrow",
            "places": "leer", "partners": ["b", 7, "a"], "follow": [], "summary": ["x"],
            "via": {"kind": "community_leader", "consent": "yes"},
            "asks": [
                {"issue": "access.movment", "action": "open_route", "terms": {"notice_hours": 4}},
                {"issue": "access", "action": "allow_passage", "terms": {"notice_hours": "48"}},
                {"issue": "access", "action": "investigate", "terms": {"deadline": "2026-13-01"}},
                {"issue": "access", "action": "forgo_lists", "terms": {"list_kind": "staf"}},
                "open_route",
            ],
            "demands": [{"kind": "fee"}, {"kind": "fees", "response": "declined"}],
            "contacts": [{"on": 20260301}],
        });
        let refused = a.post("engagements", &body);
        is_problem(&refused, 422, "invalid");
        let mut expected = [
            ("/armed_actor", "unknown_reference"),
            ("/asks/0/issue", "unknown_code"),
            ("/asks/0/terms/notice_hours", "term_not_taken"),
            ("/asks/1/terms/notice_hours", "wrong_type"),
            ("/asks/2/terms/deadline", "malformed"),
            ("/asks/3/terms/list_kind", "unknown_code"),
            ("/asks/4", "wrong_type"),
            ("/contacts/0/on", "wrong_type"),
            ("/demands/0/response", "missing"),
            ("/demands/1/kind", "unknown_code"),
            ("/follow", "unknown_member"),
            ("/from", "malformed"),
            ("/level", "wrong_type"),
            ("/method", "unknown_code"),
            ("/partners/1", "wrong_type"),
            ("/partners/2", "self_reference"),
            ("/places", "wrong_type"),
            ("/summary", "wrong_type"),
            ("/until", "malformed"),
            ("/via/consent", "wrong_type"),
        ]
        .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
        expected.sort();
        let mut faults = refused.faults();
        faults.sort();
        assert_eq!(faults, expected);
        assert_eq!(a.get("engagements").expect(200).body["items"], json!([]));
    });
}

#[test]
fn the_nearest_is_offered() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let body = line("a", "north", &json!([]));
    for (members, offered) in [
        (json!({"methd": "negotiation"}), "`method`"),
        (json!({"level": "tactial"}), "`tactical`"),
        (json!({"armed_actor": "nroth"}), "`north`"),
        (json!({"places": ["ler"]}), "`leer`"),
        (json!({"asks": [{"issue": "access", "action": "open_rout"}]}), "`open_route`"),
        (json!({"asks": [{"issue": "movement.route", "action": "stop"}]}), "access.movement"),
        (json!({"demands": [{"kind": "escorts", "response": "declined"}]}), "`escort`"),
    ] {
        let said = detail(&a, &with(&body, &members));
        assert!(said.contains("the nearest: ") && said.contains(offered), "{said}");
    }
    // Keys of entries are not offered: others have them.
    logged(&a, &with(&body, &json!({"key": "road-talks"})));
    let said = detail(&a, &with(&body, &json!({"follows": ["road-talk"]})));
    assert!(!said.contains("road-talks"), "{said}");
}

#[test]
fn a_window_ends_after_it_begins() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let body = line("a", "north", &asks(&["open_route"]));
        let reversed = with(&body, &json!({"until": "2026-02-28"}));
        is_fault(&a.post("engagements", &reversed), "/until", "reversed_window");
        for part in ["asks", "demands"] {
            let part_of = |window: Value| {
                let part_body = json!({"issue": "access", "action": "stop"});
                let demand = json!({"kind": "fee", "response": "declined"});
                let one = if part == "asks" { part_body } else { demand };
                a.post("engagements", &with(&body, &json!({part: [with(&one, &window)]})))
            };
            let pointer = format!("/{part}/0/until");
            is_fault(&part_of(json!({"until": "2026-02-28"})), &pointer, "reversed_window");
            let both = json!({"from": "2026-03-05", "until": "2026-03-04"});
            is_fault(&part_of(both), &pointer, "reversed_window");
            part_of(json!({"from": "2026-03-04", "until": "2026-03-04"})).expect(201);
        }
        let id = logged(&a, &with(&body, &json!({"until": "2026-03-20"})));
        let later = json!({"from": "2026-03-21"});
        is_fault(&a.amend(&format!("engagements/{id}"), &later), "/until", "reversed_window");
        let window = json!({"from": "2026-03-02", "until": "2026-03-01"});
        let lead = json!({"armed_actor": "group", "organization": "a"});
        is_fault(&desk.post("leads", &with(&lead, &window)), "/until", "reversed_window");
        let position = json!({"title": "No payment", "issue": "access"});
        let refused = desk.post("common-positions", &with(&position, &window));
        is_fault(&refused, "/until", "reversed_window");
        let promise = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop"});
        is_fault(&a.post("commitments", &with(&promise, &window)), "/until", "reversed_window");
    });
}

#[test]
fn nothing_lies_below_itself() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let desk = registry.desk("demo");
        for (list, top, below) in [("places", "unity", "leer"), ("armed-actors", "group", "north")]
        {
            let items = desk.get(list).expect(200).body["items"].clone();
            let found = items.as_array().into_iter().flatten().find(|each| each["key"] == top);
            let path = format!("{list}/{}", super::id_of(found.expect("it is there")));
            for parent in [top, below] {
                is_fault(&desk.amend(&path, &json!({"parent": parent})), "/parent", "cycle");
            }
            assert_eq!(desk.get(&path).expect(200).body["parent"], Value::Null);
            let mut above = below.to_owned();
            let mut refused_at = 0;
            for depth in 2..=14 {
                let key = format!("{list}-{depth}");
                let mut body = json!({"key": key, "name": "Deep", "parent": above});
                if list == "armed-actors" {
                    body["kind"] = "militia".into();
                }
                let answer = desk.post(list, &body);
                if answer.status == 422 {
                    is_fault(&answer, "/parent", "out_of_range");
                    refused_at = depth;
                    break;
                }
                answer.expect(201);
                above = key;
            }
            assert_eq!(refused_at, 13);
        }
        registry.verify();
    });
}

#[test]
fn texts_hold_nothing_that_deceives() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let body = line("a", "north", &json!([]));
        for bad in ["a\0b", "a\u{202e}b", "a\u{2066}b", "\u{feff}a", "a\u{1b}[31m", "a\u{85}b"] {
            for member in ["summary", "strategy", "purpose", "outcome"] {
                let refused = a.post("engagements", &with(&body, &json!({member: bad})));
                is_fault(&refused, &format!("/{member}"), "unsafe_text");
            }
            let terms = json!({"asks": [{"issue": "access", "action": "open_route",
                "terms": {"route": bad}}]});
            let refused = a.post("engagements", &with(&body, &terms));
            is_fault(&refused, "/asks/0/terms/route", "unsafe_text");
            is_fault(
                &a.post("engagements", &with(&body, &json!({"key": bad}))),
                "/key",
                "malformed",
            );
            // What is written back is fit to be read.
            for member in ["armed_actor", "method", "from", "level"] {
                let refused = a.post("engagements", &with(&body, &json!({member: bad})));
                is_problem(&refused, 422, "invalid");
                let said = refused.body["errors"][0]["detail"].as_str().unwrap_or_default();
                assert!(!said.contains(bad), "{said:?}");
            }
            let refused = a.post("engagements", &with(&body, &json!({"follows": [bad]})));
            is_fault(&refused, "/follows/0", "unknown_reference");
        }
        let two_lines = json!({"strategy": "one\ntwo"});
        is_fault(&a.post("engagements", &with(&body, &two_lines)), "/strategy", "unsafe_text");
        let arabic = json!({"summary": "نداء\u{200f} \u{200e}جنيف\u{200c}\nاتفاق"});
        a.post("engagements", &with(&body, &arabic)).expect(201);
    });
}

#[test]
fn no_address_breaks_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for path in [
            "/v1/operations/%00",
            "/v1/operations/%00/engagements",
            "/v1/operations/%E2%80%AE/places",
            "/v1/operations/demo/engagements/%00",
            "/v1/operations/demo/flags/not-an-id",
            "/v1/operations/demo/leads/%FF",
            "/v1/operations/demo%27--/places",
            "/v1/vocabulary/%00",
            "/problems/%00",
        ] {
            is_problem(&a.get(path), 404, "not_found");
        }
        let nobody = registry.nobody("");
        let sign_in = json!({"login": "a\0b", "password": "a long pass phrase"});
        is_problem(&nobody.post("/v1/tokens", &sign_in), 401, "sign_in_refused");
    });
}

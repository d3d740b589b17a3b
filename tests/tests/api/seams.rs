//! What two parts of the registry could tell together, though neither tells it alone; each test is
//! named after what it prevents.

use concord_app::retention;
use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::json;

use super::{
    asks, id_of, is_fault, is_problem, lock_down::look, logged, own_line, retractions::places_of,
    with,
};

const ASKED: &str = "contact-requests";

#[test]
fn asking_to_be_put_in_touch_does_not_tell_what_a_line_that_waits_would_say() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["operation"] = with(&world["operation"], &json!({"questions_per_person": 1}));
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let path =
            format!("engagements/{}", logged(&b, &line("b", "north", &asks(&["close_route"]))));
        let wish = |line: &str| json!({"restricted": line, "reason": "Before either of us goes."});
        let shown = id_of(&b.get("flags").expect(200).body["restricted"][0]);
        // Where there is nothing, and again where there is something: the answer is the same.
        let mut said = Vec::new();
        for actor in ["south", "north"] {
            b.amend(&path, &json!({"armed_actor": actor})).expect(200);
            assert_eq!(id_of(&b.get("flags").expect(200).body["restricted"][0]), shown);
            let answer = b.post(ASKED, &wish(&shown));
            is_fault(&answer, "/restricted", "inconsistent");
            said.push(answer.body["errors"].clone());
        }
        assert_eq!(said[0], said[1]);
        assert_eq!(a.get("received-contact-requests").expect(200).body["items"], json!([]));
    });
}

#[test]
fn what_was_said_to_be_put_in_touch_does_not_outlive_the_entry_that_it_was_about() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let open = logged(&b, &line("b", "north", &asks(&["close_route"])));
        let line = id_of(&b.get("flags").expect(200).body["restricted"][0]);
        let wish =
            json!({"restricted": line, "reason": "The convoy for Leer", "contact": "b@b.example"});
        let asked = id_of(&b.post(ASKED, &wish).expect(201).body);
        let received = id_of(&a.get("received-contact-requests").expect(200).body["items"][0]);
        let retraction = json!({"reason": "unsafe"});
        b.post_matching(&format!("engagements/{open}/retraction"), "*", &retraction).expect(200);
        // Nobody says yes to what is no more, and nobody reads what was said of it.
        let path = format!("received-contact-requests/{received}");
        let yes = b.get(&format!("{ASKED}/{asked}")).expect(200);
        assert!(!yes.text.contains("convoy"), "{}", yes.text);
        let read = a.get(&path).expect(200);
        assert!(!read.text.contains("convoy") && !read.text.contains(&open), "{}", read.text);
        let answered = a.post(&format!("{path}/answer"), &json!({"answer": "yes"}));
        is_problem(&answered, 409, "conflict");
        let entries = ("contact_request_entries".to_owned(), "entry_id".to_owned());
        assert!(!places_of(registry, &[&open]).contains(&entries));
    });
}

#[test]
fn a_receipt_does_not_keep_a_line_that_is_kept_no_longer() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let b = registry.member("demo", "b");
        let question = json!({"organization": "b", "armed_actor": "south", "level": "tactical",
            "method": "negotiation", "from": "2026-03-16", "until": "2026-03-30", "places": ["leer"],
            "asks": asks(&["open_route"]), "purpose": "A meeting about the ferry"});
        b.post("checks", &question).expect(200);
        for (days, count) in [(180, 1), (1, 0)] {
            registry.pass_days(days);
            retention::run(&registry.app).expect("it is done");
            let b = registry.signed_in(&b.login, "demo");
            let receipts = b.get("checks").expect(200).body["items"].clone();
            assert_eq!(receipts.as_array().map(Vec::len), Some(count), "{receipts}");
        }
    });
}

#[test]
fn a_token_for_a_tool_does_not_outlive_a_lock_down() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let member = registry.member("demo", "a");
        let wanted = json!({"name": "Laptop", "scope": "read", "ends_on": "2026-04-30"});
        let made = member.post("/v1/me/tool-tokens", &wanted).expect(201).body;
        let mut tool = registry.nobody("demo");
        tool.token = Some(made["token"].as_str().expect("a token").to_owned());
        tool.get("engagements").expect(200);
        let (one, other) = (registry.desk("demo"), registry.administrator());
        for person in [&one, &other] {
            person.request("POST", "/v1/lock-down", &[], None).expect(200);
        }
        is_problem(&tool.get("engagements"), 503, "locked_down");
        registry.command(&["lock-down", "lift"]).expect("it is lifted");
        look(registry);
        is_problem(&tool.get("engagements"), 401, "unauthenticated");
    });
}

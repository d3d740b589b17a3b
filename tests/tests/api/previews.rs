//! What an engagement would raise, before it is logged.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, own_line, with};

#[test]
fn it_raises_what_it_will_raise_with_what_one_may_read() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let own = line("b", "north", &asks(&["close_route"]));
        let shown = b.post("previews", &own).expect(200);
        let raised = shown.flags();
        assert!(!raised.is_empty(), "{}", shown.text);
        assert!(shown.body["flags"].as_array().is_some_and(|flags| flags.iter().all(|flag| {
            flag["id"].is_null() && flag["because"].as_array().is_some_and(|why| !why.is_empty())
        })));
        assert!(shown.body["note"].as_str().is_some_and(|note| !note.is_empty()));
        // Nothing of it is kept, however often it is asked.
        assert_eq!(b.post("previews", &own).expect(200).flags(), raised);
        let all = b.get("engagements").expect(200);
        assert_eq!(all.body["items"].as_array().map(Vec::len), Some(1), "{}", all.text);
        assert_eq!(b.get("flags").expect(200).flags(), [""; 0]);
        assert_eq!(b.post("engagements", &own).expect(201).flags(), raised);
    });
}

#[test]
fn visits_of_others_to_the_same_commander_count() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let visit = |of: &str, days: &[&str]| {
            let contacts: Value = days.iter().map(|on| json!({"on": on})).collect();
            with(&line(of, "north", &json!([])), &json!({ "contacts": contacts }))
        };
        logged(&a, &visit("a", &["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]));
        let own = visit("b", &["2026-03-05", "2026-03-06"]);
        let raised = b.post("previews", &own).expect(200).flags();
        assert_eq!(b.post("engagements", &own).expect(201).flags(), raised);
        assert!(raised.iter().any(|flag| flag.starts_with("saturation")), "{raised:?}");
    });
}

#[test]
fn nothing_is_told_of_what_one_may_not_read_and_nothing_counted() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let own = line("b", "north", &asks(&["close_route"]));
        let before = b.post("previews", &own).expect(200);
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        for _ in 0..30 {
            let after = b.post("previews", &own).expect(200);
            assert_eq!(after.body, before.body);
        }
        let question = super::checking::question("b", "north", &["close_route"]);
        let asked = b.post("checks", &question).expect(200);
        assert_eq!(asked.body["left"]["person"], 9, "{}", asked.text);
    });
}

#[test]
fn what_could_not_be_logged_is_refused() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let of_others = line("a", "north", &json!([]));
        is_problem(&b.post("previews", &of_others), 403, "forbidden");
        let wrong = with(&line("b", "north", &json!([])), &json!({"level": "nowhere"}));
        is_fault(&b.post("previews", &wrong), "/level", "unknown");
        let alone = with(&line("b", "north", &json!([])), &json!({"audience": "mechanisms"}));
        is_fault(&b.post("previews", &alone), "/audience_mechanisms", "inconsistent");
        let spoken = json!({"summary": "Call +211 912 345 678"});
        let spoken = with(&line("b", "north", &json!([])), &spoken);
        b.post("previews", &spoken).expect(422);
        let hidden = logged(&a, &own_line("a", "north", &json!([])));
        let following = |id: &str| with(&line("b", "north", &json!([])), &json!({"follows": [id]}));
        let missing = "00000000-0000-4000-8000-000000000001";
        let told = |id: &str| {
            let answer = b.post("previews", &following(id)).expect(422);
            answer.text.replace(id, "")
        };
        assert_eq!(told(&hidden).len(), told(missing).len());
    });
}

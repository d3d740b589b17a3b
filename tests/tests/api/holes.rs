//! Holes that were found by comparing registries that differ only in what one person may not see.

use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, logged, own_line, with};

/// A question about a line, as a check asks it.
fn question(line: &Value) -> Value {
    let asked = json!({"purpose": "A meeting", "places": ["leer"], "from": "2026-03-15",
        "until": "2026-03-30"});
    let mut question = with(line, &asked);
    for member in ["status", "audience", "disclosure"] {
        question.as_object_mut().expect("an object").remove(member);
    }
    question
}

/// The records of a list, each as its deed and its action.
fn deeds(list: &Answer) -> Vec<(String, String)> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let items = list.body["items"].as_array().expect("items").iter();
    items.map(|item| (text(item, "deed"), text(item, "action"))).collect()
}

fn of_a_check(list: &Answer) -> usize {
    deeds(list).iter().filter(|(_, action)| action == "check").count()
}

#[test]
fn the_own_part_of_the_log_does_not_tell_that_a_check_met_a_hidden_line() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) =
            (registry.member("demo", "a"), registry.person("demo", Role::FocalPoint, Some("b")));
        let of_b = line("b", "north", &asks(&["close_route"]));
        b.post("checks", &question(&of_b)).expect(200);
        assert_eq!(of_a_check(&b.get("audit").expect(200)), 1);
        let hidden = own_line("a", "north", &asks(&["open_route"]));
        logged(&a, &with(&hidden, &json!({"disclosure": "none"})));
        b.post("checks", &question(&of_b)).expect(200);
        assert_eq!(of_a_check(&b.get("audit").expect(200)), 2);
    });
}

#[test]
fn an_owner_is_not_told_who_has_a_hidden_line_that_meets_its_own() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal = || registry.person("demo", Role::FocalPoint, Some("a"));
        let a = focal();
        let b = registry.member("demo", "b");
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let before = deeds(&a.get("audit").expect(200));
        let hidden = own_line("b", "north", &asks(&["close_route"]));
        let hidden = with(&hidden, &json!({"disclosure": "none"}));
        b.post("checks", &question(&hidden)).expect(200);
        let id = logged(&b, &hidden);
        let flags = |b: &Person<'_>, path: &str| {
            let answer = b.get(path).expect(200);
            assert_eq!(answer.flags().len(), 1, "{path}: {}", answer.text);
            ["flags", "items"]
                .iter()
                .find_map(|name| answer.body[*name][0]["id"].as_str())
                .expect("an id")
                .to_owned()
        };
        let flag = flags(&b, "flags");
        flags(&b, &format!("engagements/{id}/flags"));
        b.get(&format!("flags/{flag}")).expect(200);
        b.post(&format!("flags/{flag}/steps"), &json!({"state": "acknowledged"})).expect(200);
        let mut after = deeds(&a.get("audit").expect(200));
        after.retain(|(_, action)| action != "list_audit_records");
        assert_eq!(after, before);
        registry.pass_days(7);
        let weeks = focal().get("audit/weeks").expect(200).body["items"].clone();
        assert_eq!(weeks, json!([{"from": "2026-03-09", "checks": 1, "entries": 1}]));
    });
}

/// The part of the log of A before and after B, whose line A may not see, does something: they must
/// be the same.
#[track_caller]
fn tells_nothing(registry: &Registry, act: impl Fn(&Person<'_>, &str)) {
    registry.import(&small_world());
    let a = registry.person("demo", Role::FocalPoint, Some("a"));
    let b = registry.member("demo", "b");
    let open = logged(&a, &line("a", "north", &asks(&["open_route"])));
    let part = || {
        let mut told = deeds(&a.get("audit?limit=200").expect(200));
        told.retain(|(_, action)| action != "list_audit_records");
        told
    };
    let before = part();
    act(&b, &open);
    assert_eq!(part(), before);
}

#[test]
fn an_owner_is_not_told_that_a_hidden_line_follows_its_own() {
    on_each_database(|registry: &Registry| {
        tells_nothing(registry, |b, open| {
            let follows = json!({"disclosure": "none", "follows": [open]});
            let id = logged(b, &with(&own_line("b", "north", &json!([])), &follows));
            let path = format!("engagements/{id}");
            assert!(b.get(&path).expect(200).text.contains(open));
            b.get("strategies").expect(200);
            b.amend(&path, &json!({"status": "suspended"})).expect(200);
        });
    });
}

#[test]
fn an_owner_is_not_told_of_flags_of_hidden_lines_in_timelines_and_reports() {
    on_each_database(|registry: &Registry| {
        tells_nothing(registry, |b, _| {
            // Two asks, of which the line of A has none, so that what is asked for is B's alone.
            let mut asked = asks(&["close_route"]);
            let mines = json!({"issue": "protection.mines", "action": "clear_ordnance"});
            asked.as_array_mut().expect("asks").push(mines);
            let hidden = json!({"disclosure": "none"});
            logged(b, &with(&own_line("b", "north", &asked), &hidden));
            let question = json!({"armed_actor": "north", "issue": "protection"});
            let timeline = b.post("timelines", &question).expect(200);
            assert!(timeline.text.contains("flag_raised"), "{}", timeline.text);
            let period = json!({"from": "2026-03-01", "until": "2026-03-31"});
            let report = b.post("reports", &with(&question, &period)).expect(200);
            assert!(report.text.contains("contradiction"), "{}", report.text);
        });
    });
}

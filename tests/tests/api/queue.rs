//! The desk's queue.

use concord_domain::vocabulary::Role;
use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, is_problem, logged, own_line, with};

/// What somebody who may see it sees, each as its kind, severity, organisations and armed actors.
fn queue(answer: &concord_tests::Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().expect("a list");
    let names = |list: &Value| -> Vec<String> {
        let named = list.as_array().into_iter().flatten();
        named.map(|each| each["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |flag: &Value| {
        let (organizations, actors) = (names(&flag["organizations"]), names(&flag["armed_actors"]));
        let (kind, severity) = (text(&flag["kind"]), text(&flag["severity"]));
        format!("{kind} {severity}: {} with {}", organizations.join(", "), actors.join(", "))
    };
    items.iter().map(one).collect()
}

#[test]
fn the_desk_sees_who_and_with_whom_of_every_flag_and_not_what() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let hidden = logged(&a, &own_line("a", "north", &asks(&["open_route", "allow_movement"])));
        let other = logged(&b, &own_line("b", "north", &asks(&["close_route", "allow_movement"])));
        let seen = desk.get("queue").expect(200);
        assert_eq!(
            queue(&seen),
            [
                "contradiction critical: Organisation A, Organisation B with The Group",
                "duplication medium: Organisation A, Organisation B with The Group",
            ]
        );
        assert!(!seen.text.contains(&hidden) && !seen.text.contains(&other), "{}", seen.text);
        let mut members: Vec<&String> =
            seen.body["items"][0].as_object().expect("a flag").keys().collect();
        members.sort();
        assert_eq!(members, ["armed_actors", "class", "id", "kind", "organizations", "severity"]);
        // It is no way to the flag itself.
        let flag = seen.body["items"][0]["id"].as_str().expect("an id");
        is_problem(&desk.get(&format!("flags/{flag}")), 404, "not_found");
        let first = desk.get("queue?limit=1").expect(200);
        let cursor = first.body["next"].as_str().expect("a cursor");
        let second = desk.get(&format!("queue?limit=1&cursor={cursor}")).expect(200);
        assert_eq!([queue(&first), queue(&second)].concat(), queue(&seen));
        assert_eq!(second.body["next"], Value::Null);
        registry.verify();
    });
}

#[test]
fn nobody_else_sees_the_queue() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        logged(&registry.member("demo", "a"), &line("a", "north", &asks(&["open_route"])));
        let others = [
            registry.member("demo", "a"),
            registry.person("demo", Role::FocalPoint, Some("a")),
            registry.person("demo", Role::Auditor, None),
            registry.person("demo", Role::Administrator, None),
            registry.administrator(),
        ];
        for person in &others {
            is_problem(&person.get("/v1/operations/demo/queue"), 403, "forbidden");
        }
        is_problem(&registry.nobody("demo").get("queue"), 401, "unauthenticated");
    });
}

#[test]
fn of_an_entry_that_discloses_nothing_the_desk_learns_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let before = all_of(&desk.get("queue").expect(200));
        let secret = json!({"disclosure": "none"});
        let id = logged(&a, &with(&own_line("a", "north", &asks(&["open_route"])), &secret));
        assert_eq!(all_of(&desk.get("queue").expect(200)), before);
        let sharing =
            json!({"audience": "own", "disclosure": "match", "reason": "They may ask us."});
        a.post_matching(&format!("engagements/{id}/loosening"), "*", &sharing).expect(200);
        assert_eq!(queue(&desk.get("queue").expect(200)).len(), 1);
        let sharing = with(&sharing, &secret);
        a.post_matching(&format!("engagements/{id}/tightening"), "*", &sharing).expect(200);
        assert_eq!(all_of(&desk.get("queue").expect(200)), before);
    });
}

#[test]
fn what_is_settled_or_only_good_does_not_wait() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        assert_eq!(queue(&desk.get("queue").expect(200)).len(), 1);
        let flag = super::id_of(&a.get("flags").expect(200).body["items"][0]);
        let step = json!({"state": "resolved", "resolution": "sequenced"});
        a.post(&format!("flags/{flag}/steps"), &step).expect(200);
        assert_eq!(desk.get("queue").expect(200).body["items"], json!([]));
    });
}

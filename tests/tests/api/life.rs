//! The life of a flag.

use concord_tests::{Answer, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_fault, is_problem, logged, made, states, with};

/// The steps of a flag, each as where it came to and who took it.
fn steps(answer: &Answer) -> Vec<(String, Option<String>)> {
    let text = |step: &Value, name: &str| step[name].as_str().map(str::to_owned);
    let steps = answer.body["steps"].as_array().into_iter().flatten();
    steps.map(|step| (text(step, "to").unwrap_or_default(), text(step, "by"))).collect()
}

fn only_flag(person: &Person<'_>) -> String {
    let items = person.get("flags").expect(200).body["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    format!("flags/{}", id_of(&items[0]))
}

/// Two lines that contradict each other, and the path of their flag.
fn opposed(a: &Person<'_>, b: &Person<'_>) -> (String, String, String) {
    let first = logged(a, &line("a", "north", &asks(&["open_route"])));
    let second = logged(b, &line("b", "north", &asks(&["close_route"])));
    (first, second, only_flag(a))
}

fn resolve(person: &Person<'_>, flag: &str) {
    let step = json!({"state": "resolved", "resolution": "sequenced", "note": "A goes first"});
    person.post(&format!("{flag}/steps"), &step).expect(200);
}

#[test]
fn each_step_is_kept_with_who_took_it_and_why() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let (_, _, flag) = opposed(&a, &b);
        let path = format!("{flag}/steps");
        a.post(&path, &json!({"state": "acknowledged"})).expect(200);
        registry.pass_seconds(60);
        let note = json!({"state": "coordinating", "note": "A call on Tuesday"});
        b.post(&path, &note).expect(200);
        let settled = json!({"state": "resolved", "resolution": "joint_engagement",
            "note": "They go together"});
        let settled = desk.post(&path, &settled).expect(200);
        let who = || Some("Somebody".to_owned());
        let expected = [
            ("open".to_owned(), None),
            ("acknowledged".to_owned(), who()),
            ("coordinating".to_owned(), who()),
            ("resolved".to_owned(), who()),
        ];
        assert_eq!(steps(&settled), expected);
        assert_eq!(settled.body["flag"]["resolution"], "joint_engagement");
        assert_eq!(settled.body["steps"][0]["note"], "The facts came to raise it.");
        assert_eq!(settled.body["steps"][2]["note"], "A call on Tuesday");
        assert_eq!(settled.body["steps"][2]["from"], "acknowledged");
        assert_eq!(settled.body["steps"][2]["at"], "2026-03-15T12:01:00.000000Z");
        assert_eq!(a.get(&flag).expect(200).body, settled.body);
        assert_eq!(a.get(&flag).expect(200).body["flag"]["holds"], true);
    });
}

#[test]
fn a_flag_goes_only_where_a_flag_can_go() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (_, _, flag) = opposed(&a, &b);
        let path = format!("{flag}/steps");
        for (step, pointer, code) in [
            (json!({"state": "resolved"}), "/state", "inconsistent"),
            (json!({"state": "open"}), "/state", "inconsistent"),
            (json!({"state": "lapsed"}), "/state", "inconsistent"),
            (json!({"state": "acknowledged", "resolution": "aligned"}), "/state", "inconsistent"),
            (json!({"state": "closed"}), "/state", "unknown_code"),
            (json!({"state": "resolved", "resolution": "won"}), "/resolution", "unknown_code"),
            (json!({"note": "Why"}), "/state", "missing"),
            (json!({"state": "acknowledged", "note": "a\u{202e}"}), "/note", "unsafe_text"),
            (json!({"state": "acknowledged", "by": "me"}), "/by", "unknown_member"),
            (json!("acknowledged"), "", "wrong_type"),
        ] {
            is_fault(&a.post(&path, &step), pointer, code);
        }
        assert_eq!(states(&a), ["contradiction critical open"]);
        assert_eq!(steps(&a.get(&flag).expect(200)).len(), 1);
        let missing = format!("flags/{}/steps", "00000000-0000-4000-8000-000000000000");
        is_problem(&a.post(&missing, &json!({"state": "acknowledged"})), 404, "not_found");
        let both = json!({"state": "resolved", "resolution": "aligned"});
        a.post(&path, &both).expect(200);
        a.post(&path, &json!({"state": "open"})).expect(200);
        assert_eq!(a.get(&flag).expect(200).body["flag"]["resolution"], Value::Null);
    });
}

#[test]
fn a_flag_lapses_and_returns_by_itself() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (first, _, flag) = opposed(&a, &b);
        a.post(&format!("{flag}/steps"), &json!({"state": "acknowledged"})).expect(200);
        let path = format!("engagements/{first}");
        a.amend(&path, &json!({"status": "suspended"})).expect(200);
        assert_eq!(states(&b), ["contradiction critical lapsed"]);
        let lapsed = b.get(&flag).expect(200).body["flag"].clone();
        assert_eq!((&lapsed["holds"], &lapsed["because"]), (&json!(false), &json!([])));
        let step = json!({"state": "acknowledged"});
        is_fault(&b.post(&format!("{flag}/steps"), &step), "/state", "inconsistent");
        a.amend(&path, &json!({"status": "ongoing"})).expect(200);
        assert_eq!(states(&b), ["contradiction critical open"]);
        let taken: Vec<String> =
            steps(&b.get(&flag).expect(200)).into_iter().map(|(to, _)| to).collect();
        assert_eq!(taken, ["open", "acknowledged", "lapsed", "open"]);
        assert_eq!(only_flag(&a), flag);
        registry.verify();
    });
}

#[test]
fn what_is_settled_stays_so_while_nothing_that_rules_read_changes() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (first, _, flag) = opposed(&a, &b);
        let path = format!("engagements/{first}");
        let ask = id_of(&a.get(&path).expect(200).body["asks"][0]);
        let one = format!("{path}/asks/{ask}");
        let settled = ["contradiction critical resolved"];
        let reopened = ["contradiction critical open"];
        resolve(&b, &flag);
        a.amend(&path, &json!({"summary": "Said", "purpose": "Why", "outcome": "None"}))
            .expect(200);
        a.amend(&path, &json!({"plan": {"risks": "Some"}, "channel": "radio"})).expect(200);
        a.amend(&one, &json!({"note": "Said once more"})).expect(200);
        a.post(&format!("{path}/contacts"), &json!({"on": "2026-03-02"})).expect(201);
        a.post(&format!("{path}/demands"), &json!({"kind": "fee", "response": "declined"}))
            .expect(201);
        let sharing = json!({"audience": "mechanisms", "audience_mechanisms": ["awg"],
            "disclosure": "none", "reason": "Fewer"});
        a.post_matching(&format!("{path}/tightening"), "*", &sharing).expect(200);
        assert_eq!(states(&b), settled);

        a.amend(&one, &json!({"terms": {"users": "Traders"}})).expect(200);
        assert_eq!(states(&b), reopened);
        let last = b.get(&flag).expect(200);
        let step = last.body["steps"].as_array().and_then(|steps| steps.last()).expect("a step");
        assert_eq!(step["note"], "It was settled and what it rests on has changed.");
        assert_eq!((&step["by"], &step["from"]), (&Value::Null, &json!("resolved")));
        assert_eq!(last.body["flag"]["resolution"], Value::Null);

        for change in [
            json!({"places": ["leer"]}),
            json!({"until": "2026-12-31"}),
            json!({"method": "mediation"}),
        ] {
            resolve(&b, &flag);
            assert_eq!(states(&b), settled);
            a.amend(&path, &change).expect(200);
            assert_eq!(states(&b), reopened, "{change}");
        }
        registry.verify();
    });
}

#[test]
fn what_is_settled_opens_again_when_it_becomes_worse() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let body =
            with(&line("a", "north", &asks(&["open_route"])), &json!({"level": "operational"}));
        let first = logged(&a, &body);
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        assert_eq!(states(&a), ["contradiction high open"]);
        let flag = only_flag(&a);
        resolve(&a, &flag);
        a.amend(&format!("engagements/{first}"), &json!({"level": "tactical"})).expect(200);
        assert_eq!(states(&a), ["contradiction critical open"]);
        let read = a.get(&flag).expect(200);
        let notes: Vec<&Value> =
            read.body["steps"].as_array().into_iter().flatten().map(|s| &s["note"]).collect();
        assert_eq!(notes.last(), Some(&&json!("It was settled and has become more severe.")));
        registry.verify();
    });
}

#[test]
fn the_worst_come_first_and_can_be_picked() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["allow_movement"])));
        logged(&b, &line("b", "group", &asks(&["allow_movement"])));
        registry.pass_seconds(5);
        logged(&a, &line("a", "south", &asks(&["open_route"])));
        let second = logged(&b, &line("b", "south", &asks(&["close_route"])));
        let paid =
            json!([{"issue": "access.movement", "action": "allow_staff", "offer": "payment"}]);
        logged(&b, &line("b", "south", &paid));
        let all = b.get("flags").expect(200).flags();
        assert_eq!(all[0], "contradiction critical", "{all:?}");
        let rank = |flag: &String| {
            let severity = flag.rsplit(' ').next().expect("a severity").to_owned();
            ["critical", "high", "medium", "low"].iter().position(|each| **each == severity)
        };
        let ranks: Vec<_> = all.iter().map(rank).collect();
        assert!(ranks.is_sorted() && all.len() >= 3, "{all:?}");

        let worst = id_of(&b.get("flags?limit=1").expect(200).body["items"][0]);
        resolve(&b, &format!("flags/{worst}"));
        b.amend(&format!("engagements/{second}"), &json!({"status": "cancelled"})).expect(200);
        assert_eq!(b.get("flags?state=resolved").expect(200).flags(), ["contradiction critical"]);
        assert_eq!(b.get("flags?state=resolved&holds=true").expect(200).flags(), [""; 0]);
        assert_eq!(b.get("flags?holds=false").expect(200).flags(), ["contradiction critical"]);
        assert_eq!(b.get("flags?state=open&holds=true").expect(200).flags(), all[1..]);
        assert_eq!(b.get("flags?state=lapsed").expect(200).flags(), [""; 0]);
        registry.verify();
    });
}

#[test]
fn what_goes_well_is_told_when_asked_and_has_no_life() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let first = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let second = b.post("engagements", &line("b", "north", &asks(&["allow_passage"])));
        let second = second.expect(201);
        assert_eq!(second.flags(), ["reinforcing info"]);
        let flag = &second.body["flags"][0];
        assert_eq!((&flag["id"], &flag["state"]), (&Value::Null, &Value::Null));
        let of_first = a.get(&format!("engagements/{first}/flags")).expect(200);
        assert_eq!(of_first.flags(), ["reinforcing info"]);
        assert_eq!(a.get("flags").expect(200).flags(), [""; 0]);
        let promise = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access.movement.routes", "action": "open_route", "audience": "operation"});
        made(&b, "commitments", &promise);
        let of_first = a.get(&format!("engagements/{first}/flags")).expect(200);
        assert_eq!(of_first.flags(), ["reinforcing info", "already_committed info"]);
    });
}

//! For how long entries are kept, and what is done when that is over.

use concord_app::retention;
use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, made, own_line, with};

/// Lets the server do what it does once a day; answers how many entries were retracted.
fn run(registry: &Registry) -> usize {
    let done = retention::run(&registry.app).expect("it is done");
    done.iter().map(|(_, count)| count).sum()
}

fn path(id: &str) -> String {
    format!("engagements/{id}")
}

/// A line that was over on a day.
fn over(organization: &str, until: &str) -> Value {
    let ended = json!({"until": until, "status": "concluded"});
    with(&line(organization, "north", &json!([])), &ended)
}

fn member<'r>(registry: &'r Registry, organization: &str) -> Person<'r> {
    registry.member("demo", organization)
}

#[test]
fn an_entry_is_retracted_on_the_day_after_the_last_one_that_its_class_keeps_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, elders) = (member(registry, "a"), member(registry, "elders"));
        let via =
            json!({"via": {"kind": "religious_leader", "consent": true, "risk_assessed": true}});
        let ours = logged(&a, &over("a", "2026-03-14"));
        let through = logged(&a, &with(&over("a", "2026-03-14"), &via));
        let theirs = logged(&elders, &over("elders", "2026-03-14"));
        let open = logged(&a, &line("a", "south", &json!([])));
        let promise = json!({
            "key": "promise", "armed_actor": "north", "organization": "a", "audience": "operation",
            "kind": "verbal_assurance", "issue": "access", "action": "stop", "until": "2026-03-31",
        });
        let promise = format!("commitments/{}", made(&a, "commitments", &promise));
        let ends = |path: &str| a.get(&format!("{path}/retention")).expect(200).body;
        let kept = |class: &str, ends_on: &str| json!({"class": class, "ends_on": ends_on, "kept_until": null});
        // It counts from the day on which it was logged, if that was later.
        assert_eq!(ends(&path(&ours)), kept("engagement", "2027-03-15"));
        assert_eq!(ends(&path(&through)), kept("community", "2026-09-11"));
        assert_eq!(ends(&path(&theirs)), kept("community", "2026-09-11"));
        assert_eq!(ends(&path(&open)), kept("engagement", "2027-03-15"));
        assert_eq!(ends(&promise), kept("commitment", "2028-03-30"));
        let gone = |paths: &[&str]| {
            let c = member(registry, "c");
            paths.iter().map(|path| c.get(path).status).collect::<Vec<_>>()
        };
        let all = [&*path(&ours), &path(&through), &path(&theirs), &path(&open), &promise];
        for (day, expected) in [
            ("2026-03-15", [200, 200, 200, 200, 200]),
            ("2026-09-11", [200, 200, 200, 200, 200]),
            ("2026-09-12", [200, 410, 410, 200, 200]),
            ("2027-03-15", [200, 410, 410, 200, 200]),
            ("2027-03-16", [410, 410, 410, 410, 200]),
            ("2028-03-30", [410, 410, 410, 410, 200]),
            ("2028-03-31", [410; 5]),
        ] {
            registry.set_day(day);
            run(registry);
            assert_eq!(gone(&all), expected, "{day}");
        }
        assert_eq!(run(registry), 0);
        registry.verify();
        let objects = registry.audit_records("demo");
        let past = objects.iter().filter(|record| record["action"] == "retention");
        let past = past.filter(|record| {
            record["by"].is_null()
                && record["objects"].to_string().contains("retracted_past_retention")
        });
        assert!(past.count() >= 4);
    });
}

#[test]
fn a_line_is_kept_as_long_as_what_came_from_it_and_as_it_is_touched() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = member(registry, "a");
        let ours = logged(&a, &over("a", "2026-03-14"));
        let promise = json!({
            "key": "promise", "armed_actor": "north", "engagement": ours, "until": "2026-06-30",
            "kind": "verbal_assurance", "issue": "access", "action": "stop",
        });
        let promise = format!("commitments/{}", made(&a, "commitments", &promise));
        let open = logged(&a, &line("a", "south", &json!([])));
        registry.set_day("2027-01-10");
        let a = member(registry, "a");
        a.post_matching(&format!("{}/renewal", path(&open)), "*", &json!({})).expect(200);
        let ends = |path: &str| {
            let a = member(registry, "a");
            a.get(&format!("{path}/retention")).expect(200).body["ends_on"].clone()
        };
        assert_eq!(
            (ends(&path(&ours)), ends(&promise)),
            (json!("2028-06-29"), json!("2028-06-29"))
        );
        assert_eq!(ends(&path(&open)), "2028-01-10");
        registry.set_day("2028-01-11");
        assert_eq!(run(registry), 1);
        registry.set_day("2028-06-30");
        assert_eq!(run(registry), 1);
        let a = member(registry, "a");
        is_problem(&a.get(&path(&ours)), 410, "retracted");
        is_problem(&a.get(&promise), 404, "not_found");
    });
}

#[test]
fn only_a_reason_that_is_recorded_keeps_an_entry_longer() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (member(registry, "a"), member(registry, "b"));
        let ours = path(&logged(&a, &over("a", "2026-03-14")));
        let other = path(&logged(&a, &over("a", "2026-03-13")));
        let hidden = path(&logged(&a, &own_line("a", "north", &asks(&["stop"]))));
        let keep = json!({"until": "2028-01-01", "reason": "The inquiry asks for it"});
        let put = |person: &Person<'_>, path: &str, body: &Value| {
            person.put(&format!("{path}/retention"), "*", body)
        };
        for (members, pointer, code) in [
            (json!({"reason": " "}), "/reason", "missing"),
            (json!({"until": "2026-03-14"}), "/until", "out_of_range"),
            (json!({"until": "2031-03-15"}), "/until", "out_of_range"),
            (json!({"days": 7}), "/days", "unknown_member"),
        ] {
            is_fault(&put(&a, &ours, &with(&keep, &members)), pointer, code);
        }
        is_problem(&put(&b, &ours, &keep), 403, "forbidden");
        is_problem(&put(&b, &hidden, &keep), 404, "not_found");
        is_problem(&b.get(&format!("{hidden}/retention")), 404, "not_found");
        let kept = put(&a, &ours, &keep).expect(200).body;
        let expected = json!({
            "class": "engagement", "ends_on": "2028-01-01", "kept_until": "2028-01-01"
        });
        assert_eq!(kept, expected);
        registry.set_day("2028-01-01");
        assert_eq!(run(registry), 2, "what is kept is not among them");
        let a = member(registry, "a");
        a.get(&ours).expect(200);
        is_problem(&a.get(&other), 410, "retracted");
        registry.set_day("2028-01-02");
        assert_eq!(run(registry), 1);
        is_problem(&member(registry, "a").get(&ours), 410, "retracted");
    });
}

#[test]
fn an_operation_says_its_periods_within_bounds_and_with_a_reason() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (member(registry, "a"), registry.desk("demo"));
        let first = json!({"community_days": 180, "engagement_days": 365, "commitment_days": 730});
        assert_eq!(a.get("retention").expect(200).body, first);
        let shorter = json!({
            "community_days": 30, "engagement_days": 60, "commitment_days": 90,
            "reason": "The country team agreed",
        });
        is_problem(&a.put("retention", "*", &shorter), 403, "forbidden");
        for (members, pointer, code) in [
            (json!({"reason": ""}), "/reason", "missing"),
            (json!({"community_days": 29}), "/community_days", "out_of_range"),
            (json!({"community_days": 366}), "/community_days", "out_of_range"),
            (json!({"engagement_days": 1096}), "/engagement_days", "out_of_range"),
            (json!({"commitment_days": null}), "/commitment_days", "missing"),
        ] {
            is_fault(&desk.put("retention", "*", &with(&shorter, &members)), pointer, code);
        }
        let ours = path(&logged(&a, &over("a", "2026-03-14")));
        desk.put("retention", "*", &shorter).expect(200);
        registry.set_day("2026-05-14");
        assert_eq!(run(registry), 0);
        registry.set_day("2026-05-15");
        assert_eq!(run(registry), 1);
        is_problem(&member(registry, "a").get(&ours), 410, "retracted");
    });
}

#[test]
fn many_are_retracted_in_batches() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = member(registry, "a");
        let items: Vec<Value> = (0..60).map(|_| over("a", "2026-03-14")).collect();
        a.post("engagements/bulk", &json!({ "items": items })).expect(200);
        registry.set_day("2027-03-16");
        assert_eq!(run(registry), 60);
        assert_eq!(member(registry, "a").get("engagements").expect(200).body["items"], json!([]));
        registry.verify();
    });
}

#[test]
fn the_command_does_the_same_once() {
    on_each_database(|registry: &Registry| {
        // The command goes by the clock of the machine, which is years later.
        registry.set_day("2020-03-15");
        registry.import(&small_world());
        let a = member(registry, "a");
        let day = registry.today();
        logged(&a, &with(&over("a", &day), &json!({"from": day})));
        let said = registry.command(&["retention", "run"]).expect("it runs");
        assert_eq!(said.trim(), "demo: 1 entries retracted");
        let said = registry.command(&["retention", "run"]).expect("it runs");
        assert_eq!(said.trim(), "demo: 0 entries retracted");
    });
}

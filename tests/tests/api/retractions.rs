//! Retracting an entry: what it held is nowhere any more, and nobody is told more than is said.

use concord_tests::{Database, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{
    all_of, asks, id_of, is_fault, is_problem, logged, made, own_line, restricted,
    sealing::{bytes, columns, hex, is_in_files, tamper},
    step_up::{FRESH, step_up},
    with,
};

const REASON: &str = "asked_for";

pub(super) fn retract(person: &Person<'_>, path: &str) -> concord_tests::Answer {
    person.post_matching(&format!("{path}/retraction"), "*", &json!({"reason": REASON}))
}

/// A line of A with a word of its own wherever one can stand in the clear.
fn marked() -> Value {
    let ask = json!({
        "key": "marked-ask", "issue": "access.movement.routes", "action": "open_route",
        "terms": {"route": "Marked bridge road"}, "note": "Marked note",
    });
    let demand = json!({"key": "marked-demand", "kind": "fee", "response": "declined"});
    with(
        &line("a", "north", &json!([ask])),
        &json!({
            "key": "marked-line", "strategy": "marked-plan", "summary": "Marked summary",
            "demands": [demand], "contacts": [{"on": "2026-03-02", "note": "Marked contact"}],
            "partners": ["c"],
        }),
    )
}

/// Whether a text stands in bytes, written as hexadecimal digits; an id also as its own bytes.
fn stands_in(bytes: &str, text: &str) -> bool {
    let is_id = text.len() == 36 && text.contains('-');
    bytes.contains(&hex(text)) || (is_id && bytes.contains(&text.replace('-', "")))
}

/// Where some text stands in the database, as table and column.
pub(super) fn places_of(registry: &Registry, texts: &[&str]) -> Vec<(String, String)> {
    let found = |column: &(String, String)| {
        let bytes = bytes(registry, column);
        texts.iter().any(|text| stands_in(&bytes, text))
    };
    columns(registry).into_iter().filter(found).collect()
}

/// What PostgreSQL has taken for typical of the rows that can be erased.
const TYPICAL_VALUES: &str = "CREATE VIEW typical AS
    SELECT concat(most_common_vals::text, histogram_bounds::text) AS row_values FROM pg_stats
     WHERE schemaname = 'public' AND tablename NOT LIKE 'audit\\_%' AND tablename <> 'idempotency_keys'";

#[test]
fn nothing_of_what_was_retracted_stands_in_any_table_or_file() {
    on_each_database(|registry: &Registry| {
        let named = |table: &str, column: &str| (table.to_owned(), column.to_owned());
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let key = [("idempotency-key", "a-key-of-mine"), ("content-type", "application/json")];
        let sent = marked().to_string();
        let made_of = a.request("POST", "engagements", &key, Some(sent.as_bytes())).expect(201);
        let engagement = made_of.body["engagement"].clone();
        let id = id_of(&engagement);
        let path = format!("engagements/{id}");
        let commitment = made(
            &a,
            "commitments",
            &json!({
                "key": "marked-promise", "armed_actor": "north", "engagement": id,
                "kind": "verbal_assurance", "issue": "access", "action": "stop",
            }),
        );
        logged(&b, &with(&line("b", "north", &asks(&["close_route"])), &json!({"follows": [id]})));
        let flag = id_of(&b.get("flags").expect(200).body["items"][0]);
        let step = json!({"state": "coordinating", "note": "Marked remark"});
        b.post(&format!("flags/{flag}/steps"), &step).expect(200);
        // Of a table in which nothing is left PostgreSQL goes on thinking what it thought.
        logged(&a, &line("a", "south", &asks(&["open_route"])));
        logged(&b, &line("b", "south", &asks(&["close_route"])));
        let flags = b.get("flags").expect(200).body;
        let others = flags["items"].as_array().expect("a list").iter().map(id_of);
        for other in others.filter(|other| *other != flag) {
            b.post(&format!("flags/{other}/steps"), &json!({"state": "coordinating"})).expect(200);
        }
        let narrow = json!({"audience": "organizations", "audience_organizations": ["b"],
            "partners": ["c"], "disclosure": "none", "reason": "Marked reason"});
        a.post_matching(&format!("{path}/tightening"), "*", &narrow).expect(200);
        let parts = [id_of(&engagement["asks"][0]), id_of(&engagement["demands"][0])];
        let words = ["marked", "Marked", &parts[0], &parts[1], &commitment, &flag];
        match registry.database {
            Database::Sqlite => registry.app.store.gather_statistics().expect("it looks"),
            Database::Postgres => {
                tamper(registry, TYPICAL_VALUES);
                tamper(registry, "ANALYZE");
            }
        }
        let before = places_of(registry, &words);
        assert!(before.len() > 5);
        let typical = named("typical", "row_values");
        assert_eq!(
            before.contains(&typical),
            registry.database == Database::Postgres,
            "{before:?}"
        );

        retract(&a, &path).expect(200);
        let audit = |(table, _): &(String, String)| table.starts_with("audit_");
        let mut left = places_of(registry, &words);
        left.retain(|place| !audit(place));
        // The log holds ids; and a key that was used stays used, for nothing that can be told.
        let used = named("idempotency_keys", "resource_id");
        left.retain(|place| *place != used);
        assert_eq!(left, []);
        // Of the entry itself only what is needed to tell those who could read it.
        let mut left = places_of(registry, &[&id]);
        left.retain(|place| !audit(place) && *place != used && *place != typical);
        let expected = [
            named("engagements", "document"),
            named("entries", "id"),
            named("links", "owner_id"),
            named("links", "target_id"),
        ];
        assert_eq!(left, expected, "what B follows is B's own");
        let salts = bytes(registry, &named("audit_salts", "object_id"));
        assert!(!stands_in(&salts, &id) && !stands_in(&salts, &commitment));
        if registry.database == Database::Sqlite {
            assert!(!is_in_files(registry, "Marked bridge road"));
            assert!(!is_in_files(registry, "marked-line"));
        }
        // What was sent under a key of its own cannot be sent again as if nothing had happened.
        let again = a.request("POST", "engagements", &key, Some(sent.as_bytes()));
        is_problem(&again, 422, "idempotency_key_reused");
        registry.verify();
    });
}

#[test]
fn who_could_read_it_is_told_the_day_and_nobody_else_that_it_was() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (c, desk) = (registry.member("demo", "c"), registry.desk("demo"));
        let shared = json!({"audience": "mechanisms", "audience_mechanisms": ["awg"]});
        let id = logged(&a, &with(&own_line("a", "north", &asks(&["open_route"])), &shared));
        let path = format!("engagements/{id}");
        let missing = "engagements/00000000-0000-4000-8000-000000000000";
        is_problem(&retract(&b, &path), 403, "forbidden");
        is_problem(&retract(&c, &path), 404, "not_found");
        registry.pass_seconds(FRESH);
        is_problem(&retract(&a, &path), 403, "step_up_required");
        step_up(&a, &json!({"password": concord_tests::PASSWORD})).expect(204);
        let call = format!("{path}/retraction");
        is_fault(&a.post_matching(&call, "*", &json!({})), "/reason", "missing");
        for reason in ["because", "past_retention"] {
            let answer = a.post_matching(&call, "*", &json!({"reason": reason}));
            is_fault(&answer, "/reason", "unknown_code");
        }
        is_problem(&a.post_matching(&call, "\"other\"", &json!({"reason": REASON})), 412, "stale");
        let tombstone = retract(&a, &path).expect(200).body;
        assert_eq!(tombstone, json!({"id": id, "retracted_on": "2026-03-15"}));
        registry.set_day("2026-03-16");
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (c, desk) =
            (registry.signed_in(&c.login, "demo"), registry.signed_in(&desk.login, "demo"));
        for person in [&a, &b] {
            let answer = person.get(&path);
            is_problem(&answer, 410, "retracted");
            assert!(answer.text.contains("2026-03-15"));
            let change = json!({"status": "suspended"});
            is_problem(&person.patch(&path, "*", &change), 410, "retracted");
            is_problem(&retract(person, &path), 410, "retracted");
            let listed = person.get("retractions").expect(200).body;
            assert_eq!(listed["items"], json!([tombstone]));
        }
        for person in [&c, &desk] {
            assert_eq!(all_of(&person.get(&path)), all_of(&person.get(missing)));
            assert_eq!(person.get("retractions").expect(200).body["items"], json!([]));
        }
        let auditor = registry.person("demo", concord_domain::vocabulary::Role::Auditor, None);
        is_problem(&auditor.get("retractions"), 403, "forbidden");
        for person in [&a, &b, &c] {
            assert_eq!(person.get("engagements").expect(200).body["items"], json!([]));
            assert!(!person.get("bundle").expect(200).text.contains(&id));
        }
    });
}

#[test]
fn the_other_side_of_a_flag_is_told_nothing_of_why_it_is_gone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let theirs = logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        let path = format!("engagements/{theirs}");
        let seen = || {
            ["flags", &format!("{path}/flags"), "queue", "retractions", &path]
                .map(|path| all_of(&if path == "queue" { desk.get(path) } else { b.get(path) }))
        };
        let before = seen();
        // Hidden from B, and read by B.
        for audience in ["own", "operation"] {
            let ours = own_line("a", "north", &asks(&["open_route"]));
            let ours = logged(&a, &with(&ours, &json!({"audience": audience})));
            let found = b.get("flags").expect(200);
            assert_eq!(restricted(&found).len() + found.flags().len(), 1);
            retract(&a, &format!("engagements/{ours}")).expect(200);
            let mut after = seen();
            if audience == "operation" {
                // Who read it is told that it was retracted, and of no flag.
                assert!(after[3].2.contains(&ours));
                after[3] = before[3].clone();
            }
            assert_eq!(after, before, "{audience}");
        }
        registry.verify();
    });
}

#[test]
fn what_others_follow_or_came_from_it_stands_soundly() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let ours = logged(&a, &with(&line("a", "north", &json!([])), &json!({"key": "ours"})));
        let follows = with(&line("b", "north", &json!([])), &json!({"follows": [ours]}));
        let theirs = format!("engagements/{}", logged(&b, &follows));
        let promise = |key: &str| {
            json!({
                "key": key, "armed_actor": "north", "organization": "a", "audience": "operation",
                "kind": "verbal_assurance", "issue": "access", "action": "stop",
            })
        };
        let own = format!("commitments/{}", made(&a, "commitments", &promise("own")));
        let mut from_it = with(&promise("from-it"), &json!({"engagement": ours}));
        from_it
            .as_object_mut()
            .expect("an object")
            .retain(|name, _| !["audience", "organization"].contains(&name.as_str()));
        let from_it = format!("commitments/{}", made(&a, "commitments", &from_it));
        is_problem(&retract(&a, &from_it), 409, "conflict");
        retract(&a, &format!("engagements/{ours}")).expect(200);
        is_problem(&a.get(&from_it), 404, "not_found");
        is_problem(&b.get(&from_it), 404, "not_found");
        b.get(&own).expect(200);
        // What leads nowhere is told to nobody, and hinders nothing.
        let read = b.get(&theirs).expect(200);
        assert_eq!(read.body["follows"], json!([]));
        b.amend(&theirs, &json!({"status": "suspended"})).expect(200);
        is_problem(&retract(&b, &own), 403, "forbidden");
        retract(&a, &own).expect(200);
        is_problem(&b.get(&own), 410, "retracted");
        // A bundle goes out and in without it; sent anew it is another one.
        let bundle = a.get("bundle").expect(200);
        assert!(!bundle.text.contains(&ours) && bundle.body["commitments"] == json!([]));
        a.post("bundles", &bundle.body).expect(200);
        let again = logged(&a, &with(&line("a", "north", &json!([])), &json!({"key": "ours"})));
        assert_ne!(again, ours);
        is_problem(&a.get(&format!("engagements/{ours}")), 410, "retracted");
        registry.verify();
    });
}

#[test]
fn the_log_says_who_retracted_it_and_why_and_is_whole() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &line("a", "north", &json!([])));
        retract(&a, &format!("engagements/{id}")).expect(200);
        let records = registry.audit_records("demo");
        let found = records.iter().find(|record| record["action"] == "retract_engagement");
        let objects = &found.expect("it is recorded")["objects"];
        let object = json!({"kind": "retracted_asked_for", "id": id});
        assert!(objects.as_array().is_some_and(|all| all.contains(&object)), "{objects}");
        concord_app::audit::sequence::sequence(&registry.app).expect("sequenced");
        let wrong = concord_app::audit::sequence::examine(&registry.app).expect("examined");
        assert_eq!(wrong, [""; 0]);
    });
}

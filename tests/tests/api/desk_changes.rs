//! Who is on the desk: two decide.

use concord_app::people;
use concord_domain::vocabulary::Role;
use concord_tests::{Answer, PASSWORD, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{id_of, is_fault, is_problem};

const CHANGES: &str = "/v1/operations/demo/desk/changes";
const DESK: &str = "/v1/operations/demo/desk";

fn add(login: &str) -> Value {
    json!({"change": "add", "login": login, "name": "Somebody new"})
}

fn propose(by: &Person<'_>, change: &Value) -> Answer {
    by.post(CHANGES, change)
}

fn confirm(by: &Person<'_>, id: &str) -> Answer {
    by.request("POST", &format!("{CHANGES}/{id}/confirmation"), &[], None)
}

/// The person who takes an invitation up.
fn joined<'r>(registry: &'r Registry, confirmed: &Answer, login: &str) -> Person<'r> {
    let code = confirmed.body["invitation_code"].as_str().expect("a code");
    let taken = json!({"code": code, "password": PASSWORD});
    registry.nobody("demo").post("/v1/invitations", &taken).expect(200);
    registry.signed_in(login, "demo")
}

/// Who is on the desk, by login.
fn desk(by: &Person<'_>) -> Vec<String> {
    let items = by.get(DESK).expect(200).body["items"].clone();
    let login = |item: &Value| item["login"].as_str().unwrap_or_default().to_owned();
    let mut logins: Vec<String> = items.as_array().into_iter().flatten().map(login).collect();
    logins.sort();
    logins
}

fn membership(by: &Person<'_>, login: &str) -> String {
    let items = by.get(DESK).expect(200).body["items"].clone();
    let found = items.as_array().into_iter().flatten().find(|item| item["login"] == login);
    id_of(found.expect("is on the desk"))
}

#[test]
fn somebody_joins_and_leaves_the_desk_once_two_of_it_say_so() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (one, two) = (registry.desk("demo"), registry.desk("demo"));
        let proposed = propose(&one, &add("Third@desk")).expect(201);
        let id = id_of(&proposed.body);
        assert_eq!(proposed.body["closes_on"], "2026-03-22");
        assert_eq!(proposed.header("location"), Some(format!("{CHANGES}/{id}").as_str()));
        assert_eq!(two.get(CHANGES).expect(200).body["items"], json!([proposed.body]));
        // Nothing is done until another says so.
        assert_eq!(desk(&one).len(), 2);
        is_problem(&confirm(&one, &id), 403, "forbidden");
        assert_eq!(desk(&one).len(), 2);
        let confirmed = confirm(&two, &id).expect(200);
        assert_eq!(confirmed.body["person"]["role"], "desk");
        let third = joined(registry, &confirmed, "third@desk");
        third.get("queue").expect(200);
        is_problem(&confirm(&two, &id), 404, "not_found");
        assert_eq!(one.get(CHANGES).expect(200).body["items"], json!([]));

        let leaving = membership(&one, "third@desk");
        let proposed = propose(&two, &json!({"change": "remove", "person": leaving})).expect(201);
        assert_eq!(proposed.body["person"]["login"], "third@desk");
        let done = confirm(&one, &id_of(&proposed.body)).expect(200);
        assert_eq!(done.body, json!({"person": null, "invitation_code": null}));
        is_problem(&third.get("queue"), 404, "not_found");
        assert_eq!(desk(&one).len(), 2);
        let actions: Vec<Value> =
            registry.audit_records("demo").iter().map(|record| record["action"].clone()).collect();
        for action in ["propose_desk_change", "confirm_desk_change"] {
            assert!(actions.contains(&json!(action)), "{actions:?}");
        }
    });
}

#[test]
fn no_administrator_makes_or_ends_a_desk_of_two() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (one, two) = (registry.desk("demo"), registry.desk("demo"));
        let of_all = registry.administrator();
        let of_this = registry.person("demo", Role::Administrator, None);
        for administrator in [&of_all, &of_this] {
            let invited = json!({"login": "mine@desk", "name": "Mine", "role": "desk"});
            is_problem(
                &administrator.post("/v1/operations/demo/people", &invited),
                403,
                "forbidden",
            );
            is_problem(&propose(administrator, &add("mine@desk")), 403, "forbidden");
            let leaving = membership(&one, &two.login);
            let path = format!("/v1/operations/demo/people/{leaving}");
            is_problem(&administrator.delete(&path), 403, "forbidden");
            // It sees who is on it.
            assert_eq!(desk(administrator).len(), 2);
        }
        let proposed = id_of(&propose(&one, &add("third@desk")).expect(201).body);
        for person in [&of_all, &of_this] {
            is_problem(&confirm(person, &proposed), 403, "forbidden");
            is_problem(&person.delete(&format!("{CHANGES}/{proposed}")), 403, "forbidden");
        }
        let others = [
            registry.member("demo", "a"),
            registry.person("demo", Role::FocalPoint, Some("a")),
            registry.person("demo", Role::Auditor, None),
        ];
        for person in &others {
            is_problem(&person.get(DESK), 403, "forbidden");
            is_problem(&person.get(CHANGES), 403, "forbidden");
            is_problem(&propose(person, &add("x@desk")), 403, "forbidden");
            is_problem(&confirm(person, &proposed), 403, "forbidden");
        }
        confirm(&two, &proposed).expect(200);
    });
}

#[test]
fn an_administrator_sets_the_first_and_stands_in_while_there_is_one() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (administrator, another) = (registry.administrator(), registry.administrator());
        let invited = json!({"login": "first@desk", "name": "First", "role": "desk"});
        let made = administrator.post("/v1/operations/demo/people", &invited).expect(201);
        // Who has not come yet decides nothing, and can be let go.
        let untaken = id_of(&made.body["person"]);
        administrator.delete(&format!("/v1/operations/demo/people/{untaken}")).expect(204);
        let made = administrator.post("/v1/operations/demo/people", &invited).expect(201);
        let first = joined(registry, &made, "first@desk");
        // From now on none is made without that one.
        let second = json!({"login": "second@desk", "name": "Second", "role": "desk"});
        let refused = administrator.post("/v1/operations/demo/people", &second);
        is_problem(&refused, 403, "forbidden");
        let proposed = id_of(&propose(&administrator, &add("second@desk")).expect(201).body);
        is_problem(&confirm(&another, &proposed), 403, "forbidden");
        let confirmed = confirm(&first, &proposed).expect(200);
        let second = joined(registry, &confirmed, "second@desk");
        let proposed = id_of(&propose(&first, &add("third@desk")).expect(201).body);
        is_problem(&confirm(&administrator, &proposed), 403, "forbidden");
        confirm(&second, &proposed).expect(200);
    });
}

#[test]
fn what_was_proposed_lasts_seven_days_and_as_long_as_its_proposer_is_on_the_desk() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let people = [registry.desk("demo"), registry.desk("demo"), registry.desk("demo")];
        let again = |number: usize| registry.signed_in(&people[number].login, "demo");
        let proposed = id_of(&propose(&people[0], &add("late@desk")).expect(201).body);
        registry.pass_days(6);
        assert_eq!(again(1).get(CHANGES).expect(200).body["items"][0]["id"], json!(proposed));
        registry.pass_days(1);
        is_problem(&confirm(&again(1), &proposed), 404, "not_found");
        assert_eq!(again(1).get(CHANGES).expect(200).body["items"], json!([]));
        // It can be proposed again.
        let proposed = id_of(&propose(&again(0), &add("late@desk")).expect(201).body);
        let account = membership(&again(1), &people[0].login);
        let leaving = json!({"change": "remove", "person": account});
        let leaving = id_of(&propose(&again(1), &leaving).expect(201).body);
        confirm(&again(2), &leaving).expect(200);
        is_problem(&confirm(&again(2), &proposed), 403, "forbidden");
        // Nobody takes back what another proposed, or one could keep all others from deciding.
        is_problem(&again(2).delete(&format!("{CHANGES}/{proposed}")), 403, "forbidden");
        let own = id_of(&propose(&again(2), &add("own@desk")).expect(201).body);
        again(2).delete(&format!("{CHANGES}/{own}")).expect(204);
        is_problem(&again(2).delete(&format!("{CHANGES}/{own}")), 404, "not_found");
        // Who is closed out does not count, and confirms nothing.
        people::set_disabled(&registry.app, &people[1].login, true).expect("it is closed");
        let administrator = registry.administrator();
        let proposed = id_of(&propose(&administrator, &add("new@desk")).expect(201).body);
        confirm(&again(2), &proposed).expect(200);
    });
}

#[test]
fn a_change_is_checked_when_it_is_proposed_and_told_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (one, two) = (registry.desk("demo"), registry.desk("demo"));
        for (change, pointer, code) in [
            (json!({"change": "swap"}), "/change", "unknown_code"),
            (json!({}), "/change", "missing"),
            (json!({"change": "add", "login": "x@desk"}), "/login", "inconsistent"),
            (json!({"change": "add", "login": "a b", "name": "X"}), "/login", "malformed"),
            (json!({"change": "add", "login": two.login, "name": "X"}), "/login", "duplicate_key"),
            (
                json!({"change": "add", "login": "x@desk", "name": "a\u{202e}b"}),
                "/name",
                "malformed",
            ),
            (json!({"change": "remove", "person": "x"}), "/person", "malformed"),
            (json!({"change": "remove"}), "/person", "inconsistent"),
            (
                json!({"change": "remove", "person": "00000000-0000-4000-8000-000000000000"}),
                "/person",
                "unknown_reference",
            ),
            (json!({"change": "remove", "who": "x"}), "/who", "unknown_member"),
        ] {
            is_fault(&propose(&one, &change), pointer, code);
        }
        let id = id_of(&propose(&one, &add("third@desk")).expect(201).body);
        is_problem(&propose(&two, &add("third@desk")), 409, "conflict");
        let path = format!("{CHANGES}/{id}/confirmation");
        let sent = || two.request("POST", &path, &[("idempotency-key", "once")], None).expect(200);
        let (first, again) = (sent(), sent());
        assert!(first.body["invitation_code"].is_string());
        assert_eq!(again.body["invitation_code"], Value::Null);
        assert_eq!(again.body["person"], first.body["person"]);
        assert_eq!(desk(&one).len(), 3);
        // Both need a proof that is fresh.
        let id = id_of(&propose(&one, &add("fourth@desk")).expect(201).body);
        registry.pass_seconds(601);
        is_problem(&confirm(&two, &id), 403, "step_up_required");
        is_problem(&propose(&one, &add("fifth@desk")), 403, "step_up_required");
    });
}

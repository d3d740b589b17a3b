//! What does the most harm needs a proof of who one is that is fresh.

use concord_domain::vocabulary::Role;
use concord_tests::{Answer, PASSWORD, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, own_line, with};

/// How long a proof counts, in seconds.
pub(super) const FRESH: i64 = 600;

/// The same person with the next tokens of the same session.
#[track_caller]
fn carried_on<'r>(registry: &'r Registry, person: &Person<'_>) -> Person<'r> {
    let body = json!({"refresh_token": person.refresh_token});
    let tokens = registry.nobody("demo").post("/v1/tokens/refresh", &body).expect(200);
    let mut next = registry.nobody("demo");
    next.login.clone_from(&person.login);
    next.token = tokens.body["access_token"].as_str().map(str::to_owned);
    next.refresh_token = tokens.body["refresh_token"].as_str().map(str::to_owned);
    next
}

pub(super) fn step_up(person: &Person<'_>, body: &Value) -> Answer {
    person.post("/v1/tokens/step-up", body)
}

#[test]
fn an_export_needs_a_proof_that_is_at_most_ten_minutes_old() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        registry.pass_seconds(FRESH - 1);
        a.get("bundle").expect(200);
        registry.pass_seconds(1);
        let refused = a.get("bundle");
        is_problem(&refused, 403, "step_up_required");
        assert!(refused.text.contains("/v1/tokens/step-up"), "{}", refused.text);
        let told = registry.nobody("demo").get("/problems/step_up_required").expect(200);
        assert!(told.text.contains("/v1/tokens/step-up"), "{}", told.text);
        // Reading and logging go on.
        a.get("engagements").expect(200);
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        // Carrying the session on proves nothing.
        let refreshed = carried_on(registry, &a);
        is_problem(&refreshed.get("bundle"), 403, "step_up_required");
        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        // The session is proved, with all its tokens; the next ten minutes begin.
        refreshed.get("bundle").expect(200);
        registry.pass_seconds(FRESH - 1);
        refreshed.get("bundle").expect(200);
        registry.pass_seconds(1);
        is_problem(&refreshed.get("bundle"), 403, "step_up_required");
    });
}

#[test]
fn a_proof_is_of_one_session_and_of_one_person() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let elsewhere = registry.signed_in(&a.login, "demo");
        let b = registry.member("demo", "b");
        registry.pass_seconds(FRESH);
        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        a.get("bundle").expect(200);
        for other in [&elsewhere, &b] {
            is_problem(&other.get("bundle"), 403, "step_up_required");
        }
        // Signing in anew is a proof.
        registry.signed_in(&b.login, "demo").get("bundle").expect(200);
    });
}

#[test]
fn only_the_password_proves_it_and_it_is_guessed_no_faster_here() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        registry.pass_seconds(FRESH);
        is_fault(&step_up(&a, &json!({})), "/password", "missing");
        is_fault(&step_up(&a, &json!({"code": "123456"})), "/password", "missing");
        is_fault(&step_up(&a, &json!({"password": 7})), "/password", "wrong_type");
        is_fault(&step_up(&a, &json!({"pin": "7"})), "/pin", "unknown_member");
        let nobody = registry.nobody("demo");
        is_problem(&step_up(&nobody, &json!({"password": PASSWORD})), 401, "unauthenticated");
        for _ in 0..8 {
            is_fault(&step_up(&a, &json!({"password": "wrong"})), "/password", "wrong_password");
        }
        is_problem(&a.get("bundle"), 403, "step_up_required");
        is_problem(&step_up(&a, &json!({"password": PASSWORD})), 429, "throttled");
        let sign_in = json!({"login": a.login, "password": PASSWORD});
        is_problem(&nobody.post("/v1/tokens", &sign_in), 429, "throttled");
        // As long as it takes, the session is carried on.
        let a = carried_on(registry, &a);
        registry.pass_seconds(300);
        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        a.get("bundle").expect(200);
    });
}

#[test]
fn sharing_with_more_needs_a_proof_and_sharing_with_fewer_none() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let b = registry.member("demo", "b");
        let path =
            format!("engagements/{}", logged(&a, &own_line("a", "north", &asks(&["open_route"]))));
        let (loosening, tightening) = (format!("{path}/loosening"), format!("{path}/tightening"));
        let to =
            |audience: &Value| with(&json!({"disclosure": "match", "reason": "agreed"}), audience);
        let own = to(&json!({"audience": "own"}));
        let with_b = to(&json!({"audience": "organizations", "audience_organizations": ["b"]}));
        registry.pass_seconds(FRESH);
        let looser = [
            with_b.clone(),
            to(&json!({"audience": "operation"})),
            to(&json!({"audience": "mechanisms", "audience_mechanisms": ["awg"]})),
            to(&json!({"audience": "own", "partners": ["b"]})),
            with(&own, &json!({"disclosure": "existence"})),
            with(&own, &json!({"disclosure": "summary"})),
        ];
        for body in &looser {
            is_problem(&a.post_matching(&loosening, "*", body), 403, "step_up_required");
            is_problem(&b.get(&path), 404, "not_found");
        }
        // Whoever does not know of it is told nothing of a proof.
        is_problem(&b.post_matching(&loosening, "*", &with_b), 404, "not_found");
        for body in [own.clone(), with(&own, &json!({"disclosure": "none"}))] {
            a.post_matching(&tightening, "*", &body).expect(200);
        }
        is_problem(&a.post_matching(&loosening, "*", &own), 403, "step_up_required");
        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        a.post_matching(&loosening, "*", &with_b).expect(200);
        b.get(&path).expect(200);
        let (a, b) = (carried_on(registry, &a), carried_on(registry, &b));
        registry.pass_seconds(FRESH);
        let with_c =
            to(&json!({"audience": "organizations", "audience_organizations": ["b", "c"]}));
        is_problem(&a.post_matching(&loosening, "*", &with_c), 403, "step_up_required");
        a.post_matching(&tightening, "*", &own).expect(200);
        is_problem(&b.get(&path), 404, "not_found");
    });
}

#[test]
fn an_import_changes_nothing_of_who_reads_an_entry_that_stands() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let bundle = a.get("bundle").expect(200).body;
        a.post("bundles", &bundle).expect(200);
        for (member, value) in [
            ("audience", json!("operation")),
            ("disclosure", json!("none")),
            ("partners", json!(["b"])),
            ("consent", json!({"given": "2026-03-10", "until": "2026-03-20"})),
        ] {
            let mut changed = bundle.clone();
            changed["engagements"][0][member] = value;
            let pointer = format!("/engagements/0/{member}");
            is_fault(&a.post("bundles", &changed), &pointer, "inconsistent");
        }
        let b = registry.member("demo", "b");
        is_problem(&b.get(&format!("engagements/{id}")), 404, "not_found");
        let shared = a.get("bundle").expect(200).body;
        assert_eq!(shared["engagements"], bundle["engagements"]);
    });
}

#[test]
fn a_commitment_is_shown_to_more_only_with_a_proof() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let body = json!({
            "key": "promise", "armed_actor": "north", "organization": "a", "disclosure": "none",
            "kind": "verbal_assurance", "issue": "access", "action": "stop",
        });
        let made = a.post("commitments", &body);
        let path = format!("commitments/{}", super::id_of(&made.expect(201).body));
        registry.pass_seconds(FRESH);
        a.amend(&path, &json!({"disclosure": "none", "note": "as agreed"})).expect(200);
        is_problem(&a.amend(&path, &json!({"disclosure": "match"})), 403, "step_up_required");
        is_problem(&a.amend(&path, &json!({"audience": "operation"})), 403, "step_up_required");
        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        a.amend(&path, &json!({"audience": "operation"})).expect(200);
        let a = carried_on(registry, &a);
        registry.pass_seconds(FRESH);
        a.amend(&path, &json!({"audience": "own"})).expect(200);
    });
}

#[test]
fn what_the_desk_focal_points_and_administrators_keep_needs_a_proof() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let desk = registry.desk("demo");
        let focal_point = registry.person("demo", Role::FocalPoint, Some("a"));
        let administrator = registry.administrator();
        let of_operation = registry.person("demo", Role::Administrator, None);
        let member = registry.member("demo", "a");
        registry.pass_seconds(FRESH);
        let place = json!({"key": "bentiu", "name": "Bentiu", "level": 2, "parent": "unity"});
        let invited =
            |role: &str| json!({"login": format!("new-{role}"), "name": "New", "role": role});
        let of_a = |role: &str| with(&invited(role), &json!({"organization": "a"}));
        let operation = json!({"key": "other", "name": "Other", "country": "SSD"});
        let refused = [
            desk.post("places", &place),
            desk.amend("/v1/operations/demo", &json!({"name": "Renamed"})),
            focal_point.post("people", &of_a("member")),
            of_operation.post("people", &invited("auditor")),
            administrator.post("/v1/operations", &operation),
        ];
        for answer in &refused {
            is_problem(answer, 403, "step_up_required");
        }
        // Who may not do it at all is told that, and no way to do it.
        is_problem(&member.post("places", &place), 403, "forbidden");
        is_problem(&member.post("people", &of_a("member")), 403, "forbidden");
        is_problem(&member.post("/v1/operations", &operation), 403, "forbidden");
        // Reading goes on.
        let people = focal_point.get("people").expect(200);
        let id = super::id_of(&people.body["items"][0]);
        is_problem(&focal_point.delete(&format!("people/{id}")), 403, "step_up_required");
        is_problem(&desk.delete(&format!("people/{id}")), 404, "not_found");
        for person in [&desk, &focal_point, &of_operation, &administrator] {
            step_up(person, &json!({"password": PASSWORD})).expect(204);
        }
        desk.post("places", &place).expect(201);
        focal_point.post("people", &of_a("member")).expect(201);
        of_operation.post("people", &invited("auditor")).expect(201);
        administrator.post("/v1/operations", &operation).expect(201);
    });
}

#[test]
fn a_clock_that_was_put_back_makes_no_proof_fresh() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        registry.pass_seconds(60);
        let a = registry.member("demo", "a");
        let b = registry.member("demo", "b");
        registry.pass_seconds(30);
        step_up(&b, &json!({"password": PASSWORD})).expect(204);
        registry.pass_seconds(-1);
        a.get("bundle").expect(200);
        is_problem(&b.get("bundle"), 403, "step_up_required");
    });
}

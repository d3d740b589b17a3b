//! Where one is signed in, and ending that.

use concord_tests::{Answer, PASSWORD, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{id_of, is_problem};

fn sessions(person: &Person<'_>) -> Vec<Value> {
    let answer = person.get("/v1/me/sessions").expect(200);
    answer.body["items"].as_array().expect("a list").clone()
}

/// The session of the token that is sent.
fn current(person: &Person<'_>) -> Value {
    let all = sessions(person);
    let mut current = all.iter().filter(|each| each["current"] == true);
    let one = current.next().expect("one is this").clone();
    assert!(current.next().is_none());
    one
}

fn refresh(registry: &Registry, person: &Person<'_>) -> Answer {
    let token = person.refresh_token.as_deref().expect("a refresh token");
    registry.nobody("demo").post("/v1/tokens/refresh", &json!({"refresh_token": token}))
}

#[test]
fn people_see_where_they_are_signed_in_and_nobody_else_is() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let first = registry.member("demo", "a");
        let b = registry.member("demo", "b");
        registry.pass_seconds(60);
        let second = registry.signed_in(&first.login, "demo");
        let of_second = sessions(&second);
        assert_eq!(of_second.len(), 2);
        assert_eq!(of_second[0]["current"], true);
        assert_eq!(of_second[0]["began_at"], "2026-03-15T12:01:00.000000Z");
        assert_eq!(of_second[0]["ends_at"], "2026-03-22T12:01:00.000000Z");
        assert_eq!(of_second[0]["began_by"], "password");
        assert_eq!(of_second[0]["second_factor"], Value::Null);
        assert_eq!(of_second[1]["current"], false);
        assert_eq!(of_second[1]["carried_on_at"], "2026-03-15T12:00:00.000000Z");
        assert_eq!(current(&first)["id"], of_second[1]["id"]);
        assert_eq!(sessions(&b).len(), 1);
        // What was carried on last comes first, and says when.
        registry.pass_seconds(60);
        refresh(registry, &first).expect(200);
        let all = sessions(&second);
        assert_eq!(all[0]["id"], of_second[1]["id"]);
        assert_eq!(all[0]["began_at"], "2026-03-15T12:00:00.000000Z");
        assert_eq!(all[0]["carried_on_at"], "2026-03-15T12:02:00.000000Z");
        assert_eq!(all[0]["ends_at"], "2026-03-22T12:02:00.000000Z");
        is_problem(&registry.nobody("demo").get("/v1/me/sessions"), 401, "unauthenticated");
        // What is over is not told of, even before it is swept away.
        registry.pass_days(6);
        refresh(registry, &second).expect(200);
        registry.pass_days(2);
        let third = registry.signed_in(&first.login, "demo");
        assert_eq!(sessions(&third).len(), 2);
    });
}

#[test]
fn ending_a_session_is_in_force_with_the_next_request() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let lost = registry.member("demo", "a");
        let here = registry.signed_in(&lost.login, "demo");
        let b = registry.member("demo", "b");
        let path = |person: &Person<'_>| format!("/v1/me/sessions/{}", id_of(&current(person)));
        let (of_lost, of_here, of_b) = (path(&lost), path(&here), path(&b));
        // Another's session is no session, and stands.
        is_problem(&here.delete(&of_b), 404, "not_found");
        b.get("engagements").expect(200);
        is_problem(&here.delete("/v1/me/sessions/x"), 404, "not_found");
        is_problem(&registry.nobody("demo").delete(&of_lost), 401, "unauthenticated");
        lost.get("engagements").expect(200);
        here.delete(&of_lost).expect(204);
        is_problem(&lost.get("engagements"), 401, "unauthenticated");
        is_problem(&lost.post("engagements", &json!({})), 401, "unauthenticated");
        is_problem(&refresh(registry, &lost), 401, "session_ended");
        is_problem(&here.delete(&of_lost), 404, "not_found");
        assert_eq!(sessions(&here).len(), 1);
        // Ending the one that one is in signs out here.
        here.delete(&of_here).expect(204);
        is_problem(&here.get("/v1/me"), 401, "unauthenticated");
        is_problem(&refresh(registry, &here), 401, "session_ended");
    });
}

#[test]
fn an_invitation_that_was_taken_up_is_told_as_such() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal_point =
            registry.person("demo", concord_domain::vocabulary::Role::FocalPoint, Some("a"));
        let invited = json!({"login": "new", "name": "New", "role": "member", "organization": "a"});
        let code = focal_point.post("people", &invited).expect(201).body["invitation_code"].clone();
        let body = json!({"code": code, "password": PASSWORD});
        let tokens = registry.nobody("demo").post("/v1/invitations", &body).expect(200);
        let mut person = registry.nobody("demo");
        person.token = tokens.body["access_token"].as_str().map(str::to_owned);
        assert_eq!(current(&person)["began_by"], "invitation");
    });
}

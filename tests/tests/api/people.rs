//! Who somebody is, and who answers for whom.

use concord_app::people;
use concord_domain::vocabulary::Role;
use concord_tests::{Answer, PASSWORD, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{id_of, is_fault, is_problem};

const PEOPLE: &str = "/v1/operations/demo/people";

fn invite(by: &Person<'_>, login: &str, role: &str, organization: Value) -> Answer {
    let body =
        json!({"login": login, "name": "Somebody", "role": role, "organization": organization});
    by.post(PEOPLE, &body)
}

fn accept(registry: &Registry, code: &str) -> Answer {
    registry.nobody("demo").post("/v1/invitations", &json!({"code": code, "password": PASSWORD}))
}

fn sign_in(registry: &Registry, login: &str, password: &str) -> Answer {
    registry.nobody("demo").post("/v1/tokens", &json!({"login": login, "password": password}))
}

/// The same person with another token.
fn with_token<'r>(registry: &'r Registry, token: &Answer) -> Person<'r> {
    let mut person = registry.nobody("demo");
    person.token = token.body["access_token"].as_str().map(str::to_owned);
    assert!(person.token.is_some(), "{}", token.text);
    person
}

#[test]
fn a_focal_point_invites_for_the_own_organisation_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal_point = registry.person("demo", Role::FocalPoint, Some("a"));
        let of_own = invite(&focal_point, "new@a.example", "member", json!("a")).expect(201);
        let code = of_own.body["invitation_code"].as_str().expect("a code").to_owned();
        assert_eq!(of_own.body["person"]["invited"], true);
        for (role, organization) in [
            ("member", json!("b")),
            ("focal_point", json!("b")),
            ("desk", Value::Null),
            ("auditor", Value::Null),
            ("administrator", Value::Null),
        ] {
            let refused = invite(&focal_point, "x@example", role, organization);
            is_problem(&refused, 403, "forbidden");
        }
        let newcomer = with_token(registry, &accept(registry, &code).expect(200));
        newcomer.post("engagements", &line("a", "north", &json!([]))).expect(201);
        for (role, organization) in [("member", json!("a")), ("desk", Value::Null)] {
            let refused = invite(&newcomer, "y@example", role, organization);
            is_problem(&refused, 403, "forbidden");
        }
        is_problem(&newcomer.get(PEOPLE), 403, "forbidden");
        let listed = focal_point.get(PEOPLE).expect(200).body["items"].clone();
        assert_eq!(listed.as_array().map(Vec::len), Some(2));
        let member = listed.as_array().into_iter().flatten().find(|p| p["role"] == "member");
        let id = id_of(member.expect("the newcomer"));
        let other = registry.person("demo", Role::FocalPoint, Some("b"));
        is_problem(&other.delete(&format!("{PEOPLE}/{id}")), 404, "not_found");
        assert_eq!(focal_point.delete(&format!("{PEOPLE}/{id}")).status, 204);
        is_problem(&newcomer.get("engagements"), 404, "not_found");
    });
}

#[test]
fn the_administrator_invites_the_first_focal_point_and_the_offices() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let administrator = registry.administrator();
        is_problem(&invite(&administrator, "m@a", "member", json!("a")), 403, "forbidden");
        invite(&administrator, "f@a", "focal_point", json!("a")).expect(201);
        is_problem(&invite(&administrator, "g@a", "focal_point", json!("a")), 403, "forbidden");
        invite(&administrator, "f@b", "focal_point", json!("b")).expect(201);
        for role in ["desk", "auditor", "administrator"] {
            invite(&administrator, &format!("{role}@demo"), role, Value::Null).expect(201);
        }
        let listed = administrator.get(PEOPLE).expect(200).body["items"].clone();
        let roles: Vec<&Value> =
            listed.as_array().into_iter().flatten().map(|each| &each["role"]).collect();
        assert_eq!(roles.len(), 3, "{roles:?}");
        let desk = registry.desk("demo");
        is_problem(&invite(&desk, "d@demo", "desk", Value::Null), 403, "forbidden");
        is_problem(&desk.get(PEOPLE), 403, "forbidden");
    });
}

#[test]
fn an_invitation_is_checked() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal_point = registry.person("demo", Role::FocalPoint, Some("a"));
        let good = json!({"login": "x@a", "name": "X", "role": "member", "organization": "a"});
        for (members, pointer, code) in [
            (json!({"login": null}), "/login", "missing"),
            (json!({"login": "a b"}), "/login", "malformed"),
            (json!({"login": "a\0b"}), "/login", "malformed"),
            (json!({"name": "a\u{202e}b"}), "/name", "malformed"),
            (json!({"name": ["X"]}), "/name", "wrong_type"),
            (json!({"role": "boss"}), "/role", "unknown_code"),
            (json!({"organization": null}), "/organization", "inconsistent"),
            (json!({"organization": "nobody"}), "/organization", "unknown_reference"),
            (json!({"password": "x"}), "/password", "unknown_member"),
        ] {
            is_fault(&focal_point.post(PEOPLE, &super::with(&good, &members)), pointer, code);
        }
        let made = focal_point.post(PEOPLE, &good).expect(201);
        is_fault(&focal_point.post(PEOPLE, &good), "/login", "duplicate_key");
        let code = made.body["invitation_code"].as_str().expect("a code");
        let short = json!({"code": code, "password": "too short"});
        let refused = registry.nobody("demo").post("/v1/invitations", &short);
        is_fault(&refused, "/password", "out_of_range");
        accept(registry, code).expect(200);
    });
}

#[test]
fn nobody_is_added_to_an_account_that_another_may_hold() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let of_a = registry.person("demo", Role::FocalPoint, Some("a"));
        let of_b = registry.person("demo", Role::FocalPoint, Some("b"));
        let made = invite(&of_b, "x@a", "member", json!("b")).expect(201);
        let refused = invite(&of_a, "x@a", "member", json!("a"));
        is_fault(&refused, "/login", "duplicate_key");
        // Once B has let the untaken invitation go, A may use the login, and B's code is dead.
        let id = made.body["person"]["id"].as_str().expect("an id");
        of_b.delete(&format!("people/{id}")).expect(204);
        let again = invite(&of_a, "x@a", "member", json!("a")).expect(201);
        let code = |made: &concord_tests::Answer| {
            made.body["invitation_code"].as_str().expect("a code").to_owned()
        };
        is_problem(&accept(registry, &code(&made)), 401, "sign_in_refused");
        accept(registry, &code(&again)).expect(200);
    });
}

#[test]
fn an_invitation_is_taken_up_once_and_within_a_week() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal_point = registry.person("demo", Role::FocalPoint, Some("a"));
        let code = |login: &str| {
            let made = invite(&focal_point, login, "member", json!("a")).expect(201);
            made.body["invitation_code"].as_str().expect("a code").to_owned()
        };
        let (one, late) = (code("one@a"), code("late@a"));
        is_problem(&sign_in(registry, "one@a", PASSWORD), 401, "sign_in_refused");
        accept(registry, &one).expect(200);
        is_problem(&accept(registry, &one), 401, "sign_in_refused");
        is_problem(&accept(registry, "0f3a"), 401, "sign_in_refused");
        sign_in(registry, " ONE@a ", PASSWORD).expect(200);
        registry.pass_days(8);
        is_problem(&accept(registry, &late), 401, "sign_in_refused");
    });
}

#[test]
fn signing_out_or_closing_an_account_ends_its_tokens() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let other = with_token(registry, &sign_in(registry, &a.login, PASSWORD).expect(200));
        a.get("engagements").expect(200);
        assert_eq!(other.delete("/v1/tokens").status, 204);
        for person in [&a, &other] {
            for path in ["engagements", "/v1/me", "/v1/operations"] {
                is_problem(&person.get(path), 401, "unauthenticated");
            }
        }
        let again = with_token(registry, &sign_in(registry, &a.login, PASSWORD).expect(200));
        let me = again.get("/v1/me").expect(200).body;
        assert_eq!(
            (&me["memberships"][0]["role"], &me["administrator"]),
            (&json!("member"), &json!(false))
        );
        people::set_disabled(&registry.app, &a.login, true).expect("it is closed");
        is_problem(&again.get("engagements"), 401, "unauthenticated");
        is_problem(
            &again.post("engagements", &line("a", "north", &json!([]))),
            401,
            "unauthenticated",
        );
        is_problem(&sign_in(registry, &a.login, PASSWORD), 401, "sign_in_refused");
        people::set_disabled(&registry.app, &a.login, false).expect("it is opened");
        is_problem(&again.get("engagements"), 401, "unauthenticated");
        sign_in(registry, &a.login, PASSWORD).expect(200);
        let changed = "another long pass phrase";
        people::reset_password(&registry.app, &a.login, changed).expect("it is changed");
        is_problem(&sign_in(registry, &a.login, PASSWORD), 401, "sign_in_refused");
        sign_in(registry, &a.login, changed).expect(200);
    });
}

#[test]
fn nobody_is_told_which_of_login_and_password_is_wrong() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let wrong = super::all_of(&sign_in(registry, &a.login, "another pass phrase"));
        let unknown = super::all_of(&sign_in(registry, "nobody@example", "another pass phrase"));
        assert_eq!(wrong.0, 401);
        assert_eq!(wrong, unknown);
    });
}

#[test]
fn who_tries_too_often_waits() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for login in [a.login.as_str(), "nobody@example"] {
            for _ in 0..8 {
                is_problem(&sign_in(registry, login, "wrong"), 401, "sign_in_refused");
            }
            let refused = sign_in(registry, login, PASSWORD);
            is_problem(&refused, 429, "throttled");
            let wait: i64 =
                refused.header("retry-after").expect("how long").parse().expect("seconds");
            assert_eq!(wait, 300);
            is_problem(&sign_in(registry, &login.to_uppercase(), PASSWORD), 429, "throttled");
        }
        // Others are not kept waiting, and the wait ends.
        registry.pass_seconds(299);
        is_problem(&sign_in(registry, &a.login, PASSWORD), 429, "throttled");
        registry.pass_seconds(1);
        sign_in(registry, &a.login, PASSWORD).expect(200);
    });
}

#[test]
fn operations_are_the_administrators_to_make() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, administrator) = (registry.member("demo", "a"), registry.administrator());
        let body = json!({"key": "new", "name": "New", "country": "YEM"});
        is_problem(&a.post("/v1/operations", &body), 403, "forbidden");
        let made = administrator.post("/v1/operations", &body).expect(201);
        assert_eq!(made.body["slack_days"], 14);
        is_fault(&administrator.post("/v1/operations", &body), "/key", "duplicate_key");
        let keys = |person: &Person<'_>| -> Vec<Value> {
            let items = person.get("/v1/operations").expect(200).body["items"].clone();
            items.as_array().into_iter().flatten().map(|each| each["key"].clone()).collect()
        };
        assert_eq!(keys(&administrator), ["demo", "new"]);
        assert_eq!(keys(&a), ["demo"]);
        is_problem(&a.amend("/v1/operations/demo", &json!({"name": "Mine"})), 403, "forbidden");
        is_problem(&a.get("/v1/operations/new"), 404, "not_found");
        let path = "/v1/operations/new";
        administrator.amend(path, &json!({"key": "newer"})).expect(200);
        administrator.get("/v1/operations/newer").expect(200);
        let taken = administrator.amend("/v1/operations/newer", &json!({"key": "demo"}));
        is_fault(&taken, "/key", "duplicate_key");
    });
}

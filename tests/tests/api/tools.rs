//! Tokens that people give to tools: they do less, and end.

use concord_app::people;
use concord_domain::vocabulary::Role;
use concord_tests::{PASSWORD, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_fault, is_problem, logged, own_line};

const PATH: &str = "/v1/me/tool-tokens";

fn wanted(scope: &str) -> Value {
    json!({"name": "Spreadsheet", "scope": scope, "ends_on": "2026-04-30"})
}

/// A tool of somebody, and the id of its token.
#[track_caller]
fn tool<'r>(registry: &'r Registry, person: &Person<'_>, scope: &str) -> (Person<'r>, String) {
    let made = person.post(PATH, &wanted(scope)).expect(201).body;
    let mut tool = registry.nobody("demo");
    tool.token = Some(made["token"].as_str().expect("a token").to_owned());
    (tool, id_of(&made["tool_token"]))
}

#[test]
fn a_tool_reads_or_logs_and_does_nothing_else() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let b = registry.member("demo", "b");
        let (reads, _) = tool(registry, &a, "read");
        let (logs, _) = tool(registry, &a, "log");
        let line = own_line("a", "north", &asks(&["open_route"]));
        let by_b = logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        is_problem(&reads.post("engagements", &line), 403, "forbidden");
        let own = logged(&logs, &line);
        for tool in [&reads, &logs] {
            assert_eq!(tool.get("/v1/me").expect(200).body["login"], a.login.as_str());
            assert_eq!(tool.get("/v1/operations").expect(200).body["items"][0]["key"], "demo");
            tool.get("places").expect(200);
            tool.get(&format!("engagements/{own}")).expect(200);
            // It sees no more than its person.
            is_problem(&tool.get(&format!("engagements/{by_b}")), 404, "not_found");
            // What is kept from it, it never comes to, with a password or without.
            is_problem(&tool.get("bundle"), 403, "forbidden");
            let proof = json!({"password": PASSWORD});
            is_problem(&tool.post("/v1/tokens/step-up", &proof), 403, "forbidden");
            is_problem(&tool.post(PATH, &wanted("read")), 403, "forbidden");
            is_problem(&tool.get(PATH), 403, "forbidden");
            is_problem(&tool.get("/v1/me/sessions"), 403, "forbidden");
            is_problem(&tool.delete("/v1/tokens"), 403, "forbidden");
            is_problem(&tool.delete("/v1/tokens/current"), 403, "forbidden");
            is_problem(&tool.post("/v1/me/second-factor", &json!({})), 403, "forbidden");
            let change = json!({"password": PASSWORD, "new_password": "another long pass phrase"});
            is_problem(&tool.put("/v1/me/password", "*", &change), 403, "forbidden");
            // Nor does it begin a session.
            let refresh = json!({"refresh_token": tool.token});
            let refreshed = registry.nobody("demo").post("/v1/tokens/refresh", &refresh);
            is_problem(&refreshed, 401, "session_ended");
        }
        // Sharing with more is for people; so is settling a flag.
        let sharing = json!({"audience": "operation", "disclosure": "match", "reason": "agreed"});
        let path = format!("engagements/{own}/loosening");
        is_problem(&logs.post_matching(&path, "*", &sharing), 403, "forbidden");
        logs.amend(&format!("engagements/{own}"), &json!({"status": "suspended"})).expect(200);
        is_problem(
            &reads.amend(&format!("engagements/{own}"), &json!({"status": "ongoing"})),
            403,
            "forbidden",
        );
        registry.verify();
    });
}

#[test]
fn a_tool_of_somebody_with_an_office_has_none() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let desk = registry.desk("demo");
        let focal_point = registry.person("demo", Role::FocalPoint, Some("a"));
        let administrator = registry.administrator();
        let (of_desk, _) = tool(registry, &desk, "log");
        let (of_focal_point, _) = tool(registry, &focal_point, "log");
        let (of_administrator, _) = tool(registry, &administrator, "log");
        let place = json!({"key": "bentiu", "name": "Bentiu", "level": 2, "parent": "unity"});
        is_problem(&of_desk.post("places", &place), 403, "forbidden");
        is_problem(&of_focal_point.get("people"), 403, "forbidden");
        let invited = json!({"login": "x", "name": "X", "role": "member", "organization": "a"});
        is_problem(&of_focal_point.post("people", &invited), 403, "forbidden");
        let operation = json!({"key": "other", "name": "Other", "country": "SSD"});
        is_problem(&of_administrator.post("/v1/operations", &operation), 403, "forbidden");
    });
}

#[test]
fn a_token_for_a_tool_is_told_once_listed_and_revoked() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let b = registry.member("demo", "b");
        let (first, id) = tool(registry, &a, "read");
        let (second, _) = tool(registry, &a, "log");
        let told = first.token.clone().expect("a token");
        let listed = a.get(PATH).expect(200);
        assert!(!listed.text.contains(&told["concord_tool_".len()..]));
        let items = listed.body["items"].as_array().expect("a list");
        assert_eq!(items.len(), 2);
        let of_first = items.iter().find(|each| each["id"] == id.as_str()).expect("it is there");
        assert_eq!(of_first["name"], "Spreadsheet");
        assert_eq!(of_first["scope"], "read");
        assert_eq!(of_first["ends_at"], "2026-05-01T00:00:00.000000Z");
        assert_eq!(b.get(PATH).expect(200).body["items"], json!([]));
        // What is kept of it is its hash alone.
        let hash = concord_app::auth::sha256(told.as_bytes());
        let kept = registry.app.store.read(|tx| {
            Ok::<_, concord_app::Error>(concord_store::credentials::tool_token_of(tx, &hash)?)
        });
        assert!(!format!("{kept:?}").contains(&told));
        assert!(kept.expect("read").is_some());
        is_problem(&b.delete(&format!("{PATH}/{id}")), 404, "not_found");
        first.get("places").expect(200);
        a.delete(&format!("{PATH}/{id}")).expect(204);
        is_problem(&first.get("places"), 401, "unauthenticated");
        second.get("places").expect(200);
        is_problem(&a.delete(&format!("{PATH}/{id}")), 404, "not_found");
        // What is nearly a token is none.
        let mut other = registry.nobody("demo");
        for sent in
            ["concord_tool_", "concord_tool_00", &told[..told.len() - 1], &format!("{told}0")]
        {
            other.token = Some(sent.to_owned());
            is_problem(&other.get("/v1/me"), 401, "unauthenticated");
        }
    });
}

#[test]
fn a_token_for_a_tool_ends() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for (body, pointer, code) in [
            (json!({"ends_on": "2026-06-13"}), "/ends_on", "out_of_range"),
            (json!({"ends_on": "2026-03-14"}), "/ends_on", "out_of_range"),
            (json!({"ends_on": "soon"}), "/ends_on", "malformed"),
            (json!({"ends_on": 90}), "/ends_on", "wrong_type"),
            (json!({"scope": "export"}), "/scope", "unknown_code"),
            (json!({"scope": ["read", "log"]}), "/scope", "wrong_type"),
            (json!({"name": " "}), "/name", "malformed"),
            (json!({"name": "x".repeat(101)}), "/name", "malformed"),
            (json!({"account": "b"}), "/account", "unknown_member"),
        ] {
            is_fault(&a.post(PATH, &super::with(&wanted("read"), &body)), pointer, code);
        }
        let until = |day: &str| {
            let body = super::with(&wanted("read"), &json!({"ends_on": day}));
            let mut tool = registry.nobody("demo");
            let made = a.post(PATH, &body).expect(201);
            tool.token = Some(made.body["token"].as_str().expect("a token").to_owned());
            tool
        };
        let (today, longest) = (until("2026-03-15"), until("2026-06-12"));
        registry.pass_seconds(12 * 60 * 60 - 1);
        today.get("places").expect(200);
        registry.pass_seconds(1);
        is_problem(&today.get("places"), 401, "unauthenticated");
        longest.get("places").expect(200);
        registry.set_day("2026-06-12");
        longest.get("places").expect(200);
        registry.set_day("2026-06-13");
        is_problem(&longest.get("places"), 401, "unauthenticated");
    });
}

#[test]
fn making_one_needs_a_fresh_proof_and_there_are_not_many() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        registry.pass_seconds(600);
        is_problem(&a.post(PATH, &wanted("read")), 403, "step_up_required");
        let a = registry.signed_in(&a.login, "demo");
        for _ in 0..20 {
            tool(registry, &a, "read");
        }
        is_problem(&a.post(PATH, &wanted("read")), 409, "conflict");
        // What has ended makes room.
        registry.set_day("2026-05-01");
        let a = registry.signed_in(&a.login, "demo");
        let body = super::with(&wanted("read"), &json!({"ends_on": "2026-05-30"}));
        a.post(PATH, &body).expect(201);
        assert_eq!(a.get(PATH).expect(200).body["items"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn a_token_for_a_tool_ends_with_what_its_person_was_trusted_for() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (of_a, _) = tool(registry, &a, "read");
        a.delete("/v1/tokens").expect(204);
        // Signing out everywhere is about people; a tool goes on until it is revoked.
        of_a.get("places").expect(200);
        let a = registry.signed_in(&a.login, "demo");
        let body = json!({"password": PASSWORD, "new_password": "another long pass phrase"});
        a.put("/v1/me/password", "*", &body).expect(204);
        is_problem(&of_a.get("places"), 401, "unauthenticated");

        let b = registry.member("demo", "b");
        let (of_b, _) = tool(registry, &b, "log");
        people::set_disabled(&registry.app, &b.login, true).expect("it is closed");
        is_problem(&of_b.get("places"), 401, "unauthenticated");
        people::set_disabled(&registry.app, &b.login, false).expect("it is opened");
        is_problem(&of_b.get("places"), 401, "unauthenticated");

        let c = registry.member("demo", "c");
        let (of_c, _) = tool(registry, &c, "log");
        people::reset_password(&registry.app, &c.login, PASSWORD).expect("it is another");
        is_problem(&of_c.get("places"), 401, "unauthenticated");

        // Whoever is nothing in the operation any more has no tool there.
        let focal_point = registry.person("demo", Role::FocalPoint, Some("elders"));
        let elder = registry.member("demo", "elders");
        let (of_elder, _) = tool(registry, &elder, "log");
        let people = focal_point.get("people").expect(200);
        let all = people.body["items"].as_array().expect("a list");
        let found = all.iter().find(|each| each["login"] == elder.login.as_str());
        let id = id_of(found.expect("it is there"));
        focal_point.delete(&format!("people/{id}")).expect(204);
        is_problem(&of_elder.get("places"), 404, "not_found");
    });
}

//! Locking an installation down: by two people, by a file beside the server, by the command line,
//! which alone lifts it.

use std::time::{Duration, Instant};

use concord_app::lock_down::{self, Wish};
use concord_domain::vocabulary::Role;
use concord_tests::{
    PASSWORD, Registry, binary, on_each_database, serving::Demonstration, small_world,
};
use serde_json::{Value, json};

use super::{asks, is_problem, logged, own_line, with};

/// The status and the kind of problem of an answer that no operation of the document gives.
fn raw(address: &str, method: &str, path: &str, token: Option<&str>) -> (u16, String) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{address}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut answer = agent.run(request.body("").expect("a request")).expect("an answer");
    let text = answer.body_mut().read_to_string().expect("a text");
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    (answer.status().as_u16(), body["type"].as_str().unwrap_or_default().to_owned())
}

fn locked() -> (u16, String) {
    (503, "/problems/locked_down".to_owned())
}

/// As each process looks twice a second.
pub(super) fn look(registry: &Registry) {
    lock_down::look(&registry.app, Wish::Nothing).expect("it is seen");
}

#[test]
fn two_people_lock_an_installation_down_and_not_one_of_them_twice() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk, admin) =
            (registry.member("demo", "a"), registry.desk("demo"), registry.administrator());
        let line = with(&own_line("a", "north", &asks(&["open_route"])), &json!({"summary": "x"}));
        let id = logged(&a, &line);
        for role in [Role::Auditor, Role::Member, Role::FocalPoint] {
            let organization = (role != Role::Auditor).then_some("a");
            let person = registry.person("demo", role, organization);
            is_problem(&person.request("POST", "/v1/lock-down", &[], None), 403, "forbidden");
            is_problem(&person.delete("/v1/lock-down"), 403, "forbidden");
        }
        let call = |person: &concord_tests::Person<'_>| {
            let called = person.request("POST", "/v1/lock-down", &[], None).expect(200).body;
            (called["locked_down"].clone(), called["waits_until"].clone())
        };
        let waits = (json!(false), json!("2026-03-15T12:10:00Z"));
        assert_eq!(call(&admin), waits);
        assert_eq!(call(&admin), waits);
        // It has waited too long for another.
        registry.pass_seconds(600);
        assert_eq!(call(&desk), (json!(false), json!("2026-03-15T12:20:00Z")));
        // It is taken back.
        desk.delete("/v1/lock-down").expect(204);
        assert_eq!(call(&admin).0, json!(false));
        a.get(&format!("engagements/{id}")).expect(200);
        assert!(registry.app.store.keys().count() > 0);
        assert_eq!(call(&desk), (json!(true), Value::Null));
        everything_is_refused(registry, &a);
        assert_eq!(registry.app.store.keys().count(), 0);
        assert!(registry.command(&["export", "demo"]).is_err());
        registry.command(&["lock-down", "lift"]).expect("it is lifted");
        look(registry);
        // All sessions have ended; whoever signs in anew reads what was sealed.
        is_problem(&a.get("engagements"), 401, "unauthenticated");
        is_problem(&desk.get("flags"), 401, "unauthenticated");
        let again = registry.signed_in(&a.login, "demo");
        let read = again.get(&format!("engagements/{id}")).expect(200);
        assert_eq!(read.body["summary"], "x");
        assert!(registry.command(&["lock-down", "lift"]).expect("done").contains("was not"));
    });
}

/// Whatever is asked, by whomever, and whatever is wrong with it.
fn everything_is_refused(registry: &Registry, person: &concord_tests::Person<'_>) {
    is_problem(&person.get("engagements"), 503, "locked_down");
    let nobody = registry.nobody("demo");
    is_problem(&nobody.get("engagements"), 503, "locked_down");
    let sign_in = json!({"login": person.login, "password": PASSWORD});
    is_problem(&nobody.post("/v1/tokens", &sign_in), 503, "locked_down");
    let wrong = json!({"login": person.login, "password": "another pass phrase"});
    is_problem(&nobody.post("/v1/tokens", &wrong), 503, "locked_down");
    let refresh = json!({"refresh_token": person.refresh_token});
    is_problem(&nobody.post("/v1/tokens/refresh", &refresh), 503, "locked_down");
    is_problem(&nobody.get("/v1/vocabulary"), 503, "locked_down");
    is_problem(&nobody.get("/problems/locked_down"), 503, "locked_down");
    for (method, path) in
        [("GET", "/nowhere"), ("PATCH", "/v1/tokens"), ("GET", "/docs/"), ("GET", "/livez/x")]
    {
        assert_eq!(raw(&registry.url(), method, path, None), locked(), "{method} {path}");
    }
    nobody.get("/livez").expect(200);
    nobody.get("/readyz").expect(200);
}

#[test]
fn what_locks_one_process_down_holds_for_the_others_at_once_and_they_drop_their_keys() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let line = with(&own_line("a", "north", &asks(&["open_route"])), &json!({"summary": "x"}));
        logged(&a, &line);
        // Another process, which needs no key for it.
        let key = std::fs::read(&registry.server_key).expect("the key");
        std::fs::remove_file(&registry.server_key).expect("it is gone");
        assert!(registry.command(&["lock-down"]).expect("done").contains("sessions have ended"));
        std::fs::write(&registry.server_key, key).expect("it is back");
        // This one has not looked yet, and lets nobody in all the same.
        assert!(!registry.app.store.keys().is_locked());
        is_problem(&a.get("engagements"), 503, "locked_down");
        let nobody = registry.nobody("demo");
        let sign_in = json!({"login": a.login, "password": PASSWORD});
        is_problem(&nobody.post("/v1/tokens", &sign_in), 503, "locked_down");
        let refresh = json!({"refresh_token": a.refresh_token});
        is_problem(&nobody.post("/v1/tokens/refresh", &refresh), 503, "locked_down");
        look(registry);
        assert_eq!(registry.app.store.keys().count(), 0);
        everything_is_refused(registry, &a);
        for command in [&["export", "demo"][..], &["user", "disable", "x"], &["doctor"]] {
            let complained = registry.command(command).expect_err("it is refused");
            assert!(complained.contains("lock-down lift"), "{complained}");
        }
        registry.command(&["disclose"]).expect("what it tells is told all the same");
        registry.command(&["lock-down", "lift"]).expect("it is lifted");
        look(registry);
        registry.signed_in(&a.login, "demo").get("engagements").expect(200);
    });
}

#[test]
fn a_file_beside_the_server_locks_it_down_and_taking_it_away_lifts_nothing() {
    let server = Demonstration::start("lock-down");
    let address = format!("http://{}", server.address);
    let token = server.token("desk");
    let ask = || raw(&address, "GET", "/v1/operations/exercise/flags", Some(&token));
    let until = |wanted: (u16, String)| {
        let begun = Instant::now();
        while ask() != wanted {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?} is no {wanted:?}", ask());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    assert_eq!(ask().0, 200);
    let file = server.folder.join("var/lock-down");
    std::fs::write(&file, "").expect("the file is put there");
    until(locked());
    std::fs::remove_file(&file).expect("it is taken away");
    std::thread::sleep(Duration::from_millis(3 * lock_down::LOOK_EVERY_MS));
    assert_eq!(ask(), locked());
    assert_eq!(raw(&address, "GET", "/livez", None).0, 200);
    std::fs::write(&file, "").expect("the file is put there");
    let lift = std::process::Command::new(binary())
        .args(["lock-down", "lift"])
        .current_dir(&server.folder)
        .env_clear()
        .output()
        .expect("the binary runs");
    assert!(lift.status.success(), "{}", String::from_utf8_lossy(&lift.stderr));
    assert!(!file.exists());
    until((401, "/problems/unauthenticated".to_owned()));
    server.token("desk");
}

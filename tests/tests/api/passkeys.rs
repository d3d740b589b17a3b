//! Passkeys: brought in, used to sign in and as a proof, and kept by whose they are. The device is
//! played; a real one is in `passkeys_in_a_browser`.

use concord_app::people;
use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, PASSWORD, Person, Registry, authenticator::Device, on_each_database, small_world,
};
use serde_json::{Value, json};

use super::{
    id_of, is_fault, is_problem,
    second_factor::holding,
    step_up::{FRESH, step_up},
};

pub(super) const PATH: &str = "/v1/me/passkeys";
pub(super) const SIGN_IN: &str = "/v1/sign-in/passkey";
pub(super) const STEP_UP: &str = "/v1/tokens/step-up/passkey";

/// What a browser is asked.
#[track_caller]
pub(super) fn asked(person: &Person<'_>, path: &str) -> Value {
    let answer = person.post(path, &json!({})).expect(200);
    assert_eq!(answer.body["expires_in"], 300);
    answer.body["options"].clone()
}

/// A device with a passkey that somebody has brought in, and the id of that.
#[track_caller]
pub(super) fn bring_in(registry: &Registry, person: &Person<'_>, name: &str) -> (Device, String) {
    let options = asked(person, &format!("{PATH}/options"));
    let (device, made) = Device::make(&options, &registry.public_address());
    let added = person.post(PATH, &json!({"name": name, "credential": made})).expect(201);
    (device, id_of(&added.body))
}

/// What somebody is answered who signs in with a device.
#[track_caller]
pub(super) fn sign_in(registry: &Registry, device: &mut Device) -> Answer {
    let nobody = registry.nobody("demo");
    let options = asked(&nobody, SIGN_IN);
    let shown = device.show(&options, &registry.public_address());
    answer(&nobody, SIGN_IN, &shown)
}

/// What is answered to a passkey that is shown.
#[track_caller]
pub(super) fn answer(person: &Person<'_>, path: &str, shown: &Value) -> Answer {
    person.post(&format!("{path}/credential"), &json!({"credential": shown}))
}

fn listed(person: &Person<'_>) -> Vec<Value> {
    person.get(PATH).expect(200).body["items"].as_array().expect("a list").clone()
}

#[test]
fn somebody_brings_a_passkey_in_and_signs_in_with_it_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        assert_eq!(listed(&a), [Value::Null; 0]);
        let options = asked(&a, &format!("{PATH}/options"));
        assert_eq!(options["rp"], json!({"id": "localhost", "name": "localhost"}));
        assert_eq!(options["user"]["name"], a.login.as_str());
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["excludeCredentials"], json!([]));
        let wanted = json!({"residentKey": "required", "userVerification": "required"});
        assert_eq!(options["authenticatorSelection"], wanted);
        let (mut device, made) = Device::make(&options, &registry.public_address());
        let added = a.post(PATH, &json!({"name": "Field laptop", "credential": made})).expect(201);
        let id = id_of(&added.body);
        assert_eq!(added.header("location"), Some(format!("{PATH}/{id}").as_str()));
        let passkey = json!({"id": id, "name": "Field laptop", "used_at": null,
            "made_at": "2026-03-15T12:00:00.000000Z"});
        assert_eq!(added.body, passkey);
        assert_eq!(listed(&a), [passkey]);

        // Nobody says who they are, and everybody is asked the same.
        registry.pass_seconds(FRESH);
        let options = asked(&nobody, SIGN_IN);
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"], json!([]));
        let shown = device.show(&options, &registry.public_address());
        let signed_in = holding(registry, &answer(&nobody, SIGN_IN, &shown).expect(200));
        assert_eq!(signed_in.get("/v1/me").expect(200).body["login"], a.login.as_str());
        assert_eq!(listed(&a)[0]["used_at"], "2026-03-15T12:10:00.000000Z");
        let sessions = signed_in.get("/v1/me/sessions").expect(200).body;
        let sessions = sessions["items"].as_array().expect("a list");
        let this = sessions.iter().find(|each| each["current"] == true).expect("one is this");
        assert_eq!(this["began_by"], "passkey");
        assert_eq!(this["second_factor"], "user_verification");
        // It is a fresh proof, and that of the other session stays as old as it is.
        signed_in.get("bundle").expect(200);
        is_problem(&a.get("bundle"), 403, "step_up_required");
        // The password goes on to sign in.
        registry.signed_in(&a.login, "demo");
    });
}

#[test]
fn a_passkey_is_both_factors_where_there_is_a_second_one() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (mut device, _) = bring_in(registry, &a, "Phone");
        let enrolled = a.post("/v1/me/second-factor", &json!({})).expect(200);
        let uri = enrolled.body["uri"].as_str().expect("an address");
        let totp = totp_rs::Totp::from_url(uri).expect("an address that apps read");
        let now = registry.app.now().and_utc().timestamp().unsigned_abs();
        let code = json!({"code": totp.generate(now).to_string()});
        a.post("/v1/me/second-factor/confirmation", &code).expect(200);
        let by_password = json!({"login": a.login, "password": PASSWORD});
        let first = registry.nobody("demo").post("/v1/tokens", &by_password).expect(200);
        assert!(first.body["challenge"].is_string(), "{}", first.text);
        let signed_in = holding(registry, &sign_in(registry, &mut device).expect(200));
        signed_in.get("bundle").expect(200);
        // As a proof it stands in for the code.
        registry.pass_seconds(FRESH);
        is_problem(&signed_in.get("bundle"), 403, "step_up_required");
        let shown = device.show(&asked(&signed_in, STEP_UP), &registry.public_address());
        answer(&signed_in, STEP_UP, &shown).expect(204);
        signed_in.get("bundle").expect(200);
    });
}

#[test]
fn a_passkey_proves_again_who_somebody_is_in_one_session() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        is_problem(&a.post(STEP_UP, &json!({})), 409, "conflict");
        let (mut of_a, _) = bring_in(registry, &a, "Laptop");
        let (mut of_b, _) = bring_in(registry, &b, "Laptop");
        let other = registry.signed_in(&a.login, "demo");
        registry.pass_seconds(FRESH);
        let options = asked(&a, STEP_UP);
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
        // Another person's proves nothing here, and the challenge is used up.
        let here = registry.public_address();
        let shown = of_b.show(&options, &here);
        is_fault(&answer(&a, STEP_UP, &shown), "/credential", "wrong_code");
        let shown = of_a.show(&options, &here);
        is_fault(&answer(&a, STEP_UP, &shown), "/credential", "wrong_code");
        is_problem(&a.get("bundle"), 403, "step_up_required");
        // Nor does it in a session in which it was not asked for.
        let shown = of_a.show(&asked(&a, STEP_UP), &here);
        is_fault(&answer(&other, STEP_UP, &shown), "/credential", "wrong_code");
        is_fault(&answer(&b, STEP_UP, &shown), "/credential", "wrong_code");
        answer(&a, STEP_UP, &shown).expect(204);
        a.get("bundle").expect(200);
        is_problem(&other.get("bundle"), 403, "step_up_required");
        is_fault(&answer(&a, STEP_UP, &shown), "/credential", "wrong_code");
    });
}

#[test]
fn passkeys_are_called_something_else_and_removed_by_whose_they_are() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (mut laptop, first) = bring_in(registry, &a, "Laptop");
        registry.pass_seconds(1);
        let (mut phone, second) = bring_in(registry, &a, "Phone");
        let names = |person: &Person<'_>| -> Vec<Value> {
            listed(person).iter().map(|each| each["name"].clone()).collect()
        };
        assert_eq!(names(&a), ["Laptop", "Phone"]);
        let options = asked(&a, &format!("{PATH}/options"));
        assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(2));
        let path = format!("{PATH}/{first}");
        let rename = |person: &Person<'_>, name: Value| {
            let body = json!({"name": name}).to_string();
            let json = [("content-type", "application/json")];
            person.request("PATCH", &path, &json, Some(body.as_bytes()))
        };
        let renamed = rename(&a, "Office laptop".into()).expect(200);
        assert_eq!(renamed.body["name"], "Office laptop");
        assert_eq!(names(&a), ["Office laptop", "Phone"]);
        // What is another's is nobody's.
        assert_eq!(names(&b), [Value::Null; 0]);
        is_problem(&rename(&b, "Mine".into()), 404, "not_found");
        is_problem(&b.delete(&path), 404, "not_found");
        for wrong in ["", "  ", "a\u{202e}b", "a\nb", &"a".repeat(101)] {
            is_fault(&rename(&a, wrong.into()), "/name", "malformed");
        }
        // Each needs a proof that is fresh; reading does not.
        registry.pass_seconds(FRESH);
        is_problem(&rename(&a, "Mine".into()), 403, "step_up_required");
        is_problem(&a.delete(&path), 403, "step_up_required");
        is_problem(&a.post(&format!("{PATH}/options"), &json!({})), 403, "step_up_required");
        assert_eq!(names(&a), ["Office laptop", "Phone"]);
        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        a.delete(&path).expect(204);
        is_problem(&a.delete(&path), 404, "not_found");
        assert_eq!(names(&a), ["Phone"]);
        is_problem(&sign_in(registry, &mut laptop), 401, "sign_in_refused");
        sign_in(registry, &mut phone).expect(200);
        a.delete(&format!("{PATH}/{second}")).expect(204);
        is_problem(&sign_in(registry, &mut phone), 401, "sign_in_refused");
    });
}

#[test]
fn a_tool_and_a_stranger_bring_in_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal_point = registry.person("demo", Role::FocalPoint, Some("a"));
        let (_, id) = bring_in(registry, &focal_point, "Laptop");
        let wanted = json!({"name": "Tool", "scope": "log", "ends_on": "2026-04-30"});
        let made = focal_point.post("/v1/me/tool-tokens", &wanted).expect(201);
        let mut tool = registry.nobody("demo");
        tool.token = made.body["token"].as_str().map(str::to_owned);
        let nobody = registry.nobody("demo");
        let begin = format!("{PATH}/options");
        for (path, body) in [(begin.as_str(), json!({})), (STEP_UP, json!({}))] {
            is_problem(&tool.post(path, &body), 403, "forbidden");
            is_problem(&nobody.post(path, &body), 401, "unauthenticated");
        }
        is_problem(&tool.get(PATH), 403, "forbidden");
        is_problem(&tool.delete(&format!("{PATH}/{id}")), 403, "forbidden");
        is_problem(&nobody.get(PATH), 401, "unauthenticated");
    });
}

#[test]
fn a_new_password_removes_all_passkeys() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (mut of_a, _) = bring_in(registry, &a, "Laptop");
        let (mut of_b, _) = bring_in(registry, &b, "Laptop");
        let begun = asked(&a, &format!("{PATH}/options"));
        let change = json!({"password": PASSWORD, "new_password": "another long pass phrase"});
        a.put("/v1/me/password", "*", &change).expect(204);
        assert_eq!(listed(&a), [Value::Null; 0]);
        is_problem(&sign_in(registry, &mut of_a), 401, "sign_in_refused");
        // What was begun before is over too.
        let (_, made) = Device::make(&begun, &registry.public_address());
        let added = a.post(PATH, &json!({"name": "Laptop", "credential": made}));
        is_fault(&added, "/credential", "wrong_code");
        sign_in(registry, &mut of_b).expect(200);
        people::reset_password(&registry.app, &b.login, "another long pass phrase").expect("done");
        is_problem(&sign_in(registry, &mut of_b), 401, "sign_in_refused");
    });
}

#[test]
fn somebody_has_twenty_passkeys_at_most() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let begin = format!("{PATH}/options");
        let mut options = Value::Null;
        for number in 1..=20 {
            options = asked(&a, &begin);
            bring_in(registry, &a, &format!("Device {number}"));
        }
        is_problem(&a.post(&begin, &json!({})), 409, "conflict");
        // The last of them ended what was begun before it.
        let (_, made) = Device::make(&options, &registry.public_address());
        let added = a.post(PATH, &json!({"name": "Laptop", "credential": made}));
        is_fault(&added, "/credential", "wrong_code");
        assert_eq!(listed(&a).len(), 20);
    });
}

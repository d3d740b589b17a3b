//! Passkeys that are not taken: what no device of somebody's has signed, here, for this, just now.

use concord_app::people;
use concord_tests::{
    Answer, Person, Registry,
    authenticator::{Device, PRESENT, Said, VERIFIED, decoded, encoded},
    on_each_database, small_world,
};
use serde_json::{Value, json};

use super::{
    all_of, is_fault, is_problem,
    lock_down::look,
    passkeys::{PATH, SIGN_IN, STEP_UP, answer, asked, bring_in, sign_in},
};

/// What is answered to a device that nobody has brought in.
fn unknown(registry: &Registry) -> Answer {
    let person = registry.member("demo", "c");
    let options = asked(&person, &format!("{PATH}/options"));
    let refused = sign_in(registry, &mut Device::make(&options, &registry.public_address()).0);
    is_problem(&refused, 401, "sign_in_refused");
    refused
}

/// The refusals in the audit log that name this kind of thing, and who it was.
fn refusals(registry: &Registry, kind: &str) -> Vec<Value> {
    let records = registry.audit_records("demo");
    let mut refused = records;
    refused.retain(|each| each["deed"] == "refused" && each["objects"][0]["kind"] == kind);
    refused
}

#[test]
fn whatever_a_device_did_not_sign_here_and_now_has_one_answer() {
    type Change = fn(&mut Said);
    let changes: [(&str, Change); 12] = [
        ("another origin", |said| said.client_data["origin"] = "https://localhost".into()),
        ("another port", |said| said.client_data["origin"] = "http://localhost:1".into()),
        ("no origin", |said| said.client_data["origin"] = Value::Null),
        ("another purpose", |said| said.client_data["type"] = "webauthn.create".into()),
        ("in another page", |said| said.client_data["crossOrigin"] = true.into()),
        ("another challenge", |said| said.client_data["challenge"] = encoded(&[7; 32]).into()),
        ("another site", |said| said.relying_party = "registry.example.org".to_owned()),
        ("its person was not asked", |said| said.flags = PRESENT),
        ("nobody was there", |said| said.flags = VERIFIED),
        ("flags that cannot be", |said| said.flags |= 0x10),
        ("another person", |said| said.user_handle = encoded(&[0; 16]).into()),
        ("nobody", |said| said.user_handle = Value::Null),
    ];
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let refused = all_of(&unknown(registry));
        for (what, change) in changes {
            let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
            let here = registry.public_address();
            let (mut device, _) = bring_in(registry, &a, "Laptop");
            let shown = device.show_saying(&asked(&nobody, SIGN_IN), &here, change);
            assert_eq!(all_of(&answer(&nobody, SIGN_IN, &shown)), refused, "{what}");
            sign_in(registry, &mut device).expect(200);
        }
    });
}

/// What was shown, with one part of it changed.
fn altered(shown: &Value, part: &str, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut shown = shown.clone();
    let mut bytes = decoded(&shown["response"][part]);
    change(&mut bytes);
    shown["response"][part] = encoded(&bytes).into();
    shown
}

#[test]
fn what_was_altered_on_its_way_is_refused() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let refused = all_of(&unknown(registry));
        let nobody = registry.nobody("demo");
        let here = registry.public_address();
        let (mut other, _) = bring_in(registry, &registry.member("demo", "b"), "Laptop");
        for case in 0..7 {
            let a = registry.member("demo", "a");
            let (mut device, _) = bring_in(registry, &a, "Laptop");
            let shown = device.show(&asked(&nobody, SIGN_IN), &here);
            let last = |bytes: &mut Vec<u8>| *bytes.last_mut().expect("a byte") ^= 1;
            let sent = match case {
                0 => altered(&shown, "signature", last),
                1 => altered(&shown, "signature", Vec::clear),
                // That it has signed more often than the device says.
                2 => altered(&shown, "authenticatorData", last),
                3 => altered(&shown, "authenticatorData", |bytes| bytes.truncate(36)),
                4 => altered(&shown, "clientDataJSON", |bytes| bytes.insert(1, b' ')),
                // The signature of another device.
                5 => {
                    let mut shown = shown.clone();
                    let by_other = other.show(&asked(&nobody, SIGN_IN), &here);
                    shown["response"]["signature"] = by_other["response"]["signature"].clone();
                    shown
                }
                // What another device signed, under the name of this one.
                _ => {
                    let mut by_other = other.show(&asked(&nobody, SIGN_IN), &here);
                    by_other["rawId"] = shown["rawId"].clone();
                    by_other
                }
            };
            assert_eq!(all_of(&answer(&nobody, SIGN_IN, &sent)), refused, "{case}");
            assert_eq!(all_of(&answer(&nobody, SIGN_IN, &sent)), refused, "{case}, again");
        }
    });
}

#[test]
fn a_challenge_is_good_once_and_for_five_minutes() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        let here = registry.public_address();
        let (mut device, _) = bring_in(registry, &a, "Laptop");
        let refused = all_of(&unknown(registry));
        let shown = device.show(&asked(&nobody, SIGN_IN), &here);
        answer(&nobody, SIGN_IN, &shown).expect(200);
        assert_eq!(all_of(&answer(&nobody, SIGN_IN, &shown)), refused);
        // Shown anew, it is no better.
        let options = asked(&nobody, SIGN_IN);
        let wrong = device.show_saying(&options, &here, |said| said.flags = 0);
        assert_eq!(all_of(&answer(&nobody, SIGN_IN, &wrong)), refused);
        let right = device.show(&options, &here);
        assert_eq!(all_of(&answer(&nobody, SIGN_IN, &right)), refused);
        // In time, and then not.
        for (seconds, status) in [(299, 200), (300, 401)] {
            let options = asked(&nobody, SIGN_IN);
            registry.pass_seconds(seconds);
            let shown = device.show(&options, &here);
            answer(&nobody, SIGN_IN, &shown).expect(status);
        }
        let options = asked(&a, STEP_UP);
        registry.pass_seconds(300);
        let shown = device.show(&options, &here);
        is_fault(&answer(&a, STEP_UP, &shown), "/credential", "wrong_code");
    });
}

#[test]
fn a_challenge_is_good_for_what_it_was_given_out_for() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let nobody = registry.nobody("demo");
        let here = registry.public_address();
        let (mut device, _) = bring_in(registry, &a, "Laptop");
        let refused = all_of(&unknown(registry));
        let add = |person: &Person<'_>, made: &Value| {
            person.post(PATH, &json!({"name": "Laptop", "credential": made}))
        };
        let creation = asked(&a, &format!("{PATH}/options"));
        let (to_sign_in, to_step_up) = (asked(&nobody, SIGN_IN), asked(&a, STEP_UP));
        let with = |challenge: &Value, options: &Value| {
            let mut options = options.clone();
            options["challenge"] = challenge["challenge"].clone();
            options
        };
        // Each as each other.
        for (challenge, path, person) in
            [(&to_step_up, SIGN_IN, &nobody), (&creation, SIGN_IN, &nobody)]
        {
            let shown = device.show(&with(challenge, &to_sign_in), &here);
            assert_eq!(all_of(&answer(person, path, &shown)), refused);
        }
        for challenge in [&to_sign_in, &creation] {
            let shown = device.show(&with(challenge, &to_step_up), &here);
            is_fault(&answer(&a, STEP_UP, &shown), "/credential", "wrong_code");
        }
        for challenge in [&to_sign_in, &to_step_up] {
            let (_, made) = Device::make(&with(challenge, &creation), &here);
            is_fault(&add(&a, &made), "/credential", "wrong_code");
        }
        // What one is asked is nothing to another, nor in another session.
        let (_, made) = Device::make(&creation, &here);
        is_fault(&add(&b, &made), "/credential", "wrong_code");
        is_fault(&add(&registry.signed_in(&a.login, "demo"), &made), "/credential", "wrong_code");
        // None of that has used any of them up.
        add(&a, &made).expect(201);
        is_fault(&add(&a, &made), "/credential", "wrong_code");
        answer(&a, STEP_UP, &device.show(&to_step_up, &here)).expect(204);
        answer(&nobody, SIGN_IN, &device.show(&to_sign_in, &here)).expect(200);
        // One that is kept already is not kept again, whoever brings it.
        let options = asked(&b, &format!("{PATH}/options"));
        let mut again = made;
        let said = format!(
            "{{\"type\":\"webauthn.create\",\"challenge\":{},\"origin\":\"{here}\"}}",
            options["challenge"]
        );
        again["response"]["clientDataJSON"] = encoded(said.as_bytes()).into();
        is_problem(&add(&b, &again), 409, "conflict");
    });
}

#[test]
fn what_a_device_makes_for_another_site_or_unasked_is_not_kept() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let here = registry.public_address();
        let changes: [fn(&mut Said); 6] = [
            |said| said.client_data["origin"] = "https://localhost".into(),
            |said| said.client_data["type"] = "webauthn.get".into(),
            |said| said.client_data["crossOrigin"] = true.into(),
            |said| said.relying_party = "registry.example.org".to_owned(),
            |said| said.flags &= !VERIFIED,
            |said| said.flags &= !PRESENT,
        ];
        for change in changes {
            let options = asked(&a, &format!("{PATH}/options"));
            let (_, made) = Device::make_saying(&options, &here, change);
            let added = a.post(PATH, &json!({"name": "Laptop", "credential": made}));
            is_fault(&added, "/credential", "wrong_code");
        }
        for (part, bytes) in [("attestationObject", vec![0xff]), ("clientDataJSON", vec![b'{'])] {
            let options = asked(&a, &format!("{PATH}/options"));
            let (_, made) = Device::make(&options, &here);
            let made = altered(&made, part, |there| *there = bytes);
            let added = a.post(PATH, &json!({"name": "Laptop", "credential": made}));
            is_fault(&added, "/credential", "wrong_code");
        }
        let none = a.get(PATH).expect(200);
        assert_eq!(none.body["items"], json!([]));
    });
}

#[test]
fn a_passkey_of_which_there_is_a_copy_is_refused_and_recorded() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        let here = registry.public_address();
        let (mut device, id) = bring_in(registry, &a, "Laptop");
        let refused = all_of(&unknown(registry));
        for _ in 0..3 {
            sign_in(registry, &mut device).expect(200);
        }
        let me = a.get("/v1/me").expect(200).body["id"].clone();
        // It has signed as often as the last time, less often, or does not count any more.
        for count in [3, 1, 0] {
            let options = asked(&nobody, SIGN_IN);
            let shown = device.show_saying(&options, &here, |said| said.sign_count = count);
            assert_eq!(all_of(&answer(&nobody, SIGN_IN, &shown)), refused, "{count}");
            let recorded = refusals(registry, "copied_passkey");
            assert_eq!(recorded[0]["objects"][0]["id"], id.as_str(), "{count}");
            assert_eq!(recorded[0]["by"], me);
        }
        assert_eq!(refusals(registry, "copied_passkey").len(), 3);
        // Anybody can write a number: without its signature it tells of no copy.
        let options = asked(&nobody, SIGN_IN);
        let shown = device.show_saying(&options, &here, |said| said.sign_count = 1);
        let forged = altered(&shown, "signature", |bytes| *bytes = vec![0x30, 0]);
        assert_eq!(all_of(&answer(&nobody, SIGN_IN, &forged)), refused);
        assert_eq!(refusals(registry, "copied_passkey").len(), 3);
        assert_eq!(refusals(registry, "passkey")[0]["objects"][0]["id"], id.as_str());
        // As a proof it is refused and recorded as well.
        let options = asked(&a, STEP_UP);
        let shown = device.show_saying(&options, &here, |said| said.sign_count = 2);
        is_fault(&answer(&a, STEP_UP, &shown), "/credential", "wrong_code");
        assert_eq!(refusals(registry, "copied_passkey").len(), 4);
        // The one that goes on counting is taken, and so is one that never counts.
        sign_in(registry, &mut device).expect(200);
        let (mut uncounted, _) = bring_in(registry, &a, "Phone");
        uncounted.sign_count = None;
        for _ in 0..2 {
            sign_in(registry, &mut uncounted).expect(200);
        }
    });
}

#[test]
fn whose_account_is_closed_or_locked_out_signs_in_no_more() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        let here = registry.public_address();
        let (mut device, _) = bring_in(registry, &a, "Laptop");
        let refused = all_of(&unknown(registry));
        people::set_disabled(&registry.app, &a.login, true).expect("it is closed");
        assert_eq!(all_of(&sign_in(registry, &mut device)), refused);
        people::set_disabled(&registry.app, &a.login, false).expect("it is open");
        sign_in(registry, &mut device).expect(200);
        // A lock-down ends what was begun, and says the same to everybody.
        let options = asked(&nobody, SIGN_IN);
        let shown = device.show(&options, &here);
        registry.command(&["lock-down"]).expect("it is locked down");
        let known = answer(&nobody, SIGN_IN, &shown);
        is_problem(&known, 503, "locked_down");
        let mut other = shown.clone();
        other["rawId"] = encoded(&[7; 32]).into();
        assert_eq!(all_of(&answer(&nobody, SIGN_IN, &other)), all_of(&known));
        is_problem(&nobody.post(SIGN_IN, &json!({})), 503, "locked_down");
        registry.command(&["lock-down", "lift"]).expect("it is lifted");
        look(registry);
        assert_eq!(all_of(&answer(&nobody, SIGN_IN, &shown)), refused);
        sign_in(registry, &mut device).expect(200);
    });
}

#[test]
fn a_passkey_is_tried_eight_times_in_five_minutes() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        let here = registry.public_address();
        let (mut device, _) = bring_in(registry, &a, "Laptop");
        let (mut other, _) = bring_in(registry, &a, "Phone");
        let creation = asked(&a, &format!("{PATH}/options"));
        let mut unknown = Device::make(&creation, &here).0;
        for tried in [&mut device, &mut unknown] {
            for _ in 0..8 {
                let shown = tried.show_saying(&asked(&nobody, SIGN_IN), &here, |s| s.flags = 0);
                is_problem(&answer(&nobody, SIGN_IN, &shown), 401, "sign_in_refused");
            }
            let shown = tried.show(&asked(&nobody, SIGN_IN), &here);
            is_problem(&answer(&nobody, SIGN_IN, &shown), 429, "throttled");
        }
        let shown = device.show(&asked(&a, STEP_UP), &here);
        is_problem(&answer(&a, STEP_UP, &shown), 429, "throttled");
        sign_in(registry, &mut other).expect(200);
        registry.pass_seconds(300);
        sign_in(registry, &mut device).expect(200);
    });
}

#[test]
fn what_is_no_answer_of_a_browser_is_told_at_its_place() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        let show = format!("{SIGN_IN}/credential");
        let response = json!({"clientDataJSON": "e30", "authenticatorData": "", "signature": ""});
        let good = json!({"credential": {"rawId": "", "response": response}});
        is_problem(&nobody.post(&show, &good), 401, "sign_in_refused");
        let long = json!("a".repeat(16_385));
        for (path, value, code) in [
            ("", json!([]), "wrong_type"),
            ("/login", json!("a"), "unknown_member"),
            ("/credential", json!("a"), "wrong_type"),
            ("/credential/rawId", json!(7), "wrong_type"),
            ("/credential/response", json!(null), "wrong_type"),
            ("/credential/response/clientDataJSON", json!({}), "wrong_type"),
            ("/credential/response/signature", long, "too_long"),
            ("/credential/response/userHandle", json!(7), "wrong_type"),
        ] {
            let mut body = good.clone();
            match body.pointer_mut(path) {
                Some(there) => *there = value,
                None => {
                    let (above, name) = path.rsplit_once('/').expect("a member");
                    body.pointer_mut(above).expect("an object")[name] = value;
                }
            }
            is_fault(&nobody.post(&show, &body), path, code);
            is_fault(&a.post(&format!("{STEP_UP}/credential"), &body), path, code);
        }
        let refused = nobody.post(&show, &json!({"credential": {"response": {}}}));
        let parts = ["rawId", "response/clientDataJSON", "response/signature"];
        for part in parts {
            is_fault(&refused, &format!("/credential/{part}"), "missing");
        }
        is_fault(&a.post(PATH, &json!({})), "/credential", "missing");
        is_fault(&a.post(PATH, &json!({})), "/name", "missing");
        let made = json!({"rawId": "a", "response": {"clientDataJSON": "e30",
            "attestationObject": "a"}});
        let body = json!({"name": "a\u{0}", "credential": made});
        is_fault(&a.post(PATH, &body), "/name", "malformed");
        let body = json!({"name": "Laptop", "credential": made});
        is_fault(&a.post(PATH, &body), "/credential", "wrong_code");
    });
}

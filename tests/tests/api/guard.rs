//! What is never stored is looked for in every free text, on every way in.

use concord_tests::{Person, Registry, json_files, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_fault, is_problem, logged, made, with};

const CODE: &str = "sensitive_detail";
const NAMED: &str = "We met Mr Okello at the bridge.";

/// Sends a body that is refused for one text at a place, and taken when it is confirmed.
#[track_caller]
fn is_refused_until_confirmed(
    send: impl Fn(&Value) -> concord_tests::Answer,
    body: &Value,
    pointer: &str,
) -> Value {
    is_fault(&send(body), pointer, CODE);
    is_fault(&send(&with(body, &json!({"confirm_text": false}))), pointer, CODE);
    is_fault(&send(&with(body, &json!({"confirm_text": "yes"}))), "/confirm_text", "wrong_type");
    let taken = send(&with(body, &json!({"confirm_text": true})));
    assert!((200..300).contains(&taken.status), "{}", taken.text);
    assert!(!taken.text.contains("confirm_text"), "{}", taken.text);
    taken.body
}

#[test]
fn what_is_found_is_told_with_its_place_and_what_to_do_instead() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let texts = json!({
            "summary": "Mr Okello, +249 912 345 678\u{200b}, at 14:30",
            "purpose": "Pay 500 $ at 12.8628, 30.2176",
            "plan": {"risks": "write to okello@example.org"},
        });
        let refused = a.post("engagements", &with(&line("a", "north", &json!([])), &texts));
        is_problem(&refused, 422, "invalid");
        let found: Vec<(&str, &str, u64, u64)> = refused.body["errors"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|fault| {
                let text = |value: &'_ Value| value.as_u64().expect("a number");
                let detail = fault["found"]["detail"].as_str().expect("what it is");
                let pointer = fault["pointer"].as_str().expect("a place");
                (pointer, detail, text(&fault["found"]["from"]), text(&fault["found"]["until"]))
            })
            .collect();
        assert_eq!(
            found,
            [
                ("/summary", "person_name", 0, 9),
                ("/summary", "phone_number", 11, 27),
                ("/summary", "clock_time", 33, 38),
                ("/purpose", "sum_of_money", 4, 9),
                ("/purpose", "coordinates", 13, 29),
                ("/plan/risks", "email_address", 9, 27),
            ]
        );
        assert_eq!(a.get("engagements").expect(200).body["items"], json!([]));
        let said = |language: &str| {
            let body = with(&line("a", "north", &json!([])), &json!({"summary": NAMED}));
            let headers = [("content-type", "application/json"), ("accept-language", language)];
            let answer =
                a.request("POST", "engagements", &headers, Some(body.to_string().as_bytes()));
            answer.body["errors"][0]["detail"].as_str().expect("a sentence").to_owned()
        };
        assert!(said("en").starts_with("`Mr Okello` looks like the name of a person"));
        assert!(said("fr").starts_with("`Mr Okello` ressemble au nom d’une personne"));
        assert!(said("es").starts_with("`Mr Okello` parece el nombre de una persona"));
        assert!(said("ar").starts_with("`Mr Okello` يبدو اسم شخص"));
    });
}

#[test]
fn a_new_entry_and_a_change_are_taken_when_they_are_confirmed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let body = with(&line("a", "north", &json!([])), &json!({"summary": NAMED}));
        let logged =
            is_refused_until_confirmed(|body| a.post("engagements", body), &body, "/summary");
        assert_eq!(logged["engagement"]["summary"], NAMED);
        let path = format!("engagements/{}", id_of(&logged["engagement"]));
        // What stands already was confirmed, and is not asked about again.
        a.amend(&path, &json!({"summary": NAMED, "status": "suspended"})).expect(200);
        let change = json!({"summary": NAMED, "outcome": "Colonel Deng said no"});
        is_fault(&a.amend(&path, &change), "/outcome", CODE);
        is_refused_until_confirmed(|body| a.amend(&path, body), &change, "/outcome");
        let kept = a.get(&path).expect(200).body;
        assert_eq!(kept["outcome"], "Colonel Deng said no");
        assert!(kept.get("confirm_text").is_none());
        let nested = json!({"plan": {"risks": "none", "confirm_text": true}});
        is_fault(&a.amend(&path, &nested), "/plan/confirm_text", "unknown_member");
        registry.verify();
    });
}

#[test]
fn every_other_way_in_looks_texts_over() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let item = format!("engagements/{id}");
        let ask = json!({"issue": "access", "action": "stop", "note": NAMED});
        let added = |path: &str, body: &Value, pointer: &str| {
            let path = format!("{item}/{path}");
            is_refused_until_confirmed(|body| a.post(&path, body), body, pointer)
        };
        added("asks", &ask, "/asks/1/note");
        added(
            "demands",
            &json!({"kind": "fee", "response": "declined", "note": "Colonel Deng asked"}),
            "/demands/0/note",
        );
        added("contacts", &json!({"on": "2026-03-14", "note": "at 14:30"}), "/contacts/0/note");
        let kept = a.get(&item).expect(200).body;
        for (list, note) in [("asks", "Sheikh Hamad carries it"), ("demands", "They want 500 USD")]
        {
            let path = format!("{item}/{list}/{}", id_of(&kept[list][0]));
            let send = |body: &Value| a.amend(&path, body);
            let note = json!({ "note": note });
            is_refused_until_confirmed(send, &note, &format!("/{list}/0/note"));
        }
        let sharing = json!({"audience": "operation", "disclosure": "match", "reason": NAMED});
        let path = format!("{item}/loosening");
        let send = |body: &Value| a.post_matching(&path, "*", body);
        is_refused_until_confirmed(send, &sharing, "/reason");
        let bulk = json!({"items": [
            with(&line("a", "south", &json!([])), &json!({"summary": NAMED})),
            with(&line("a", "south", &json!([])), &json!({"summary": NAMED, "confirm_text": true})),
        ]});
        let made_of = a.post("engagements/bulk", &bulk).expect(200).body["items"].clone();
        assert_eq!((&made_of[0]["status"], &made_of[1]["status"]), (&json!(422), &json!(201)));
        assert_eq!(made_of[0]["problem"]["errors"][0]["code"], CODE);
        let check = with(
            &line("a", "north", &asks(&["open_route"])),
            &json!({"purpose": NAMED, "until": "2026-03-20", "places": ["leer"]}),
        );
        let mut check = with(&check, &json!({"status": null, "audience": null}));
        check.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        is_refused_until_confirmed(|body| a.post("checks", body), &check, "/purpose");
        step_notes(registry, &a);
        of_reference_data(&a, &desk);
    });
}

/// The note of a step on a flag.
fn step_notes(registry: &Registry, a: &Person<'_>) {
    let b = registry.member("demo", "b");
    logged(&b, &line("b", "north", &asks(&["close_route"])));
    let flag = id_of(&a.get("flags").expect(200).body["items"][0]);
    let path = format!("flags/{flag}/steps");
    let step = json!({"state": "acknowledged", "note": NAMED});
    is_refused_until_confirmed(|body| a.post(&path, body), &step, "/note");
    assert_eq!(b.get(&format!("flags/{flag}")).expect(200).body["steps"][1]["note"], NAMED);
}

/// What the desk keeps, and what others find.
fn of_reference_data(a: &Person<'_>, desk: &Person<'_>) {
    let risk = json!({"title": "Boys are taken", "issue": "protection", "description": NAMED});
    is_refused_until_confirmed(|body| desk.post("protection-risks", body), &risk, "/description");
    let promise = json!({"armed_actor": "north", "kind": "verbal_assurance", "issue": "access",
        "action": "stop", "note": NAMED});
    is_refused_until_confirmed(|body| a.post("commitments", body), &promise, "/note");
    let promise = with(&promise, &json!({"note": null}));
    let path = format!("commitments/{}/verifications", made(a, "commitments", &promise));
    let found = json!({"on": "2026-03-14", "finding": "kept", "organization": "a", "note": NAMED});
    is_refused_until_confirmed(|body| a.post(&path, body), &found, "/note");
}

#[test]
fn a_bundle_is_refused_whole_and_taken_when_it_is_confirmed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let mut bundle = small_world();
        let engagement = json!({"key": "e1", "organization": "a", "armed_actor": "north",
            "level": "tactical", "method": "negotiation", "status": "ongoing", "from": "2026-03-01"});
        bundle["engagements"] = json!([
            with(&engagement, &json!({"summary": "All is calm."})),
            with(
                &engagement,
                &json!({"key": "e2", "summary": NAMED, "asks": [
                {"key": "k", "issue": "access", "action": "stop", "note": "call 0912345678"}]})
            ),
        ]);
        let refused = a.post("bundles", &bundle);
        is_fault(&refused, "/engagements/1/summary", CODE);
        is_fault(&refused, "/engagements/1/asks/0/note", CODE);
        assert_eq!(refused.faults().len(), 2);
        assert_eq!(a.get("engagements").expect(200).body["items"], json!([]));
        // Its other faults are told at the same time.
        let mut wrong = bundle.clone();
        wrong["engagements"][0]["level"] = "tactic".into();
        assert_eq!(a.post("bundles", &wrong).faults().len(), 3);
        let taken = a.post("bundles?confirm_text=true", &bundle).expect(200);
        assert_eq!(taken.body["created"], 2);
        // What stands so already needs no confirmation, and what is new does.
        assert_eq!(a.post("bundles", &bundle).expect(200).body["changed"], 0);
        bundle["engagements"][1]["outcome"] = "Paid 500 USD".into();
        let refused = a.post("bundles", &bundle);
        assert_eq!(refused.faults(), [("/engagements/1/outcome".to_owned(), CODE.to_owned())]);
        let exported = a.get("bundle").expect(200);
        assert!(!exported.text.contains("confirm_text"));
        assert_eq!(a.post("bundles", &exported.body).expect(200).body["changed"], 0);
        registry.verify();
    });
}

/// Every free text of what the product ships and of the tests' own dialogue on the public record
/// passes, but for those that hold what is looked for.
#[test]
fn little_of_real_dialogue_is_found_that_is_none() {
    let mut texts = 0;
    let mut found: Vec<String> = Vec::new();
    for (name, bundle) in
        ["bundles", "scenarios", "../crates/app/samples"].iter().flat_map(|f| json_files(f))
    {
        let bundle = dated(&name, bundle);
        struct Looking(u128, Vec<concord_domain::guard::Noted>);
        impl concord_domain::bundle::Standing for Looking {
            fn fresh(&mut self) -> uuid::Uuid {
                self.0 += 1;
                uuid::Uuid::from_u128(self.0)
            }
            fn noted(&mut self) -> Option<&mut Vec<concord_domain::guard::Noted>> {
                Some(&mut self.1)
            }
        }
        let mut looking = Looking(0, Vec::new());
        let read =
            concord_domain::bundle::read(&bundle, &mut looking, None).expect("it is a bundle");
        texts += read
            .engagements
            .iter()
            .map(|e| concord_domain::document::texts_of(e).len())
            .sum::<usize>();
        found.extend(looking.1.iter().map(|noted| {
            let (code, written) = (noted.finding.detail.code(), noted.finding.written(&noted.text));
            format!("{name}{} {code}: {written}", noted.pointer)
        }));
    }
    println!("{texts} texts of engagements");
    assert!(texts > 300, "{texts}");
    assert_eq!(found, RIGHTLY_FOUND, "{}", found.join("\n"));
}

/// What is found in them, each of which is what it is taken for.
const RIGHTLY_FOUND: [&str; 0] = [];

/// A sample with its days.
fn dated(name: &str, bundle: Value) -> Value {
    let sample = concord_app::samples::Sample::named(name);
    let today = "2026-03-15".parse().expect("a day");
    sample.map_or(bundle, |sample| sample.bundle(today).expect("a sample"))
}

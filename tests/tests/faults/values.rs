//! Values that cannot be read, or that cannot stand together.

use concord_domain::replay::replay;
use serde_json::{Value, json};

use crate::{refuses, sound, told, with};

#[test]
fn windows_that_end_before_they_begin_are_told_where_they_end() {
    let until = |day: &str| Some(json!(day));
    for thing in ["/leads/0", "/common_positions/0", "/commitments/0", "/engagements/0"] {
        let (from, end) = (format!("{thing}/from"), format!("{thing}/until"));
        let bundle = with(&[(&from, until("2026-02-02")), (&end, until("2026-02-01"))]);
        refuses(&bundle, &[(&end, "reversed_window")], None);
    }
    for part in ["/engagements/0/asks/0", "/engagements/0/demands/0"] {
        let (from, end) = (format!("{part}/from"), format!("{part}/until"));
        // From the engagement it takes the day that it does not say itself.
        refuses(&with(&[(&end, until("2026-01-31"))]), &[(&end, "reversed_window")], None);
        refuses(&with(&[(&from, until("2026-03-02"))]), &[(&end, "reversed_window")], None);
        replay(&with(&[(&end, until("2026-02-01"))])).expect("one day");
        replay(&with(&[(&from, until("2026-03-01"))])).expect("one day");
    }
}

#[test]
fn what_lies_below_itself_is_told_at_each_of_the_circle_and_at_no_other() {
    let parent = |key: &str| Some(json!(key));
    let own = with(&[("/places/0/parent", parent("unity"))]);
    refuses(&own, &[("/places/0/parent", "cycle")], None);
    let two = with(&[("/armed_actors/0/parent", parent("north"))]);
    let both = [("/armed_actors/0/parent", "cycle"), ("/armed_actors/1/parent", "cycle")];
    refuses(&two, &both, None);
    let below = json!({"key": "unit", "name": "A unit", "kind": "militia", "parent": "north"});
    let beside =
        with(&[("/armed_actors/0/parent", parent("north")), ("/armed_actors/-", Some(below))]);
    refuses(&beside, &both, None);
}

#[test]
fn references_to_oneself_and_keys_that_stand_twice_are_told() {
    let partner = with(&[("/engagements/0/partners/-", Some(json!("a")))]);
    refuses(&partner, &[("/engagements/0/partners/1", "self_reference")], None);
    let follower = with(&[("/engagements/0/follows/-", Some(json!("e")))]);
    refuses(&follower, &[("/engagements/0/follows/1", "self_reference")], None);
    for list in [
        "places",
        "mechanisms",
        "organizations",
        "armed_actors",
        "leads",
        "common_positions",
        "commitments",
        "engagements",
    ] {
        let mut again = sound()[list][0].clone();
        if list == "engagements" {
            again["asks"] = json!([]);
            again["demands"] = json!([]);
        }
        let count = sound()[list].as_array().expect("a list").len();
        let bundle = with(&[(&format!("/{list}/-"), Some(again))]);
        refuses(&bundle, &[(&format!("/{list}/{count}/key"), "duplicate_key")], None);
    }
    let shared = with(&[("/engagements/0/demands/0/key", Some(json!("k")))]);
    refuses(&shared, &[("/engagements/0/demands/0/key", "duplicate_key")], None);
    let elsewhere = json!([{"key": "d", "issue": "access", "action": "stop"}]);
    let elsewhere = with(&[("/engagements/1/asks", Some(elsewhere))]);
    refuses(&elsewhere, &[("/engagements/1/asks/0/key", "duplicate_key")], None);
}

#[test]
fn terms_that_an_action_does_not_take_and_values_of_another_type_are_told() {
    let terms = |terms: Value| Some(terms);
    for thing in ["/commitments/0", "/engagements/0/asks/0"] {
        let at = format!("{thing}/terms");
        let one = |name: &str| format!("{at}/{name}");
        let not_taken = with(&[(&at, terms(json!({"deadline": "2026-03-01"})))]);
        refuses(&not_taken, &[(&one("deadline"), "term_not_taken")], None);
        let unknown = with(&[(&at, terms(json!({"notice_hour": 24})))]);
        refuses(&unknown, &[(&one("notice_hour"), "unknown_code")], Some("notice_hours"));
        for wrong in [json!("24"), json!(true), json!([24]), json!({})] {
            let bundle = with(&[(&at, terms(json!({"notice_hours": wrong})))]);
            refuses(&bundle, &[(&one("notice_hours"), "wrong_type")], None);
        }
    }
    let excluded = |terms: Value| with(&[("/common_positions/0/excludes_terms", Some(terms))]);
    let at = "/common_positions/0/excludes_terms";
    let bundle = excluded(json!({"publicty": ["public"]}));
    refuses(&bundle, &[(&format!("{at}/publicty"), "unknown_code")], Some("publicity"));
    let bundle = excluded(json!({"notice_hours": [24, "48"]}));
    refuses(&bundle, &[(&format!("{at}/notice_hours/1"), "wrong_type")], None);
    let bundle = excluded(json!({"deadline": ["2026-02-30"]}));
    refuses(&bundle, &[(&format!("{at}/deadline/0"), "malformed")], None);
    let bundle = excluded(json!({"list_kind": ["staf"]}));
    refuses(&bundle, &[(&format!("{at}/list_kind/0"), "unknown_code")], Some("staff"));
    let bundle = excluded(json!({"publicity": "public"}));
    refuses(&bundle, &[(&format!("{at}/publicity"), "wrong_type")], None);
}

#[test]
fn values_of_another_type_and_texts_that_may_not_stand_are_told() {
    for (pointer, value, code) in [
        ("/operation", json!([]), "wrong_type"),
        ("/places", json!({}), "wrong_type"),
        ("/places/0", json!("unity"), "wrong_type"),
        ("/engagements/0/asks", json!("k"), "wrong_type"),
        ("/engagements/0/via", json!("elder"), "wrong_type"),
        ("/engagements/0/via/consent", json!("yes"), "wrong_type"),
        ("/engagements/0/from", json!(20_260_201), "wrong_type"),
        ("/engagements/0/from", json!("2026-2-1"), "malformed"),
        ("/engagements/0/from", json!("2026-02-30"), "malformed"),
        ("/engagements/0/summary", json!("a\u{0}b"), "unsafe_text"),
        ("/engagements/0/summary", json!("a\u{202e}b"), "unsafe_text"),
        ("/engagements/0/summary", json!("x".repeat(10_001)), "too_long"),
        (
            "/engagements/0/sources",
            json!([{"title": "T", "url": "javascript:alert(1)"}]),
            "malformed",
        ),
        ("/operation/slack_days", json!(-1), "out_of_range"),
        ("/operation/slack_days", json!(1.5), "out_of_range"),
        ("/operation/slack_days", json!("14"), "wrong_type"),
        ("/operation/key", json!("a b"), "malformed"),
        ("/operation/key", json!("x".repeat(65)), "malformed"),
        ("/places/0/lat", json!(91), "out_of_range"),
        ("/format", json!("concord.bundle/2"), "malformed"),
        ("/as_of", json!("today"), "malformed"),
    ] {
        let at =
            if pointer.ends_with("sources") { "/engagements/0/sources/0/url" } else { pointer };
        let bundle = with(&[(pointer, Some(value))]);
        // Without a list of places or without one of them, those who lie there lie nowhere.
        let faults = replay(&bundle).expect_err(pointer);
        assert!(told(&faults).contains(&(at.to_owned(), code.to_owned())), "{faults:#?}");
        if !pointer.starts_with("/places") {
            if pointer.starts_with("/operation") {
                assert_eq!(told(&faults).len(), 1, "{faults:#?}");
            } else {
                refuses(&bundle, &[(at, code)], None);
            }
        }
    }
    for whole in [json!([]), json!("bundle"), Value::Null, json!(1)] {
        assert_eq!(told(&replay(&whole).expect_err("no object"))[0].1, "wrong_type");
    }
}

#[test]
fn a_pointer_escapes_what_its_member_holds() {
    let bundle = with(&[("/operation", Some(json!({"key": "demo", "name": "D", "a/b~c": 1})))]);
    refuses(&bundle, &[("/operation/a~1b~0c", "unknown_member")], None);
}

//! Who reads an engagement, and changing that.

use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, own_line, with};

fn readers(people: [&Person<'_>; 4], id: &str) -> Vec<bool> {
    let reads = |person: &Person<'_>| {
        let is_listed = person.get("engagements").expect(200).text.contains(id);
        let is_read = person.get(&format!("engagements/{id}")).status == 200;
        assert_eq!(is_listed, is_read);
        is_read
    };
    people.into_iter().map(reads).collect()
}

#[test]
fn an_audience_is_who_reads_all_of_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (c, desk) = (registry.member("demo", "c"), registry.desk("demo"));
        let everybody = [&a, &b, &c, &desk];
        let body = own_line("a", "north", &json!([]));
        for (sharing, expected) in [
            (json!({}), [true, false, false, false]),
            (json!({"partners": ["c"]}), [true, false, true, false]),
            (
                json!({"audience": "organizations", "audience_organizations": ["c"]}),
                [true, false, true, false],
            ),
            (
                json!({"audience": "mechanisms", "audience_mechanisms": ["awg"]}),
                [true, true, false, false],
            ),
            (json!({"audience": "operation"}), [true; 4]),
        ] {
            let id = logged(&a, &with(&body, &sharing));
            assert_eq!(readers(everybody, &id), expected, "{sharing}");
        }
        // Who joins a mechanism reads what is shared with it.
        let id = logged(
            &a,
            &with(&body, &json!({"audience": "mechanisms", "audience_mechanisms": ["awg"]})),
        );
        let path = "organizations";
        let items = desk.get(path).expect(200).body["items"].clone();
        let found = items.as_array().into_iter().flatten().find(|each| each["key"] == "c");
        let of_c = format!("{path}/{}", super::id_of(found.expect("c is there")));
        desk.amend(&of_c, &json!({"mechanisms": ["awg"]})).expect(200);
        assert_eq!(readers(everybody, &id), [true, true, true, false]);
        desk.amend(&of_c, &json!({"mechanisms": []})).expect(200);
        assert_eq!(readers(everybody, &id), [true, true, false, false]);
    });
}

#[test]
fn a_partner_reads_and_does_not_write() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let body = with(&own_line("a", "north", &json!([])), &json!({"partners": ["b"]}));
        let id = logged(&a, &body);
        let path = format!("engagements/{id}");
        is_problem(&b.amend(&path, &json!({"status": "suspended"})), 403, "forbidden");
        let sharing = json!({"audience": "own", "disclosure": "match", "reason": "Mine alone"});
        for call in ["loosening", "tightening"] {
            let answer = b.post_matching(&format!("{path}/{call}"), "*", &sharing);
            is_problem(&answer, 403, "forbidden");
        }
        let contact = json!({"on": "2026-03-02"});
        is_problem(&b.post(&format!("{path}/contacts"), &contact), 403, "forbidden");
    });
}

#[test]
fn opening_a_line_lets_others_read_it_and_its_flags() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let id = logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let second = b.post("engagements", &line("b", "north", &asks(&["close_route"])));
        let second = second.expect(201);
        assert_eq!(second.flags(), [""; 0]);
        assert_eq!(super::restricted(&second), ["conflict"]);
        let path = format!("engagements/{id}");
        let open = json!({"audience": "mechanisms", "audience_mechanisms": ["awg"],
            "disclosure": "match", "reason": "Agreed in the group"});
        let before = a.get(&path).expect(200).etag();
        let shared = a.post_matching(&format!("{path}/loosening"), &before, &open).expect(200);
        assert_eq!(shared.body["audience"], "mechanisms");
        assert_ne!(shared.etag(), before);
        b.get(&path).expect(200);
        let list = b.get("flags").expect(200);
        assert_eq!(list.flags(), ["contradiction critical"]);
        assert_eq!(super::restricted(&list), [""; 0]);
        let close = json!({"audience": "own", "disclosure": "none", "reason": "It became unsafe"});
        a.post_matching(&format!("{path}/tightening"), &shared.etag(), &close).expect(200);
        is_problem(&b.get(&path), 404, "not_found");
        let list = b.get("flags").expect(200);
        assert_eq!((list.flags().len(), super::restricted(&list).len()), (0, 0));
        registry.verify();
    });
}

#[test]
fn a_change_of_readers_needs_a_reason_and_fits_together() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &own_line("a", "north", &json!([])));
        let path = format!("engagements/{id}/loosening");
        let good = json!({"audience": "operation", "disclosure": "match", "reason": "Agreed"});
        for (members, pointer, code) in [
            (json!({"reason": null}), "/reason", "missing"),
            (json!({"reason": "  "}), "/reason", "missing"),
            (json!({"reason": "a\u{202e}b"}), "/reason", "unsafe_text"),
            (json!({"audience": null}), "/audience", "missing"),
            (json!({"audience": "everybody"}), "/audience", "unknown_code"),
            (json!({"disclosure": "all"}), "/disclosure", "unknown_code"),
            (json!({"partners": ["a"]}), "/partners/0", "self_reference"),
            (json!({"partners": ["nobody"]}), "/partners/0", "unknown_reference"),
            (json!({"audience": "organizations"}), "/audience_organizations", "inconsistent"),
            (json!({"audience": "mechanisms"}), "/audience_mechanisms", "inconsistent"),
            (json!({"audience_mechanisms": ["awg"]}), "/audience_mechanisms", "inconsistent"),
            (json!({"status": "ongoing"}), "/status", "unknown_member"),
        ] {
            let answer = a.post_matching(&path, "*", &with(&good, &members));
            is_fault(&answer, pointer, code);
        }
        is_fault(&a.post_matching(&path, "*", &json!([])), "", "wrong_type");
        let read = a.get(&format!("engagements/{id}")).expect(200).body;
        assert_eq!(read["audience"], "own");
        a.post_matching(&path, "*", &good).expect(200);
    });
}

#[test]
fn who_comes_to_be_community_led_discloses_no_more_without_consent() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let told = json!({"disclosure": "existence"});
        let consent = json!({"consent": {"given": "2026-03-10", "until": "2026-03-20"}});
        let open = with(&own_line("a", "north", &json!([])), &told);
        let without = logged(&a, &open);
        let ended = logged(&a, &with(&open, &json!({"status": "concluded"})));
        let consented = logged(&a, &with(&open, &consent));
        let disclosed =
            |id: &str| a.get(&format!("engagements/{id}")).expect(200).body["disclosure"].clone();
        let items = desk.get("organizations").expect(200).body["items"].clone();
        let found = items.as_array().into_iter().flatten().find(|each| each["key"] == "a");
        let path = format!("organizations/{}", super::id_of(found.expect("a is there")));
        desk.amend(&path, &json!({"kind": "womens_group"})).expect(200);
        assert_eq!(disclosed(&without), "match");
        assert_eq!(disclosed(&ended), "match");
        assert_eq!(disclosed(&consented), "existence");
        registry.verify();
    });
}

#[test]
fn nothing_more_is_disclosed_than_those_at_risk_consented_to() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, elders) = (registry.member("demo", "a"), registry.member("demo", "elders"));
        let told = json!({"disclosure": "summary"});
        let consent = json!({"consent": {"given": "2026-03-10", "until": "2026-03-20"}});
        let via =
            json!({"via": {"kind": "community_leader", "consent": true, "risk_assessed": true}});
        let disclosed = |person: &Person<'_>, body: &Value| {
            let made = person.post("engagements", body).expect(201).body;
            (super::id_of(&made["engagement"]), made["engagement"]["disclosure"].clone())
        };
        let of_a = with(&own_line("a", "north", &json!([])), &told);
        let of_elders = with(&own_line("elders", "north", &json!([])), &told);
        assert_eq!(disclosed(&a, &of_a).1, "summary");
        assert_eq!(disclosed(&a, &with(&of_a, &via)).1, "match");
        assert_eq!(disclosed(&elders, &of_elders).1, "match");
        let (id, told) = disclosed(&elders, &with(&of_elders, &consent));
        assert_eq!(told, "summary");
        registry.pass_days(5);
        let elders = registry.member("demo", "elders");
        let path = format!("engagements/{id}");
        assert_eq!(elders.get(&path).expect(200).body["disclosure"], "summary");
        registry.pass_days(1);
        let elders = registry.member("demo", "elders");
        assert_eq!(elders.get(&path).expect(200).body["disclosure"], "match");
        let again = json!({"consent": {"given": "2026-03-15", "until": "2026-04-10"}});
        is_fault(&elders.amend(&path, &again), "/consent", "inconsistent");
    });
}

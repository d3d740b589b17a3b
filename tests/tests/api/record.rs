//! The rest of the record: what was before, what was found, what is planned and feared, and what
//! asks to be renewed.

use concord_domain::vocabulary::Role;
use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_fault, is_problem, logged, made, own_line, with};

/// The steps of a history, each as its day and what it says.
fn steps(part: &Value, what: &str) -> Vec<String> {
    let text = |step: &Value, name: &str| step[name].as_str().unwrap_or("").to_owned();
    let history = part["history"].as_array().into_iter().flatten();
    history.map(|step| format!("{} {}", text(step, "on"), text(step, what))).collect()
}

#[test]
fn asks_and_demands_remember_what_they_were() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let mut body = line("a", "north", &asks(&["open_route"]));
        body["demands"] = json!([{"kind": "fee", "response": "negotiating"}]);
        let logged = a.post("engagements", &body).expect(201).body["engagement"].clone();
        assert_eq!(steps(&logged["asks"][0], "status"), [""; 0]);
        let (id, ask) = (id_of(&logged), id_of(&logged["asks"][0]));
        let path = format!("engagements/{id}/asks/{ask}");
        let granted = a.amend(&path, &json!({"status": "granted"})).expect(200).body;
        let all = ["2026-03-01 open", "2026-03-15 granted"];
        assert_eq!(steps(&granted["engagement"]["asks"][0], "status"), all);
        registry.set_day("2026-03-20");
        let a = registry.member("demo", "a");
        // Lists replace whole; what came before is not lost by that.
        let mut asks = logged["asks"].clone();
        for member in ["id", "history"] {
            asks[0].as_object_mut().expect("an ask").remove(member);
        }
        asks[0]["status"] = "withdrawn".into();
        let demands =
            json!([{"key": logged["demands"][0]["key"], "kind": "fee", "response": "declined"}]);
        let change = json!({"asks": asks, "demands": demands});
        let withdrawn = a.amend(&format!("engagements/{id}"), &change).expect(200).body;
        let all = ["2026-03-01 open", "2026-03-15 granted", "2026-03-20 withdrawn"];
        assert_eq!(steps(&withdrawn["engagement"]["asks"][0], "status"), all);
        let all = ["2026-03-01 negotiating", "2026-03-20 declined"];
        assert_eq!(steps(&withdrawn["engagement"]["demands"][0], "response"), all);
        let future = json!({"history": [{"on": "2026-03-21", "status": "open"}]});
        let pointer = "/asks/0/history/0/on";
        is_fault(&a.amend(&path, &future), pointer, "in_future");
    });
}

#[test]
fn a_unit_remembers_what_it_was_part_of() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let desk = registry.desk("demo");
        let unit = made(
            &desk,
            "armed-actors",
            &json!({"key": "post", "name": "The post", "kind": "militia", "parent": "north",
                "positions": [{"role": "gatekeeper", "title": "Post commander"}]}),
        );
        let path = format!("armed-actors/{unit}");
        registry.set_day("2026-05-02");
        let desk = registry.desk("demo");
        let moved = desk.amend(&path, &json!({"parent": "south"})).expect(200).body;
        let former = &moved["former_parents"];
        assert_eq!(former[0]["until"], "2026-05-02");
        assert_eq!(former[0]["from"], Value::Null);
        assert_eq!(moved["positions"][0]["role"], "gatekeeper");
        registry.set_day("2026-06-03");
        let desk = registry.desk("demo");
        let alone = desk.amend(&path, &json!({"parent": null})).expect(200).body;
        assert_eq!(alone["former_parents"][1]["from"], "2026-05-02");
        assert_eq!(alone["former_parents"][1]["until"], "2026-06-03");
        assert_eq!(alone["former_parents"][0], former[0]);
    });
}

#[test]
fn whoever_reads_a_commitment_tells_whether_it_is_kept() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let commitment = json!({"armed_actor": "group", "kind": "verbal_assurance",
            "issue": "access.movement.checkpoints", "action": "allow_passage",
            "arrangements": {"responsible": "The zone commander"}});
        let shared = with(&commitment, &json!({"audience": "operation"}));
        let (shared, own) =
            (made(&a, "commitments", &shared), made(&a, "commitments", &commitment));
        let found = json!({"on": "2026-03-01", "finding": "broken", "organization": "b",
            "places": ["leer"], "note": "Two trucks were sent back."});
        let path = format!("commitments/{shared}/verifications");
        let verified = b.post_with_key(&path, "one", &found).expect(201);
        assert_eq!(verified.body["verifications"][0]["finding"], "broken");
        let again = b.post_with_key(&path, "one", &found).expect(201);
        assert_eq!(again.body["verifications"].as_array().map(Vec::len), Some(1));
        let read = a.get(&format!("commitments/{shared}")).expect(200);
        assert_eq!(read.body["verifications"], verified.body["verifications"]);
        assert_eq!(read.body["organization"], verified.body["organization"]);
        // In the name of nobody else, of nothing hidden, and not by amending.
        let for_a = with(&found, &json!({"organization": "a"}));
        is_problem(&b.post(&path, &for_a), 403, "forbidden");
        let hidden = b.post(&format!("commitments/{own}/verifications"), &found);
        is_problem(&hidden, 404, "not_found");
        let amended = a.amend(&format!("commitments/{shared}"), &json!({"verifications": []}));
        is_fault(&amended, "/verifications", "inconsistent");
        let future = with(&found, &json!({"on": "2099-01-01"}));
        is_fault(&b.post(&path, &future), "/on", "in_future");
    });
}

#[test]
fn a_strategy_is_read_by_whom_one_of_its_lines_is_shown() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let plan = json!({"key": "plan", "organization": "a", "title": "One voice at the bridge"});
        let id = made(&a, "strategies", &plan);
        let path = format!("strategies/{id}");
        let list = |person: &concord_tests::Person<'_>| {
            person.get("strategies").expect(200).body["items"].as_array().map_or(0, Vec::len)
        };
        is_problem(&b.get(&path), 404, "not_found");
        assert_eq!((list(&a), list(&b)), (1, 0));
        // A line of somebody else that names it, or a hidden one, opens it for nobody.
        let named = |line: Value| with(&line, &json!({"strategy": "plan"}));
        logged(&b, &named(line("b", "north", &asks(&[]))));
        logged(&a, &named(own_line("a", "north", &asks(&[]))));
        is_problem(&b.get(&path), 404, "not_found");
        logged(&a, &named(line("a", "north", &asks(&[]))));
        assert_eq!(b.get(&path).expect(200).body["title"], "One voice at the bridge");
        assert_eq!(list(&b), 1);
        is_problem(&b.amend(&path, &json!({"title": "Another"})), 403, "forbidden");
        // Keys are each owner's own.
        let other = made(&b, "strategies", &with(&plan, &json!({"organization": "b"})));
        assert_ne!(other, id);
        is_fault(&a.post("strategies", &plan), "/key", "duplicate_key");
        let auditor = registry.person("demo", Role::Auditor, None);
        is_problem(&auditor.get("strategies"), 403, "forbidden");
    });
}

#[test]
fn the_desk_keeps_protection_risks_for_all() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let risk = json!({"key": "boys", "title": "Boys are recruited at the crossing",
            "issue": "protection.children.recruitment", "armed_actor": "group", "places": ["leer"]});
        is_problem(&a.post("protection-risks", &risk), 403, "forbidden");
        let id = made(&desk, "protection-risks", &risk);
        let read = a.get(&format!("protection-risks/{id}")).expect(200).body;
        assert_eq!(read["title"], "Boys are recruited at the crossing");
        let merge = json!({"into": "south"});
        let north = a.get("armed-actors").expect(200).body["items"][1]["id"].clone();
        let path = format!("protection-risks/{id}");
        desk.amend(&path, &json!({"armed_actor": north})).expect(200);
        let merging = format!("armed-actors/{}/merge", north.as_str().expect("an id"));
        desk.post_matching(&merging, "*", &merge).expect(200);
        let south = a.get("armed-actors").expect(200).body["items"][1]["id"].clone();
        assert_eq!(a.get(&path).expect(200).body["armed_actor"], south);
    });
}

#[test]
fn what_nobody_touched_for_sixty_days_asks_to_be_renewed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let quiet = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let met = logged(&a, &line("a", "south", &asks(&[])));
        let over =
            logged(&a, &with(&line("a", "group", &asks(&[])), &json!({"until": "2026-03-05"})));
        logged(&b, &line("b", "north", &asks(&[])));
        registry.set_day("2026-04-20");
        let a = registry.member("demo", "a");
        a.post(&format!("engagements/{met}/contacts"), &json!({"on": "2026-04-20"})).expect(201);
        let stale = || -> Vec<String> {
            let a = registry.member("demo", "a");
            let answer = a.get("renewals").expect(200).body;
            answer["items"].as_array().into_iter().flatten().map(id_of).collect()
        };
        assert_eq!(stale(), [""; 0]);
        registry.set_day("2026-05-20");
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        assert_eq!(stale(), std::slice::from_ref(&quiet));
        assert_ne!(stale(), [over]);
        let path = format!("engagements/{quiet}");
        let read = a.get(&path).expect(200);
        let renewal = format!("{path}/renewal");
        is_problem(&a.request("POST", &renewal, &[], None), 428, "precondition_required");
        is_problem(&b.request("POST", &renewal, &[("if-match", "*")], None), 403, "forbidden");
        let tag = read.etag();
        let renewed = a.request("POST", &renewal, &[("if-match", &tag)], None).expect(200);
        assert_eq!(renewed.body["renewed_on"], "2026-05-20");
        assert_eq!(stale(), [""; 0]);
        is_problem(&a.request("POST", &renewal, &[("if-match", &tag)], None), 412, "stale");
        registry.set_day("2026-07-25");
        assert_eq!(stale(), [met, quiet]);
        registry.verify();
    });
}

#[test]
fn several_are_made_or_refused_each_by_itself() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let items = json!({"items": [
            line("a", "north", &asks(&["open_route"])),
            line("a", "nowhere", &asks(&[])),
            line("b", "north", &asks(&[])),
            line("a", "south", &asks(&["open_route"])),
        ]});
        let answer = a.post_with_key("engagements/bulk", "evening", &items).expect(200);
        let statuses: Vec<&Value> =
            answer.body["items"].as_array().into_iter().flatten().map(|i| &i["status"]).collect();
        assert_eq!(statuses, [201, 422, 403, 201]);
        let first = &answer.body["items"][0];
        assert_eq!(first["made"]["flags"][0]["kind"], "contradiction");
        let location = first["location"].as_str().expect("an address");
        assert_eq!(a.get(location).expect(200).etag(), first["etag"]);
        let fault = &answer.body["items"][1]["problem"]["errors"][0];
        assert_eq!(fault["pointer"], "/armed_actor");
        let again = a.post_with_key("engagements/bulk", "evening", &items).expect(200);
        assert_eq!(again.body["items"][0]["location"], first["location"]);
        let all = a.get("engagements").expect(200).body["items"].as_array().map(Vec::len);
        assert_eq!(all, Some(3));
        a.post_with_key("engagements/bulk", "", &items).expect(400);
        let long = a.post_with_key("engagements/bulk", &"e".repeat(100), &items).expect(200);
        assert_eq!(long.body["items"][0]["status"], 201);
        for wrong in [json!({}), json!({"items": []}), json!({"items": 3})] {
            is_fault(&a.post("places/bulk", &wrong), "/items", "out_of_range");
        }
        registry.verify();
    });
}

#[test]
fn reasons_and_rules_are_said_in_the_language_that_is_asked_for() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let said = |language: &str| {
            let headers = [("accept-language", language)];
            let path = format!("engagements/{id}/flags");
            let flag = a.request("GET", &path, &headers, None).expect(200).body["flags"][0].clone();
            let because = flag["because"].as_array().into_iter().flatten();
            let sentences = because.map(|each| each["sentence"].as_str().unwrap_or("").to_owned());
            (
                flag["about"]["title"].as_str().unwrap_or("").to_owned(),
                sentences.collect::<Vec<_>>(),
            )
        };
        let english = said("en");
        for (asked, language) in [("fr-CH, en;q=0.8", "fr"), ("de, es;q=0.5", "es"), ("ar", "ar")] {
            let translated = said(asked);
            assert_ne!(translated.0, english.0, "{language}");
            assert_eq!(translated.1.len(), english.1.len());
            for (said, in_english) in translated.1.iter().zip(&english.1) {
                assert_ne!(said, in_english, "{language}");
                assert!(!said.contains('{'), "{said}");
            }
            assert_eq!(said(language), translated);
        }
        for unknown in ["de", "", "*", ";;;q=", "x-klingon;q=2"] {
            assert_eq!(said(unknown), english, "{unknown}");
        }
        let rules = a.request("GET", "/v1/rules", &[("accept-language", "es")], None).expect(200);
        assert_eq!(rules.body["items"][0]["title"], said("es").0);
        assert_eq!(rules.header("vary"), Some("accept-language"));
        let list = a.get("/v1/vocabulary/failure_reason").expect(200);
        let definition = &list.body["entries"][0]["definition"];
        assert!(["en", "fr", "es", "ar"].iter().all(|l| definition[l].is_string()), "{definition}");
    });
}

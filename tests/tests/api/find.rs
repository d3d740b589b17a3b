//! Finding engagements, what happened with an armed actor, and who talks to whom.

use concord_domain::vocabulary::Role;
use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, is_fault, is_problem, logged, made, own_line, with};

/// The ids of what a question finds.
#[track_caller]
fn found(person: &Person<'_>, question: &Value) -> Vec<String> {
    let answer = person.post("search", question).expect(200).body;
    assert_eq!(answer["next"], Value::Null);
    let items = answer["items"].as_array().into_iter().flatten();
    items.map(|item| item["id"].as_str().unwrap_or("").to_owned()).collect()
}

#[test]
fn engagements_are_found_by_what_they_are_about() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let top = logged(
            &a,
            &with(
                &line("a", "group", &asks(&[])),
                &json!({"from": "2026-01-01",
            "until": "2026-01-31", "level": "strategic", "status": "concluded"}),
            ),
        );
        let north = logged(
            &a,
            &with(
                &line("a", "north", &asks(&["open_route"])),
                &json!({"places": ["leer"], "summary": "The BRIDGE stays shut", "from": "2026-02-01"}),
            ),
        );
        let south = logged(
            &b,
            &with(
                &line("b", "south", &asks(&[])),
                &json!({"places": ["koch"],
            "from": "2026-03-01", "method": "mediation", "partners": ["c"],
            "demands": [{"kind": "fee", "response": "declined"}]}),
            ),
        );
        let hidden = logged(
            &b,
            &with(
                &own_line("b", "north", &asks(&["open_route"])),
                &json!({"summary": "The bridge"}),
            ),
        );
        assert_eq!(found(&a, &json!({})), [south.clone(), north.clone(), top.clone()]);
        for (question, expected) in [
            (json!({"armed_actor": "group"}), vec![&south, &north, &top]),
            (json!({"armed_actor": "north"}), vec![&north, &top]),
            (json!({"place": "leer"}), vec![&north, &top]),
            (json!({"place": "unity"}), vec![&south, &north, &top]),
            (json!({"issue": "access.movement"}), vec![&north]),
            (json!({"issue": "access"}), vec![&south, &north]),
            (json!({"issue": "protection"}), vec![]),
            (json!({"organization": "c"}), vec![&south]),
            (json!({"organization": "a"}), vec![&north, &top]),
            (json!({"level": "strategic"}), vec![&top]),
            (json!({"method": "mediation"}), vec![&south]),
            (json!({"status": "concluded"}), vec![&top]),
            (json!({"until": "2026-01-15"}), vec![&top]),
            (json!({"from": "2026-02-01"}), vec![&south, &north]),
            (json!({"words": "bridge SHUT"}), vec![&north]),
            (json!({"words": "bridge open"}), vec![]),
            (json!({"words": "bridge", "armed_actor": "south"}), vec![]),
        ] {
            assert_eq!(
                found(&a, &question),
                expected.into_iter().cloned().collect::<Vec<_>>(),
                "{question}"
            );
        }
        assert_eq!(found(&b, &json!({"words": "bridge"})), [hidden, north]);
        let auditor = registry.person("demo", Role::Auditor, None);
        for path in ["search", "timelines", "networks"] {
            is_problem(&auditor.post(path, &json!({"armed_actor": "group"})), 403, "forbidden");
            is_fault(
                &a.post(path, &json!({"armed_actor": "nobody"})),
                "/armed_actor",
                "unknown_reference",
            );
            is_fault(&a.post(path, &json!({"name": "x"})), "/name", "unknown_member");
            let reversed =
                json!({"armed_actor": "north", "from": "2026-02-01", "until": "2026-01-01"});
            is_fault(&a.post(path, &reversed), "/until", "reversed_window");
        }
        is_fault(&a.post("timelines", &json!({})), "/armed_actor", "missing");
        is_fault(&a.post("search", &json!({"limit": 201})), "/limit", "out_of_range");
        is_fault(&a.post("search", &json!({"cursor": "00.00"})), "/cursor", "malformed");
    });
}

#[test]
fn what_is_found_comes_in_pages() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let days = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"];
        let mut logged: Vec<String> = days
            .iter()
            .enumerate()
            .map(|(turn, day)| {
                let members = json!({"from": day, "summary": if turn == 2 { "no" } else { "yes" }});
                logged(&a, &with(&line("a", "north", &asks(&[])), &members))
            })
            .collect();
        logged.remove(2);
        logged.reverse();
        let (mut seen, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let question = json!({"words": "yes", "limit": 1, "cursor": cursor});
            let page = a.post("search", &question).expect(200).body;
            assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
            seen.push(page["items"][0]["id"].as_str().unwrap_or("").to_owned());
            cursor = page["next"].clone();
            if cursor.is_null() {
                break;
            }
            let other = json!({"words": "no", "limit": 1, "cursor": cursor});
            is_fault(&a.post("search", &other), "/cursor", "malformed");
        }
        assert_eq!(seen, logged);
    });
}

#[test]
fn a_timeline_tells_what_happened_day_by_day() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["leads"] = json!([{"key": "l", "armed_actor": "group", "organization": "c", "from": "2026-01-10"}]);
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let members = json!({"contacts": [{"on": "2026-03-02"}],
            "demands": [{"kind": "fee", "response": "declined"}]});
        logged(&a, &with(&line("a", "north", &asks(&["open_route"])), &members));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        logged(&b, &line("b", "south", &asks(&["close_route"])));
        made(
            &b,
            "commitments",
            &json!({"armed_actor": "group", "kind": "verbal_assurance",
            "issue": "access", "action": "allow_passage", "from": "2026-02-01", "audience": "operation",
            "verifications": [{"on": "2026-02-20", "finding": "kept", "organization": "b"}]}),
        );
        let timeline = a.post("timelines", &json!({"armed_actor": "north"})).expect(200).body;
        let events: Vec<String> = timeline["events"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|event| {
                format!(
                    "{} {}",
                    event["on"].as_str().unwrap_or(""),
                    event["kind"].as_str().unwrap_or("")
                )
            })
            .collect();
        for expected in [
            "2026-03-02 contact",
            "2026-03-01 line_began",
            "2026-03-01 ask",
            "2026-03-01 demand",
            "2026-02-01 commitment_began",
            "2026-02-20 verification",
            "2026-01-10 lead_began",
            "2026-03-15 flag_raised",
        ] {
            assert!(events.contains(&expected.to_owned()), "{expected}: {events:?}");
        }
        let mut sorted = events.clone();
        sorted.sort_by(|a, b| b[..10].cmp(&a[..10]));
        assert_eq!(sorted, events);
        assert_eq!(events.iter().filter(|event| event.ends_with("line_began")).count(), 2);
        let short = json!({"armed_actor": "north", "from": "2026-02-10", "until": "2026-02-28"});
        let short = a.post("timelines", &short).expect(200).body;
        assert_eq!(short["events"].as_array().map(Vec::len), Some(1));
        assert_eq!(short["events"][0]["outcome"]["code"], "kept");
    });
}

#[test]
fn what_changed_this_week_in_what_ones_organisation_keeps_is_told_day_by_day() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["leads"] = json!([{"key": "l", "armed_actor": "south", "organization": "a", "from": "2026-03-10"}]);
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let changes = |person: &Person<'_>| {
            let told = person.get("changes").expect(200).body;
            assert_eq!(
                (&told["from"], &told["until"]),
                (&json!("2026-03-09"), &json!("2026-03-15"))
            );
            let line = |event: &Value| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                format!(
                    "{} {} {}",
                    text(&event["on"]),
                    text(&event["kind"]),
                    text(&event["outcome"]["code"])
                )
            };
            told["events"].as_array().expect("a list").iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(changes(&b), Vec::<String>::new());
        let met = json!({"contacts": [{"on": "2026-03-02"}, {"on": "2026-03-12"}]});
        let own = logged(&a, &with(&line("a", "north", &asks(&["open_route"])), &met));
        // What others do, with the same armed actor, is no change of one's own, but for the flag.
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let ended = json!({"until": "2026-03-14", "status": "concluded"});
        logged(&a, &with(&line("a", "south", &asks(&["open_route"])), &ended));
        let list = a.get("flags").expect(200).body;
        let flag = list["items"][0]["id"].as_str().expect("a flag");
        b.post(&format!("flags/{flag}/steps"), &json!({"state": "coordinating"})).expect(200);
        let told = changes(&a);
        assert!(told.is_sorted_by(|a, b| a[..10] >= b[..10]), "{told:?}");
        for expected in [
            "2026-03-15 flag_raised open",
            "2026-03-15 flag_moved coordinating",
            "2026-03-14 line_ended ",
            "2026-03-12 contact ",
            "2026-03-10 lead_began ",
        ] {
            assert!(told.contains(&expected.to_owned()), "{expected}: {told:?}");
        }
        // What lies longer back is no change of this week.
        assert!(told.iter().all(|event| !event.contains("line_began")), "{told:?}");
        let of_b = changes(&b);
        assert!(of_b.iter().all(|event| event.contains(" flag_")), "{of_b:?}");
        assert_eq!(of_b.len(), told.iter().filter(|event| event.contains(" flag_")).count());
        // Nobody is told of a flag with a line that they may not read.
        let hidden = json!({"audience": "own", "disclosure": "match"});
        let c = registry.member("demo", "c");
        logged(&c, &with(&line("c", "north", &asks(&["close_route"])), &hidden));
        assert_eq!((changes(&a), changes(&b)), (told, of_b));
        assert_eq!(a.get(&format!("engagements/{own}")).expect(200).body["id"], own.as_str());
        is_problem(&registry.person("demo", Role::Auditor, None).get("changes"), 403, "forbidden");
    });
}

#[test]
fn what_changes_in_what_a_line_has_left_is_told_as_well() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let kinds = |person: &Person<'_>| -> Vec<String> {
            let told = person.get("changes").expect(200).body;
            let events = told["events"].as_array().expect("a list").iter();
            events.map(|event| event["kind"].as_str().expect("a kind").to_owned()).collect()
        };
        let met = json!({"contacts": [{"on": "2026-03-12"}]});
        let ended = logged(&a, &with(&line("a", "north", &asks(&["open_route"])), &met));
        made(
            &a,
            "commitments",
            &json!({"armed_actor": "north", "kind": "written_agreement", "engagement": ended,
                "issue": "access.movement.checkpoints", "action": "allow_passage", "terms": {"notice_hours": 24},
                "from": "2026-01-01"}),
        );
        a.amend(&format!("engagements/{ended}"), &json!({"status": "concluded"})).expect(200);
        assert!(kinds(&a).contains(&"contact".to_owned()), "{:?}", kinds(&a));
        let reopened = json!([{"issue": "access.movement.checkpoints", "action": "allow_passage",
            "terms": {"notice_hours": 48}}]);
        logged(&b, &line("b", "north", &reopened));
        let list = a.get("flags").expect(200);
        assert!(list.text.contains("undercuts_commitment"), "{}", list.text);
        assert!(kinds(&a).contains(&"flag_raised".to_owned()), "{:?}", kinds(&a));
    });
}

#[test]
fn the_network_shows_who_talks_to_whom_and_what_is_missing() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["protection_risks"] = json!([
            {"key": "boys", "title": "Recruitment at Leer", "issue": "protection.children.recruitment",
             "armed_actor": "group", "places": ["leer"]},
            {"key": "roads", "title": "Nobody passes", "issue": "access.movement.routes", "armed_actor": "group"},
        ]);
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let members =
            json!({"partners": ["c"], "contacts": [{"on": "2026-03-02"}, {"on": "2026-03-03"}]});
        logged(&a, &with(&line("a", "north", &asks(&["open_route"])), &members));
        logged(&b, &own_line("b", "south", &asks(&["open_route"])));
        let network = a.post("networks", &json!({})).expect(200).body;
        let edges = network["edges"].as_array().expect("edges");
        let edge = |edge: &Value| {
            format!(
                "{} {} {} {}",
                edge["organization"]["name"].as_str().unwrap_or(""),
                edge["armed_actor"]["name"].as_str().unwrap_or(""),
                edge["contacts"],
                edge["as_partner"]
            )
        };
        let edges: Vec<String> = edges.iter().map(edge).collect();
        assert_eq!(
            edges,
            ["Organisation A The Group, north 2 0", "Organisation C The Group, north 2 1"]
        );
        assert_eq!(network["armed_actors"][0]["topmost"]["name"], "The Group");
        let gaps: Vec<String> = network["gaps"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|gap| {
                let what =
                    gap["risk"]["name"].as_str().or(gap["level"]["code"].as_str()).unwrap_or("");
                format!("{} {what}", gap["kind"].as_str().unwrap_or(""))
            })
            .collect();
        assert_eq!(
            gaps,
            [
                "issue Recruitment at Leer",
                "level strategic",
                "level operational",
                "level community"
            ]
        );
        let cells: Vec<(String, Value, Value)> = network["actor_by_issue"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|cell| {
                (
                    cell["issue"]["code"].as_str().unwrap_or("").to_owned(),
                    cell["asks"].clone(),
                    cell["risks"].clone(),
                )
            })
            .collect();
        let expected = [
            ("access.movement".to_owned(), json!(0), json!(1)),
            ("protection.children".to_owned(), json!(0), json!(1)),
            ("access.movement".to_owned(), json!(1), json!(0)),
        ];
        assert_eq!(cells, expected);
        // In Koch nobody asks, and the risk is elsewhere.
        let koch =
            a.post("networks", &json!({"place": "koch", "issue": "protection"})).expect(200).body;
        assert_eq!(
            koch["gaps"],
            json!([{"kind": "armed_actor", "armed_actor": koch["gaps"][0]["armed_actor"],
            "issue": null, "risk": null, "level": null}])
        );
    });
}

#[test]
fn what_is_hidden_changes_nothing_that_is_found() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let questions = [
            ("search", json!({"armed_actor": "north", "words": "bridge"})),
            ("search", json!({"limit": 1})),
            ("timelines", json!({"armed_actor": "north"})),
            ("networks", json!({})),
        ];
        let answers = || -> Vec<_> {
            questions.iter().map(|(path, body)| all_of(&a.post(path, body))).collect()
        };
        let before = answers();
        let hidden = json!({"summary": "The bridge", "strategy": "plan", "contacts": [{"on": "2026-03-02"}]});
        let hidden = with(&own_line("b", "north", &asks(&["stop"])), &hidden);
        for turn in 0..3 {
            logged(&b, &with(&hidden, &json!({"from": format!("2026-03-0{}", turn + 1)})));
        }
        assert_eq!(answers(), before);
    });
}

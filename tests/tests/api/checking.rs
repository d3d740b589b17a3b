//! Asking about lines that one may not read: the word, the receipt, the budgets, what follows on
//! a later day, and what the desk is told.

use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Database, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, id_of, is_fault, is_problem, logged, own_line, restricted, with};

pub(super) fn question(organization: &str, armed_actor: &str, actions: &[&str]) -> Value {
    json!({"organization": organization, "armed_actor": armed_actor, "level": "tactical",
        "method": "negotiation", "from": "2026-03-16", "until": "2026-03-30", "places": ["leer"],
        "asks": asks(actions), "purpose": "A meeting on Thursday"})
}

#[track_caller]
pub(super) fn word(person: &Person<'_>, question: &Value) -> String {
    let answer = person.post("checks", question).expect(200);
    answer.body["word"].as_str().expect("a word").to_owned()
}

fn left(answer: &Answer) -> (u64, u64) {
    let left = |whose: &str| answer.body["left"][whose].as_u64().expect("a number");
    (left("person"), left("organization"))
}

/// An operation with other budgets: of questions of a person and an organisation, and of matches.
pub(super) fn with_budgets(registry: &Registry, budgets: [u32; 4]) {
    let mut world = small_world();
    let [person, organization, matches, matches_of_all] = budgets;
    let members = json!({"questions_per_person": person,
        "questions_per_organization": organization, "matches_per_person": matches,
        "matches_per_organization": matches_of_all});
    world["operation"] = with(&world["operation"], &members);
    registry.import(&world);
}

/// A line that only its owner reads, and that discloses this.
fn hidden(organization: &str, actions: &[&str], disclosure: &str) -> Value {
    with(&own_line(organization, "north", &asks(actions)), &json!({"disclosure": disclosure}))
}

#[test]
fn one_of_three_words_is_told_of_what_may_not_be_read() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &hidden("a", &["open_route"], "match"));
        for (actor, actions, expected) in [
            ("north", &["close_route"][..], "coordinate_first"),
            ("group", &["close_route", "open_route"], "coordinate_first"),
            ("north", &["open_route"], "possible"),
            ("north", &["allow_passage"], "none_known"),
            ("south", &["close_route"], "none_known"),
        ] {
            let answer = b.post("checks", &question("b", actor, actions)).expect(200);
            assert_eq!(answer.body["word"], expected, "{actor} {actions:?}");
            assert_eq!(answer.flags(), [""; 0]);
        }
        // Passing by a community's own line is class process.
        let elders = registry.member("demo", "elders");
        let own = with(
            &own_line("elders", "south", &asks(&["allow_movement"])),
            &json!({"disclosure": "match"}),
        );
        logged(&elders, &own);
        let passing = question("b", "south", &["allow_passage"]);
        assert_eq!(word(&b, &passing), "coordinate_first");
        registry.verify();
    });
}

#[test]
fn what_discloses_nothing_and_what_goes_well_leave_every_byte_as_it_was() {
    on_each_database(|registry: &Registry| {
        let ask = |hidden_line: &Value, action: &str| {
            let registry = Registry::with(registry.database, &small_world());
            let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
            registry.member("demo", "c");
            // Something is there in either world, so that both have used as many ids.
            logged(&a, hidden_line);
            let answer = b.post("checks", &question("b", "north", &[action])).expect(200);
            let receipts = b.get("checks").expect(200);
            let id = answer.body["receipt"].as_str().expect("an id").to_owned();
            let receipt = b.get(&format!("checks/{id}")).expect(200);
            [answer, receipts, receipt].map(|answer| all_of(&answer))
        };
        let south = own_line("a", "south", &asks(&["open_route"]));
        let absent = ask(&south, "close_route");
        assert_eq!(ask(&hidden("a", &["open_route"], "none"), "close_route"), absent);
        let goes_well = hidden("a", &["open_route"], "match");
        assert_eq!(ask(&goes_well, "allow_movement"), ask(&south, "allow_movement"));
        // With a match the word differs and nothing else: not even the length.
        for disclosure in ["match", "existence", "summary"] {
            let matched = ask(&hidden("a", &["open_route"], disclosure), "close_route");
            for (matched, absent) in matched.iter().zip(&absent) {
                assert_eq!(matched.0, absent.0);
                assert_eq!(matched.2.len(), absent.2.len());
                assert_eq!(matched.1, absent.1);
                let words = |text: &str| text.replace("coordinate_first", "none_known");
                assert_eq!(words(&matched.2).trim_end(), absent.2.trim_end());
                assert!(matched.2.contains("coordinate_first"));
            }
        }
    });
}

#[test]
fn a_question_has_bounds() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["places"][0]["parent"] = "country".into();
        let places = world["places"].as_array_mut().expect("places");
        places.insert(0, json!({"key": "country", "name": "The country", "level": 0}));
        registry.import(&world);
        let b = registry.member("demo", "b");
        let good = question("b", "north", &["open_route"]);
        let ask = |members: Value| {
            let mut ask = good["asks"][0].clone();
            ask.as_object_mut().expect("an ask").extend(members.as_object().expect("some").clone());
            json!({ "asks": [ask] })
        };
        for (members, pointer, code) in [
            (json!({"purpose": null}), "/purpose", "missing"),
            (json!({"purpose": "  "}), "/purpose", "missing"),
            (json!({"armed_actor": null}), "/armed_actor", "missing"),
            (json!({"places": []}), "/places", "missing"),
            (json!({"places": ["leer", "country"]}), "/places/1", "out_of_range"),
            (json!({"asks": []}), "/asks", "missing"),
            (json!({"until": null}), "/until", "missing"),
            (json!({"until": "2026-04-16"}), "/until", "out_of_range"),
            (json!({"until": "2026-03-15"}), "/until", "reversed_window"),
            (ask(json!({"places": ["country"]})), "/asks/0/places/0", "out_of_range"),
            (ask(json!({"from": "2026-03-15"})), "/asks/0/from", "out_of_range"),
            (ask(json!({"until": "2026-03-31"})), "/asks/0/until", "out_of_range"),
        ] {
            is_fault(&b.post("checks", &with(&good, &members)), pointer, code);
        }
        // What is refused counts nothing, and 31 days are as many as there may be.
        let longest = with(&good, &json!({"until": "2026-04-15", "places": ["unity"]}));
        assert_eq!(left(&b.post("checks", &longest).expect(200)), (19, 59));
    });
}

#[test]
fn a_receipt_tells_the_word_that_was_told_to_who_asked_and_to_the_focal_point() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let colleague = registry.member("demo", "b");
        let focal_point = registry.person("demo", Role::FocalPoint, Some("b"));
        let body = question("b", "north", &["close_route"]);
        let asked = b.post_with_key("checks", "one", &body).expect(200);
        assert_eq!(asked.body["word"], "none_known");
        let id = asked.body["receipt"].as_str().expect("an id").to_owned();
        // Sent again under its key it is the same question, and counts once.
        let again = b.post_with_key("checks", "one", &body).expect(200);
        assert_eq!(again.body["receipt"], asked.body["receipt"]);
        assert_eq!(left(&again), (19, 59));
        let path = format!("checks/{id}");
        let before = b.get(&path).expect(200);
        logged(&a, &hidden("a", &["open_route"], "match"));
        assert_eq!(b.get(&path).expect(200).text, before.text, "a receipt is not found anew");
        let replayed = b.post_with_key("checks", "one", &body).expect(200);
        assert_eq!(replayed.body["word"], "none_known");
        registry.pass_seconds(1);
        assert_eq!(word(&b, &body), "coordinate_first");
        assert_eq!(before.body["question"]["purpose"], "A meeting on Thursday");
        assert_eq!(before.body["question"]["asks"][0]["action"], "close_route");
        for (person, count) in [(&b, 2), (&focal_point, 2), (&colleague, 0), (&a, 0)] {
            let list = person.get("checks").expect(200);
            assert_eq!(list.body["items"].as_array().expect("receipts").len(), count);
        }
        assert_eq!(focal_point.get(&path).expect(200).text, before.text);
        let first = b.get("checks?limit=1").expect(200);
        assert_eq!(first.body["items"][0]["word"], "coordinate_first");
        let next = first.body["next"].as_str().expect("there is more");
        let second = b.get(&format!("checks?limit=1&cursor={next}")).expect(200);
        assert_eq!(
            (&second.body["items"][0]["id"], &second.body["next"]),
            (&json!(id), &json!(null))
        );
        for person in [&colleague, &a, &registry.desk("demo")] {
            is_problem(&person.get(&path), 404, "not_found");
        }
        is_problem(&registry.administrator().get("/v1/operations/demo/checks"), 403, "forbidden");
    });
}

#[test]
fn every_answer_says_in_four_languages_that_none_known_is_no_clearance() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let b = registry.member("demo", "b");
    let body = question("b", "north", &["open_route"]).to_string();
    for (language, says) in [
        ("en", "`none_known` is no clearance"),
        ("fr", "`none_known` n’est pas un feu vert"),
        ("es", "`none_known` no es una autorización"),
        ("ar", "`none_known` ليست ضوءاً أخضر"),
    ] {
        let headers = [("content-type", "application/json"), ("accept-language", language)];
        let answer = b.request("POST", "checks", &headers, Some(body.as_bytes())).expect(200);
        assert!(answer.body["note"].as_str().expect("a note").contains(says), "{}", answer.text);
        let receipts = b.request("GET", "checks", &headers[1..], None).expect(200);
        assert!(receipts.body["items"][0]["note"].as_str().expect("a note").contains(says));
    }
}

#[test]
fn a_person_and_an_organisation_ask_so_much_a_day() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [3, 5, 10, 30]);
        let (b, colleague) = (registry.member("demo", "b"), registry.member("demo", "b"));
        let body = question("b", "north", &["open_route"]);
        for remaining in [(2, 4), (1, 3), (0, 2)] {
            assert_eq!(left(&b.post("checks", &body).expect(200)), remaining);
        }
        let refused = b.post("checks", &body);
        is_problem(&refused, 429, "budget_spent");
        // It is noon: the day of the operation ends in twelve hours.
        assert_eq!(refused.header("retry-after"), Some("43200"));
        let log = registry.person("demo", Role::FocalPoint, Some("b")).get("audit").expect(200);
        let of_checks = log.body["items"].as_array().expect("records").iter();
        let of_checks = of_checks.filter(|record| record["action"] == "check");
        let mut deeds: Vec<&str> = of_checks.filter_map(|record| record["deed"].as_str()).collect();
        deeds.sort_unstable();
        assert_eq!(deeds, ["changed", "changed", "changed", "refused"]);
        assert_eq!(left(&colleague.post("checks", &body).expect(200)), (2, 1));
        // An entry counts as a check does.
        logged(&colleague, &line("b", "south", &json!([])));
        let refused = colleague.post("checks", &body);
        is_problem(&refused, 429, "budget_spent");
        assert!(refused.text.contains("your organisation"), "{}", refused.text);
        assert_eq!(
            left(
                &registry
                    .member("demo", "c")
                    .post("checks", &question("c", "north", &["open_route"]))
                    .expect(200)
            ),
            (2, 4)
        );
        let login = b.login.clone();
        registry.pass_days(1);
        let b = registry.signed_in(&login, "demo");
        assert_eq!(left(&b.post("checks", &body).expect(200)), (2, 4));
    });
}

#[test]
fn the_budgets_are_the_operations_to_set() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let (b, desk) = (registry.member("demo", "b"), registry.desk("demo"));
    let change = json!({"questions_per_person": 1});
    is_problem(&b.amend("/v1/operations/demo", &change), 403, "forbidden");
    for wrong in [json!(0), json!(10_001), json!(1.5)] {
        let refused = desk.amend("/v1/operations/demo", &json!({"questions_per_person": wrong}));
        is_fault(&refused, "/questions_per_person", "out_of_range");
    }
    desk.amend("/v1/operations/demo", &change).expect(200);
    let body = question("b", "north", &["open_route"]);
    assert_eq!(left(&b.post("checks", &body).expect(200)), (0, 59));
    is_problem(&b.post("checks", &body), 429, "budget_spent");
    desk.amend("/v1/operations/demo", &json!({"questions_per_person": null})).expect(200);
    assert_eq!(left(&b.post("checks", &body).expect(200)), (18, 58));
}

#[test]
fn of_many_at_once_no_more_are_answered_than_may_be() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [7, 10, 10, 30]);
        let people = [registry.member("demo", "b"), registry.member("demo", "b")];
        let body = question("b", "north", &["open_route"]);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let people = &people;
            let body = &body;
            let asking: Vec<_> = (0..24)
                .map(|number| scope.spawn(move || people[number % 2].post("checks", body).status))
                .collect();
            asking.into_iter().map(|each| each.join().expect("an answer")).collect()
        });
        let of = |status: u16| statuses.iter().filter(|each| **each == status).count();
        assert_eq!((of(200), of(429)), (10, 14), "{statuses:?}");
    });
}

#[test]
fn beyond_the_budget_an_entry_is_saved_and_its_lines_follow_the_next_day() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [2, 60, 10, 30]);
        let (a, b, desk) =
            (registry.member("demo", "a"), registry.member("demo", "b"), registry.desk("demo"));
        logged(&a, &hidden("a", &["open_route"], "match"));
        logged(&a, &line("a", "south", &asks(&["open_route"])));
        let closing = own_line("b", "north", &asks(&["close_route"]));
        let first = b.post("engagements", &closing).expect(201);
        assert_eq!(restricted(&first), ["conflict"]);
        let changed = b.amend(
            &format!("engagements/{}", id_of(&first.body["engagement"])),
            &json!({"asks": asks(&["close_route", "open_route"])}),
        );
        assert_eq!(restricted(&changed.expect(200)), ["conflict", "overlap"]);
        is_problem(
            &b.post("checks", &question("b", "north", &["open_route"])),
            429,
            "budget_spent",
        );
        // By one call, by one of several, and by a bundle.
        let one = b.post("engagements", &closing).expect(201);
        registry.pass_seconds(1);
        let readable = b.post("engagements", &own_line("b", "south", &asks(&["close_route"])));
        assert_eq!(readable.expect(201).flags(), ["contradiction critical"]);
        registry.pass_seconds(1);
        let several = b.post("engagements/bulk", &json!({ "items": [closing] })).expect(200);
        let made = &several.body["items"][0]["made"];
        assert_eq!(
            (&made["restricted"], made["engagement"]["status"].as_str()),
            (&json!([]), Some("ongoing"))
        );
        let mut bundle = json!({"format": "concord.bundle/1", "operation": {"key": "demo"}});
        bundle["operation"]["name"] = "Demonstration".into();
        let keyed = json!({"key": "imported", "asks": [{"key": "imported-ask",
            "issue": "access.movement.routes", "action": "close_route"}]});
        bundle["engagements"] = json!([with(&closing, &keyed)]);
        b.post("bundles", &bundle).expect(200);
        let shown = || {
            let b = registry.signed_in(&b.login, "demo");
            let id = id_of(&one.body["engagement"]);
            let of_one = b.get(&format!("engagements/{id}/flags")).expect(200);
            let brief = b.post("briefs", &json!({"armed_actor": "north", "day": "2026-03-15"}));
            let classes = brief.expect(200).body["restricted"].as_array().map_or(0, Vec::len);
            (restricted(&of_one).len(), restricted(&b.get("flags").expect(200)).len(), classes)
        };
        assert_eq!(restricted(&one), [""; 0]);
        assert_eq!(shown(), (0, 2, 2));
        let waiting = desk.get("desk/waiting").expect(200);
        let items = waiting.body["items"].as_array().expect("a list").clone();
        assert_eq!(items.len(), 1);
        assert_eq!((&items[0]["entries"], &items[0]["since"]), (&json!(4), &json!("2026-03-15")));
        is_problem(&b.get("desk/waiting"), 403, "forbidden");
        registry.pass_days(1);
        // Two of four: as much as a day answers, what was written first before the rest.
        assert_eq!(shown().0, 1);
        let b_again = registry.signed_in(&b.login, "demo");
        is_problem(
            &b_again.post("checks", &question("b", "north", &["open_route"])),
            429,
            "budget_spent",
        );
        registry.pass_days(1);
        assert_eq!(shown().1, 5);
        let desk = registry.signed_in(&desk.login, "demo");
        assert_eq!(desk.get("desk/waiting").expect(200).body["items"], json!([]));
        registry.verify();
    });
}

#[test]
fn what_is_changed_beyond_the_budget_stands_as_it_was_shown() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [1, 60, 10, 30]);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &hidden("a", &["open_route"], "match"));
        let first = b.post("engagements", &own_line("b", "north", &asks(&["close_route"])));
        let first = first.expect(201);
        assert_eq!(restricted(&first), ["conflict"]);
        let path = format!("engagements/{}", id_of(&first.body["engagement"]));
        // To go away would say as much as to come.
        let moved = b.amend(&path, &json!({"armed_actor": "south"})).expect(200);
        assert_eq!(restricted(&moved), ["conflict"]);
        let back = b.amend(&path, &json!({"armed_actor": "north", "asks": asks(&["open_route"])}));
        assert_eq!(restricted(&back.expect(200)), ["conflict"]);
        registry.pass_days(1);
        let b = registry.signed_in(&b.login, "demo");
        assert_eq!(restricted(&b.get(&format!("{path}/flags")).expect(200)), ["overlap"]);
    });
}

#[test]
fn what_no_rule_reads_counts_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let b = registry.member("demo", "b");
        let body = question("b", "north", &["open_route"]);
        let id = logged(&b, &line("b", "north", &asks(&["open_route"])));
        let path = format!("engagements/{id}");
        b.amend(&path, &json!({"summary": "It goes on."})).expect(200);
        b.amend(&path, &json!({"places": []})).expect(200);
        let over = json!({"status": "concluded"});
        logged(&b, &with(&line("b", "north", &json!([])), &over));
        b.amend(&path, &over).expect(200);
        assert_eq!(left(&b.post("checks", &body).expect(200)), (18, 58));
        let mut bundle = json!({"format": "concord.bundle/1",
            "operation": {"key": "demo", "name": "Demonstration"}});
        bundle["engagements"] =
            json!([with(&line("b", "north", &json!([])), &json!({"key": "k"}))]);
        let tried = b.post("bundles?dry_run=true", &bundle).expect(200);
        assert!(!tried.text.contains("restricted") && !tried.text.contains("flags"));
        assert_eq!(left(&b.post("checks", &body).expect(200)), (17, 57));
        b.post("bundles", &bundle).expect(200);
        assert_eq!(left(&b.post("checks", &body).expect(200)), (15, 55));
        // A partner decides what is coordinated, so sharing with one is a question too.
        let read = b.get(&path).expect(200);
        let shared = json!({"audience": "own", "disclosure": "match", "reason": "Less is better."});
        b.amend(&path, &json!({"status": "ongoing"})).expect(200);
        let etag = b.get(&path).expect(200).etag();
        assert_ne!(etag, read.etag());
        b.post_matching(&format!("{path}/tightening"), &etag, &shared).expect(200);
        let etag = b.get(&path).expect(200).etag();
        let partners = with(&shared, &json!({"partners": ["c"]}));
        b.post_matching(&format!("{path}/loosening"), &etag, &partners).expect(200);
        assert_eq!(left(&b.post("checks", &body).expect(200)), (12, 52));
    });
}

#[test]
fn so_much_is_told_of_restricted_lines_in_a_month() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [20, 60, 2, 30]);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &hidden("a", &["open_route"], "match"));
        let first = question("b", "north", &["close_route"]);
        assert_eq!(word(&b, &first), "coordinate_first");
        // The same question again tells nothing more.
        let why = json!({"purpose": "The same meeting"});
        assert_eq!(word(&b, &with(&first, &why)), "coordinate_first");
        let none = question("b", "south", &["close_route"]);
        assert_eq!(word(&b, &none), "none_known");
        assert_eq!(word(&b, &question("b", "group", &["close_route"])), "coordinate_first");
        // What is refused is refused whatever it would meet, until a month after the first.
        for question in [&first, &none] {
            let refused = b.post("checks", question);
            is_problem(&refused, 429, "budget_spent");
            let seconds = 30 * 86_400 + 43_200;
            assert_eq!(refused.header("retry-after"), Some(seconds.to_string().as_str()));
        }
        let own = logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        let lines = |person: &Person<'_>| {
            restricted(&person.get(&format!("engagements/{own}/flags")).expect(200))
        };
        assert_eq!(lines(&b), [""; 0]);
        registry.pass_days(30);
        assert_eq!(lines(&registry.signed_in(&b.login, "demo")), [""; 0]);
        registry.pass_days(1);
        assert_eq!(lines(&registry.signed_in(&b.login, "demo")), ["conflict"]);
    });
}

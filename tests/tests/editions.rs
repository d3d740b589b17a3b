//! The editions, languages and limits of briefs and reports, and what they tell of the record.

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

const HTML: [(&str, &str); 2] = [("content-type", "application/json"), ("accept", "text/html")];

fn exercise(registry: &Registry) {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
}

fn texts<'v>(list: &'v Value, pointer: &str) -> Vec<&'v str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item.pointer(pointer).and_then(Value::as_str)).collect()
}

/// Any text that a form of an answer holds, for one who reads in a language.
fn all_forms(person: &Person<'_>, path: &str, body: &Value, language: &str) -> [String; 3] {
    ["application/json", "text/html", "text/csv"].map(|form| {
        let headers =
            [("content-type", "application/json"), ("accept", form), ("accept-language", language)];
        person.request("POST", path, &headers, Some(body.to_string().as_bytes())).expect(200).text
    })
}

fn has_an_id(text: &str) -> bool {
    let is_id = |word: &str| {
        let parts: Vec<usize> = word.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
    };
    text.split(|c: char| c != '-' && !c.is_ascii_alphanumeric()).any(is_id)
}

#[test]
fn the_edition_for_handing_round_names_nobody_and_holds_no_ids() {
    on_each_database(|registry| {
        exercise(registry);
        let adviser = registry.member("exercise", "rtw");
        let full = json!({"from": "2025-07-01", "until": "2026-06-30"});
        assert!(has_an_id(&all_forms(&adviser, "reports", &full, "en")[0]));
        let mut wish = full.clone();
        wish["edition"] = "handed_round".into();
        let organizations = adviser.get("organizations?limit=200").expect(200).body;
        let actors = adviser.get("armed-actors?limit=200").expect(200).body;
        let of = |list: &Value, pointer: &str| -> Vec<String> {
            texts(&list["items"], pointer).into_iter().map(str::to_owned).collect()
        };
        let mut names = of(&organizations, "/name");
        names.extend(of(&organizations, "/acronym"));
        let units = actors["items"].as_array().expect("a list").iter();
        let units = units.filter(|actor| !actor["parent"].is_null());
        names.extend(units.filter_map(|actor| actor["name"].as_str()).map(str::to_owned));
        assert!(names.len() > 30, "{names:?}");
        for language in ["en", "ar"] {
            for text in all_forms(&adviser, "reports", &wish, language) {
                assert!(!has_an_id(&text));
                let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
                for name in &names {
                    let is_there = if name.contains(' ') {
                        text.contains(name)
                    } else {
                        words.contains(&&**name)
                    };
                    assert!(!is_there, "{name} in {language}");
                }
            }
        }
        let round = adviser.post("reports", &wish).expect(200).body;
        assert_eq!(round["edition"], "handed_round");
        let shown = |value: &Value| value.as_u64().is_none_or(|count| count >= 3);
        for table in round["tables"].as_array().expect("tables") {
            for row in table["rows"].as_array().expect("rows") {
                assert!(row["total"].as_u64().is_some(), "rows of which nothing is shown are not");
                assert!(row["cells"].as_array().expect("cells").iter().all(shown));
            }
        }
    });
}

/// An operation in which so many organisations have a line with each of two armed actors.
fn counted_world(with_north: usize, with_south: usize) -> Value {
    let mut bundle = small_world();
    let organization =
        |at: usize| json!({"key": format!("o{at}"), "name": format!("Org {at}"), "kind": "ingo"});
    let organizations: Vec<Value> = (0..with_north.max(with_south)).map(organization).collect();
    bundle["organizations"] = organizations.into();
    bundle["armed_actors"] = json!([
        {"key": "north", "name": "Northern Front", "kind": "militia"},
        {"key": "north-unit", "name": "Northern Post", "kind": "militia", "parent": "north"},
        {"key": "south", "name": "Southern Front", "kind": "militia"},
    ]);
    let line = |at: usize, actor: &str| {
        json!({
            "key": format!("{actor}-{at}"), "organization": format!("o{at}"), "armed_actor": actor,
            "level": "tactical", "method": "negotiation", "status": "ongoing",
            "from": "2026-01-10",
            "asks": [{"key": format!("ask-{actor}-{at}"), "issue": "access.movement", "action": "allow_passage"}],
        })
    };
    let mut lines: Vec<Value> = (0..with_north).map(|at| line(at, "north-unit")).collect();
    lines.extend((0..with_south).map(|at| line(at, "south")));
    bundle["engagements"] = lines.into();
    bundle
}

fn lines_handed_round(bundle: &Value) -> (Value, Vec<(String, Value)>) {
    let registry = Registry::with(concord_tests::Database::Sqlite, bundle);
    let wish = json!({"from": "2026-01-01", "until": "2026-06-30", "edition": "handed_round"});
    let round = registry.member("demo", "o0").post("reports", &wish).expect(200).body;
    let tables = round["tables"].as_array().expect("tables").iter();
    let lines = tables.clone().find(|table| table["name"] == "lines").expect("lines");
    let rows = lines["rows"].as_array().expect("rows").iter();
    let row =
        |row: &Value| (row["name"].as_str().unwrap_or_default().to_owned(), row["total"].clone());
    (lines["total"].clone(), rows.map(row).collect())
}

#[test]
fn a_figure_about_two_is_not_handed_round_nor_one_that_tells_it() {
    // Of four and four both are shown, under the topmost armed actor.
    let (total, rows) = lines_handed_round(&counted_world(4, 4));
    let both = [("Northern Front".to_owned(), json!(4)), ("Southern Front".to_owned(), json!(4))];
    assert_eq!((total, rows), (json!(8), both.to_vec()));
    // Of four and two neither: the other would follow from the whole.
    assert_eq!(lines_handed_round(&counted_world(4, 2)), (json!(6), vec![]));
    // And of two in all nothing is.
    assert_eq!(lines_handed_round(&counted_world(2, 0)), (json!(null), vec![]));
}

#[test]
fn an_edition_for_handing_round_is_limited_to_what_it_may_name() {
    let registry = Registry::with(concord_tests::Database::Sqlite, &counted_world(4, 4));
    let reader = registry.member("demo", "o0");
    let ask = |more: Value| {
        let mut wish = json!({"from": "2026-01-01", "until": "2026-06-30"});
        wish.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        reader.post("reports", &wish)
    };
    ask(json!({"armed_actor": "north-unit"})).expect(200);
    let unit = ask(json!({"armed_actor": "north-unit", "edition": "handed_round"})).expect(422);
    assert_eq!(unit.faults(), [("/armed_actor".to_owned(), "out_of_range".to_owned())]);
    let top = ask(json!({"armed_actor": "north", "edition": "handed_round"})).expect(200).body;
    assert_eq!(top["armed_actor"], "Northern Front");
    let other = ask(json!({"edition": "secret"})).expect(422);
    assert_eq!(other.faults(), [("/edition".to_owned(), "unknown_code".to_owned())]);
    let issue = ask(json!({"issue": "protection.nothing"})).expect(422);
    assert_eq!(issue.faults()[0].0, "/issue");
}

#[test]
fn a_report_is_limited_to_an_issue_with_all_below_it() {
    let registry = Registry::on(concord_tests::Database::Sqlite);
    exercise(&registry);
    let desk = registry.person("exercise", Role::Desk, None);
    let asks = |issue: Value| {
        let wish = json!({"from": "2026-01-01", "until": "2026-06-30", "issue": issue});
        let report = desk.post("reports", &wish).expect(200).body;
        for row in report["coverage"].as_array().expect("rows") {
            let code = row["issue"]["code"].as_str().unwrap_or_default();
            assert!(code.starts_with(issue.as_str().unwrap_or_default()), "{code}");
        }
        report["totals"]["asks"].as_u64().expect("a number")
    };
    let (all, access, movement) =
        (asks(json!(null)), asks("access".into()), asks("access.movement".into()));
    assert!(all > access && access > movement && movement > 0, "{all} {access} {movement}");
}

#[test]
fn documents_are_written_in_the_language_that_is_asked_for() {
    let registry = Registry::on(concord_tests::Database::Sqlite);
    exercise(&registry);
    let adviser = registry.member("exercise", "rtw");
    let brief = json!({"armed_actor": "ufv-sefa", "place": "XT030102"});
    let period = json!({"from": "2026-01-01", "until": "2026-06-30"});
    for (language, head, in_brief, in_report) in [
        ("en", "lang=\"en\" dir=\"ltr\"", "Whom to call first", "Coordination report"),
        ("fr-CD", "lang=\"fr\" dir=\"ltr\"", "Qui appeler en premier", "Rapport de coordination"),
        ("es", "lang=\"es\" dir=\"ltr\"", "A quién llamar primero", "Informe de coordinación"),
        ("ar", "lang=\"ar\" dir=\"rtl\"", "بمن تتصلون أولاً", "تقرير التنسيق"),
        ("de", "lang=\"en\" dir=\"ltr\"", "Whom to call first", "Coordination report"),
    ] {
        let headers = [HTML[0], HTML[1], ("accept-language", language)];
        let get = |path: &str, wish: &Value| {
            adviser
                .request("POST", path, &headers, Some(wish.to_string().as_bytes()))
                .expect(200)
                .text
        };
        let (brief, report) = (get("briefs", &brief), get("reports", &period));
        assert!(brief.contains(head) && brief.contains(in_brief), "{language}");
        assert!(report.contains(head) && report.contains(in_report), "{language}");
        assert!(report.contains("<svg ") && !report.contains("<script"), "{language}");
    }
    let headers = [("content-type", "application/json"), ("accept-language", "fr")];
    let told = adviser.request("POST", "briefs", &headers, Some(brief.to_string().as_bytes()));
    let told = told.expect(200).body;
    assert_eq!(told["handling"]["language"], "fr");
    assert_eq!(told["levels"][2]["level"]["label"], "Commandant local, unité ou poste de contrôle");
}

/// An operation with a risk that nobody addresses, an answer that changed, and a commitment that
/// was looked at in one of its areas.
fn recorded_world() -> Value {
    let mut bundle = counted_world(1, 1);
    bundle["places"] = json!([
        {"key": "land", "name": "The Land", "level": 0},
        {"key": "east", "name": "East", "level": 1, "parent": "land"},
        {"key": "west", "name": "West", "level": 1, "parent": "land"},
    ]);
    bundle["protection_risks"] = json!([
        {"key": "r1", "title": "Recruitment of children", "issue": "protection.children.recruitment", "armed_actor": "south"},
        {"key": "r2", "title": "Closed roads", "issue": "access.movement", "armed_actor": "south"},
        {"key": "r3", "title": "Closed roads in the north", "issue": "access.movement", "armed_actor": "north"},
    ]);
    bundle["engagements"][0]["demands"] = json!([{"key": "d", "kind": "fee", "response": "declined",
        "history": [{"on": "2026-01-20", "response": "negotiating"}, {"on": "2026-03-02", "response": "declined"}]}]);
    bundle["engagements"][0]["failure_reasons"] = json!(["mistrust"]);
    bundle["engagements"][0]["lessons"] = "Bring the stamped copy.".into();
    bundle["engagements"][1]["contacts"] = json!([{"on": "2026-03-10"}]);
    bundle["engagements"][1]["asks"] = json!([]);
    bundle["commitments"] = json!([{
        "key": "c", "armed_actor": "north", "kind": "verbal_assurance", "issue": "access.movement",
        "action": "allow_passage", "places": ["east", "west"], "organization": "o0", "audience": "operation",
        "arrangements": {"responsible": "The post", "procedure": "Open", "location": "The bridge",
                         "timing": "Market days", "verification": "A call"},
        "verifications": [
            {"on": "2026-02-01", "finding": "kept", "organization": "o0"},
            {"on": "2026-02-20", "finding": "broken", "organization": "o0", "places": ["west"]},
        ],
    }]);
    bundle
}

#[test]
fn a_report_tells_risks_answers_commitments_failures_and_what_went_stale() {
    on_each_database(|registry| {
        registry.import(&recorded_world());
        registry.set_day("2026-04-01");
        let reader = registry.member("demo", "o0");
        let wish = json!({"from": "2026-01-01", "until": "2026-06-30"});
        let report = reader.post("reports", &wish).expect(200).body;
        let gaps = report["gaps"].as_array().expect("gaps").iter();
        let risks: Vec<&str> = gaps
            .filter(|gap| gap["kind"] == "protection_risk")
            .filter_map(|gap| gap["name"].as_str())
            .collect();
        // The one in the north is addressed by the line with the post, the others by nobody.
        assert_eq!(risks, ["Recruitment of children", "Closed roads"]);
        let answers = &report["answers"];
        assert_eq!(texts(answers, "/month"), ["2026-01", "2026-03"]);
        assert_eq!((&answers[0]["undecided"], &answers[1]["refusing"]), (&json!(1), &json!(1)));
        let areas: Vec<_> = report["areas"]
            .as_array()
            .expect("areas")
            .iter()
            .map(|row| (&row["name"], &row["operational"], &row["kept"], &row["broken"]))
            .collect();
        let (one, none) = (json!(1), json!(0));
        assert_eq!(
            areas,
            [(&json!("East"), &one, &one, &none), (&json!("West"), &one, &none, &one)]
        );
        assert_eq!(texts(&report["failures"], "/reason/code"), ["mistrust"]);
        assert_eq!(texts(&report["lessons"], "/lesson"), ["Bring the stamped copy."]);
        let stale = texts(&report["stale"], "/touched_on");
        assert_eq!(stale, ["2026-01-10"], "the other one was met in March");
        let brief = reader.post("briefs", &json!({"armed_actor": "north"})).expect(200).body;
        let commitment = &brief["commitments"][0];
        assert_eq!(commitment["arranged"].as_array().map(Vec::len), Some(5));
        assert_eq!(commitment["verified"]["finding"]["code"], "broken");
        let round = json!({"from": "2026-01-01", "until": "2026-06-30", "edition": "handed_round"});
        for text in all_forms(&reader, "reports", &round, "en") {
            assert!(!text.contains("stamped copy") && !text.contains("Recruitment"));
        }
    });
}

#[test]
fn guidance_is_listed_for_everybody_and_what_fits_best_comes_first() {
    let registry = Registry::on(concord_tests::Database::Sqlite);
    registry.import(&small_world());
    let ask = |query: &str| {
        let url = format!("{}/v1/guidance{query}", registry.url());
        ureq::get(&url).config().http_status_as_error(false).build().call().expect("an answer")
    };
    let codes = |query: &str| -> Vec<String> {
        let body: Value = ask(query).body_mut().read_json().expect("JSON");
        texts(&body["items"], "/code").into_iter().map(str::to_owned).collect()
    };
    assert_eq!(codes("").len(), 31);
    let health = codes("?issue=protection.attacks.health&method=negotiation");
    assert_eq!(health[0], "icrc-protecting-healthcare");
    assert!(health.len() < 31 && !health.contains(&"caac-annual-report".to_owned()));
    assert_eq!(ask("?issue=nothing").status(), 400);
    let a = registry.member("demo", "a");
    let asks = json!([{"issue": "protection.attacks.health", "action": "stop"}]);
    a.post("engagements", &line("a", "north", &asks)).expect(201);
    let brief = a.post("briefs", &json!({"armed_actor": "north"})).expect(200).body;
    let fitting = texts(&brief["guidance"], "/code");
    assert_eq!(fitting.first(), Some(&"icrc-protecting-healthcare"));
    assert!(fitting.len() <= 5);
}

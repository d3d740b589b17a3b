//! The brief and the coordination report, as people ask for them.

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

const HTML: [(&str, &str); 2] = [("content-type", "application/json"), ("accept", "text/html")];

fn page(person: &Person<'_>, path: &str, body: &Value) -> Answer {
    person.request("POST", path, &HTML, Some(body.to_string().as_bytes())).expect(200)
}

fn exercise(registry: &Registry) {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
}

fn texts<'v>(list: &'v Value, pointer: &str) -> Vec<&'v str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item.pointer(pointer).and_then(Value::as_str)).collect()
}

#[test]
fn a_brief_tells_who_is_there_what_is_asked_and_whom_to_call() {
    on_each_database(|registry| {
        exercise(registry);
        let adviser = registry.member("exercise", "rtw");
        let wish = json!({"armed_actor": "ufv-sefa", "place": "XT030102"});
        let brief = adviser.post("briefs", &wish).expect(200).body;
        assert_eq!(brief["armed_actor"]["actor"]["name"], "UFV Sefa Bridge post");
        assert_eq!(brief["day"], "2026-03-15");
        let levels = texts(&brief["levels"], "/level/code");
        assert_eq!(levels, ["strategic", "operational", "tactical", "community"]);
        let tactical = texts(&brief["levels"][2]["lines"], "/organization/name");
        assert!(tactical.contains(&"SHPN"), "{tactical:?}");
        assert!(texts(&brief["leads"], "/organization/name").contains(&"FRA"));
        assert!(!brief["common_positions"].as_array().expect("a list").is_empty());
        assert!(!brief["call_first"].as_array().expect("a list").is_empty());
        let severities = texts(&brief["flags"], "/severity/code");
        let mut worst_first = severities.clone();
        let rank =
            |code: &&str| ["critical", "high", "medium", "low"].iter().position(|c| c == code);
        worst_first.sort_by_key(rank);
        assert_eq!(severities, worst_first);
        assert_eq!(brief["handling"]["expires_on"], "2026-03-22");
    });
}

#[test]
fn a_brief_is_a_page_to_print_without_script_and_under_60_kb() {
    on_each_database(|registry| {
        exercise(registry);
        let adviser = registry.member("exercise", "rtw");
        let brief = page(&adviser, "briefs", &json!({"armed_actor": "ufv"}));
        assert_eq!(brief.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = brief.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"));
        assert!(brief.text.len() < 60_000, "{} bytes", brief.text.len());
        assert!(!brief.text.contains("<script") && brief.text.contains("TLP:AMBER+STRICT"));
        assert!(brief.text.contains("@page"));
    });
}

#[test]
fn a_brief_and_a_report_hold_nothing_of_what_their_reader_may_not_read() {
    on_each_database(|registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let ask = json!([{"issue": "access.denial", "action": "stop"}]);
        let questions = [
            ("briefs", json!({"armed_actor": "north"})),
            ("reports", json!({"from": "2026-01-01", "until": "2026-12-31"})),
        ];
        let answers = |person: &Person<'_>| {
            questions.clone().map(|(path, wish)| {
                let csv = [("content-type", "application/json"), ("accept", "text/csv")];
                let body = wish.to_string();
                let forms = [&HTML[..], &csv[..]];
                let others = forms.map(|f| person.request("POST", path, f, Some(body.as_bytes())));
                (person.post(path, &wish).text, others.map(|answer| answer.text))
            })
        };
        let before = answers(&b);
        let mut hidden = line("a", "north", &ask);
        hidden["audience"] = "own".into();
        a.post("engagements", &hidden).expect(201);
        assert_eq!(answers(&b), before, "{:?}", registry.database);
        let own = a.post("briefs", &questions[0].1).expect(200).body;
        assert_eq!(own["levels"][2]["lines"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn a_report_counts_coverage_gaps_answers_flags_and_contributors() {
    on_each_database(|registry| {
        exercise(registry);
        let desk = registry.person("exercise", Role::Desk, None);
        let period = json!({"from": "2026-01-01", "until": "2026-06-30"});
        let report = desk.post("reports", &period).expect(200).body;
        let count = |list: &str| report[list].as_array().map_or(0, Vec::len);
        let totals = &report["totals"];
        assert!(totals["engagements"].as_u64() > Some(20), "{totals}");
        for list in
            ["coverage", "gaps", "answers", "commitments", "flags", "outcomes", "contributors"]
        {
            assert!(count(list) > 0, "{list}");
        }
        let led: u64 = texts(&report["contributors"], "/organization/name").len() as u64;
        assert_eq!(totals["organizations"].as_u64(), Some(led));
        let unit = json!({"from": "2026-01-01", "until": "2026-06-30", "armed_actor": "ufv-sefa"});
        let of_unit = desk.post("reports", &unit).expect(200).body;
        assert!(of_unit["totals"]["engagements"].as_u64() < totals["engagements"].as_u64());
        let printed = page(&desk, "reports", &period);
        assert!(printed.text.contains("<table") && !printed.text.contains("<script"));
    });
}

#[test]
fn a_report_is_a_table_that_a_spreadsheet_takes() {
    let registry = Registry::on(concord_tests::Database::Sqlite);
    exercise(&registry);
    let desk = registry.person("exercise", Role::Desk, None);
    let headers = [("content-type", "application/json"), ("accept", "text/csv")];
    let period = json!({"from": "2026-01-01", "until": "2026-06-30"}).to_string();
    let table = desk.request("POST", "reports", &headers, Some(period.as_bytes())).expect(200);
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let mut lines = table.text.lines();
    let columns = "section,month,organization,armed_actor,area,issue,level,kind,measure,value";
    assert_eq!(lines.next(), Some(columns));
    let hashtags = lines.next().expect("hashtags").split(',');
    assert!(hashtags.clone().count() == 10 && hashtags.into_iter().all(|tag| tag.starts_with('#')));
    assert!(lines.any(|line| line.starts_with("coverage,")));
}

#[test]
fn what_is_wrong_with_a_question_is_told() {
    let registry = Registry::on(concord_tests::Database::Sqlite);
    registry.import(&small_world());
    let a = registry.member("demo", "a");
    let fault = |path: &str, wish: Value, pointer: &str, code: &str| {
        let faults = a.post(path, &wish).expect(422).faults();
        assert_eq!(faults, [(pointer.to_owned(), code.to_owned())], "{wish}");
    };
    fault("briefs", json!({}), "/armed_actor", "missing");
    fault("briefs", json!({"armed_actor": "nort"}), "/armed_actor", "unknown_reference");
    fault("briefs", json!({"armed_actor": "north", "day": "tomorrow"}), "/day", "malformed");
    let reversed = json!({"from": "2026-02-01", "until": "2026-01-01"});
    fault("reports", reversed, "/until", "reversed_window");
    fault(
        "reports",
        json!({"from": "1900-01-01", "until": "2026-01-01"}),
        "/until",
        "out_of_range",
    );
    let auditor = registry.person("demo", Role::Auditor, None);
    auditor.post("briefs", &json!({"armed_actor": "north"})).expect(403);
    auditor.post("reports", &json!({"from": "2026-01-01", "until": "2026-02-01"})).expect(403);
}

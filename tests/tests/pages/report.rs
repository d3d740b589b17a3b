//! The report: the form, the page, and the files, which are those of the API.

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Registry, on_each_database,
    plain_browser::{Browser, carried, said, tags},
    small_world,
};

use super::{asks, browser_of, form_token, is_page, line, logged, own_line};

const PAGE: &str = "/operations/exercise/report";
const PERIOD: [(&str, &str); 2] = [("from", "2025-07-01"), ("until", "2026-06-30")];

fn exercise(registry: &Registry) -> Browser<'_> {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
    Browser::signed_in(registry, &registry.member("exercise", "rtw").login)
}

/// Sends the form with these fields.
#[track_caller]
fn asked(browser: &Browser<'_>, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    browser.submit(page, PAGE, typed)
}

/// The field of a form with this name, and this value if it is one of several.
#[track_caller]
fn field(
    page: &str,
    name: &str,
    value: Option<&str>,
) -> std::collections::BTreeMap<String, String> {
    let found = tags(page, "input").into_iter().find(|input| {
        input.get("name").is_some_and(|it| it == name)
            && value.is_none_or(|value| input["value"] == value)
    });
    found.unwrap_or_else(|| panic!("no {name} in {page}"))
}

#[test]
fn the_last_thirty_days_are_asked_for_unless_something_else_is() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let home = browser.get("/operations/exercise").expect(200);
        assert!(tags(&home.text, "a").iter().any(|link| link["href"] == PAGE));
        let page = browser.get(PAGE).expect(200);
        is_page(&page);
        let (from, until) = (field(&page.text, "from", None), field(&page.text, "until", None));
        assert_eq!((&*from["value"], &*until["value"]), ("2026-02-14", "2026-03-15"));
        let report = asked(&browser, &page, &[]).expect(200);
        let text = said(&report.text);
        assert!(text.contains("14 February 2026 – 15 March 2026"), "{text}");
        assert!(text.contains("TLP:AMBER+STRICT") && text.contains("Coordination report"));
        let policy = report.header("content-security-policy").expect("a policy");
        assert!(policy.contains("style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(report.header("cache-control"), Some("no-store"));
        assert_eq!(tags(&report.text, "a")[0]["href"], PAGE);
        assert!(report.text.len() < 100_000, "{}", report.text.len());
    });
}

#[test]
fn the_page_and_the_files_are_those_of_the_api() {
    on_each_database(|registry: &Registry| {
        let sample = Sample::named("exercise").expect("a sample");
        registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
        let adviser = registry.member("exercise", "rtw");
        let browser = Browser::signed_in(registry, &adviser.login);
        let page = browser.get(PAGE).expect(200);
        let buttons: Vec<String> = tags(&page.text, "button")
            .into_iter()
            .filter(|button| button.get("name").is_some_and(|name| name == "form"))
            .map(|button| button["value"].clone())
            .collect();
        assert_eq!(buttons, ["pdf", "docx", "xlsx", "html", "csv"]);
        for edition in ["full", "handed_round"] {
            let body = format!(
                "{{\"from\": \"2025-07-01\", \"until\": \"2026-06-30\", \"edition\": \"{edition}\", \
                 \"armed_actor\": \"ufv\", \"issue\": \"access\"}}"
            );
            let typed = |form: Option<&'static str>| {
                let mut typed = PERIOD.to_vec();
                typed.extend([("edition", edition), ("actor", "ufv"), ("issue", "access")]);
                typed.extend(form.map(|form| ("form", form)));
                typed
            };
            let api = |accept: &str| {
                let headers = [("content-type", "application/json"), ("accept", accept)];
                adviser.request("POST", "reports", &headers, Some(body.as_bytes())).expect(200)
            };
            let shown = asked(&browser, &page, &typed(None)).expect(200);
            let told = said(&shown.text).replace("Back to the form ", "");
            assert_eq!(told, said(&api("text/html").text));
            for (form, kind) in [
                ("html", "text/html"),
                ("csv", "text/csv"),
                ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                ("pdf", "application/pdf"),
            ] {
                let file = asked(&browser, &page, &typed(Some(form))).expect(200);
                assert!(file.text == api(kind).text, "{form} of {edition}");
                assert!(file.header("content-type").is_some_and(|it| it.starts_with(kind)));
                let name = format!("attachment; filename=\"coordination-report.{form}\"");
                assert_eq!(file.header("content-disposition"), Some(&*name));
                assert_eq!(file.header("cache-control"), Some("no-store"));
                assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
            }
        }
    });
}

#[test]
fn what_is_missing_or_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        for (typed, problem) in [
            (vec![("from", "soon")], "Write the day as"),
            (vec![("from", "2026-03-10"), ("until", "2026-03-01")], "The last day is before"),
            (vec![("from", "2020-01-01"), ("until", "2026-03-01")], "at most three years"),
            (vec![("actor", "zzzzzz")], "No armed actor here is called anything like this"),
            (vec![("place", "zzzzzz")], "No place here has this name or code"),
            (
                vec![("actor", "ufv-sefa"), ("edition", "handed_round")],
                "topmost armed actors alone",
            ),
            (vec![("place", "XT030102"), ("edition", "handed_round")], "a country or an area"),
            (vec![("issue", "access.nothing")], "access.nothing"),
        ] {
            for form in [None, Some("xlsx")] {
                let mut typed = typed.clone();
                typed.extend(form.map(|form| ("form", form)));
                let back = asked(&browser, &page, &typed);
                assert_eq!(back.status, 422, "{typed:?}: {}", back.text);
                is_page(&back);
                assert!(said(&back.text).contains(problem), "{problem} in {}", said(&back.text));
                for (name, value) in &typed {
                    match *name {
                        "form" | "issue" => {}
                        "edition" => {
                            let chosen = format!("value=\"{value}\" checked");
                            assert!(back.text.contains(&chosen), "{chosen} in {}", back.text);
                        }
                        _ => assert_eq!(field(&back.text, name, None)["value"], **value),
                    }
                }
            }
        }
        let auditor = registry.person("exercise", Role::Auditor, None);
        let auditor = Browser::signed_in(registry, &auditor.login);
        let page = auditor.get(PAGE);
        is_page(&page);
        assert_eq!(page.status, 403);
    });
}

#[test]
fn what_is_not_clear_is_asked_back() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        let typed = [PERIOD[0], PERIOD[1], ("actor", "Sefa Brigde post"), ("issue", "access")];
        let back = asked(&browser, &page, &typed).expect(200);
        is_page(&back);
        assert!(back.text.contains("<option value=\"access\" selected>"), "{}", back.text);
        let actor = field(&back.text, "actor_chosen", None)["value"].clone();
        let mut chosen = typed.to_vec();
        chosen.push(("actor_chosen", &actor));
        let report = asked(&browser, &back, &chosen).expect(200);
        let text = said(&report.text);
        assert!(text.contains("Armed actors UFV Sefa Bridge post"), "{text}");
        let carried = carried(&back.text, PAGE);
        assert!(carried.iter().any(|(name, _)| name == "actor_offered"), "{carried:?}");
    });
}

#[test]
fn nobody_counts_what_they_may_not_read_and_who_reads_is_recorded() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let path = "/operations/demo/report";
        let totals = |browser: &Browser<'_>| {
            let page = browser.get(path).expect(200);
            let typed = [("from", "2026-03-01"), ("until", "2026-03-31")];
            said(&browser.submit(&page, path, &typed).expect(200).text)
        };
        let (of_a, of_b) = (browser_of(registry, &a), browser_of(registry, &b));
        let before = totals(&of_b);
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        assert_eq!(totals(&of_b), before);
        assert_ne!(totals(&of_a), before);
        let shared = logged(&a, &line("a", "north", &asks(&["open_route"])));
        assert_ne!(totals(&of_b), before);
        let focal = registry.person("demo", Role::FocalPoint, Some("a"));
        let list = focal.get("audit").expect(200).body;
        let items = list["items"].as_array().expect("items");
        let read =
            items.iter().find(|item| item["deed"] == "read" && item["action"] == "create_report");
        let read = read.unwrap_or_else(|| panic!("no record in {list}"));
        assert_eq!(read["objects"][0]["id"], shared.as_str());
    });
}

#[test]
fn a_report_of_another_site_is_made_for_nobody() {
    on_each_database(|registry: &Registry| {
        let browser = exercise(registry);
        let page = browser.get(PAGE).expect(200);
        let token = form_token(&page.text);
        let fields = [("form_token", token.as_str()), ("form", "csv")];
        browser.post(PAGE, &[("origin", "https://other.example")], &fields).expect(403);
        let own = registry.url();
        browser.post(PAGE, &[("origin", &own)], &fields[1..]).expect(403);
        browser.post(PAGE, &[("origin", &own)], &fields).expect(200);
        Browser::new(registry).post(PAGE, &[("origin", &own)], &fields).expect(303);
    });
}

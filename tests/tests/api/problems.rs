//! Where the `type` of a problem leads.

use concord_tests::{Answer, Database, Registry, contract::contract};
use serde_json::Value;

use super::is_problem;

/// Every `type` that a problem document can have: the harness refuses any other.
fn types() -> Vec<String> {
    let schemas = &contract().document()["components"]["schemas"];
    let types = schemas["Problem"]["properties"]["type"]["enum"].as_array().expect("types");
    types.iter().map(|each| each.as_str().expect("a text").to_owned()).collect()
}

fn page(registry: &Registry, path: &str) -> Answer {
    let accept = ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
    let answer = registry.nobody("").request("GET", path, &[accept], None).expect(200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("vary"), Some("Accept"));
    assert!(answer.header("content-security-policy").is_some_and(|it| it.contains("'none'")));
    assert!(!answer.text.contains("<script"));
    answer
}

#[test]
fn every_type_of_problem_leads_to_what_it_means_and_what_to_do() {
    let registry = Registry::on(Database::Sqlite);
    let nobody = registry.nobody("");
    assert!(types().len() >= 16);
    for path in types() {
        let told = nobody.get(&path).expect(200).body;
        assert_eq!(told["type"], path.as_str());
        assert_eq!(told["example"]["type"], path.as_str());
        assert_eq!(told["example"]["status"], told["status"]);
        let page = page(&registry, &path).text;
        let status = told["status"].to_string();
        for part in [told["title"].as_str(), Some(&status), Some("For instance"), Some(&path)] {
            assert!(page.contains(part.expect("a text")), "{path} has no {part:?}");
        }
    }
    is_problem(&nobody.get("/problems/none"), 404, "not_found");
}

#[test]
fn all_of_them_stand_in_one_list() {
    let registry = Registry::on(Database::Sqlite);
    let listed = registry.nobody("").get("/problems").expect(200).body;
    let listed: Vec<&Value> =
        listed["items"].as_array().expect("a list").iter().map(|item| &item["type"]).collect();
    assert_eq!(listed, types().iter().collect::<Vec<_>>());
    let page = page(&registry, "/problems").text;
    for path in types() {
        assert!(page.contains(&format!("<a href=\"{path}\">")), "{path}");
    }
}

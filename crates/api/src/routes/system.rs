//! What belongs to no operation: whether the server is well, its words and its rules.

use actix_web::http::Method;
use concord_app::{Error, resources::etag};
use concord_domain::{
    rules::RULES,
    vocabulary::{Closed, Code, Entry, Term, vocabulary},
};
use serde_json::{Value, json};

use super::{Route, Schema};
use crate::{
    call::{Answer, Call, Result},
    views::About,
};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/livez", ("livez", "system"), "Whether the server runs", livez)
            .open()
            .answers(200, Schema::named("Status")),
        Route::new(
            Method::GET,
            "/readyz",
            ("readyz", "system"),
            "Whether the server can answer: its database does",
            readyz,
        )
        .open()
        .answers(200, Schema::named("Status")),
        Route::new(
            Method::GET,
            "/v1/vocabulary",
            ("get_vocabulary", "vocabulary"),
            "Every code list, with labels and definitions in English, French, Spanish and Arabic",
            words,
        )
        .open()
        .answers(200, Schema::named("Vocabulary"))
        .tagged(),
        Route::new(
            Method::GET,
            "/v1/vocabulary/{list}",
            ("get_list", "vocabulary"),
            "One code list",
            list,
        )
        .open()
        .answers(200, Schema::named("VocabularyList"))
        .tagged(),
        Route::new(
            Method::GET,
            "/v1/rules",
            ("list_rules", "vocabulary"),
            "The kinds of flag: when each holds, why it matters, what usually settles it",
            rules,
        )
        .open()
        .answers(200, Schema::ListOf("Rule".to_owned()))
        .tagged(),
    ]
}

fn livez(_: &Call) -> Result<Answer> {
    Ok(Answer::json(&json!({"status": "ok"})))
}

fn readyz(call: &Call) -> Result<Answer> {
    call.app.store.ping().map_err(|_| Error::Busy)?;
    Ok(Answer::json(&json!({"status": "ok"})))
}

/// An entry with what its list uses.
fn entry(list: &str, entry: &'static Entry) -> Value {
    let mut shown = json!({
        "code": entry.code,
        "label": entry.label,
        "definition": entry.definition,
    });
    let mut add = |name: &str, value: Value| shown[name] = value;
    if let Some(source) = &entry.source {
        add("source", json!(source));
    }
    match list {
        "issue" => {
            add("parent", json!(entry.code.rsplit_once('.').map(|(above, _)| above)));
        }
        "action" => add("terms", json!(entry.terms)),
        "term" => {
            let term = Term::of(entry);
            add("type", json!(format!("{:?}", term.value_type()).to_lowercase()));
            add("object", json!(term.is_object()));
            if !entry.values.is_empty() {
                add("values", json!(entry.values));
                add("value_labels", json!(entry.value_labels));
            }
        }
        "demand" => {
            add("issue", json!(entry.issue));
            add("given_up_by", json!(entry.given_up_by));
        }
        "response" => add("side", json!(entry.side.map(|s| format!("{s:?}").to_lowercase()))),
        "method" => add("stance", json!(entry.stance.map(|s| format!("{s:?}").to_lowercase()))),
        "organization_kind" => add("community_led", json!(entry.community_led)),
        "via_kind" => add("less_protected", json!(entry.less_protected)),
        _ => {}
    }
    shown
}

fn words(_: &Call) -> Result<Answer> {
    let lists: Value = vocabulary()
        .lists
        .iter()
        .map(|list| {
            let entries: Vec<Value> = list.entries.iter().map(|e| entry(list.name, e)).collect();
            (list.name.to_owned(), json!(entries))
        })
        .collect();
    let opposed: Vec<Value> = vocabulary()
        .opposed
        .iter()
        .map(|row| {
            let issues = format!("{:?}", row.issues).to_lowercase();
            json!({"actions": row.actions, "issues": issues, "why": row.why})
        })
        .collect();
    let linked: Vec<Value> = vocabulary()
        .linked
        .iter()
        .map(|row| json!({"access": row.access, "protection": row.protection, "why": row.why}))
        .collect();
    let body = json!({"lists": lists, "opposed": opposed, "linked": linked});
    Ok(Answer::json(&body).tagged(etag(&body)).public())
}

fn list(call: &Call) -> Result<Answer> {
    let name = call.segment("list");
    let lists = &vocabulary().lists;
    let list = lists.iter().find(|list| list.name == name).ok_or(Error::NotFound)?;
    let entries: Vec<Value> = list.entries.iter().map(|each| entry(list.name, each)).collect();
    let body = json!({"name": list.name, "entries": entries});
    Ok(Answer::json(&body).tagged(etag(&body)).public())
}

fn rules(call: &Call) -> Result<Answer> {
    let items: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            let mut shown = json!(About::from(rule.about(call.language)));
            shown["kind"] = rule.kind.code().into();
            shown["class"] = rule.class.code().into();
            shown
        })
        .collect();
    let body = json!({ "items": items });
    Ok(Answer::json(&body).tagged(etag(&body)).public())
}

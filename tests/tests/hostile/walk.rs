//! What can be sent to the server and had from it, read from the document.

use std::fmt;

use concord_tests::{Answer, Person, contract::contract};
use serde_json::{Value, json};

/// How deep a schema is walked.
const DEPTH_MAX: usize = 7;

/// An operation that takes a body.
pub struct Operation {
    /// What clients call it.
    pub id: String,
    method: String,
    path: String,
    schema: Value,
    example: Value,
}

/// A text in a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    steps: Vec<Step>,
    /// Whether the document says no more of it than that it is a text.
    pub is_plain: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Member(String),
    Item,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| match step {
            Step::Member(name) => write!(f, "/{name}"),
            Step::Item => write!(f, "/0"),
        })
    }
}

fn document() -> &'static Value {
    contract().document()
}

/// What a schema says, wherever it says it.
fn resolved(schema: &Value) -> Value {
    let mut schema = schema;
    while let Some(to) = schema["$ref"].as_str() {
        schema = document().pointer(to.trim_start_matches('#')).expect("it leads somewhere");
    }
    schema.clone()
}

fn alternatives(schema: &Value) -> Vec<Value> {
    let mut all = vec![schema.clone()];
    for list in ["oneOf", "anyOf", "allOf"] {
        all.extend(schema[list].as_array().into_iter().flatten().map(resolved));
    }
    all
}

fn is_of(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind
        || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&kind.into()))
}

fn gather(schema: &Value, at: &mut Vec<Step>, found: &mut Vec<Field>) {
    if at.len() > DEPTH_MAX {
        return;
    }
    for schema in alternatives(&resolved(schema)) {
        if is_of(&schema, "string") {
            let said = ["format", "pattern", "enum"].iter().any(|name| schema.get(name).is_some());
            let field = Field { steps: at.clone(), is_plain: !said };
            if !found.contains(&field) {
                found.push(field);
            }
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            at.push(Step::Member(name.clone()));
            gather(member, at, found);
            at.pop();
        }
        if schema["additionalProperties"].is_object() {
            at.push(Step::Member("fr".to_owned()));
            gather(&schema["additionalProperties"], at, found);
            at.pop();
        }
        if schema["items"].is_object() {
            at.push(Step::Item);
            gather(&schema["items"], at, found);
            at.pop();
        }
    }
}

/// A value that a schema allows, as far as it says so.
fn minimal(schema: &Value, depth: usize) -> Value {
    let schema = resolved(schema);
    let alternative = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|list| schema[list].get(0));
    if let (Some(first), true) = (alternative, depth < DEPTH_MAX) {
        return minimal(first, depth + 1);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if is_of(&schema, "object") && depth < DEPTH_MAX {
        let required =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let member =
            |name: &str| (name.to_owned(), minimal(&schema["properties"][name], depth + 1));
        return required.map(member).collect();
    }
    match () {
        () if is_of(&schema, "array") => json!([]),
        () if is_of(&schema, "boolean") => json!(true),
        () if is_of(&schema, "integer") || is_of(&schema, "number") => json!(1),
        () if schema["format"] == "date" => json!("2026-11-20"),
        () if schema["pattern"].as_str().is_some_and(|p| p.contains("http")) => {
            json!("https://example.org/")
        }
        () => json!("text"),
    }
}

/// Puts a text where a field is, with what must stand around it.
fn put(value: &mut Value, schema: &Value, steps: &[Step], text: &str) {
    let Some((step, rest)) = steps.split_first() else {
        *value = text.into();
        return;
    };
    let all = alternatives(&resolved(schema));
    match step {
        Step::Member(name) => {
            let part = all.iter().find_map(|schema| {
                schema["properties"].get(name).or_else(|| schema.get("additionalProperties"))
            });
            if !value.is_object() {
                let object = all.iter().find(|schema| is_of(schema, "object"));
                *value = object.map_or_else(|| json!({}), |schema| minimal(schema, 0));
            }
            let part = part.cloned().unwrap_or_default();
            put(&mut value[name.as_str()], &part, rest, text);
        }
        Step::Item => {
            let part =
                all.iter().find_map(|schema| schema.get("items")).cloned().unwrap_or_default();
            if value.as_array().is_none_or(Vec::is_empty) {
                *value = json!([if rest.is_empty() { json!("") } else { minimal(&part, 0) }]);
            }
            put(&mut value[0], &part, rest, text);
        }
    }
}

impl Operation {
    /// Every text of its body.
    pub fn fields(&self) -> Vec<Field> {
        let mut found = Vec::new();
        gather(&self.schema, &mut Vec::new(), &mut found);
        found
    }

    /// Its example with a text in these fields. What can be there once alone is another each time.
    pub fn body(&self, fields: &[&Field], text: &str, number: usize) -> Value {
        let mut body = self.example.clone();
        if let Some(members) = body.as_object_mut() {
            if !self.path.ends_with("/operations") {
                members.remove("key");
            }
            for once in ["login", "key"] {
                if let Some(value) = members.get_mut(once) {
                    *value = format!("once-{}-{number}", self.id).into();
                }
            }
        }
        for field in fields {
            put(&mut body, &self.schema, &field.steps, text);
        }
        body
    }
}

/// Every operation that takes a body, with the ids of things that are there in its path.
pub fn operations(people: &[Person<'_>]) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let body = &operation["requestBody"]["content"]["application/json"];
            if body.is_null() {
                continue;
            }
            all.push(Operation {
                id: operation["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase(),
                path: filled(path, people),
                schema: body["schema"].clone(),
                example: body["example"].clone(),
            });
        }
    }
    assert!(all.len() > 40, "{}", all.len());
    all
}

/// A path with the ids of things that are there.
fn filled(template: &str, people: &[Person<'_>]) -> String {
    let mut path = String::new();
    let mut thing = Value::Null;
    for part in template.trim_start_matches('/').split('/') {
        let id = match part {
            "{operation}" => super::OPERATION.to_owned(),
            "{id}" => {
                thing = first(&path, people);
                thing["id"].as_str().unwrap_or_default().to_owned()
            }
            "{part}" => {
                let list = path.rsplit('/').next().unwrap_or_default();
                thing[list][0]["id"].as_str().unwrap_or_default().to_owned()
            }
            "{list}" => "demand".to_owned(),
            "{problem}" => "invalid".to_owned(),
            word => word.to_owned(),
        };
        path = format!("{path}/{id}");
    }
    path
}

/// Something of a list, of the organisation of the first of these people if there is one.
fn first(list: &str, people: &[Person<'_>]) -> Value {
    let own =
        people[0].get(&format!("/v1/operations/{}/organizations?limit=200", super::OPERATION));
    let own = own.body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|each| each["key"] == "rtw")
        .cloned();
    let own = own.expect("it is in the sample")["id"].clone();
    for path in [format!("{list}?limit=200"), list.to_owned()] {
        for person in people {
            let items = person.get(&path).body["items"].as_array().cloned().unwrap_or_default();
            let is_own = |item: &&Value| {
                item.get("organization").is_none_or(|owner| *owner == own)
                    && item["asks"] != json!([])
                    && item["demands"] != json!([])
            };
            if let Some(found) = items.iter().find(is_own).or_else(|| items.first()) {
                return found.clone();
            }
        }
    }
    json!({"id": "00000000-0000-4000-8000-000000000000"})
}

/// Sends a body.
pub fn send(person: &Person<'_>, operation: &Operation, body: &Value) -> Answer {
    send_bytes(person, operation, body.to_string().as_bytes())
}

/// Sends bytes as a body.
pub fn send_bytes(person: &Person<'_>, operation: &Operation, body: &[u8]) -> Answer {
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    person.request(&operation.method, &operation.path, &headers, Some(body))
}

/// What can be had: the method, the path, the form, and the body of a question.
pub fn outputs(person: &Person<'_>) -> Vec<(String, String, String, Option<Value>)> {
    let mut all = Vec::new();
    for (template, item) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let body = operation["requestBody"]["content"]["application/json"].get("example");
            let content = &operation["responses"]["200"]["content"];
            let Some(forms) = content.as_object() else { continue };
            if method != "get" && !(method == "post" && forms.len() > 1) {
                continue;
            }
            let path = filled(template, std::slice::from_ref(person));
            for form in forms.keys() {
                all.push((method.to_uppercase(), path.clone(), form.clone(), body.cloned()));
            }
        }
    }
    all
}

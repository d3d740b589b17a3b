//! Holds every answer to the OpenAPI document: its status, its headers, its kind and its body, and
//! what was sent if it was taken. What the document does not promise is a failure that names the
//! operation, the status and the place.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::Answer;

/// A request, as far as the document says something of it.
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The path with its query, from the first `/`.
    pub path: &'a str,
    /// The headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

/// The document, and the validators of its schemas by their JSON Pointers.
pub struct Contract {
    document: Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// Pages for people, and the document itself, which describes neither.
const NOT_DESCRIBED: [&str; 2] = ["/docs/", "/openapi.json"];

/// What stands in the document if it is promised, and may not be there if it is not.
const PROMISED_ALONE: [&str; 6] =
    ["etag", "location", "retry-after", "www-authenticate", "allow", "content-disposition"];

/// The contract of the server.
pub fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let document = serde_json::to_value(concord_api::openapi()).expect("JSON");
        Contract::of(document)
    });
    &CONTRACT
}

impl Contract {
    /// The contract that a document makes.
    pub fn of(document: Value) -> Self {
        let registry = Registry::new().add("urn:contract", document.clone()).expect("an address");
        let registry = registry.prepare().expect("every reference leads somewhere");
        Self { document, registry, validators: Mutex::default() }
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What the answer breaks of the contract; nothing if it keeps it.
    pub fn broken_by(&self, request: &Request<'_>, answer: &Answer) -> Vec<String> {
        let path = request.path.split(['?', '#']).next().unwrap_or_default();
        if NOT_DESCRIBED.iter().any(|prefix| path.starts_with(prefix)) {
            return Vec::new();
        }
        let method = request.method.to_lowercase();
        let Some(template) = self.template(path) else {
            return self.shared(&format!("{method} {path}"), 404, answer);
        };
        let item = &self.document["paths"][&template];
        let Some(operation) = item.get(&method) else {
            let mut broken = self.shared(&format!("{method} {template}"), 405, answer);
            let methods = item.as_object().into_iter().flat_map(Map::keys);
            let mut methods: Vec<String> = methods.map(|name| name.to_uppercase()).collect();
            methods.sort_unstable();
            if answer.header("allow") != Some(&methods.join(", ")) {
                broken.push(format!("{path}: `Allow` is not {}", methods.join(", ")));
            }
            return broken;
        };
        let id = operation["operationId"].as_str().unwrap_or_default();
        let at = format!("/paths/{}/{method}", escaped(&template));
        let mut broken = self.answered(&at, answer);
        if answer.status < 300 {
            broken.extend(self.taken(&at, operation, request));
        }
        let status = answer.status;
        broken.iter().map(|what| format!("{id} ({method} {path}), {status}: {what}")).collect()
    }

    /// The path of the document that a path is one of.
    fn template(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &&String| {
            let of: Vec<&str> = template.split('/').collect();
            of.len() == parts.len()
                && of
                    .iter()
                    .zip(&parts)
                    .all(|(of, part)| of == part || (of.starts_with('{') && !part.is_empty()))
        };
        let paths = self.document["paths"].as_object()?;
        paths.keys().filter(fits).min_by_key(|template| template.matches('{').count()).cloned()
    }

    /// What breaks an answer that belongs to no operation.
    fn shared(&self, what: &str, status: u16, answer: &Answer) -> Vec<String> {
        if answer.status != status {
            return vec![format!("{what}: {} instead of {status}", answer.status)];
        }
        let at = format!("/components/responses/Problem{status}");
        let broken = self.promised(&at, answer);
        broken.iter().map(|each| format!("{what}, {status}: {each}")).collect()
    }

    fn answered(&self, operation: &str, answer: &Answer) -> Vec<String> {
        let at = format!("{operation}/responses/{}", answer.status);
        match self.resolved(&at) {
            Some(at) => self.promised(&at, answer),
            None => vec!["the document knows no such status".to_owned()],
        }
    }

    /// Where a reference at a place leads, or the place itself; none if there is no such place.
    fn resolved(&self, at: &str) -> Option<String> {
        let reference = self.document.pointer(at)?["$ref"].as_str();
        Some(reference.map_or(at, |to| to.trim_start_matches('#')).to_owned())
    }

    /// What an answer breaks of the response at a place of the document.
    fn promised(&self, at: &str, answer: &Answer) -> Vec<String> {
        let Some(response) = self.document.pointer(at) else {
            return vec![format!("there is no {at} in the document")];
        };
        let mut broken = self.headers(at, response, answer);
        let kind = answer.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match response["content"].as_object() {
            None if answer.text.is_empty() => {}
            None => broken.push("a body that the document does not promise".to_owned()),
            Some(content) if !content.contains_key(kind) => {
                broken.push(format!("the document promises no `{kind}`"));
            }
            Some(_) if kind.ends_with("json") => {
                let schema = format!("{at}/content/{}/schema", escaped(kind));
                broken.extend(self.faults(&schema, &answer.body));
                if kind == "application/problem+json" && answer.body["status"] != answer.status {
                    broken.push("/status: another than the answer's".to_owned());
                }
            }
            Some(_) if answer.text.is_empty() => broken.push("there is no body".to_owned()),
            Some(_) => {}
        }
        broken
    }

    fn headers(&self, at: &str, response: &Value, answer: &Answer) -> Vec<String> {
        let mut broken = Vec::new();
        let promised = response["headers"].as_object();
        let names = promised.into_iter().flat_map(Map::keys);
        for name in names {
            let header = self.resolved(&format!("{at}/headers/{name}")).unwrap_or_default();
            let is_required = self.document.pointer(&format!("{header}/required"));
            match answer.header(&name.to_lowercase()) {
                None if is_required == Some(&json!(true)) => {
                    broken.push(format!("there is no `{name}`"));
                }
                None => {}
                Some(written) => {
                    let read = written.parse().map_or_else(|_| json!(written), |n: u64| json!(n));
                    let faults = self.faults(&format!("{header}/schema"), &read);
                    broken.extend(faults.iter().map(|fault| format!("`{name}`: {fault}")));
                }
            }
        }
        for name in PROMISED_ALONE {
            let mut known = promised.into_iter().flat_map(Map::keys);
            let is_promised = known.any(|known| known.eq_ignore_ascii_case(name));
            if !is_promised && answer.header(name).is_some() {
                broken.push(format!("`{name}`, which the document does not promise"));
            }
        }
        broken
    }

    /// What was taken though the document says that it cannot be sent.
    fn taken(&self, at: &str, operation: &Value, request: &Request<'_>) -> Vec<String> {
        let mut broken = Vec::new();
        let sent =
            |name: &str| request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "header" && parameter["required"] == true && !sent(name) {
                broken.push(format!("taken without the required `{name}`"));
            }
        }
        if operation.get("requestBody").is_some() {
            let schema = format!("{at}/requestBody/content/application~1json/schema");
            let body = serde_json::from_slice(request.body).unwrap_or(Value::Null);
            let faults = self.faults(&schema, &body);
            broken.extend(faults.iter().map(|fault| format!("taken, though {fault}")));
        }
        broken
    }

    /// What is wrong with a value by the schema at a place of the document.
    fn faults(&self, schema: &str, value: &Value) -> Vec<String> {
        let validator = self.validator(schema);
        let faults = validator.iter_errors(value);
        faults.map(|fault| format!("`{}`: {fault}", fault.instance_path())).collect()
    }

    fn validator(&self, schema: &str) -> Arc<Validator> {
        let mut all = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let compiled = all.entry(schema.to_owned()).or_insert_with(|| {
            let fragment = schema.replace('{', "%7B").replace('}', "%7D");
            let reference = json!({"$ref": format!("urn:contract#{fragment}")});
            let options = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .with_registry(&self.registry);
            Arc::new(options.build(&reference).unwrap_or_else(|error| panic!("{schema}: {error}")))
        });
        Arc::clone(compiled)
    }
}

fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

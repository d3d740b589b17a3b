//! What is called: every operation of the document as the walk calls it, and questions that are
//! made from that to find what is hidden, without anybody adding them for a new route.

use concord_tests::{
    tape::{Sent, Step},
    walk::{OPERATION, Operation},
};
use serde_json::{Value, json};

use crate::{planting::Hidden, random::Random};

/// Every fact about an operation that questions are made from.
pub struct Call<'o> {
    pub operation: &'o Operation,
    pub sent: Sent,
}

/// The calls of a tape, with the operations that they are of.
pub fn calls<'o>(tape: &[Vec<(usize, Step)>], operations: &'o [Operation]) -> Vec<Call<'o>> {
    let call = |(_, step): &(usize, Step)| {
        let Step::Request(sent) = step else { return None };
        let id = sent.call.as_ref()?;
        let operation = operations.iter().find(|operation| operation.id == *id)?;
        Some(Call { operation, sent: sent.clone() })
    };
    tape.iter().map(|steps| steps.iter().find_map(call).expect("each makes a call")).collect()
}

impl Call<'_> {
    /// Whether it changes nothing, so that it can be asked at any time.
    pub fn is_question(&self) -> bool {
        let id = self.operation.id.as_str();
        self.sent.method == "GET"
            || ["search_", "find_", "check", "preview_"].iter().any(|name| id.starts_with(name))
            || ["create_brief", "create_report", "create_network", "create_timeline"].contains(&id)
    }

    fn with(&self, token: Option<&String>) -> Sent {
        Sent { token: token.cloned(), ..self.sent.clone() }
    }

    /// The same, and the same in every form in which it can be had.
    pub fn forms(&self, token: Option<&String>, random: &mut Random) -> Vec<Sent> {
        let mut all = vec![self.with(token)];
        let content = &self.operation.written["responses"]["200"]["content"];
        let kinds: Vec<&String> =
            content.as_object().into_iter().flat_map(serde_json::Map::keys).collect();
        for kind in kinds.iter().filter(|_| kinds.len() > 1) {
            let mut sent = self.with(token);
            sent.headers.push(("accept".to_owned(), (*kind).clone()));
            let language = random.pick(&["en", "fr", "es", "ar"]);
            sent.headers.push(("accept-language".to_owned(), language.to_owned()));
            all.push(sent);
        }
        all
    }

    /// The same about what is hidden: its ids where the path has one.
    pub fn about(&self, token: Option<&String>, hidden: &Hidden, random: &mut Random) -> Vec<Sent> {
        let template: Vec<&str> = self.operation.path.split('/').collect();
        let has_id = template.iter().any(|part| matches!(*part, "{id}" | "{part}"));
        if !has_id || hidden.ids.is_empty() {
            return Vec::new();
        }
        // What stands where an id is asked for, if it is hidden, and else whatever is.
        let mut id_in = |list: &str| {
            let fitting: Vec<&(String, String)> =
                hidden.ids.iter().filter(|(of, _)| of == list).collect();
            let all: Vec<&(String, String)> =
                if fitting.is_empty() { hidden.ids.iter().collect() } else { fitting };
            all[random.below(all.len())].1.clone()
        };
        let (path, _) = parted(&self.sent.path);
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        for (at, of) in template.iter().enumerate() {
            if matches!(*of, "{id}" | "{part}") {
                parts[at] = id_in(template[at - 1]);
            }
        }
        let mut sent = self.with(token);
        sent.path = parts.join("/");
        // Of the state that stands, of another, and of none.
        match random.below(3) {
            0 => {}
            1 => sent.headers.retain(|(name, _)| name != "if-match"),
            _ => {
                for (name, value) in &mut sent.headers {
                    if name == "if-match" {
                        *value = "\"other\"".to_owned();
                    }
                }
            }
        }
        vec![sent]
    }

    /// The same with each thing that can be asked in the address.
    pub fn asked(&self, token: Option<&String>, hidden: &Hidden, random: &mut Random) -> Vec<Sent> {
        let parameters = self.operation.written["parameters"].as_array().cloned();
        let mut all = Vec::new();
        for parameter in parameters.into_iter().flatten() {
            if parameter["in"] != "query" || parameter["name"] == "cursor" {
                continue;
            }
            let schema = &parameter["schema"];
            let value = match (&schema["enum"], schema["type"].as_str()) {
                (Value::Array(codes), _) if !codes.is_empty() => {
                    codes[random.below(codes.len())].as_str().unwrap_or_default().to_owned()
                }
                (_, Some("integer")) => "1".to_owned(),
                (_, Some("boolean")) => random.pick(&["true", "false"]).to_owned(),
                _ => word(hidden, random).unwrap_or_else(|| "access".to_owned()),
            };
            let mut sent = self.with(token);
            let (path, _) = parted(&sent.path);
            sent.path =
                format!("{path}?{}={value}", parameter["name"].as_str().unwrap_or_default());
            all.push(sent);
        }
        all
    }

    /// The same with a key, an id or a name of what is hidden in its body, and an Idempotency-Key
    /// that others have used.
    pub fn naming(
        &self,
        token: Option<&String>,
        hidden: &Hidden,
        random: &mut Random,
    ) -> Vec<Sent> {
        let Some(example) = &self.operation.example else { return Vec::new() };
        let mut places = Vec::new();
        leaves(example, String::new(), &mut places);
        // A key of its own, which what is hidden may have too.
        if example.is_object() && example.get("key").is_none() {
            places.push("/key".to_owned());
        }
        let (Some(word), false) = (word(hidden, random), places.is_empty()) else {
            return Vec::new();
        };
        let place = &places[random.below(places.len())];
        let mut body: Value = serde_json::from_slice(&self.sent.body).unwrap_or(Value::Null);
        if let Some(at) = body.pointer_mut(place) {
            *at = json!(word);
        } else if place == "/key" && body.is_object() {
            body["key"] = json!(word);
        } else {
            return Vec::new();
        }
        let mut sent = self.with(token);
        sent.body = body.to_string().into_bytes();
        let parameters = self.operation.written["parameters"].as_array().into_iter().flatten();
        if parameters.filter(|parameter| parameter["name"] == "Idempotency-Key").count() > 0 {
            let key = format!("hidden-{}", 1 + random.below(2));
            sent.headers.push(("idempotency-key".to_owned(), key));
        }
        vec![sent]
    }

    /// The same of the next page, as an answer tells of it.
    pub fn next(&self, sent: &Sent, answer: &Value) -> Option<Sent> {
        let cursor = answer["next"].as_str()?;
        let (path, query) = parted(&sent.path);
        let kept = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor="));
        let query: Vec<String> =
            kept.map(str::to_owned).chain([format!("cursor={cursor}")]).collect();
        Some(Sent { path: format!("{path}?{}", query.join("&")), ..sent.clone() })
    }

    /// The same of an operation that is not there for the caller.
    pub fn elsewhere(&self, token: Option<&String>) -> Option<Sent> {
        let path = self.sent.path.strip_prefix(&format!("/v1/operations/{OPERATION}"))?;
        Some(Sent { path: format!("/v1/operations/elsewhere{path}"), ..self.with(token) })
    }
}

fn parted(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

/// An id or a key of what is hidden.
pub fn word(hidden: &Hidden, random: &mut Random) -> Option<String> {
    let ids = hidden.ids.iter().map(|(_, id)| id);
    let all: Vec<&String> =
        if random.below(2) == 0 { ids.collect() } else { hidden.keys.iter().collect() };
    (!all.is_empty()).then(|| all[random.below(all.len())].clone())
}

/// Where texts stand that name something.
fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| leaves(member, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(number, item)| leaves(item, format!("{at}/{number}"), found));
        }
        Value::String(text) if !text.contains(' ') => found.push(at),
        _ => {}
    }
}

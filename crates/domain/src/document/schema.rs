//! JSON Schema of the documents, for the OpenAPI document and for the bundle's own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// In which form a document is described or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As part of a bundle.
    Bundle,
    /// As the body that makes a new one.
    New,
    /// As the body that brings one to new values.
    Change,
    /// As an answer.
    View,
    /// As it is kept.
    Stored,
}

/// The definitions that documents refer to.
pub struct Schemas {
    /// In which form.
    pub form: Form,
    prefix: &'static str,
    definitions: BTreeMap<String, Value>,
}

impl Schemas {
    /// No definitions yet; references to them begin with `prefix`.
    #[must_use]
    pub const fn new(form: Form, prefix: &'static str) -> Self {
        Self { form, prefix, definitions: BTreeMap::new() }
    }

    /// A reference to a definition, which is made if it is not there.
    pub fn define(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        let name = match (self.form, name.chars().next()) {
            (Form::New, Some(_)) => format!("New{name}"),
            (Form::Change, Some(_)) => format!("{name}Change"),
            _ => name.to_owned(),
        };
        if !self.definitions.contains_key(&name) {
            self.definitions.insert(name.clone(), Value::Null);
            let schema = make(self);
            self.definitions.insert(name.clone(), schema);
        }
        json!({"$ref": format!("{}{name}", self.prefix)})
    }

    /// A reference to a definition that is the same in every form.
    pub fn define_shared(&mut self, name: &str, make: impl FnOnce() -> Value) -> Value {
        self.definitions.entry(name.to_owned()).or_insert_with(make);
        json!({"$ref": format!("{}{name}", self.prefix)})
    }

    /// All definitions.
    #[must_use]
    pub fn into_definitions(self) -> BTreeMap<String, Value> {
        self.definitions
    }
}

/// The schema of an object that takes no other members.
pub struct ObjectSchema {
    about: &'static str,
    form: Form,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl ObjectSchema {
    pub(crate) fn new(about: &'static str, form: Form) -> Self {
        Self { about, form, properties: Map::new(), required: Vec::new() }
    }

    pub(crate) fn member(
        &mut self,
        schemas: &mut Schemas,
        (need, name): (&str, &'static str),
        about: &str,
        schema: impl FnOnce(&mut Schemas) -> Value,
    ) {
        let view = self.form == Form::View;
        if need == "key" {
            if view {
                let id = json!({"type": "string", "format": "uuid", "description": "Its id."});
                self.properties.insert("id".to_owned(), id);
                self.required.push("id");
            }
            if view || self.form == Form::Bundle {
                self.required.push("key");
            }
        } else if view || (need == "required" && self.form != Form::Change) {
            self.required.push(name);
        }
        let mut schema = schema(schemas);
        let is_list = schema["type"] == "array" || schema["type"] == "object";
        // Whatever makes or amends a thing may leave its key to the server.
        let is_left = need == "key" && matches!(self.form, Form::New | Form::Change);
        if (need == "optional" && !(view && is_list)) || is_left {
            schema = nullable(&schema);
        }
        if let (Some(schema), false) = (schema.as_object_mut(), about.is_empty()) {
            schema.insert("description".to_owned(), json!(about));
        }
        self.properties.insert(name.to_owned(), schema);
    }

    pub(crate) fn finish(self) -> Value {
        json!({
            "type": "object",
            "description": self.about,
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

/// The schema of a text that may be left blank.
pub(crate) fn or_blank(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.remove("minLength");
        if let Some(pattern) = object.remove("pattern").as_ref().and_then(Value::as_str)
            && pattern != SOMETHING
        {
            object.insert("pattern".to_owned(), format!(r"{pattern}|^\s*$").into());
        }
    }
    schema
}

/// The pattern of a text that is not blank.
pub(crate) const SOMETHING: &str = r"\S";

fn nullable(schema: &Value) -> Value {
    match &schema["type"] {
        Value::String(name) => {
            let mut schema = schema.clone();
            schema["type"] = json!([name, "null"]);
            schema
        }
        _ => json!({"oneOf": [schema, {"type": "null"}]}),
    }
}

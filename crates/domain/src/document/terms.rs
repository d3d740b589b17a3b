//! The terms of asks, commitments and common positions.

use std::collections::BTreeMap;

use serde_json::{Number, Value, json};

use super::{
    Member, Reader, Schemas, Writer,
    codes::no_such_code,
    members::read_map,
    texts::{checked, read_text},
};
use crate::{
    fault::{FaultCode, Pointer},
    text::{self, LINE_CHARS_MAX},
    vocabulary::{Code, Term, TermType},
    window::Day,
};

/// The value of a term, of the type that the vocabulary gives the term.
#[derive(Clone, Debug)]
pub enum TermValue {
    /// A number.
    Number(Number),
    /// A text, a day or a code.
    Text(String),
}

impl TermValue {
    /// Reads a value of the term.
    fn read(term: Term, value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match (term.value_type(), value) {
            (TermType::Number, Value::Number(number)) => Some(Self::Number(number.clone())),
            (TermType::Number, _) => {
                reader.fault(at, FaultCode::WrongType, "a number is expected here");
                None
            }
            (TermType::Text, _) => {
                let written = read_text(value, at, reader)?;
                match checked(written, LINE_CHARS_MAX) {
                    Ok(()) => Some(Self::Text(written.to_owned())),
                    Err((code, detail)) => {
                        reader.fault(at, code, detail);
                        None
                    }
                }
            }
            (TermType::Day, _) => Day::read(value, at, reader).map(|d| Self::Text(d.to_string())),
            (TermType::Code, _) => {
                let written = read_text(value, at, reader)?;
                let values = &term.entry().values;
                if values.iter().any(|value| value == written) {
                    return Some(Self::Text(written.to_owned()));
                }
                let (code, detail) =
                    no_such_code(written, term.code(), values.iter().map(String::as_str));
                reader.fault(at, code, detail);
                None
            }
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => text.clone().into(),
        }
    }

    fn schema() -> Value {
        json!({"type": ["number", "string"]})
    }
}

impl PartialEq for TermValue {
    /// Numbers as numbers; texts after trimming and lower case.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                let whole = |n: &Number| n.as_i128();
                match (whole(a), whole(b)) {
                    (Some(a), Some(b)) => a == b,
                    _ => a.as_f64() == b.as_f64(),
                }
            }
            (Self::Text(a), Self::Text(b)) => text::folded(a) == text::folded(b),
            _ => false,
        }
    }
}

impl std::fmt::Display for TermValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The terms of an ask or a commitment.
pub type Terms = BTreeMap<Term, TermValue>;

impl Member for Terms {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        read_map(value, at, reader, |term, value, at, reader| {
            TermValue::read(*term, value, at, reader)
        })
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        self.iter().map(|(term, value)| (term.code().to_owned(), value.to_json())).collect()
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "object", "additionalProperties": TermValue::schema()})
    }
}

/// The values of terms that a common position excludes.
pub type ExcludedTerms = BTreeMap<Term, Vec<TermValue>>;

impl Member for ExcludedTerms {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        read_map(value, at, reader, |term, value, at, reader| {
            let Some(values) = value.as_array() else {
                reader.fault(at, FaultCode::WrongType, "a list of values is expected here");
                return None;
            };
            let read = |(index, value)| TermValue::read(*term, value, &at.item(index), reader);
            let values: Vec<_> = values.iter().enumerate().map(read).collect();
            values.into_iter().collect()
        })
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        let values =
            |values: &Vec<TermValue>| values.iter().map(TermValue::to_json).collect::<Value>();
        self.iter().map(|(term, all)| (term.code().to_owned(), values(all))).collect()
    }

    fn schema(_: &mut Schemas) -> Value {
        let values = json!({"type": "array", "items": TermValue::schema()});
        json!({"type": "object", "additionalProperties": values})
    }
}

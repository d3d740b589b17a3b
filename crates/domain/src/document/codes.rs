//! Codes of the vocabulary and references to other things, as members.

use serde_json::{Value, json};

use super::{Member, Reader, Schemas, Writer, identity::Key, texts::read_text};
use crate::{
    fault::{FaultCode, Pointer, nearest, offer, quoted},
    id::Id,
    vocabulary::{Closed, Code, vocabulary},
};

/// After how many faults no nearest keys are offered.
const OFFERS_MAX: usize = 100;

pub(super) fn no_such_code<'a>(
    written: &str,
    list: &str,
    codes: impl Iterator<Item = &'a str>,
) -> (FaultCode, String) {
    let near = offer(&nearest(written, codes));
    let list = list.replace('_', " ");
    (FaultCode::UnknownCode, format!("{} is no code of the list `{list}`{near}", quoted(written)))
}

impl<T: Code> Member for T {
    const NAMES_ANOTHER: bool = true;

    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let written = read_text(value, at, reader)?;
        let read = T::from_code(written);
        if read.is_none() {
            let codes = vocabulary().entries(T::LIST).iter().map(|entry| entry.code.as_str());
            let (code, detail) = no_such_code(written, T::LIST, codes);
            reader.fault(at, code, detail);
        }
        read
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        self.entry().code.as_str().into()
    }

    fn schema(schemas: &mut Schemas) -> Value {
        schemas.define_shared(&pascal(T::LIST), || {
            let codes = vocabulary().entries(T::LIST).iter().map(|entry| entry.code.as_str());
            json!({"type": "string", "enum": codes.collect::<Vec<_>>()})
        })
    }
}

/// A code of a closed list, as a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Of<T>(pub T);

impl<T: Closed> Member for Of<T> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let written = read_text(value, at, reader)?;
        let read = T::from_code(written);
        if read.is_none() {
            let (code, detail) = no_such_code(written, T::LIST, T::ALL.iter().map(|c| c.code()));
            reader.fault(at, code, detail);
        }
        read.map(Self)
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        self.0.code().into()
    }

    fn schema(schemas: &mut Schemas) -> Value {
        schemas.define_shared(&pascal(T::LIST), || {
            json!({"type": "string", "enum": T::ALL.iter().map(|c| c.code()).collect::<Vec<_>>()})
        })
    }
}

/// What the schema of a list's codes is called: never as a document is.
fn pascal(list: &str) -> String {
    if list == "demand" {
        return "DemandKind".to_owned();
    }
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1.min(word.len()));
        format!("{}{rest}", first.to_uppercase())
    };
    list.split('_').map(capital).collect()
}

/// A reference to another thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct To<T>(pub T);

impl<T: Id> Member for To<T> {
    const NAMES_ANOTHER: bool = true;

    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let written = read_text(value, at, reader)?;
        let id = reader.references.resolve(T::KIND, written);
        if id.is_none() {
            // Looking for the nearest of many keys for many faults would take too long.
            let is_offered = reader.faults.len() < OFFERS_MAX;
            let near = match is_offered {
                true => reader.references.nearest(T::KIND, written),
                false => Vec::new(),
            };
            let near = offer(&near.iter().map(String::as_str).collect::<Vec<_>>());
            let detail = format!("there is no {} {}{near}", T::KIND.word(), quoted(written));
            reader.fault(at, FaultCode::UnknownReference, detail);
        }
        id.map(|id| Self(id.into()))
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        (writer.name)(T::KIND, self.0.into()).map_or(Value::Null, Value::from)
    }

    fn schema(schemas: &mut Schemas) -> Value {
        Key::schema(schemas)
    }
}

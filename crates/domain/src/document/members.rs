//! What documents are made of besides texts and codes: days, numbers, lists and maps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Form, Member, Reader, Schemas, Writer,
    schema::or_blank,
    texts::{Line, Word, read_text},
};
use crate::{
    fault::{FaultCode, Pointer, quoted},
    vocabulary::Term,
    window::{Day, parse_day},
};

/// The longest list inside one document.
pub const LIST_ITEMS_MAX: usize = 500;

impl Member for Day {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let written = read_text(value, at, reader)?;
        let day = parse_day(written);
        if day.is_none() {
            let detail = format!("{} is no day; write it as YYYY-MM-DD", quoted(written));
            reader.fault(at, FaultCode::Malformed, detail);
        }
        day
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        self.to_string().into()
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "string", "format": "date"})
    }
}

impl Member for bool {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let read = value.as_bool();
        if read.is_none() {
            reader.fault(at, FaultCode::WrongType, "true or false is expected here");
        }
        read
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        (*self).into()
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "boolean"})
    }
}

/// A whole number from 0 to `MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count<const MAX: u32>(pub u32);

impl<const MAX: u32> Member for Count<MAX> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        if !value.is_number() {
            reader.fault(at, FaultCode::WrongType, "a number is expected here");
            return None;
        }
        let read = value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= MAX);
        if read.is_none() {
            reader.fault(at, FaultCode::OutOfRange, format!("a whole number from 0 to {MAX}"));
        }
        read.map(Self)
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        self.0.into()
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "integer", "minimum": 0, "maximum": MAX})
    }
}

/// Degrees of latitude (`MAX` 90) or longitude (180).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degrees<const MAX: u32>(pub f64);

impl<const MAX: u32> Member for Degrees<MAX> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(read) = value.as_f64() else {
            reader.fault(at, FaultCode::WrongType, "a number is expected here");
            return None;
        };
        if read.abs() > f64::from(MAX) {
            reader.fault(at, FaultCode::OutOfRange, format!("degrees from -{MAX} to {MAX}"));
            return None;
        }
        Some(Self(read))
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        json!(self.0)
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "number", "minimum": -f64::from(MAX), "maximum": MAX})
    }
}

impl<T: Member> Member for Option<T> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        if T::BLANK_IS_NONE && value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Some(None);
        }
        T::read(value, at, reader).map(Some)
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        self.as_ref().map_or(Value::Null, |member| member.write(writer))
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let schema = T::schema(schemas);
        if T::BLANK_IS_NONE && schemas.form != Form::View { or_blank(schema) } else { schema }
    }
}

impl<T: Member + PartialEq> Member for Vec<T> {
    /// A reference or a code that stands in the list twice is taken once.
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(items) = value.as_array() else {
            reader.fault(at, FaultCode::WrongType, "a list is expected here");
            return None;
        };
        if items.len() > LIST_ITEMS_MAX {
            reader.fault(at, FaultCode::TooLong, format!("at most {LIST_ITEMS_MAX} items"));
            return None;
        }
        let mut list = Self::with_capacity(items.len());
        let mut whole = true;
        for (index, item) in items.iter().enumerate() {
            match T::read(item, &at.item(index), reader) {
                Some(item) if T::NAMES_ANOTHER && list.contains(&item) => {}
                Some(item) => list.push(item),
                None => whole = false,
            }
        }
        whole.then_some(list)
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        self.iter().map(|item| item.write(writer)).filter(|item| !item.is_null()).collect()
    }

    fn schema(schemas: &mut Schemas) -> Value {
        json!({"type": "array", "items": T::schema(schemas), "maxItems": LIST_ITEMS_MAX})
    }
}

/// The type of the names in a map.
pub trait Name: Ord + Sized {
    /// The name that is written so.
    fn read(written: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self>;
    /// The name as text.
    fn as_text(&self) -> &str;
    /// The schema of a name.
    fn schema(schemas: &mut Schemas) -> Value;
}

impl Name for Word {
    fn read(written: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        <Self as Member>::read(&written.into(), at, reader)
    }
    fn as_text(&self) -> &str {
        self.as_str()
    }
    fn schema(schemas: &mut Schemas) -> Value {
        <Self as Member>::schema(schemas)
    }
}

impl Name for Term {
    fn read(written: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        <Self as Member>::read(&written.into(), at, reader)
    }
    fn as_text(&self) -> &str {
        self.code()
    }
    fn schema(schemas: &mut Schemas) -> Value {
        <Self as Member>::schema(schemas)
    }
}

impl<N: Name> Member for BTreeMap<N, Line> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        read_map(value, at, reader, |_, value, at, reader| Line::read(value, at, reader))
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        self.iter().map(|(name, line)| (name.as_text().to_owned(), line.write(writer))).collect()
    }

    fn schema(schemas: &mut Schemas) -> Value {
        json!({
            "type": "object",
            "propertyNames": N::schema(schemas),
            "additionalProperties": Line::schema(schemas),
        })
    }
}

pub(super) fn read_map<N: Name, T>(
    value: &Value,
    at: &Pointer<'_>,
    reader: &mut Reader<'_>,
    read: impl Fn(&N, &Value, &Pointer<'_>, &mut Reader<'_>) -> Option<T>,
) -> Option<BTreeMap<N, T>> {
    let Some(object) = value.as_object() else {
        reader.fault(at, FaultCode::WrongType, "an object is expected here");
        return None;
    };
    if object.len() > LIST_ITEMS_MAX {
        reader.fault(at, FaultCode::TooLong, format!("at most {LIST_ITEMS_MAX} members"));
        return None;
    }
    let mut map = BTreeMap::new();
    let mut whole = true;
    for (written, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = at.member(written);
        let read = N::read(written, &at, reader)
            .and_then(|name| read(&name, value, &at, reader).map(|value| (name, value)));
        whole &= read.is_some();
        map.extend(read);
    }
    whole.then_some(map)
}

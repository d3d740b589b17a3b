//! What documents are made of: keys, texts, days, codes, references, lists and maps.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value, json};
use uuid::Uuid;

use super::{Form, Keys, Member, Reader, Schemas, Writer};
use crate::{
    fault::{FaultCode, Pointer, nearest, offer, quoted},
    id::Id,
    text::{self, LINE_CHARS_MAX, PROSE_CHARS_MAX},
    vocabulary::{Closed, Code, Term, TermType, vocabulary},
    window::{Day, parse_day},
};

/// The longest list inside one document.
pub const LIST_ITEMS_MAX: usize = 500;

/// What a thing is called by those who sent it: 1 to 64 of `a-z A-Z 0-9 . _ : -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// The key that is written so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<uuid::Uuid> for Key {
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string())
    }
}

impl Member for Key {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let written = read_text(value, at, reader)?;
        let key = Self::parse(written);
        if key.is_none() {
            let rule = "a key is 1 to 64 of a-z A-Z 0-9 . _ : -";
            reader.fault(
                at,
                FaultCode::Malformed,
                format!("{} is no key: {rule}", quoted(written)),
            );
        }
        key
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        self.0.clone().into()
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"})
    }
}

/// Which thing a document is about: its id here, and what its senders call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<T> {
    /// Its id.
    pub id: T,
    /// Its key; its id as text if it was given none.
    pub key: Key,
}

impl<T: Id> Identity<T> {
    pub(crate) fn written(&self, writer: &Writer<'_>) -> Vec<(&'static str, Value)> {
        let id = matches!(writer.form, Form::View | Form::Stored)
            .then(|| ("id", self.id.to_string().into()));
        id.into_iter().chain([("key", self.key.as_str().into())]).collect()
    }
}

impl<T: Id> Member for Identity<T> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let key = Key::read(value, at, reader)?;
        reader.identify(Some(key), at)
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        self.key.write(writer)
    }

    fn schema(schemas: &mut Schemas) -> Value {
        Key::schema(schemas)
    }
}

impl Reader<'_> {
    /// Which thing the object is about.
    pub(crate) fn identity<T: Id>(
        &mut self,
        object: &Map<String, Value>,
        at: &Pointer<'_>,
    ) -> Option<Identity<T>> {
        match self.keys {
            Keys::Required => self.required(object, at, "key"),
            Keys::Stored => {
                let key = self.required(object, at, "key")?;
                let id = Uuid::parse_str(object.get("id")?.as_str()?).ok()?;
                Some(Identity { id: id.into(), key })
            }
            Keys::Optional => match object.get("key") {
                None | Some(Value::Null) => self.identify(None, at),
                Some(value) => Identity::read(value, &at.member("key"), self),
            },
        }
    }

    fn identify<T: Id>(&mut self, key: Option<Key>, at: &Pointer<'_>) -> Option<Identity<T>> {
        match self.references.identify(T::KIND, key.as_ref()) {
            Ok(id) => Some(Identity { id: id.into(), key: key.unwrap_or_else(|| id.into()) }),
            Err((code, detail)) => {
                self.fault(at, code, detail);
                None
            }
        }
    }

    /// Notes a fault if an amendment names another thing than the one that it amends.
    pub(crate) fn same_identity<T: Id>(
        &mut self,
        identity: &Identity<T>,
        object: &Map<String, Value>,
        at: &Pointer<'_>,
    ) {
        if let Some(written) = object.get("key")
            && written.as_str() != Some(identity.key.as_str())
        {
            let detail = "a key cannot be changed; leave it out";
            self.fault(&at.member("key"), FaultCode::Inconsistent, detail);
        }
    }
}

/// A text on one line, not empty, at most 300 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line(String);

/// Free text, at most 10,000 characters: content, which nothing derived repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose(String);

/// A plain word that names something in a map: `ar`, `ucdp`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(String);

/// The address of a page on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

macro_rules! texts {
    ($($name:ident, apart: $apart:literal, $parse:expr, $schema:expr);* $(;)?) => {$(
        impl $name {
            /// A text that was stored, and so was right when it came.
            #[must_use]
            pub fn stored(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Member for $name {
            const BLANK_IS_NONE: bool = true;

            fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
                if let (true, Some(number)) = (reader.keys == Keys::Stored, value.as_u64()) {
                    let text = reader.texts.get(usize::try_from(number).ok()?)?;
                    return Some(Self(text.clone()));
                }
                let written = read_text(value, at, reader)?;
                let parse: fn(&str) -> Result<(), (FaultCode, String)> = $parse;
                match parse(written) {
                    Ok(()) => Some(Self(written.to_owned())),
                    Err((code, detail)) => {
                        reader.fault(at, code, detail);
                        None
                    }
                }
            }

            fn write(&self, writer: &Writer<'_>) -> Value {
                if $apart && writer.form == Form::Stored {
                    let mut texts = writer.texts.borrow_mut();
                    texts.push(self.0.clone());
                    return (texts.len() - 1).into();
                }
                self.0.clone().into()
            }

            fn schema(_: &mut Schemas) -> Value {
                $schema
            }
        }
    )*};
}

texts! {
    Line, apart: false, |written| {
        if written.is_empty() {
            return Err((FaultCode::Missing, "a text is needed here".to_owned()));
        }
        if written.contains(['\n', '\r', '\t']) {
            let detail = "this text stands on one line, without tabs".to_owned();
            return Err((FaultCode::UnsafeText, detail));
        }
        checked(written, LINE_CHARS_MAX)
    }, json!({"type": "string", "minLength": 1, "maxLength": LINE_CHARS_MAX});
    Prose, apart: true, |written| checked(written, PROSE_CHARS_MAX),
        json!({"type": "string", "maxLength": PROSE_CHARS_MAX});
    Word, apart: false, |written| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        match (1..=32).contains(&written.len()) && written.bytes().all(plain) {
            true => Ok(()),
            false => Err((FaultCode::Malformed, "a name is 1 to 32 of a-z A-Z 0-9 _ -".to_owned())),
        }
    }, json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,32}$"});
    Address, apart: false, |written| {
        if !(written.starts_with("https://") || written.starts_with("http://")) {
            let detail = "an address begins with https:// or http://".to_owned();
            return Err((FaultCode::Malformed, detail));
        }
        if written.contains(|c: char| c.is_whitespace() || c == '"' || c == '<') {
            return Err((FaultCode::Malformed, "an address holds no space".to_owned()));
        }
        checked(written, 2_000)
    }, json!({"type": "string", "pattern": "^https?://", "maxLength": 2000});
}

fn checked(written: &str, chars_max: usize) -> Result<(), (FaultCode, String)> {
    if let Some(bad) = written.chars().find(|c| text::is_unsafe(*c)) {
        let detail = format!("the character U+{:04X} may not stand in a text", u32::from(bad));
        return Err((FaultCode::UnsafeText, detail));
    }
    match written.chars().count() {
        long if long > chars_max => {
            Err((FaultCode::TooLong, format!("at most {chars_max} characters; this has {long}")))
        }
        _ => Ok(()),
    }
}

fn read_text<'v>(value: &'v Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<&'v str> {
    let text = value.as_str();
    if text.is_none() {
        reader.fault(at, FaultCode::WrongType, "a text is expected here");
    }
    text
}

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

fn no_such_code<'a>(
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

fn pascal(list: &str) -> String {
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
            let known = reader.references.known(T::KIND);
            let near = offer(&nearest(written, known.iter().map(String::as_str)));
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

impl<T: Member> Member for Option<T> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        if T::BLANK_IS_NONE && value.as_str() == Some("") {
            return Some(None);
        }
        T::read(value, at, reader).map(Some)
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        self.as_ref().map_or(Value::Null, |member| member.write(writer))
    }

    fn schema(schemas: &mut Schemas) -> Value {
        T::schema(schemas)
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
}

impl Name for Word {
    fn read(written: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        <Self as Member>::read(&written.into(), at, reader)
    }
    fn as_text(&self) -> &str {
        &self.0
    }
}

impl Name for Term {
    fn read(written: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        <Self as Member>::read(&written.into(), at, reader)
    }
    fn as_text(&self) -> &str {
        self.code()
    }
}

impl<N: Name> Member for BTreeMap<N, Line> {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        read_map(value, at, reader, |_, value, at, reader| Line::read(value, at, reader))
    }

    fn write(&self, writer: &Writer<'_>) -> Value {
        self.iter().map(|(name, line)| (name.as_text().to_owned(), line.write(writer))).collect()
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({"type": "object", "additionalProperties": {"type": "string"}})
    }
}

fn read_map<N: Name, T>(
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

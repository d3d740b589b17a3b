//! The things that the registry keeps, each described once: `document!` makes from one list of
//! members the type, its reader (which names every fault by JSON Pointer), its writer, and its
//! JSON Schema. Bundles, request bodies and answers are these documents and nothing else, so
//! what can be imported can be posted, amended, shown and exported.

use std::{cell::RefCell, collections::BTreeMap};

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    fault::{Fault, FaultCode, Pointer, nearest, offer, quoted},
    guard::{self, Noted},
    id::Kind,
    window::Day,
};

mod actors;
mod codes;
mod engagement;
mod history;
mod identity;
mod intention;
mod members;
mod partial;
mod register;
mod schema;
mod terms;
mod texts;

pub use actors::*;
pub use codes::*;
pub use engagement::*;
pub use identity::*;
pub use intention::Intention;
pub use members::*;
pub use register::*;
pub use schema::{Form, Schemas};
pub use terms::*;
pub use texts::*;

/// What stands under a written key or id. Implemented by whoever knows: a bundle being read, or
/// the registry as far as the caller may see it.
pub trait References {
    /// The id of the thing of this kind that the text stands for.
    fn resolve(&mut self, kind: Kind, written: &str) -> Option<Uuid>;

    /// The id of the thing that is being defined here, under a key if it was given one; or what
    /// is wrong with that key.
    ///
    /// # Errors
    /// What is wrong with the key.
    fn identify(&mut self, kind: Kind, key: Option<&Key>) -> Result<Uuid, (FaultCode, String)>;

    /// The keys of this kind that are nearest to what was written, to be offered.
    fn nearest(&mut self, kind: Kind, written: &str) -> Vec<String>;
}

/// Whether a thing being defined must carry a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// As in a bundle.
    Required,
    /// As in the API, where its id becomes its key.
    Optional,
    /// As in what was stored, where its id stands beside it.
    Stored,
}

/// What null means where a thing that stands already is brought to new values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// The same as left out, as in a bundle.
    Keeps,
    /// Back to what the member is when it is left out of a new thing, as in the API.
    Clears,
}

/// Reads documents, and gathers all that is wrong with them.
pub struct Reader<'r> {
    /// What written keys stand for.
    pub references: &'r mut dyn References,
    /// What was found wrong so far.
    pub faults: Vec<Fault>,
    /// Whether keys are needed.
    pub keys: Keys,
    /// What null means in an amendment.
    pub null: Null,
    /// The day after which nothing can have happened yet, where that matters.
    pub today: Option<Day>,
    /// The free texts of what was stored, which stand apart from it; none if they are left out.
    pub texts: Option<Vec<String>>,
    /// What was found in free texts that is never stored; none if they are not looked over.
    pub noted: Option<Vec<Noted>>,
}

impl<'r> Reader<'r> {
    /// A reader of bundles. Free texts are looked over where `noted` is set.
    pub fn of_bundle(references: &'r mut dyn References, today: Option<Day>) -> Self {
        Self::new(references, Keys::Required, Null::Keeps, today)
    }

    /// A reader of request bodies, which looks free texts over.
    pub fn of_request(references: &'r mut dyn References, today: Day) -> Self {
        let noted = Some(Vec::new());
        Self { noted, ..Self::new(references, Keys::Optional, Null::Clears, Some(today)) }
    }

    fn new(references: &'r mut dyn References, keys: Keys, null: Null, today: Option<Day>) -> Self {
        Self { references, faults: Vec::new(), keys, null, today, texts: None, noted: None }
    }

    /// Looks a free text over: the one place through which each of them comes in.
    fn look_over(&mut self, text: &str, at: &Pointer<'_>) {
        if let Some(noted) = &mut self.noted {
            noted.extend(guard::noted(text, at));
        }
    }

    /// Notes a fault.
    pub fn fault(&mut self, at: &Pointer<'_>, code: FaultCode, detail: impl Into<String>) {
        self.faults.push(Fault::new(at, code, detail));
    }

    /// The object here, all of whose members are `known`.
    pub fn object<'v>(
        &mut self,
        value: &'v Value,
        at: &Pointer<'_>,
        known: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Some(object) = value.as_object() else {
            self.fault(at, FaultCode::WrongType, "an object is expected here");
            return None;
        };
        let has_id = self.keys == Keys::Stored;
        let is_known = |name: &str| known.contains(&name) || (has_id && name == "id");
        for name in object.keys().filter(|name| !is_known(name)) {
            let near = offer(&nearest(name, known.iter().copied()));
            let detail = format!("there is no member {} here{near}", quoted(name));
            self.fault(&at.member(name), FaultCode::UnknownMember, detail);
        }
        Some(object)
    }

    /// A member that must be there.
    pub fn required<T: Member>(
        &mut self,
        object: &Map<String, Value>,
        at: &Pointer<'_>,
        name: &str,
    ) -> Option<T> {
        match object.get(name) {
            Some(value) if !value.is_null() => T::read(value, &at.member(name), self),
            _ => {
                self.fault(&at.member(name), FaultCode::Missing, format!("`{name}` is needed"));
                None
            }
        }
    }

    /// A member that may be left out, or be null.
    pub fn optional<T: Member + Default>(
        &mut self,
        object: &Map<String, Value>,
        at: &Pointer<'_>,
        name: &str,
    ) -> Option<T> {
        match object.get(name) {
            Some(value) if !value.is_null() => T::read(value, &at.member(name), self),
            _ => Some(T::default()),
        }
    }

    /// Brings a member to the value that is given, if one is.
    pub fn amend<T: Member>(
        &mut self,
        member: &mut T,
        (object, at, name): (&Map<String, Value>, &Pointer<'_>, &str),
        cleared: Option<T>,
    ) {
        match object.get(name) {
            None => {}
            Some(Value::Null) => match (self.null, cleared) {
                (Null::Keeps, _) => {}
                (Null::Clears, Some(value)) => *member = value,
                (Null::Clears, None) => {
                    let detail = format!("`{name}` is needed and cannot be taken away");
                    self.fault(&at.member(name), FaultCode::Missing, detail);
                }
            },
            Some(value) => {
                if let Some(value) = T::read(value, &at.member(name), self) {
                    *member = value;
                }
            }
        }
    }
}

/// How references are written, and how much.
pub struct Writer<'w> {
    /// How a reference is written; none if the reader may not know of it.
    pub name: &'w dyn Fn(Kind, Uuid) -> Option<String>,
    /// For a bundle (what is empty is left out) or to show (every member is there).
    pub form: Form,
    /// Where the free texts of what is stored are gathered, to be kept apart from it.
    pub texts: RefCell<Vec<String>>,
}

impl<'w> Writer<'w> {
    /// A writer of a form other than the stored.
    #[must_use]
    pub const fn new(name: &'w dyn Fn(Kind, Uuid) -> Option<String>, form: Form) -> Self {
        Self { name, form, texts: RefCell::new(Vec::new()) }
    }
}

/// A document as it is stored: its free texts stand apart, and a number in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The document without its free texts, as JSON.
    pub document: String,
    /// The free texts, as a JSON list; none if there are none.
    pub texts: Option<String>,
}

/// What references in stored documents stand for: their ids.
struct Ids;

impl References for Ids {
    fn resolve(&mut self, _: Kind, written: &str) -> Option<Uuid> {
        Uuid::parse_str(written).ok()
    }

    fn identify(&mut self, _: Kind, key: Option<&Key>) -> Result<Uuid, (FaultCode, String)> {
        let id = key.and_then(|key| Uuid::parse_str(key.as_str()).ok());
        id.ok_or_else(|| (FaultCode::Malformed, "an id is expected here".to_owned()))
    }

    fn nearest(&mut self, _: Kind, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// The document, to be stored.
#[must_use]
pub fn store<T: Document>(document: &T) -> Stored {
    let writer = Writer::new(&|_, id| Some(id.to_string()), Form::Stored);
    let written = document.write(&writer).to_string();
    let texts = writer.texts.into_inner();
    let texts = (!texts.is_empty()).then(|| Value::from(texts).to_string());
    Stored { document: written, texts }
}

/// The free texts of a document.
#[must_use]
pub fn texts_of<T: Document>(document: &T) -> Vec<String> {
    let writer = Writer::new(&|_, _| None, Form::Stored);
    document.write(&writer);
    writer.texts.into_inner()
}

/// The document that was stored.
///
/// # Errors
/// What is wrong with it, if it was not stored by [`store`].
pub fn restore<T: Document>(document: &str, texts: Option<&str>) -> Result<T, String> {
    let texts = texts.map_or_else(|| Ok(Vec::new()), serde_json::from_str);
    restore_with(document, Some(texts.map_err(|error| error.to_string())?))
}

/// The document that was stored, every free text of it empty: for the rules, which read none.
///
/// # Errors
/// As [`restore`].
pub fn restore_without_texts<T: Document>(document: &str) -> Result<T, String> {
    restore_with(document, None)
}

fn restore_with<T: Document>(document: &str, texts: Option<Vec<String>>) -> Result<T, String> {
    let mut ids = Ids;
    let mut reader = Reader::new(&mut ids, Keys::Stored, Null::Keeps, None);
    reader.texts = texts;
    let value: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
    let read = T::read(&value, &Pointer::ROOT, &mut reader);
    match (read, reader.faults.first()) {
        (Some(document), None) => Ok(document),
        (_, fault) => Err(fault.map_or_else(String::new, ToString::to_string)),
    }
}

/// What can stand as a member of a document.
pub trait Member: Sized {
    /// Whether an empty text is the same as none.
    const BLANK_IS_NONE: bool = false;
    /// Whether it only names another thing, so that naming it twice in a list says no more.
    const NAMES_ANOTHER: bool = false;

    /// Reads it, noting what is wrong.
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self>;

    /// Writes it; null if there is nothing.
    fn write(&self, writer: &Writer<'_>) -> Value;

    /// Its JSON Schema, which may refer to definitions that it adds.
    fn schema(schemas: &mut Schemas) -> Value;
}

/// What must hold between the members of a document.
pub trait Checked {
    /// Notes what is wrong.
    fn check(&self, _at: &Pointer<'_>, _reader: &mut Reader<'_>) {}
}

/// A document as a whole.
pub trait Document: Member + Checked {
    /// What it is called in the schema.
    const NAME: &'static str;

    /// Brings it to the values of the members that are there.
    fn amend(&mut self, value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>);
}

/// An object without what is empty, if the form asks for that.
pub(crate) fn written(members: impl Iterator<Item = (&'static str, Value)>, form: Form) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let omits = matches!(form, Form::Bundle | Form::Stored);
    let kept = members.filter(|(_, value)| !omits || !is_empty(value));
    Value::Object(kept.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Describes a document: its members with what they mean, `required` or `optional`, and `key` for
/// the one that says which thing it is.
macro_rules! document {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $( $(#[doc = $member_doc:literal])* $need:ident $member:ident: $type:ty, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[doc = $member_doc])* pub $member: $type, )*
        }

        impl $crate::document::Member for $name {
            fn read(
                value: &serde_json::Value,
                at: &$crate::fault::Pointer<'_>,
                reader: &mut $crate::document::Reader<'_>,
            ) -> Option<Self> {
                let names = [$(document!(@name $need $member)),*];
                let object = reader.object(value, at, &names)?;
                $( let $member = document!(@read $need reader object at $member); )*
                let whole = (|| Some(Self { $( $member: $member?, )* }))();
                match &whole {
                    Some(document) => $crate::document::Checked::check(document, at, reader),
                    None => $crate::document::partial::check(object, at, reader),
                }
                whole
            }

            fn write(&self, writer: &$crate::document::Writer<'_>) -> serde_json::Value {
                let members = [$( document!(@write $need self writer $member), )*];
                $crate::document::written(members.into_iter().flatten(), writer.form)
            }

            fn schema(schemas: &mut $crate::document::Schemas) -> serde_json::Value {
                let about = concat!($($doc),*).trim();
                schemas.define(stringify!($name), |schemas| {
                    let mut object = $crate::document::schema::ObjectSchema::new(about, schemas.form);
                    $( object.member(
                        schemas,
                        (stringify!($need), document!(@name $need $member)),
                        concat!($($member_doc),*).trim(),
                        <$type as $crate::document::Member>::schema,
                    ); )*
                    object.finish()
                })
            }
        }

        impl $crate::document::Document for $name {
            const NAME: &'static str = stringify!($name);

            fn amend(
                &mut self,
                value: &serde_json::Value,
                at: &$crate::fault::Pointer<'_>,
                reader: &mut $crate::document::Reader<'_>,
            ) {
                let names = [$(document!(@name $need $member)),*];
                let Some(object) = reader.object(value, at, &names) else { return };
                let before = reader.faults.len();
                $( document!(@amend $need self reader object at $member); )*
                if reader.faults.len() == before {
                    $crate::document::Checked::check(self, at, reader);
                }
            }
        }
    };

    (@name key $member:ident) => {
        "key"
    };
    (@name $need:ident $member:ident) => {
        stringify!($member)
    };
    (@read key $reader:ident $object:ident $at:ident $member:ident) => {
        $reader.identity($object, $at)
    };
    (@read required $reader:ident $object:ident $at:ident $member:ident) => {
        $reader.required($object, $at, stringify!($member))
    };
    (@read optional $reader:ident $object:ident $at:ident $member:ident) => {
        $reader.optional($object, $at, stringify!($member))
    };
    (@write key $self:ident $writer:ident $member:ident) => {
        $self.$member.written($writer)
    };
    (@write $need:ident $self:ident $writer:ident $member:ident) => {
        vec![(stringify!($member), $crate::document::Member::write(&$self.$member, $writer))]
    };
    (@amend key $self:ident $reader:ident $object:ident $at:ident $member:ident) => {
        $reader.same_identity(&$self.$member, $object, $at)
    };
    (@amend required $self:ident $reader:ident $object:ident $at:ident $member:ident) => {
        $reader.amend(&mut $self.$member, ($object, $at, stringify!($member)), None)
    };
    (@amend optional $self:ident $reader:ident $object:ident $at:ident $member:ident) => {
        $reader.amend(
            &mut $self.$member,
            ($object, $at, stringify!($member)),
            Some(Default::default()),
        )
    };
}
pub(crate) use document;

/// A map whose keys are plain words (language codes, names of registers).
pub type Words<T> = BTreeMap<Word, T>;

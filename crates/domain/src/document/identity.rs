//! Keys, and which thing a document is about.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Form, Keys, Member, Reader, Schemas, Writer, texts::read_text};
use crate::{
    fault::{FaultCode, Pointer, quoted},
    id::Id,
};

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

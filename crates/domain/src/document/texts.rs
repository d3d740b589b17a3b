//! Texts, and what none of them may hold.

use serde_json::{Value, json};

use super::{Form, Keys, Member, Reader, Schemas, Writer, schema::SOMETHING};
use crate::{
    fault::{FaultCode, Pointer},
    text::{self, LINE_CHARS_MAX, PROSE_CHARS_MAX},
};

/// A text on one line, not blank, at most 300 characters.
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
                    let Some(texts) = &reader.texts else { return Some(Self(String::new())) };
                    return texts.get(usize::try_from(number).ok()?).cloned().map(Self);
                }
                let written = read_text(value, at, reader)?;
                let parse: fn(&str) -> Result<(), (FaultCode, String)> = $parse;
                match parse(written) {
                    Ok(()) => {
                        if $apart {
                            reader.look_over(written, at);
                        }
                        Some(Self(written.to_owned()))
                    }
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
        if written.trim().is_empty() {
            return Err((FaultCode::Missing, "a text is needed here".to_owned()));
        }
        if written.contains(['\n', '\r', '\t']) {
            let detail = "this text stands on one line, without tabs".to_owned();
            return Err((FaultCode::UnsafeText, detail));
        }
        checked(written, LINE_CHARS_MAX)
    }, json!({
        "type": "string", "minLength": 1, "maxLength": LINE_CHARS_MAX, "pattern": SOMETHING,
    });
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

pub(super) fn checked(written: &str, chars_max: usize) -> Result<(), (FaultCode, String)> {
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

pub(super) fn read_text<'v>(
    value: &'v Value,
    at: &Pointer<'_>,
    reader: &mut Reader<'_>,
) -> Option<&'v str> {
    let text = value.as_str();
    if text.is_none() {
        reader.fault(at, FaultCode::WrongType, "a text is expected here");
    }
    text
}

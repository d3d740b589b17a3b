//! What is wrong with an input, and where: values, not failures, so that all are told at once.

use std::fmt;

use crate::guard::Finding;

/// A place in a JSON document, as an RFC 6901 pointer, grown on the way down without allocating.
#[derive(Clone, Copy, Debug)]
pub struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    token: Token<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    Root,
    Member(&'a str),
    Item(usize),
}

impl<'a> Pointer<'a> {
    /// The whole document.
    pub const ROOT: Pointer<'static> = Pointer { parent: None, token: Token::Root };

    /// A member of the object here.
    #[must_use]
    pub const fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), token: Token::Member(name) }
    }

    /// An item of the list here.
    #[must_use]
    pub const fn item(&'a self, index: usize) -> Self {
        Self { parent: Some(self), token: Token::Item(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.token {
            Token::Root => Ok(()),
            Token::Member(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Token::Item(index) => write!(f, "/{index}"),
        }
    }
}

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where, as a JSON Pointer into what was sent.
    pub pointer: String,
    /// What kind of thing is wrong, for programs.
    pub code: FaultCode,
    /// What is wrong and what would be right, for people.
    pub detail: String,
    /// What was found in a free text, and which of its characters.
    pub finding: Option<Finding>,
}

impl Fault {
    /// A fault at a place.
    #[must_use]
    pub fn new(at: &Pointer<'_>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self { pointer: at.to_string(), code, detail: detail.into(), finding: None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{at}: {}", self.detail)
    }
}

macro_rules! fault_codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal),* $(,)?) => {
        /// What kind of thing is wrong with an input.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode {$($(#[doc = $doc])* $name),*}

        impl FaultCode {
            /// Every code with its meaning.
            pub const ALL: &[(Self, &str)] = &[$((Self::$name, concat!($($doc),*))),*];

            /// The code, for programs.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {$(Self::$name => $code),*}
            }
        }
    };
}

fault_codes! {
    /// A member that is needed is not there.
    Missing = "missing",
    /// A member that this object does not have.
    UnknownMember = "unknown_member",
    /// A value of another JSON type than the one expected.
    WrongType = "wrong_type",
    /// A code that is not in its list.
    UnknownCode = "unknown_code",
    /// A key or id that stands for nothing that you may refer to.
    UnknownReference = "unknown_reference",
    /// A key that is already taken.
    DuplicateKey = "duplicate_key",
    /// A key, a day or another text that is not written as it must be.
    Malformed = "malformed",
    /// A text that holds what no text here may hold.
    UnsafeText = "unsafe_text",
    /// A free text that seems to hold what is never stored: a name of a person, a number or an
    /// address to reach one, coordinates, a time of day, a sum of money. `confirm_text` says that
    /// it is none.
    SensitiveDetail = "sensitive_detail",
    /// A text, a list or a document that is longer than its limit.
    TooLong = "too_long",
    /// A number beyond its range.
    OutOfRange = "out_of_range",
    /// A window that ends before it begins.
    ReversedWindow = "reversed_window",
    /// A thing that would lie below itself.
    Cycle = "cycle",
    /// A term that the action does not take.
    TermNotTaken = "term_not_taken",
    /// A reference to the thing itself, or to one that is already there.
    SelfReference = "self_reference",
    /// A day to come where only what has happened can stand.
    InFuture = "in_future",
    /// Values that are right one by one and cannot stand together.
    Inconsistent = "inconsistent",
    /// A password that is not the one that stands.
    WrongPassword = "wrong_password",
    /// A code of a second factor, or of an identity provider, or a passkey, that is not good now.
    WrongCode = "wrong_code",
}

/// Up to three of `known`, those nearest to `written`, if any is near at all.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const OFFERED_MAX: usize = 3;
    let folded = written.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|code| {
            let last = code.rsplit('.').next().unwrap_or(code);
            let near = |other| strsim::jaro_winkler(&folded, other);
            (near(code).max(near(last) - 0.02), code)
        })
        .filter(|(score, _)| *score > 0.7)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(OFFERED_MAX).map(|(_, code)| code).collect()
}

/// The end of a message that offers the nearest known words, or nothing.
#[must_use]
pub fn offer(nearest: &[&str]) -> String {
    match nearest {
        [] => String::new(),
        words => {
            let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("; the nearest: {}", quoted.join(", "))
        }
    }
}

/// What the person wrote, cut short, fit for a message on one line.
#[must_use]
pub fn quoted(written: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 80;
    let clean: String = written
        .chars()
        .take(SHOWN_CHARS_MAX)
        .map(|c| if crate::text::is_unsafe(c) || c.is_control() { '\u{fffd}' } else { c })
        .collect();
    let more = if written.chars().count() > SHOWN_CHARS_MAX { "…" } else { "" };
    format!("`{clean}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_escapes_what_rfc_6901_escapes() {
        let root = Pointer::ROOT;
        let list = root.member("a/b~c");
        assert_eq!(list.item(3).to_string(), "/a~1b~0c/3");
        assert_eq!(root.to_string(), "");
    }

    #[test]
    fn a_near_code_is_offered_and_a_far_one_is_not() {
        let known = ["open_route", "close_route", "waive_fee"];
        assert_eq!(nearest("open_rout", known)[0], "open_route");
        assert_eq!(nearest("zzz", known), [""; 0]);
    }
}

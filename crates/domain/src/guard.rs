//! Looking over free texts for what is never stored: names of persons after a title of address,
//! telephone numbers, e-mail addresses, coordinates, clock times and sums of money, in English,
//! French, Spanish and Arabic.
//!
//! It looks for what is written so, and cannot know what is meant: it misses a name without a
//! title, and finds now and then what is none of it, so an author may confirm that it is none.
//! Every text can be looked over; nothing here panics, and the work grows with its length alone.

use std::ops::Range;

use crate::{
    fault::{Fault, FaultCode, Pointer, quoted},
    language::Language,
};

mod contacts;
mod coordinates;
mod fold;
mod money;
mod persons;
#[cfg(test)]
mod tests;
mod times;
mod words;

use fold::{Folded, fold};

/// The most that is told of one text.
pub const FINDINGS_MAX: usize = 20;

macro_rules! details {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $sentence:literal, $find:path;)*) => {
        /// What a text seems to hold that is never stored.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Detail {$($(#[doc = $doc])* $name),*}

        impl Detail {
            /// All of them. Of two that overlap in a text the one that stands first here is told.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code, for programs.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {$(Self::$name => $code),*}
            }

            /// The key of the sentence that says what to write instead.
            const fn sentence(self) -> &'static str {
                match self {$(Self::$name => $sentence),*}
            }

            const fn finder(self) -> fn(&str) -> Vec<Range<usize>> {
                match self {$(Self::$name => $find),*}
            }
        }
    };
}

details! {
    /// An e-mail address, or the address of an account that messages are sent to.
    EmailAddress = "email_address", "guard.email_address", contacts::addresses;
    /// Where something stands, more exactly than the area that it lies in.
    Coordinates = "coordinates", "guard.coordinates", coordinates::find;
    /// A sum of money.
    SumOfMoney = "sum_of_money", "guard.sum_of_money", money::find;
    /// The time of day of a meeting.
    ClockTime = "clock_time", "guard.clock_time", times::find;
    /// A telephone number.
    PhoneNumber = "phone_number", "guard.phone_number", contacts::phone_numbers;
    /// The name of a person after a title of address, a rank or an office.
    PersonName = "person_name", "guard.person_name", persons::find;
}

/// Something in a text that is never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it seems to be.
    pub detail: Detail,
    /// Its first character, counted from 0.
    pub from: usize,
    /// The character after its last.
    pub until: usize,
}

impl Finding {
    /// It as it is written in the text that it was found in.
    #[must_use]
    pub fn written(&self, text: &str) -> String {
        text.chars().skip(self.from).take(self.until.saturating_sub(self.from)).collect()
    }

    /// What was found, and what to write instead.
    #[must_use]
    pub fn told(&self, text: &str, language: Language) -> String {
        let found = quoted(&self.written(text));
        let said = language.filled(self.detail.sentence(), &[("found", &*found)]);
        format!("{said} {}", language.text("guard.confirm"))
    }
}

/// Something that was found in a free text of what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Where the text stands, as a JSON Pointer.
    pub pointer: String,
    /// The whole text.
    pub text: String,
    /// What was found in it.
    pub finding: Finding,
}

/// What is found in a free text that stands somewhere in what was sent.
pub fn noted(text: &str, at: &Pointer<'_>) -> impl Iterator<Item = Noted> {
    let note = |finding| Noted { pointer: at.to_string(), text: text.to_owned(), finding };
    find(text).into_iter().map(note)
}

impl Noted {
    /// It as what is wrong with what was sent.
    #[must_use]
    pub fn fault(&self, language: Language) -> Fault {
        Fault {
            pointer: self.pointer.clone(),
            code: FaultCode::SensitiveDetail,
            detail: self.finding.told(&self.text, language),
            finding: Some(self.finding),
        }
    }
}

/// What a text holds that is never stored, in its order; at most [`FINDINGS_MAX`].
#[must_use]
pub fn find(text: &str) -> Vec<Finding> {
    let folded: Folded = fold(text);
    let mut found: Vec<Finding> = Vec::new();
    for detail in Detail::ALL {
        for range in detail.finder()(&folded.text) {
            let (from, until) = folded.original(&range);
            let is_free = found.iter().all(|other| until <= other.from || other.until <= from);
            if from < until && is_free && found.len() < FINDINGS_MAX {
                found.push(Finding { detail: *detail, from, until });
            }
        }
    }
    found.sort_by_key(|finding| finding.from);
    found
}

/// The character before a byte of a text.
fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character at a byte of a text.
fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether neither a letter nor a digit stands beside a part of a text.
fn stands_alone(text: &str, part: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !joins(before(text, part.start)) && !joins(after(text, part.end))
}

/// The words of a text up to a byte, the last first, as far as its line goes.
fn words_before(text: &str, at: usize) -> impl Iterator<Item = &str> {
    let line = text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    line.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The words of a text from a byte on, as far as its line goes.
fn words_after(text: &str, at: usize) -> impl Iterator<Item = &str> {
    let line = text.get(at..).unwrap_or_default().split('\n').next().unwrap_or_default();
    line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

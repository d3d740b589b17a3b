//! The ways in which one written name can be meant: whole, without what stands in brackets, one
//! of two names beside each other, one of two words at a stroke.

use super::fold::{Joint, Script, Token};

/// Which part of a written name is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// What stands outside brackets.
    Unbracketed,
    /// What stands in brackets.
    Bracketed,
    /// One of two names beside each other: `Народная республика / People's Republic`.
    Beside,
    /// One of two words: `Movement/Army`, `SPLM/A`.
    Choice,
}

impl Part {
    /// How much of a likeness it keeps to be only this part of a name.
    pub const fn share(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Beside | Self::Choice => 0.97,
            Self::Unbracketed => 0.96,
            Self::Bracketed => 0.9,
        }
    }

    /// The same of what was written, of which nothing is to be passed over lightly.
    pub const fn share_of_written(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Unbracketed => 0.94,
            Self::Beside | Self::Choice => 0.9,
            Self::Bracketed => 0.85,
        }
    }
}

/// The longest name that is looked at, in words.
const WORDS_MAX: usize = 40;

/// Every way in which the words can be meant, the whole first.
pub fn forms(mut words: Vec<Token>) -> Vec<(Part, Vec<Token>)> {
    words.truncate(WORDS_MAX);
    if words.iter().all(|word| word.joint == Joint::Space && !word.in_brackets) {
        return if words.is_empty() { Vec::new() } else { vec![(Part::Whole, words)] };
    }
    let mut forms = Vec::new();
    forms.extend(beside(&words).into_iter().map(|form| (Part::Beside, form)));
    if words.iter().any(|word| word.in_brackets) {
        let (inside, outside) = words.iter().cloned().partition(|word| word.in_brackets);
        forms.push((Part::Unbracketed, outside));
        forms.push((Part::Bracketed, inside));
    }
    let is_stroke = |word: &Token| matches!(word.joint, Joint::Stroke | Joint::Beside);
    let stroke = words.iter().skip(1).position(is_stroke).filter(|_| forms.is_empty());
    if let Some(before) = stroke {
        forms.extend(choices(&words, before).map(|form| (Part::Choice, form)));
    }
    forms.insert(0, (Part::Whole, words));
    forms.retain(|(_, words)| !words.is_empty());
    forms
}

/// The names that stand beside each other, if each has words enough to be one.
fn beside(words: &[Token]) -> Vec<Vec<Token>> {
    let parts_names = |word: &Token| matches!(word.joint, Joint::Beside | Joint::Comma);
    let names: Vec<Vec<Token>> =
        words.chunk_by(|_, next| !parts_names(next)).map(<[Token]>::to_vec).collect();
    let are_names = names.len() > 1 && names.iter().all(|name| name.len() > 1);
    if are_names { names } else { Vec::new() }
}

/// The words with the one before the stroke alone, and with the one after it alone. A letter or
/// two after a stroke stand for the last of those before it: `SPLM/A` is `SPLM` or `SPLA`.
fn choices(words: &[Token], before: usize) -> impl Iterator<Item = Vec<Token>> {
    let without = |at: usize| {
        let mut kept = words.to_vec();
        kept.remove(at);
        kept
    };
    let (first, mut second) = (without(before + 1), without(before));
    let (long, short) = (&words[before], &words[before + 1]);
    let kept = long.text.len().saturating_sub(short.text.len());
    if short.text.len() <= 2 && kept > 0 && long.script == Script::Latin {
        second[before].text = format!("{}{}", &long.text[..kept], short.text);
    }
    [first, second].into_iter()
}

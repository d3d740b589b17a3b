//! Finding things by any of their names: misspelt, in another script or language, as an acronym,
//! with or without articles, its words in another order. Every suggestion has a score, which says
//! how alike two texts are and nothing of what they name, and the reasons for it.
//!
//! Nothing is decided here: two things of one name are two suggestions. What a name scores depends
//! on it and on what was written alone, so that another name never lowers it.

use std::collections::{BTreeMap, HashMap};

use compare::{Comparison, Table, Text, Way, weights};
use fold::Token;
use forms::{Part, forms};
use words::Word;

use crate::document::Called;

mod acronym;
mod compare;
mod explain;
mod fold;
mod forms;
mod keyed;
#[cfg(test)]
mod tests;
mod words;

pub use explain::{Likeness, Reason};
pub use fold::folded;
pub use keyed::Keyed;

/// What kind of name it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// What its senders call it.
    Key,
    /// Its id here.
    Id,
    /// Its name.
    Name,
    /// Another name that it goes by.
    Alias,
    /// Its name in a language.
    Language(String),
    /// What another register calls it.
    Register(String),
    /// A name of something that was found to be this.
    Former(Box<Self>),
}

impl Field {
    /// The member of the document that it stands in.
    #[must_use]
    pub fn member(&self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Id => "id",
            Self::Name => "name",
            Self::Alias => "aliases",
            Self::Language(_) => "names",
            Self::Register(_) => "external_ids",
            Self::Former(field) => field.member(),
        }
    }

    /// The language that the name is in, if that is known.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        match self {
            Self::Language(language) => Some(language),
            Self::Former(field) => field.language(),
            _ => None,
        }
    }

    /// The register that calls it so.
    #[must_use]
    pub fn register(&self) -> Option<&str> {
        match self {
            Self::Register(register) => Some(register),
            Self::Former(field) => field.register(),
            _ => None,
        }
    }

    /// Whether only the same text is the same: one letter more in an id is another thing.
    fn is_id(&self) -> bool {
        match self {
            Self::Id | Self::Register(_) => true,
            Self::Former(field) => field.is_id(),
            _ => false,
        }
    }
}

impl<T: Copy + Ord> Names<T> {
    /// Adds all that an armed actor is called.
    pub fn add_called(&mut self, of: T, called: &Called, is_former: bool) {
        let field = |field| if is_former { Field::Former(Box::new(field)) } else { field };
        self.add(of, field(Field::Name), called.name.as_str());
        for alias in &called.aliases {
            self.add(of, field(Field::Alias), alias.as_str());
        }
        for (language, name) in &called.names {
            self.add(of, field(Field::Language(language.clone())), name.as_str());
        }
        for (register, id) in &called.external_ids {
            self.add(of, field(Field::Register(register.clone())), id.as_str());
        }
    }
}

/// Below this score nothing is suggested.
pub const SCORE_MIN: f64 = 0.45;

/// Names of things, ready to be searched. `T` is what tells the things apart.
#[derive(Debug)]
pub struct Names<T> {
    names: Vec<Name<T>>,
    forms: Vec<FormOf>,
    /// The words of all forms, one after the other, and how much each counts.
    words: Vec<u32>,
    weights: Vec<f64>,
    known: Vec<Word>,
    /// The place among the known of a word, by script and letters.
    places: [HashMap<String, u32>; 3],
}

#[derive(Debug)]
struct Name<T> {
    of: T,
    field: Field,
    text: String,
}

/// A way to mean a name, and its words.
#[derive(Clone, Copy, Debug)]
struct FormOf {
    name: u32,
    part: Part,
    from: u32,
    until: u32,
}

/// A thing that may be meant.
#[derive(Clone, Debug)]
pub struct Suggestion<T> {
    /// Which thing.
    pub of: T,
    /// How alike its name is to what was written, from 0 to 1.
    pub score: f64,
    /// The name that is.
    pub name: String,
    /// What kind of name it is.
    pub field: Field,
    /// Why.
    pub because: Vec<Reason>,
}

/// The best that was found of a thing.
#[derive(Clone, Copy)]
struct Found {
    score: f64,
    name: u32,
    /// Which form of what was written, which of the name, and the way; none if both are the same.
    met: Option<(usize, FormOf, Way)>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            forms: Vec::new(),
            words: Vec::new(),
            weights: Vec::new(),
            known: Vec::new(),
            places: Default::default(),
        }
    }
}

impl<T: Copy + Ord> Names<T> {
    /// Adds a name of a thing.
    pub fn add(&mut self, of: T, field: Field, text: impl Into<String>) {
        let text = text.into();
        let name = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        if !field.is_id() {
            for (part, tokens) in forms(fold::tokens(&text)) {
                self.add_form(name, part, &tokens);
            }
        }
        self.names.push(Name { of, field, text });
    }

    fn add_form(&mut self, name: u32, part: Part, tokens: &[Token]) {
        let from = self.words.len();
        for token in tokens {
            let places = &mut self.places[token.script as usize];
            let place = places.get(&token.text).copied().unwrap_or_else(|| {
                let place = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
                self.known.push(Word::new(token));
                places.insert(token.text.clone(), place);
                place
            });
            self.words.push(place);
        }
        let added = self.words[from..].iter().map(|place| &self.known[*place as usize]);
        self.weights.extend(weights(added));
        let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        self.forms.push(FormOf { name, part, from: at(from), until: at(self.words.len()) });
    }

    fn text(&self, form: FormOf) -> Text<'_> {
        let range = form.from as usize..form.until as usize;
        Text { all: &self.known, words: &self.words[range.clone()], weights: &self.weights[range] }
    }

    /// The things of which a name is most like what was written, the most alike first; two of one
    /// score in the order of `T`.
    #[must_use]
    pub fn search(&self, written: &str, limit: usize) -> Vec<Suggestion<T>> {
        let asked = Asked::new(written);
        let table = Table::new(&asked.words, &self.known);
        let mut best: BTreeMap<T, Found> = BTreeMap::new();
        for (place, name) in self.names.iter().enumerate() {
            if name.is(written) {
                let name_at = u32::try_from(place).unwrap_or(u32::MAX);
                keep(&mut best, name.of, Found { score: 1.0, name: name_at, met: None });
            }
        }
        for (number, (part, form, weights)) in asked.forms.iter().enumerate() {
            let text = Text { all: &asked.words, words: form, weights };
            let mut comparison = Comparison::new(text, &table);
            for form in &self.forms {
                let (likeness, way) = comparison.with(&self.text(*form));
                let score = rounded(likeness * part.share_of_written() * form.part.share());
                if score >= SCORE_MIN {
                    let met = Some((number, *form, way));
                    let of = self.names[form.name as usize].of;
                    keep(&mut best, of, Found { score, name: form.name, met });
                }
            }
        }
        let mut found: Vec<(T, Found)> = best.into_iter().collect();
        found.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
        found.truncate(limit);
        found.into_iter().map(|(of, found)| self.suggestion(of, found, &asked, &table)).collect()
    }

    fn suggestion(&self, of: T, found: Found, asked: &Asked, table: &Table) -> Suggestion<T> {
        let name = &self.names[found.name as usize];
        let mut because = match found.met {
            None => vec![Reason::new(Likeness::Same, Vec::new())],
            Some((number, form, way)) => {
                let (part, words, weights) = &asked.forms[number];
                let text = Text { all: &asked.words, words, weights };
                let mut comparison = Comparison::new(text, table);
                comparison.with(&self.text(form));
                explain::reasons(&comparison, &self.text(form), way, [*part, form.part])
            }
        };
        if matches!(name.field, Field::Former(_)) {
            because.push(Reason::new(Likeness::Former, Vec::new()));
        }
        let (text, field) = (name.text.clone(), name.field.clone());
        Suggestion { of, score: found.score, name: text, field, because }
    }
}

impl<T> Name<T> {
    /// Whether it is just what was written.
    fn is(&self, written: &str) -> bool {
        let written = written.trim();
        if self.text.trim() == written {
            return true;
        }
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        if !self.field.is_id() {
            return false;
        }
        let named = written.split_once([':', ' ']).map(|(of, id)| (of, id.trim()));
        let of_register = |(of, id)| {
            self.field.register().is_some_and(|register| same(of, register)) && same(id, &self.text)
        };
        same(&self.text, written) || named.is_some_and(of_register)
    }
}

fn keep<T: Ord>(best: &mut BTreeMap<T, Found>, of: T, found: Found) {
    let kept = best.entry(of).or_insert(found);
    if found.score > kept.score {
        *kept = found;
    }
}

/// Scores are told to a thousandth, and compared so.
fn rounded(score: f64) -> f64 {
    (score.clamp(0.0, 1.0) * 1000.0).round() / 1000.0
}

/// What was written: its words, and the ways in which it can be meant.
struct Asked {
    words: Vec<Word>,
    forms: Vec<(Part, Vec<u32>, Vec<f64>)>,
}

impl Asked {
    fn new(written: &str) -> Self {
        let mut words: Vec<Word> = Vec::new();
        let mut all = Vec::new();
        for (part, tokens) in forms(fold::tokens(written)) {
            let from = words.len();
            words.extend(tokens.iter().map(Word::new));
            let places = (from..words.len()).filter_map(|place| u32::try_from(place).ok());
            all.push((part, places.collect(), weights(words[from..].iter()).collect()));
        }
        Self { words, forms: all }
    }
}

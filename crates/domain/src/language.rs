//! The languages that people read, and the sentences in each: why flags hold, what rules ask, and
//! the fixed words of documents. The names of things and what people wrote are never translated.
//!
//! English sentences of rules and reasons stand beside the rules; all others, and all that is
//! said in another language, stand in the data files of `languages/`. A test holds the four to one
//! set of keys and holes.

use std::{collections::HashMap, sync::LazyLock};

use crate::window::{Day, Window};

/// A language that everything which the registry says is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English, which is used where nothing else is asked for.
    #[default]
    English,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Arabic, which is written from right to left.
    Arabic,
}

/// The sentences of a language by their keys: the path of tables in its file, with dots.
type Sentences = HashMap<String, String>;

static SENTENCES: LazyLock<[Sentences; 4]> =
    LazyLock::new(|| Language::ALL.map(|language| read(language.file())));

impl Language {
    /// Every language.
    pub const ALL: [Self; 4] = [Self::English, Self::French, Self::Spanish, Self::Arabic];

    /// Its code (ISO 639-1), as labels have it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// The language of a tag such as `fr` or `ar-SD`, if it is one of the four.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic)
    }

    const fn file(self) -> &'static str {
        match self {
            Self::English => include_str!("../languages/en.toml"),
            Self::French => include_str!("../languages/fr.toml"),
            Self::Spanish => include_str!("../languages/es.toml"),
            Self::Arabic => include_str!("../languages/ar.toml"),
        }
    }

    /// The sentence that stands in the file of the language under a key.
    fn find(self, key: &str) -> Option<&'static str> {
        let [english, french, spanish, arabic] = &*SENTENCES;
        let sentences = match self {
            Self::English => english,
            Self::French => french,
            Self::Spanish => spanish,
            Self::Arabic => arabic,
        };
        sentences.get(key).map(String::as_str)
    }

    /// What stands under a key, in this language or else in English.
    #[must_use]
    pub fn text(self, key: &'static str) -> &'static str {
        self.find(key).or_else(|| Self::English.find(key)).unwrap_or(key)
    }

    /// What stands under a key in this language, or else this English sentence.
    #[must_use]
    pub fn of_english(self, key: &str, english: &'static str) -> &'static str {
        self.find(key).unwrap_or(english)
    }

    /// What stands under a key, with its holes filled.
    #[must_use]
    pub fn filled(self, key: &'static str, holes: &[(&str, &str)]) -> String {
        fill(self.text(key), |name| {
            holes.iter().find(|(hole, _)| *hole == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// A sentence in this language with its holes filled by what things are called. Where it is
    /// read from right to left, what is put in is kept apart from it (by the isolates of Unicode's
    /// bidirectional algorithm), so that a name in another script does not turn its order over.
    #[must_use]
    pub fn sentence(self, sentence: &str, value: impl Fn(&str) -> Option<String>) -> String {
        if !self.is_right_to_left() {
            return fill(sentence, value);
        }
        fill(sentence, |hole| value(hole).map(|value| format!("\u{2068}{value}\u{2069}")))
    }

    /// A list in one line.
    #[must_use]
    pub fn list(self, items: &[String]) -> String {
        items.join(self.text("list.separator"))
    }

    /// A day in words.
    #[must_use]
    pub fn day(self, day: Day) -> String {
        use chrono::Datelike;
        let first = (day.day() == 1).then(|| self.text("day.first").to_owned());
        let (number, year) =
            (first.unwrap_or_else(|| day.day().to_string()), day.year().to_string());
        let holes = [("day", &*number), ("month", self.name_of_month(day)), ("year", &*year)];
        self.filled("day.date", &holes)
    }

    /// A month, `2026-03`, in words; what is none stays as it is.
    #[must_use]
    pub fn month(self, month: &str) -> String {
        use chrono::Datelike;
        let first = crate::window::parse_day(&format!("{month}-01"));
        first.map_or_else(
            || month.to_owned(),
            |day| format!("{} {}", self.name_of_month(day), day.year()),
        )
    }

    fn name_of_month(self, day: Day) -> &'static str {
        use chrono::Datelike;
        const MONTHS: [&str; 12] = [
            "month.1", "month.2", "month.3", "month.4", "month.5", "month.6", "month.7", "month.8",
            "month.9", "month.10", "month.11", "month.12",
        ];
        self.text(MONTHS.get(day.month0() as usize).copied().unwrap_or_default())
    }

    /// A window of days in words.
    #[must_use]
    pub fn window(self, window: Window) -> String {
        let one = |key, hole: &str, day| self.filled(key, &[(hole, &*self.day(day))]);
        match (window.from, window.until) {
            (Some(from), Some(until)) if from == until => self.day(from),
            (Some(from), Some(until)) => {
                let (from, until) = (self.day(from), self.day(until));
                self.filled("window.both", &[("from", &*from), ("until", &*until)])
            }
            (Some(from), None) => one("window.from", "from", from),
            (None, Some(until)) => one("window.until", "until", until),
            (None, None) => self.text("window.endless").to_owned(),
        }
    }
}

/// A sentence with its holes filled, each by what it is called. What is put in is not looked at
/// for holes again, since it may be a name that somebody chose.
fn fill(sentence: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((value(name)?, after))) {
            Some((value, after)) => {
                filled.push_str(&value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

fn read(file: &str) -> Sentences {
    fn flatten(prefix: &str, value: toml::Value, sentences: &mut Sentences) {
        match value {
            toml::Value::Table(table) => {
                for (name, value) in table {
                    let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                    flatten(&key, value, sentences);
                }
            }
            toml::Value::String(text) => drop(sentences.insert(prefix.to_owned(), text)),
            other => unreachable!("the sentences are compiled in: {prefix} is {other}"),
        }
    }
    let table: toml::Table =
        file.parse().unwrap_or_else(|error| unreachable!("the sentences are compiled in: {error}"));
    let mut sentences = Sentences::new();
    flatten("", toml::Value::Table(table), &mut sentences);
    sentences
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::{
        flag::Cause, names::Likeness, reason::ReasonCode, rules::RULES, vocabulary::Closed,
    };

    /// The holes of a sentence.
    fn holes(sentence: &str) -> Vec<&str> {
        let mut holes: Vec<&str> =
            sentence.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        holes.sort_unstable();
        holes
    }

    /// Every key, with its English sentence.
    fn english() -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> =
            SENTENCES[0].iter().map(|(key, text)| (key.clone(), text.clone())).collect();
        for code in ReasonCode::ALL {
            all.insert(format!("reason.{}", code.code()), code.template().to_owned());
        }
        for likeness in Likeness::ALL {
            all.insert(format!("likeness.{}", likeness.code()), likeness.template().to_owned());
        }
        for rule in RULES {
            for (member, text) in rule.english() {
                all.insert(format!("rule.{}.{member}", rule.kind.code()), text.to_owned());
            }
        }
        for cause in Cause::ALL {
            all.insert(format!("cause.{}", cause.code()), cause.english().to_owned());
        }
        all
    }

    #[test]
    fn every_sentence_is_in_every_language_with_the_same_holes() {
        let english = english();
        let expected: BTreeSet<&str> = english.keys().map(String::as_str).collect();
        for language in &Language::ALL[1..] {
            let sentences = &SENTENCES[*language as usize];
            let there: BTreeSet<&str> = sentences.keys().map(String::as_str).collect();
            let missing: Vec<_> = expected.difference(&there).collect();
            let unknown: Vec<_> = there.difference(&expected).collect();
            assert_eq!((missing, unknown), (vec![], vec![]), "{language:?}");
            for (key, text) in &english {
                let said = &sentences[key];
                assert_eq!(holes(said), holes(text), "{language:?}: {key}");
                assert!(!said.trim().is_empty() || text.trim().is_empty(), "{language:?}: {key}");
            }
        }
    }

    #[test]
    fn what_is_put_in_is_not_filled_again() {
        let value = |name: &str| (name == "a").then(|| "{b} {".to_owned());
        assert_eq!(fill("{a} and {b} {", value), "{b} { and {b} {");
    }

    #[test]
    fn a_name_does_not_turn_the_order_of_an_arabic_sentence_over() {
        let value = |_: &str| Some("UFV".to_owned());
        assert_eq!(Language::Arabic.sentence("{a}.", value), "\u{2068}UFV\u{2069}.");
        assert_eq!(Language::French.sentence("{a}.", value), "UFV.");
    }

    #[test]
    fn days_and_windows_are_said_in_each_language() {
        let day = |text| crate::window::parse_day(text).unwrap();
        let window = Window { from: Some(day("2026-03-01")), until: Some(day("2026-08-20")) };
        let said = Language::ALL.map(|language| language.window(window));
        assert_eq!(
            said,
            [
                "1 March 2026 to 20 August 2026",
                "du 1er mars 2026 au 20 août 2026",
                "del 1 de marzo de 2026 al 20 de agosto de 2026",
                "من 1 مارس 2026 إلى 20 أغسطس 2026",
            ]
        );
        assert_eq!(Language::from_tag("ar-SD"), Some(Language::Arabic));
        assert_eq!(Language::from_tag("de"), None);
    }
}

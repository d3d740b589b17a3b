//! The words of the pages in the four languages, which stand in the data files of `languages/`. A
//! test holds the four to one set of keys and holes, and to what the pages use.

use std::{collections::HashMap, sync::LazyLock};

use concord_domain::{
    language::Language,
    vocabulary::{Closed, Severity},
    window::{Day, parse_day},
};

type Sentences = HashMap<String, String>;

static SENTENCES: LazyLock<[Sentences; 4]> =
    LazyLock::new(|| Language::ALL.map(|language| read(file(language))));

const fn file(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../languages/en.toml"),
        Language::French => include_str!("../languages/fr.toml"),
        Language::Spanish => include_str!("../languages/es.toml"),
        Language::Arabic => include_str!("../languages/ar.toml"),
    }
}

fn read(file: &str) -> Sentences {
    let tables: HashMap<String, Sentences> =
        toml::from_str(file).unwrap_or_else(|error| unreachable!("compiled in: {error}"));
    let named = |(table, words): (String, Sentences)| {
        words.into_iter().map(move |(name, words)| (format!("{table}.{name}"), words))
    };
    tables.into_iter().flat_map(named).collect()
}

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Which.
    pub language: Language,
}

impl Words {
    /// What stands under a key; the key itself if nothing does.
    pub fn text(self, key: &'static str) -> &'static str {
        let [english, french, spanish, arabic] = &*SENTENCES;
        let sentences = match self.language {
            Language::English => english,
            Language::French => french,
            Language::Spanish => spanish,
            Language::Arabic => arabic,
        };
        sentences.get(key).map_or(key, String::as_str)
    }

    /// What stands under a key, with its one hole filled.
    pub fn filled(self, key: &'static str, value: &str) -> String {
        self.language.sentence(self.text(key), |_| Some(value.to_owned()))
    }

    /// What stands under a key, with a number in its hole.
    pub fn number(self, key: &'static str, number: &usize) -> String {
        self.filled(key, &number.to_string())
    }

    /// That so many are not shown here; nothing if all are.
    pub fn rest(self, more: &usize) -> Option<String> {
        (*more > 0).then(|| self.number("layout.more", more))
    }

    /// The code of the language.
    pub const fn code(self) -> &'static str {
        self.language.code()
    }

    /// In which direction it is written.
    pub const fn direction(self) -> &'static str {
        if self.language.is_right_to_left() { "rtl" } else { "ltr" }
    }

    /// What a code of a closed list is called.
    pub fn of<T: Closed>(self, code: T) -> &'static str {
        code.label_in(self.language)
    }

    /// A day in words.
    pub fn day(self, day: Day) -> String {
        self.language.day(day)
    }

    /// A day that is written as `2026-03-12`, in words.
    pub fn written_day(self, written: &str) -> String {
        parse_day(written).map_or_else(|| written.to_owned(), |day| self.day(day))
    }

    /// Every language, each with what its own people call it.
    pub const fn languages(self) -> [(&'static str, &'static str); 4] {
        [("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]
    }
}

/// How much a severity weighs, as a row of squares that stands beside the word for it.
pub fn marks(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "■■■■",
        Severity::High => "■■■□",
        Severity::Medium => "■■□□",
        Severity::Low => "■□□□",
        Severity::Info => "□□□□",
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn holes(sentence: &str) -> Vec<&str> {
        sentence.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
    }

    #[test]
    fn every_word_is_in_every_language_with_the_same_holes() {
        let english = &SENTENCES[0];
        for language in Language::ALL {
            let sentences = &SENTENCES[language as usize];
            let keys = |sentences: &Sentences| sentences.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(keys(sentences), keys(english), "{language:?}");
            for (key, text) in english {
                assert_eq!(holes(&sentences[key]), holes(text), "{language:?}: {key}");
                assert!(!sentences[key].trim().is_empty(), "{language:?}: {key}");
            }
        }
    }

    #[test]
    fn the_languages_differ_in_all_but_a_few_words() {
        for language in &Language::ALL[1..] {
            let same: Vec<&String> = SENTENCES[0]
                .iter()
                .filter(|(key, text)| &SENTENCES[*language as usize][*key] == *text)
                .map(|(key, _)| key)
                .collect();
            assert!(same.len() <= 3, "{language:?}: {same:?}");
        }
    }

    /// All texts between quotes in the templates and the code that look like a key.
    fn used(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                used(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a text");
            let tables: BTreeSet<&str> =
                SENTENCES[0].keys().filter_map(|key| key.split('.').next()).collect();
            for quoted in text.split('"') {
                let table = quoted.split_once('.').map(|(table, _)| table);
                let is_word = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
                let is_key = quoted.chars().all(is_word) && !quoted.ends_with(".html");
                if is_key && table.is_some_and(|table| tables.contains(table)) {
                    found.insert(quoted.to_owned());
                }
            }
        }
    }

    #[test]
    fn every_word_that_a_page_uses_is_there_and_no_other() {
        let mut found = BTreeSet::new();
        for folder in ["src", "templates"] {
            used(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
        }
        let there: BTreeSet<String> = SENTENCES[0].keys().cloned().collect();
        let missing: Vec<_> = found.difference(&there).collect();
        let unused: Vec<_> = there.difference(&found).collect();
        assert_eq!((missing, unused), (vec![], vec![]));
    }
}

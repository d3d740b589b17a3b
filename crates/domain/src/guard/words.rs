//! The words that the guard knows, from one data file, folded as the texts are.

use std::{collections::HashSet, sync::LazyLock};

use super::fold::fold_word;

/// The words of one list.
pub type Words = HashSet<String>;

static TABLES: LazyLock<toml::Table> = LazyLock::new(|| {
    let file = include_str!("words.toml");
    file.parse().unwrap_or_else(|error| unreachable!("the words are compiled in: {error}"))
});

/// The words of a list, in all its languages together.
pub fn list(name: &str) -> Words {
    let words = TABLES.get(name).and_then(toml::Value::as_array);
    let words = words.unwrap_or_else(|| unreachable!("there is no list of words `{name}`"));
    let texts = words.iter().filter_map(toml::Value::as_str);
    texts.flat_map(str::split_whitespace).map(fold_word).collect()
}

/// The words of a list, as what any of them is written as in a regular expression.
pub fn any_of(name: &str) -> String {
    let mut words: Vec<String> =
        list(name).iter().map(|word| regex::escape(word).replace('_', r"\s+")).collect();
    // The longest first, as the first that fits is taken.
    words.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    format!("(?:{})", words.join("|"))
}

/// A regular expression of the guard. They are compiled in, so that a wrong one is found by the
/// first test that looks a text over.
pub fn pattern(pattern: &str) -> regex::Regex {
    regex::Regex::new(pattern).unwrap_or_else(|error| unreachable!("it is compiled in: {error}"))
}

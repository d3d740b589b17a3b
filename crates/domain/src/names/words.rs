//! Words, with what is known of them before two names are compared: how much they say, what they
//! mean in other languages, and what they share with other spellings.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use super::fold::{Script, Token, consonants, tokens};

/// How much a word says about which armed actor is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// An article, an `and`, an `of`: nothing.
    Small,
    /// What kind of thing it is, as `front` or `police`.
    Kind,
    /// What many say of themselves, as `national` or `liberation`.
    Quality,
    /// A letter that stands alone.
    Letter,
    /// What the glossary knows in several languages, and tells more than those.
    Known,
    /// Anything else: names of people, of places, numbers, acronyms.
    Own,
}

impl Class {
    /// How much the word counts. These are fixed, and not how rare a word is among the names
    /// known, since then one armed actor's new alias would change the score of another.
    pub const fn weight(self) -> f64 {
        match self {
            Self::Small => 0.0,
            Self::Kind => 0.3,
            Self::Quality | Self::Letter => 0.5,
            Self::Known => 0.8,
            Self::Own => 1.0,
        }
    }
}

/// An idea of the glossary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idea(u16);

/// A word.
#[derive(Clone, Debug)]
pub struct Word {
    /// In plain letters, or digits.
    pub text: String,
    /// How it was written.
    pub script: Script,
    /// Its consonants.
    pub consonants: String,
    /// Which letters it has, a bit for each.
    pub letters: u64,
    /// Which consonants it has beyond those that a vowel may be taken for.
    pub hard_letters: u64,
    /// How much it says.
    pub class: Class,
    /// What it means, if the glossary knows.
    pub idea: Option<Idea>,
}

impl Word {
    /// The word that was folded so.
    pub fn new(token: &Token) -> Self {
        let consonants = consonants(&token.text, token.script);
        let known = glossary().get(&token.text).copied();
        let class = match known {
            Some((class, _)) => class,
            None if token.text.len() == 1 && !is_number(&token.text) => Class::Letter,
            None => Class::Own,
        };
        Self {
            letters: bits(&token.text),
            hard_letters: bits(&consonants) & !bits("awyh"),
            text: token.text.clone(),
            script: token.script,
            consonants,
            class,
            idea: known.map(|(_, idea)| idea).filter(|_| class != Class::Small),
        }
    }

    /// Whether it is written in digits.
    pub fn is_number(&self) -> bool {
        is_number(&self.text)
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn bits(text: &str) -> u64 {
    text.bytes().fold(0, |bits, byte| {
        let bit = match byte {
            b'a'..=b'z' => byte - b'a',
            b'0'..=b'9' => 26 + (byte - b'0'),
            _ => return bits,
        };
        bits | 1 << bit
    })
}

/// What the words of the glossary are and mean, by how they fold.
fn glossary() -> &'static HashMap<String, (Class, Idea)> {
    type Lists = BTreeMap<String, BTreeMap<String, String>>;
    static GLOSSARY: LazyLock<HashMap<String, (Class, Idea)>> = LazyLock::new(|| {
        let lists: Lists = toml::from_str(include_str!("glossary.toml")).unwrap_or_default();
        let mut ideas = HashMap::new();
        let mut number = 0;
        let classes = [
            (Class::Small, "small"),
            (Class::Kind, "kind"),
            (Class::Quality, "quality"),
            (Class::Known, "telling"),
            (Class::Known, "place"),
        ];
        for (class, list) in classes {
            for forms in lists.get(list).into_iter().flat_map(BTreeMap::values) {
                number += 1;
                for token in tokens(forms) {
                    ideas.entry(token.text).or_insert((class, Idea(number)));
                }
            }
        }
        ideas
    });
    &GLOSSARY
}

/// How two words are alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alike {
    /// The same letters.
    Same,
    /// One is the other in another language.
    Means,
    /// The same consonants.
    Sounds,
    /// So many letters differ.
    Misspelt(usize),
    /// One begins as the other does.
    Begins,
}

/// How alike two words are, from 0 to 1, and in what way; nothing if they are not.
pub fn alike(a: &Word, b: &Word) -> Option<(f64, Alike)> {
    if a.text == b.text {
        return Some((1.0, Alike::Same));
    }
    if a.is_number() || b.is_number() {
        return None;
    }
    let means = a.idea.is_some() && a.idea == b.idea;
    let candidates = [
        means.then_some((0.95, Alike::Means)),
        sounds(a, b).map(|likeness| (likeness, Alike::Sounds)),
        misspelt(a, b).map(|(likeness, letters)| (likeness, Alike::Misspelt(letters))),
        begins(&a.text, &b.text).map(|likeness| (likeness, Alike::Begins)),
    ];
    candidates.into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0))
}

/// With vowels left out in one of them, more must be left than when both have theirs.
fn sounds(a: &Word, b: &Word) -> Option<f64> {
    if a.hard_letters != b.hard_letters || a.text.len() < 3 || b.text.len() < 3 {
        return None;
    }
    let is_abjad = a.script == Script::Abjad || b.script == Script::Abjad;
    let length = a.consonants.trim_start_matches('a').len();
    if a.consonants != b.consonants {
        return None;
    }
    let nearness = strsim::normalized_levenshtein(&a.text, &b.text);
    match (is_abjad, length) {
        (_, 0 | 1) => None,
        (true, 2) => Some(0.75),
        (true, _) => Some(0.9),
        (false, 2) => (nearness >= 0.5).then_some(0.7 + 0.2 * nearness),
        (false, _) => Some(0.8 + 0.15 * nearness),
    }
}

/// How many letters may differ in a word of this length.
const fn mistakes_max(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=6 => 1,
        7..=10 => 2,
        _ => 3,
    }
}

/// Takes the letters that differ and the length, and gives how alike that leaves the two.
pub fn likeness_of(differ: usize, length: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "lengths of words are small")]
    let (differ, length) = (differ as f64, length.max(1) as f64);
    (1.0 - differ * (0.05 + 0.5 / length)).max(0.0)
}

fn misspelt(a: &Word, b: &Word) -> Option<(f64, usize)> {
    let length = a.text.len().max(b.text.len());
    let most = mistakes_max(length.min(a.text.len().min(b.text.len()) + 1));
    // Each mistake changes at most two of the letters that a word has.
    let differing = (a.letters ^ b.letters).count_ones() as usize;
    if a.text.len().abs_diff(b.text.len()) > most || differing > 2 * most {
        return None;
    }
    let differ = strsim::osa_distance(&a.text, &b.text);
    let same_start = a.text.as_bytes().first() == b.text.as_bytes().first();
    let likeness = likeness_of(differ, length) - if same_start { 0.0 } else { 0.07 };
    (differ <= most).then_some((likeness, differ))
}

/// `group` and `groups`, `Sudan` and `Sudanese`, `Ethiopia` and `Ethiopian`.
fn begins(a: &str, b: &str) -> Option<f64> {
    let shared = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let (left_a, left_b) = (a.len() - shared, b.len() - shared);
    let is_plural = |longer: &str| longer.len() == shared + 1 && longer.ends_with('s');
    match (shared, left_a.min(left_b), left_a.max(left_b)) {
        (3.., 0, 1) if is_plural(a) || is_plural(b) => Some(0.97),
        (5.., 0, 1..=4) => Some(0.82),
        (4, 0, 1..=3) => Some(0.72),
        (5.., 1..=2, 1..=4) => Some(0.74),
        _ => None,
    }
}

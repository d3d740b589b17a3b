//! Why two names are held to be alike: codes for programs, sentences for people.

use crate::language::Language;

use super::{
    compare::{Comparison, Pair, Text, Way, how},
    forms::Part,
    words::Alike,
};

macro_rules! likenesses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)*) => {
        /// In what two names are alike, or differ.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Likeness {$($(#[$doc])* $name),*}

        impl Likeness {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code, for programs.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {$(Self::$name => $code),*}
            }

            /// The English sentence, with a number in braces for each of the words.
            pub(crate) const fn template(self) -> &'static str {
                match self {$(Self::$name => $sentence),*}
            }
        }
    };
}

likenesses! {
    /// The same text.
    Same = "same", "It is written just so.";
    /// The same but for capitals, accents and punctuation.
    SameFolded = "same_folded", "The same but for capitals, accents and punctuation.";
    /// Only articles and the like differ.
    SmallWords = "small_words", "The same but for articles and other small words.";
    /// Another order.
    Order = "order", "The words stand in another order.";
    /// Other gaps.
    Spacing = "spacing", "The words are joined or parted otherwise.";
    /// Another script.
    Transliterated = "transliterated", "It is written in another script.";
    /// A word is in both.
    Word = "word", "Both have {0}.";
    /// A word with mistakes.
    Misspelt = "misspelt", "{0} and {1}: letters that differ: {2}.";
    /// The same consonants.
    Sounds = "sounds", "{0} sounds like {1}.";
    /// A word in another language.
    Means = "means", "{0} and {1} mean the same.";
    /// Two words with one beginning.
    Begins = "begins", "{0} begins like {1}.";
    /// An acronym.
    Acronym = "acronym", "{0} is made of the beginnings of {1}.";
    /// What the name has besides.
    NameHasMore = "name_has_more", "The name has more: {0}.";
    /// What was written has besides.
    WrittenHasMore = "written_has_more", "What was written has more: {0}.";
    /// A name of one that was merged.
    Former = "former", "It is a name of one that was found to be this.";
    /// Only a part of one of them.
    Part = "part", "It is a part of what stands there: in brackets, outside them, or beside a stroke or a comma.";
}

/// One thing in which two names are alike, or differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it is.
    pub code: Likeness,
    /// The words that it is about, folded.
    pub words: Vec<String>,
}

impl Reason {
    pub(super) const fn new(code: Likeness, words: Vec<String>) -> Self {
        Self { code, words }
    }

    /// The reason as a sentence.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let key = format!("likeness.{}", self.code.code());
        language.sentence(language.of_english(&key, self.code.template()), |hole| {
            hole.parse().ok().and_then(|number: usize| self.words.get(number).cloned())
        })
    }
}

/// Why what was written is like the name with which it was compared last.
pub(super) fn reasons(
    comparison: &Comparison<'_>,
    name: &Text<'_>,
    way: Way,
    parts: [Part; 2],
) -> Vec<Reason> {
    let written = &comparison.written;
    let plain = |code| Reason::new(code, Vec::new());
    let (all_written, all_name) = (all(written), all(name));
    let mut reasons = match way {
        Way::Words => by_words(comparison, name),
        Way::Joined(0) => vec![plain(Likeness::Spacing)],
        Way::Joined(letters) => {
            vec![Reason::new(Likeness::Misspelt, vec![all_written, all_name, differing(letters)])]
        }
        Way::JoinedSounds => vec![Reason::new(Likeness::Sounds, vec![all_written, all_name])],
        Way::ShortFor => vec![Reason::new(Likeness::Acronym, vec![all_written, all_name])],
        Way::LongFor => vec![Reason::new(Likeness::Acronym, vec![all_name, all_written])],
    };
    let script = |text: &Text<'_>| text.counted().map(|at| text.word(at).script).max();
    if script(written) != script(name) {
        reasons.push(plain(Likeness::Transliterated));
    }
    if parts.iter().any(|part| *part != Part::Whole) {
        reasons.push(plain(Likeness::Part));
    }
    reasons
}

fn quoted(words: &[&str]) -> String {
    format!("`{}`", words.join(" "))
}

fn all(text: &Text<'_>) -> String {
    let words: Vec<&str> = (0..text.words.len()).map(|at| text.word(at).text.as_str()).collect();
    quoted(&words)
}

fn differing(letters: usize) -> String {
    letters.to_string()
}

/// The words that count from a place on.
fn run(text: &Text<'_>, from: usize, count: usize) -> String {
    let places = text.counted().skip_while(|at| *at < from).take(count);
    let words: Vec<&str> = places.map(|at| text.word(at).text.as_str()).collect();
    quoted(&words)
}

fn by_words(comparison: &Comparison<'_>, name: &Text<'_>) -> Vec<Reason> {
    let (written, pairs) = (&comparison.written, &comparison.pairs);
    let mut reasons: Vec<Reason> = pairs.iter().map(|pair| of_pair(written, name, pair)).collect();
    let is_taken = |at: usize, from: usize, run: usize, text: &Text<'_>| {
        text.counted().skip_while(|each| *each < from).take(run).any(|each| each == at)
    };
    let rest = |text: &Text<'_>, taken: &dyn Fn(usize) -> bool| -> Vec<String> {
        let left = text.counted().filter(|at| !taken(*at));
        left.map(|at| text.word(at).text.clone()).collect()
    };
    let in_name = |at| pairs.iter().any(|pair| is_taken(at, pair.name, pair.name_run, name));
    let in_written =
        |at| pairs.iter().any(|pair| is_taken(at, pair.written, pair.written_run, written));
    let (more, more_written) = (rest(name, &in_name), rest(written, &in_written));
    let all_same = reasons.iter().all(|reason| reason.code == Likeness::Word);
    let in_order = pairs.is_sorted_by_key(|pair| pair.name);
    if all_same && more.is_empty() && more_written.is_empty() {
        let same = all(written) == all(name);
        let code = if same { Likeness::SameFolded } else { Likeness::SmallWords };
        let code = if in_order { code } else { Likeness::Order };
        return vec![Reason::new(code, Vec::new())];
    }
    if !in_order {
        reasons.push(Reason::new(Likeness::Order, Vec::new()));
    }
    for (code, words) in [(Likeness::NameHasMore, more), (Likeness::WrittenHasMore, more_written)] {
        if !words.is_empty() {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            reasons.push(Reason::new(code, vec![quoted(&words)]));
        }
    }
    reasons
}

fn of_pair(written: &Text<'_>, name: &Text<'_>, pair: &Pair) -> Reason {
    let short = run(written, pair.written, pair.written_run);
    let long = run(name, pair.name, pair.name_run);
    if pair.name_run > 1 {
        return Reason::new(Likeness::Acronym, vec![short, long]);
    }
    if pair.written_run > 1 {
        return Reason::new(Likeness::Acronym, vec![long, short]);
    }
    let (a, b) = (written.word(pair.written), name.word(pair.name));
    match how(a, b) {
        Some(Alike::Misspelt(letters)) => {
            Reason::new(Likeness::Misspelt, vec![short, long, differing(letters)])
        }
        Some(Alike::Sounds) => Reason::new(Likeness::Sounds, vec![short, long]),
        Some(Alike::Means) => Reason::new(Likeness::Means, vec![short, long]),
        Some(Alike::Begins) => Reason::new(Likeness::Begins, vec![short, long]),
        Some(Alike::Same) | None => Reason::new(Likeness::Word, vec![short]),
    }
}

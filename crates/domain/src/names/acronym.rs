//! Acronyms and what they stand for: `ADF` by first letters, `Renamo` by beginnings.

use super::{
    compare::Text,
    words::{Class, Word},
};

/// The longest acronym, in letters and digits.
const LETTERS_MAX: usize = 10;
/// The most letters that an acronym takes of one word.
const BEGINNING_MAX: usize = 4;

/// The fewest words that an acronym within a longer name stands for.
pub const RUN_MIN: usize = 3;

/// How much it says to be the first letters of so many words: short ones fit many names.
pub const fn likeness(letters: usize) -> f64 {
    match letters {
        0..=2 => 0.7,
        3 => 0.8,
        4 => 0.86,
        _ => 0.9,
    }
}

/// Whether a word may be an acronym within a longer name.
pub fn is_like(word: &Word) -> bool {
    word.class == Class::Own && !word.is_number() && (RUN_MIN..=6).contains(&word.text.len())
}

/// The first letters of the words that count, with their places.
pub fn initials(text: &Text<'_>) -> Vec<(u8, usize)> {
    let first = |at: usize| text.word(at).text.bytes().next().map(|byte| (byte, at));
    text.counted().filter_map(first).collect()
}

/// Where the words stand, of which none is taken, that the acronym is made of, and how many.
pub fn run(
    acronym: &str,
    initials: &[(u8, usize)],
    taken: impl Fn(usize) -> bool,
) -> Option<(usize, usize)> {
    let letters = acronym.as_bytes();
    let is_made_of = |window: &&[(u8, usize)]| {
        let same = window.iter().zip(letters).all(|((initial, _), letter)| initial == letter);
        same && !window.iter().any(|(_, at)| taken(*at))
    };
    let found = initials.windows(letters.len()).find(is_made_of)?;
    Some((found[0].1, letters.len()))
}

/// Whether a name is short enough to be an acronym.
pub fn may_be(text: &Text<'_>) -> bool {
    let length: usize = text.counted().map(|at| text.word(at).text.len()).sum();
    let kind = |at: usize| matches!(text.word(at).class, Class::Own | Class::Letter | Class::Known);
    (2..=LETTERS_MAX).contains(&length) && text.counted().count() <= 3 && text.counted().all(kind)
}

/// How much it says that `short`, run together as `letters`, is made of the words of `long`.
pub fn whole(letters: &[u8], short: &Text<'_>, long: &Text<'_>) -> Option<f64> {
    let first = long.counted().next()?;
    let begins = (0..=first).any(|at| long.word(at).text.as_bytes().first() == letters.first());
    if !begins || letters.len() > LETTERS_MAX {
        return None;
    }
    let words = long.counted().count();
    if words < 2 || words + 1 < short.counted().count() || !may_be(short) {
        return None;
    }
    let made = best(letters, long, (0, 1))?;
    // A word that is left out may be any; so may a beginning be, if there are few.
    let left_out = made.left_out > 0;
    if (left_out && (letters.len() < 3 || words < 3)) || made.letters_more >= letters.len() - 1 {
        return None;
    }
    let beginnings = if made.letters_more > 0 { 0.08 } else { 0.0 };
    let small = if made.small > 0 { 0.01 } else { 0.0 };
    Some(likeness(letters.len()) - if left_out { 0.17 } else { 0.0 } - beginnings - small)
}

/// What it took to make an acronym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    left_out: usize,
    letters_more: usize,
    small: usize,
}

/// The plainest way to make the letters of the words from this one on, leaving out so many.
fn best(letters: &[u8], long: &Text<'_>, (at, may_leave_out): (usize, usize)) -> Option<Made> {
    if at == long.words.len() {
        return letters.is_empty().then(Made::default);
    }
    let next = (at + 1, may_leave_out);
    let word = long.word(at).text.as_bytes();
    let is_small = long.weights[at] == 0.0;
    let shared = word.iter().zip(letters).take_while(|(a, b)| a == b).count();
    let mut found: Option<Made> = None;
    let mut consider = |made: Option<Made>| {
        found = match (found, made) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    };
    if is_small {
        consider(best(letters, long, next));
        if shared > 0 {
            let rest = best(&letters[1..], long, next);
            consider(rest.map(|made| Made { small: made.small + 1, ..made }));
        }
        return found;
    }
    if long.word(at).is_number() {
        if shared == word.len() {
            consider(best(&letters[shared..], long, next));
        }
    } else {
        for taken in 1..=shared.min(BEGINNING_MAX) {
            let rest = best(&letters[taken..], long, next);
            let more = |made: Made| Made { letters_more: made.letters_more + taken - 1, ..made };
            consider(rest.map(more));
        }
    }
    if may_leave_out > 0 {
        let rest = best(letters, long, (at + 1, may_leave_out - 1));
        consider(rest.map(|made| Made { left_out: made.left_out + 1, ..made }));
    }
    found
}

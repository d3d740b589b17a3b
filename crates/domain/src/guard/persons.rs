//! Names of persons, by the title of address, the rank or the office that stands before them.
//!
//! In Latin letters a name has a capital. In Arabic nothing marks one, so words that follow a
//! title and are no names are known, and after a word that is often no title, names are.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    fold::fold_word,
    words::{Words, any_of, list, pattern},
    words_before,
};

/// The most words that are taken to be one name.
const NAME_WORDS_MAX: usize = 3;

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    let (short, full) = (any_of("titles_short"), any_of("titles_full"));
    let capital: Vec<String> =
        list("titles_capital").iter().map(|word| capitalised(word)).collect();
    let capital = capital.join("|");
    // A single M is a title in French alone, and with a point.
    pattern(&format!(
        r"\b(?:(?P<short>(?i:{short}))(?:\.\s*|\s+)|(?P<full>(?i:{full})|{capital})\s+|(?P<point>MM?)\.\s*)"
    ))
});

static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{Alphabetic}'][\p{Alphabetic}'0-9]*"));

static PLAIN: LazyLock<Words> = LazyLock::new(|| list("titles_plain"));
static SHORT: LazyLock<Words> = LazyLock::new(|| list("titles_short"));
static FULL: LazyLock<Words> = LazyLock::new(|| list("titles_full"));
static NOT_NAMES: LazyLock<Words> = LazyLock::new(|| list("not_names"));
static PLACES: LazyLock<Words> = LazyLock::new(|| list("places"));
static PARTICLES: LazyLock<Words> = LazyLock::new(|| list("particles"));

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Names of persons.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for title in TITLE.captures_iter(text) {
        let (Some(whole), true) = (title.get(0), is_title(text, &title)) else { continue };
        if found.last().is_some_and(|last| whole.start() < last.end) {
            continue;
        }
        let written = whole.as_str().trim_end_matches([' ', '.']).to_lowercase();
        let name = latin_name(text, whole.end(), PLAIN.contains(&written));
        found.extend(name.map(|end| whole.start()..end));
    }
    found.extend(arabic(text));
    found
}

/// Whether a word that may be a title is one here.
fn is_title(text: &str, title: &regex::Captures<'_>) -> bool {
    let Some(whole) = title.get(0) else { return false };
    let has_point = whole.as_str().contains('.');
    let mut before = words_before(text, whole.start());
    let last = before.next().unwrap_or_default();
    // In general; the secretary general is found by what follows.
    if matches!(last, "in" | "In" | "en" | "En" | "por" | "secretary") && !has_point {
        return false;
    }
    match title.name("short").map(|short| short.as_str()) {
        // Short titles in capitals are codes as well: DR, SR, MS.
        Some(short) => has_point || !short.chars().all(char::is_uppercase) || short == "MR",
        None => true,
    }
}

/// Where a name that begins here ends, if one does.
fn latin_name(text: &str, at: usize, is_plain: bool) -> Option<usize> {
    let rest = text.get(at..)?;
    let (mut read, mut end, mut names) = (0, 0, 0);
    let mut is_initial = false;
    for word in WORD.find_iter(rest) {
        let between = &rest[read..word.start()];
        let may_point = names == 0 || is_initial;
        let joins = |c: char| matches!(c, ' ' | '-' | '\n') || (c == '.' && may_point);
        if !between.chars().all(joins) || between.len() > 3 || names == NAME_WORDS_MAX {
            break;
        }
        read = word.end();
        is_initial = word.len() == 1;
        let small = word.as_str().to_lowercase();
        let has_capital = word.as_str().starts_with(char::is_uppercase);
        let is_title = names == 0 && (FULL.contains(&small) || SHORT.contains(&small));
        if is_title || (has_capital && is_initial) || (!has_capital && PARTICLES.contains(&small)) {
            continue;
        }
        if !is_name(word.as_str(), &small, names > 0 || !is_plain) {
            break;
        }
        names += 1;
        end = word.end();
    }
    (names > 0 && !is_place(text, at, at + end)).then_some(at + end)
}

fn is_name(word: &str, small: &str, needs_capital: bool) -> bool {
    let has_capital = word.starts_with(char::is_uppercase);
    // An organisation is written so too, and has a name of its own.
    let is_acronym =
        needs_capital && word.len() < 6 && word.len() > 1 && !word.contains(char::is_lowercase);
    let is_latin = word.chars().all(|c| c.is_ascii() || !('\u{590}'..='\u{8ff}').contains(&c));
    is_latin
        && (has_capital || (!needs_capital && word.len() > 2))
        && !is_acronym
        && !NOT_NAMES.contains(small)
}

/// Whether what was taken for a name is that of a place: `Sheikh Othman district`.
fn is_place(text: &str, start: usize, end: usize) -> bool {
    let is_place = |word: &str| PLACES.contains(&word.to_lowercase());
    let behind = super::words_after(text, end).next().is_some_and(is_place);
    // The title itself stands between.
    let ahead = words_before(text, start).skip(1).take(2);
    behind || ahead.into_iter().any(is_place)
}

static ARABIC_WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[\x{620}-\x{64a}\x{671}-\x{6d3}]+\.?"));
static TITLES: LazyLock<Words> = LazyLock::new(|| list("arabic_titles"));
static RANKS: LazyLock<Words> = LazyLock::new(|| list("arabic_ranks"));
static DOUBTFUL: LazyLock<Words> = LazyLock::new(|| list("arabic_doubtful"));
static JOINS: LazyLock<Words> = LazyLock::new(|| list("arabic_joins"));
static NO_NAMES: LazyLock<Words> = LazyLock::new(|| list("arabic_not_names"));
static GIVEN: LazyLock<Words> = LazyLock::new(|| list("arabic_given_names"));
static POINTED: LazyLock<Words> = LazyLock::new(|| ["د", "ا", "م"].map(fold_word).into());

/// Names after Arabic titles.
fn arabic(text: &str) -> Vec<Range<usize>> {
    let words: Vec<regex::Match<'_>> = ARABIC_WORD.find_iter(text).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(title) = words.get(at) {
        at += 1;
        let Some(kind) = arabic_title(title.as_str()) else { continue };
        let beside = |index: usize| {
            let (last, word) = (words.get(index.checked_sub(1)?)?, words.get(index)?);
            let between = text.get(last.end()..word.start())?;
            (between.trim().is_empty() && !between.contains('\n')).then_some(word)
        };
        let mut next = at;
        while beside(next).is_some_and(|word| JOINS.contains(word.as_str())) {
            next += 1;
        }
        let is_joined = next > at;
        let Some(name) = beside(next) else { continue };
        if is_arabic_name(name.as_str(), if is_joined { Kind::Person } else { kind }) {
            let second =
                beside(next + 1).filter(|word| is_arabic_name(word.as_str(), Kind::Doubtful));
            found.push(title.start()..second.unwrap_or(name).end());
            at = next + 1;
        }
    }
    found
}

/// How surely a title is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Person,
    Rank,
    Doubtful,
}

fn arabic_title(word: &str) -> Option<Kind> {
    if let Some(letter) = word.strip_suffix('.') {
        return POINTED.contains(letter).then_some(Kind::Person);
    }
    let word = word.strip_prefix(['و', 'ف']).unwrap_or(word);
    let stem =
        ["ال", "لل", "بال", "كال"].into_iter().find_map(|article| word.strip_prefix(article))?;
    match stem {
        _ if TITLES.contains(stem) => Some(Kind::Person),
        _ if RANKS.contains(stem) => Some(Kind::Rank),
        _ if DOUBTFUL.contains(stem) => Some(Kind::Doubtful),
        _ => None,
    }
}

fn is_arabic_name(word: &str, kind: Kind) -> bool {
    let word = word.trim_end_matches('.');
    if GIVEN.contains(word) {
        return true;
    }
    let is_phrase = ["لل", "بال", "وال", "فال", "كال"].iter().any(|start| word.starts_with(start));
    let is_adjective = word.starts_with("ال") && (word.ends_with('ي') || word.ends_with('ه'));
    let is_known_word = NO_NAMES.contains(word) || is_phrase || word.chars().count() < 3;
    match kind {
        Kind::Person => !is_known_word,
        Kind::Rank => !is_known_word && !is_adjective,
        Kind::Doubtful => false,
    }
}

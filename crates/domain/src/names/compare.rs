//! How alike two names are: by their words, by their letters run together, and as an acronym and
//! what it stands for. The best of these counts.

use super::{
    acronym,
    words::{Alike, Class, Word, alike, likeness_of},
};

/// A name as its words.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// All words that are known.
    pub all: &'t [Word],
    /// Which of them, in order.
    pub words: &'t [u32],
    /// How much each of them counts.
    pub weights: &'t [f64],
}

impl<'t> Text<'t> {
    /// The word at a place.
    pub fn word(&self, at: usize) -> &'t Word {
        &self.all[self.words[at] as usize]
    }

    /// The places of the words that count.
    pub fn counted(&self) -> impl Iterator<Item = usize> + use<'t> {
        self.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0).map(|(at, _)| at)
    }

    /// The words that count, run together.
    pub fn joined(&self) -> String {
        self.counted().map(|at| self.word(at).text.as_str()).collect()
    }

    fn joined_whole(&self) -> String {
        (0..self.words.len()).map(|at| self.word(at).text.as_str()).collect()
    }

    fn weight(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// How much each word counts. A name of small words alone is all that it has.
pub fn weights<'w>(
    words: impl Iterator<Item = &'w Word> + Clone,
) -> impl Iterator<Item = f64> + Clone {
    let is_small = words.clone().all(|word| word.class == Class::Small);
    words.map(move |word| if is_small { 1.0 } else { word.class.weight() })
}

/// In which way two names are most alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// By their words.
    Words,
    /// By their letters, however they are parted; so many differ.
    Joined(usize),
    /// By their consonants, however they are parted.
    JoinedSounds,
    /// What was written is short for the name.
    ShortFor,
    /// The name is short for what was written.
    LongFor,
}

/// A word of what was written and one of the name, or as many as an acronym stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The place in what was written.
    pub written: usize,
    /// The place in the name.
    pub name: usize,
    /// How many words of what was written.
    pub written_run: usize,
    /// How many words of the name.
    pub name_run: usize,
    /// How alike, from 0 to 1.
    pub likeness: f64,
}

/// How alike each word that was written is to each that is known, 0 if it is not.
pub struct Table {
    rows: Vec<Vec<f64>>,
}

impl Table {
    /// Compares every word that was written with every one that is known.
    pub fn new(written: &[Word], known: &[Word]) -> Self {
        let likeness = |a: &Word, b: &Word| alike(a, b).map_or(0.0, |(likeness, _)| likeness);
        let row = |a: &Word| known.iter().map(|b| likeness(a, b)).collect();
        Self { rows: written.iter().map(row).collect() }
    }
}

/// What was written, compared with one name after the other.
pub struct Comparison<'c> {
    /// What was written.
    pub written: Text<'c>,
    /// How alike words are.
    pub table: &'c Table,
    joined: String,
    joined_whole: String,
    initials: Vec<(u8, usize)>,
    /// The words that may be acronyms.
    acronyms: Vec<usize>,
    weight: f64,
    /// Which words are paired; kept between names, to be cleared.
    pub pairs: Vec<Pair>,
    candidates: Vec<Pair>,
}

/// From this score on the words are the same, and it need not be asked how they are parted.
const SAME_WORDS_MIN: f64 = 0.95;

impl<'c> Comparison<'c> {
    /// What was written, ready to be compared.
    pub fn new(written: Text<'c>, table: &'c Table) -> Self {
        Self {
            written,
            table,
            joined: written.joined(),
            joined_whole: written.joined_whole(),
            initials: acronym::initials(&written),
            acronyms: written.counted().filter(|at| acronym::is_like(written.word(*at))).collect(),
            weight: written.weight(),
            pairs: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// How alike what was written is to a name, from 0 to 1, and in which way most.
    pub fn with(&mut self, name: &Text<'_>) -> (f64, Way) {
        let mut best = (self.by_words(name), Way::Words);
        if best.0 >= SAME_WORDS_MIN {
            return best;
        }
        let mut consider = |found: Option<(f64, Way)>| {
            if let Some(found) = found.filter(|found| found.0 > best.0) {
                best = found;
            }
        };
        consider(self.by_letters(name));
        let short_for = acronym::whole(self.joined.as_bytes(), &self.written, name);
        consider(short_for.map(|likeness| (likeness, Way::ShortFor)));
        if acronym::may_be(name) {
            let long_for = acronym::whole(name.joined().as_bytes(), name, &self.written);
            consider(long_for.map(|likeness| (likeness, Way::LongFor)));
        }
        best
    }

    /// By their words, of which each meets at most one of the other.
    fn by_words(&mut self, name: &Text<'_>) -> f64 {
        self.pair(name);
        self.pair_acronyms(name);
        if self.pairs.is_empty() {
            return 0.0;
        }
        let (mut in_written, mut in_name, mut matched) = (0.0, 0.0, 0.0_f64);
        for pair in &self.pairs {
            let of = |text: &Text<'_>, at: usize, run: usize| -> f64 {
                text.counted()
                    .skip_while(|each| *each < at)
                    .take(run)
                    .map(|at| text.weights[at])
                    .sum()
            };
            let (a, b) = (
                of(&self.written, pair.written, pair.written_run),
                of(name, pair.name, pair.name_run),
            );
            in_written += pair.likeness * a;
            in_name += pair.likeness * b;
            matched += pair.likeness * a.min(b).max(0.3);
        }
        let (in_written, in_name) = (in_written / self.weight, in_name / name.weight());
        let score = covered(in_written, in_name, matched, self.weight);
        self.ordered(name, score)
    }

    /// Pairs the most alike words first.
    fn pair(&mut self, name: &Text<'_>) {
        self.pairs.clear();
        self.candidates.clear();
        for written in self.written.counted() {
            let row = &self.table.rows[self.written.words[written] as usize];
            for at in name.counted() {
                let likeness = row[name.words[at] as usize];
                if likeness > 0.0 {
                    let (written_run, name_run) = (1, 1);
                    let pair = Pair { written, name: at, written_run, name_run, likeness };
                    self.candidates.push(pair);
                }
            }
        }
        let apart = |pair: &Pair| pair.written.abs_diff(pair.name);
        self.candidates
            .sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(apart(a).cmp(&apart(b))));
        for pair in &self.candidates {
            let free = |other: &Pair| other.written != pair.written && other.name != pair.name;
            if self.pairs.iter().all(free) {
                self.pairs.push(*pair);
            }
        }
    }

    /// Pairs acronyms with the words, next to each other, that they stand for.
    fn pair_acronyms(&mut self, name: &Text<'_>) {
        let of_name = name.counted().count();
        if of_name >= acronym::RUN_MIN && !self.acronyms.is_empty() {
            let initials = acronym::initials(name);
            for &written in &self.acronyms {
                if self.pairs.iter().any(|pair| pair.written == written) {
                    continue;
                }
                let taken = |at: usize| self.pairs.iter().any(|pair| pair.name == at);
                let text = &self.written.word(written).text;
                if let Some((at, run)) = acronym::run(text, &initials, taken) {
                    let likeness = acronym::likeness(run);
                    let pair = Pair { written, name: at, written_run: 1, name_run: run, likeness };
                    self.pairs.push(pair);
                }
            }
        }
        if self.initials.len() < acronym::RUN_MIN {
            return;
        }
        for at in name.counted() {
            let word = name.word(at);
            if !acronym::is_like(word) || self.pairs.iter().any(|pair| pair.name == at) {
                continue;
            }
            let taken = |at: usize| self.pairs.iter().any(|pair| pair.written == at);
            if let Some((written, run)) = acronym::run(&word.text, &self.initials, taken) {
                let likeness = acronym::likeness(run);
                let pair = Pair { written, name: at, written_run: run, name_run: 1, likeness };
                self.pairs.push(pair);
            }
        }
    }

    /// The score with what the order of words and their script take from it.
    fn ordered(&mut self, name: &Text<'_>, score: f64) -> f64 {
        let texts = |text: Text<'_>| -> Vec<(String, super::fold::Script)> {
            let word = |at| (text.word(at).text.clone(), text.word(at).script);
            (0..text.words.len()).map(word).collect()
        };
        if score > 0.999 && texts(self.written) == texts(*name) {
            return 0.99;
        }
        self.pairs.sort_by_key(|pair| pair.written);
        let in_order = self.pairs.is_sorted_by_key(|pair| pair.name);
        let script =
            |pair: &Pair| self.written.word(pair.written).script != name.word(pair.name).script;
        let other_script = self.pairs.iter().any(script);
        let taken = if in_order { 0.0 } else { 0.02 } + if other_script { 0.02 } else { 0.0 };
        (score * 0.98 - taken).max(0.0)
    }

    /// By their letters run together, so that it does not matter how they are parted.
    fn by_letters(&self, name: &Text<'_>) -> Option<(f64, Way)> {
        let (mut length, mut letters, mut hard_letters) = (0, 0, 0);
        for at in name.counted() {
            let word = name.word(at);
            length += word.text.len();
            letters |= word.letters;
            hard_letters |= word.hard_letters;
        }
        let (mut own, mut own_hard) = (0, 0);
        for at in self.written.counted() {
            own |= self.written.word(at).letters;
            own_hard |= self.written.word(at).hard_letters;
        }
        let has_small = |text: &Text<'_>| text.counted().count() < text.words.len();
        let of_small = has_small(&self.written) || has_small(name);
        let own_length = self.joined.len();
        let small = self.joined_whole.len() - own_length;
        let small_of_name = if has_small(name) { name.joined_whole().len() - length } else { 0 };
        let apart = length.abs_diff(own_length).saturating_sub(small.max(small_of_name));
        let near = (letters ^ own).count_ones() <= 4 && apart <= 4;
        if letters == own && length == own_length && self.joined == name.joined() {
            return Some((likeness_of(0, length) - 0.03, Way::Joined(0)));
        }
        if length.min(own_length) < 4 || !(near || hard_letters == own_hard) {
            return None;
        }
        let near_enough = |a: &str, b: &str| {
            let most = a.len().max(b.len()) / 6;
            if a.len().abs_diff(b.len()) > most || self.has_other_numbers(name) {
                return None;
            }
            let differ = strsim::osa_distance(a, b);
            let likeness = likeness_of(differ, a.len().max(b.len())) - 0.03;
            (differ <= most).then_some((likeness, Way::Joined(differ)))
        };
        let of_words = if near { near_enough(&self.joined, &name.joined()) } else { None };
        let of_all = || near_enough(&self.joined_whole, &name.joined_whole());
        let of_all = if of_small && near && of_words.is_none() { of_all() } else { None };
        of_words.or(of_all).or_else(|| self.by_consonants(name))
    }

    fn by_consonants(&self, name: &Text<'_>) -> Option<(f64, Way)> {
        let consonants = |text: &Text<'_>| {
            let script = text.counted().map(|at| text.word(at).script).max()?;
            Some(super::fold::consonants(&text.joined(), script))
        };
        let (a, b) = (consonants(&self.written)?, consonants(name)?);
        if a != b || a.len() < 4 || self.has_other_numbers(name) {
            return None;
        }
        let nearness = strsim::normalized_levenshtein(&self.joined, &name.joined());
        Some((0.15f64.mul_add(nearness, 0.72), Way::JoinedSounds))
    }

    /// `101st` is another division than `102nd`.
    fn has_other_numbers(&self, name: &Text<'_>) -> bool {
        let numbers = |text: Text<'_>| -> Vec<String> {
            let words = text.counted().map(|at| text.word(at));
            words.filter(|word| word.is_number()).map(|word| word.text.clone()).collect()
        };
        numbers(self.written) != numbers(*name)
    }
}

/// The score of two names of which this much is found in the other, by weight.
fn covered(in_written: f64, in_name: f64, matched: f64, weight: f64) -> f64 {
    let both = 2.0 * in_written * in_name / (in_written + in_name);
    // That the whole of one stands in the other says much, if it says anything by itself.
    let written_in_name = if in_written >= 0.8 {
        in_written
            * 0.32f64.mul_add(in_name, 0.6)
            * 0.6f64.mul_add((matched / weight.min(1.0)).min(1.0), 0.4)
    } else {
        0.0
    };
    let name_in_written = if in_name >= 0.8 {
        in_name * 0.35f64.mul_add(in_written, 0.55) * 0.6f64.mul_add(matched.min(1.0), 0.4)
    } else {
        0.0
    };
    both.max(written_in_name).max(name_in_written)
}

/// In what way two paired words are alike.
pub fn how(a: &Word, b: &Word) -> Option<Alike> {
    alike(a, b).map(|(_, how)| how)
}

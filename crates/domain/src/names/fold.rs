//! From a name as it is written to its words in plain Latin letters, and from a word to its
//! consonants. What folds a script well is left to the crates that do; what stands here is what
//! they do not know: articles that are written together with their word, Arabic letters that
//! stand for each other, and apostrophes, which part words in French and join them in Arabic.

use any_ascii::any_ascii_char;
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick,
};

/// In which kind of script a word was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// In Latin letters.
    Latin,
    /// In one that writes its vowels: Cyrillic, Ge'ez, Burmese …
    Other,
    /// In one that leaves most vowels out: Arabic, Hebrew.
    Abjad,
}

/// What stands before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// A space, a hyphen, or nothing that matters.
    Space,
    /// A stroke without spaces: `Movement/Army`.
    Stroke,
    /// A stroke between spaces, between two names of one thing.
    Beside,
    /// A comma.
    Comma,
}

/// A word of a name, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Letters `a` to `z` alone, or digits alone.
    pub text: String,
    /// How it was written.
    pub script: Script,
    /// What stands before it.
    pub joint: Joint,
    /// Whether it stands in brackets.
    pub in_brackets: bool,
}

/// The name in plain Latin letters, without accents, punctuation and capitals.
#[must_use]
pub fn folded(name: &str) -> String {
    let words: Vec<String> = tokens(name).into_iter().map(|token| token.text).collect();
    words.join(" ")
}

/// The words of a name.
#[must_use]
pub fn tokens(name: &str) -> Vec<Token> {
    if name.is_ascii() {
        return parted(name.chars());
    }
    if is_nfkc_quick(name.chars()) == IsNormalized::Yes {
        return parted(name.chars());
    }
    // A full-width or joined letter is the letter.
    parted(name.nfkc())
}

fn parted(chars: impl Iterator<Item = char>) -> Vec<Token> {
    let mut parts = Parts::default();
    let mut chars = chars.peekable();
    while let Some(c) = chars.next() {
        match c {
            'a'..='z' | 'A'..='Z' => parts.letter(c),
            '\'' | '’' | '‘' | '`' | '´' | '′' | 'ʼ' | 'ʻ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ʹ' => {
                let possessive = matches!(chars.peek(), Some('s' | 'S'));
                parts.apostrophe(possessive);
            }
            '(' | '[' | '{' => parts.bracket(1),
            ')' | ']' | '}' => parts.bracket(-1),
            ',' | ';' | '،' | '؛' => {
                parts.end();
                parts.joint = Joint::Comma;
            }
            '/' | '|' => {
                let tight = !parts.word.is_empty() && chars.peek() != Some(&' ');
                parts.end();
                parts.joint = if tight { Joint::Stroke } else { Joint::Beside };
            }
            '.' if chars.peek().is_some_and(|next| next.is_alphabetic()) && parts.is_letter() => {
                parts.is_dotted = true;
            }
            // Marks that say how letters join or where a line turns.
            '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2060}' => {}
            _ if c.is_alphanumeric() || is_combining_mark(c) => parts.letter(c),
            _ => parts.end(),
        }
    }
    parts.end();
    parts.found
}

/// Words in the making.
struct Parts {
    found: Vec<Token>,
    word: Vec<char>,
    joint: Joint,
    depth: i32,
    /// Whether it is letters with dots between them: `F.A.R.C.`
    is_dotted: bool,
    /// Whether the word may end in the possessive that was just read.
    possessive_at: Option<usize>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            word: Vec::new(),
            joint: Joint::Space,
            depth: 0,
            is_dotted: false,
            possessive_at: None,
        }
    }
}

impl Parts {
    fn letter(&mut self, c: char) {
        self.word.push(c);
    }

    fn apostrophe(&mut self, possessive: bool) {
        let elided = matches!(self.word[..], ['l' | 'L' | 'd' | 'D']);
        if elided {
            self.end();
        } else if possessive && !self.word.is_empty() {
            self.possessive_at = Some(self.word.len());
        }
    }

    fn is_letter(&self) -> bool {
        self.is_dotted || self.word.len() == 1
    }

    fn bracket(&mut self, step: i32) {
        self.end();
        self.depth = (self.depth + step).max(0);
    }

    fn end(&mut self) {
        self.is_dotted = false;
        if let Some(at) = self.possessive_at.take()
            && self.word.len() == at + 1
        {
            self.word.truncate(at);
        }
        if self.word.is_empty() {
            return;
        }
        let (text, script) = transliterated(&self.word);
        self.word.clear();
        let in_brackets = self.depth > 0;
        if text.bytes().all(|byte| byte.is_ascii_lowercase()) {
            if !text.is_empty() {
                self.found.push(Token { text, script, joint: self.joint, in_brackets });
                self.joint = Joint::Space;
            }
            return;
        }
        for part in letters_and_digits(&text) {
            let text = part.to_owned();
            self.found.push(Token { text, script, joint: self.joint, in_brackets });
            self.joint = Joint::Space;
        }
    }
}

/// `m23` is `m` and `23`, however it is parted.
fn letters_and_digits(text: &str) -> impl Iterator<Item = &str> {
    text.as_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).scan(
        0,
        move |from, chunk| {
            let start = *from;
            *from += chunk.len();
            text.get(start..*from)
        },
    )
}

fn transliterated(word: &[char]) -> (String, Script) {
    if word.iter().all(char::is_ascii) {
        let mut text = String::with_capacity(word.len());
        text.extend(word.iter().map(char::to_ascii_lowercase));
        return (text, Script::Latin);
    }
    if word.iter().any(|c| is_arabic(*c)) {
        return (from_arabic(word), Script::Abjad);
    }
    let is_latin = |c: &char| *c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(c);
    let is_hebrew = |c: &char| ('\u{590}'..'\u{600}').contains(c);
    // One letter in a script that looks alike makes no foreign word.
    let foreign = word.iter().filter(|c| !is_latin(c) && !is_combining_mark(**c)).count();
    let script = match () {
        () if word.iter().any(is_hebrew) => Script::Abjad,
        () if foreign * 2 > word.len() => Script::Other,
        () => Script::Latin,
    };
    let plain = word.iter().flat_map(|c| any_ascii_char(*c).chars());
    let text = plain.filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    (text.collect(), script)
}

const fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}')
}

/// Arabic letters as they are most often written in Latin ones. Those that are written for each
/// other (alef with and without hamza, the two final ya, ha and ta marbuta, Persian kaf and ya)
/// become one, and marks for vowels fall away, since hardly anybody writes them.
fn from_arabic(word: &[char]) -> String {
    let marks = |c: &&char| !is_combining_mark(**c) && **c != 'ء';
    let letters: Vec<char> = word.iter().filter(marks).copied().collect();
    if letters == ['ا', 'ل', 'ل', 'ه'] {
        return "allah".to_owned();
    }
    let letters = without_article(&letters);
    let mut text = String::with_capacity(letters.len() + 4);
    for (at, c) in letters.iter().enumerate() {
        let plain = match c {
            'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'ع' => "a",
            'ة' | 'ه' | 'ہ' if at > 0 && at + 1 == letters.len() => "a",
            'ه' | 'ة' | 'ۀ' | 'ہ' | 'ھ' | 'ە' | 'ح' => "h",
            'و' | 'ؤ' if at == 0 => "w",
            'و' | 'ؤ' => "u",
            'ي' | 'ی' | 'ى' | 'ئ' | 'ې' | 'ۍ' if at == 0 => "y",
            'ي' | 'ی' | 'ى' | 'ئ' | 'ې' | 'ۍ' => "i",
            'ث' => "th",
            'ج' => "j",
            'خ' => "kh",
            'ذ' => "dh",
            'ش' => "sh",
            'ض' => "d",
            'ط' => "t",
            'ظ' => "z",
            'غ' => "gh",
            'چ' => "ch",
            other => any_ascii_char(*other),
        };
        text.extend(
            plain.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()),
        );
    }
    text
}

/// The word without the article, and without the `and` or `for the` before it.
fn without_article(letters: &[char]) -> &[char] {
    match letters {
        ['و', 'ا', 'ل', rest @ ..] if rest.len() >= 2 => rest,
        ['ا', 'ل', rest @ ..] if rest.len() >= 2 => rest,
        ['ل', 'ل', rest @ ..] if rest.len() >= 3 => rest,
        _ => letters,
    }
}

/// The consonants of a folded word as several ways of writing it share them: `mhmd` for
/// Mohammed, Muhamad and محمد. A first vowel is kept as `a`.
#[must_use]
pub fn consonants(word: &str, script: Script) -> String {
    let bytes = word.as_bytes();
    let mut kept = String::with_capacity(bytes.len());
    let mut at = 0;
    let mut last: Option<(char, usize)> = None;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        let (sound, taken) = sound(byte, next);
        let is_first = at == 0;
        let is_last = at + taken == bytes.len();
        // Where vowels are left out two of a letter are two, unless one is that of an article.
        let counts_once = script != Script::Abjad || sound == 'l';
        let doubled = counts_once && last.is_some_and(|(c, end)| c == sound && end == at);
        at += taken;
        last = Some((sound, at));
        match sound {
            'a' | 'w' | 'y' if is_first => kept.push(sound),
            'a' | 'w' | 'y' => {}
            'h' if is_last && !is_first => {}
            _ if doubled => {}
            _ => kept.push(sound),
        }
    }
    kept
}

/// The sound that a letter stands for, alone or with the next, and how many letters it takes.
const fn sound(byte: u8, next: u8) -> (char, usize) {
    match (byte, next) {
        (b's' | b'c', b'h') => ('s', 2),
        (b't', b'c') => ('s', 2),
        (b'k', b'h') | (b'c', b'k' | b'q') => ('k', 2),
        (b'g', b'h') => ('g', 2),
        (b't', b'h') => ('t', 2),
        (b'd', b'h') => ('d', 2),
        (b'z', b'h') | (b'd', b'j') => ('j', 2),
        (b'p', b'h') => ('f', 2),
        (b'c', b'e' | b'i' | b'y') => ('s', 1),
        (b'c' | b'q', _) => ('k', 1),
        (b'a' | b'e' | b'i' | b'o' | b'u', _) => ('a', 1),
        _ => (byte as char, 1),
    }
}

//! A text as it is looked over: in whatever script, width or form its letters and digits are
//! written, with whatever cannot be seen between them, they are the plain ones; and each knows
//! which character of the text it stands for.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A text in plain letters and digits. Capitals are kept.
pub struct Folded {
    /// The text.
    pub text: String,
    /// The characters of the folded text: the byte at which each begins, and the character of the
    /// original that it stands for.
    places: Vec<(usize, usize)>,
}

impl Folded {
    /// Which characters of the original a part of the folded text stands for: the first, and the
    /// one after the last.
    pub fn original(&self, part: &Range<usize>) -> (usize, usize) {
        let first = self.places.partition_point(|(byte, _)| *byte < part.start);
        let end = self.places.partition_point(|(byte, _)| *byte < part.end);
        let from = self.places.get(first).map_or(0, |(_, at)| *at);
        let until = end.checked_sub(1).and_then(|last| self.places.get(last));
        (from, until.map_or(from, |(_, at)| at + 1))
    }
}

/// The text in plain letters and digits.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), places: Vec::new() };
    for (at, c) in text.chars().enumerate() {
        let mut push = |c: char| {
            if !is_invisible(c) {
                folded.places.push((folded.text.len(), at));
                folded.text.push(c);
            }
        };
        match plain(c) {
            Some(plain) => push(plain),
            None => decompose_compatible(c, |part| push(plain(part).unwrap_or(part))),
        }
    }
    folded
}

/// A word in plain letters, small.
pub fn fold_word(word: &str) -> String {
    fold(word).text.to_lowercase()
}

/// The zeros of the scripts in which people of an operation may write numbers; their nine other
/// digits follow.
const ZEROS: [char; 22] = [
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{17e0}',
    '\u{1810}',
    '\u{104a0}',
    '\u{11066}',
    '\u{1e140}',
    '\u{1e950}',
];

/// The plain character that one stands for, if that is not what Unicode says of it.
fn plain(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(if c == '\r' { '\n' } else { c });
    }
    Some(match c {
        '°' | 'º' | '˚' | 'ᵒ' => '°',
        '’' | '‘' | '‛' | '′' | '´' | 'ʹ' | 'ʼ' | '‵' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '〃' | 'ʺ' | '‶' => '"',
        '\u{2010}'..='\u{2015}' | '−' | '﹘' | '﹣' | '－' => '-',
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        '٫' | '。' | '۔' | '․' => '.',
        '٬' | '،' | '、' => ',',
        '؛' => ';',
        '؟' => '?',
        '٪' => '%',
        '：' | 'ː' | '∶' | '꞉' => ':',
        '⁄' | '∕' => '/',
        'ی' => 'ي',
        'ٱ' => 'ا',
        'ک' => 'ك',
        'ة' => 'ه',
        _ if c.is_whitespace() => ' ',
        _ => {
            let zero = ZEROS.into_iter().find(|zero| (*zero..=nth(*zero, 9)).contains(&c))?;
            char::from_digit(u32::from(c) - u32::from(zero), 10)?
        }
    })
}

fn nth(zero: char, number: u32) -> char {
    char::from_u32(u32::from(zero) + number).unwrap_or(zero)
}

/// Whether nothing is seen of a character: marks above letters, and what only steers how others
/// are set.
fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' => true,
        '\u{e0000}'..='\u{e01ef}' | '\u{fff9}'..='\u{fffb}' => true,
        _ => c.is_control() || is_combining_mark(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_plain_whatever_hides_between_them() {
        let text = "＋２٤٩\u{200b}۹\u{2060}१\u{ad}২\u{301}";
        let folded = fold(text);
        assert_eq!(folded.text, "+249912");
        assert_eq!(folded.original(&(0..folded.text.len())), (0, 10));
        assert_eq!(folded.original(&(4..5)), (5, 6));
    }

    #[test]
    fn letters_are_plain_and_keep_their_capitals() {
        assert_eq!(fold("Général Ñoño ﬁn").text, "General Nono fin");
        assert_eq!(fold("أحْمَد الشّيخ مُوسى").text, "احمد الشيخ موسى");
    }
}

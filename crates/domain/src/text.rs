//! What any text here may hold, and how texts are compared.

/// The longest short text (a name, a title, a term's value), in characters.
pub const LINE_CHARS_MAX: usize = 300;
/// The longest free text, in characters.
pub const PROSE_CHARS_MAX: usize = 10_000;

/// Whether a character can make a text look other than it is: NUL and other controls, and those
/// that turn the direction of writing over. Tabs and line ends are for free text alone.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => c.is_control(),
    }
}

/// Two values of a term are equal when these are.
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_arabic_needs_are_no_tricks() {
        assert!(!"نداء\u{200f} \u{200e}جنيف\u{200c}".chars().any(is_unsafe));
        assert!("abc\u{202e}cba".chars().any(is_unsafe) && "a\0".chars().any(is_unsafe));
    }

    #[test]
    fn folding_trims_unicode_space_and_lowers_unicode_case_and_no_more() {
        assert_eq!(folded("\u{2003}Leer-ADOK \u{a0}"), "leer-adok");
        assert_ne!(folded("Leer Adok"), folded("Leer  Adok"));
        assert_ne!(folded("café"), folded("cafe"));
    }
}

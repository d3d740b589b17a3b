//! Sums of money: a number beside the sign, the code or the name of a currency.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    after, before,
    words::{Words, any_of, list, pattern},
};

const NUMBER: &str = r"[0-9](?:[0-9.,' ]*[0-9])?";
const SIGN: &str = r"(?:(?i:us|u\.s\.|a|ca|ss)\s?)?[$€£¥₣₤₦₪₹₺₽₵₡₱₲₴₸₼₾฿₫₭₮₨﷼¢]";

/// A number, or a word for one, with words such as million behind it.
fn amount() -> String {
    let amounts = any_of("amounts");
    format!(r"(?:(?:{NUMBER}|\b{amounts})(?:\s?-?\b?{amounts}\b)*)")
}

/// A sign beside an amount.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    let amount = amount();
    pattern(&format!(r"(?i:{SIGN}\s?{amount}|{NUMBER}(?:\s?{})*\s?{SIGN})", any_of("amounts")))
});

/// A name of a currency behind an amount.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let (amount, joins) = (amount(), any_of("amount_joins"));
    let countries = any_of("countries_of_currencies");
    let (plain, doubtful) = (any_of("currencies"), any_of("currencies_of_countries"));
    let named = format!(r"{plain}\b|{countries}\s{doubtful}\b|{doubtful}\s(?:de\s)?{countries}\b");
    pattern(&format!(r"(?i:{amount}\s?(?:{joins}\s?){{0,2}}(?:{named}))"))
});

/// A code of a currency on either side of an amount. The code has capitals.
static CODED: LazyLock<Regex> = LazyLock::new(|| {
    let codes: Vec<String> =
        list("currency_codes").iter().map(|code| code.to_uppercase()).collect();
    let codes = codes.join("|");
    let more = format!(r"(?:\s?(?i:{})\b)*", any_of("amounts"));
    pattern(&format!(
        r"\b(?P<before>{codes})\s?(?P<first>{NUMBER}){more}|(?P<second>{NUMBER}){more}\s?(?P<behind>{codes})\b"
    ))
});

static DOUBTFUL: LazyLock<Words> = LazyLock::new(|| list("currency_codes_doubtful"));

/// Of a code that is a word besides, the number that is hardly anything but a sum, by its digits.
const DIGITS_OF_A_SUM: usize = 3;

/// Sums of money.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for pattern in [&*SIGNED, &*NAMED] {
        let ranges = pattern.find_iter(text).map(|found| found.range());
        found.extend(ranges.filter(|range| begins_alone(text, range)));
    }
    for coded in CODED.captures_iter(text) {
        let Some(whole) = coded.get(0) else { continue };
        let text_of = |name| coded.name(name).map_or("", |part| part.as_str());
        let code = if text_of("before").is_empty() { text_of("behind") } else { text_of("before") };
        let number = if text_of("first").is_empty() { text_of("second") } else { text_of("first") };
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_clear = !DOUBTFUL.contains(&code.to_lowercase()) || digits > DIGITS_OF_A_SUM;
        if is_clear && begins_alone(text, &whole.range()) && ends_alone(text, whole.end()) {
            found.push(whole.range());
        }
    }
    found
}

fn begins_alone(text: &str, range: &Range<usize>) -> bool {
    !before(text, range.start).is_some_and(|c| c.is_alphanumeric() || c == '/' || c == '-')
}

fn ends_alone(text: &str, end: usize) -> bool {
    !after(text, end).is_some_and(char::is_alphanumeric)
}

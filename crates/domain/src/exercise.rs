//! Countries in which people practise.

/// Whether a country, by its code of three letters, is none: ISO 3166-1 leaves AAA to AAZ, QMA to QZZ,
/// XAA to XZZ and ZZA to ZZZ to those who need a code of their own. XKX is left out, by which many
/// mean Kosovo.
#[must_use]
pub fn is_fictional(country: &str) -> bool {
    let is_code = country.len() == 3 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    let free = ["AAA"..="AAZ", "QMA"..="QZZ", "XAA"..="XZZ", "ZZA"..="ZZZ"];
    is_code && country != "XKX" && free.iter().any(|codes| codes.contains(&country))
}

#[cfg(test)]
mod tests {
    use super::is_fictional;

    #[test]
    fn no_country_is_taken_for_an_exercise() {
        for fictional in ["XTL", "AAA", "QMA", "QZZ", "ZZZ"] {
            assert!(is_fictional(fictional), "{fictional}");
        }
        for country in ["SSD", "YEM", "XKX", "QAT", "ZWE", "AFG", "", "X", "xtl", "XTLA", "ÄÄ"] {
            assert!(!is_fictional(country), "{country}");
        }
    }
}

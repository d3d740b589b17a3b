//! Coordinates, in degrees with a fraction, in degrees, minutes and seconds, on the grids of UTM
//! and MGRS, as plus codes, as three words, and as links to a map.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{stands_alone, words::pattern};

/// Notations that nothing else is written in.
static NOTATIONS: LazyLock<[Regex; 9]> = LazyLock::new(|| {
    let hemisphere = "[NSEWOnsewo]";
    let minutes = r"[0-9]{1,2}(?:[.,][0-9]+)?\s?'{1,2}";
    let seconds = r#"[0-9]{1,2}(?:[.,][0-9]+)?\s?(?:"|'')"#;
    let angle = format!(r"[0-9]{{1,3}}\s?°\s?{minutes}(?:\s?{seconds})?");
    // 12°51'46"N 30°13'03"E
    let in_minutes = format!(r"(?:{hemisphere}\s?)?{angle}(?:\s?{hemisphere}\b)?");
    let both_in_minutes = format!(r"{in_minutes}(?:\s?[,;/]?\s?{in_minutes})?");
    // 12.8628° N, 30.2176° E
    let degrees = r"-?[0-9]{1,3}(?:[.,][0-9]+)?\s?°\s?[NSEWOnsewo]\b";
    let in_degrees = format!(r"{degrees}(?:\s?[,;/]?\s?{degrees})?");
    // N12.8628 E30.2176, and 12.8628N 30.2176E
    let number = r"[0-9]{1,3}[.,][0-9]{2,}";
    let before = format!(r"[NSns]\s?{number}\s?°?\s?[,;/]?\s?[EWOewo]\s?{number}");
    let behind = format!(r"{number}\s?°?\s?[NSns]\s?[,;/]?\s?{number}\s?°?\s?[EWOewo]\b");
    // N12 51.767 E030 13.056, and 12 51 46 N 30 13 03 E
    let parts = r"[0-9]{1,3}[ :-][0-9]{1,2}(?:[.,][0-9]+|[ :-][0-9]{1,2}(?:[.,][0-9]+)?)";
    let parted_before = format!(r"[NSns]\s?{parts}\s?[,;/]?\s?[EWOewo]\s?{parts}");
    let parted_behind = format!(r"{parts}\s?[NSns]\s?[,;/]?\s?{parts}\s?[EWOewo]\b");
    // 125146N 0301303E
    let joined = r"[0-9]{4,6}[NSns]\s?[0-9]{5,7}[EWOewo]";
    let kept = [
        r"(?i:geo:\s?-?[0-9.]+\s?,\s?-?[0-9.]+)",
        r"(?i:(?:maps\.app\.goo\.gl|goo\.gl/maps|maps\.google\.[a-z.]+|google\.[a-z.]+/maps|maps\.apple\.com|openstreetmap\.org/(?:\?mlat|#map|node))\S*)",
        // Three words behind three strokes.
        r"///\s?\p{Alphabetic}{2,}\.\p{Alphabetic}{2,}\.\p{Alphabetic}{2,}",
    ];
    let grids = format!("{before}|{behind}|{parted_before}|{parted_behind}|{joined}");
    [
        pattern(&both_in_minutes),
        pattern(&in_degrees),
        pattern(&grids),
        pattern(kept[0]),
        pattern(kept[1]),
        pattern(kept[2]),
        // 36P 512345 1422345, the zone of UTM with eastings and northings.
        pattern(
            r"[0-9]{1,2}\s?[C-HJ-NP-Xc-hj-np-x]\s*[,;]?\s*[0-9]{6}(?:\.[0-9]+)?\s?m?\s?[Ee]?\s*[,;/]?\s*[0-9]{6,7}(?:\.[0-9]+)?\s?m?\s?[NSns]?",
        ),
        // 36P VU 1234 5678
        pattern(
            r"[0-9]{1,2}\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?(?:[0-9]{5}\s?[0-9]{5}|[0-9]{4}\s?[0-9]{4}|[0-9]{3}\s?[0-9]{3}|[0-9]{2}\s?[0-9]{2})",
        ),
        // 6GR4VQ7P+XX
        pattern(r"[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}"),
    ]
});

/// Two numbers with fractions side by side.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    let point = r"(-?[0-9]{1,3}\.[0-9]{3,})\s?°?\s*[,;/ ]\s*(-?[0-9]{1,3}\.[0-9]{3,})";
    let comma = r"(-?[0-9]{1,3},[0-9]{3,})\s?°?\s*[;/ ]\s*(-?[0-9]{1,3},[0-9]{3,})";
    pattern(&format!("{point}|{comma}"))
});

/// A latitude or a longitude that is called so.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    let words =
        "lat|lon|long|lng|latitude|longitude|latitud|longitud|خط العرض|خط الطول|العرض|الطول";
    pattern(&format!(r"(?i:\b(?:{words}))\.?\s*[:=]?\s*(?:de\s)?-?[0-9]{{1,3}}[.,][0-9]{{2,}}"))
});

/// Coordinates.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for notation in NOTATIONS.iter() {
        let ranges = notation.find_iter(text).map(|found| found.range());
        found.extend(ranges.filter(|range| stands_alone(text, range) && is_whole(text, range)));
    }
    found.extend(CALLED.find_iter(text).map(|found| found.range()));
    for pair in PAIR.captures_iter(text) {
        let degrees = |index| {
            let written = pair.get(index)?.as_str().replace(',', ".");
            written.parse::<f64>().ok().map(f64::abs)
        };
        let read = degrees(1).zip(degrees(2)).or_else(|| degrees(3).zip(degrees(4)));
        let on_earth = read.is_some_and(|(a, b)| a <= 180.0 && b <= 180.0 && a.min(b) <= 90.0);
        if let Some(whole) =
            pair.get(0).filter(|whole| on_earth && stands_alone(text, &whole.range()))
        {
            found.push(whole.range());
        }
    }
    found
}

/// A plus code has a letter: what has none is a sum. A grid square has digits after its letters.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let written = text.get(range.clone()).unwrap_or_default();
    !written.contains('+') || written.contains(|c: char| c.is_ascii_alphabetic())
}

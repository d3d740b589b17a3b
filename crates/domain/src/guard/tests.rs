//! Texts that hold what is never stored, and texts like them that do not.

use proptest::prelude::*;

use super::{Detail, find};

/// What is found in a text, each as its code and as it is written.
fn found(text: &str) -> Vec<(&'static str, String)> {
    find(text).iter().map(|finding| (finding.detail.code(), finding.written(text))).collect()
}

#[track_caller]
fn finds(detail: Detail, texts: &[(&str, &str)]) {
    let missed: Vec<_> = texts
        .iter()
        .filter(|(text, part)| found(text) != [(detail.code(), (*part).to_owned())])
        .map(|(text, part)| format!("{text} should give {part}, gives {:?}", found(text)))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[track_caller]
fn passes(texts: &[&str]) {
    let wrong: Vec<_> = texts
        .iter()
        .filter(|text| !find(text).is_empty())
        .map(|text| format!("{text} gives {:?}", found(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_after_titles() {
    finds(
        Detail::PersonName,
        &[
            ("We met Mr. Okello at the bridge.", "Mr. Okello"),
            ("Call on mr khan again", "mr khan"),
            ("Dr Amina Yusuf wrote to us", "Dr Amina Yusuf"),
            ("through Sheikh Hamad al-Tijani, who agreed", "Sheikh Hamad al-Tijani"),
            ("the commander Abu Ali asked for a fee", "commander Abu Ali"),
            ("Major General Burhan refused", "Major General Burhan"),
            ("Col. Peter said no", "Col. Peter"),
            ("Gen. J. Lado", "Gen. J. Lado"),
            ("Commander\u{200b} Jo\u{ad}seph", "Commander\u{200b} Jo\u{ad}seph"),
            ("Ｃｏｍｍａｎｄｅｒ Joseph", "Ｃｏｍｍａｎｄｅｒ Joseph"),
            ("Elder Lokwang carries messages", "Elder Lokwang"),
            ("Rencontre avec M. Traoré hier", "M. Traoré"),
            ("Mme Diallo a transmis la lettre", "Mme Diallo"),
            ("le général Ndikumana", "général Ndikumana"),
            ("le colonel Bemba Kabila était là", "colonel Bemba Kabila"),
            ("Reunión con el Sr. Gómez", "Sr. Gómez"),
            ("el comandante Pérez pidió listas", "comandante Pérez"),
            ("doña Rosa lleva los mensajes, Doña Rosa no", "Doña Rosa"),
            ("وافق الشيخ حمدان على المرور", "الشيخ حمدان"),
            ("اجتمعنا مع العقيد محمد علي", "العقيد محمد علي"),
            ("رفض القائد حميد الطلب", "القائد حميد"),
            ("والسيدة مريم حضرت", "والسيدة مريم"),
            ("الفريق أول ركن عبدالفتاح", "الفريق أول ركن عبدالفتاح"),
            ("مع د. أحمد في المكتب", "د. أحمد"),
        ],
    );
    passes(&[
        "The General Assembly and the General Command met; in general South Sudan is calm.",
        "The commander of the Eastern Sector refused. The commander. Then we left.",
        "The desk, the chief of staff and the governor of Kassala agreed.",
        "Ms are measured; DR Congo and RD Congo; SR on human rights; Gen Z; Chief Executive.",
        "Sheikh Othman district and Sheikh Zayed road stay open.",
        "the camp of the major armed group; Major roads are open. Major Road Works.",
        "Commander SAF and General SPLA HQ",
        "le commandant de la zone, le général de brigade, le chef du village",
        "el comandante del frente, el general en jefe, el presidente de la junta",
        "وافق القائد على المرور، ورفض القائد العسكري الطلب",
        "الفريق الإنساني زار المنطقة، والفريق العامل اجتمع",
        "الدعم المقدم للنازحين واللواء الخامس والقائد الميداني",
        "قال الشيخ إن الطريق مفتوح",
    ]);
}

#[test]
fn telephone_numbers() {
    finds(
        Detail::PhoneNumber,
        &[
            ("reach him at +249 912 345 678", "+249 912 345 678"),
            ("reach him at +249(0)912-345-678.", "+249(0)912-345-678"),
            ("00249912345678", "00249912345678"),
            ("0912345678 in the evening", "0912345678"),
            ("his number 091 234 56 78", "091 234 56 78"),
            ("call 912 345 678", "912 345 678"),
            ("249912345678", "249912345678"),
            ("ring 555-0199 first", "555-0199"),
            ("thuraya: 8821612345678", "8821612345678"),
            ("Tél. 01 42 34 56 78", "01 42 34 56 78"),
            ("celular 310 555 12 34", "310 555 12 34"),
            ("هاتف ٠٩١٢٣٤٥٦٧٨", "٠٩١٢٣٤٥٦٧٨"),
            ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "۰۹۱۲ ۳۴۵ ۶۷۸۹"),
            ("+２４９９１２３４５６７８", "+２４９９１２３４５６７８"),
            ("+249\u{200b}912\u{200d}345\u{2060}678", "+249\u{200b}912\u{200d}345\u{2060}678"),
            ("0912\u{a0}345\u{202f}678", "0912\u{a0}345\u{202f}678"),
            ("+249\n912\n345678", "+249\n912\n345678"),
            ("+٢٤٩-٩١٢-٣٤٥-٦٧٨", "+٢٤٩-٩١٢-٣٤٥-٦٧٨"),
        ],
    );
    passes(&[
        "From 2026-03-15 to 2026-04-01, 15/03/2026 - 01/04/2026, 15.03.2026, 20260315, 2023-2024.",
        "S/RES/2664 (2022), A/HRC/55/22, S/2024/1234567, resolution 1325 (2000), 2417 (2018)",
        "1 200 000 people, 25000000, 12,500,000, 3.400.000, 100000000 by 2030, 450-1200 families",
        "XT0301, SS06040101, IPC phase 3, N7, RN2, AR-15, HR-14589 and XM-DAC-41114-000123456",
        "Articles 12-15 and 23 of 1949, common article 3, chapter 7, 12 500 litres, 35 km",
        "call for 1 200 000 litres; phone networks failed on 12 March 2026",
        "0.125 of 0.250 and 0.375, 40 %, 33.3 percent, ١٢٠٠ أسرة، ٤٠٪",
    ]);
}

#[test]
fn addresses() {
    finds(
        Detail::EmailAddress,
        &[
            ("write to a.okello+field@example.org.", "a.okello+field@example.org"),
            ("abu.ali ＠ example.net", "abu.ali ＠ example.net"),
            ("abu.ali [at] example [dot] net", "abu.ali [at] example [dot] net"),
            ("on t.me/abu_ali now", "t.me/abu_ali"),
            ("wa.me/249912345678", "wa.me/249912345678"),
        ],
    );
    passes(&["3 @ 4", "at example.org", "see https://example.org/a/b", "@"]);
}

#[test]
fn coordinates() {
    finds(
        Detail::Coordinates,
        &[
            ("at 12.8628, 30.2176 by the well", "12.8628, 30.2176"),
            ("at -1.6792 / 29.2228", "-1.6792 / 29.2228"),
            ("en 12,8628; 30,2176", "12,8628; 30,2176"),
            ("12.86° N, 30.21° E", "12.86° N, 30.21° E"),
            ("12°51'46\"N 30°13'03\"E", "12°51'46\"N 30°13'03\"E"),
            ("12º 51′ 46″ N", "12º 51′ 46″ N"),
            ("N12 51.767 E030 13.056", "N12 51.767 E030 13.056"),
            ("125146N 0301303E", "125146N 0301303E"),
            ("N12.8628 E30.2176", "N12.8628 E30.2176"),
            ("36P VU 1234 5678", "36P VU 1234 5678"),
            ("36PVU1234567890", "36PVU1234567890"),
            ("UTM 36P 512345mE 1422345mN", "36P 512345mE 1422345mN"),
            ("6GR4VQ7P+XX", "6GR4VQ7P+XX"),
            ("geo:12.8628,30.2176", "geo:12.8628,30.2176"),
            ("///filled.count.soap", "///filled.count.soap"),
            ("https://maps.app.goo.gl/abc123", "maps.app.goo.gl/abc123"),
            ("lat: 12.8628", "lat: 12.8628"),
            ("١٢٫٨٦٢٨، ٣٠٫٢١٧٦", "١٢٫٨٦٢٨، ٣٠٫٢١٧٦"),
        ],
    );
    passes(&[
        "N7 to E40, RN2, the N1 and W3 roads; 12 km N of the town, 30 km E; 45° angle",
        "38.5°C; access.movement.checkpoints; 2345+22; 12,500, 30,200; 1.5, 2.5; n° 2664; 1º de mayo",
        "36 people, 4x4, A4, 5W-30; 12.500 families and 3.141; grid 36N",
    ]);
}

#[test]
fn clock_times() {
    finds(
        Detail::ClockTime,
        &[
            ("we meet on Thursday at 14:30", "14:30"),
            ("at 2 pm at the school", "2 pm"),
            ("at 2:30 p.m.", "2:30 p.m."),
            ("1430 hrs local", "1430 hrs"),
            ("at 3 o'clock", "3 o'clock"),
            ("rendez-vous à 14h30", "14h30"),
            ("demain à 14 heures", "à 14 heures"),
            ("vers 9h du matin", "vers 9h"),
            ("nos vemos a las 3 de la tarde", "a las 3"),
            ("reunión a las tres", "a las tres"),
            ("الاجتماع الساعة ٣ عصرا", "الساعة ٣"),
            ("نلتقي الساعة الثالثة", "الساعة الثالثة"),
            ("اللقاء ١٤:٣٠", "١٤:٣٠"),
            ("１４：３０", "１４：３０"),
            ("the curfew starts at eight, but we meet at 18:00", "18:00"),
        ],
    );
    passes(&[
        "scale 1:100000, ratio 3:1, 24/7, 48h, 72 hours, 1200 hours of training, 6 heures de route",
        "à 3 heures de route du camp; a las 3 comunidades; a las tres comunidades",
        "The crossing is open from 08:00 to 16:00. Curfew from 18:00.",
        "La frontière ouvre à 8h et ferme à 16h",
        "على مدار الساعة; I am 2 of 3; S/2024/14:30; version 1.14.30",
    ]);
}

#[test]
fn sums_of_money() {
    finds(
        Detail::SumOfMoney,
        &[
            ("a fee of $500 per truck", "$500"),
            ("a fee of US$ 1,500 per truck", "US$ 1,500"),
            ("they ask 500 € each", "500 €"),
            ("USD 2 million were asked", "USD 2 million"),
            ("20,000 SSP for each vehicle", "20,000 SSP"),
            ("SDG 5000 at the checkpoint", "SDG 5000"),
            ("five thousand dollars", "five thousand dollars"),
            ("500 US dollars", "500 US dollars"),
            ("200 Sudanese pounds", "200 Sudanese pounds"),
            ("une taxe de 10 000 francs CFA", "10 000 francs"),
            ("2 millions de francs", "2 millions de francs"),
            ("dos mil pesos por camión", "dos mil pesos"),
            ("500 dólares", "500 dólares"),
            ("٥٠٠ دولار لكل شاحنة", "٥٠٠ دولار"),
            ("خمسة آلاف جنيه", "خمسة آلاف جنيه"),
            ("＄５００", "＄５００"),
        ],
    );
    passes(&[
        "SDG 16 and COP 28; ALL 12 sites; TRY 3 times; 50 pounds of flour; 10 livres scolaires",
        "5 million people; 500 families; 40 % of them; 12 500 litres; XAF; dollars; a toll",
        "de l'argent, sans montant; pagos por paso; رسوم على كل شاحنة",
    ]);
}

#[test]
fn what_is_found_is_told_in_four_languages() {
    use crate::language::Language;
    let text = "Ask Mr Okello";
    let finding = find(text)[0];
    assert_eq!((finding.from, finding.until), (4, 13));
    let told: std::collections::BTreeSet<String> =
        Language::ALL.iter().map(|language| finding.told(text, *language)).collect();
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|said| said.contains("`Mr Okello`") && said.contains("confirm_text")));
}

#[test]
fn much_is_looked_over_in_little_time_and_little_is_told() {
    let long = "+249 912 345 678, Mr Okello; ".repeat(400);
    let began = std::time::Instant::now();
    assert_eq!(find(&long[..10_000]).len(), super::FINDINGS_MAX);
    for row in ["0 ".repeat(5_000), "1".repeat(10_000), "(".repeat(10_000), "Mr ".repeat(3_300)] {
        assert!(find(&row).len() <= super::FINDINGS_MAX);
    }
    // Without optimisation it takes a tenth of this.
    assert!(began.elapsed().as_secs() < 20);
}

proptest! {
    #[test]
    fn every_text_can_be_looked_over(text in any::<String>()) {
        in_range(&text)?;
    }

    #[test]
    fn every_text_of_such_parts_can_be_looked_over(parts in prop::collection::vec(
        prop::sample::select(vec![
            "Mr", "M.", " ", ".", "الشيخ", "محمد", "+", "00", "٠", "9", "²", "½", "ﷺ", "\u{200b}", "\u{301}",
            "°", "'", "\"", "N", "E", ":", "h", "$", "€", "USD", "million", "@", "a", "///", "-", "/", "(",
            "الساعة", "a las", "pm", "\n", "𝟗", "İ", "ß", "de", "Ⅷ", "lat", "geo:",
        ]), 0..40)) {
        in_range(&parts.concat())?;
    }

    #[test]
    fn nothing_invisible_hides_a_number(at in prop::collection::vec(0usize..13, 0..6), which in 0usize..8) {
        let marks = ['\u{200b}', '\u{200d}', '\u{2060}', '\u{ad}', '\u{feff}', '\u{200f}', '\u{301}', '\u{fe0f}'];
        let mut chars: Vec<char> = "+249912345678".chars().collect();
        for at in at {
            chars.insert(at.min(chars.len()).max(1), marks[which]);
        }
        let text: String = chars.into_iter().collect();
        prop_assert!(!find(&text).is_empty(), "{text:?}");
    }
}

fn in_range(text: &str) -> Result<(), TestCaseError> {
    let chars = text.chars().count();
    let mut last = 0;
    for finding in find(text) {
        prop_assert!(
            finding.from < finding.until && finding.until <= chars && last <= finding.from
        );
        last = finding.until;
    }
    Ok(())
}

//! What is found by which names: well-known public ones, and invented ones.

use proptest::prelude::*;

use super::*;

/// Things with these names, of which the first is the name and the others are aliases.
fn names(all: &[&[&'static str]]) -> Names<usize> {
    let mut names = Names::default();
    for (of, called) in all.iter().enumerate() {
        for (number, name) in called.iter().enumerate() {
            let field = if number == 0 { Field::Name } else { Field::Alias };
            names.add(of, field, *name);
        }
    }
    names
}

/// The score of one name against what is written; 0 if it is not suggested.
fn score(written: &str, name: &str) -> f64 {
    let mut names = Names::default();
    names.add(0, Field::Name, name);
    names.search(written, 1).first().map_or(0.0, |one| one.score)
}

fn codes(written: &str, name: &str) -> Vec<&'static str> {
    let mut names = Names::default();
    names.add(0, Field::Name, name);
    let found = names.search(written, 1);
    let reasons = found.iter().flat_map(|one| &one.because);
    reasons.map(|reason| reason.code.code()).collect()
}

const GROUPS: &[&[&str]] = &[
    &[
        "Revolutionary Armed Forces of Colombia",
        "FARC",
        "Fuerzas Armadas Revolucionarias de Colombia",
    ],
    &["Allied Democratic Forces", "ADF-NALU"],
    &["March 23 Movement", "M23", "Mouvement du 23 mars"],
    &["Jama'at Nusrat al-Islam wal-Muslimin"],
    &["Harakat al-Shabaab al-Mujahideen", "Al-Shabaab"],
    &["Hezbollah"],
    &["Resistência Nacional Moçambicana"],
    &["Sudan People's Liberation Movement/Army", "SPLM/A"],
    &["Ansar Allah", "الحوثيون"],
    &["Народный фронт"],
    &["ህዝባዊ ወያነ ሓርነት ትግራይ"],
    &["ကချင်လွတ်လပ်ရေးတပ်မတော်"],
    &["Frente Farabundo Martí para la Liberación Nacional"],
];

#[track_caller]
fn finds(written: &str, of: usize) {
    let found = names(GROUPS).search(written, 3);
    let best = found.first().map(|one| one.of);
    assert_eq!(best, Some(of), "{written}: {found:#?}");
}

#[test]
fn a_name_is_found_however_it_is_written() {
    for (written, of) in [
        ("farc", 0),
        ("F.A.R.C.", 0),
        ("Fuerzas Armadas Revolucionárias d'Colombia", 0),
        ("Colombia, Revolutionary Armed Forces of", 0),
        ("adf nalu", 1),
        ("ADF/NALU", 1),
        ("Alied Democratic Force", 1),
        ("M-23", 2),
        ("m 23", 2),
        ("the 23 March Movement", 2),
        ("JNIM", 3),
        ("Jamaat Nosrat ul-Islam", 3),
        ("Shabab", 4),
        ("al Shebab", 4),
        ("ALSHABAAB", 4),
        ("Hizballah", 5),
        ("Hizb Allah", 5),
        ("حزب الله", 5),
        ("Renamo", 6),
        ("Resistencia Nacional Mocambicana", 6),
        ("SPLA", 7),
        ("SPLM", 7),
        ("Sudan Peoples Liberation Army", 7),
        ("Ansarallah", 8),
        ("أنصار الله", 8),
        ("انصار اللّٰه", 8),
        ("حوثيون", 8),
        ("Narodnyy front", 9),
        ("People's Front", 9),
        ("FMLN", 12),
        ("Farabundo Marti National Liberation Front", 12),
    ] {
        finds(written, of);
    }
}

#[test]
fn scripts_meet_in_latin_letters() {
    finds("ህዝባዊ ወያነ", 10);
    finds("hizibawi weyane harinet tigray", 10);
    finds("ကချင်လွတ်လပ်ရေး တပ်မတော်", 11);
    let same = ["محمد", "مُحَمَّد", "محمّد", "ﻣﺤﻤﺪ"];
    for written in same {
        for romanised in ["Mohammed", "Muhammad", "Mohamed", "Mahamad"] {
            assert!(score(written, romanised) > 0.8, "{written} {romanised}");
        }
    }
    assert_eq!(folded("إسلامي"), folded("اسلامى"));
    assert_eq!(folded("كتائب"), folded("کتائب"));
    assert_eq!(folded("جماعــة"), folded("جماعه"));
}

#[test]
fn it_is_said_why() {
    assert_eq!(codes("Taliban", "Taliban"), ["same"]);
    assert_eq!(codes("TALIBÁN", "Taliban"), ["same_folded"]);
    assert_eq!(codes("the Lord's Resistance Army", "Lord's Resistance Army"), ["small_words"]);
    assert_eq!(codes("Army of the Lord", "Lord Army"), ["order"]);
    assert_eq!(codes("Bokoharam", "Boko Haram"), ["spacing"]);
    assert_eq!(codes("Hutti", "Houthi"), ["sounds"]);
    assert_eq!(
        codes("Kachin Indapendence Army", "Kachin Independence Army"),
        ["word", "sounds", "word"]
    );
    assert_eq!(codes("Karen Arny", "Karen Army"), ["word", "misspelt"]);
    assert_eq!(codes("Frente Polisario", "Polisario Front"), ["means", "word", "order"]);
    assert_eq!(codes("PKK", "Partiya Karkerên Kurdistanê"), ["acronym"]);
    assert_eq!(codes("Wagner", "Wagner Group"), ["word", "name_has_more"]);
    assert_eq!(codes("Sana'a Houthi rebels", "Houthi"), ["word", "written_has_more"]);
    assert_eq!(codes("Талибан", "Taliban"), ["same_folded", "transliterated"]);
    let found = names(&[&["Karen Army"]]).search("Karen Arny", 1);
    let english = crate::language::Language::English;
    let sentences: Vec<String> =
        found[0].because.iter().map(|reason| reason.sentence(english)).collect();
    assert_eq!(sentences, ["Both have `karen`.", "`arny` and `army`: letters that differ: 1."]);
}

#[test]
fn what_is_nearer_scores_higher() {
    let order = [
        ("Lord's Resistance Army", 1.0),
        ("lords resistance army", 0.0),
        ("Lord's Resistance Arny", 0.0),
        ("Lord's Resistance", 0.0),
        ("Resistance Army", 0.0),
    ];
    let scores: Vec<f64> =
        order.iter().map(|(written, _)| score(written, "Lord's Resistance Army")).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(scores[0] > scores[1] && scores[4] > SCORE_MIN, "{scores:?}");
    let rare = score("Karen Movement", "Karen Front");
    let common = score("Shan Front", "Karen Front");
    assert!(rare > common, "{rare} {common}");
    assert!(score("Shan Army", "Karen Army") < 0.6);
    assert!(score("101st Division", "102nd Division") < 0.6);
    assert_eq!(score("Karen", "Polisario"), 0.0);
}

#[test]
fn two_of_one_name_are_two_suggestions() {
    let all = names(&[&["National Liberation Army"], &["National Liberation Army"], &["ELN"]]);
    let found = all.search("national liberation army", 5);
    let of: Vec<usize> = found.iter().map(|one| one.of).collect();
    assert_eq!(of[..2], [0, 1]);
    assert!((found[0].score - found[1].score).abs() < f64::EPSILON);
}

#[test]
fn ids_and_keys_are_found_whole_alone() {
    let mut names = Names::default();
    names.add(1, Field::Key, "xx-valley-front");
    names.add(1, Field::Register("ucdp".to_owned()), "1180");
    names.add(2, Field::Former(Box::new(Field::Key)), "valley-old");
    let one = |written: &str| names.search(written, 1).first().map(|one| (one.of, one.score));
    assert_eq!(one("xx-valley-front"), Some((1, 1.0)));
    assert_eq!(one("valley front").map(|one| one.0), Some(1));
    assert_eq!(one("1180"), Some((1, 1.0)));
    assert_eq!(one("UCDP:1180"), Some((1, 1.0)));
    assert_eq!(one("1181"), None);
    let former = names.search("valley-old", 1);
    let codes: Vec<_> = former[0].because.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [Likeness::Same, Likeness::Former]);
}

#[test]
fn what_has_no_letters_is_found_by_itself_and_harms_nothing() {
    assert_eq!(score("!!!", "!!!"), 1.0);
    assert_eq!(score("!!!", "???"), 0.0);
    assert_eq!(score("the of", "of the"), score("of the", "the of"));
    let mut names = Names::default();
    names.add(0, Field::Name, "(((");
    names.add(0, Field::Name, "/ /");
    assert!(names.search("", 3).is_empty());
}

/// Names as people may write them, in several scripts, with all that may stand between words.
fn written() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[A-Za-z]{1,9}",
        "[0-9]{1,3}",
        Just("al".to_owned()),
        Just("of the".to_owned()),
        Just("Front".to_owned()),
        Just("جبهة".to_owned()),
        Just("تحرير".to_owned()),
        Just("армия".to_owned()),
        Just("d'Été".to_owned()),
        "\\PC{1,6}",
    ];
    let joint = prop_oneof![Just(" "), Just("-"), Just("/"), Just(" / "), Just(", "), Just(" (")];
    proptest::collection::vec((word, joint), 1..6)
        .prop_map(|parts| parts.into_iter().map(|(word, joint)| format!("{word}{joint}")).collect())
}

proptest! {
    #[test]
    fn folding_what_is_folded_changes_nothing(name in written()) {
        let once = folded(&name);
        prop_assert_eq!(folded(&once), once.clone());
        prop_assert!(once.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' '));
    }

    #[test]
    fn a_name_is_just_like_itself(name in written()) {
        prop_assert_eq!(score(&name, &name), 1.0);
    }

    #[test]
    fn every_score_lies_between_0_and_1(a in written(), b in written()) {
        prop_assert!((0.0..=1.0).contains(&score(&a, &b)));
    }

    #[test]
    fn another_alias_never_lowers_a_score(
        asked in written(),
        of_one in proptest::collection::vec(written(), 1..4),
        of_other in written(),
        alias in written(),
    ) {
        let scores = |with_alias: bool| {
            let mut names = Names::default();
            for name in &of_one {
                names.add(0, Field::Name, name.as_str());
            }
            names.add(1, Field::Name, of_other.as_str());
            if with_alias {
                names.add(0, Field::Alias, alias.as_str());
            }
            let found = names.search(&asked, 2);
            let of = |of| found.iter().find(|one| one.of == of).map_or(0.0, |one| one.score);
            (of(0), of(1))
        };
        let (before, after) = (scores(false), scores(true));
        prop_assert!(after.0 >= before.0, "{before:?} {after:?}");
        prop_assert_eq!(after.1, before.1);
    }

    #[test]
    fn the_order_does_not_depend_on_that_of_the_names(
        asked in written(),
        mut all in proptest::collection::vec((0_usize..4, written()), 1..8),
    ) {
        let order = |all: &[(usize, String)]| {
            let mut names = Names::default();
            for (of, name) in all {
                names.add(*of, Field::Name, name.as_str());
            }
            let found = names.search(&asked, 9);
            found.into_iter().map(|one| (one.of, one.score.to_bits())).collect::<Vec<_>>()
        };
        let before = order(&all);
        all.reverse();
        prop_assert_eq!(order(&all), before);
    }
}

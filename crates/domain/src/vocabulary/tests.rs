use std::collections::BTreeSet;

use super::*;

fn codes(list: &str) -> BTreeSet<&'static str> {
    vocabulary().entries(list).iter().map(|entry| entry.code.as_str()).collect()
}

fn assert_in_four_languages(text: &Label, at: &str) {
    let languages: Vec<&str> = text.keys().map(String::as_str).collect();
    assert_eq!(languages, ["ar", "en", "es", "fr"], "{at}");
    assert!(text.values().all(|text| !text.trim().is_empty()), "{at}");
    let arabic = |c| ('\u{600}'..='\u{6ff}').contains(&c);
    assert!(text["ar"].chars().any(arabic), "{at}");
}

#[test]
fn every_code_is_written_once_and_is_labelled_and_defined_in_four_languages() {
    for list in &vocabulary().lists {
        assert_eq!(codes(list.name).len(), list.entries.len(), "{}", list.name);
        for entry in &list.entries {
            let at = format!("{}/{}", list.name, entry.code);
            assert_in_four_languages(&entry.label, &at);
            assert_in_four_languages(&entry.definition, &at);
        }
    }
}

#[test]
fn every_file_holds_all_its_lists() {
    for (_, lists) in FILES {
        for name in lists {
            assert!(!vocabulary().entries(name).is_empty(), "{name}");
        }
    }
}

#[test]
fn every_reference_between_lists_exists() {
    let (issues, actions, terms) = (codes("issue"), codes("action"), codes("term"));
    for issue in &issues {
        if let Some((above, _)) = issue.rsplit_once('.') {
            assert!(issues.contains(above), "{issue} has nothing above it");
        }
    }
    for action in vocabulary().entries("action") {
        for term in &action.terms {
            assert!(terms.contains(term.as_str()), "{}: {term}", action.code);
        }
    }
    for term in vocabulary().entries("term") {
        assert!(term.term_type.is_some(), "{}", term.code);
        let labelled: BTreeSet<_> = term.value_labels.keys().collect();
        assert_eq!(term.values.iter().collect::<BTreeSet<_>>(), labelled, "{}", term.code);
        assert_eq!(term.term_type == Some(TermType::Code), !term.values.is_empty());
    }
    for demand in vocabulary().entries("demand") {
        assert!(demand.issue.as_deref().is_some_and(|issue| issues.contains(issue)));
        for action in &demand.given_up_by {
            assert!(actions.contains(action.as_str()), "{}: {action}", demand.code);
        }
        if let Object::Terms(object) = &demand.object {
            for (term, value) in object {
                let term = vocabulary().entry("term", term).unwrap();
                assert!(matches!(term.object, Object::Marked(true)) && term.values.contains(value));
            }
        }
    }
    for row in &vocabulary().opposed {
        assert_in_four_languages(&row.why, &format!("{:?}", row.actions));
    }
    for link in &vocabulary().linked {
        assert_in_four_languages(&link.why, &link.access);
        assert!(issues.contains(link.access.as_str()) && link.access.starts_with("access"));
        assert!(issues.contains(link.protection.as_str()));
        assert!(link.protection.starts_with("protection"));
    }
    assert!(vocabulary().entries("response").iter().all(|entry| entry.side.is_some()));
    assert!(vocabulary().entries("method").iter().all(|entry| entry.stance.is_some()));
}

#[test]
fn oppositions_are_symmetric_and_written_once() {
    let mut pairs = BTreeSet::new();
    for row in &vocabulary().opposed {
        let [a, b] = row.actions.each_ref().map(|code| Action::from_code(code).unwrap());
        assert_ne!(a, b);
        assert!(pairs.insert((a.min(b), a.max(b))), "{a:?} and {b:?} twice");
        assert!(std::ptr::eq(opposition(a, b).unwrap(), opposition(b, a).unwrap()));
    }
}

#[test]
fn a_link_holds_for_the_codes_below_either_end() {
    let issue = |code| Issue::from_code(code).unwrap();
    let below = link(issue("access.movement.checkpoints"), issue("protection.movement"));
    assert!(below.is_some());
    assert!(link(issue("protection.movement"), issue("access.movement")).is_some());
    assert!(link(issue("access"), issue("protection.movement")).is_none());
}

fn same_codes<T: Closed>() {
    let data: Vec<_> = vocabulary().entries(T::LIST).iter().map(|e| e.code.as_str()).collect();
    let code: Vec<_> = T::ALL.iter().map(|each| each.code()).collect();
    assert_eq!(data, code, "{}", T::LIST);
}

#[test]
fn closed_lists_have_the_codes_of_their_data() {
    same_codes::<Level>();
    same_codes::<EngagementStatus>();
    same_codes::<AskStatus>();
    same_codes::<CommitmentStatus>();
    same_codes::<Finding>();
    same_codes::<FlagClass>();
    same_codes::<Severity>();
    same_codes::<FlagState>();
    same_codes::<Resolution>();
    same_codes::<Audience>();
    same_codes::<Disclosure>();
    same_codes::<Role>();
    same_codes::<FlagKind>();
}

#[test]
fn nothing_is_offered_unless_said() {
    assert!(Offer::default().is_none());
}

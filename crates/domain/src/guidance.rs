//! Public guidance on dialogue with armed actors, and which of it fits a question: a pure match by
//! issues and methods, which says why and weighs nobody's words.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    language::Language,
    vocabulary::{Code, Issue, Label, Method, in_language},
};

/// The most documents that a page offers.
pub const FITTING_MAX: usize = 5;

/// A published document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// The code, which never changes.
    pub code: String,
    /// What it is called, as it was published.
    pub title: String,
    /// Who published it, where that is known.
    pub publisher: Option<String>,
    /// The year in which it was published, where that is known.
    pub year: Option<u16>,
    /// What kind of document it is.
    pub kind: String,
    #[serde(default, rename = "methods")]
    method_codes: Vec<String>,
    #[serde(default, rename = "issues")]
    issue_codes: Vec<String>,
    /// For whom it was written, where that is known.
    pub audience: Option<Label>,
    /// Where its publisher has it, where that is known.
    pub address: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    code: String,
    label: Label,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shelf {
    kind: Vec<Kind>,
    guidance: Vec<Guidance>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    toml::from_str(include_str!("../vocabulary/guidance.toml"))
        .unwrap_or_else(|error| unreachable!("the guidance is compiled in: {error}"))
});

/// Every document that the registry knows.
#[must_use]
pub fn guidance() -> &'static [Guidance] {
    &SHELF.guidance
}

impl Guidance {
    /// The methods that it is about; all, if it names none.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        self.method_codes.iter().filter_map(|code| Method::from_code(code))
    }

    /// The issues that it is about, with all below them.
    pub fn issues(&self) -> impl Iterator<Item = Issue> {
        self.issue_codes.iter().filter_map(|code| Issue::from_code(code))
    }

    /// What its kind is called in a language.
    #[must_use]
    pub fn kind_in(&self, language: Language) -> &'static str {
        let kind = SHELF.kind.iter().find(|kind| kind.code == self.kind);
        kind.map_or("", |kind| in_language(&kind.label, language))
    }
}

/// A document that fits a question, and why.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The document.
    pub guidance: &'static Guidance,
    /// Those of its issues that are related to what is asked about.
    pub issues: Vec<Issue>,
    /// Those of its methods that are asked about.
    pub methods: Vec<Method>,
}

/// The documents that are about an issue related to one of these, if there are any, and about one
/// of these methods, if there are any. First those about the narrowest issue, then those that name
/// the method, then the newest.
#[must_use]
pub fn fitting(issues: &[Issue], methods: &[Method]) -> Vec<Fit> {
    let fit = |guidance: &'static Guidance| {
        let about: Vec<Issue> = guidance
            .issues()
            .filter(|own| issues.iter().any(|issue| issue.is_related(*own)))
            .collect();
        let named: Vec<Method> =
            guidance.methods().filter(|method| methods.contains(method)).collect();
        let names_none = guidance.method_codes.is_empty();
        let fits = (issues.is_empty() || !about.is_empty())
            && (methods.is_empty() || names_none || !named.is_empty());
        fits.then_some(Fit { guidance, issues: about, methods: named })
    };
    let mut found: Vec<Fit> = guidance().iter().filter_map(fit).collect();
    let narrowness = |fit: &Fit| {
        let parts = fit.issues.iter().map(|issue| issue.code().split('.').count());
        parts.max().unwrap_or(0)
    };
    // Stable, so that what fits alike stays in the order of the list.
    found.sort_by_key(|fit| {
        let order = (narrowness(fit), !fit.methods.is_empty(), fit.guidance.year);
        std::cmp::Reverse(order)
    });
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn codes(issues: &[&str], methods: &[&str]) -> Vec<&'static str> {
        let issues: Vec<Issue> = issues.iter().filter_map(|code| Issue::from_code(code)).collect();
        let methods: Vec<Method> =
            methods.iter().filter_map(|code| Method::from_code(code)).collect();
        fitting(&issues, &methods).into_iter().map(|fit| fit.guidance.code.as_str()).collect()
    }

    #[test]
    fn every_code_exists_and_every_word_is_in_four_languages() {
        let mut seen = BTreeSet::new();
        let kinds: BTreeSet<&str> = SHELF.kind.iter().map(|kind| kind.code.as_str()).collect();
        let labels = |label: &Label, at: &str| {
            assert!(label.keys().eq(["ar", "en", "es", "fr"]), "{at}");
            assert!(label.values().all(|text| !text.trim().is_empty()), "{at}");
        };
        for it in guidance() {
            assert!(seen.insert(&it.code), "{}", it.code);
            assert_eq!(it.methods().count(), it.method_codes.len(), "{}", it.code);
            assert_eq!(it.issues().count(), it.issue_codes.len(), "{}", it.code);
            assert!(!it.issue_codes.is_empty() && !it.title.is_empty(), "{}", it.code);
            assert!(kinds.contains(it.kind.as_str()), "{}", it.kind);
            assert!(it.address.as_deref().is_none_or(|at| at.starts_with("https://")));
            it.audience.iter().for_each(|audience| labels(audience, &it.code));
        }
        for kind in &SHELF.kind {
            labels(&kind.label, &kind.code);
            assert!(guidance().iter().any(|it| it.kind == kind.code), "{}", kind.code);
        }
        assert_eq!(guidance().len(), 31);
    }

    #[test]
    fn what_is_narrower_comes_first_and_what_is_about_something_else_does_not_come() {
        let health = codes(&["protection.attacks.health"], &["negotiation"]);
        assert_eq!(health[..2], ["icrc-protecting-healthcare", "geneva-call-deeds"]);
        assert!(health.contains(&"cchn-field-manual"));
        assert!(!health.contains(&"negotiating-access"), "it is about access alone");
        assert!(!health.contains(&"caac-annual-report"), "it is about another method");
    }

    #[test]
    fn a_wide_issue_meets_what_is_narrower() {
        let protection = codes(&["protection"], &[]);
        assert!(protection.contains(&"geneva-call-deeds"));
        assert!(!codes(&["access.movement"], &[]).contains(&"geneva-call-deeds"));
    }

    #[test]
    fn documents_that_name_no_method_are_about_all() {
        assert!(codes(&["protection"], &["mediation"]).contains(&"iasc-centrality"));
        assert_eq!(codes(&[], &[]).len(), guidance().len());
    }
}

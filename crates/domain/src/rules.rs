//! The coherence rules: given what was logged, which lines overlap, conflict, step past each
//! other or strengthen each other, and why.
//!
//! One rule is one file, and one line in [`RULES`]. Of the rules about two asks the first in the
//! list that holds is raised, and no other.

use std::{cell::OnceCell, collections::BTreeSet};

use crate::{
    document::{TermValue, Terms},
    facts::{Ask, Commitment, CommonPosition, Demand, Engagement, Lead},
    flag::Subject,
    language::Language,
    reason::Reason,
    vocabulary::{Action, Closed, FlagClass, FlagKind, Issue, Level, Severity, Term},
};

mod already_committed;
mod because;
mod below_common_position;
mod community_bypass;
mod concession;
mod contradiction;
mod cross_front;
mod divergence;
mod divergent_response;
mod duplication;
mod lead_bypass;
mod method_clash;
mod parallel_track;
mod precedent;
mod register;
mod reinforcing;
mod risk_transfer;
mod saturation;
#[cfg(test)]
mod story;
mod undercuts_commitment;
mod uneven_terms;

pub use register::Register;

/// Every rule, in the order in which they are tried.
pub const RULES: [&Rule; 18] = [
    &contradiction::RULE,
    &divergence::RULE,
    &duplication::RULE,
    &parallel_track::RULE,
    &reinforcing::RULE,
    &divergent_response::RULE,
    &precedent::RULE,
    &method_clash::RULE,
    &cross_front::RULE,
    &community_bypass::RULE,
    &concession::RULE,
    &lead_bypass::RULE,
    &below_common_position::RULE,
    &undercuts_commitment::RULE,
    &already_committed::RULE,
    &risk_transfer::RULE,
    &uneven_terms::RULE,
    &saturation::RULE,
];

/// The rule that raises a kind of flag.
#[must_use]
pub fn rule(kind: FlagKind) -> &'static Rule {
    RULES.into_iter().find(|rule| rule.kind == kind).unwrap_or(RULES[0])
}

/// A rule, and what people are told of it.
pub struct Rule {
    /// The kind of flag that it raises.
    pub kind: FlagKind,
    /// What the flag is about, in one word.
    pub class: FlagClass,
    /// What it says, in one line.
    pub title: &'static str,
    /// When it holds, in a sentence or two.
    pub holds_when: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What usually settles it.
    pub settled_by: &'static str,
    /// What it looks at.
    pub check: Check,
}

/// What people are told of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// What it says, in one line.
    pub title: &'static str,
    /// When it holds, in a sentence or two.
    pub holds_when: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What usually settles it.
    pub settled_by: &'static str,
}

impl Rule {
    /// What people are told of it in a language.
    #[must_use]
    pub fn about(&self, language: Language) -> About {
        let [title, holds_when, why, settled_by] = self.english().map(|(member, english)| {
            language.of_english(&format!("rule.{}.{member}", self.kind.code()), english)
        });
        About { title, holds_when, why, settled_by }
    }

    /// What people are told of it in English, by the names of the members.
    pub(crate) const fn english(&self) -> [(&'static str, &'static str); 4] {
        [
            ("title", self.title),
            ("holds_when", self.holds_when),
            ("why", self.why),
            ("settled_by", self.settled_by),
        ]
    }
}

/// What a rule looks at, and what it finds.
pub enum Check {
    /// Two live asks of two live engagements, which meet.
    Asks(fn(&Asks<'_>) -> Option<Finding>),
    /// Two live demands of organisations that differ, which meet.
    Demands(fn(&Lines<'_>, &Demand, &Demand) -> Option<Finding>),
    /// A live demand and another organisation's live ask, which meet.
    DemandAndAsk(fn(&Lines<'_>, &Demand, &Ask) -> Option<Finding>),
    /// Two live engagements of organisations that differ, which meet and are not coordinated.
    Lines(fn(&Lines<'_>) -> Option<Finding>),
    /// A live engagement and a lead.
    Lead(fn(&Register<'_>, &Engagement, &Lead) -> Option<Finding>),
    /// A live ask or demand and a common position.
    Position(fn(&Engagement, Part<'_>, &CommonPosition) -> Option<Finding>),
    /// A live ask and a commitment in force.
    Commitment(fn(&Register<'_>, &Engagement, &Ask, &Commitment) -> Option<Finding>),
    /// A live engagement.
    Line(fn(&Register<'_>, &Engagement) -> Option<Finding>),
    /// Two commitments in force.
    Commitments(fn(&Register<'_>, &Commitment, &Commitment) -> Option<Finding>),
    /// The engagements with one armed actor at one level that were not cancelled.
    Visits(fn(&Register<'_>, Level, &[&Engagement]) -> Option<Visited>),
}

/// What too many visits are found to be, and the engagements that they belong to.
pub type Visited = (Finding, BTreeSet<Subject>);

/// What a rule finds when it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Why it holds.
    pub because: Vec<Reason>,
}

/// A part of an engagement.
#[derive(Clone, Copy, Debug)]
pub enum Part<'f> {
    /// An ask.
    Ask(&'f Ask),
    /// A demand.
    Demand(&'f Demand),
}

/// Two live engagements whose armed actors are in line.
pub struct Lines<'f> {
    /// All facts.
    pub register: &'f Register<'f>,
    /// The one.
    pub first: &'f Engagement,
    /// The other.
    pub second: &'f Engagement,
    bypass: OnceCell<Option<Severity>>,
}

impl<'f> Lines<'f> {
    /// Two engagements whose actors are in line.
    #[must_use]
    pub const fn new(
        register: &'f Register<'f>,
        first: &'f Engagement,
        second: &'f Engagement,
    ) -> Self {
        Self { register, first, second, bypass: OnceCell::new() }
    }

    /// Whether the organisations that lead them differ.
    #[must_use]
    pub fn organizations_differ(&self) -> bool {
        self.first.organization != self.second.organization
    }

    /// Whether they meet, by their own places and windows.
    #[must_use]
    pub fn meet(&self) -> bool {
        let slack = self.register.facts.slack_days;
        self.first.window.meets(&self.second.window, slack)
            && self.first.places.intersect(&self.second.places)
    }

    /// Whether they are coordinated.
    #[must_use]
    pub fn are_coordinated(&self) -> bool {
        self.first.is_coordinated_with(self.second)
    }

    /// Whether both are at one level.
    #[must_use]
    pub fn same_level(&self) -> bool {
        self.first.level == self.second.level
    }

    /// How severe it is that one steps past the community's line, if it does.
    #[must_use]
    pub fn community_bypass(&self) -> Option<Severity> {
        *self.bypass.get_or_init(|| community_bypass::severity(self))
    }

    /// The live asks of the one with the live asks of the other, whether or not they meet.
    pub fn asks(&self) -> impl Iterator<Item = Asks<'_>> {
        let facts = self.register.facts;
        facts.live_asks(self.first).flat_map(move |first| {
            let pair = move |second| Asks { lines: self, first, second };
            facts.live_asks(self.second).map(pair)
        })
    }
}

/// Two live asks of two engagements.
pub struct Asks<'l> {
    /// The engagements.
    pub lines: &'l Lines<'l>,
    /// An ask of the first.
    pub first: &'l Ask,
    /// An ask of the second.
    pub second: &'l Ask,
}

impl Asks<'_> {
    /// Whether they meet.
    #[must_use]
    pub fn meet(&self) -> bool {
        let slack = self.lines.register.facts.slack_days;
        self.first.window.meets(&self.second.window, slack)
            && self.first.places.intersect(&self.second.places)
    }

    /// Whether their issues are related.
    #[must_use]
    pub fn are_related(&self) -> bool {
        self.first.issue.is_related(self.second.issue)
    }

    /// Whether they ask for the same of the same object.
    #[must_use]
    pub fn are_alike(&self) -> bool {
        self.first.is_alike(self.second)
    }
}

/// What two asks, an ask and a commitment, or two commitments are compared by.
pub trait Comparable {
    /// The issue, the action and the terms.
    fn content(&self) -> (Issue, Action, &Terms);

    /// Whether issue and action are the same and no term that says what it is about differs.
    fn is_alike(&self, other: &impl Comparable) -> bool {
        let ((issue, action, _), (other_issue, other_action, _)) =
            (self.content(), other.content());
        issue == other_issue && action == other_action && !self.differs_in_object(other)
    }

    /// Whether a term that says what it is about differs.
    fn differs_in_object(&self, other: &impl Comparable) -> bool {
        self.differing_terms(other).any(|(term, ..)| term.is_object())
    }

    /// The terms that both name with values that are not equal.
    fn differing_terms<'a>(
        &'a self,
        other: &'a impl Comparable,
    ) -> impl Iterator<Item = (Term, &'a TermValue, &'a TermValue)> {
        let theirs = other.content().2;
        self.content().2.iter().filter_map(|(term, value)| {
            let other = theirs.get(term)?;
            (value != other).then_some((*term, value, other))
        })
    }
}

impl Comparable for Ask {
    fn content(&self) -> (Issue, Action, &Terms) {
        (self.issue, self.action, &self.terms)
    }
}

impl Comparable for Commitment {
    fn content(&self) -> (Issue, Action, &Terms) {
        (self.issue, self.action, &self.terms)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::vocabulary::Closed;

    #[test]
    fn every_kind_of_flag_has_one_rule_that_explains_itself() {
        let kinds: BTreeSet<&str> = RULES.iter().map(|rule| rule.kind.code()).collect();
        assert_eq!(kinds.len(), FlagKind::ALL.len());
        for rule in RULES {
            for text in [rule.title, rule.holds_when, rule.why, rule.settled_by] {
                assert!(text.len() > 10 && text.trim() == text, "{:?}: {text}", rule.kind);
            }
        }
    }
}

//! What a flag is: its kind, its subjects, why it holds, and the life that people give it.

use std::collections::BTreeSet;

use crate::{
    id::{ArmedActorId, AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId},
    language::Language,
    reason::Reason,
    vocabulary::{Closed, FlagClass, FlagKind, FlagState, Level, Resolution, Severity},
};

/// What a flag is between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// An ask of an engagement.
    Ask(AskId, EngagementId),
    /// A demand of an engagement.
    Demand(DemandId, EngagementId),
    /// An engagement.
    Engagement(EngagementId),
    /// A lead.
    Lead(LeadId),
    /// A common position.
    CommonPosition(CommonPositionId),
    /// A commitment.
    Commitment(CommitmentId),
    /// An armed actor, that unit alone.
    Actor(ArmedActorId),
    /// A level.
    Level(Level),
}

impl Subject {
    /// The engagement that it is, or is part of.
    #[must_use]
    pub const fn engagement(self) -> Option<EngagementId> {
        match self {
            Self::Ask(_, engagement)
            | Self::Demand(_, engagement)
            | Self::Engagement(engagement) => Some(engagement),
            _ => None,
        }
    }

    /// Its id or code as text, which is what identifies it.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Ask(id, _) => id.to_string(),
            Self::Demand(id, _) => id.to_string(),
            Self::Engagement(id) => id.to_string(),
            Self::Lead(id) => id.to_string(),
            Self::CommonPosition(id) => id.to_string(),
            Self::Commitment(id) => id.to_string(),
            Self::Actor(id) => id.to_string(),
            Self::Level(level) => level.code().to_owned(),
        }
    }
}

/// Which flag it is: its kind and its unordered subjects. The engagements of a `saturation` flag
/// are named by it, and are no part of its identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlagIdentity(String);

impl FlagIdentity {
    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A flag that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// Which rule raised it.
    pub kind: FlagKind,
    /// What it is about, in one word.
    pub class: FlagClass,
    /// How much it matters.
    pub severity: Severity,
    /// What it is between.
    pub between: BTreeSet<Subject>,
    /// Why it holds.
    pub because: Vec<Reason>,
}

impl Flag {
    /// Which flag it is.
    #[must_use]
    pub fn identity(&self) -> FlagIdentity {
        identity(self.kind, self.between.iter().copied())
    }
}

/// Which flag of a kind lies between the subjects.
pub fn identity(kind: FlagKind, between: impl IntoIterator<Item = Subject>) -> FlagIdentity {
    let is_part = |subject: &Subject| {
        kind != FlagKind::Saturation || !matches!(subject, Subject::Engagement(_))
    };
    let mut names: Vec<String> = between.into_iter().filter(is_part).map(Subject::name).collect();
    names.sort_unstable();
    FlagIdentity(format!("{} {}", kind.code(), names.join(" ")))
}

/// Why a flag took a step by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The rule came to hold.
    Raised,
    /// It holds again.
    Returned,
    /// It holds no more.
    Lapsed,
    /// It was settled, and then became worse.
    Worsened,
    /// It was settled, and then one of its subjects changed.
    Changed,
}

impl Cause {
    /// The code that is kept.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Returned => "returned",
            Self::Lapsed => "lapsed",
            Self::Worsened => "worsened",
            Self::Changed => "changed",
        }
    }

    /// Every cause.
    pub const ALL: [Self; 5] =
        [Self::Raised, Self::Returned, Self::Lapsed, Self::Worsened, Self::Changed];

    /// The cause that is kept under a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// The sentence for it.
    #[must_use]
    pub fn sentence(self, language: Language) -> &'static str {
        language.of_english(&format!("cause.{}", self.code()), self.english())
    }

    /// The English sentence for it.
    pub(crate) const fn english(self) -> &'static str {
        match self {
            Self::Raised => "The facts came to raise it.",
            Self::Returned => "The facts raise it again.",
            Self::Lapsed => "The facts raise it no more.",
            Self::Worsened => "It was settled and has become more severe.",
            Self::Changed => "It was settled and what it rests on has changed.",
        }
    }
}

/// What is kept of a flag between evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether the rule holds.
    pub holds: bool,
    /// How much it matters, or did when it last held.
    pub severity: Severity,
    /// What people have made of it.
    pub state: FlagState,
}

/// What becomes of a flag when it is evaluated again: its new standing, and the step that it took
/// by itself, if it took one. `found` is its severity if the rule holds now, and `changed` says
/// whether a field that rules read of its subjects has changed since.
#[must_use]
pub fn reconcile(
    before: Option<Standing>,
    found: Option<Severity>,
    changed: bool,
) -> Option<(Standing, Option<Cause>)> {
    let (Some(was), Some(severity)) = (before, found) else {
        return match (before, found) {
            (None, Some(severity)) => {
                let standing = Standing { holds: true, severity, state: FlagState::Open };
                Some((standing, Some(Cause::Raised)))
            }
            (Some(was), None) => Some(no_longer(was)),
            _ => None,
        };
    };
    let reopened =
        |cause| (Standing { holds: true, severity, state: FlagState::Open }, Some(cause));
    let kept = (Standing { holds: true, severity, state: was.state }, None);
    Some(match was.state {
        FlagState::Lapsed => reopened(Cause::Returned),
        FlagState::Resolved if severity.is_worse_than(was.severity) => reopened(Cause::Worsened),
        FlagState::Resolved if changed && was.holds => reopened(Cause::Changed),
        _ => kept,
    })
}

fn no_longer(was: Standing) -> (Standing, Option<Cause>) {
    match was.state {
        FlagState::Resolved => (Standing { holds: false, ..was }, None),
        FlagState::Lapsed => (was, None),
        _ => (Standing { holds: false, state: FlagState::Lapsed, ..was }, Some(Cause::Lapsed)),
    }
}

/// What is wrong with a step that somebody wants a flag to take, if anything is.
///
/// # Errors
/// A sentence that says what would be right.
pub fn check_step(
    from: FlagState,
    to: FlagState,
    resolution: Option<Resolution>,
) -> Result<(), String> {
    use FlagState::{Acknowledged, Coordinating, Lapsed, Open, Resolved};
    match (from, to) {
        (Lapsed, _) => return Err("a lapsed flag opens again by itself, if the facts do".into()),
        (_, Lapsed) => return Err("a flag lapses by itself, when the facts hold no more".into()),
        (Open, Acknowledged | Coordinating | Resolved)
        | (Acknowledged, Open | Coordinating | Resolved)
        | (Coordinating, Acknowledged | Resolved)
        | (Resolved, Open | Coordinating) => {}
        _ => {
            let (from, to) = (from.code(), to.code());
            return Err(format!("a flag does not go from `{from}` to `{to}`"));
        }
    }
    match (to, resolution) {
        (Resolved, None) => Err("a resolved flag needs a resolution".into()),
        (Resolved, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err("only a resolved flag has a resolution".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FlagState::{Acknowledged, Lapsed, Open, Resolved};
    use Severity::{High, Medium};

    fn standing(holds: bool, severity: Severity, state: FlagState) -> Option<Standing> {
        Some(Standing { holds, severity, state })
    }

    fn step(
        before: Option<Standing>,
        found: Option<Severity>,
        changed: bool,
    ) -> (FlagState, Option<Cause>) {
        let (standing, cause) = reconcile(before, found, changed).unwrap();
        assert_eq!(standing.holds, found.is_some());
        (standing.state, cause)
    }

    #[test]
    fn a_flag_lapses_and_returns_by_itself() {
        assert_eq!(step(None, Some(High), false), (Open, Some(Cause::Raised)));
        let acknowledged = standing(true, High, Acknowledged);
        assert_eq!(step(acknowledged, Some(Medium), true), (Acknowledged, None));
        assert_eq!(step(acknowledged, None, true), (Lapsed, Some(Cause::Lapsed)));
        let lapsed = standing(false, High, Lapsed);
        assert_eq!(step(lapsed, Some(High), false), (Open, Some(Cause::Returned)));
        assert_eq!(step(lapsed, None, true), (Lapsed, None));
        assert_eq!(reconcile(None, None, true), None);
    }

    #[test]
    fn a_resolved_flag_reopens_when_it_worsens_or_its_subjects_change_while_it_holds() {
        let resolved = standing(true, Medium, Resolved);
        assert_eq!(step(resolved, Some(Medium), false), (Resolved, None));
        assert_eq!(step(resolved, Some(High), false), (Open, Some(Cause::Worsened)));
        assert_eq!(step(resolved, Some(Medium), true), (Open, Some(Cause::Changed)));
        assert_eq!(step(resolved, None, true), (Resolved, None));
        let gone = standing(false, Medium, Resolved);
        assert_eq!(step(gone, Some(Medium), true), (Resolved, None));
    }

    #[test]
    fn only_a_resolved_flag_has_a_resolution() {
        assert!(check_step(Open, Resolved, None).is_err());
        assert!(check_step(Open, Acknowledged, Some(Resolution::Aligned)).is_err());
        assert!(check_step(Open, Resolved, Some(Resolution::Aligned)).is_ok());
        assert!(check_step(Lapsed, Open, None).is_err() && check_step(Open, Lapsed, None).is_err());
    }
}

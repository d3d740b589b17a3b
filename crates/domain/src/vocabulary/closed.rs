//! The closed lists: the code branches on them, so they are enums. What people call their codes
//! stands in the data files, and a test holds the two together.

use super::{Entry, vocabulary};
use crate::language::Language;

/// A closed list.
pub trait Closed: Copy + Eq + std::fmt::Debug + 'static {
    /// The name of the list.
    const LIST: &'static str;
    /// Every code, in the order of the list.
    const ALL: &'static [Self];

    /// The code, as it is written.
    fn code(self) -> &'static str;

    /// The code that is written so.
    #[must_use]
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.code() == code)
    }

    /// What people call it in a language.
    #[must_use]
    fn label_in(self, language: Language) -> &'static str {
        vocabulary()
            .entry(Self::LIST, self.code())
            .map_or(self.code(), |e: &Entry| e.label_in(language))
    }
}

macro_rules! closed {
    ($($(#[$doc:meta])* $name:ident in $list:literal {
        $($(#[$variant_doc:meta])* $variant:ident = $code:literal),* $(,)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {$($(#[$variant_doc])* $variant),*}

        impl Closed for $name {
            const LIST: &'static str = $list;
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn code(self) -> &'static str {
                match self {$(Self::$variant => $code),*}
            }
        }
    )*};
}

closed! {
    /// At what height of the armed actor's command the dialogue takes place.
    Level in "level" {
        /// National or senior leadership.
        Strategic = "strategic",
        /// Regional or zone command.
        Operational = "operational",
        /// Local commander, unit or checkpoint.
        Tactical = "tactical",
        /// Members and affiliates within the community.
        Community = "community",
    }
    /// How far an engagement has come.
    EngagementStatus in "engagement_status" {
        /// Not begun.
        Planned = "planned",
        /// Under way.
        Ongoing = "ongoing",
        /// Interrupted.
        Suspended = "suspended",
        /// Ended.
        Concluded = "concluded",
        /// Never came about.
        Cancelled = "cancelled",
    }
    /// What became of an ask.
    AskStatus in "ask_status" {
        /// Not answered.
        Open = "open",
        /// Agreed to.
        Granted = "granted",
        /// Turned down.
        Refused = "refused",
        /// Asked no longer.
        Withdrawn = "withdrawn",
    }
    /// What became of a commitment.
    CommitmentStatus in "commitment_status" {
        /// It binds.
        InForce = "in_force",
        /// It does not bind for now.
        Suspended = "suspended",
        /// It was broken.
        Breached = "breached",
        /// It binds no more.
        Ended = "ended",
    }
    /// What somebody found who looked whether a commitment is kept.
    Finding in "finding" {
        /// It is done.
        Kept = "kept",
        /// Some of it is.
        PartlyKept = "partly_kept",
        /// The contrary was seen.
        Broken = "broken",
        /// It could not be seen either way.
        NotVerifiable = "not_verifiable",
    }
    /// What a flag is about, in one word.
    FlagClass in "flag_class" {
        /// Two lines undermine each other.
        Conflict = "conflict",
        /// Two lines cover the same ground.
        Overlap = "overlap",
        /// A line passes by what was agreed, or those it should follow.
        Process = "process",
        /// Two lines strengthen each other.
        Coherent = "coherent",
    }
    /// How much a flag matters, the worst first.
    Severity in "severity" {
        /// The worst.
        Critical = "critical",
        /// Before the next meeting.
        High = "high",
        /// This week.
        Medium = "medium",
        /// When you next talk.
        Low = "low",
        /// What goes well.
        Info = "info",
    }
    /// What people have made of a flag.
    FlagState in "flag_state" {
        /// Nobody has taken it up.
        Open = "open",
        /// Somebody has seen it.
        Acknowledged = "acknowledged",
        /// They are talking.
        Coordinating = "coordinating",
        /// Settled.
        Resolved = "resolved",
        /// It went away by itself.
        Lapsed = "lapsed",
    }
    /// How a flag was settled.
    Resolution in "resolution" {
        /// They now do it together.
        JointEngagement = "joint_engagement",
        /// One leads, the others follow.
        LeadAgreed = "lead_agreed",
        /// One after the other.
        Sequenced = "sequenced",
        /// They now ask for what fits.
        Aligned = "aligned",
        /// One asks no longer.
        Withdrawn = "withdrawn",
        /// They know, and go on.
        AcceptedRisk = "accepted_risk",
        /// It was none.
        NotAProblem = "not_a_problem",
    }
    /// Who reads all of an entry.
    Audience in "audience" {
        /// Its lead organisation and partners.
        Own = "own",
        /// Those and the organisations that it names.
        Organizations = "organizations",
        /// Those and the members of the mechanisms that it names.
        Mechanisms = "mechanisms",
        /// Everybody in the operation.
        Operation = "operation",
    }
    /// What everybody else in the operation may learn of an entry, the most first.
    Disclosure in "disclosure" {
        /// Its outline.
        Summary = "summary",
        /// That this organisation is in dialogue with this armed actor.
        Existence = "existence",
        /// That there is something, once their own entry meets it.
        Match = "match",
        /// Nothing.
        None = "none",
    }
    /// What a person is in an operation.
    Role in "role" {
        /// Reads, and logs for an organisation.
        Member = "member",
        /// A member who looks after the people of the organisation.
        FocalPoint = "focal_point",
        /// Keeps what is common: reference data, leads, common positions.
        Desk = "desk",
        /// Reviews what was done.
        Auditor = "auditor",
        /// Manages accounts and the installation, and reads no entries.
        Administrator = "administrator",
    }
    /// The kinds of flag, one a rule.
    FlagKind in "flag_kind" {
        /// Opposed asks.
        Contradiction = "contradiction",
        /// The same ask on other terms.
        Divergence = "divergence",
        /// The same ask twice at one level.
        Duplication = "duplication",
        /// The same ask at two levels.
        ParallelTrack = "parallel_track",
        /// Asks that strengthen each other.
        Reinforcing = "reinforcing",
        /// One demand, two answers.
        DivergentResponse = "divergent_response",
        /// One gives what another asks the actor to give up.
        Precedent = "precedent",
        /// One in public, one in quiet.
        MethodClash = "method_clash",
        /// Access and protection talks that can undermine each other.
        CrossFront = "cross_front",
        /// A line that steps past the community's own.
        CommunityBypass = "community_bypass",
        /// One trades where another does not.
        Concession = "concession",
        /// A line that passes by the agreed lead.
        LeadBypass = "lead_bypass",
        /// An ask or answer below what was agreed.
        BelowCommonPosition = "below_common_position",
        /// An ask on other terms than those already agreed.
        UndercutsCommitment = "undercuts_commitment",
        /// An ask for what is already agreed.
        AlreadyCommitted = "already_committed",
        /// An intermediary who carries the risk.
        RiskTransfer = "risk_transfer",
        /// One was granted what another was not.
        UnevenTerms = "uneven_terms",
        /// Too many visits.
        Saturation = "saturation",
    }
}

impl EngagementStatus {
    /// Whether an engagement with this status is carried on or about to be.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Planned | Self::Ongoing)
    }
}

#[expect(clippy::derivable_impls, reason = "only two of the lists have a default")]
impl Default for AskStatus {
    fn default() -> Self {
        Self::Open
    }
}

#[expect(clippy::derivable_impls, reason = "only two of the lists have a default")]
impl Default for CommitmentStatus {
    fn default() -> Self {
        Self::InForce
    }
}

impl Severity {
    /// Whether this is worse than the other.
    #[must_use]
    pub fn is_worse_than(self, other: Self) -> bool {
        self < other
    }
}

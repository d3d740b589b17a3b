//! What was agreed: leads, common positions and commitments.

use super::{
    Checked, ExcludedTerms, Identity, Line, Of, Prose, Reader, Source, Terms, To, document,
};
use crate::{
    fault::{FaultCode, Pointer},
    id::{
        ArmedActorId, CommitmentId, CommonPositionId, EngagementId, LeadId, MechanismId,
        OrganizationId, PlaceId, ProtectionRiskId, StrategyId,
    },
    vocabulary::{
        Action, Audience, Code, CommitmentKind, CommitmentStatus, DemandKind, Disclosure, Finding,
        Issue, Level, Offer,
    },
    window::{Day, Window},
};

document! {
    /// Who was agreed to lead towards an armed actor.
    pub struct Lead {
        /// What it is called by its senders.
        key identity: Identity<LeadId>,
        /// The armed actor; everything below it is meant too.
        required armed_actor: To<ArmedActorId>,
        /// The organisation that leads.
        required organization: To<OrganizationId>,
        /// The mechanism in which this was agreed.
        optional mechanism: Option<To<MechanismId>>,
        /// The level; all unless said.
        optional level: Option<Of<Level>>,
        /// The issue; all unless said.
        optional issue: Option<Issue>,
        /// The first day.
        optional from: Option<Day>,
        /// The last day.
        optional until: Option<Day>,
        /// Where; everywhere unless said.
        optional places: Vec<To<PlaceId>>,
    }
}

document! {
    /// What the community agreed not to ask, offer or accept.
    pub struct CommonPosition {
        /// What it is called by its senders.
        key identity: Identity<CommonPositionId>,
        /// The position in one line.
        required title: Line,
        /// The mechanism in which it was agreed.
        optional mechanism: Option<To<MechanismId>>,
        /// The issue that it is about.
        required issue: Issue,
        /// The armed actor that it is about, with everything below it; all unless said.
        optional armed_actor: Option<To<ArmedActorId>>,
        /// Actions that are not to be asked for.
        optional excludes_actions: Vec<Action>,
        /// What is not to be offered.
        optional excludes_offers: Vec<Offer>,
        /// Values of terms that are not to be asked for.
        optional excludes_terms: ExcludedTerms,
        /// Demands that are not to be accepted.
        optional refuses_demands: Vec<DemandKind>,
        /// The first day.
        optional from: Option<Day>,
        /// The last day.
        optional until: Option<Day>,
        /// Where; everywhere unless said.
        optional places: Vec<To<PlaceId>>,
        /// Public sources.
        optional sources: Vec<Source>,
    }
}

document! {
    /// What an armed actor has already agreed to.
    pub struct Commitment {
        /// What it is called by its senders.
        key identity: Identity<CommitmentId>,
        /// The armed actor that committed itself.
        required armed_actor: To<ArmedActorId>,
        /// What form it has.
        required kind: CommitmentKind,
        /// The issue that it is about.
        required issue: Issue,
        /// What it agreed to do.
        required action: Action,
        /// On what terms.
        optional terms: Terms,
        /// Where; everywhere unless said.
        optional places: Vec<To<PlaceId>>,
        /// The first day.
        optional from: Option<Day>,
        /// The last day.
        optional until: Option<Day>,
        /// What became of it.
        optional status: Of<CommitmentStatus>,
        /// How it is carried out, and how it is seen that it is.
        optional arrangements: Option<Arrangements>,
        /// What those found who looked whether it is kept, in the order in which they told.
        optional verifications: Vec<Verification>,
        /// The engagement that it came from, whose audience and disclosure it has.
        optional engagement: Option<To<EngagementId>>,
        /// The organisation whose entry it is, where it came from no engagement.
        optional organization: Option<To<OrganizationId>>,
        /// Who reads all of it, where it came from no engagement.
        optional audience: Option<Of<Audience>>,
        /// What everybody else may learn, where it came from no engagement.
        optional disclosure: Option<Of<Disclosure>>,
        /// What is to be known of it besides.
        optional note: Option<Prose>,
        /// Public sources.
        optional sources: Vec<Source>,
    }
}

/// Notes a fault where what has happened is said to happen on a day to come.
pub(super) fn check_past(on: Day, what: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) {
    if reader.today.is_some_and(|today| on > today) {
        let detail = format!("{what} has happened; a day to come cannot stand here");
        reader.fault(&at.member("on"), FaultCode::InFuture, detail);
    }
}

pub(super) fn check_window(window: Window, what: &str, at: &Pointer<'_>, reader: &mut Reader<'_>) {
    if let (true, Some(from), Some(until)) = (window.is_reversed(), window.from, window.until) {
        let detail = format!("{what} ends on {until}, before it begins on {from}");
        reader.fault(&at.member("until"), FaultCode::ReversedWindow, detail);
    }
}

pub(super) fn check_terms(
    terms: &Terms,
    action: Action,
    at: &Pointer<'_>,
    reader: &mut Reader<'_>,
) {
    let list = at.member("terms");
    for term in terms.keys().filter(|term| !action.takes(**term)) {
        let taken = &action.entry().terms;
        let taken = if taken.is_empty() { "none".to_owned() } else { taken.join(", ") };
        let detail =
            format!("`{}` takes no term `{}`; it takes: {taken}", action.code(), term.code());
        reader.fault(&list.member(term.code()), FaultCode::TermNotTaken, detail);
    }
}

document! {
    /// How a commitment is carried out: what makes an intention something that can be relied on.
    pub struct Arrangements {
        /// Who sees to it, by position.
        optional responsible: Option<Prose>,
        /// What is done, step by step.
        optional procedure: Option<Prose>,
        /// Where exactly, in words.
        optional location: Option<Prose>,
        /// When, and for how long.
        optional timing: Option<Prose>,
        /// How it is seen that it is done, and by whom.
        optional verification: Option<Prose>,
    }
}

document! {
    /// What somebody found who looked whether a commitment is kept.
    pub struct Verification {
        /// The day on which they looked.
        required on: Day,
        /// What they found.
        required finding: Of<Finding>,
        /// The organisation that looked.
        required organization: To<OrganizationId>,
        /// In which places; in all that the commitment covers, unless said.
        optional places: Vec<To<PlaceId>>,
        /// What is to be known of it besides.
        optional note: Option<Prose>,
    }
}

document! {
    /// A shared strategy or joint plan. Engagements belong to it by naming its key, and whoever may
    /// read one of its owner's that does may read the strategy.
    pub struct Strategy {
        /// What it is called by its senders, and what engagements name.
        key identity: Identity<StrategyId>,
        /// The organisation whose strategy it is.
        required organization: To<OrganizationId>,
        /// The strategy in one line.
        required title: Line,
        /// The armed actor that it is about, with everything below it.
        optional armed_actor: Option<To<ArmedActorId>>,
        /// The issues that it is about.
        optional issues: Vec<Issue>,
        /// The mechanism in which it was agreed.
        optional mechanism: Option<To<MechanismId>>,
        /// The first day.
        optional from: Option<Day>,
        /// The last day.
        optional until: Option<Day>,
        /// The outcome that is sought.
        optional outcome_sought: Option<Prose>,
        /// What is to be known of it besides.
        optional note: Option<Prose>,
    }
}

document! {
    /// What the analysis of protection says should be addressed.
    pub struct ProtectionRisk {
        /// What it is called by its senders.
        key identity: Identity<ProtectionRiskId>,
        /// The risk in one line.
        required title: Line,
        /// The issue that a dialogue about it would be on.
        required issue: Issue,
        /// The armed actor that it comes from, with everything below it; any unless said.
        optional armed_actor: Option<To<ArmedActorId>>,
        /// Where; everywhere unless said.
        optional places: Vec<To<PlaceId>>,
        /// The first day.
        optional from: Option<Day>,
        /// The last day.
        optional until: Option<Day>,
        /// Who is at risk, of what, and why.
        optional description: Option<Prose>,
        /// Public sources.
        optional sources: Vec<Source>,
    }
}

impl Strategy {
    /// When it holds.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { from: self.from, until: self.until }
    }
}

impl ProtectionRisk {
    /// When it holds.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { from: self.from, until: self.until }
    }
}

impl Checked for Verification {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_past(self.on, "a verification", at, reader);
    }
}

impl Checked for Strategy {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_window(self.window(), "the strategy", at, reader);
    }
}

impl Checked for ProtectionRisk {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_window(self.window(), "the risk", at, reader);
    }
}

impl Checked for Arrangements {}

impl Lead {
    /// When it holds.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { from: self.from, until: self.until }
    }
}

impl CommonPosition {
    /// When it holds.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { from: self.from, until: self.until }
    }
}

impl Commitment {
    /// When it holds.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { from: self.from, until: self.until }
    }
}

impl Checked for Lead {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_window(self.window(), "the lead", at, reader);
    }
}

impl Checked for CommonPosition {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_window(self.window(), "the position", at, reader);
    }
}

impl Checked for Commitment {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_window(self.window(), "the commitment", at, reader);
        check_terms(&self.terms, self.action, at, reader);
    }
}

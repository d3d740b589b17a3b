//! Why a flag holds, as facts: a code and what it is about. Sentences are made when they are
//! read, from names that the reader may know.

use crate::{
    document::TermValue,
    id::{ArmedActorId, EngagementId, MechanismId, OrganizationId, PlaceId},
    language::Language,
    vocabulary::{Label, in_language, vocabulary},
    window::{Day, Window},
};

/// What a reason is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// An armed actor.
    Actor(ArmedActorId),
    /// Some places.
    Places(Vec<PlaceId>),
    /// An organisation.
    Organization(OrganizationId),
    /// A mechanism.
    Mechanism(MechanismId),
    /// An engagement.
    Engagement(EngagementId),
    /// A window of days.
    Window(Window),
    /// A day.
    Day(Day),
    /// A code and the list that it is in.
    Code(&'static str, &'static str),
    /// The value of a term.
    Value(TermValue),
    /// A number of things.
    Number(usize),
    /// A sentence of the vocabulary.
    Why(&'static Label),
}

/// One fact that made a rule hold, readable alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// Which sentence.
    pub code: ReasonCode,
    /// What it is about, by name.
    pub details: Vec<(&'static str, Detail)>,
}

impl Reason {
    /// A reason.
    #[must_use]
    pub fn new(
        code: ReasonCode,
        details: impl IntoIterator<Item = (&'static str, Detail)>,
    ) -> Self {
        Self { code, details: details.into_iter().collect() }
    }

    /// The reason as a sentence.
    #[must_use]
    pub fn sentence(&self, names: &dyn Names, language: Language) -> String {
        let key = format!("reason.{}", self.code.code());
        language.sentence(language.of_english(&key, self.code.template()), |hole| {
            let detail = self.details.iter().find(|(name, _)| *name == hole);
            detail.map(|(_, detail)| words(detail, names, language))
        })
    }
}

/// What things are called.
pub trait Names {
    /// The name of an armed actor.
    fn actor(&self, id: ArmedActorId) -> String;
    /// The name of a place.
    fn place(&self, id: PlaceId) -> String;
    /// The name of an organisation.
    fn organization(&self, id: OrganizationId) -> String;
    /// The name of a mechanism.
    fn mechanism(&self, id: MechanismId) -> String;
    /// What an engagement is called.
    fn engagement(&self, id: EngagementId) -> String;
}

/// A detail in words.
#[must_use]
pub fn words(detail: &Detail, names: &dyn Names, language: Language) -> String {
    match detail {
        Detail::Actor(id) => names.actor(*id),
        Detail::Places(ids) => {
            let listed: Vec<String> = ids.iter().map(|id| names.place(*id)).collect();
            language.list(&listed)
        }
        Detail::Organization(id) => names.organization(*id),
        Detail::Mechanism(id) => names.mechanism(*id),
        Detail::Engagement(id) => names.engagement(*id),
        Detail::Window(window) => language.window(*window),
        Detail::Day(day) => language.day(*day),
        Detail::Code(list, code) => vocabulary()
            .entry(list, code)
            .map_or((*code).to_owned(), |entry| entry.label_in(language).to_owned()),
        Detail::Value(value) => value.to_string(),
        Detail::Number(number) => number.to_string(),
        Detail::Why(why) => in_language(why, language).to_owned(),
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $template:literal;)*) => {
        /// Which sentence a reason is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ReasonCode {$($(#[$doc])* $name),*}

        impl ReasonCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code, for programs.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {$(Self::$name => $code),*}
            }

            /// The sentence, with a name in braces for each detail.
            #[must_use]
            pub const fn template(self) -> &'static str {
                match self {$(Self::$name => $template),*}
            }
        }
    };
}

reasons! {
    /// One unit.
    SameActor = "same_actor", "Both address {actor}.";
    /// A unit and one above it.
    InLine = "in_line", "{below} is part of {above}.";
    /// Places in common.
    SharedPlaces = "shared_places", "Both are about {places}.";
    /// At least one is about the whole operation.
    WholeOperation = "whole_operation", "At least one of them is about the whole operation.";
    /// Two windows that meet.
    Windows = "windows", "{first} meets {second}.";
    /// One level.
    SameLevel = "same_level", "Both are at one level: {level}.";
    /// Two levels.
    TwoLevels = "two_levels", "One is at the level {first}, the other at {second}.";
    /// Opposed actions.
    Opposed = "opposed", "`{first}` and `{second}` are opposed: {why}.";
    /// One issue and action.
    SameAsk = "same_ask", "Both ask for the same: {action}, on {issue}.";
    /// A term with two values.
    TermDiffers = "term_differs", "{term}: {first} against {second}.";
    /// Related issues.
    RelatedIssues = "related_issues", "The issues are related: {first} and {second}.";
    /// One issue.
    SameIssue = "same_issue", "Both are about one issue: {issue}.";
    /// Organisations that are not coordinated.
    NotCoordinated = "not_coordinated",
        "Nothing here says that {first} and {second} coordinate on this.";
    /// Two organisations.
    TwoOrganizations = "two_organizations", "{first} and {second} each carry one of the lines.";
    /// A mechanism that knows both.
    BothInformed = "both_informed", "{mechanism} was told of both.";
    /// One demand, two answers.
    TwoAnswers = "two_answers", "To the demand `{demand}` one answer is {first}, the other {second}.";
    /// A demand that was accepted.
    Accepted = "accepted", "The demand `{demand}` was answered: {response}.";
    /// An ask to give it up.
    AsksToGiveUp = "asks_to_give_up", "The other line asks to give it up: {action}.";
    /// A method in public and one in quiet.
    PublicAndQuiet = "public_and_quiet", "One works in public ({public}), the other in quiet ({quiet}).";
    /// Linked issues.
    Linked = "linked", "{first} and {second} bear on each other: {why}.";
    /// The community's own line.
    CommunityLine = "community_line", "{organization} is community-led and already has a line on this.";
    /// The community's line came later.
    CommunityLater = "community_later", "The community's line begins later, on {day}.";
    /// The two ask for what is opposed.
    AsksOpposed = "asks_opposed", "What they ask for is opposed.";
    /// One trades.
    Trades = "trades", "On {issue} one line gives something in return ({offer}).";
    /// One works by quid pro quo.
    TradesByApproach = "trades_by_approach", "On {issue} one line works by quid pro quo.";
    /// The other does not.
    AsksPlainly = "asks_plainly", "On {issue} the other gives nothing in return.";
    /// The agreed lead.
    AgreedLead = "agreed_lead", "{organization} was agreed to lead towards {actor}.";
    /// The lead is not part of it.
    LeadNotPart = "lead_not_part",
        "Nothing here says that the lead takes part in this line, follows it or is followed by it.";
    /// The mechanism of the lead was not told.
    MechanismNotTold = "mechanism_not_told", "{mechanism} is not among those told of this line.";
    /// An action that a position excludes.
    ExcludedAction = "excluded_action", "The common position excludes asking for: {action}.";
    /// An offer that a position excludes.
    ExcludedOffer = "excluded_offer", "The common position excludes offering: {offer}.";
    /// A value that a position excludes.
    ExcludedTerm = "excluded_term", "The common position excludes {term}: {value}.";
    /// A demand that a position refuses.
    RefusedDemand = "refused_demand", "The common position refuses the demand: {demand}.";
    /// A commitment in force.
    Committed = "committed", "{actor} is already committed to this: {action}, on {issue}.";
    /// The terms are those.
    SameTerms = "same_terms", "No term that both name differs.";
    /// A less protected intermediary.
    LessProtected = "less_protected", "The line goes through an intermediary: {kind}.";
    /// No consent.
    NoConsent = "no_consent", "No consent of the intermediary is in force.";
    /// No assessment.
    NotAssessed = "not_assessed", "What it may cost the intermediary was not assessed.";
    /// Many visits.
    Visits = "visits",
        "Within 7 days from {day}, {contacts} contacts of {organizations} organisations at the level {level}.";
}

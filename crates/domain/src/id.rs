//! Typed ids. An id is random, says nothing about its owner, and is made outside this crate.

use std::fmt;

use uuid::Uuid;

/// What a [`Reference`](crate::document::References) can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A place.
    Place,
    /// A mechanism.
    Mechanism,
    /// An organisation.
    Organization,
    /// An armed actor.
    ArmedActor,
    /// A lead.
    Lead,
    /// A common position.
    CommonPosition,
    /// A commitment.
    Commitment,
    /// A strategy or joint plan.
    Strategy,
    /// A protection risk.
    ProtectionRisk,
    /// An engagement.
    Engagement,
    /// An ask of an engagement; shares its keys with demands.
    Ask,
    /// A demand of an engagement; shares its keys with asks.
    Demand,
}

impl Kind {
    /// The word for it in a message.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Mechanism => "mechanism",
            Self::Organization => "organisation",
            Self::ArmedActor => "armed actor",
            Self::Lead => "lead",
            Self::CommonPosition => "common position",
            Self::Commitment => "commitment",
            Self::Strategy => "strategy",
            Self::ProtectionRisk => "protection risk",
            Self::Engagement => "engagement",
            Self::Ask => "ask",
            Self::Demand => "demand",
        }
    }
}

/// An id that knows what it is the id of.
pub trait Id:
    Copy + Ord + std::hash::Hash + fmt::Debug + fmt::Display + From<Uuid> + Into<Uuid>
{
    /// What it is the id of.
    const KIND: Kind;
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl Id for $name {
            const KIND: Kind = Kind::$kind;
        }
    )*};
}

id! {
    /// The id of a place.
    PlaceId => Place,
    /// The id of a mechanism.
    MechanismId => Mechanism,
    /// The id of an organisation.
    OrganizationId => Organization,
    /// The id of an armed actor.
    ArmedActorId => ArmedActor,
    /// The id of a lead.
    LeadId => Lead,
    /// The id of a common position.
    CommonPositionId => CommonPosition,
    /// The id of a commitment.
    CommitmentId => Commitment,
    /// The id of a strategy.
    StrategyId => Strategy,
    /// The id of a protection risk.
    ProtectionRiskId => ProtectionRisk,
    /// The id of an engagement.
    EngagementId => Engagement,
    /// The id of an ask.
    AskId => Ask,
    /// The id of a demand.
    DemandId => Demand,
}

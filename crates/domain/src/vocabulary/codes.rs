//! Handles on the entries of the open lists.

use std::fmt;

use super::{Entry, Object, Side, Stance, TermType, vocabulary};
use crate::lineage;

/// A list whose codes are handles on entries.
pub trait Code: Copy + Eq + fmt::Debug + 'static {
    /// The name of the list.
    const LIST: &'static str;

    /// The handle on an entry of the list.
    fn of(entry: &'static Entry) -> Self;

    /// The entry.
    fn entry(self) -> &'static Entry;

    /// The code that is written so.
    #[must_use]
    fn from_code(code: &str) -> Option<Self> {
        vocabulary().entry(Self::LIST, code).map(Self::of)
    }
}

macro_rules! code {
    ($($(#[$doc:meta])* $name:ident in $list:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name(&'static Entry);

        impl $name {
            /// The code itself.
            #[must_use]
            pub fn code(self) -> &'static str {
                &self.0.code
            }
        }
        impl Code for $name {
            const LIST: &'static str = $list;

            fn of(entry: &'static Entry) -> Self {
                Self(entry)
            }

            fn entry(self) -> &'static Entry {
                self.0
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.0, other.0)
            }
        }
        impl Eq for $name {}
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.code().cmp(other.code())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    )*};
}

code! {
    /// What an ask is about; its dots are the tree.
    Issue in "issue",
    /// What is asked of the armed actor.
    Action in "action",
    /// A name that an ask may give a value to.
    Term in "term",
    /// What the armed actor demands.
    DemandKind in "demand",
    /// How a demand was answered.
    Response in "response",
    /// How the dialogue is carried on.
    Method in "method",
    /// What the dialogue appeals to.
    Approach in "approach",
    /// By what means people reach each other.
    Channel in "channel",
    /// What is given in return.
    Offer in "offer",
    /// What kind of armed actor it is.
    ArmedActorKind in "armed_actor_kind",
    /// What kind of organisation it is.
    OrganizationKind in "organization_kind",
    /// What kind of mechanism it is.
    MechanismKind in "mechanism_kind",
    /// What kind of intermediary it is.
    ViaKind in "via_kind",
    /// What form a commitment has.
    CommitmentKind in "commitment_kind",
    /// Why a dialogue did not reach what it sought.
    FailureReason in "failure_reason",
    /// What a position within an armed actor does for a dialogue.
    PositionRole in "position_role",
}

impl Issue {
    /// Whether they are equal or one is an ancestor of the other.
    #[must_use]
    pub fn is_related(self, other: Self) -> bool {
        lineage::in_line(self.code(), other.code())
    }

    /// The first two parts of the code.
    #[must_use]
    pub fn family(self) -> &'static str {
        let code = self.code();
        code.match_indices('.').nth(1).map_or(code, |(at, _)| &code[..at])
    }
}

impl Action {
    /// Whether an ask with this action may carry the term.
    #[must_use]
    pub fn takes(self, term: Term) -> bool {
        self.entry().terms.iter().any(|name| name == term.code())
    }
}

impl Term {
    /// The type of its values.
    #[must_use]
    pub fn value_type(self) -> TermType {
        self.entry().term_type.unwrap_or(TermType::Text)
    }

    /// Whether it says what an ask is about.
    #[must_use]
    pub fn is_object(self) -> bool {
        matches!(self.entry().object, Object::Marked(true))
    }
}

impl DemandKind {
    /// Whether an ask with this action asks the actor to give the demand up.
    #[must_use]
    pub fn is_given_up_by(self, action: Action) -> bool {
        self.entry().given_up_by.iter().any(|code| code == action.code())
    }

    /// What the demand is about, in the terms of an ask.
    #[must_use]
    pub fn object(self, term: Term) -> Option<&'static str> {
        match &self.entry().object {
            Object::Terms(terms) => terms.get(term.code()).map(String::as_str),
            Object::Marked(_) => None,
        }
    }
}

impl Response {
    /// Which way it answers.
    #[must_use]
    pub fn side(self) -> Side {
        self.entry().side.unwrap_or(Side::Undecided)
    }
}

impl Method {
    /// Whether it is done in public.
    #[must_use]
    pub fn stance(self) -> Stance {
        self.entry().stance.unwrap_or(Stance::Quiet)
    }

    /// Whether it reveals documented facts in public, rather than calling for something.
    #[must_use]
    pub fn is_denunciation(self) -> bool {
        self.code() == "public_denunciation"
    }
}

impl Approach {
    /// Whether something is given in return for what is asked.
    #[must_use]
    pub fn trades(self) -> bool {
        self.code() == "quid_pro_quo"
    }
}

impl Offer {
    /// Whether nothing is given in return.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.code() == "none"
    }

    /// Whether money, or what is worth money, is given in return.
    #[must_use]
    pub fn is_payment(self) -> bool {
        self.code() == "payment"
    }
}

impl Default for Offer {
    fn default() -> Self {
        Self(&vocabulary().entries(Self::LIST)[0])
    }
}

impl OrganizationKind {
    /// Whether the community itself leads it.
    #[must_use]
    pub fn is_community_led(self) -> bool {
        self.entry().community_led
    }
}

impl ViaKind {
    /// Whether it is less protected than those it speaks for.
    #[must_use]
    pub fn is_less_protected(self) -> bool {
        self.entry().less_protected
    }

    /// Whether it is a member of the community, who has the least protection of all.
    #[must_use]
    pub fn is_community_member(self) -> bool {
        self.code() == "community_member"
    }

    /// Whether lines through it need a consent before more than their match is disclosed.
    #[must_use]
    pub fn needs_consent(self) -> bool {
        matches!(self.code(), "community_member" | "community_leader" | "religious_leader")
    }
}

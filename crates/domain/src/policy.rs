//! Who may do what: one pure `match`, printed to a golden file that is reviewed like code.
//!
//! What a person may *see* of entries is a [`Scope`], which the store turns into a condition of
//! every query. Hidden is the same as missing; forbidden is only what a person may know of and
//! not do.

use crate::{
    id::{MechanismId, OrganizationId},
    vocabulary::{Audience, Disclosure, Role},
};

/// A signed-in person, as an operation knows them. A stranger to the operation has no roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// What the person is in the operation, and for which organisation.
    pub roles: Vec<(Role, Option<OrganizationId>)>,
    /// The mechanisms that the person's organisations are members of.
    pub mechanisms: Vec<MechanismId>,
}

/// What a person wants to do in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See that the operation is there, its places, organisations, mechanisms, armed actors,
    /// leads and common positions.
    ReadReference,
    /// Make or change places, organisations, mechanisms and armed actors.
    KeepReference,
    /// Make or change leads and common positions.
    KeepAgreements,
    /// Change the operation itself.
    KeepOperation,
    /// Read entries and flags as far as their audience allows; check, brief, report.
    ReadEntries,
    /// Take out, at once, all that one may read.
    Export,
    /// Make or change an entry of an organisation.
    RecordEntry,
    /// Let more people read an entry of an organisation, or learn more of it.
    LoosenSharing,
    /// Erase an entry of an organisation.
    RetractEntry,
    /// Take a flag that one may read a step on.
    StepFlag,
    /// Ask, for an organisation whose entry is in a flag, to be put in touch with the others in it.
    AskForContact,
    /// Answer for an organisation whether it is to be put in touch; the desk, for what is nobody's.
    AnswerForContact,
    /// See of every flag what the desk needs to bring its sides together.
    ReadQueue,
    /// See the people of an organisation, invite members, and end memberships.
    KeepPeople,
    /// Invite the first focal point of an organisation that has none.
    InviteFirstFocalPoint,
    /// Give and take the roles that belong to no organisation.
    KeepOffices,
    /// Propose and confirm who joins or leaves the desk, and see who is on it.
    KeepDesk,
    /// Read the part of the audit log that is an organisation's; without one, all of it.
    ReadAudit,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 18] = [
        Self::ReadReference,
        Self::KeepReference,
        Self::KeepAgreements,
        Self::KeepOperation,
        Self::ReadEntries,
        Self::Export,
        Self::RecordEntry,
        Self::LoosenSharing,
        Self::RetractEntry,
        Self::StepFlag,
        Self::AskForContact,
        Self::AnswerForContact,
        Self::ReadQueue,
        Self::KeepPeople,
        Self::InviteFirstFocalPoint,
        Self::KeepOffices,
        Self::KeepDesk,
        Self::ReadAudit,
    ];
}

/// Whether it may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allow,
    /// It may not.
    Forbid,
}

/// Whether the caller may do it; `of` is the organisation whose entry or people it is about.
#[must_use]
pub fn decide(caller: &Caller, action: Action, of: Option<OrganizationId>) -> Decision {
    let allowed = |(role, organization): &(Role, Option<OrganizationId>)| {
        let own = of.is_some() && *organization == of;
        role_may(*role, own, action)
    };
    if caller.roles.iter().any(allowed) { Decision::Allow } else { Decision::Forbid }
}

/// Whether a role may do it, to its own organisation's things or to others'.
const fn role_may(role: Role, own: bool, action: Action) -> bool {
    use Role::{Administrator, Auditor, Desk, FocalPoint, Member};
    match action {
        Action::ReadReference => match role {
            Member | FocalPoint | Desk | Auditor | Administrator => true,
        },
        Action::KeepReference | Action::KeepOperation | Action::KeepDesk => match role {
            Desk | Administrator => true,
            Member | FocalPoint | Auditor => false,
        },
        Action::KeepAgreements | Action::ReadQueue => match role {
            Desk => true,
            Member | FocalPoint | Auditor | Administrator => false,
        },
        Action::ReadEntries | Action::Export | Action::StepFlag => match role {
            Member | FocalPoint | Desk => true,
            Auditor | Administrator => false,
        },
        Action::RecordEntry
        | Action::LoosenSharing
        | Action::RetractEntry
        | Action::AskForContact => match role {
            Member | FocalPoint => own,
            Desk | Auditor | Administrator => false,
        },
        Action::AnswerForContact => match role {
            Member | FocalPoint => own,
            Desk => true,
            Auditor | Administrator => false,
        },
        Action::KeepPeople => match role {
            FocalPoint => own,
            Member | Desk | Auditor | Administrator => false,
        },
        Action::InviteFirstFocalPoint | Action::KeepOffices => match role {
            Administrator => true,
            Member | FocalPoint | Desk | Auditor => false,
        },
        Action::ReadAudit => match role {
            FocalPoint => own,
            Auditor => true,
            Member | Desk | Administrator => false,
        },
    }
}

/// What a person may see of the entries of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether the person reads entries at all.
    pub reads_entries: bool,
    /// The organisations for which the person acts.
    pub organizations: Vec<OrganizationId>,
    /// The mechanisms that those are members of.
    pub mechanisms: Vec<MechanismId>,
    /// Whether the person keeps what belongs to no organisation.
    pub is_desk: bool,
    /// Whether everything may be seen: only the server itself evaluates without bounds.
    pub is_server: bool,
}

/// Whose an entry is and who may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// The organisation that owns it.
    pub organization: Option<OrganizationId>,
    /// Its partners.
    pub partners: Vec<OrganizationId>,
    /// Its audience.
    pub audience: Audience,
    /// The organisations that the audience names.
    pub organizations: Vec<OrganizationId>,
    /// The mechanisms that the audience names.
    pub mechanisms: Vec<MechanismId>,
}

impl Sharing {
    /// Whether somebody reads it who could not when it was shared as before.
    #[must_use]
    pub fn is_wider_than(&self, before: &Self) -> bool {
        let reads = |id: &OrganizationId| {
            before.organization == Some(*id)
                || before.partners.contains(id)
                || (before.audience == Audience::Organizations && before.organizations.contains(id))
        };
        let through = |id: &MechanismId| {
            before.audience == Audience::Mechanisms && before.mechanisms.contains(id)
        };
        let in_audience = match self.audience {
            Audience::Own => true,
            Audience::Organizations => self.organizations.iter().all(reads),
            Audience::Mechanisms => self.mechanisms.iter().all(through),
            Audience::Operation => false,
        };
        let in_audience = in_audience && self.organization.iter().chain(&self.partners).all(reads);
        before.audience != Audience::Operation && !in_audience
    }
}

/// Whether those who may not read an entry learn more of it after than before.
#[must_use]
pub const fn discloses_more(after: Disclosure, before: Disclosure) -> bool {
    const fn told(disclosure: Disclosure) -> u8 {
        match disclosure {
            Disclosure::None => 0,
            Disclosure::Match => 1,
            Disclosure::Existence => 2,
            Disclosure::Summary => 3,
        }
    }
    told(after) > told(before)
}

/// How what people may learn of an entry compares with what they might before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is the same.
    Same,
    /// Somebody learns less, and nobody more.
    Tighter,
    /// Somebody learns more, even if others learn less.
    Looser,
}

/// Whether those who read an entry, or learn something of it without reading it, come to be more
/// or fewer. What is looser in part is looser.
#[must_use]
pub fn turned(after: (&Sharing, Disclosure), before: (&Sharing, Disclosure)) -> Turn {
    if after.0.is_wider_than(before.0) || discloses_more(after.1, before.1) {
        Turn::Looser
    } else if after == before {
        Turn::Same
    } else {
        Turn::Tighter
    }
}

impl Caller {
    /// What the caller may see.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let acting = |(role, organization): &(Role, Option<OrganizationId>)| match role {
            Role::Member | Role::FocalPoint => *organization,
            Role::Desk | Role::Auditor | Role::Administrator => None,
        };
        Scope {
            reads_entries: decide(self, Action::ReadEntries, None) == Decision::Allow,
            organizations: self.roles.iter().filter_map(acting).collect(),
            mechanisms: self.mechanisms.clone(),
            is_desk: self.roles.iter().any(|(role, _)| *role == Role::Desk),
            is_server: false,
        }
    }
}

impl Scope {
    /// The scope of the server's own work, which skips nothing.
    #[must_use]
    pub fn server() -> Self {
        Self { is_server: true, ..Self::default() }
    }

    /// Whether an entry that is shared so may be read. The store says the same in SQL.
    #[must_use]
    pub fn includes(&self, sharing: &Sharing) -> bool {
        let acts_for = |id: &OrganizationId| self.organizations.contains(id);
        let owner = sharing.organization.as_ref();
        self.is_server
            || (self.reads_entries
                && (owner.is_some_and(acts_for)
                    || (owner.is_none() && self.is_desk)
                    || sharing.partners.iter().any(acts_for)
                    || match sharing.audience {
                        Audience::Own => false,
                        Audience::Organizations => sharing.organizations.iter().any(acts_for),
                        Audience::Mechanisms => {
                            sharing.mechanisms.iter().any(|id| self.mechanisms.contains(id))
                        }
                        Audience::Operation => true,
                    }))
    }
}

/// The whole policy as a table.
#[must_use]
pub fn matrix() -> String {
    use std::fmt::Write;

    use crate::vocabulary::Closed;
    let mut table = String::new();
    let _ = write!(table, "{:<15}{:<8}", "role", "whose");
    for action in Action::ALL {
        let _ = write!(table, "{:<23}", format!("{action:?}"));
    }
    for role in Role::ALL {
        for own in [true, false] {
            let whose = if own { "own" } else { "other's" };
            let _ = write!(table, "\n{:<15}{whose:<8}", role.code());
            for action in Action::ALL {
                let may = if role_may(*role, own, action) { "Allow" } else { "-" };
                let _ = write!(table, "{may:<23}");
            }
        }
    }
    table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::vocabulary::Closed;

    const A: OrganizationId = OrganizationId(Uuid::from_u128(1));
    const B: OrganizationId = OrganizationId(Uuid::from_u128(2));
    const M: MechanismId = MechanismId(Uuid::from_u128(3));

    /// Every way in which the entry of one organisation is shared with another or through a
    /// mechanism.
    fn all() -> Vec<(Sharing, Disclosure)> {
        let audiences = [
            (Audience::Own, vec![], vec![]),
            (Audience::Organizations, vec![B], vec![]),
            (Audience::Mechanisms, vec![], vec![M]),
            (Audience::Operation, vec![], vec![]),
        ];
        let mut all = Vec::new();
        for (audience, organizations, mechanisms) in audiences {
            for partners in [vec![], vec![B]] {
                for disclosure in Disclosure::ALL {
                    let sharing = Sharing {
                        organization: Some(A),
                        partners: partners.clone(),
                        audience,
                        organizations: organizations.clone(),
                        mechanisms: mechanisms.clone(),
                    };
                    all.push((sharing, *disclosure));
                }
            }
        }
        all
    }

    /// What somebody of another organisation learns, with or without the mechanism.
    fn learns(shared: &(Sharing, Disclosure), organization: OrganizationId, is_in: bool) -> usize {
        let scope = Scope {
            reads_entries: true,
            organizations: vec![organization],
            mechanisms: if is_in { vec![M] } else { Vec::new() },
            ..Scope::default()
        };
        let told =
            [Disclosure::None, Disclosure::Match, Disclosure::Existence, Disclosure::Summary];
        let told = told.iter().position(|each| *each == shared.1).unwrap_or_default();
        if scope.includes(&shared.0) { told.max(4) } else { told }
    }

    #[test]
    fn whatever_lets_anybody_learn_more_is_looser() {
        let stranger = OrganizationId(Uuid::from_u128(4));
        for before in all() {
            for after in all() {
                let turn = turned((&after.0, after.1), (&before.0, before.1));
                for (who, is_in) in [(A, false), (B, false), (B, true), (stranger, true)] {
                    let more = learns(&after, who, is_in) > learns(&before, who, is_in);
                    assert!(!more || turn == Turn::Looser, "{before:?} {after:?}");
                }
                assert_eq!(turn == Turn::Same, after == before);
            }
        }
    }

    #[test]
    fn what_is_taken_back_is_tighter() {
        for before in all() {
            let after = Sharing { audience: Audience::Own, ..before.0.clone() };
            let after = (Sharing { partners: Vec::new(), ..after }, Disclosure::None);
            let turn = turned((&after.0, after.1), (&before.0, before.1));
            assert_ne!(turn, Turn::Looser, "{before:?}");
        }
    }
}

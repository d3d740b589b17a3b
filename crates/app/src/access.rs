//! Into an operation: who the caller is there, and what they may see.

use std::rc::Rc;

use concord_domain::{
    credential::{Assurance, Deed},
    exercise::is_fictional,
    id::{MechanismId, OrganizationId},
    language::Language,
    policy::{Action, Caller, Decision, Scope, decide},
    vocabulary::Role,
    window::Day,
};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    links::{self, Role as Link},
    operations::{self, KeptOperation},
};
use uuid::Uuid;

use crate::{
    App,
    audit::{self, Deeds},
    auth::{self, Known, Person},
    coherence,
    error::{Error, Result},
};

/// A person in an operation.
#[derive(Clone, Debug)]
pub struct Access {
    /// The operation.
    pub operation: KeptOperation,
    /// The account.
    pub account: Uuid,
    /// What the person is there.
    pub caller: Caller,
    /// What the person may see.
    pub scope: Scope,
    /// How sure it is that it is the person.
    pub assurance: Assurance,
    /// What the person reads.
    pub language: Language,
    /// What is done, and to whose entries.
    pub deeds: Rc<Deeds>,
}

impl Access {
    /// The id of the operation.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.operation.id
    }

    /// Refuses what the person may not do, or for which it is not sure enough that it is the person;
    /// `of` is the organisation that it is about.
    ///
    /// # Errors
    /// [`Error::Forbidden`], then [`Error::StepUpRequired`].
    pub fn require(&self, action: Action, of: Option<OrganizationId>) -> Result<()> {
        self.permit(action, of)?;
        self.assure(action)
    }

    /// Refuses that for which it is not sure enough that it is the person.
    ///
    /// # Errors
    /// [`Error::StepUpRequired`], and [`Error::Forbidden`] for tools.
    pub fn assure(&self, deed: impl Into<Deed>) -> Result<()> {
        auth::admit(self.assurance, deed.into())
    }

    /// Refuses what the person may not do, however sure it is.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn permit(&self, action: Action, of: Option<OrganizationId>) -> Result<()> {
        match decide(&self.caller, action, of) {
            Decision::Allow => Ok(()),
            Decision::Forbid => Err(Error::Forbidden(match action {
                Action::ReadReference => "only people of the operation see it",
                Action::KeepReference => "the desk and the administrator keep reference data",
                Action::KeepAgreements => "the desk keeps leads and common positions",
                Action::KeepOperation => "the desk and the administrator keep the operation",
                Action::ReadEntries | Action::Export => "your role reads no entries",
                Action::RecordEntry | Action::LoosenSharing | Action::RetractEntry => {
                    "only people of an organisation log for it"
                }
                Action::StepFlag => "only who reads entries works on flags",
                Action::AskForContact | Action::AnswerForContact => {
                    "only people of an organisation let it be put in touch"
                }
                Action::ReadAudit => "focal points and auditors read the audit log",
                Action::ReadQueue => "the desk alone sees something of every flag",
                Action::KeepDesk => "the desk itself, or an administrator, sees to who is on it",
                Action::KeepPeople => "the focal point of an organisation keeps its people",
                Action::InviteFirstFocalPoint | Action::KeepOffices => {
                    "the administrator does this"
                }
            })),
        }
    }

    /// Whether the person acts for an organisation, as the server does for all.
    #[must_use]
    pub fn acts_for(&self, organization: OrganizationId) -> bool {
        self.scope.is_server || self.scope.organizations.contains(&organization)
    }

    /// The organisation for which the person acts, if there is just one.
    #[must_use]
    pub fn own_organization(&self) -> Option<OrganizationId> {
        match self.scope.organizations.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The server's own access, in the course of what the caller does.
    #[must_use]
    pub fn as_server(&self) -> Self {
        Self { deeds: Rc::clone(&self.deeds), ..Self::of_server(self.operation.clone()) }
    }

    /// The server's own access, for the command line.
    #[must_use]
    pub fn of_server(operation: KeptOperation) -> Self {
        let roles = vec![(Role::Desk, None), (Role::Administrator, None)];
        let caller = Caller { roles, mechanisms: Vec::new() };
        let language = Language::default();
        let deeds = Deeds::of(operation.id, None, Vec::new());
        let (scope, assurance) = (Scope::server(), Assurance::Fresh);
        Self { operation, account: Uuid::nil(), caller, scope, assurance, language, deeds }
    }
}

/// Who a person is in an operation.
///
/// # Errors
/// [`Error::NotFound`] for strangers.
pub fn entered(app: &App, tx: &mut Tx, person: Person, written: &str) -> Result<Access> {
    let Known { account, assurance } = auth::known(app, tx, person)?;
    let operation = operations::find(tx, written)?.ok_or(Error::NotFound)?;
    let access = of_account(tx, &account, operation)?.ok_or(Error::NotFound)?;
    Ok(Access { assurance, language: person.language, ..access })
}

/// Who the person of an account is in an operation, as if they were signed in; none for strangers.
///
/// # Errors
/// The store's own.
pub(crate) fn of_account(
    tx: &mut Tx,
    account: &Account,
    operation: KeptOperation,
) -> Result<Option<Access>> {
    let memberships = accounts::memberships(tx, operation.id, account.id)?;
    let mut roles: Vec<(Role, Option<OrganizationId>)> =
        memberships.iter().map(|each| (each.role, each.organization)).collect();
    if account.is_administrator {
        roles.push((Role::Administrator, None));
    }
    if roles.is_empty() {
        return Ok(None);
    }
    let organizations: Vec<Uuid> =
        roles.iter().filter_map(|(_, organization)| organization.map(Uuid::from)).collect();
    let mechanisms = links::targets(tx, operation.id, Link::MemberOf, &organizations)?;
    let mechanisms = mechanisms.into_iter().map(MechanismId).collect();
    let caller = Caller { roles, mechanisms };
    let scope = caller.scope();
    let (assurance, language) = (Assurance::Standing, Language::default());
    let deeds = Deeds::of(operation.id, Some(account.id), scope.organizations.clone());
    let account = account.id;
    Ok(Some(Access { operation, account, caller, scope, assurance, language, deeds }))
}

/// Who somebody is in an operation, and what it is called.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The key of the operation.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What the person is called.
    pub visitor: String,
    /// What the person is there.
    pub caller: Caller,
    /// The organisations for which the person acts.
    pub organizations: Vec<OrganizationId>,
    /// Whether people practise in it: its country does not exist.
    pub is_exercise: bool,
}

/// Who the caller is in an operation.
///
/// # Errors
/// [`Error::NotFound`] for strangers.
pub fn enter(app: &App, person: Person, operation: &str) -> Result<Entered> {
    read(app, person, operation, |tx, access| {
        let account = accounts::load(tx, &[access.account])?.pop().ok_or(Error::Unauthenticated)?;
        let kept = &access.operation.operation;
        Ok(Entered {
            key: kept.key.as_str().to_owned(),
            name: kept.name.as_str().to_owned(),
            visitor: account.name,
            caller: access.caller.clone(),
            organizations: access.scope.organizations.clone(),
            is_exercise: kept.country.as_ref().is_some_and(|it| is_fictional(it.as_str())),
        })
    })
}

/// Reads in an operation. The first to come on a UTC day brings it up to that day. If entries of
/// others are shown, that is recorded, or nothing is answered.
///
/// # Errors
/// [`Error::NotFound`] for strangers, and those of the work.
pub fn read<T>(
    app: &App,
    person: Person,
    operation: &str,
    work: impl Fn(&mut Tx, &Access) -> Result<T>,
) -> Result<T> {
    let read = || match witnessed(app, (person, operation), Some(app.today()), &work)? {
        Ok(answer) => Ok(answer),
        Err(id) => {
            bring_up_to_today(app, id)?;
            let read = witnessed(app, (person, operation), None, &work)?;
            read.map_err(|_| Error::Busy)
        }
    };
    audit::or_refused(app, (person, operation), read())
}

/// Reads, and records that entries of others were shown; the id of the operation if it does not
/// stand as of the day that it should.
fn witnessed<T>(
    app: &App,
    (person, operation): (Person, &str),
    as_of: Option<Day>,
    work: &impl Fn(&mut Tx, &Access) -> Result<T>,
) -> Result<Result<T, Uuid>> {
    let read = |tx: &mut Tx| {
        let access = entered(app, tx, person, operation)?;
        if as_of.is_some_and(|day| access.operation.evaluated_on < day) {
            return Ok((Err(access.id()), None));
        }
        let answer = work(tx, &access)?;
        Ok((Ok(answer), audit::records(app, tx, &access.deeds)?))
    };
    app.store.witness(read, |tx, records| audit::add(tx, records))
}

/// Brings an operation up to today.
///
/// # Errors
/// The store's own.
#[expect(clippy::disallowed_methods, reason = "that days have passed records itself")]
pub fn bring_up_to_today(app: &App, id: Uuid) -> Result<()> {
    app.store.write(Area::Operation(id), |tx| coherence::pass_days(app, tx, id))
}

/// Writes in an operation, as if nobody else were writing in it, and records it.
///
/// # Errors
/// [`Error::NotFound`] for strangers, and those of the work.
#[expect(clippy::disallowed_methods, reason = "it is recorded with what is written")]
pub fn write<T>(
    app: &App,
    person: Person,
    operation: &str,
    work: impl Fn(&mut Tx, &Access) -> Result<T>,
) -> Result<T> {
    let enter = |tx: &mut Tx| {
        let access = entered(app, tx, person, operation)?;
        Ok((Area::Operation(access.id()), access))
    };
    let write = || {
        // Whoever guesses keeps no writer waiting.
        if person.is_unchecked() {
            app.store.read(|tx| entered(app, tx, person, operation))?;
        }
        app.store.write_entered(enter, |tx, mut access| {
            if access.operation.evaluated_on < app.today() {
                coherence::pass_days(app, tx, access.id())?;
                access = entered(app, tx, person, operation)?;
            }
            let done = work(tx, &access)?;
            audit::record(app, tx, &access.deeds)?;
            Ok(done)
        })
    };
    audit::or_refused(app, (person, operation), write())
}

//! Into an operation: who the caller is there, and what they may see.

use concord_domain::{
    id::{MechanismId, OrganizationId},
    language::Language,
    policy::{Action, Caller, Decision, Scope, decide},
    vocabulary::Role,
};
use concord_store::{
    Area, Tx, accounts,
    links::{self, Role as Link},
    operations::{self, KeptOperation},
};
use uuid::Uuid;

use crate::{
    App,
    auth::{self, Person},
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
    /// What the person reads.
    pub language: Language,
}

impl Access {
    /// The id of the operation.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.operation.id
    }

    /// Refuses what the person may not do; `of` is the organisation that it is about.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn require(&self, action: Action, of: Option<OrganizationId>) -> Result<()> {
        match decide(&self.caller, action, of) {
            Decision::Allow => Ok(()),
            Decision::Forbid => Err(Error::Forbidden(match action {
                Action::ReadReference => "only people of the operation see it",
                Action::KeepReference => "the desk and the administrator keep reference data",
                Action::KeepAgreements => "the desk keeps leads and common positions",
                Action::KeepOperation => "the desk and the administrator keep the operation",
                Action::ReadEntries => "your role reads no entries",
                Action::RecordEntry => "only people of an organisation log for it",
                Action::StepFlag => "only who reads entries works on flags",
                Action::KeepPeople => "the focal point of an organisation keeps its people",
                Action::ReadDesk => "the desk alone is told this",
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

    /// The server's own access, for the command line.
    #[must_use]
    pub fn of_server(operation: KeptOperation) -> Self {
        let roles = vec![(Role::Desk, None), (Role::Administrator, None)];
        let caller = Caller { roles, mechanisms: Vec::new() };
        let language = Language::default();
        Self { operation, account: Uuid::nil(), caller, scope: Scope::server(), language }
    }
}

/// Who a person is in an operation.
///
/// # Errors
/// [`Error::NotFound`] for strangers.
pub fn entered(tx: &mut Tx, person: Person, written: &str) -> Result<Access> {
    let account = auth::account(tx, person)?;
    let operation = operations::find(tx, written)?.ok_or(Error::NotFound)?;
    let memberships = accounts::memberships(tx, operation.id, account.id)?;
    let mut roles: Vec<(Role, Option<OrganizationId>)> =
        memberships.iter().map(|each| (each.role, each.organization)).collect();
    if account.is_administrator {
        roles.push((Role::Administrator, None));
    }
    if roles.is_empty() {
        return Err(Error::NotFound);
    }
    let organizations: Vec<Uuid> =
        roles.iter().filter_map(|(_, organization)| organization.map(Uuid::from)).collect();
    let mechanisms = links::targets(tx, operation.id, Link::MemberOf, &organizations)?;
    let mechanisms = mechanisms.into_iter().map(MechanismId).collect();
    let caller = Caller { roles, mechanisms };
    let scope = caller.scope();
    let language = person.language;
    Ok(Access { operation, account: account.id, caller, scope, language })
}

/// Reads in an operation. The first to come on a UTC day brings it up to that day.
///
/// # Errors
/// [`Error::NotFound`] for strangers, and those of the work.
pub fn read<T>(
    app: &App,
    person: Person,
    operation: &str,
    work: impl Fn(&mut Tx, &Access) -> Result<T>,
) -> Result<T> {
    let today = app.today();
    let read = app.store.read(|tx| {
        let access = entered(tx, person, operation)?;
        if access.operation.evaluated_on < today {
            return Ok::<_, Error>(Err(access.id()));
        }
        work(tx, &access).map(Ok)
    })?;
    match read {
        Ok(answer) => Ok(answer),
        Err(id) => {
            app.store.write(Area::Operation(id), |tx| coherence::pass_days(app, tx, id))?;
            app.store.read(|tx| {
                let access = entered(tx, person, operation)?;
                work(tx, &access)
            })
        }
    }
}

/// Writes in an operation, as if nobody else were writing in it.
///
/// # Errors
/// [`Error::NotFound`] for strangers, and those of the work.
pub fn write<T>(
    app: &App,
    person: Person,
    operation: &str,
    work: impl Fn(&mut Tx, &Access) -> Result<T>,
) -> Result<T> {
    // Which operation it is decides whom to wait for; all else is read once nobody else writes.
    let id = app.store.read(|tx| entered(tx, person, operation))?.id();
    app.store.write(Area::Operation(id), |tx| {
        coherence::pass_days(app, tx, id)?;
        let access = entered(tx, person, operation)?;
        work(tx, &access)
    })
}

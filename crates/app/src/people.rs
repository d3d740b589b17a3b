//! People: who they are in an operation, invited by those who answer for them.

use concord_domain::{
    credential::Deed,
    desk::is_set_by_administrator,
    fault::FaultCode,
    id::{Kind, OrganizationId},
    policy::{Action, Decision},
    text,
    vocabulary::Role,
};
use concord_store::{
    Area, Tx,
    accounts::{self, Account, Membership},
    references,
};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    audit,
    auth::{self, INVITATION_DAYS, Person, normalized},
    desk_changes,
    error::{Error, Result},
    once::{Sent, once, replayed},
};

mod command_line;

pub use command_line::{
    any, create_account, give_role, remove_second_factor, reset_password, set_disabled,
};

/// A person in an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonInOperation {
    /// The id of the membership.
    pub id: Uuid,
    /// What the person signs in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// For which organisation.
    pub organization: Option<OrganizationId>,
    /// Whether an invitation is still open.
    pub is_invited: bool,
}

/// Somebody who is to join.
#[derive(Clone, Debug)]
pub struct Invited {
    /// What the person will sign in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What the person will be.
    pub role: Role,
    /// For which organisation, by key or id.
    pub organization: Option<String>,
}

/// Who the caller is.
pub struct Me {
    /// The account.
    pub account: Account,
    /// What the person is where: the operation's id and key, the role, the organisation.
    pub memberships: Vec<(Uuid, String, Role, Option<OrganizationId>)>,
}

/// Who the caller is.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub fn me(app: &App, person: Person) -> Result<Me> {
    app.store.read(|tx| {
        let account = auth::known(app, tx, person)?.account;
        let ids = accounts::operations_of(tx, account.id)?;
        let mut memberships = Vec::new();
        for kept in concord_store::operations::load(tx, Some(&ids))? {
            for each in accounts::memberships(tx, kept.id, account.id)? {
                let key = kept.operation.key.as_str().to_owned();
                memberships.push((kept.id, key, each.role, each.organization));
            }
        }
        Ok(Me { account, memberships })
    })
}

/// The people whom the caller answers for: a focal point those of the own organisation, an
/// administrator those who hold an office of the operation.
///
/// # Errors
/// [`Error::Forbidden`] for everybody else.
pub fn list(app: &App, person: Person, operation: &str) -> Result<Vec<PersonInOperation>> {
    access::read(app, person, operation, |tx, access| {
        access.assure(Deed::ListPeople)?;
        let all = accounts::all_memberships(tx, access.id())?;
        let own: Vec<Membership> =
            all.into_iter().filter(|each| answers_for(access, each).is_ok()).collect();
        if own.is_empty() {
            access
                .permit(Action::KeepOffices, None)
                .or_else(|_| access.permit(Action::KeepPeople, access.own_organization()))?;
        }
        let ids: Vec<Uuid> = own.iter().map(|each| each.account).collect();
        let known = accounts::load(tx, &ids)?;
        let named = own.iter().filter_map(|each| {
            let account = known.iter().find(|account| account.id == each.account)?;
            Some(person_in(each, account))
        });
        Ok(named.collect())
    })
}

/// Somebody in an operation.
pub(crate) fn person_in(membership: &Membership, account: &Account) -> PersonInOperation {
    PersonInOperation {
        id: membership.id,
        login: account.login.clone(),
        name: account.name.clone(),
        role: membership.role,
        organization: membership.organization,
        is_invited: account.invitation_hash.is_some(),
    }
}

/// What it takes to answer for a membership, and for which organisation.
fn answering(membership: &Membership) -> (Action, Option<OrganizationId>) {
    match membership.organization {
        Some(organization) => (Action::KeepPeople, Some(organization)),
        None => (Action::KeepOffices, None),
    }
}

/// Refuses who does not answer for this membership.
fn answers_for(access: &Access, membership: &Membership) -> Result<()> {
    let (action, of) = answering(membership);
    access.permit(action, of)
}

/// Invites somebody new. The code is told once, to be handed to that person and nobody else.
///
/// Nobody is added to an account that stands already: whoever made it could be another than the
/// person who is meant, and would read what this one may.
///
/// # Errors
/// [`Error::Forbidden`], and what is wrong with the invitation.
pub fn invite(
    app: &App,
    person: Person,
    operation: &str,
    (invited, sent): (&Invited, Sent<'_>),
) -> Result<(PersonInOperation, Option<String>)> {
    // Accounts belong to the installation and memberships to the operation: first the one.
    let code = auth::invitation(app);
    let (id, replayed) = access::read(app, person, operation, |tx, access| {
        check(tx, access, invited)?;
        Ok((access.id(), replayed(tx, access, ("invite", sent))?))
    })?;
    if let Some(made) = replayed {
        let found = app.store.read(|tx| membership(tx, id, made))?;
        return Ok((found, None));
    }
    let account = invited_account(app, person, invited, &code.1)?;
    let made = access::write(app, person, operation, |tx, access| {
        let made = once(app, tx, access, ("invite", sent), |tx| {
            join(app, tx, access, (invited, account))
        })?;
        access.deeds.changed("membership", made);
        membership(tx, id, made)
    })?;
    Ok((made, Some(code.0)))
}

/// Makes an account for somebody who is invited, with the hash of the code.
pub(crate) fn invited_account(
    app: &App,
    person: Person,
    invited: &Invited,
    invitation_hash: &str,
) -> Result<Uuid> {
    audit::write(app, Area::Installation, |tx, deeds| {
        deeds.by(auth::known(app, tx, person)?.account.id);
        let account = account_for(app, tx, invited, invitation_hash)?;
        deeds.changed("account", account.id);
        Ok(account.id)
    })
}

/// Somebody in an operation, by the id of the membership.
pub(crate) fn membership(tx: &mut Tx, operation: Uuid, id: Uuid) -> Result<PersonInOperation> {
    let all = accounts::all_memberships(tx, operation)?;
    let membership = all.iter().find(|each| each.id == id).ok_or(Error::NotFound)?;
    let account = accounts::load(tx, &[membership.account])?.pop().ok_or(Error::NotFound)?;
    Ok(person_in(membership, &account))
}

/// Makes an account what it is invited to be.
fn join(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (invited, account): (&Invited, Uuid),
) -> Result<Uuid> {
    let organization = check(tx, access, invited)?;
    let role = invited.role;
    let membership = Membership { id: app.ids.id(), account, role, organization };
    accounts::insert_membership(tx, access.id(), &membership)?;
    Ok(membership.id)
}

/// The organisation for which somebody is invited, if the caller may invite for it.
fn check(tx: &mut Tx, access: &Access, invited: &Invited) -> Result<Option<OrganizationId>> {
    let of_organization = matches!(invited.role, Role::Member | Role::FocalPoint);
    let Some(written) = invited.organization.as_deref().filter(|_| of_organization) else {
        if of_organization || invited.organization.is_some() {
            let detail = "members and focal points have an organisation, others have none";
            return Err(Error::at("organization", FaultCode::Inconsistent, detail));
        }
        access.require(Action::KeepOffices, None)?;
        if invited.role == Role::Desk {
            require_no_desk(tx, access)?;
        }
        return Ok(None);
    };
    let wanted = (Kind::Organization, written);
    let found = references::find(tx, access.id(), &access.scope, wanted, None)?;
    let Some(organization) = found.map(OrganizationId) else {
        let detail = "there is no organisation with this key or id";
        return Err(Error::at("organization", FaultCode::UnknownReference, detail));
    };
    let of_own = access.permit(Action::KeepPeople, Some(organization));
    if of_own.is_err() && invited.role == Role::FocalPoint {
        access.require(Action::InviteFirstFocalPoint, None)?;
        let all = accounts::all_memberships(tx, access.id())?;
        let is_focal_point = |each: &Membership| {
            each.role == Role::FocalPoint && each.organization == Some(organization)
        };
        if all.iter().any(is_focal_point) {
            return Err(Error::Forbidden("this organisation has a focal point, who invites"));
        }
        return Ok(Some(organization));
    }
    of_own?;
    access.assure(Action::KeepPeople)?;
    Ok(Some(organization))
}

/// Refuses an administrator where somebody is on the desk, who decides about it with another.
fn require_no_desk(tx: &mut Tx, access: &Access) -> Result<()> {
    match is_set_by_administrator(desk_changes::strength(tx, access)?) {
        Decision::Allow => Ok(()),
        Decision::Forbid => Err(Error::Forbidden(
            "somebody is on the desk, so two decide who joins or leaves it: POST …/desk/changes",
        )),
    }
}

/// Refuses a login or a name that nobody new can have.
pub(crate) fn check_new(tx: &mut Tx, login: &str, name: &str) -> Result<()> {
    let login = normalized(login);
    require_plain(&login, name)?;
    unused(tx, &login).map(drop)
}

/// What stands of a login that is free: an invitation that ended untaken, of somebody who is nothing
/// anywhere any more.
fn unused(tx: &mut Tx, login: &str) -> Result<Option<Account>> {
    let Some(known) = accounts::with_login(tx, login)? else { return Ok(None) };
    if known.password_hash.is_none() && accounts::operations_of(tx, known.id)?.is_empty() {
        return Ok(Some(known));
    }
    let detail = "this login is taken; choose another for this person";
    Err(Error::at("login", FaultCode::DuplicateKey, detail))
}

fn account_for(
    app: &App,
    tx: &mut Tx,
    invited: &Invited,
    invitation_hash: &str,
) -> Result<Account> {
    let login = normalized(&invited.login);
    let account = match unused(tx, &login)? {
        Some(known) => known,
        None => new_account(app, &login, &invited.name)?,
    };
    let account = Account {
        invitation_hash: Some(invitation_hash.to_owned()),
        invitation_until: Some(app.now() + chrono::TimeDelta::days(INVITATION_DAYS)),
        ..account
    };
    accounts::save(tx, &account)?;
    Ok(account)
}

/// Refuses a login or a name that is written as none may be.
fn require_plain(login: &str, name: &str) -> Result<()> {
    let plain = |text: &str, most: usize| {
        !text.is_empty()
            && text.chars().count() <= most
            && !text.chars().any(|c| text::is_unsafe(c) || c.is_control())
    };
    if !plain(login, 100) || login.contains(char::is_whitespace) {
        let detail = "a login is 1 to 100 characters without space";
        return Err(Error::at("login", FaultCode::Malformed, detail));
    }
    if !plain(name, 200) {
        return Err(Error::at("name", FaultCode::Malformed, "a name is 1 to 200 characters"));
    }
    Ok(())
}

/// An account that nobody can sign in to yet.
fn new_account(app: &App, login: &str, name: &str) -> Result<Account> {
    require_plain(login, name)?;
    Ok(Account {
        id: app.ids.id(),
        login: login.to_owned(),
        name: name.to_owned(),
        password_hash: None,
        invitation_hash: None,
        invitation_until: None,
        is_administrator: false,
        is_disabled: false,
    })
}

/// Ends what somebody is in an operation.
///
/// # Errors
/// [`Error::NotFound`] for whom the caller does not answer for.
pub fn remove(app: &App, person: Person, operation: &str, id: Uuid) -> Result<()> {
    access::write(app, person, operation, |tx, access| {
        let all = accounts::all_memberships(tx, access.id())?;
        let membership = all.iter().find(|each| each.id == id).ok_or(Error::NotFound)?;
        answers_for(access, membership).map_err(|_| Error::NotFound)?;
        access.assure(answering(membership).0)?;
        if membership.role == Role::Desk {
            require_no_desk(tx, access)?;
        }
        access.deeds.changed("membership", id);
        Ok(accounts::delete_membership(tx, access.id(), id)?)
    })
}

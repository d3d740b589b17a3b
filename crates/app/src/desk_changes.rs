//! Who is on the desk, and changing that: one proposes, another confirms.

use std::collections::HashMap;

use chrono::{Days, NaiveDateTime};
use concord_domain::{
    credential::Deed,
    desk::{CHANGE_DAYS, Decider, Strength, may_change, may_propose},
    fault::FaultCode,
    policy::{Action, Decision},
    vocabulary::Role,
};
use concord_store::{
    Tx,
    accounts::{self, Account, Membership},
    desk_changes as kept,
};
use uuid::Uuid;

pub use concord_store::desk_changes::{Change, Proposed};

use crate::{
    App,
    access::{self, Access},
    auth::{self, Person},
    error::{Error, Result},
    once::{Sent, once, replayed},
    people::{self, Invited, PersonInOperation},
};

/// The most changes that wait at once.
pub const CHANGES_MAX: usize = 20;

/// A change that waits, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The change.
    pub proposed: Proposed,
    /// Who proposed it, by name.
    pub proposed_by: Option<String>,
    /// Who is to leave, if somebody is.
    pub leaving: Option<PersonInOperation>,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Who has joined; none if somebody has left.
    pub joined: Option<PersonInOperation>,
    /// The code of their invitation, which is told once.
    pub invitation_code: Option<String>,
}

/// Those on the desk.
struct Desk {
    members: Vec<(Membership, Account)>,
}

impl Desk {
    fn load(tx: &mut Tx, access: &Access) -> Result<Self> {
        let all = accounts::all_memberships(tx, access.id())?.into_iter();
        let memberships: Vec<Membership> = all.filter(|each| each.role == Role::Desk).collect();
        let ids: Vec<Uuid> = memberships.iter().map(|each| each.account).collect();
        let by_id: HashMap<Uuid, Account> =
            accounts::load(tx, &ids)?.into_iter().map(|account| (account.id, account)).collect();
        let of = |each: Membership| Some((each, by_id.get(&each.account)?.clone()));
        Ok(Self { members: memberships.into_iter().filter_map(of).collect() })
    }

    /// How many can sign in: whoever was only invited decides nothing yet.
    fn strength(&self) -> Strength {
        self.able().count().into()
    }

    fn able(&self) -> impl Iterator<Item = &Account> {
        let able = |account: &&Account| !account.is_disabled && account.password_hash.is_some();
        let mut ids: Vec<&Account> =
            self.members.iter().map(|(_, account)| account).filter(able).collect();
        ids.sort_by_key(|account| account.id);
        ids.dedup_by_key(|account| account.id);
        ids.into_iter()
    }

    /// As what an account decides, if it does.
    fn decider(&self, tx: &mut Tx, access: &Access, account: Uuid) -> Result<Option<Decider>> {
        if self.able().any(|each| each.id == account) {
            return Ok(Some(Decider::Desk));
        }
        let is_administrator = accounts::load(tx, &[account])?
            .first()
            .is_some_and(|each| each.is_administrator && !each.is_disabled);
        let roles = accounts::memberships(tx, access.id(), account)?;
        let is_one_here = roles.iter().any(|each| each.role == Role::Administrator);
        Ok((is_administrator || is_one_here).then_some(Decider::Administrator))
    }
}

/// How many people of the desk of an operation can sign in.
pub(crate) fn strength(tx: &mut Tx, access: &Access) -> Result<Strength> {
    Ok(Desk::load(tx, access)?.strength())
}

/// The people of the desk, for the desk and administrators.
///
/// # Errors
/// [`Error::Forbidden`] for everybody else.
pub fn people(app: &App, person: Person, operation: &str) -> Result<Vec<PersonInOperation>> {
    access::read(app, person, operation, |tx, access| {
        access.permit(Action::KeepDesk, None)?;
        access.assure(Deed::ListPeople)?;
        let desk = Desk::load(tx, access)?;
        Ok(desk.members.iter().map(|(each, account)| people::person_in(each, account)).collect())
    })
}

/// The changes that wait, the first first.
///
/// # Errors
/// [`Error::Forbidden`] for all but the desk and administrators.
pub fn list(app: &App, person: Person, operation: &str) -> Result<Vec<Waiting>> {
    access::read(app, person, operation, |tx, access| {
        access.permit(Action::KeepDesk, None)?;
        access.assure(Deed::ListPeople)?;
        waiting(tx, access, |_| true)
    })
}

fn waiting(
    tx: &mut Tx,
    access: &Access,
    wanted: impl Fn(&Proposed) -> bool,
) -> Result<Vec<Waiting>> {
    let mut open = kept::open(tx, access.id(), access.operation.evaluated_on)?;
    open.retain(wanted);
    let desk = Desk::load(tx, access)?;
    let ids: Vec<Uuid> = open.iter().map(|each| each.account).collect();
    let names: HashMap<Uuid, String> =
        accounts::load(tx, &ids)?.into_iter().map(|account| (account.id, account.name)).collect();
    let show = |proposed: Proposed| {
        let leaving = match &proposed.change {
            Change::Remove(id) => desk.members.iter().find(|(each, _)| each.id == *id),
            Change::Add { .. } => None,
        };
        Waiting {
            proposed_by: names.get(&proposed.account).cloned(),
            leaving: leaving.map(|(each, account)| people::person_in(each, account)),
            proposed,
        }
    };
    Ok(open.into_iter().map(show).collect())
}

/// Refuses who does not decide who is on the desk.
fn decider(tx: &mut Tx, access: &Access, desk: &Desk) -> Result<Decider> {
    access.require(Action::KeepDesk, None)?;
    let decider = desk.decider(tx, access, access.account)?;
    match decider.filter(|it| may_propose(*it, desk.strength()) == Decision::Allow) {
        Some(decider) => Ok(decider),
        None => Err(Error::Forbidden("the desk itself decides who is on it, two of it together")),
    }
}

/// Proposes a change, which is done once another confirms it.
///
/// # Errors
/// [`Error::Forbidden`] for all but the desk, and administrators while fewer than two are on it;
/// what is wrong with the change.
pub fn propose(
    app: &App,
    person: Person,
    operation: &str,
    (change, sent): (&Change, Sent<'_>),
) -> Result<Waiting> {
    access::write(app, person, operation, |tx, access| {
        let desk = Desk::load(tx, access)?;
        decider(tx, access, &desk)?;
        let id = once(app, tx, access, ("desk change", sent), |tx| {
            kept::delete_closed(tx, access.id(), app.today())?;
            let open = kept::open(tx, access.id(), app.today())?;
            check(tx, &desk, &open, change)?;
            let proposed = Proposed {
                id: app.ids.id(),
                change: change.clone(),
                account: access.account,
                at: app.now(),
                closes_on: app.today().checked_add_days(Days::new(CHANGE_DAYS)).unwrap_or_default(),
            };
            kept::insert(tx, access.id(), &proposed)?;
            access.deeds.changed("desk_change", proposed.id);
            Ok(proposed.id)
        })?;
        waiting(tx, access, |each| each.id == id)?.pop().ok_or(Error::NotFound)
    })
}

fn check(tx: &mut Tx, desk: &Desk, open: &[Proposed], change: &Change) -> Result<()> {
    if open.iter().any(|each| each.change == *change) {
        return Err(Error::Conflict("this is proposed already, and waits".to_owned()));
    }
    if open.len() >= CHANGES_MAX {
        let detail = format!("{CHANGES_MAX} changes wait already; confirm or withdraw some");
        return Err(Error::Conflict(detail));
    }
    match change {
        Change::Add { login, name } => people::check_new(tx, login, name),
        Change::Remove(id) if desk.members.iter().any(|(each, _)| each.id == *id) => Ok(()),
        Change::Remove(_) => {
            let detail = "nobody on the desk has this id";
            Err(Error::at("person", FaultCode::UnknownReference, detail))
        }
    }
}

/// What is to be confirmed, if the caller may.
fn to_confirm(tx: &mut Tx, access: &Access, id: Uuid) -> Result<Proposed> {
    access.require(Action::KeepDesk, None)?;
    let open = kept::open(tx, access.id(), access.operation.evaluated_on)?;
    let proposed = open.into_iter().find(|each| each.id == id).ok_or(Error::NotFound)?;
    let desk = Desk::load(tx, access)?;
    let confirmer = decider(tx, access, &desk)?;
    if proposed.account == access.account {
        return Err(Error::Forbidden("another than who proposed it confirms it"));
    }
    // Who proposed it may have left the desk since.
    let proposer = desk.decider(tx, access, proposed.account)?;
    let may = |proposer| may_change(proposer, confirmer, desk.strength()) == Decision::Allow;
    if !proposer.is_some_and(may) {
        return Err(Error::Forbidden("the desk itself decides who is on it, two of it together"));
    }
    Ok(proposed)
}

/// The changes that the caller can confirm, and when each was proposed.
pub(crate) fn to_be_confirmed(tx: &mut Tx, access: &Access) -> Result<Vec<(Uuid, NaiveDateTime)>> {
    let open = kept::open(tx, access.id(), access.operation.evaluated_on)?;
    let desk = Desk::load(tx, access)?;
    let Some(confirmer) = desk.decider(tx, access, access.account)? else { return Ok(Vec::new()) };
    let mut waiting = Vec::new();
    for proposed in open.into_iter().filter(|each| each.account != access.account) {
        let proposer = desk.decider(tx, access, proposed.account)?;
        let may = |proposer| may_change(proposer, confirmer, desk.strength()) == Decision::Allow;
        if proposer.is_some_and(may) {
            waiting.push((proposed.id, proposed.at));
        }
    }
    Ok(waiting)
}

/// Confirms a change that another has proposed, and does it.
///
/// # Errors
/// [`Error::Forbidden`] for who proposed it, and for all who may not propose one; when it can no
/// longer be done.
pub fn confirm(
    app: &App,
    person: Person,
    operation: &str,
    (id, sent): (Uuid, Sent<'_>),
) -> Result<Confirmed> {
    let what = format!("{id} confirmation");
    // Accounts belong to the installation and memberships to the operation: first the one.
    let code = auth::invitation(app);
    let (before, change) = access::read(app, person, operation, |tx, access| {
        access.require(Action::KeepDesk, None)?;
        if let Some(made) = replayed(tx, access, (&what, sent))? {
            let joined = people::membership(tx, access.id(), made).ok();
            return Ok((Some(Confirmed { joined, invitation_code: None }), None));
        }
        Ok((None, Some(to_confirm(tx, access, id)?.change)))
    })?;
    if let Some(before) = before {
        return Ok(before);
    }
    let account = match change {
        Some(Change::Add { login, name }) => {
            let invited = Invited { login, name, role: Role::Desk, organization: None };
            Some(people::invited_account(app, person, &invited, &code.1)?)
        }
        Some(Change::Remove(_)) | None => None,
    };
    access::write(app, person, operation, |tx, access| {
        let proposed = to_confirm(tx, access, id)?;
        let made = once(app, tx, access, (&what, sent), |tx| {
            kept::delete(tx, access.id(), id)?;
            access.deeds.changed("desk_change", id);
            let membership = match (&proposed.change, account) {
                (Change::Remove(membership), _) => {
                    accounts::delete_membership(tx, access.id(), *membership)?;
                    *membership
                }
                (Change::Add { .. }, Some(account)) => {
                    let id = app.ids.id();
                    let new = Membership { id, account, role: Role::Desk, organization: None };
                    accounts::insert_membership(tx, access.id(), &new)?;
                    id
                }
                (Change::Add { .. }, None) => return Err(Error::NotFound),
            };
            access.deeds.changed("membership", membership);
            Ok(membership)
        })?;
        let joined = people::membership(tx, access.id(), made).ok();
        let invitation_code = joined.is_some().then(|| code.0.clone());
        Ok(Confirmed { joined, invitation_code })
    })
}

/// Withdraws a change that waits.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for who may not propose one.
pub fn withdraw(app: &App, person: Person, operation: &str, id: Uuid) -> Result<()> {
    access::write(app, person, operation, |tx, access| {
        let desk = Desk::load(tx, access)?;
        decider(tx, access, &desk)?;
        let open = kept::open(tx, access.id(), app.today())?;
        let change = open.into_iter().find(|each| each.id == id).ok_or(Error::NotFound)?;
        // Else one of the desk could keep the others from ever deciding, on themselves too.
        if change.account != access.account {
            return Err(Error::Forbidden("only who proposed it withdraws it; it ends by itself"));
        }
        access.deeds.changed("desk_change", id);
        Ok(kept::delete(tx, access.id(), id)?)
    })
}

//! Accounts and roles as whoever has the server keeps them, who is asked no question.

use concord_domain::{
    fault::FaultCode,
    id::{Kind, OrganizationId},
    vocabulary::Role,
};
use concord_store::{
    Area, Tx,
    accounts::{self, Account, Membership},
    credentials, email, identities, passkeys, references, sessions,
};

use super::new_account;
use crate::{
    App,
    access::Access,
    audit,
    auth::{self, normalized},
    error::{Error, Result},
};

/// An account with a password, made on the command line, where whoever has the server is asked
/// no question.
///
/// # Errors
/// When the login is taken or the password is none.
pub fn create_account(
    app: &App,
    (login, name): (&str, &str),
    password: &str,
    is_administrator: bool,
) -> Result<Account> {
    let hash = auth::hash_new(password)?;
    audit::write(app, Area::Installation, |tx, deeds| {
        let login = normalized(login);
        if accounts::with_login(tx, &login)?.is_some() {
            return Err(Error::Conflict(format!("there is an account `{login}` already")));
        }
        let account = new_account(app, &login, name)?;
        let account = Account { password_hash: Some(hash.clone()), is_administrator, ..account };
        accounts::save(tx, &account)?;
        deeds.changed("account", account.id);
        Ok(account)
    })
}

/// Gives an account another password, ends its sessions, unlinks its identities and removes its
/// passkeys, on the command line.
///
/// # Errors
/// [`Error::NotFound`], or what is wrong with the password.
pub fn reset_password(app: &App, login: &str, password: &str) -> Result<()> {
    let hash = auth::hash_new(password)?;
    change_account(app, login, |tx, account| {
        account.password_hash = Some(hash.clone());
        account.invitation_hash = None;
        account.invitation_until = None;
        identities::delete_all(tx, account.id)?;
        Ok(passkeys::delete_all(tx, account.id)?)
    })
}

/// Takes the second factor of an account away and ends its sessions, on the command line, for
/// somebody who has lost it and its recovery codes.
///
/// # Errors
/// [`Error::NotFound`].
pub fn remove_second_factor(app: &App, login: &str) -> Result<()> {
    change_account(app, login, |tx, account| Ok(credentials::delete_factor(tx, account.id)?))
}

/// Closes an account, or opens it again, on the command line.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_disabled(app: &App, login: &str, is_disabled: bool) -> Result<()> {
    change_account(app, login, |_, account| {
        account.is_disabled = is_disabled;
        Ok(())
    })
}

/// Changes an account, and ends whatever was begun or made while it was another.
fn change_account(
    app: &App,
    login: &str,
    change: impl Fn(&mut Tx, &mut Account) -> Result<()>,
) -> Result<()> {
    audit::write(app, Area::Installation, |tx, deeds| {
        let found = accounts::with_login(tx, &normalized(login))?;
        let mut account = found.ok_or(Error::NotFound)?;
        change(tx, &mut account)?;
        accounts::save(tx, &account)?;
        deeds.changed("account", account.id);
        credentials::end_challenges(tx, account.id)?;
        credentials::delete_tool_tokens(tx, account.id)?;
        email::delete(tx, account.id)?;
        Ok(sessions::end_all(tx, account.id)?)
    })
}

/// Makes an account something in an operation, on the command line.
///
/// # Errors
/// [`Error::NotFound`], or a role that does not fit.
pub fn give_role(
    app: &App,
    operation: &str,
    login: &str,
    role: Role,
    organization: Option<&str>,
) -> Result<()> {
    let kept = app
        .store
        .read(|tx| Ok::<_, Error>(concord_store::operations::find(tx, operation)?))?
        .ok_or(Error::NotFound)?;
    audit::write(app, Area::Operation(kept.id), |tx, deeds| {
        let account = accounts::with_login(tx, &normalized(login))?.ok_or(Error::NotFound)?;
        let access = Access::of_server(kept.clone());
        let of_organization = matches!(role, Role::Member | Role::FocalPoint);
        let found = match organization {
            Some(written) => {
                let wanted = (Kind::Organization, written);
                let found = references::find(tx, kept.id, &access.scope, wanted, None)?;
                Some(OrganizationId(found.ok_or(Error::NotFound)?))
            }
            None => None,
        };
        if of_organization != found.is_some() {
            let detail = "members and focal points have an organisation, others have none";
            return Err(Error::at("organization", FaultCode::Inconsistent, detail));
        }
        let membership =
            Membership { id: app.ids.id(), account: account.id, role, organization: found };
        deeds.changed("account", account.id);
        deeds.changed("membership", membership.id);
        Ok(accounts::insert_membership(tx, kept.id, &membership)?)
    })
}

/// Whether there is any account.
///
/// # Errors
/// The store's own.
pub fn any(app: &App) -> Result<bool> {
    app.store.read(|tx| Ok(accounts::count(tx)? > 0))
}

//! A round: everybody who wants it is told by e-mail that something waits, if it does.
//!
//! Whether it does is asked of the list that they read in the API, at the moment of the round. That
//! somebody is told is kept before the message goes: a process that ends in between tells them
//! nothing, and none tells them twice.

use std::collections::HashMap;

use concord_domain::{
    email::{Letter, Sends, digest_day, morning, pause_after},
    notification::Notification,
};
use concord_smtp::{Connection, Server};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    email as kept, notifications as notified,
    operations::{self, KeptOperation},
};
use uuid::Uuid;

use super::{KeptAddress, connected, send, text};
use crate::{
    App, access,
    audit::{self, Deeds, Doing},
    auth,
    error::{Error, Result},
    lock_down, notifications,
};

/// What came of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How many messages were sent.
    pub sent: usize,
    /// How many the server did not take.
    pub not_taken: usize,
}

/// What there is to tell somebody.
struct Found {
    /// The operations in which something waits that they were sent no message about.
    new_in: Vec<Uuid>,
    /// Whether there is a message to send: it is time for one, and something waits.
    is_told: bool,
}

/// Tells everybody who wants it, and for whom it is time, that something waits.
///
/// # Errors
/// [`Error::MessageNotSent`] if the server cannot be used: whoever was not told is told in the next
/// round. [`Error::LockedDown`], and the store's own.
pub fn round(app: &App) -> Result<Done> {
    let Some(server) = app.smtp.clone() else { return Ok(Done::default()) };
    let app = &App { doing: Doing::own(audit::EMAILS), ..app.clone() };
    let (whom, all) = app.store.read(|tx| {
        lock_down::require_none(tx)?;
        Ok::<_, Error>((kept::whom(tx)?, operations::load(tx, None)?))
    })?;
    let mut done = Done::default();
    if whom.is_empty() {
        return Ok(done);
    }
    for operation in all.iter().filter(|operation| operation.evaluated_on < app.today()) {
        // What is wrong with one operation does not keep those of others from being told.
        if let Err(error) = access::bring_up_to_today(app, operation.id) {
            tracing::error!(%error, "an operation cannot be brought up to today");
        }
    }
    let mut connection = None;
    for account in whom {
        match tell(app, (&*server, &mut connection), account) {
            Ok(None) => {}
            Ok(Some(Outcome::Sent)) => done.sent += 1,
            Ok(Some(Outcome::NotTaken)) => done.not_taken += 1,
            Err(error @ (Error::MessageNotSent | Error::LockedDown | Error::Busy)) => {
                return Err(error);
            }
            // What is wrong with one does not keep others from being told.
            Err(error) => tracing::error!(%error, "somebody cannot be told by e-mail"),
        }
    }
    Ok(done)
}

enum Outcome {
    Sent,
    NotTaken,
}

/// Tells somebody that something waits, if it is time to; none if it is not.
fn tell<'s>(
    app: &App,
    (server, connection): (&'s Server, &mut Option<Connection<'s>>),
    account: Uuid,
) -> Result<Option<Outcome>> {
    let Some(found) = look(app, account)? else { return Ok(None) };
    // Nothing is kept as told as long as nobody would take the message.
    if found.is_told && !connection.as_mut().is_some_and(Connection::is_alive) {
        *connection = None;
        *connection = Some(connected(server)?);
    }
    let mut is_new = false;
    for operation in found.new_in {
        is_new |= claim(app, account, operation)?;
    }
    let Some((address, letter)) = settle(app, account, is_new)? else { return Ok(None) };
    let Some(open) = connection.as_mut().filter(|_| found.is_told) else { return Ok(None) };
    let said = text(address.language, letter, server.public_address());
    match send(app, open, (&address.address, address.language), &said) {
        Ok(()) => Ok(Some(Outcome::Sent)),
        Err(_) => {
            *connection = None;
            try_again(app, account, letter)?;
            Ok(Some(Outcome::NotTaken))
        }
    }
}

/// The account of somebody who is to be told, with the address, as long as both are good.
fn wanted(tx: &mut Tx, account: Uuid) -> Result<Option<(Account, KeptAddress)>> {
    lock_down::require_none(tx)?;
    let open = accounts::load(tx, &[account])?.pop().filter(auth::is_open);
    let Some(open) = open else { return Ok(None) };
    let address = kept::address(tx, account)?;
    let is_wanted = |it: &KeptAddress| it.confirmed_at.is_some() && it.sends != Sends::Nothing;
    Ok(address.filter(is_wanted).map(|address| (open, address)))
}

fn is_digest_due(app: &App, address: &KeptAddress) -> bool {
    address.digest_on < digest_day(app.now())
}

fn is_morning(app: &App, address: &KeptAddress) -> bool {
    address.sends == Sends::Each && address.morning_on < morning(app.now())
}

/// The message that was not taken, once it is to be tried again.
fn owed(app: &App, address: &KeptAddress) -> Option<Letter> {
    address.owed.filter(|(_, at)| *at <= app.now()).map(|(letter, _)| letter)
}

/// What there is to tell somebody; none if it is not time to tell them anything.
fn look(app: &App, account: Uuid) -> Result<Option<Found>> {
    app.store.read(|tx| {
        let Some((account, address)) = wanted(tx, account)? else { return Ok(None) };
        let is_morning = is_morning(app, &address);
        let is_due = is_digest_due(app, &address) || owed(app, &address).is_some();
        if !is_due && address.sends != Sends::Each {
            return Ok(None);
        }
        let (mut new_in, mut waits) = (Vec::new(), false);
        for operation in of_account(tx, &account)? {
            let Some(access) = access::of_account(tx, &account, operation)? else { continue };
            let unseen = notifications::unseen(tx, &access)?;
            waits |= !unseen.is_empty();
            let told = notified::told::of(tx, access.id(), access.account)?;
            let is_new = unseen.iter().any(|each| is_new(each, &told, is_morning));
            if address.sends == Sends::Each && is_new {
                new_in.push(access.id());
            }
        }
        let is_told = waits && (is_due || !new_in.is_empty());
        let found = Found { new_in, is_told };
        Ok((is_told || is_due || is_morning).then_some(found))
    })
}

/// The operations that somebody can look into.
fn of_account(tx: &mut Tx, account: &Account) -> Result<Vec<KeptOperation>> {
    if account.is_administrator {
        return Ok(operations::load(tx, None)?);
    }
    let ids = accounts::operations_of(tx, account.id)?;
    Ok(operations::load(tx, Some(&ids))?)
}

/// Whether somebody is to be told of it now who was not yet. What the list tells without a day waits
/// for the morning.
fn is_new(each: &Notification, told: &HashMap<Uuid, Uuid>, is_morning: bool) -> bool {
    !told.contains_key(&each.id) && (is_morning || each.day.is_some())
}

/// Keeps that somebody is told of what waits in an operation; whether any of it is new, which another
/// process may have told them meanwhile.
fn claim(app: &App, account: Uuid, operation: Uuid) -> Result<bool> {
    audit::write(app, Area::Operation(operation), |tx, deeds| {
        note(deeds, account);
        let Some((account, address)) = wanted(tx, account)? else { return Ok(false) };
        let Some(found) = operations::load(tx, Some(&[operation]))?.pop() else {
            return Ok(false);
        };
        let Some(access) = access::of_account(tx, &account, found)? else { return Ok(false) };
        let mut unseen = notifications::unseen(tx, &access)?;
        let (told, is_morning) =
            (notified::told::of(tx, operation, account.id)?, is_morning(app, &address));
        let is_any = unseen.iter().any(|each| is_new(each, &told, is_morning));
        if is_any {
            unseen.retain(|each| told.contains_key(&each.id) || is_new(each, &told, is_morning));
            let told: HashMap<Uuid, Uuid> =
                unseen.iter().map(|each| (each.id, each.thing)).collect();
            notified::told::keep(tx, operation, account.id, &told)?;
        }
        Ok(is_any)
    })
}

/// Who is told what belongs to the installation's log, which nobody in an operation reads.
fn note(deeds: &Deeds, account: Uuid) {
    deeds.in_log(audit::INSTALLATION);
    deeds.changed("account", account);
}

/// Keeps that a digest was seen to and that nothing is owed any more, and says which message somebody
/// is sent where, if they still are.
fn settle(app: &App, account: Uuid, is_new: bool) -> Result<Option<(KeptAddress, Letter)>> {
    audit::write(app, Area::Installation, |tx, deeds| {
        note(deeds, account);
        let Some((_, address)) = wanted(tx, account)? else { return Ok(None) };
        let (is_digest, owed) = (is_digest_due(app, &address), owed(app, &address));
        let letter = match (is_digest, is_new) {
            (true, _) => Some(Letter::Digest),
            (false, true) => Some(Letter::Notice),
            (false, false) => owed,
        };
        if letter.is_none() && !is_morning(app, &address) {
            return Ok(None);
        }
        let address = KeptAddress {
            digest_on: digest_day(app.now()).max(address.digest_on),
            morning_on: morning(app.now()).max(address.morning_on),
            // One that is owed and not yet tried again stays so.
            owed: address.owed.filter(|_| letter.is_none()),
            failures: if is_digest || is_new { 0 } else { address.failures },
            ..address
        };
        kept::save(tx, &address)?;
        Ok(letter.map(|letter| (address, letter)))
    })
}

/// Keeps that a message was not taken, to be tried again, unless it was often enough.
fn try_again(app: &App, account: Uuid, letter: Letter) -> Result<()> {
    audit::write(app, Area::Installation, |tx, deeds| {
        note(deeds, account);
        let Some((_, address)) = wanted(tx, account)? else { return Ok(()) };
        let failures = address.failures + 1;
        let owed = pause_after(failures).map(|pause| (letter, app.now() + pause));
        if owed.is_none() {
            tracing::warn!("a message that was never taken is given up");
        }
        Ok(kept::save(tx, &KeptAddress { owed, failures, ..address })?)
    })
}

//! To which address somebody is told by e-mail that something waits: they set it themself, and it
//! counts once they have shown that they read what is sent there.

use std::time::SystemTime;

use chrono::TimeDelta;
use concord_domain::{
    credential::Deed,
    email::{
        ADDRESS_CHARS_MAX, CODE_MINUTES, CODE_TRIES_MAX, CODES_HOURS, CODES_MAX, Letter, Sends,
        digest_day, morning,
    },
    fault::FaultCode,
    language::Language,
};
use concord_smtp::{self as smtp, Connection, Message, Server};
pub use concord_store::email::KeptAddress;
use concord_store::{Tx, email as kept};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    App, audit,
    auth::{self, Person, in_session},
    error::{Error, Result},
};

mod round;

pub use round::{Done, round};

/// How many bytes a code has, which is more than anybody can try.
const CODE_BYTES: usize = 10;

/// What the tries of somebody are counted under, which is no login.
fn counted_as(account: Uuid) -> String {
    format!("E-MAIL ADDRESS OF {account}")
}

fn server(app: &App) -> Result<&Server> {
    let none = || Error::Conflict("this installation sends no e-mail".to_owned());
    app.smtp.as_deref().ok_or_else(none)
}

/// The caller's address, confirmed or not.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn address(app: &App, person: Person) -> Result<Option<KeptAddress>> {
    audit::read_own(app, person, |tx| {
        let id = in_session(app, tx, person)?.0.account.id;
        Ok(kept::address(tx, id)?)
    })
}

/// Sends a code to an address, and puts it in the place of the caller's former one. Nothing else is
/// sent there, and nothing to the former one, until the code comes back.
///
/// # Errors
/// A fault if it is no address; [`Error::Conflict`] if this installation sends nothing;
/// [`Error::MessageNotSent`], [`Error::TooManyTries`], [`Error::StepUpRequired`],
/// [`Error::Forbidden`] for tools.
pub fn set(app: &App, person: Person, address: &str, sends: Sends) -> Result<()> {
    let account = audit::read_own(app, person, |tx| {
        let (known, _) = in_session(app, tx, person)?;
        known.require(Deed::KeepCredentials)?;
        server(app)?;
        require_room(app, tx, known.account.id)?;
        Ok(known.account.id)
    })?;
    if address.len() > ADDRESS_CHARS_MAX || !smtp::is_address(address) {
        let detail = "this is no e-mail address that is written as `name@domain`, in plain letters";
        return Err(Error::at("address", FaultCode::Malformed, detail));
    }
    app.throttle.begin(&counted_as(account), app.now())?;
    let code = Zeroizing::new(auth::hex(&app.ids.secret()[..CODE_BYTES]));
    send_code(app, (address, person.language), &code)?;
    let address = Zeroizing::new(address.to_owned());
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        let (account, now) = (known.account.id, app.now());
        deeds.by(account);
        deeds.changed("account", account);
        known.require(Deed::KeepCredentials)?;
        kept::delete(tx, account)?;
        let address = KeptAddress {
            account,
            address: address.clone(),
            language: person.language,
            sends,
            confirmed_at: None,
            digest_on: digest_day(now),
            morning_on: morning(now),
            owed: None,
            failures: 0,
        };
        kept::save(tx, &address)?;
        let hash = auth::sha256(code.as_bytes());
        let before = now - TimeDelta::hours(CODES_HOURS);
        Ok(kept::insert_code(tx, account, (&hash, now), before)?)
    })
}

/// Refuses to send more codes, to whatever addresses, than somebody needs.
fn require_room(app: &App, tx: &mut Tx, account: Uuid) -> Result<()> {
    let (now, while_counted) = (app.now(), TimeDelta::hours(CODES_HOURS));
    let sent = kept::codes(tx, account, now - while_counted)?;
    let Some(oldest) = sent.get(CODES_MAX - 1) else { return Ok(()) };
    let left = (oldest.sent_at + while_counted - now).num_seconds();
    Err(Error::TooManyTries(left.max(1).unsigned_abs()))
}

fn send_code(app: &App, (to, language): (&str, Language), code: &str) -> Result<()> {
    let minutes = CODE_MINUTES.to_string();
    let asked = language.filled("email.code", &[("minutes", &*minutes)]);
    let (readable, stranger) = (auth::readable(code), language.text("email.stranger"));
    let text = Zeroizing::new(format!("{asked}\n\n{readable}\n\n{stranger}"));
    let mut connection = connected(server(app)?)?;
    send(app, &mut connection, (to, language), &text)
}

/// A connection to the server.
fn connected(server: &Server) -> Result<Connection<'_>> {
    server.connect().map_err(|error| not_sent(&error))
}

/// Sends a text, under the one subject that all messages have.
fn send(
    app: &App,
    connection: &mut Connection<'_>,
    (to, language): (&str, Language),
    text: &str,
) -> Result<()> {
    let at = SystemTime::from(app.now().and_utc());
    let subject = language.text("email.subject");
    let message = Message { id: app.ids.id(), at, to, subject, text };
    connection.send(&message).map_err(|error| not_sent(&error))
}

fn not_sent(error: &smtp::Error) -> Error {
    tracing::error!(%error, "a message cannot be sent");
    Error::MessageNotSent
}

/// What a message says: that something waits, and where one signs in.
fn text(language: Language, letter: Letter, public_address: &str) -> String {
    let told = language.text(match letter {
        Letter::Notice => "email.notice",
        Letter::Digest => "email.digest",
    });
    let choice = language.text("email.choice");
    format!("{told}\n\n{public_address}\n\n{choice}")
}

/// Confirms the caller's address by the code that was sent there.
///
/// # Errors
/// [`Error::Conflict`] if there is none to be confirmed; a fault if the code is wrong;
/// [`Error::TooManyTries`], [`Error::Forbidden`] for tools.
pub fn confirm(app: &App, person: Person, code: &str) -> Result<()> {
    let account = audit::read_own(app, person, |tx| Ok(in_session(app, tx, person)?.0.account.id))?;
    app.throttle.begin(&counted_as(account), app.now())?;
    let hash = auth::sha256(auth::as_kept(code).as_bytes());
    let is_right = audit::write_own(app, person, |tx, deeds| {
        let account = in_session(app, tx, person)?.0.account.id;
        let now = app.now();
        deeds.by(account);
        let Some(address) = kept::address(tx, account)?.filter(|it| it.confirmed_at.is_none())
        else {
            let detail = "there is no e-mail address to be confirmed; set one first";
            return Err(Error::Conflict(detail.to_owned()));
        };
        let sent = kept::codes(tx, account, now - TimeDelta::minutes(CODE_MINUTES))?;
        let good = sent.iter().find(|sent| sent.wrong_tries < CODE_TRIES_MAX);
        let Some(good) = good else { return Ok(false) };
        if good.hash != hash {
            // That a wrong code was tried is kept, so it is no error in here.
            kept::count_wrong(tx, good)?;
            return Ok(false);
        }
        deeds.changed("account", account);
        let confirmed_at = Some(now);
        let (digest_on, morning_on) = (digest_day(now), morning(now));
        kept::save(tx, &KeptAddress { confirmed_at, digest_on, morning_on, ..address })?;
        Ok(true)
    })?;
    if !is_right {
        let detail = "this is not the code that was sent last, or it was sent more than half an hour \
                      ago, or too many others were tried; set the address again";
        return Err(Error::at("code", FaultCode::WrongCode, detail));
    }
    app.throttle.succeeded(&counted_as(account));
    Ok(())
}

/// Chooses what is sent to the caller's address, and in which language.
///
/// # Errors
/// [`Error::Conflict`] if there is none; [`Error::Forbidden`] for tools.
pub fn choose(app: &App, person: Person, sends: Sends) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let account = in_session(app, tx, person)?.0.account.id;
        deeds.by(account);
        let address = kept::address(tx, account)?.ok_or_else(none)?;
        deeds.changed("account", account);
        if sends != Sends::Each {
            kept::forget_told(tx, account)?;
        }
        let owed = address.owed.filter(|_| sends != Sends::Nothing);
        // What is told in the mornings alone is told on the next one.
        let is_begun = sends == Sends::Each && address.sends != Sends::Each;
        let morning_on = if is_begun { morning(app.now()) } else { address.morning_on };
        let language = person.language;
        Ok(kept::save(tx, &KeptAddress { sends, language, owed, morning_on, ..address })?)
    })
}

/// Forgets the caller's address, at once and without a fresh proof: who is in danger must not be
/// kept waiting.
///
/// # Errors
/// [`Error::Conflict`] if there is none; [`Error::Forbidden`] for tools.
pub fn remove(app: &App, person: Person) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let account = in_session(app, tx, person)?.0.account.id;
        deeds.by(account);
        deeds.changed("account", account);
        if kept::delete(tx, account)? { Ok(()) } else { Err(none()) }
    })
}

fn none() -> Error {
    Error::Conflict("you have no e-mail address here".to_owned())
}

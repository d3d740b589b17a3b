//! To which address one is told that something waits, and what is sent there.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{Error, email};
use concord_domain::{email::Sends, fault::FaultCode, vocabulary::Closed};

use crate::{
    form::{Choice, Field, Form, Kind, Refused},
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

const PATH: &str = "/account/email";
const CONFIRMATION: &str = "/account/email/confirmation";
const CHOICE: &str = "/account/email/choice";
const REMOVAL: &str = "/account/email/removal";

#[derive(Template)]
#[template(path = "email.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// The address, and whether it is confirmed.
    address: Option<(String, bool)>,
    /// Whether this installation sends anything.
    sends_any: bool,
    /// What waits to be done, the first first.
    forms: Vec<(&'static str, Form)>,
}

/// Which of the forms was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Address,
    Code,
    Choice,
}

/// How it stands.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Gives another address, to which a code is sent.
pub fn set(visit: &Visit) -> Result<Reply> {
    let Some(sends) = chosen(visit) else { return refused(visit, Sent::Address, unknown()) };
    let address = visit.field("address").unwrap_or_default();
    match email::set(&visit.app, visit.person()?, address, sends) {
        Ok(()) => Ok(Reply::go_to(PATH)),
        Err(error) => refused(visit, Sent::Address, error),
    }
}

/// Confirms the address.
pub fn confirm(visit: &Visit) -> Result<Reply> {
    let code = visit.field("code").unwrap_or_default();
    match email::confirm(&visit.app, visit.person()?, code) {
        Ok(()) => Ok(Reply::go_to("/account?done=email")),
        Err(error) => refused(visit, Sent::Code, error),
    }
}

/// Chooses what is sent.
pub fn choose(visit: &Visit) -> Result<Reply> {
    let Some(sends) = chosen(visit) else { return refused(visit, Sent::Choice, unknown()) };
    match email::choose(&visit.app, visit.person()?, sends) {
        Ok(()) => Ok(Reply::go_to("/account?done=email")),
        Err(error) => refused(visit, Sent::Choice, error),
    }
}

/// Forgets the address.
pub fn remove(visit: &Visit) -> Result<Reply> {
    email::remove(&visit.app, visit.person()?)?;
    Ok(Reply::go_to("/account?done=email"))
}

fn chosen(visit: &Visit) -> Option<Sends> {
    visit.field("sends").and_then(Sends::from_code)
}

fn unknown() -> Error {
    Error::at("sends", FaultCode::Missing, "what is sent is chosen from the list")
}

fn refused(visit: &Visit, sent: Sent, error: Error) -> Result<Reply> {
    let refused = match error {
        Error::MessageNotSent => {
            let said = visit.words.text("refusal.mail_advice");
            Refused::saying(StatusCode::SERVICE_UNAVAILABLE, said)
        }
        error => Refused::of(visit.words, error)?,
    };
    page(visit, Some((sent, refused)))
}

/// The field with what is sent.
fn sends(visit: &Visit, now: Option<Sends>) -> Field {
    let w = visit.words;
    let chosen = chosen(visit).or(now);
    let choice = |sends: Sends| Choice {
        code: sends.code().to_owned(),
        label: w.text(label(sends)).to_owned(),
        is_chosen: chosen == Some(sends),
    };
    let kind = Kind::One([Sends::Digest, Sends::Each, Sends::Nothing].map(choice).into());
    Field::new(visit, "sends", "email.sends", kind)
}

const fn label(sends: Sends) -> &'static str {
    match sends {
        Sends::Nothing => "email.nothing",
        Sends::Digest => "email.digest",
        Sends::Each => "email.each",
    }
}

fn page(visit: &Visit, wrong: Option<(Sent, Refused)>) -> Result<Reply> {
    let w = visit.words;
    let kept = email::address(&visit.app, visit.person()?)?;
    let is_confirmed = kept.as_ref().is_some_and(|it| it.confirmed_at.is_some());
    let (sent, refused) = wrong.map_or((None, None), |(sent, it)| (Some(sent), Some(it)));
    let (status, seconds) = refused
        .as_ref()
        .map_or((StatusCode::OK, None), |refused| (refused.status, refused.seconds));
    let mut refused = refused;
    let mut of = |which: Sent| if sent == Some(which) { refused.take() } else { None };
    let mut forms = Vec::new();
    if kept.is_some() && !is_confirmed {
        let code = Field::new(visit, "code", "sign_in.code", Kind::Code(40));
        let form = Form::new(visit, CONFIRMATION, "email.do_confirm").with(code);
        forms.push((w.text("email.confirm"), form.refused(w, of(Sent::Code))));
    }
    if let Some(kept) = kept.as_ref().filter(|_| is_confirmed) {
        let form = Form::new(visit, CHOICE, "email.do_choose").with(sends(visit, Some(kept.sends)));
        forms.push((w.text("email.choose"), form.refused(w, of(Sent::Choice))));
    }
    if kept.is_none() && visit.app.smtp.is_some() {
        let address = Field::new(visit, "address", "email.address", Kind::EmailAddress)
            .about(w.text("email.address_about"));
        let form = Form::new(visit, PATH, "email.do_set").with(address);
        let form = form.with(sends(visit, Some(Sends::Digest)));
        forms.push((w.text("email.set"), form.refused(w, of(Sent::Address))));
    }
    if kept.is_some() {
        forms.push((w.text("email.removal"), Form::new(visit, REMOVAL, "email.do_remove")));
    }
    let page = Page {
        w,
        frame: Frame { here: PATH.to_owned(), ..Frame::outside(visit) },
        address: kept.map(|kept| (kept.address.to_string(), is_confirmed)),
        sends_any: visit.app.smtp.is_some(),
        forms,
    };
    Ok(Reply::with_status(status, &page)?.after(seconds))
}

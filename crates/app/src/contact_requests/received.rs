//! Requests to be put in touch as those see them who are asked, and their answers.

use chrono::NaiveDate;
use concord_domain::{
    contact_request::{self, Answer},
    guard::Noted,
    id::OrganizationId,
    policy::Action,
    vocabulary::FlagClass,
};
use concord_reports::{Named, disclosed::DisclosedSummary};
use concord_store::{
    Tx,
    contact_requests::{self as kept, About, Answered, Filter, Received, Request, Words},
};
use uuid::Uuid;

use super::{is_open, position, position_of, said, shown, untold_of};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
    guard::{self, Confirmation},
    once::{Sent, once},
};

/// A request as those who were asked see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// Their side of it.
    pub side: Received,
    /// What has come of it.
    pub state: contact_request::Received,
    /// Who asks.
    pub organization: Named,
    /// The class of the flags in which both are.
    pub class: FlagClass,
    /// The entries of those who ask, in outline while the request is open, unless they may not be
    /// told of now.
    pub about: Vec<(Uuid, Option<DisclosedSummary>)>,
    /// Why they ask.
    pub reason: Option<String>,
    /// The names of their focal points, once both have said yes.
    pub people: Vec<String>,
    /// How they say that they can be reached, once both have said yes.
    pub contact: Option<String>,
    /// The UTC day with whose start it closes.
    pub closes_on: NaiveDate,
    /// Who answered, by name.
    pub answered_by: Option<String>,
}

/// What somebody answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Yes or no.
    pub answer: Answer,
    /// What is written: why, which stays here, and how to reach them.
    pub words: Words,
    /// What was found in the reason that is never stored.
    pub noted: Vec<Noted>,
    /// Whether the reason is confirmed to hold none of it.
    pub confirmation: Confirmation,
}

/// The organisation for which the caller answers, if one has to be named.
fn answering(access: &Access) -> Option<OrganizationId> {
    access.scope.organizations.first().copied()
}

/// The requests that were put to those for whom the caller acts, the latest first.
///
/// # Errors
/// [`Error::Forbidden`] for who acts neither for an organisation nor for the desk; when the cursor or
/// the limit is wrong.
pub fn list(
    app: &App,
    person: Person,
    operation: &str,
    page: &Page,
) -> Result<Items<ReceivedRequest>> {
    access::read(app, person, operation, |tx, access| {
        access.permit(Action::AnswerForContact, answering(access))?;
        access.assure(Action::ReadEntries)?;
        let list = format!("{} received contact requests", access.id());
        let of = ListOf { account: access.account, list };
        let limit = page.size()?;
        let before = page.position(app, &of)?.as_deref().and_then(position_of);
        let filter = Filter { before, ..Filter::default() };
        let found = kept::received(tx, access.id(), &access.scope, filter, limit + 1)?;
        let at = |(side, _): &(Received, Request)| position(side.asked_at, side.id);
        let Items { items, next } = cursor::page(app, &of, found, limit, at);
        Ok(Items { items: shown::received(tx, access, items)?, next })
    })
}

/// A request that was put to those for whom the caller acts.
///
/// # Errors
/// [`Error::NotFound`], whether it is another's or missing.
pub fn get(app: &App, person: Person, operation: &str, id: Uuid) -> Result<ReceivedRequest> {
    access::read(app, person, operation, |tx, access| {
        access.permit(Action::AnswerForContact, answering(access))?;
        access.assure(Action::ReadEntries)?;
        let found = find(tx, access, id)?;
        one(tx, access, found)
    })
}

fn find(tx: &mut Tx, access: &Access, id: Uuid) -> Result<(Received, Request)> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    kept::received(tx, access.id(), &access.scope, filter, 1)?.pop().ok_or(Error::NotFound)
}

fn one(tx: &mut Tx, access: &Access, found: (Received, Request)) -> Result<ReceivedRequest> {
    shown::received(tx, access, vec![found])?.pop().ok_or(Error::NotFound)
}

/// Answers a request. A yes stands; a no can become a yes until the request closes.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when it has closed or was answered with yes, or when it
/// may not be told whose the own entry is.
pub fn answer(
    app: &App,
    person: Person,
    operation: &str,
    id: Uuid,
    (reply, sent): (&Reply, Sent<'_>),
) -> Result<ReceivedRequest> {
    access::write(app, person, operation, |tx, access| {
        access.permit(Action::AnswerForContact, answering(access))?;
        let (side, request) = find(tx, access, id)?;
        access.require(Action::AnswerForContact, side.organization)?;
        once(app, tx, access, (&format!("{id} answer"), sent), |tx| {
            keep(app, tx, access, (&side, &request), reply)?;
            access.deeds.changed("received_contact_request", id);
            Ok(id)
        })?;
        let found = find(tx, access, id)?;
        one(tx, access, found)
    })
}

fn keep(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (side, request): (&Received, &Request),
    reply: &Reply,
) -> Result<()> {
    if side.answered.as_ref().is_some_and(|it| it.answer == Answer::Yes) {
        let detail = "this was answered with yes, and contact is arranged";
        return Err(Error::Conflict(detail.to_owned()));
    }
    if !is_open(request.closes_on, app.today()) {
        let detail = format!("this request closed on {}, and arranges nothing", request.closes_on);
        return Err(Error::Conflict(detail));
    }
    // Who asked about a flag that they read knew whose the entries are.
    if reply.answer == Answer::Yes
        && matches!(request.about, About::Line(_))
        && side.organization.is_some()
        && let Some(why) = untold_of(tx, access, &side.entries)?
    {
        return Err(Error::Conflict(said(why).to_owned()));
    }
    if reply.answer == Answer::Yes && untold_of(tx, access, &request.entries)?.is_some() {
        let detail = "this request is about nothing any more that may be told of; answer no, or let \
                      it close";
        return Err(Error::Conflict(detail.to_owned()));
    }
    let faults = guard::judged(access, reply.noted.clone(), (&[], reply.confirmation));
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let answered = Answered {
        answer: reply.answer,
        at: app.now(),
        account: access.account,
        words: reply.words.clone(),
    };
    Ok(kept::answer(tx, access.id(), (side.id, side.organization), &answered)?)
}

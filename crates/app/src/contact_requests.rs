//! Asking to be put in touch with whoever else is in a flag.
//!
//! What those who ask learn before both sides have said yes depends on when they asked and on
//! nothing else: what was answered is looked at in one place, [`as_asked`](concord_domain::contact_request::as_asked), and nothing is written to
//! their side when somebody answers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, NaiveTime};
use concord_domain::{
    contact_request::{Asked, Consent, Untold, closes_on, is_open, untold},
    fault::FaultCode,
    guard::Noted,
    id::{EngagementId, OrganizationId},
    policy::Action,
    vocabulary::FlagClass,
};
use concord_reports::Named;
use concord_store::{
    Tx,
    contact_requests::{self as kept, Filter, Received, Request},
    engagements, entries, flags as kept_flags,
};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
    flags,
    guard::{self, Confirmation},
    once::{Sent, once},
    resources::consent,
};

mod reading;
pub mod received;
mod shown;
pub(crate) mod waiting;

pub use concord_store::contact_requests::{About, Words};
pub use received::ReceivedRequest;
pub use shown::ReachedSide;

/// The most requests that an organisation makes in a UTC day.
pub const REQUESTS_A_DAY_MAX: i64 = 10;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// About what.
    pub about: About,
    /// What is written to the other side.
    pub words: Words,
    /// What was found in the reason that is never stored.
    pub noted: Vec<Noted>,
    /// Whether the reason is confirmed to hold none of it.
    pub confirmation: Confirmation,
}

/// A request as those who asked see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedRequest {
    /// The request.
    pub request: Request,
    /// The organisation that asks.
    pub organization: Named,
    /// Who of them asked, by name.
    pub asked_by: Option<String>,
    /// What has come of it.
    pub state: Asked,
    /// Those with whom contact was arranged.
    pub with: Vec<ReachedSide>,
}

/// Asks to be put in touch. Whoever asks says yes by asking, and those who are asked see who it is.
///
/// # Errors
/// [`Error::Forbidden`] for who acts for no organisation; when there is no such line or flag, when a
/// request about it is open, or when it may not be told whose the own entry is;
/// [`Error::TooManyTries`] when the organisation has asked often today.
pub fn ask(
    app: &App,
    person: Person,
    operation: &str,
    (wish, sent): (&Wish, Sent<'_>),
) -> Result<AskedRequest> {
    access::write(app, person, operation, |tx, access| {
        access.require(Action::AskForContact, access.scope.organizations.first().copied())?;
        let id = once(app, tx, access, ("contact request", sent), |tx| {
            let id = make(app, tx, access, wish)?;
            access.deeds.changed("contact_request", id);
            Ok(id)
        })?;
        one(tx, access, id)
    })
}

/// The two sides of what is asked about.
struct Sides {
    class: FlagClass,
    own: BTreeSet<Uuid>,
    others: BTreeSet<Uuid>,
}

fn make(app: &App, tx: &mut Tx, access: &Access, wish: &Wish) -> Result<Uuid> {
    let open = kept::open(tx, access.id(), &access.scope.organizations, app.today())?;
    if open.iter().any(|request| request.about == Some(wish.about)) {
        let detail = "you have asked about it already, and that request is open";
        return Err(Error::Conflict(detail.to_owned()));
    }
    let sides = sides(tx, access, wish.about)?;
    let all: Vec<Uuid> = sides.own.union(&sides.others).copied().collect();
    let owners = entries::disclosures(tx, access.id(), &all)?;
    let owners: BTreeMap<Uuid, Option<OrganizationId>> =
        owners.into_iter().map(|(entry, owner, _)| (entry, owner)).collect();
    let owner = |entry: &Uuid| owners.get(entry).copied().flatten();
    let Some(organization) = sides.own.iter().find_map(owner) else { return Err(Error::NotFound) };
    access.require(Action::AskForContact, Some(organization))?;
    let mut own: Vec<Uuid> =
        sides.own.into_iter().filter(|entry| owner(entry) == Some(organization)).collect();
    if let Some(why) = untold_of(tx, access, &own)? {
        return Err(Error::at(member(wish.about), FaultCode::Inconsistent, said(why)));
    }
    let untold = untold_each(tx, access, &own)?;
    own.retain(|entry| untold.get(entry).is_some_and(Option::is_none));
    let faults = guard::judged(access, wish.noted.clone(), (&[], wish.confirmation));
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    keep_to_limit(app, tx, access, organization)?;
    let request = Request {
        id: app.ids.id(),
        organization,
        account: access.account,
        about: wish.about,
        class: sides.class,
        asked_at: app.now(),
        closes_on: closes_on(app.today()),
        words: wish.words.clone(),
        entries: own,
    };
    let mut asked: BTreeMap<Option<OrganizationId>, Vec<Uuid>> = BTreeMap::new();
    for entry in sides.others {
        asked.entry(owner(&entry)).or_default().push(entry);
    }
    asked.remove(&Some(organization));
    // A line that only stands for a while yet is asked about like any other: nobody answers.
    if asked.is_empty() && matches!(wish.about, About::Flag(_)) {
        let detail = "nobody but you is in this flag";
        return Err(Error::at(member(wish.about), FaultCode::Inconsistent, detail));
    }
    let received = asked.into_iter().map(|(organization, entries)| Received {
        id: app.ids.id(),
        request: request.id,
        organization,
        asked_at: request.asked_at,
        answered: None,
        entries,
    });
    kept::insert(tx, access.id(), &request, &received.collect::<Vec<_>>())?;
    Ok(request.id)
}

const fn member(about: About) -> &'static str {
    match about {
        About::Line(_) => "restricted",
        About::Flag(_) => "flag",
    }
}

fn sides(tx: &mut Tx, access: &Access, about: About) -> Result<Sides> {
    let unknown = |detail: &str| Error::at(member(about), FaultCode::UnknownReference, detail);
    match about {
        About::Line(id) => {
            let flags::Behind { class, entry, hidden, is_frozen } = flags::behind(tx, access, id)?
                .ok_or_else(|| unknown("none of your restricted lines has this id"))?;
            if is_frozen {
                let detail = "this line stands as it was before the entry was changed beyond a \
                              budget; ask once it tells what there is now, on a later day";
                return Err(Error::at(member(about), FaultCode::Inconsistent, detail));
            }
            Ok(Sides { class, own: BTreeSet::from([entry]), others: hidden })
        }
        About::Flag(id) => {
            let flag = match flags::readable(tx, access, id) {
                Err(Error::NotFound) => return Err(unknown("there is no such flag")),
                found => found?,
            };
            let entries = kept_flags::entries_of(tx, access.id(), &[id])?.remove(&id);
            let entries = entries.unwrap_or_default();
            let owned = entries::disclosures(tx, access.id(), &entries)?;
            let is_own = |owner: Option<OrganizationId>| {
                owner.is_some_and(|owner| access.scope.organizations.contains(&owner))
            };
            let (own, others): (Vec<_>, Vec<_>) =
                owned.into_iter().partition(|(_, owner, _)| is_own(*owner));
            if own.is_empty() {
                return Err(unknown("no entry of yours is in this flag"));
            }
            let ids = |all: Vec<(Uuid, _, _)>| all.into_iter().map(|(id, ..)| id).collect();
            Ok(Sides { class: flag.class, own: ids(own), others: ids(others) })
        }
    }
}

/// Why it may not be told whose these entries are, if so for all of them.
fn untold_of(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<Option<Untold>> {
    let each = untold_each(tx, access, ids)?;
    let is_told = each.values().any(Option::is_none);
    let why = each.into_values().flatten().last().unwrap_or(Untold::DisclosesNothing);
    Ok((!is_told).then_some(why))
}

/// Of each of these entries that are there why it may not be told whose it is, if so.
fn untold_each(
    tx: &mut Tx,
    access: &Access,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Option<Untold>>> {
    let lines: Vec<EngagementId> = ids.iter().copied().map(EngagementId).collect();
    let mut consents = BTreeMap::new();
    for line in engagements::load_for_rules(tx, access.id(), &lines)? {
        consents.insert(line.identity.id.0, consent(tx, access, &line)?);
    }
    let disclosures = entries::disclosures(tx, access.id(), ids)?.into_iter();
    let each = disclosures.map(|(id, _, disclosure)| {
        let consent = consents.get(&id).copied().unwrap_or(Consent::NotNeeded);
        (id, untold(disclosure, consent))
    });
    Ok(each.collect())
}

const fn said(why: Untold) -> &'static str {
    match why {
        Untold::DisclosesNothing => {
            "your entry discloses nothing, and this would tell whose it is; let it disclose a match \
             first"
        }
        Untold::NeedsConsent => {
            "this would tell whose your entry is, for which it needs the consent of those who carry \
             the risk, and there is none now; record it first"
        }
    }
}

fn keep_to_limit(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    organization: OrganizationId,
) -> Result<()> {
    let midnight = app.today().and_time(NaiveTime::MIN);
    let made = kept::count_since(tx, access.id(), organization, midnight)?;
    if made < REQUESTS_A_DAY_MAX {
        return Ok(());
    }
    let passed = (app.now() - midnight).num_seconds().clamp(0, 86_399);
    Err(Error::TooManyTries(86_400 - passed.unsigned_abs()))
}

/// The requests of those for whom the caller acts, the latest first.
///
/// # Errors
/// [`Error::Forbidden`] for who acts for no organisation; when the cursor or the limit is wrong.
pub fn list(
    app: &App,
    person: Person,
    operation: &str,
    page: &Page,
) -> Result<Items<AskedRequest>> {
    access::read(app, person, operation, |tx, access| {
        access.permit(Action::AskForContact, access.scope.organizations.first().copied())?;
        access.assure(Action::ReadEntries)?;
        let list = format!("{} contact requests", access.id());
        let of = ListOf { account: access.account, list };
        let limit = page.size()?;
        let before = page.position(app, &of)?.as_deref().and_then(position_of);
        let filter = Filter { before, ..Filter::default() };
        let organizations = &access.scope.organizations;
        let found = kept::asked(tx, access.id(), organizations, filter, limit + 1)?;
        let at = |request: &Request| position(request.asked_at, request.id);
        let Items { items, next } = cursor::page(app, &of, found, limit, at);
        Ok(Items { items: shown::asked(tx, access, items)?, next })
    })
}

/// Where a list goes on after a request.
fn position(at: NaiveDateTime, id: Uuid) -> String {
    format!("{} {id}", at.and_utc().timestamp_micros())
}

fn position_of(text: &str) -> Option<(NaiveDateTime, Uuid)> {
    let (at, id) = text.split_once(' ')?;
    let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
    Some((at.naive_utc(), Uuid::parse_str(id).ok()?))
}

/// A request of those for whom the caller acts.
///
/// # Errors
/// [`Error::NotFound`], whether it is another's or missing.
pub fn get(app: &App, person: Person, operation: &str, id: Uuid) -> Result<AskedRequest> {
    access::read(app, person, operation, |tx, access| {
        access.permit(Action::AskForContact, access.scope.organizations.first().copied())?;
        access.assure(Action::ReadEntries)?;
        one(tx, access, id)
    })
}

fn one(tx: &mut Tx, access: &Access, id: Uuid) -> Result<AskedRequest> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    let found = kept::asked(tx, access.id(), &access.scope.organizations, filter, 1)?;
    shown::asked(tx, access, found)?.pop().ok_or(Error::NotFound)
}

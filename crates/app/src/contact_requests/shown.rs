//! What each side is shown of a request.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use concord_domain::{
    contact_request::{Answer, as_asked, as_received, is_open},
    id::OrganizationId,
    vocabulary::Role,
};
use concord_reports::{Named, disclosed::DisclosedSummary};
use concord_store::{
    Tx, accounts,
    contact_requests::{self as kept, Received, Request},
};
use uuid::Uuid;

use super::{AskedRequest, ReceivedRequest, untold_each};
use crate::{
    access::Access,
    disclosed::{Shown, add_outline, outlines},
    error::Result,
    names::Wanted,
};

/// Somebody with whom contact was arranged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedSide {
    /// The organisation; none is the desk.
    pub organization: Option<Named>,
    /// The names of its focal points, or of the people of the desk.
    pub people: Vec<String>,
    /// How they say that they can be reached.
    pub contact: Option<String>,
    /// When they said yes, in UTC.
    pub at: NaiveDateTime,
}

/// Requests as those who asked see them.
pub(super) fn asked(
    tx: &mut Tx,
    access: &Access,
    requests: Vec<Request>,
) -> Result<Vec<AskedRequest>> {
    let today = access.operation.evaluated_on;
    let ids: Vec<Uuid> = requests.iter().map(|each| each.id).collect();
    let mut sides: HashMap<Uuid, Vec<Received>> = HashMap::new();
    for side in kept::sides(tx, access.id(), &ids)? {
        sides.entry(side.request).or_default().push(side);
    }
    let mut wanted = Wanted::default();
    wanted.organizations.extend(requests.iter().map(|each| each.organization.0));
    let said_yes = sides.values().flatten().filter(|side| reached(side).is_some());
    wanted.organizations.extend(said_yes.filter_map(|side| side.organization).map(Uuid::from));
    let names = names(tx, requests.iter().map(|each| each.account))?;
    let shown = Shown::load(tx, access, &wanted)?;
    let desk = desk(tx, access)?;
    let show = |request: Request| {
        let sides = sides.remove(&request.id).unwrap_or_default();
        let answers = sides.iter().map(|side| side.answered.as_ref().map(|it| it.answer));
        let state = as_asked(answers, request.closes_on, today);
        let side = |side: &Received| {
            let (at, contact) = reached(side)?;
            Some(ReachedSide {
                organization: side.organization.map(|id| shown.organization(id)),
                people: side.organization.map_or_else(|| desk.clone(), |id| shown.people(id)),
                contact: contact.map(str::to_owned),
                at,
            })
        };
        let mut with: Vec<ReachedSide> = sides.iter().filter_map(side).collect();
        with.sort_by(|a, b| a.organization.cmp(&b.organization));
        AskedRequest {
            organization: shown.organization(request.organization),
            asked_by: names.get(&request.account).cloned(),
            state,
            with,
            request,
        }
    };
    Ok(requests.into_iter().map(show).collect())
}

/// When a side said yes and how it can be reached, if it did.
fn reached(side: &Received) -> Option<(NaiveDateTime, Option<&str>)> {
    let answered = side.answered.as_ref().filter(|it| it.answer == Answer::Yes)?;
    Some((answered.at, answered.words.contact.as_deref()))
}

/// The names of these people.
fn names(tx: &mut Tx, accounts: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>> {
    let ids: BTreeSet<Uuid> = accounts.collect();
    let found = accounts::load(tx, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|account| (account.id, account.name)).collect())
}

/// The names of the people of the desk.
fn desk(tx: &mut Tx, access: &Access) -> Result<Vec<String>> {
    let all = accounts::all_memberships(tx, access.id())?.into_iter();
    let ids = all.filter(|each| each.role == Role::Desk).map(|each| each.account);
    let mut names: Vec<String> = names(tx, ids)?.into_values().collect();
    names.sort();
    Ok(names)
}

/// Of these entries of those who ask the ones that are told of in outline: those that may be told of
/// now, as long as a request about them is open. What was told once is no lasting view of an entry.
fn told(tx: &mut Tx, access: &Access, found: &[(Received, Request)]) -> Result<Vec<Uuid>> {
    let today = access.operation.evaluated_on;
    let open = found.iter().filter(|(_, request)| is_open(request.closes_on, today));
    let entries: BTreeSet<Uuid> =
        open.flat_map(|(_, request)| request.entries.iter().copied()).collect();
    let each = untold_each(tx, access, &entries.into_iter().collect::<Vec<_>>())?;
    Ok(each.into_iter().filter(|(_, why)| why.is_none()).map(|(entry, _)| entry).collect())
}

/// Requests as those who were asked see them: the entries of those who ask in outline, as far as they
/// are told of, and how to reach them once both have said yes.
pub(super) fn received(
    tx: &mut Tx,
    access: &Access,
    found: Vec<(Received, Request)>,
) -> Result<Vec<ReceivedRequest>> {
    let today = access.operation.evaluated_on;
    let theirs = found.iter().flat_map(|(_, request)| request.entries.iter().copied());
    access.deeds.shows_who_asks(theirs.collect::<BTreeSet<_>>());
    let told = told(tx, access, &found)?;
    let outlined = outlines(tx, access.id(), &told)?;
    let mut wanted = Wanted::default();
    outlined.values().for_each(|each| add_outline(&mut wanted, each));
    wanted.organizations.extend(found.iter().map(|(_, request)| request.organization.0));
    let answerers = found.iter().filter_map(|(side, _)| side.answered.as_ref());
    let names = names(tx, answerers.map(|answered| answered.account))?;
    let shown = Shown::load(tx, access, &wanted)?;
    let show = |(side, request): (Received, Request)| {
        let both = reached(&side).is_some();
        let people = |id: OrganizationId| if both { shown.people(id) } else { Vec::new() };
        let summary = |entry: &Uuid| {
            let outline = outlined.get(entry).filter(|_| is_open(request.closes_on, today));
            let summary = outline.map(|outline| DisclosedSummary {
                focal_points: people(request.organization),
                ..shown.summary(outline)
            });
            (*entry, summary)
        };
        ReceivedRequest {
            state: as_received(
                side.answered.as_ref().map(|it| it.answer),
                request.closes_on,
                today,
            ),
            organization: shown.organization(request.organization),
            about: request.entries.iter().map(summary).collect(),
            class: request.class,
            reason: request.words.reason.clone(),
            people: people(request.organization),
            contact: request.words.contact.filter(|_| both),
            closes_on: request.closes_on,
            answered_by: side.answered.as_ref().and_then(|it| names.get(&it.account).cloned()),
            side,
        }
    };
    Ok(found.into_iter().map(show).collect())
}

//! What waits for somebody, found when they ask for it from what they may see now, by those who show
//! it to them: so whatever they may not see cannot make a difference. All that is kept is what they
//! have seen of it.

use std::collections::{HashMap, HashSet};

use concord_domain::{
    contact_request::Asked,
    credential::Deed,
    document::STALE_DAYS,
    id::OrganizationId,
    notification::{COMMITMENT_DUE_DAYS, Notification, NotificationKind as Kind, Place},
    policy::Action,
    vocabulary::Closed,
    window::{earlier, later},
};
use concord_store::{Tx, engagements, flags as kept_flags, notifications as kept};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    contact_requests::waiting::{self, Come},
    cursor::{self, Items, ListOf, Page},
    desk_changes,
    error::Result,
    flags,
};

/// The most of one kind that are told at once.
pub const OF_A_KIND_MAX: i64 = 1_000;
/// The most that somebody says at once to have seen.
pub const SEEN_MAX: usize = 200;

/// What waits for the caller and was not seen, by kind, the latest day first.
///
/// # Errors
/// When the cursor or the limit is wrong.
pub fn list(
    app: &App,
    person: Person,
    operation: &str,
    page: &Page,
) -> Result<Items<Notification>> {
    access::read(app, person, operation, |tx, access| {
        let mut waiting = unseen(tx, access)?;
        let list = format!("{} notifications", access.id());
        let of = ListOf { account: access.account, list };
        let limit = page.size()?;
        let after = page.position(app, &of)?.as_deref().and_then(Place::parse);
        waiting.retain(|each| after.is_none_or(|after| each.place() > after));
        Ok(cursor::page(app, &of, waiting, limit, |each| each.place().to_string()))
    })
}

/// All of some kinds that waits for the caller and was not seen, at once.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for whom who sees nothing of the operation.
pub fn of_kinds(
    app: &App,
    person: Person,
    operation: &str,
    kinds: &[Kind],
) -> Result<Vec<Notification>> {
    access::read(app, person, operation, |tx, access| unseen_of(tx, access, kinds))
}

/// Notes that the caller has seen some of what waits for them. Ids of what does not wait are passed
/// over, whether it never did or does no longer.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for tools.
pub fn read(app: &App, person: Person, operation: &str, ids: &HashSet<Uuid>) -> Result<()> {
    access::write(app, person, operation, |tx, access| {
        access.permit(Action::ReadReference, None)?;
        access.assure(Deed::SeeNotifications)?;
        access.tell();
        let before = kept::seen::of(tx, access.id(), access.account)?;
        let standing = standing(tx, access, Kind::ALL)?.into_iter();
        let seen: HashMap<Uuid, Uuid> = standing
            .filter(|each| ids.contains(&each.id) || before.contains_key(&each.id))
            .map(|each| (each.id, each.thing))
            .collect();
        Ok(kept::seen::keep(tx, access.id(), access.account, &seen)?)
    })
}

/// What waits for somebody and was not seen, by kind, the latest day first. Whatever tells somebody
/// that something waits asks here, so that no way of telling says more than another.
pub(crate) fn unseen(tx: &mut Tx, access: &Access) -> Result<Vec<Notification>> {
    unseen_of(tx, access, Kind::ALL)
}

fn unseen_of(tx: &mut Tx, access: &Access, kinds: &[Kind]) -> Result<Vec<Notification>> {
    access.require(Action::ReadReference, None)?;
    let seen = kept::seen::of(tx, access.id(), access.account)?;
    let mut waiting = standing(tx, access, kinds)?;
    waiting.retain(|each| !seen.contains_key(&each.id));
    Ok(waiting)
}

/// All of some kinds that waits for the caller, seen or not: of each kind what they may open now.
fn standing(tx: &mut Tx, access: &Access, kinds: &[Kind]) -> Result<Vec<Notification>> {
    let own = access.scope.organizations.first().copied();
    let is_asked = |kind| kinds.contains(&kind);
    let mut all = Vec::new();
    if may(access, (Action::ReadEntries, None), Action::ReadEntries) {
        of_flags(tx, access, kinds, &mut all)?;
        of_entries(tx, access, kinds, &mut all)?;
    }
    if is_asked(Kind::ContactRequested)
        && may(access, (Action::AnswerForContact, own), Action::ReadEntries)
    {
        let received = waiting::received(tx, access, OF_A_KIND_MAX)?.into_iter();
        all.extend(
            received.map(|(id, day)| Notification::new(Kind::ContactRequested, id, Some(day), "")),
        );
    }
    if may(access, (Action::AskForContact, own), Action::ReadEntries) {
        let asked = waiting::asked(tx, access, OF_A_KIND_MAX)?;
        all.extend(asked.iter().filter_map(come).filter(|each| is_asked(each.kind)));
    }
    if is_asked(Kind::DeskQueue) && may(access, (Action::ReadQueue, None), Action::ReadQueue) {
        let queue = kept_flags::queue(tx, access.id(), None, OF_A_KIND_MAX)?.into_iter();
        // The queue tells no day of a flag.
        all.extend(queue.map(|flag| {
            Notification::new(Kind::DeskQueue, flag.id, None, flag.standing.severity.code())
        }));
    }
    if is_asked(Kind::DeskChange) && may(access, (Action::KeepDesk, None), Deed::ListPeople) {
        let changes = desk_changes::to_be_confirmed(tx, access)?.into_iter();
        all.extend(
            changes.map(|(id, at)| Notification::new(Kind::DeskChange, id, Some(at.date()), "")),
        );
    }
    all.sort_by_key(Notification::place);
    Ok(all)
}

/// Whether the caller may do it and it is sure enough that it is them, as where a thing is opened.
fn may(
    access: &Access,
    (action, of): (Action, Option<OrganizationId>),
    deed: impl Into<Deed>,
) -> bool {
    access.permit(action, of).is_ok() && access.assure(deed).is_ok()
}

fn of_flags(
    tx: &mut Tx,
    access: &Access,
    kinds: &[Kind],
    all: &mut Vec<Notification>,
) -> Result<()> {
    if kinds.contains(&Kind::FlagRaised) {
        let raised = kept_flags::waiting(tx, access.id(), &access.scope, OF_A_KIND_MAX)?;
        all.extend(raised.into_iter().map(|(id, since)| {
            let moment = since.and_utc().timestamp_micros().to_string();
            Notification::new(Kind::FlagRaised, id, Some(since.date()), &moment)
        }));
    }
    if kinds.contains(&Kind::RestrictedLine) {
        // The day of a line would be that on which others logged what is behind it.
        let lines = flags::standing_lines(tx, access)?.into_iter();
        all.extend(lines.map(|(line, entry)| {
            Notification::new(Kind::RestrictedLine, entry, None, &line.to_string())
        }));
    }
    Ok(())
}

fn of_entries(
    tx: &mut Tx,
    access: &Access,
    kinds: &[Kind],
    all: &mut Vec<Notification>,
) -> Result<()> {
    let (operation, scope) = (access.id(), &access.scope);
    let today = access.operation.evaluated_on;
    if kinds.contains(&Kind::EntryStale) {
        let since = earlier(today, STALE_DAYS);
        let stale = engagements::untouched(tx, operation, &scope.organizations, since)?;
        for document in engagements::load_for_rules(tx, operation, &stale)? {
            let (id, touched) = (document.identity.id.0, document.touched_on());
            let day = later(touched, STALE_DAYS);
            all.push(Notification::new(Kind::EntryStale, id, Some(day), &touched.to_string()));
        }
    }
    if kinds.contains(&Kind::CommitmentDue) {
        let soon = (today, later(today, COMMITMENT_DUE_DAYS));
        for (id, day) in engagements::ending(tx, operation, scope, soon, OF_A_KIND_MAX)? {
            let until = day.map(|day| day.to_string()).unwrap_or_default();
            all.push(Notification::new(Kind::CommitmentDue, id, day, &until));
        }
    }
    Ok(())
}

/// What has come of a request; nothing, as long as who asked is to know of nothing.
fn come(come: &Come) -> Option<Notification> {
    let (kind, since) = match come.state {
        Asked::Waiting => return None,
        Asked::Arranged => (Kind::ContactArranged, come.with.to_string()),
        Asked::NotArranged => (Kind::ContactClosed, String::new()),
    };
    Some(Notification::new(kind, come.request, Some(come.day), &since))
}

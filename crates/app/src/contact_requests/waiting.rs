//! Which requests wait for somebody to look at them. What those learn who asked is found as where
//! they read it, and no sooner.

use concord_domain::{
    contact_request::{Asked, OPEN_DAYS},
    notification::CLOSED_TOLD_DAYS,
    window::{Day, earlier},
};
use concord_store::{
    Tx,
    contact_requests::{self as kept, Filter, Received, Request},
};
use uuid::Uuid;

use super::{is_open, shown};
use crate::{access::Access, error::Result};

/// Those that were put to those for whom the caller acts, are open and have no answer, each with the
/// day on which it was asked.
pub(crate) fn received(tx: &mut Tx, access: &Access, limit: i64) -> Result<Vec<(Uuid, Day)>> {
    let today = access.operation.evaluated_on;
    let found = kept::received(tx, access.id(), &access.scope, Filter::default(), limit)?;
    let waits = |(side, request): &(Received, Request)| {
        side.answered.is_none() && is_open(request.closes_on, today)
    };
    let waiting = found.into_iter().filter(waits);
    Ok(waiting.map(|(side, _)| (side.id, side.asked_at.date())).collect())
}

/// Something has come of a request.
pub(crate) struct Come {
    /// Of which request.
    pub request: Uuid,
    /// What.
    pub state: Asked,
    /// On which day.
    pub day: Day,
    /// With how many contact is arranged.
    pub with: usize,
}

/// Those of the caller's own that were answered with yes, or have closed, lately.
pub(crate) fn asked(tx: &mut Tx, access: &Access, limit: i64) -> Result<Vec<Come>> {
    let organizations = &access.scope.organizations;
    let mut found = kept::asked(tx, access.id(), organizations, Filter::default(), limit)?;
    let told_for = CLOSED_TOLD_DAYS.saturating_add(u32::try_from(OPEN_DAYS).unwrap_or_default());
    let since = earlier(access.operation.evaluated_on, told_for);
    found.retain(|request| request.asked_at.date() > since);
    let come = shown::asked(tx, access, found)?.into_iter().filter_map(|asked| {
        let day = match asked.state {
            Asked::Waiting => return None,
            Asked::Arranged => asked.with.iter().map(|side| side.at.date()).max()?,
            Asked::NotArranged => asked.request.closes_on,
        };
        Some(Come { request: asked.request.id, state: asked.state, day, with: asked.with.len() })
    });
    Ok(come.collect())
}

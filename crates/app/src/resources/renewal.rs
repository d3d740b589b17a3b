//! Entries that went stale: whoever keeps them says that they still stand, or what has changed.

use concord_domain::{
    document::{Engagement, STALE_DAYS},
    id::EngagementId,
    policy::Action,
    window::earlier,
};
use concord_store::engagements;
use uuid::Uuid;

use super::{Resource, Shown, all_shown, expect, load_one, put, show, shown};
use crate::{App, access, auth::Person, error::Result};

/// The live engagements of the caller's organisations that nobody touched for [`STALE_DAYS`], the
/// longest first.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for whom who reads no entries.
pub fn stale(app: &App, person: Person, operation: &str) -> Result<Vec<Shown>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let since = earlier(access.operation.evaluated_on, STALE_DAYS);
        let own = &access.scope.organizations;
        let found: Vec<EngagementId> = engagements::untouched(tx, access.id(), own, since)?;
        let mut documents = engagements::load(tx, access.id(), &access.scope, &found)?;
        documents.sort_by_key(|document| (document.touched_on(), document.identity.id));
        all_shown(tx, access, &documents)
    })
}

/// Notes that an engagement stands today as it is written.
///
/// # Errors
/// As amending the engagement.
pub fn renew(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Engagement = load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        expect(&shown(tx, access, &before)?, if_match)?;
        let after = before.clone().renewed(access.operation.evaluated_on);
        put(app, tx, access, Some(&before), after)?;
        show::<Engagement>(tx, access, id)
    })
}

//! Asks and demands, which stand in their engagement: their keys, which share one set for each owner.

use concord_domain::{
    document::Engagement,
    id::{EngagementId, OrganizationId},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{Tx, insert_all},
    documents::Row,
    error::Result,
    schema::parts as t,
    sql::RowId,
};

/// The ask or demand of an owner that has this key, and its engagement.
///
/// # Errors
/// The store's own.
pub fn with_key(
    tx: &mut Tx,
    operation: Uuid,
    owner: OrganizationId,
    key: &str,
) -> Result<Option<(Uuid, EngagementId)>> {
    let row: Option<(RowId, RowId)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::organization_id.eq(RowId::from(owner)))
        .filter(t::key.eq(key))
        .select((t::id, t::engagement_id))
        .first(tx)
        .optional()?;
    Ok(row.map(|(id, engagement)| (id.0, EngagementId(engagement.0))))
}

/// Brings the parts of an engagement to those that stand in it.
///
/// # Errors
/// The store's own; a key that is taken.
pub(crate) fn replace(
    tx: &mut Tx,
    operation: Uuid,
    engagement: &Engagement,
    row: Row,
) -> Result<()> {
    let id = engagement.identity.id;
    let asks = engagement.asks.iter().map(|ask| (ask.identity.id.0, &ask.identity.key));
    let demands = engagement.demands.iter().map(|d| (d.identity.id.0, &d.identity.key));
    let wanted: Vec<_> = asks.chain(demands).collect();
    let of_engagement = || {
        t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::engagement_id.eq(RowId::from(id)))
    };
    let there: Vec<RowId> = match row {
        Row::New => Vec::new(),
        Row::Unknown => of_engagement().select(t::id).load(tx)?,
    };
    for gone in there.iter().filter(|there| !wanted.iter().any(|(part, _)| *part == there.0)) {
        diesel::delete(of_engagement().filter(t::id.eq(gone))).execute(tx)?;
    }
    let new = wanted.iter().filter(|(part, _)| !there.contains(&RowId(*part)));
    let new = new.map(|(part, key)| {
        (
            t::operation_id.eq(RowId(operation)),
            t::id.eq(RowId(*part)),
            t::organization_id.eq(RowId::from(engagement.organization.0)),
            t::key.eq(key.as_str()),
            t::engagement_id.eq(RowId::from(id)),
        )
    });
    insert_all!(tx, t::table, new);
    Ok(())
}

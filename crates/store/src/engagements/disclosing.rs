//! Engagements that may not be read in a scope and of which more is told than that there is one.
//! What is answered here is cut by `concord_domain::disclosed` before anybody sees it.

use concord_domain::{
    id::EngagementId,
    lineage::Lineage,
    policy::Scope,
    vocabulary::{Closed, Disclosure, EngagementStatus},
    window::Day,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::{exists, not},
};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx},
    entries::visible,
    error::Result,
    live::actors_in_line,
    schema::{engagements as e, entries, live_lines as l},
    sql::RowId,
};

/// Those of which a summary is told, not cancelled and begun in a period; with all the armed
/// actors of one tree, or with any.
///
/// # Errors
/// The store's own.
pub fn summarized(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    tree: Option<&Lineage>,
    (from, until): (Day, Day),
) -> Result<Vec<EngagementId>> {
    // Asked of each line by itself: most lines that ever were are older.
    let told = entries::table
        .filter(entries::operation_id.eq(e::operation_id))
        .filter(entries::id.eq(e::id))
        .filter(entries::disclosure.eq(Disclosure::Summary.code()));
    let mut query = e::table
        .filter(e::operation_id.eq(RowId(operation)))
        .filter(e::starts_on.ge(from))
        .filter(e::starts_on.le(until))
        .filter(e::status.ne(EngagementStatus::Cancelled.code()))
        .filter(exists(told))
        .filter(not(exists(visible!(operation, scope).filter(entries::id.eq(e::id)))))
        .select(e::id)
        .into_boxed::<MultiBackend>();
    if let Some(root) = tree.map(Lineage::root) {
        query = query.filter(e::armed_actor_id.eq_any(actors_in_line!(operation, &root)));
    }
    let rows: Vec<RowId> = query.load(tx)?;
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}

/// The live ones of which it is told whose they are and no more, not ended before a day; with all
/// the armed actors of one tree, or with any.
///
/// # Errors
/// The store's own.
pub fn acknowledged(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    tree: Option<&Lineage>,
    today: Day,
) -> Result<Vec<EngagementId>> {
    let told = entries::table
        .filter(entries::operation_id.eq(l::operation_id))
        .filter(entries::id.eq(l::engagement_id))
        .filter(entries::disclosure.eq(Disclosure::Existence.code()));
    let mut query = l::table
        .filter(l::operation_id.eq(RowId(operation)))
        .filter(l::ends_on.ge(today))
        .filter(exists(told))
        .filter(not(exists(visible!(operation, scope).filter(entries::id.eq(l::engagement_id)))))
        .select(l::engagement_id)
        .into_boxed::<MultiBackend>();
    if let Some(root) = tree.map(Lineage::root) {
        let below = root.below().1;
        query = query
            .filter(l::actor_lineage.ge(root.as_str().to_owned()))
            .filter(l::actor_lineage.lt(below));
    }
    let rows: Vec<RowId> = query.load(tx)?;
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}

//! What people have seen of what waits for them, as ids. That it waits is written nowhere.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{Tx, insert_all},
    error::Result,
    schema::seen_notifications as t,
    sql::RowId,
};

/// What somebody has seen, each with the thing that it is about.
///
/// # Errors
/// The store's own.
pub fn seen(tx: &mut Tx, operation: Uuid, account: Uuid) -> Result<HashMap<Uuid, Uuid>> {
    let rows: Vec<(RowId, RowId)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::account_id.eq(RowId(account)))
        .select((t::id, t::thing_id))
        .load(tx)?;
    Ok(rows.into_iter().map(|(id, thing)| (id.0, thing.0)).collect())
}

/// Keeps what somebody has seen, and forgets all else that they had.
///
/// # Errors
/// The store's own.
pub fn keep_seen(
    tx: &mut Tx,
    operation: Uuid,
    account: Uuid,
    seen: &HashMap<Uuid, Uuid>,
) -> Result<()> {
    let of_account = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::account_id.eq(RowId(account)));
    diesel::delete(of_account).execute(tx)?;
    let rows = seen.iter().map(|(id, thing)| {
        (
            t::operation_id.eq(RowId(operation)),
            t::account_id.eq(RowId(account)),
            t::id.eq(RowId(*id)),
            t::thing_id.eq(RowId(*thing)),
        )
    });
    insert_all!(tx, t::table, rows);
    Ok(())
}

/// Forgets what anybody has seen of a thing.
///
/// # Errors
/// The store's own.
pub(crate) fn forget(tx: &mut Tx, operation: Uuid, thing: Uuid) -> Result<()> {
    let of_thing =
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::thing_id.eq(RowId(thing)));
    diesel::delete(of_thing).execute(tx)?;
    Ok(())
}

//! What was made under a key that its sender may send again.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{connection::Tx, error::Result, schema::idempotency_keys as t, sql::RowId};

/// The hash of the request and the id of what it made, under a key of a person.
///
/// # Errors
/// The store's own.
pub fn find(
    tx: &mut Tx,
    operation: Uuid,
    account: Uuid,
    key: &str,
) -> Result<Option<(String, Uuid)>> {
    let row: Option<(String, RowId)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::account_id.eq(RowId(account)))
        .filter(t::key.eq(key))
        .select((t::request_hash, t::resource_id))
        .first(tx)
        .optional()?;
    Ok(row.map(|(hash, id)| (hash, id.0)))
}

/// The hash of the request and the id of the operation that it made, under a key of a person.
///
/// # Errors
/// The store's own.
pub fn find_operation(tx: &mut Tx, account: Uuid, key: &str) -> Result<Option<(String, Uuid)>> {
    let row: Option<(String, RowId)> = t::table
        .filter(t::account_id.eq(RowId(account)))
        .filter(t::key.eq(key))
        .filter(t::resource_id.eq(t::operation_id))
        .select((t::request_hash, t::resource_id))
        .first(tx)
        .optional()?;
    Ok(row.map(|(hash, id)| (hash, id.0)))
}

/// A key, what was asked for under it, and what was made.
pub struct Used<'u> {
    /// Whose key.
    pub account: Uuid,
    /// The key.
    pub key: &'u str,
    /// The hash of the request.
    pub request_hash: &'u str,
    /// What was made.
    pub resource: Uuid,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// Keeps what was made under a key.
///
/// # Errors
/// The store's own.
pub fn keep(tx: &mut Tx, operation: Uuid, used: &Used<'_>) -> Result<()> {
    let row = (
        t::operation_id.eq(RowId(operation)),
        t::account_id.eq(RowId(used.account)),
        t::key.eq(used.key),
        t::request_hash.eq(used.request_hash),
        t::resource_id.eq(RowId(used.resource)),
        t::used_at.eq(used.at),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

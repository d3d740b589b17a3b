//! Whether the installation is locked down, and who has called for it. It stands in the database,
//! so that all servers know.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    error::Result,
    schema::{
        credentials::{attempts, challenges, tool_tokens},
        email_codes, installation as i, lock_down_calls as t,
        passkeys::passkey_challenges,
        sessions,
    },
    sql::RowId,
};

/// Since when the installation is locked down, in UTC; none if it is not.
///
/// # Errors
/// The store's own.
pub fn since(tx: &mut Tx) -> Result<Option<NaiveDateTime>> {
    Ok(i::table.select(i::locked_at).first(tx)?)
}

/// Locks the installation down, unless it is, and ends all sessions, tokens for tools, and what was
/// begun to sign in.
///
/// # Errors
/// The store's own.
pub fn begin(tx: &mut Tx, now: NaiveDateTime) -> Result<()> {
    if since(tx)?.is_none() {
        diesel::update(i::table).set(i::locked_at.eq(Some(now))).execute(tx)?;
    }
    diesel::delete(sessions::table).execute(tx)?;
    diesel::delete(tool_tokens::table).execute(tx)?;
    diesel::delete(challenges::table).execute(tx)?;
    diesel::delete(attempts::table).execute(tx)?;
    diesel::delete(passkey_challenges::table).execute(tx)?;
    diesel::delete(email_codes::table).execute(tx)?;
    diesel::delete(t::table).execute(tx)?;
    Ok(())
}

/// Lifts what locks the installation down.
///
/// # Errors
/// The store's own.
pub fn lift(tx: &mut Tx) -> Result<()> {
    let none: Option<NaiveDateTime> = None;
    diesel::update(i::table).set(i::locked_at.eq(none)).execute(tx)?;
    diesel::delete(t::table).execute(tx)?;
    Ok(())
}

/// Notes that somebody calls for it.
///
/// # Errors
/// The store's own.
pub fn keep_call(tx: &mut Tx, account: Uuid, now: NaiveDateTime) -> Result<()> {
    let there = t::table.filter(t::account_id.eq(RowId(account)));
    if diesel::update(there).set(t::called_at.eq(now)).execute(tx)? == 0 {
        let row = (t::account_id.eq(RowId(account)), t::called_at.eq(now));
        diesel::insert_into(t::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Takes back what somebody called for.
///
/// # Errors
/// The store's own.
pub fn withdraw_call(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(t::table.filter(t::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

/// Who called for it after a moment.
///
/// # Errors
/// The store's own.
pub fn callers(tx: &mut Tx, after: NaiveDateTime) -> Result<Vec<Uuid>> {
    let callers = t::table.filter(t::called_at.gt(after)).select(t::account_id);
    let rows: Vec<RowId> = callers.load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

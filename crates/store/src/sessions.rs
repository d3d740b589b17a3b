//! Sessions: who signed in, and until when that can be carried on. One that has ended is no row.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    error::Result,
    lists::{Among, id_list},
    schema::sessions as t,
    sql::RowId,
};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The hash of what all its refresh tokens begin with.
    pub family_hash: String,
    /// The hash of the refresh token that was given out last.
    pub token_hash: String,
    /// The hash of the one before it, and until when that may be sent again.
    pub former: Option<(String, NaiveDateTime)>,
    /// When it began, in UTC.
    pub began_at: NaiveDateTime,
    /// When it ends unless it is carried on.
    pub idle_until: NaiveDateTime,
    /// When it ends in any case.
    pub ends_at: NaiveDateTime,
}

type Row = (
    RowId,
    RowId,
    String,
    String,
    Option<String>,
    Option<NaiveDateTime>,
    NaiveDateTime,
    NaiveDateTime,
    NaiveDateTime,
);

fn session(row: Row) -> Session {
    Session {
        id: row.0.0,
        account: row.1.0,
        family_hash: row.2,
        token_hash: row.3,
        former: row.4.zip(row.5),
        began_at: row.6,
        idle_until: row.7,
        ends_at: row.8,
    }
}

/// The session whose refresh tokens begin with what has this hash.
///
/// # Errors
/// The store's own.
pub fn of_family(tx: &mut Tx, hash: &str) -> Result<Option<Session>> {
    let row: Option<Row> = t::table.filter(t::family_hash.eq(hash)).first(tx).optional()?;
    Ok(row.map(session))
}

/// Puts a session there, or brings the one that is there to these values.
///
/// # Errors
/// The store's own.
pub fn save(tx: &mut Tx, session: &Session) -> Result<()> {
    let (former_hash, former_until) = session.former.clone().unzip();
    let values = (
        t::token_hash.eq(&session.token_hash),
        t::former_hash.eq(former_hash),
        t::former_until.eq(former_until),
        t::idle_until.eq(session.idle_until),
    );
    let there = t::table.filter(t::id.eq(RowId(session.id)));
    if diesel::update(there).set(values.clone()).execute(tx)? == 0 {
        let row = (
            t::id.eq(RowId(session.id)),
            t::account_id.eq(RowId(session.account)),
            t::family_hash.eq(&session.family_hash),
            t::began_at.eq(session.began_at),
            t::ends_at.eq(session.ends_at),
            values,
        );
        diesel::insert_into(t::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// The store's own.
pub fn end(tx: &mut Tx, id: Uuid) -> Result<()> {
    diesel::delete(t::table.filter(t::id.eq(RowId(id)))).execute(tx)?;
    Ok(())
}

/// Ends all sessions of an account.
///
/// # Errors
/// The store's own.
pub fn end_all(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(t::table.filter(t::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

/// Ends all sessions of an account but one.
///
/// # Errors
/// The store's own.
pub fn end_others(tx: &mut Tx, account: Uuid, kept: Uuid) -> Result<()> {
    let of_account = t::table.filter(t::account_id.eq(RowId(account)));
    diesel::delete(of_account.filter(t::id.ne(RowId(kept)))).execute(tx)?;
    Ok(())
}

/// Ends the sessions of an account but the `kept` that were carried on last.
///
/// # Errors
/// The store's own.
pub fn end_all_but_latest(tx: &mut Tx, account: Uuid, kept: i64) -> Result<()> {
    let older = t::table
        .filter(t::account_id.eq(RowId(account)))
        .order((t::idle_until.desc(), t::began_at.desc(), t::id))
        .offset(kept)
        .limit(SWEPT_MAX);
    let ids: Vec<RowId> = older.select(t::id).load(tx)?;
    diesel::delete(t::table.filter(t::id.among(id_list(ids.iter().map(|id| id.0))))).execute(tx)?;
    Ok(())
}

/// How many sessions are swept away at once, at most.
const SWEPT_MAX: i64 = 100;

/// Sweeps away some of the sessions whose time is over.
///
/// # Errors
/// The store's own.
pub fn sweep(tx: &mut Tx, now: NaiveDateTime) -> Result<()> {
    let over = t::table.filter(t::idle_until.le(now)).order(t::idle_until).limit(SWEPT_MAX);
    let ids: Vec<RowId> = over.select(t::id).load(tx)?;
    diesel::delete(t::table.filter(t::id.among(id_list(ids.iter().map(|id| id.0))))).execute(tx)?;
    Ok(())
}

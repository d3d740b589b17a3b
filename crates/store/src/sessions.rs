//! Sessions: who signed in, and until when that can be carried on. One that has ended is no row.

use chrono::NaiveDateTime;
use concord_domain::{
    credential::{BeganBy, SecondFactor},
    vocabulary::Closed,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    entries::closed,
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
    /// When it was carried on last.
    pub carried_on_at: NaiveDateTime,
    /// When the person last proved within it who they are.
    pub proved_at: NaiveDateTime,
    /// By what it began.
    pub began_by: BeganBy,
    /// By which second factor besides.
    pub second_factor: Option<SecondFactor>,
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
    NaiveDateTime,
    NaiveDateTime,
    String,
    Option<String>,
);

fn session(row: Row) -> Result<Session> {
    Ok(Session {
        id: row.0.0,
        account: row.1.0,
        family_hash: row.2,
        token_hash: row.3,
        former: row.4.zip(row.5),
        began_at: row.6,
        idle_until: row.7,
        ends_at: row.8,
        carried_on_at: row.9,
        proved_at: row.10,
        began_by: closed(&row.11)?,
        second_factor: row.12.as_deref().map(closed).transpose()?,
    })
}

/// The session whose refresh tokens begin with what has this hash.
///
/// # Errors
/// The store's own.
pub fn of_family(tx: &mut Tx, hash: &str) -> Result<Option<Session>> {
    let row: Option<Row> = t::table.filter(t::family_hash.eq(hash)).first(tx).optional()?;
    row.map(session).transpose()
}

/// The sessions of an account whose time is not over, those that were carried on last first.
///
/// # Errors
/// The store's own.
pub fn of_account(tx: &mut Tx, account: Uuid, now: NaiveDateTime) -> Result<Vec<Session>> {
    let rows: Vec<Row> = t::table
        .filter(t::account_id.eq(RowId(account)))
        .filter(t::idle_until.gt(now))
        .order((t::carried_on_at.desc(), t::began_at.desc(), t::id))
        .load(tx)?;
    rows.into_iter().map(session).collect()
}

/// Notes that the person of a session proved who they are.
///
/// # Errors
/// The store's own.
pub fn prove(tx: &mut Tx, id: Uuid, at: NaiveDateTime) -> Result<()> {
    let there = t::table.filter(t::id.eq(RowId(id)));
    diesel::update(there).set(t::proved_at.eq(at)).execute(tx)?;
    Ok(())
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
        t::carried_on_at.eq(session.carried_on_at),
        t::proved_at.eq(session.proved_at),
    );
    let there = t::table.filter(t::id.eq(RowId(session.id)));
    if diesel::update(there).set(values.clone()).execute(tx)? == 0 {
        let row = (
            t::id.eq(RowId(session.id)),
            t::account_id.eq(RowId(session.account)),
            t::family_hash.eq(&session.family_hash),
            t::began_at.eq(session.began_at),
            t::ends_at.eq(session.ends_at),
            t::began_by.eq(session.began_by.code()),
            t::second_factor.eq(session.second_factor.map(Closed::code)),
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

/// Ends a session of an account; whether there was one.
///
/// # Errors
/// The store's own.
pub fn end_of_account(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool> {
    let there = t::table.filter(t::account_id.eq(RowId(account))).filter(t::id.eq(RowId(id)));
    Ok(diesel::delete(there).execute(tx)? > 0)
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

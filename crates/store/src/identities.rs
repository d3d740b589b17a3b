//! By what an identity provider knows people, and who was sent to it and has not come back.

use chrono::NaiveDateTime;
use concord_domain::{credential::SentFor, vocabulary::Closed};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    entries::closed,
    error::Result,
    schema::credentials::{attempts as a, identities as t},
    sql::RowId,
};

/// By what an identity provider knows somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptIdentity {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The provider.
    pub issuer: String,
    /// The hash of the provider and of what it calls the person.
    pub subject_hash: String,
    /// When it was linked.
    pub linked_at: NaiveDateTime,
}

type Row = (RowId, RowId, String, String, NaiveDateTime);

fn identity((id, account, issuer, subject_hash, linked_at): Row) -> KeptIdentity {
    KeptIdentity { id: id.0, account: account.0, issuer, subject_hash, linked_at }
}

/// The identity of a hash.
///
/// # Errors
/// The store's own.
pub fn with_subject(tx: &mut Tx, hash: &str) -> Result<Option<KeptIdentity>> {
    let row: Option<Row> = t::table.filter(t::subject_hash.eq(hash)).first(tx).optional()?;
    Ok(row.map(identity))
}

/// The identities of an account, those that were linked first first.
///
/// # Errors
/// The store's own.
pub fn of_account(tx: &mut Tx, account: Uuid) -> Result<Vec<KeptIdentity>> {
    let of_account = t::table.filter(t::account_id.eq(RowId(account)));
    let rows: Vec<Row> = of_account.order((t::linked_at, t::id)).load(tx)?;
    Ok(rows.into_iter().map(identity).collect())
}

/// Keeps an identity.
///
/// # Errors
/// The store's own; [`Taken`](crate::StoreError::Taken) if it is linked already.
pub fn insert(tx: &mut Tx, identity: &KeptIdentity) -> Result<()> {
    let row = (
        t::id.eq(RowId(identity.id)),
        t::account_id.eq(RowId(identity.account)),
        t::issuer.eq(&identity.issuer),
        t::subject_hash.eq(&identity.subject_hash),
        t::linked_at.eq(identity.linked_at),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// Unlinks an identity of an account; whether there was one.
///
/// # Errors
/// The store's own.
pub fn delete(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool> {
    let there = t::table.filter(t::account_id.eq(RowId(account))).filter(t::id.eq(RowId(id)));
    Ok(diesel::delete(there).execute(tx)? > 0)
}

/// Unlinks all identities of an account, and ends what was begun to link another.
///
/// # Errors
/// The store's own.
pub fn delete_all(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(t::table.filter(t::account_id.eq(RowId(account)))).execute(tx)?;
    diesel::delete(a::table.filter(a::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

/// Somebody who was sent to the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The hash of what comes back with them.
    pub state_hash: String,
    /// The hash of what they were told and the provider was not.
    pub secret_hash: String,
    /// What for.
    pub sent_for: SentFor,
    /// The account and the session, of who was signed in.
    pub whose: Option<(Uuid, Uuid)>,
    /// Until when they may come back.
    pub ends_at: NaiveDateTime,
}

type AttemptRow = (String, String, String, Option<RowId>, Option<RowId>, NaiveDateTime);

/// How many attempts are swept away at once, at most.
const SWEPT_MAX: i64 = 100;

/// Sweeps away some of the attempts whose time is over, and counts those that are left.
///
/// # Errors
/// The store's own.
pub fn sweep_attempts(tx: &mut Tx, now: NaiveDateTime) -> Result<i64> {
    let over = a::table.filter(a::ends_at.le(now)).order(a::ends_at).limit(SWEPT_MAX);
    let hashes: Vec<String> = over.select(a::state_hash).load(tx)?;
    diesel::delete(a::table.filter(a::state_hash.eq_any(hashes))).execute(tx)?;
    Ok(a::table.count().get_result(tx)?)
}

/// Keeps an attempt.
///
/// # Errors
/// The store's own.
pub fn insert_attempt(tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    let (account, session) = attempt.whose.unzip();
    let row = (
        a::state_hash.eq(&attempt.state_hash),
        a::secret_hash.eq(&attempt.secret_hash),
        a::purpose.eq(attempt.sent_for.code()),
        a::account_id.eq(account.map(RowId)),
        a::session_id.eq(session.map(RowId)),
        a::ends_at.eq(attempt.ends_at),
    );
    diesel::insert_into(a::table).values(row).execute(tx)?;
    Ok(())
}

/// The attempt of these hashes, whether or not its time is over.
///
/// # Errors
/// The store's own.
pub fn attempt(tx: &mut Tx, (state, secret): (&str, &str)) -> Result<Option<Attempt>> {
    let there = a::table.filter(a::state_hash.eq(state)).filter(a::secret_hash.eq(secret));
    let row: Option<AttemptRow> = there.first(tx).optional()?;
    row.map(|(state_hash, secret_hash, sent_for, account, session, ends_at)| {
        let whose = account.zip(session).map(|(account, session)| (account.0, session.0));
        let sent_for = closed(&sent_for)?;
        Ok(Attempt { state_hash, secret_hash, sent_for, whose, ends_at })
    })
    .transpose()
}

/// Uses an attempt up; whether it was there.
///
/// # Errors
/// The store's own.
pub fn end_attempt(tx: &mut Tx, state: &str) -> Result<bool> {
    Ok(diesel::delete(a::table.filter(a::state_hash.eq(state))).execute(tx)? > 0)
}

//! Passkeys, and who was asked to show one and has not done so. Nothing here is secret: of a
//! passkey its public half, of a challenge its hash.

use chrono::NaiveDateTime;
use concord_domain::{credential::AskedFor, vocabulary::Closed};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    entries::closed,
    error::Result,
    schema::passkeys::{passkey_challenges as c, passkeys as t},
    sql::{RowId, as_clear, in_clear},
};

/// A passkey that somebody has brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPasskey {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// What the device calls it.
    pub credential_id: Vec<u8>,
    /// Its public half, as COSE writes it.
    pub public_key: Vec<u8>,
    /// The algorithm of its signatures, as COSE numbers it.
    pub algorithm: i64,
    /// How often it has signed, as far as the device counts.
    pub sign_count: i64,
    /// What its person calls it.
    pub name: String,
    /// When it was brought in.
    pub made_at: NaiveDateTime,
    /// When it was last shown since.
    pub used_at: Option<NaiveDateTime>,
}

type Row =
    (RowId, RowId, Vec<u8>, Vec<u8>, i64, i64, Vec<u8>, NaiveDateTime, Option<NaiveDateTime>);

fn passkey(row: Row) -> Result<KeptPasskey> {
    Ok(KeptPasskey {
        id: row.0.0,
        account: row.1.0,
        credential_id: row.2,
        public_key: row.3,
        algorithm: row.4,
        sign_count: row.5,
        name: in_clear(&row.6)?,
        made_at: row.7,
        used_at: row.8,
    })
}

/// The passkey that a device calls so.
///
/// # Errors
/// The store's own.
pub fn with_credential(tx: &mut Tx, credential_id: &[u8]) -> Result<Option<KeptPasskey>> {
    let there = t::table.filter(t::credential_id.eq(credential_id.to_vec()));
    let row: Option<Row> = there.first(tx).optional()?;
    row.map(passkey).transpose()
}

/// The passkeys of an account, those that were brought in first first.
///
/// # Errors
/// The store's own.
pub fn of_account(tx: &mut Tx, account: Uuid) -> Result<Vec<KeptPasskey>> {
    let of_account = t::table.filter(t::account_id.eq(RowId(account)));
    let rows: Vec<Row> = of_account.order((t::made_at, t::id)).load(tx)?;
    rows.into_iter().map(passkey).collect()
}

/// Keeps a passkey.
///
/// # Errors
/// The store's own; [`Taken`](crate::StoreError::Taken) if it is kept already.
pub fn insert(tx: &mut Tx, passkey: &KeptPasskey) -> Result<()> {
    let row = (
        t::id.eq(RowId(passkey.id)),
        t::account_id.eq(RowId(passkey.account)),
        t::credential_id.eq(&passkey.credential_id),
        t::public_key.eq(&passkey.public_key),
        t::algorithm.eq(passkey.algorithm),
        t::sign_count.eq(passkey.sign_count),
        t::name.eq(as_clear(&passkey.name)),
        t::made_at.eq(passkey.made_at),
        t::used_at.eq(passkey.used_at),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// Notes that a passkey was shown, and how often it has signed.
///
/// # Errors
/// The store's own.
pub fn shown(tx: &mut Tx, id: Uuid, sign_count: i64, at: NaiveDateTime) -> Result<()> {
    let values = (t::sign_count.eq(sign_count), t::used_at.eq(Some(at)));
    diesel::update(t::table.filter(t::id.eq(RowId(id)))).set(values).execute(tx)?;
    Ok(())
}

/// Calls a passkey of an account something else; whether there was one.
///
/// # Errors
/// The store's own.
pub fn rename(tx: &mut Tx, account: Uuid, id: Uuid, name: &str) -> Result<bool> {
    let there = t::table.filter(t::account_id.eq(RowId(account))).filter(t::id.eq(RowId(id)));
    Ok(diesel::update(there).set(t::name.eq(as_clear(name))).execute(tx)? > 0)
}

/// Removes a passkey of an account; whether there was one.
///
/// # Errors
/// The store's own.
pub fn delete(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool> {
    let there = t::table.filter(t::account_id.eq(RowId(account))).filter(t::id.eq(RowId(id)));
    Ok(diesel::delete(there).execute(tx)? > 0)
}

/// Removes all passkeys of an account, and ends what was begun to bring in another.
///
/// # Errors
/// The store's own.
pub fn delete_all(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(t::table.filter(t::account_id.eq(RowId(account)))).execute(tx)?;
    diesel::delete(c::table.filter(c::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

/// What somebody was given who was asked to show a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyChallenge {
    /// Its hash.
    pub hash: String,
    /// What for.
    pub asked_for: AskedFor,
    /// The account and the session, of who was signed in.
    pub whose: Option<(Uuid, Uuid)>,
    /// Until when it can be answered.
    pub ends_at: NaiveDateTime,
}

type ChallengeRow = (String, String, Option<RowId>, Option<RowId>, NaiveDateTime);

/// How many challenges are swept away at once, at most.
const SWEPT_MAX: i64 = 100;

/// Sweeps away some of the challenges whose time is over, and counts those that are left to people
/// who are not signed in.
///
/// # Errors
/// The store's own.
pub fn sweep_challenges(tx: &mut Tx, now: NaiveDateTime) -> Result<i64> {
    let over = c::table.filter(c::ends_at.le(now)).order(c::ends_at).limit(SWEPT_MAX);
    let hashes: Vec<String> = over.select(c::challenge_hash).load(tx)?;
    diesel::delete(c::table.filter(c::challenge_hash.eq_any(hashes))).execute(tx)?;
    Ok(c::table.filter(c::account_id.is_null()).count().get_result(tx)?)
}

/// Keeps a challenge. In one session it is the only one for its purpose.
///
/// # Errors
/// The store's own.
pub fn insert_challenge(tx: &mut Tx, challenge: &PasskeyChallenge) -> Result<()> {
    let (account, session) = challenge.whose.unzip();
    if let Some((account, session)) = challenge.whose {
        let before = c::table.filter(c::account_id.eq(RowId(account)));
        let before = before.filter(c::session_id.eq(RowId(session)));
        let before = before.filter(c::purpose.eq(challenge.asked_for.code()));
        diesel::delete(before).execute(tx)?;
    }
    let row = (
        c::challenge_hash.eq(&challenge.hash),
        c::purpose.eq(challenge.asked_for.code()),
        c::account_id.eq(account.map(RowId)),
        c::session_id.eq(session.map(RowId)),
        c::ends_at.eq(challenge.ends_at),
    );
    diesel::insert_into(c::table).values(row).execute(tx)?;
    Ok(())
}

/// The challenge of a hash, whether or not its time is over.
///
/// # Errors
/// The store's own.
pub fn challenge(tx: &mut Tx, hash: &str) -> Result<Option<PasskeyChallenge>> {
    let row: Option<ChallengeRow> =
        c::table.filter(c::challenge_hash.eq(hash)).first(tx).optional()?;
    row.map(|(hash, purpose, account, session, ends_at)| {
        let whose = account.zip(session).map(|(account, session)| (account.0, session.0));
        Ok(PasskeyChallenge { hash, asked_for: closed(&purpose)?, whose, ends_at })
    })
    .transpose()
}

/// Uses a challenge up; whether it was there.
///
/// # Errors
/// The store's own.
pub fn end_challenge(tx: &mut Tx, hash: &str) -> Result<bool> {
    Ok(diesel::delete(c::table.filter(c::challenge_hash.eq(hash))).execute(tx)? > 0)
}

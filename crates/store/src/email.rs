//! Who is told by e-mail that something waits: the address, the codes that confirm it, and what they
//! were sent a message about. What waits is written nowhere.

use chrono::NaiveDateTime;
use concord_domain::{
    email::{CODE_TRIES_MAX, Letter, Sends},
    language::Language,
    vocabulary::Closed,
    window::Day,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    StoreError,
    connection::Tx,
    entries::closed,
    error::Result,
    schema::{email_addresses as t, email_codes as c, emailed_notifications as n},
    sealing::{SecretOf, seal_secret, unseal_secret},
    sql::RowId,
};

/// How many bytes an address is sealed as, however short it is, so that its length does not tell.
const SEALED_BYTES: usize = 256;

/// To which address somebody is sent what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAddress {
    /// Whose it is.
    pub account: Uuid,
    /// The address.
    pub address: Zeroizing<String>,
    /// The language of what is sent there.
    pub language: Language,
    /// What is sent there.
    pub sends: Sends,
    /// When the person showed that they read what is sent there.
    pub confirmed_at: Option<NaiveDateTime>,
    /// The Monday of the last digest that was seen to.
    pub digest_on: Day,
    /// The last morning on which was looked for what is told once a day.
    pub morning_on: Day,
    /// A message that was not taken, and from when on it is tried again.
    pub owed: Option<(Letter, NaiveDateTime)>,
    /// How often in a row one was not taken.
    pub failures: i64,
}

type Row = (
    RowId,
    Vec<u8>,
    String,
    String,
    String,
    Option<NaiveDateTime>,
    Day,
    Day,
    Option<String>,
    i64,
    Option<NaiveDateTime>,
);

fn kept(row: Row) -> Result<KeptAddress> {
    let account = row.0.0;
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of {account} is none"));
    let mut opened =
        Zeroizing::new(unseal_secret(SecretOf::Address(account), (&row.1, Some(row.2)))?);
    let end = opened.iter().position(|byte| *byte == 0).unwrap_or(opened.len());
    opened.truncate(end);
    let address = str::from_utf8(&opened).map_err(|_| corrupt("the e-mail address"))?;
    let owed = row.8.as_deref().map(closed).transpose()?;
    Ok(KeptAddress {
        account,
        address: Zeroizing::new(address.to_owned()),
        language: Language::from_tag(&row.3).ok_or_else(|| corrupt("the language"))?,
        sends: closed(&row.4)?,
        confirmed_at: row.5,
        digest_on: row.6,
        morning_on: row.7,
        owed: owed.zip(row.10),
        failures: row.9,
    })
}

/// The address of an account, confirmed or not.
///
/// # Errors
/// The store's own.
pub fn address(tx: &mut Tx, account: Uuid) -> Result<Option<KeptAddress>> {
    let row: Option<Row> =
        t::table.filter(t::account_id.eq(RowId(account))).first(tx).optional()?;
    row.map(kept).transpose()
}

/// The accounts with an address that they have confirmed and to which anything is sent.
///
/// # Errors
/// The store's own.
pub fn whom(tx: &mut Tx) -> Result<Vec<Uuid>> {
    let rows: Vec<RowId> = t::table
        .filter(t::confirmed_at.is_not_null())
        .filter(t::sends.ne(Sends::Nothing.code()))
        .order(t::account_id)
        .select(t::account_id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// Puts an address in the place of the one that is there, if there is one.
///
/// # Errors
/// The store's own.
pub fn save(tx: &mut Tx, kept: &KeptAddress) -> Result<()> {
    let mut padded = Zeroizing::new(kept.address.as_bytes().to_vec());
    let length = SEALED_BYTES.max(padded.len());
    padded.resize(length, 0);
    let (sealed, by) = seal_secret(tx, SecretOf::Address(kept.account), &padded)?;
    let (owed, try_at) = kept.owed.unzip();
    let values = (
        t::address.eq(sealed),
        t::server_key.eq(by),
        t::language.eq(kept.language.code()),
        t::sends.eq(kept.sends.code()),
        t::confirmed_at.eq(kept.confirmed_at),
        t::digest_on.eq(kept.digest_on),
        t::morning_on.eq(kept.morning_on),
        t::owed.eq(owed.map(Letter::code)),
        t::failures.eq(kept.failures),
        t::try_at.eq(try_at),
    );
    let there = t::table.filter(t::account_id.eq(RowId(kept.account)));
    if diesel::update(there).set(values.clone()).execute(tx)? == 0 {
        let row = (t::account_id.eq(RowId(kept.account)), values);
        diesel::insert_into(t::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Forgets the address of an account, and what was sent there; whether there was one. That codes were
/// sent is remembered for a day.
///
/// # Errors
/// The store's own.
pub fn delete(tx: &mut Tx, account: Uuid) -> Result<bool> {
    forget_told(tx, account)?;
    let there = t::table.filter(t::account_id.eq(RowId(account)));
    Ok(diesel::delete(there).execute(tx)? > 0)
}

/// A code that was sent to confirm an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Its hash.
    pub hash: String,
    /// When it was sent.
    pub sent_at: NaiveDateTime,
    /// How often another was tried in its place.
    pub wrong_tries: i64,
}

/// How many codes are swept away at once, at most.
const SWEPT_MAX: i64 = 100;

/// Keeps a code, after which no former one of the account is good, and sweeps away some that were
/// sent before a moment.
///
/// # Errors
/// The store's own.
pub fn insert_code(
    tx: &mut Tx,
    account: Uuid,
    (hash, now): (&str, NaiveDateTime),
    before: NaiveDateTime,
) -> Result<()> {
    let over = c::table.filter(c::sent_at.le(before)).order(c::sent_at).limit(SWEPT_MAX);
    let hashes: Vec<String> = over.select(c::code_hash).load(tx)?;
    diesel::delete(c::table.filter(c::code_hash.eq_any(hashes))).execute(tx)?;
    let former = c::table.filter(c::account_id.eq(RowId(account)));
    diesel::update(former).set(c::wrong_tries.eq(CODE_TRIES_MAX)).execute(tx)?;
    let row = (
        c::code_hash.eq(hash),
        c::account_id.eq(RowId(account)),
        c::sent_at.eq(now),
        c::wrong_tries.eq(0),
    );
    diesel::insert_into(c::table).values(row).execute(tx)?;
    Ok(())
}

/// The codes that were sent for an account after a moment, the last one first.
///
/// # Errors
/// The store's own.
pub fn codes(tx: &mut Tx, account: Uuid, after: NaiveDateTime) -> Result<Vec<SentCode>> {
    let rows: Vec<(String, NaiveDateTime, i64)> = c::table
        .filter(c::account_id.eq(RowId(account)))
        .filter(c::sent_at.gt(after))
        .order((c::sent_at.desc(), c::code_hash))
        .select((c::code_hash, c::sent_at, c::wrong_tries))
        .load(tx)?;
    let code = |(hash, sent_at, wrong_tries)| SentCode { hash, sent_at, wrong_tries };
    Ok(rows.into_iter().map(code).collect())
}

/// Counts that another code was tried in the place of this one.
///
/// # Errors
/// The store's own.
pub fn count_wrong(tx: &mut Tx, code: &SentCode) -> Result<()> {
    let there = c::table.filter(c::code_hash.eq(&code.hash));
    diesel::update(there).set(c::wrong_tries.eq(code.wrong_tries + 1)).execute(tx)?;
    Ok(())
}

/// Forgets what somebody was sent a message about, in every operation.
///
/// # Errors
/// The store's own.
pub fn forget_told(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(n::table.filter(n::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

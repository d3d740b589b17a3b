//! What people and their tools are known by besides the password: second factors, the codes that
//! stand in for them, the first of two steps, and tokens for tools.

use chrono::NaiveDateTime;
use concord_domain::{
    credential::{BeganBy, ToolScope},
    vocabulary::Closed,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    entries::closed,
    error::Result,
    schema::credentials::{
        challenges as c, recovery_codes as r, second_factors as f, tool_tokens as t,
    },
    sealing::{SecretOf, seal_secret, unseal_secret},
    sql::{RowId, as_clear, in_clear},
};

/// A second factor.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptFactor {
    /// Whose.
    pub account: Uuid,
    /// What its codes are made of.
    pub secret: Vec<u8>,
    /// When the person showed that they have it.
    pub confirmed_at: Option<NaiveDateTime>,
    /// The half minute of the code that was used last.
    pub used_step: i64,
    /// How many wrong codes were tried since one was right.
    pub wrong_tries: i64,
}

type FactorRow = (RowId, Vec<u8>, Option<NaiveDateTime>, i64, i64, Option<String>);

/// The second factor of an account, confirmed or not.
///
/// # Errors
/// The store's own.
pub fn factor(tx: &mut Tx, account: Uuid) -> Result<Option<KeptFactor>> {
    let row: Option<FactorRow> =
        f::table.filter(f::account_id.eq(RowId(account))).first(tx).optional()?;
    row.map(|(_, stored, confirmed_at, used_step, wrong_tries, by)| {
        let secret = unseal_secret(SecretOf::Factor(account), (&stored, by))?;
        Ok(KeptFactor { account, secret, confirmed_at, used_step, wrong_tries })
    })
    .transpose()
}

/// Puts a second factor in the place of the one that is there, if there is one.
///
/// # Errors
/// The store's own.
pub fn save_factor(tx: &mut Tx, factor: &KeptFactor) -> Result<()> {
    let (sealed, by) = seal_secret(tx, SecretOf::Factor(factor.account), &factor.secret)?;
    let values = (
        f::secret.eq(sealed),
        f::server_key.eq(Some(by)),
        f::confirmed_at.eq(factor.confirmed_at),
        f::used_step.eq(factor.used_step),
        f::wrong_tries.eq(factor.wrong_tries),
    );
    let there = f::table.filter(f::account_id.eq(RowId(factor.account)));
    if diesel::update(there).set(values.clone()).execute(tx)? == 0 {
        let row = (f::account_id.eq(RowId(factor.account)), values);
        diesel::insert_into(f::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Removes the second factor of an account, with all that stands in for it.
///
/// # Errors
/// The store's own.
pub fn delete_factor(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(r::table.filter(r::account_id.eq(RowId(account)))).execute(tx)?;
    diesel::delete(f::table.filter(f::account_id.eq(RowId(account)))).execute(tx)?;
    end_challenges(tx, account)
}

/// Puts other recovery codes in the place of those that are there.
///
/// # Errors
/// The store's own.
pub fn replace_recovery_codes(tx: &mut Tx, account: Uuid, hashes: &[String]) -> Result<()> {
    diesel::delete(r::table.filter(r::account_id.eq(RowId(account)))).execute(tx)?;
    for hash in hashes {
        let row = (r::account_id.eq(RowId(account)), r::code_hash.eq(hash));
        diesel::insert_into(r::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Uses up a recovery code; whether there was one of this hash.
///
/// # Errors
/// The store's own.
pub fn use_recovery_code(tx: &mut Tx, account: Uuid, hash: &str) -> Result<bool> {
    let there =
        r::table.filter(r::account_id.eq(RowId(account))).filter(r::code_hash.eq(hash.to_owned()));
    Ok(diesel::delete(there).execute(tx)? > 0)
}

/// How many recovery codes are left.
///
/// # Errors
/// The store's own.
pub fn recovery_codes_left(tx: &mut Tx, account: Uuid) -> Result<i64> {
    let of_account = r::table.filter(r::account_id.eq(RowId(account)));
    Ok(of_account.count().get_result(tx)?)
}

/// The first of two steps of signing in, made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The hash of what was given out.
    pub hash: String,
    /// Who made it.
    pub account: Uuid,
    /// By what.
    pub began_by: BeganBy,
    /// Until when it leads on.
    pub ends_at: NaiveDateTime,
}

/// How many challenges are swept away at once, at most.
const SWEPT_MAX: i64 = 100;

/// Keeps a challenge, and sweeps away some of those whose time is over.
///
/// # Errors
/// The store's own.
pub fn insert_challenge(tx: &mut Tx, challenge: &Challenge, now: NaiveDateTime) -> Result<()> {
    let over = c::table.filter(c::ends_at.le(now)).order(c::ends_at).limit(SWEPT_MAX);
    let hashes: Vec<String> = over.select(c::challenge_hash).load(tx)?;
    diesel::delete(c::table.filter(c::challenge_hash.eq_any(hashes))).execute(tx)?;
    let row = (
        c::challenge_hash.eq(&challenge.hash),
        c::account_id.eq(RowId(challenge.account)),
        c::began_by.eq(challenge.began_by.code()),
        c::ends_at.eq(challenge.ends_at),
    );
    diesel::insert_into(c::table).values(row).execute(tx)?;
    Ok(())
}

/// The challenge of a hash, whether or not its time is over.
///
/// # Errors
/// The store's own.
pub fn challenge(tx: &mut Tx, hash: &str) -> Result<Option<Challenge>> {
    let row: Option<(String, RowId, String, NaiveDateTime)> =
        c::table.filter(c::challenge_hash.eq(hash)).first(tx).optional()?;
    row.map(|(hash, account, began_by, ends_at)| {
        Ok(Challenge { hash, account: account.0, began_by: closed(&began_by)?, ends_at })
    })
    .transpose()
}

/// Ends all challenges of an account.
///
/// # Errors
/// The store's own.
pub fn end_challenges(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(c::table.filter(c::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

/// A token that a person gave to a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolToken {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// Its hash.
    pub hash: String,
    /// What its owner calls the tool.
    pub name: String,
    /// What it may be used for.
    pub scope: ToolScope,
    /// When it was made.
    pub made_at: NaiveDateTime,
    /// When it ends.
    pub ends_at: NaiveDateTime,
}

type ToolRow = (RowId, RowId, String, Vec<u8>, String, NaiveDateTime, NaiveDateTime);

fn tool_token(row: ToolRow) -> Result<ToolToken> {
    Ok(ToolToken {
        id: row.0.0,
        account: row.1.0,
        hash: row.2,
        name: in_clear(&row.3)?,
        scope: closed(&row.4)?,
        made_at: row.5,
        ends_at: row.6,
    })
}

/// Keeps a token for a tool.
///
/// # Errors
/// The store's own.
pub fn insert_tool_token(tx: &mut Tx, token: &ToolToken) -> Result<()> {
    let row = (
        t::id.eq(RowId(token.id)),
        t::account_id.eq(RowId(token.account)),
        t::token_hash.eq(&token.hash),
        t::name.eq(as_clear(&token.name)),
        t::scope.eq(token.scope.code()),
        t::made_at.eq(token.made_at),
        t::ends_at.eq(token.ends_at),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// The token of a hash, whether or not its time is over.
///
/// # Errors
/// The store's own.
pub fn tool_token_of(tx: &mut Tx, hash: &str) -> Result<Option<ToolToken>> {
    let row: Option<ToolRow> = t::table.filter(t::token_hash.eq(hash)).first(tx).optional()?;
    row.map(tool_token).transpose()
}

/// The tokens that a person gave to tools, the newest first.
///
/// # Errors
/// The store's own.
pub fn tool_tokens(tx: &mut Tx, account: Uuid) -> Result<Vec<ToolToken>> {
    let of_account = t::table.filter(t::account_id.eq(RowId(account)));
    let rows: Vec<ToolRow> = of_account.order((t::made_at.desc(), t::id)).load(tx)?;
    rows.into_iter().map(tool_token).collect()
}

/// Revokes a token that a person gave to a tool; whether there was one.
///
/// # Errors
/// The store's own.
pub fn delete_tool_token(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool> {
    let there = t::table.filter(t::account_id.eq(RowId(account))).filter(t::id.eq(RowId(id)));
    Ok(diesel::delete(there).execute(tx)? > 0)
}

/// Revokes all tokens that a person gave to tools.
///
/// # Errors
/// The store's own.
pub fn delete_tool_tokens(tx: &mut Tx, account: Uuid) -> Result<()> {
    diesel::delete(t::table.filter(t::account_id.eq(RowId(account)))).execute(tx)?;
    Ok(())
}

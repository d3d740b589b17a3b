//! Secrets of accounts at rest: what the codes of second factors are made of. An account belongs to
//! no organisation, so its secret is sealed as the keys of organisations are, with the server's key
//! itself; it opens for that account and for no other.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use super::{
    keys,
    keys::{ServerKeyOf, wrapping},
};
use crate::{
    connection::Tx,
    error::{Result, StoreError},
    schema::credentials::second_factors as f,
    sql::RowId,
};

/// A secret as it is stored, and the name of the server's key that seals it.
pub(crate) fn seal_secret(tx: &mut Tx, account: Uuid, secret: &[u8]) -> Result<(Vec<u8>, String)> {
    let server = keys()?.server_keys(&wrapping(tx)?)?;
    let sealed = server.first().seal_secret(account, secret)?;
    Ok((sealed, server.first().name().to_owned()))
}

/// The secret that was stored; without the name of a key it stands in the clear.
pub(crate) fn unseal_secret(account: Uuid, (stored, by): (&[u8], ServerKeyOf)) -> Result<Vec<u8>> {
    let Some(name) = by else { return Ok(stored.to_vec()) };
    let server = keys()?.server_keys(&name)?;
    let opened = server.named(&name).and_then(|key| key.open_secret(account, stored));
    opened.ok_or_else(|| {
        StoreError::Corrupt(format!(
            "the secret of the second factor of {account} is not what was sealed there: it was \
             changed, or moved here"
        ))
    })
}

type Row = (RowId, Vec<u8>, ServerKeyOf);

/// Seals the secrets that stand in the clear. Answers how many.
///
/// # Errors
/// The store's own.
pub fn seal_clear_secrets(tx: &mut Tx) -> Result<usize> {
    let columns = (f::account_id, f::secret, f::server_key);
    let clear: Vec<Row> = f::table.filter(f::server_key.is_null()).select(columns).load(tx)?;
    seal_anew(tx, clear)
}

/// Seals with the key that seals now what another one does.
pub(super) fn seal_sealed_anew(tx: &mut Tx) -> Result<()> {
    let columns = (f::account_id, f::secret, f::server_key);
    let sealed: Vec<Row> = f::table.filter(f::server_key.is_not_null()).select(columns).load(tx)?;
    seal_anew(tx, sealed).map(|_| ())
}

fn seal_anew(tx: &mut Tx, rows: Vec<Row>) -> Result<usize> {
    let count = rows.len();
    for (account, stored, by) in rows {
        let secret = zeroize::Zeroizing::new(unseal_secret(account.0, (&stored, by))?);
        let (sealed, by) = seal_secret(tx, account.0, &secret)?;
        let there = f::table.filter(f::account_id.eq(account));
        diesel::update(there).set((f::secret.eq(sealed), f::server_key.eq(by))).execute(tx)?;
    }
    Ok(count)
}

//! Secrets of accounts at rest: what the codes of second factors are made of, and addresses to which
//! messages are sent. An account belongs to no organisation, so they are sealed as the keys of
//! organisations are, with the server's key itself; each opens for that account and as what it is,
//! and not otherwise.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use zeroize::Zeroizing;

use super::{
    SecretOf, keys,
    keys::{ServerKeyOf, wrapping},
};
use crate::{
    connection::Tx,
    error::{Result, StoreError},
    schema::{credentials::second_factors as f, email_addresses as e},
    sql::RowId,
};

/// A secret as it is stored, and the name of the server's key that seals it.
pub(crate) fn seal_secret(tx: &mut Tx, of: SecretOf, secret: &[u8]) -> Result<(Vec<u8>, String)> {
    let server = keys()?.server_keys(&wrapping(tx)?)?;
    let sealed = server.first().seal_secret(of, secret)?;
    Ok((sealed, server.first().name().to_owned()))
}

/// The secret that was stored; without the name of a key it stands in the clear.
pub(crate) fn unseal_secret(of: SecretOf, (stored, by): (&[u8], ServerKeyOf)) -> Result<Vec<u8>> {
    let Some(name) = by else { return Ok(stored.to_vec()) };
    let server = keys()?.server_keys(&name)?;
    let opened = server.named(&name).and_then(|key| key.open_secret(of, stored));
    opened.ok_or_else(|| {
        let (what, account) = match of {
            SecretOf::Factor(account) => ("secret of the second factor", account),
            SecretOf::Address(account) => ("e-mail address", account),
        };
        StoreError::Corrupt(format!(
            "the {what} of {account} is not what was sealed there: it was changed, or moved here"
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
    seal_factors_anew(tx, clear)
}

/// Seals with the key that seals now what another one does.
pub(super) fn seal_sealed_anew(tx: &mut Tx) -> Result<()> {
    let columns = (f::account_id, f::secret, f::server_key);
    let sealed: Vec<Row> = f::table.filter(f::server_key.is_not_null()).select(columns).load(tx)?;
    seal_factors_anew(tx, sealed)?;
    seal_addresses_anew(tx)
}

fn seal_factors_anew(tx: &mut Tx, rows: Vec<Row>) -> Result<usize> {
    let count = rows.len();
    for (account, stored, by) in rows {
        let (sealed, by) = sealed_anew(tx, SecretOf::Factor(account.0), (&stored, by))?;
        let there = f::table.filter(f::account_id.eq(account));
        diesel::update(there).set((f::secret.eq(sealed), f::server_key.eq(by))).execute(tx)?;
    }
    Ok(count)
}

/// None stands in the clear.
fn seal_addresses_anew(tx: &mut Tx) -> Result<()> {
    let columns = (e::account_id, e::address, e::server_key);
    let rows: Vec<(RowId, Vec<u8>, String)> = e::table.select(columns).load(tx)?;
    for (account, stored, by) in rows {
        let (sealed, by) = sealed_anew(tx, SecretOf::Address(account.0), (&stored, Some(by)))?;
        let there = e::table.filter(e::account_id.eq(account));
        diesel::update(there).set((e::address.eq(sealed), e::server_key.eq(by))).execute(tx)?;
    }
    Ok(())
}

fn sealed_anew(
    tx: &mut Tx,
    of: SecretOf,
    stored: (&[u8], ServerKeyOf),
) -> Result<(Vec<u8>, String)> {
    let secret = Zeroizing::new(unseal_secret(of, stored)?);
    seal_secret(tx, of, &secret)
}

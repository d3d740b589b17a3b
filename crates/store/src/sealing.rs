//! Free texts at rest: each column called `texts` is sealed (XChaCha20-Poly1305) with a data key of
//! the organisation whose text it is, and that key is wrapped by the server's, which is in no
//! database. What a text is bound to (table, row, operation, organisation) is told to the cipher,
//! so that a sealed text opens where it was written and nowhere else.
//!
//! No name of a column says whether a text is sealed: its first byte does. What was stored in the
//! clear before stays readable; all that is written is sealed.

use std::{cell::RefCell, collections::HashMap, marker::PhantomData, sync::Arc};

use uuid::Uuid;

use crate::{
    connection::Tx,
    error::{Result, StoreError},
    sql::{PLAIN, in_clear},
};

mod cipher;
mod keys;
mod renewal;
mod secrets;

pub(crate) use cipher::SecretOf;
use cipher::{DataKey, KEY_ID_BYTES};
pub use cipher::{ServerKey, ServerKeys};
pub use keys::{NoServerKey, OrganizationKeys, ServerKeySource};
pub use renewal::{Sealed, renew_key, rewrap, seal_clear};
pub use secrets::seal_clear_secrets;
pub(crate) use secrets::{seal_secret, unseal_secret};

/// What follows is sealed: the id of the key, the nonce, the text with its tag.
const SEALED: u8 = 1;

/// Which text it is, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextOf {
    /// The table that it stands in.
    pub table: &'static str,
    /// The operation.
    pub operation: Uuid,
    /// The row.
    pub row: Uuid,
    /// Which of several of that row.
    pub number: i32,
    /// The organisation, or the operation for what is no single organisation's.
    pub owner: Uuid,
}

impl TextOf {
    /// That of a row, of an organisation, or of none.
    pub fn row(
        table: &'static str,
        operation: Uuid,
        row: impl Into<Uuid>,
        owner: Option<Uuid>,
    ) -> Self {
        let owner = owner.unwrap_or(operation);
        Self { table, operation, row: row.into(), number: 0, owner }
    }

    /// One of several texts of a row.
    pub const fn numbered(self, number: i32) -> Self {
        Self { number, ..self }
    }

    /// What the cipher is told of it: each part has a length that is known or ends with a zero.
    fn bound(&self) -> Vec<u8> {
        let mut bound = b"concord text 1\0".to_vec();
        bound.extend_from_slice(self.table.as_bytes());
        bound.push(0);
        for id in [self.operation, self.owner, self.row] {
            bound.extend_from_slice(id.as_bytes());
        }
        bound.extend_from_slice(&self.number.to_be_bytes());
        bound
    }

    fn corrupt(&self, what: &str) -> StoreError {
        let Self { table, row, .. } = self;
        StoreError::Corrupt(format!("the free texts of row {row} of `{table}`: {what}"))
    }
}

/// What is used within a transaction: the keys, and which of them seals for whom.
struct Within {
    keys: Arc<OrganizationKeys>,
    sealing: HashMap<(Uuid, Uuid), (Uuid, DataKey)>,
}

thread_local! {
    /// The transactions that this thread is in, the innermost last. A transaction begins and ends on
    /// one thread, and diesel lets nothing travel with a connection.
    static WITHIN: RefCell<Vec<Within>> = const { RefCell::new(Vec::new()) };
}

/// As long as this lives, what this thread seals and unseals is done with these keys.
pub(crate) struct Guard(PhantomData<*const ()>);

/// Seals and unseals with these keys from now on.
pub(crate) fn within(keys: &Arc<OrganizationKeys>) -> Guard {
    let within = Within { keys: Arc::clone(keys), sealing: HashMap::new() };
    WITHIN.with_borrow_mut(|all| all.push(within));
    Guard(PhantomData)
}

impl Drop for Guard {
    fn drop(&mut self) {
        WITHIN.with_borrow_mut(Vec::pop);
    }
}

fn keys() -> Result<Arc<OrganizationKeys>> {
    let keys = WITHIN.with_borrow(|all| all.last().map(|within| Arc::clone(&within.keys)));
    keys.ok_or_else(|| StoreError::Key("a text is read outside of a transaction".to_owned()))
}

/// The key that seals for the owner of a text. Nobody else changes it while this transaction
/// writes in the operation, so it is asked for once.
fn sealing_key(tx: &mut Tx, of: &TextOf) -> Result<(Uuid, DataKey)> {
    let owner = (of.operation, of.owner);
    let known =
        WITHIN.with_borrow(|all| all.last().and_then(|within| within.sealing.get(&owner).cloned()));
    if let Some(known) = known {
        return Ok(known);
    }
    let found = keys()?.sealing(tx, owner)?;
    seal_with(owner, found.clone());
    Ok(found)
}

/// Lets a key seal for an owner, as long as this transaction lasts.
fn seal_with(owner: (Uuid, Uuid), key: (Uuid, DataKey)) {
    WITHIN.with_borrow_mut(|all| {
        if let Some(within) = all.last_mut() {
            within.sealing.insert(owner, key);
        }
    });
}

/// A free text as it is stored.
pub(crate) fn seal(tx: &mut Tx, of: &TextOf, text: &str) -> Result<Vec<u8>> {
    let (id, key) = sealing_key(tx, of)?;
    let mut sealed = Vec::with_capacity(1 + KEY_ID_BYTES + cipher::MORE_BYTES + text.len());
    sealed.push(SEALED);
    sealed.extend_from_slice(id.as_bytes());
    key.seal_onto(&mut sealed, text.as_bytes(), &of.bound())?;
    Ok(sealed)
}

/// The free text that was stored.
pub(crate) fn unseal(tx: &mut Tx, of: &TextOf, stored: &[u8]) -> Result<String> {
    match stored.split_first() {
        Some((&PLAIN, _)) => in_clear(stored),
        Some((&SEALED, sealed)) => {
            let (id, sealed) = cipher::split(sealed).ok_or_else(|| of.corrupt("they are cut"))?;
            let key = keys()?.of_text(tx, of, id)?;
            let opened = key.open(sealed, &of.bound());
            let opened = opened.ok_or_else(|| {
                of.corrupt("they are not what was sealed there: they were changed, or moved here")
            })?;
            String::from_utf8(opened).map_err(|_| of.corrupt("they are no text"))
        }
        _ => Err(of.corrupt("they are in a form that is not known")),
    }
}

/// Whether a stored text is sealed, and with which key.
fn sealed_with(stored: &[u8]) -> Option<Uuid> {
    let (_, sealed) = stored.split_first().filter(|(form, _)| **form == SEALED)?;
    cipher::split(sealed).map(|(id, _)| id)
}

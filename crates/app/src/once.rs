//! A request that is sent again under its key does nothing again, and is answered with what its
//! sender may see now.

use concord_store::{Tx, idempotency};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    auth::sha256,
    error::{Error, Result},
};

/// The request under which something is made.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'s> {
    /// The body.
    pub body: &'s Value,
    /// The key under which it may be sent again.
    pub idempotency_key: Option<&'s str>,
}

/// Makes something, unless it was made before under the same key; `what` says what is made of
/// what, so that one key cannot stand for two requests.
///
/// # Errors
/// [`Error::IdempotencyKeyReused`], and those of making it.
pub fn once(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (what, sent): (&str, Sent<'_>),
    make: impl FnOnce(&mut Tx) -> Result<Uuid>,
) -> Result<Uuid> {
    if let Some(id) = replayed(tx, access, (what, sent))? {
        return Ok(id);
    }
    let id = make(tx)?;
    if let Some(key) = sent.idempotency_key {
        let used = idempotency::Used {
            account: access.account,
            key,
            request_hash: &hash(what, sent),
            resource: id,
            at: app.now(),
        };
        idempotency::keep(tx, access.id(), &used)?;
    }
    Ok(id)
}

/// What was made before under the same key.
///
/// # Errors
/// [`Error::IdempotencyKeyReused`].
pub fn replayed(
    tx: &mut Tx,
    access: &Access,
    (what, sent): (&str, Sent<'_>),
) -> Result<Option<Uuid>> {
    let Some(key) = sent.idempotency_key else { return Ok(None) };
    match idempotency::find(tx, access.id(), access.account, key)? {
        Some((known, _)) if known != hash(what, sent) => Err(Error::IdempotencyKeyReused),
        found => Ok(found.map(|(_, id)| id)),
    }
}

/// What stands for a request when it is compared with another under the same key.
pub(crate) fn hash(what: &str, sent: Sent<'_>) -> String {
    sha256(format!("{what}\n{}", sent.body).as_bytes())
}

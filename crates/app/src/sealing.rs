//! Sealing free texts that stand in the clear, and letting other keys seal them: what whoever runs
//! the server does.

use concord_store::{
    Area, StoreError, documents, operations,
    sealing::{self, Sealed},
};

use crate::{
    App,
    audit::{self, Deeds},
    error::{Error, Result},
};

/// Seals all free texts that stand in the clear. Answers how many, by the operation's key.
///
/// # Errors
/// The store's own.
pub fn seal_clear(app: &App) -> Result<Vec<(String, Sealed)>> {
    let all = app.store.read(|tx| Ok::<_, Error>(operations::load(tx, None)?))?;
    let seal = |kept: operations::KeptOperation| {
        let area = Area::Operation(kept.id);
        let sealed = audit::write(app, area, |tx, _| Ok(sealing::seal_clear(tx, kept.id)?))?;
        Ok((kept.operation.key.as_str().to_owned(), sealed))
    };
    all.into_iter().map(seal).collect()
}

/// Seals the secrets of second factors that stand in the clear. Answers how many.
///
/// # Errors
/// The store's own.
pub fn seal_clear_secrets(app: &App) -> Result<usize> {
    audit::write(app, Area::Installation, |tx, _| Ok(sealing::seal_clear_secrets(tx)?))
}

/// Lets a new key seal for an organisation, or for what is no single organisation's in an operation,
/// and seals with it all that the one before did.
///
/// # Errors
/// [`Error::NotFound`] if there is no such operation or organisation.
pub fn renew_key(app: &App, operation: &str, organization: Option<&str>) -> Result<Sealed> {
    let found = app.store.read(|tx| Ok::<_, Error>(operations::find(tx, operation)?))?;
    let kept = found.ok_or(Error::NotFound)?;
    audit::write(app, Area::Operation(kept.id), |tx, _| {
        let owner = match organization {
            None => kept.id,
            Some(written) => {
                documents::organizations::find(tx, kept.id, written)?.ok_or(Error::NotFound)?
            }
        };
        Ok(sealing::renew_key(tx, kept.id, owner)?)
    })
}

/// Wraps the keys of all organisations, and seals the secrets of accounts, with the first of the
/// server's keys. Answers its name, and how many keys it wraps.
///
/// # Errors
/// In words: the store's own say nothing of keys to those who call from afar.
#[expect(clippy::disallowed_methods, reason = "it is recorded here, for errors of the store's own")]
pub fn rewrap(app: &App) -> Result<(String, usize), StoreError> {
    app.store.write(Area::Installation, |tx| {
        let wrapped = sealing::rewrap(tx)?;
        let deeds = Deeds::of(audit::INSTALLATION, None, Vec::new());
        let recorded = audit::record(app, tx, &deeds);
        recorded.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(wrapped)
    })
}

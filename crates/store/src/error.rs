//! What can go wrong in the store.

use diesel::result::{DatabaseErrorKind, Error};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was in the way; the same may succeed when it is tried again.
    #[error("another writer was in the way")]
    Contended,
    /// A key is taken.
    #[error("a key is already taken")]
    Taken,
    /// The database cannot be reached, or all connections are in use.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// What is stored cannot be read as what it should be.
    #[error("what is stored cannot be read: {0}")]
    Corrupt(String),
    /// The server's key is missing, or is another one.
    #[error("{0}")]
    Key(String),
    /// The installation is locked down: no key is held.
    #[error("the installation is locked down")]
    Locked,
    /// Anything else that the database says.
    #[error("the database refused: {0}")]
    Database(#[source] Error),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Taken,
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Contended,
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            Error::DatabaseError(_, info)
                if info.message().contains("deadlock detected")
                    || info.message().contains("database is locked") =>
            {
                Self::Contended
            }
            _ => Self::Database(error),
        }
    }
}

/// What the store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

//! Why something was not done.

use concord_domain::{
    fault::{Fault, FaultCode, Pointer},
    window::Day,
};
use concord_store::{IsContended, StoreError};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was sent is wrong; all faults at once.
    #[error("what was sent cannot be taken")]
    Invalid(Vec<Fault>),
    /// Nobody is signed in, or no longer.
    #[error("sign in first")]
    Unauthenticated,
    /// The login or the password is wrong, or the account is closed; it is not said which.
    #[error("this login and password do not sign anybody in")]
    SignInRefused,
    /// A refresh token carries nothing on: it was used, or its session has ended.
    #[error("this session has ended; sign in again")]
    SessionEnded,
    /// Too many tries.
    #[error("too many tries; wait {0} seconds")]
    TooManyTries(u64),
    /// As much was asked as is answered in a while: in how many seconds there is room again, and
    /// what is used up.
    #[error("{1}")]
    BudgetSpent(u64, String),
    /// The caller may know of it, and may not do it.
    #[error("you may not do this: {0}")]
    Forbidden(&'static str),
    /// The caller may do it, once they have proved again who they are.
    #[error(
        "prove again that it is you: POST /v1/tokens/step-up, with a code of your second factor, or \
         with your password if you have none; then send this request again"
    )]
    StepUpRequired,
    /// There is no such thing, or the caller may not know of it.
    #[error("there is no such thing here")]
    NotFound,
    /// It was retracted on that day; the caller could read it.
    #[error("it was retracted on {0}, and its content is erased; erase your copies of it")]
    Retracted(Day),
    /// What stands does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// It was changed since it was read.
    #[error("it was changed since you read it; read it again")]
    Stale,
    /// It must be said which state is to be changed.
    #[error("send the ETag that you read in If-Match")]
    PreconditionRequired,
    /// One key for two requests.
    #[error("this Idempotency-Key was used for another request")]
    IdempotencyKeyReused,
    /// Too much is going on.
    #[error("too much is going on; try again in a moment")]
    Busy,
    /// The identity provider does not answer, or not as it should.
    #[error("the identity provider does not answer as it should; try again later")]
    ProviderUnreachable,
    /// The SMTP server cannot be used, or does not take a message.
    #[error("the message cannot be sent now; nothing was changed, try again later")]
    MessageNotSent,
    /// The installation is locked down.
    #[error("this installation is locked down; only whoever runs the server can lift that")]
    LockedDown,
    /// It was only tried, and is undone: what it would have done.
    #[error("this was only tried")]
    DryRun(crate::bundles::Imported),
    /// Something is broken.
    #[error("something is broken here: {0}")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Contended | StoreError::Unavailable(_) => Self::Busy,
            StoreError::Taken => Self::Conflict("a key is already taken".to_owned()),
            StoreError::Locked => Self::LockedDown,
            StoreError::Corrupt(_) | StoreError::Key(_) | StoreError::Database(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl IsContended for Error {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl Error {
    /// One fault at a member of the body.
    #[must_use]
    pub fn at(member: &str, code: FaultCode, detail: impl Into<String>) -> Self {
        let root = Pointer::ROOT;
        Self::Invalid(vec![Fault::new(&root.member(member), code, detail)])
    }
}

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

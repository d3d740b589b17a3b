//! What the registry does: one function for each thing that a caller can ask for.
//!
//! Each decides first, then works in one transaction, and knows nothing of HTTP or SQL. Time, ids
//! and secrets come in through [`App`].

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use concord_domain::window::Day;
use concord_oidc::Provider;
use concord_store::Store;
use uuid::Uuid;

pub mod access;
pub mod armed_actors;
pub mod asking;
pub mod audit;
pub mod auth;
pub mod bundles;
pub mod checks;
pub mod coherence;
pub mod consents;
pub mod contact_requests;
pub mod cursor;
pub mod desk;
pub mod desk_changes;
pub mod disclosed;
pub mod email;
pub mod error;
pub mod find;
pub mod flags;
pub mod guard;
pub mod lock_down;
pub mod names;
pub mod notifications;
pub mod once;
pub mod operations;
pub mod outlook;
pub mod people;
pub mod places;
pub mod resources;
pub mod retention;
pub mod retractions;
pub mod samples;
pub mod sealing;
pub mod sharing;

pub use concord_oidc as oidc;
pub use concord_smtp as smtp;
pub use error::Error;

/// What the use cases work with.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub ids: Arc<dyn Ids>,
    /// What tokens are signed with.
    pub keys: Arc<dyn auth::Keys>,
    /// How often somebody may try to sign in.
    pub throttle: Arc<auth::Throttle>,
    /// Who says who somebody is, if anybody does.
    pub provider: Option<Arc<Provider>>,
    /// What passkeys belong to, if anything is served.
    pub relying_party: Option<Arc<auth::RelyingParty>>,
    /// Who takes messages to people, if anybody does.
    pub smtp: Option<Arc<smtp::Server>>,
    /// What is being done, as it is recorded.
    pub doing: audit::Doing,
}

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// Where ids and secrets come from.
pub trait Ids: Send + Sync {
    /// A random id.
    fn id(&self) -> Uuid;
    /// A random id for what is already told apart from everything else by `what`. A test may make
    /// it of that, so that an id is the same whatever else is given one.
    fn id_of(&self, what: &str) -> Uuid {
        let _ = what;
        self.id()
    }
    /// 32 random bytes, which nobody can guess.
    fn secret(&self) -> [u8; 32];
}

impl App {
    /// Now, in UTC, to the microsecond, as both databases keep it.
    #[must_use]
    pub fn now(&self) -> NaiveDateTime {
        let now = self.clock.now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now).naive_utc()
    }

    /// Today, in UTC.
    #[must_use]
    pub fn today(&self) -> Day {
        self.now().date()
    }
}

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// Ids and secrets from the machine's source of randomness.
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "these are the ids that are passed in")]
    fn id(&self) -> Uuid {
        Uuid::new_v4()
    }

    #[expect(clippy::expect_used, reason = "without randomness no secret may be made")]
    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the machine has a source of randomness");
        bytes
    }
}

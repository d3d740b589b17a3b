//! The only crate that speaks SQL, and it speaks it once for SQLite and PostgreSQL.
//!
//! It decides no rule, no permission and no status. Whatever reads entries takes a
//! [`Scope`](concord_domain::policy::Scope), which becomes a condition of the query.

mod connection;
mod error;
mod lists;
mod memo;
mod migrations;
mod schema;
mod sql;
mod statistics;
mod usage;

pub mod accounts;
pub mod audit;
pub mod checks;
pub mod contact_requests;
pub mod credentials;
pub mod desk_changes;
pub mod disclosed;
pub mod documents;
pub mod due;
pub mod email;
pub mod engagements;
pub mod entries;
pub mod flags;
pub mod idempotency;
pub mod identities;
pub mod links;
pub mod live;
pub mod lock_down;
pub mod named_places;
pub mod notifications;
pub mod operations;
pub mod parts;
pub mod passkeys;
pub mod questions;
pub mod references;
pub mod retention;
pub mod retractions;
pub mod sealing;
pub mod sessions;
pub mod strategies;
pub mod trees;
pub mod withheld;

pub use connection::{Area, IsContended, Store, Tx};
pub use error::StoreError;
pub use usage::{Connections, Usage};

//! How much the database is used: counts alone, for whoever watches the server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use diesel::r2d2::{
    HandleEvent, ManageConnection, Pool,
    event::{CheckoutEvent, TimeoutEvent},
};

/// What is counted while the store is used.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    waits: AtomicU64,
    waited_us: AtomicU64,
    timeouts: AtomicU64,
    retries: AtomicU64,
}

impl Counts {
    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Relaxed);
    }
}

/// Counts what happens in a pool.
#[derive(Debug)]
pub(crate) struct Counting(pub(crate) Arc<Counts>);

impl HandleEvent for Counting {
    fn handle_checkout(&self, event: CheckoutEvent) {
        let us = u64::try_from(event.duration().as_micros()).unwrap_or(u64::MAX);
        self.0.waits.fetch_add(1, Relaxed);
        self.0.waited_us.fetch_add(us, Relaxed);
    }

    fn handle_timeout(&self, _: TimeoutEvent) {
        self.0.timeouts.fetch_add(1, Relaxed);
    }
}

/// The connections of a pool.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// What they are for.
    pub purpose: &'static str,
    /// How many are in use.
    pub in_use: u32,
    /// How many wait to be used.
    pub idle: u32,
    /// How many there can be.
    pub max: u32,
}

impl Connections {
    pub(crate) fn of<M: ManageConnection>(purpose: &'static str, pool: &Pool<M>) -> Self {
        let state = pool.state();
        Self {
            purpose,
            in_use: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            max: pool.max_size(),
        }
    }
}

/// How much the database is used, since the store was opened.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// The connections, for reading and for writing.
    pub connections: [Connections; 2],
    /// How often a connection was taken.
    pub waits: u64,
    /// How long was waited for connections.
    pub waited: Duration,
    /// How often none came in time.
    pub timeouts: u64,
    /// How often a write was tried again, because other writers were in the way.
    pub retries: u64,
}

impl Usage {
    pub(crate) fn of(counts: &Counts, connections: [Connections; 2]) -> Self {
        Self {
            connections,
            waits: counts.waits.load(Relaxed),
            waited: Duration::from_micros(counts.waited_us.load(Relaxed)),
            timeouts: counts.timeouts.load(Relaxed),
            retries: counts.retries.load(Relaxed),
        }
    }
}

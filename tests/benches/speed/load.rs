//! Requests from many connections at once, and how long each took.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    data::MEMBERS,
    http::{Connection, Request},
    server::Server,
    world::{OPERATION, World},
};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// An engagement is logged, and its flags are answered.
    Post,
    /// It is asked what would be met.
    Check,
    /// A brief is read.
    Brief,
    /// The newest engagements are listed.
    List,
    /// The page after those is listed.
    Next,
    /// A report of thirty days is read.
    Report,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Post, Self::Check, Self::Brief, Self::List, Self::Next, Self::Report];

    /// What it is called in a table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post with flags",
            Self::Check => "check",
            Self::Brief => "brief",
            Self::List => "list",
            Self::Next => "list, by cursor",
            Self::Report => "report, 30 days",
        }
    }

    /// How many requests a round has: few enough that posts do not make the operation denser.
    pub const fn requests(self) -> usize {
        match self {
            Self::Post => 240,
            Self::Check => 640,
            Self::List | Self::Next => 320,
            Self::Brief => 160,
            Self::Report => 32,
        }
    }
}

/// A request, and under which key it is sent.
pub struct Prepared {
    /// The request.
    pub request: Request,
    /// The key.
    pub key: Option<String>,
}

/// The n-th request of a kind. `round` makes keys differ that must.
pub fn prepared(
    server: &Server,
    world: &World,
    cursors: &[String],
    (operation, round, number): (Operation, usize, usize),
) -> Prepared {
    let member = number % MEMBERS;
    let token = Some(server.tokens[member].as_str());
    let of = |path: &str| format!("/v1/operations/{OPERATION}/{path}");
    let post = |path: &str, body: Value| Request::new("POST", &of(path), token, Some(&body));
    let mut key = None;
    let request = match operation {
        Operation::Post => {
            let sent = uuid::Uuid::from_u64_pair(round as u64, number as u64).to_string();
            let body = world.request(number, member);
            let under = (Some(&body), Some(sent.as_str()));
            let request = Request::with_key("POST", &of("engagements"), token, under);
            key = Some(sent);
            request
        }
        Operation::Check => post("checks", world.intention(number, member)),
        Operation::Brief => post("briefs", world.question(number)),
        Operation::List => Request::new("GET", &of("engagements"), token, None),
        Operation::Next => {
            let cursor = &cursors[member];
            Request::new("GET", &of(&format!("engagements?cursor={cursor}")), token, None)
        }
        Operation::Report => post("reports", world.period(number)),
    };
    Prepared { request, key }
}

/// Where the second page of each member's list begins.
pub fn cursors(server: &Server, world: &World) -> Vec<String> {
    let mut connection = Connection::open(&server.address);
    let first = |member| {
        let prepared = prepared(server, world, &[], (Operation::List, 0, member));
        let answer = connection.send(&prepared.request);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["next"].as_str().expect("there is more").to_owned()
    };
    (0..MEMBERS).map(first).collect()
}

/// What a round took.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Requests, or transactions that do the same, in a second.
    pub per_second: f64,
    /// How long each took.
    pub latencies: Vec<Duration>,
}

impl Round {
    /// How long this share of them took at most, in milliseconds.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1_000.0)
    }
}

/// Sends the requests of a round from this many connections.
pub fn round(
    server: &Server,
    world: &World,
    cursors: &[String],
    (operation, round, connections): (Operation, usize, usize),
) -> Round {
    let requests: Vec<Prepared> = (0..operation.requests())
        .map(|number| prepared(server, world, cursors, (operation, round, number)))
        .collect();
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let work = || {
        let mut connection = Connection::open(&server.address);
        let mut latencies = Vec::new();
        while let Some(prepared) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let sent = Instant::now();
            let answer = connection.send(&prepared.request);
            latencies.push(sent.elapsed());
            assert!(answer.status < 300, "{operation:?}: {}", answer.text());
        }
        latencies
    };
    let latencies: Vec<Duration> = thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no error")).collect()
    });
    Round { per_second: latencies.len() as f64 / begun.elapsed().as_secs_f64(), latencies }
}

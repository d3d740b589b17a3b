//! What sealing costs: writes protection risks without a free text and with one of 1,000
//! characters, then reads them 200 at a time, sealed and in the clear.
//!
//! `cargo run --release -p concord-store --example sealing-speed -- DATABASE`, a new one.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::disallowed_methods, reason = "the store is measured by itself")]

use std::{
    error::Error,
    time::{Duration, Instant},
};

use concord_domain::{
    document::{Identity, Key, Line, Operation, Prose, ProtectionRisk},
    id::ProtectionRiskId,
    vocabulary::{Code, Issue},
};
use concord_store::{
    Area, Store, StoreError, Tx,
    documents::{protection_risks, save_protection_risk},
    operations::{self, KeptOperation},
    sealing::{ServerKey, ServerKeySource, ServerKeys},
};
use uuid::Uuid;

/// How many rows of each kind.
const ROWS: u32 = 2_000;
/// How many are read at once, and how often.
const PAGE: i64 = 200;
const READS: u32 = 50;

/// A key that goes with the process.
struct Passing;

impl ServerKeySource for Passing {
    fn place(&self) -> String {
        "this example".to_owned()
    }

    fn read(&self) -> Result<Option<ServerKeys>, String> {
        Ok(None)
    }

    fn make(&self) -> Result<ServerKeys, String> {
        ServerKeys::parse(&ServerKey::generate().map_err(|error| error.to_string())?)
    }
}

fn risk(number: u32, issue: Issue, description: Option<&str>) -> ProtectionRisk {
    let id = ProtectionRiskId(Uuid::from_u128(u128::from(number) + 1));
    ProtectionRisk {
        identity: Identity { id, key: Key::from(id.0) },
        title: Line::stored("A risk"),
        issue,
        armed_actor: None,
        places: Vec::new(),
        from: None,
        until: None,
        description: description.map(Prose::stored),
        sources: Vec::new(),
    }
}

/// How long one write takes, each in a transaction of its own as a request has.
fn written(
    store: &Store,
    operation: Uuid,
    numbers: std::ops::Range<u32>,
    text: Option<&str>,
) -> Result<Duration, Box<dyn Error>> {
    let issue = Issue::from_code("access.movement.routes").ok_or("no such issue")?;
    let begun = Instant::now();
    for number in numbers {
        let risk = risk(number, issue, text);
        store.write(Area::Operation(operation), |tx| save_protection_risk(tx, operation, &risk))?;
    }
    Ok(begun.elapsed() / ROWS)
}

/// How long it takes to read a page of those whose keys come first.
fn read(store: &Store, operation: Uuid, after: Uuid) -> Result<Duration, StoreError> {
    let after = after.to_string();
    let begun = Instant::now();
    for _ in 0..READS {
        store.read(|tx| protection_risks::page(tx, operation, Some(&after), PAGE))?;
    }
    Ok(begun.elapsed() / READS)
}

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("the address of a database is missing")?;
    let store = Store::open(&url, 1)?.with_key(Passing)?;
    let operation = Uuid::from_u128(u128::from(std::process::id()));
    let document = Operation {
        key: Key::from(operation),
        name: Line::stored("Speed"),
        country: None,
        slack_days: Default::default(),
        questions_per_person: None,
        questions_per_organization: None,
        matches_per_person: None,
        matches_per_organization: None,
    };
    let kept =
        KeptOperation { id: operation, operation: document, evaluated_on: Default::default() };
    store.write(Area::Installation, |tx: &mut Tx| operations::insert(tx, &kept))?;
    let text = "The road to the market is closed. ".repeat(30);
    let plain = written(&store, operation, 0..ROWS, None)?;
    let sealed = written(&store, operation, ROWS..2 * ROWS, Some(&text))?;
    println!("one write: {plain:.1?} without a text, {sealed:.1?} with a sealed one");
    let without = read(&store, operation, Uuid::nil())?;
    let with = read(&store, operation, Uuid::from_u128(u128::from(ROWS)))?;
    println!("a page of {PAGE}: {without:.1?} without texts, {with:.1?} with sealed ones");
    Ok(())
}

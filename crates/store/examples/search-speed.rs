//! How long it takes to find armed actors by name: puts 3,000 of them with five names each, all
//! invented, into a new operation of the database, then looks for some.
//!
//! `cargo run --release -p concord-store --example search-speed -- DATABASE`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::{error::Error, time::Instant};

use concord_domain::{
    document::{ArmedActor, Document, Key, Line, Operation, Reader, References},
    fault::{FaultCode, Pointer},
    id::Kind,
    lineage::Lineage,
    names::{Field, Names},
};
use concord_store::{
    Area, Store, StoreError, Tx, documents,
    operations::{self, KeptOperation},
};
use serde_json::json;
use uuid::Uuid;

const ACTORS: u128 = 3_000;

/// Numbers that look random, and are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// An invented word of two to four syllables.
    fn word(&mut self) -> String {
        let syllables = [
            "ba", "ku", "ren", "shi", "mo", "tal", "dar", "gha", "ni", "wa", "zor", "el", "ki",
            "su", "fa", "lu",
        ];
        let count = 2 + self.below(3);
        (0..count).map(|_| self.one(&syllables)).collect()
    }
}

/// Nothing refers to anything here; every document has its own id.
struct Fresh(u128);

impl References for Fresh {
    fn resolve(&mut self, _: Kind, _: &str) -> Option<Uuid> {
        None
    }
    fn identify(&mut self, _: Kind, _: Option<&Key>) -> Result<Uuid, (FaultCode, String)> {
        self.0 += 1;
        Ok(Uuid::from_u128(self.0))
    }
    fn nearest(&mut self, _: Kind, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn actor(number: u128, numbers: &mut Numbers) -> Option<ArmedActor> {
    let kinds = ["Front", "Army", "Movement", "Defence Forces", "Brigades", "Union"];
    let (place, leader) = (numbers.word(), numbers.word());
    let kind = numbers.one(&kinds);
    let initials: String = [place.as_str(), "liberation", kind]
        .iter()
        .filter_map(|word| word.chars().next())
        .collect();
    let body = json!({
        "key": format!("actor-{number}"), "name": format!("{place} Liberation {kind}"),
        "kind": "militia",
        "aliases": [initials.to_uppercase(), format!("{leader}'s men"), format!("Harakat al-{place}")],
        "names": {"ar": format!("جبهة تحرير {}", numbers.one(&["الوادي", "الجبل", "النهر", "السهل"]))},
    });
    let mut references = Fresh(number);
    let mut reader = Reader::of_bundle(&mut references, None);
    concord_domain::document::Member::read(&body, &Pointer::ROOT, &mut reader)
}

fn fill(tx: &mut Tx, operation: Uuid) -> Result<(), StoreError> {
    let day = chrono::NaiveDate::default();
    let text = |text: &str| Line::stored(text);
    let key = Key::from(operation);
    let document = Operation {
        key,
        name: text("Speed"),
        country: None,
        slack_days: Default::default(),
        questions_per_person: None,
        questions_per_organization: None,
        matches_per_person: None,
        matches_per_organization: None,
    };
    operations::insert(
        tx,
        &KeptOperation { id: operation, operation: document, evaluated_on: day },
    )?;
    let mut numbers = Numbers(7);
    for number in 0..ACTORS {
        if let Some(actor) = actor(number, &mut numbers) {
            let lineage = Lineage::child(None, &number.to_string());
            documents::save_armed_actor(tx, operation, &actor, &lineage)?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a data set is made and not used")]
fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("the address of a database is missing")?;
    let store = Store::open(&url, 1)?;
    let operation = Uuid::from_u128(u128::from(std::process::id()));
    store.write(Area::Installation, |tx| fill(tx, operation))?;
    println!("{} armed actors of {}", ACTORS, <ArmedActor as Document>::NAME);
    for written in [
        "bakuren liberation front",
        "BLF",
        "Harakat al Tal-dar",
        "جبهة تحرير الوادي",
        "Popular Front for the Liberation of the Northern Valleys of Shimotal and of Ghaniwa",
    ] {
        let mut times = Vec::new();
        for _ in 0..50 {
            let begun = Instant::now();
            let found = store.read(|tx| {
                let mut names = Names::default();
                for (place, actor) in documents::all_called(tx, operation)?.into_iter().enumerate()
                {
                    names.add(place, Field::Key, actor.key.as_str());
                    names.add_called(place, &actor.called, false);
                }
                let loaded = begun.elapsed();
                let found = names.search(written, 10).len();
                Ok::<_, StoreError>((loaded, found))
            })?;
            times.push((begun.elapsed(), found));
        }
        times.sort();
        let (all, (loaded, found)) = times[times.len() / 2];
        let (worst, _) = times[times.len() - 1];
        println!(
            "{written}: {found} found in {all:.1?}, {loaded:.1?} of it to load; at worst {worst:.1?}"
        );
    }
    Ok(())
}

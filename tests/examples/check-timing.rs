//! How long a check takes where hidden lines would be told of, where there are as many that are
//! not told of, and where there are none: the medians, and what each is to the last.
//!
//! `cargo run --release -p concord-tests --example check-timing`

use std::time::{Duration, Instant};

use concord_tests::{Database, Person, Registry, line, small_world};
use serde_json::{Value, json};

/// How often each is asked.
const ROUNDS: usize = 400;
/// How many hidden lines there are.
const HIDDEN: [usize; 2] = [1, 20];
/// Lines elsewhere, so that there is something in the database.
const ELSEWHERE: usize = 200;

fn asks(action: &str) -> Value {
    json!([{"issue": "access.movement.routes", "action": action}])
}

fn world(hidden: usize) -> Value {
    let mut world = small_world();
    for name in [
        "questions_per_person",
        "questions_per_organization",
        "matches_per_person",
        "matches_per_organization",
    ] {
        world["operation"][name] = 10_000.into();
    }
    let units = ["matched", "silent", "empty", "elsewhere"];
    let actors = world["armed_actors"].as_array_mut().expect("armed actors");
    for unit in units {
        actors.push(json!({"key": unit, "name": unit, "kind": "militia"}));
    }
    let lines = |unit: &str, disclosure: &str, count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| {
                let key = format!("{unit}-{number}");
                let asks = json!([{"key": format!("{key}-ask"), "issue": "access.movement.routes",
                    "action": "open_route"}]);
                let mut line = line("a", unit, &asks);
                line["key"] = key.into();
                line["audience"] = "own".into();
                line["disclosure"] = disclosure.into();
                line
            })
            .collect()
    };
    let all = [
        lines("matched", "match", hidden),
        lines("silent", "none", hidden),
        lines("elsewhere", "match", ELSEWHERE),
    ];
    world["engagements"] = all.concat().into();
    world
}

fn ask(person: &Person<'_>, unit: &str) -> (Duration, String, usize) {
    let question = json!({"organization": "b", "armed_actor": unit, "level": "tactical",
        "method": "negotiation", "from": "2026-03-16", "until": "2026-03-30", "places": ["leer"],
        "asks": asks("close_route"), "purpose": "A measurement"});
    let began = Instant::now();
    let answer = person.post("checks", &question).expect(200);
    let word = answer.body["word"].as_str().unwrap_or_default().to_owned();
    (began.elapsed(), word, answer.text.len())
}

fn main() {
    for database in [Database::Sqlite, Database::Postgres] {
        for hidden in HIDDEN {
            let registry = Registry::with(database, &world(hidden));
            let person = registry.member("demo", "b");
            let units = ["matched", "silent", "empty"];
            let mut took: [Vec<Duration>; 3] = Default::default();
            let mut told = [const { String::new() }; 3];
            for round in 0..ROUNDS + 20 {
                for (index, unit) in units.iter().enumerate() {
                    let (time, word, bytes) = ask(&person, unit);
                    if round >= 20 {
                        took[index].push(time);
                    }
                    told[index] = format!("{word}, {bytes} bytes");
                }
            }
            let medians = took.map(|mut took| {
                took.sort_unstable();
                took[took.len() / 2].as_secs_f64() * 1000.0
            });
            println!("{database:?}, {hidden} hidden lines, {ROUNDS} checks each:");
            for (index, median_ms) in medians.iter().enumerate() {
                let ratio = median_ms / medians[2];
                println!("  {:<8} {median_ms:>7.2} ms  x{ratio:.2}  {}", units[index], told[index]);
            }
        }
    }
}

//! How long a check takes where hidden lines would be told of, where there are as many that are
//! not told of, and where there are none; and how long it takes to be told that something is not
//! there, if it is hidden, and if there is no such thing: the medians, and what each is to the last.
//!
//! `cargo run --release -p concord-tests --example check-timing`

use std::time::{Duration, Instant};

use concord_tests::{Answer, Database, Person, Registry, contract::Request, line, small_world};
use serde_json::{Value, json};

/// How often each is asked.
const ROUNDS: usize = 400;
/// How often each is asked for, which takes less time.
const ROUNDS_OF_IDS: usize = 2_000;
/// How many rounds come before those that count.
const FIRST: usize = 20;
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

/// What is answered, and how long that took: the request alone.
fn timed(
    (registry, person): (&Registry, &Person<'_>),
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (Duration, Answer) {
    let headers = [("if-match", "*"), ("content-type", "application/json")];
    let text = body.map(Value::to_string).unwrap_or_default();
    let path = format!("/v1/operations/demo/{path}");
    let headers = if body.is_some() { &headers[..] } else { &[] };
    let request = Request { method, path: &path, headers, body: text.as_bytes() };
    let began = Instant::now();
    let answer = registry.exchange(person.token.as_deref(), &request);
    (began.elapsed(), answer)
}

fn ask(at: (&Registry, &Person<'_>), unit: &str) -> (Duration, String, usize) {
    let question = json!({"organization": "b", "armed_actor": unit, "level": "tactical",
        "method": "negotiation", "from": "2026-03-16", "until": "2026-03-30", "places": ["leer"],
        "asks": asks("close_route"), "purpose": "A measurement"});
    let (time, answer) = timed(at, "POST", "checks", Some(&question));
    let answer = answer.expect(200);
    let word = answer.body["word"].as_str().unwrap_or_default().to_owned();
    (time, word, answer.text.len())
}

/// What is measured turn by turn: how long each took, but for the first rounds.
fn alternated<const N: usize>(rounds: usize, mut take: impl FnMut(usize) -> Duration) -> [f64; N] {
    let mut took = [const { Vec::new() }; N];
    for round in 0..rounds + FIRST {
        // Each comes first in its turn.
        for at in (0..N).map(|at| (at + round) % N) {
            let time = take(at);
            if round >= FIRST {
                took[at].push(time);
            }
        }
    }
    took.map(|mut took| {
        took.sort_unstable();
        took[took.len() / 2].as_secs_f64() * 1000.0
    })
}

fn print<const N: usize>(medians: [f64; N], names: [String; N]) {
    for (median_ms, name) in medians.iter().zip(names) {
        println!("  {median_ms:>7.2} ms  x{:.3}  {name}", median_ms / medians[N - 1]);
    }
}

fn checks(database: Database, hidden: usize) {
    let registry = Registry::with(database, &world(hidden));
    let person = registry.member("demo", "b");
    let units = ["matched", "silent", "empty"];
    let mut told = units.map(str::to_owned);
    let medians = alternated(ROUNDS, |at| {
        let (time, word, bytes) = ask((&registry, &person), units[at]);
        told[at] = format!("{}: {word}, {bytes} bytes", units[at]);
        time
    });
    println!("{database:?}, {hidden} hidden lines, {ROUNDS} checks each:");
    print(medians, told);
}

/// The same requests about an entry that is hidden, and about ids that nothing has.
fn ids(database: Database) {
    let registry = Registry::with(database, &world(HIDDEN[1]));
    let (owner, person) = (registry.member("demo", "a"), registry.member("demo", "b"));
    let found = owner.get("engagements?limit=200").expect(200).body["items"].clone();
    let hidden: Vec<String> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| line["id"].as_str().unwrap_or_default().to_owned())
        .collect();
    let missing: Vec<String> = hidden.iter().map(|_| registry.app.ids.id().to_string()).collect();
    let ids = [&hidden, &missing];
    for (method, of) in [("GET", ""), ("GET", "/flags"), ("PATCH", ""), ("POST", "/retraction")] {
        let mut number = 0;
        let medians: [f64; 2] = alternated(ROUNDS_OF_IDS, |at| {
            number += 1;
            let path = format!("engagements/{}{of}", ids[at][number / 2 % hidden.len()]);
            let body = (method != "GET").then(|| json!({"reason": "asked_for"}));
            let (time, answer) = timed((&registry, &person), method, &path, body.as_ref());
            assert_eq!(answer.status, 404, "{}", answer.text);
            time
        });
        println!("{database:?}, {method} engagements/{{id}}{of}, {ROUNDS_OF_IDS} times each:");
        print(medians, ["hidden".to_owned(), "missing".to_owned()]);
    }
}

fn main() {
    for database in [Database::Sqlite, Database::Postgres] {
        ids(database);
        for hidden in HIDDEN {
            checks(database, hidden);
        }
    }
}

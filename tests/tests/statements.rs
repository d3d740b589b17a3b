//! How many statements logging costs for the budgets: counting is paid by everybody who logs.

use std::sync::Mutex;

use concord_tests::{Database, Registry, line, small_world};
use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use serde_json::{Value, json};

/// What was run since it was last emptied.
static RUN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn watch() {
    set_default_instrumentation(|| {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                RUN.lock().expect("nothing panicked").push(query.to_string());
            }
        }))
    })
    .expect("nothing connects meanwhile");
}

/// What is run for it on the tables of questions, receipts and lines that wait.
fn run_for(work: impl FnOnce()) -> Vec<String> {
    RUN.lock().expect("nothing panicked").clear();
    work();
    let run = RUN.lock().expect("nothing panicked");
    assert!(run.len() > 10, "nothing was seen: {run:?}");
    let tables = ["questions", "checks", "withheld_lines"];
    run.iter().filter(|each| tables.iter().any(|table| each.contains(table))).cloned().collect()
}

fn asks(action: &str) -> Value {
    json!([{"issue": "access.movement.routes", "action": action}])
}

#[test]
fn what_is_logged_and_meets_nothing_hidden_costs_three_statements() {
    watch();
    for database in [Database::Sqlite, Database::Postgres] {
        let registry = Registry::with(database, &small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        a.post("engagements", &line("a", "north", &asks("open_route"))).expect(201);
        // The first of the day, one that meets nothing, and one that meets what all may read.
        for (actor, count) in [("south", 0), ("south", 0), ("north", 1)] {
            let mut found = 0;
            let run = run_for(|| {
                let body = line("b", actor, &asks("close_route"));
                let answer = b.post("engagements", &body).expect(201);
                found = answer.body["flags"].as_array().map_or(0, Vec::len);
            });
            assert!(found >= count, "{actor}");
            assert_eq!(run.len(), 3, "{run:#?}");
        }
    }
}

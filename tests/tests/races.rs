//! Many writers at once: no flag is missed, and none is there twice.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use concord_app::{
    auth, flags,
    resources::{self, Sent},
};
use concord_domain::{
    document::{ArmedActor, CommonPosition, Engagement, Lead},
    flag::Subject,
    vocabulary::FlagKind,
};
use concord_tests::{Database, Person, Registry};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many pairs of opposed asks are logged.
const PAIRS: usize = 2_000;
/// Groups, each with a unit; the one half of a pair is with the group, the other with the unit.
const FAMILIES: usize = 1_000;
/// How many log at once, not counting those who edit the register.
const WRITERS: usize = 16;
/// How often something is tried while too much is going on.
const TRIES_MAX: usize = 60;
/// How many are logged for each edit of the register.
const LOGGED_PER_EDIT: usize = 40;

fn group(family: usize) -> String {
    format!("group-{family}")
}

fn unit(family: usize) -> String {
    format!("unit-{family}")
}

/// The groups with their units, leads towards some of them, a position, and a unit that is moved
/// about, with a line.
fn world() -> Value {
    let actor = |key: String, parent: Option<String>| json!({"key": key, "name": key, "kind": "militia", "parent": parent});
    let families =
        (0..FAMILIES).flat_map(|n| [actor(group(n), None), actor(unit(n), Some(group(n)))]);
    let spare = actor("spare".to_owned(), None);
    let lead = |n: usize| {
        json!({"key": format!("lead-{n}"), "armed_actor": group(n), "organization": "c",
               "issue": "access.movement"})
    };
    let organizations = ["a", "b", "c"].map(|key| json!({"key": key, "name": key, "kind": "ingo"}));
    json!({
        "format": "concord.bundle/1",
        "operation": {"key": "demo", "name": "Demonstration"},
        "organizations": organizations,
        "armed_actors": families.chain([spare]).collect::<Value>(),
        "leads": (0..20).map(lead).collect::<Value>(),
        "common_positions": [{"key": "p", "title": "A position", "issue": "access",
                              "armed_actor": group(0), "excludes_actions": ["close_route"]}],
        "engagements": [{"key": "spare-line", "organization": "c", "armed_actor": "spare", "level": "tactical", "method": "negotiation", "status": "ongoing", "from": "2026-03-01", "asks": [{"key": "spare-ask", "issue": "access.movement.routes", "action": "close_route", "terms": {"route": "the spare road"}}]}],
    })
}

fn line(organization: &str, actor: &str, action: &str, road: &str) -> Value {
    let mut line = concord_tests::line(
        organization,
        actor,
        &json!([{"key": format!("{organization}-{actor}-{road}").replace(' ', "-"),
                 "issue": "access.movement.routes", "action": action, "terms": {"route": road}}]),
    );
    line["key"] = line["asks"][0]["key"].clone();
    line
}

/// One half of a pair: who asks what of whom.
fn half(number: usize) -> Value {
    let pair = number / 2;
    let road = format!("road {}", pair / FAMILIES);
    let family = pair % FAMILIES;
    let (above, below) = (group(family), unit(family));
    match (number % 2, pair % 3) {
        (0, 0) => line("a", &above, "open_route", &road),
        (1, 0) => line("b", &below, "close_route", &road),
        (0, 1) => line("a", &below, "open_route", &road),
        (1, 1) => line("b", &above, "close_route", &road),
        (0, _) => line("a", &below, "open_route", &road),
        _ => line("b", &below, "close_route", &road),
    }
}

fn person(registry: &Registry, somebody: &Person<'_>) -> auth::Person {
    let token = somebody.token.as_deref().expect("signed in");
    auth::authenticate(&registry.app, token).expect("known")
}

/// The contradictions that the response to whoever logs an engagement tells of.
fn log(registry: &Registry, who: auth::Person, body: &Value) -> (Uuid, Vec<BTreeSet<Uuid>>) {
    let (app, operation) = (&registry.app, "demo");
    let sent = Sent { body, idempotency_key: None };
    let id = patiently(|| resources::create::<Engagement>(app, who, operation, sent)).id;
    let (found, _) = patiently(|| flags::of_engagement(app, who, operation, id));
    let of = |subject: &Subject| subject.engagement().map(Uuid::from);
    let contradictions = found.iter().filter(|flag| flag.kind == FlagKind::Contradiction);
    let pairs = contradictions.map(|flag| flag.between.iter().filter_map(of).collect());
    (id, pairs.collect())
}

/// What comes of something that is tried again as long as too much is going on, as whoever is told so
/// does. It lasts as long as the machine is slow, and not for ever.
fn patiently<T>(attempt: impl Fn() -> concord_app::error::Result<T>) -> T {
    for _ in 0..TRIES_MAX {
        match attempt() {
            Err(concord_app::Error::Busy) => thread::sleep(Duration::from_millis(100)),
            done => return done.unwrap_or_else(|error| panic!("{error}: {error:?}")),
        }
    }
    panic!("too much is going on all the time");
}

/// Edits leads, the position and the tree until told to stop, and puts the tree back.
fn edit(
    registry: &Registry,
    desk: auth::Person,
    which: usize,
    (begun, done): (&AtomicUsize, &AtomicBool),
) -> usize {
    let app = &registry.app;
    let ids = |list: &str| -> HashMap<String, Uuid> {
        let page = concord_app::cursor::Page::default();
        let found = match list {
            "leads" => resources::list::<Lead>(app, desk, "demo", &page),
            _ => resources::list::<CommonPosition>(app, desk, "demo", &page),
        };
        let key = |body: &Value| body["key"].as_str().expect("a key").to_owned();
        let items = found.expect("a list").items.into_iter();
        items.map(|shown| (key(&shown.body), shown.id)).collect()
    };
    let leads: BTreeMap<String, Uuid> = ids("leads").into_iter().collect();
    let position = ids("positions")["p"];
    let spare = app
        .store
        .read(|tx| {
            let operation = concord_store::operations::find(tx, "demo")?.expect("it is there").id;
            concord_store::documents::armed_actors::find(tx, operation, "spare")
        })
        .expect("read")
        .expect("it is there");
    let mut edits = 0;
    while !done.load(Ordering::Relaxed) {
        if begun.load(Ordering::Relaxed) < edits * LOGGED_PER_EDIT {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        let (at, as_it_is) = (edits % FAMILIES, Some("*"));
        match which {
            0 => {
                let lead = *leads.values().nth(edits % leads.len()).expect("a lead");
                let level = if edits % 3 == 0 { json!("strategic") } else { Value::Null };
                let body = json!({"level": level, "armed_actor": group(at)});
                patiently(|| resources::amend::<Lead>(app, desk, "demo", (lead, as_it_is), &body))
            }
            1 => {
                let action = if edits % 2 == 0 { "open_route" } else { "close_route" };
                let body = json!({"excludes_actions": [action], "armed_actor": group(at)});
                let which = (position, as_it_is);
                patiently(|| resources::amend::<CommonPosition>(app, desk, "demo", which, &body))
            }
            _ => {
                let (body, which) = (json!({"parent": group(at)}), (spare, as_it_is));
                patiently(|| resources::amend::<ArmedActor>(app, desk, "demo", which, &body))
            }
        };
        edits += 1;
    }
    edits
}

fn no_flag_is_missed_and_none_is_doubled(database: Database) {
    let registry = Registry::with(database, &world());
    let (a, b, desk) =
        (registry.member("demo", "a"), registry.member("demo", "b"), registry.desk("demo"));
    let (a, b, desk) = (person(&registry, &a), person(&registry, &b), person(&registry, &desk));
    let next = AtomicUsize::new(0);
    let done = AtomicBool::new(false);
    let logged: Mutex<HashMap<usize, Uuid>> = Mutex::default();
    let told: Mutex<Vec<BTreeSet<Uuid>>> = Mutex::default();
    thread::scope(|scope| {
        let (registry, next, done) = (&registry, &next, &done);
        let editors: Vec<_> = (0..3)
            .map(|which| scope.spawn(move || edit(registry, desk, which, (next, done))))
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= 2 * PAIRS {
                            break;
                        }
                        let who = if number % 2 == 0 { a } else { b };
                        let (id, pairs) = log(registry, who, &half(number));
                        logged.lock().expect("kept").insert(number, id);
                        told.lock().expect("kept").extend(pairs);
                    }
                })
            })
            .collect();
        let finished: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(finished.iter().all(Result::is_ok));
        for editor in editors {
            assert!(editor.join().expect("the editor ends") > 0);
        }
    });

    let logged = logged.into_inner().expect("kept");
    let pair = |number: usize| BTreeSet::from([logged[&(2 * number)], logged[&(2 * number + 1)]]);
    let expected: BTreeSet<BTreeSet<Uuid>> = (0..PAIRS).map(pair).collect();
    let told: BTreeSet<BTreeSet<Uuid>> = told.into_inner().expect("kept").into_iter().collect();
    assert_eq!(told.symmetric_difference(&expected).count(), 0, "what the writers were told");
    let held = registry.held("demo");
    let unique: BTreeSet<_> = held.iter().map(|(kind, _, between)| (kind, between)).collect();
    assert_eq!(unique.len(), held.len(), "some flag is there twice");
    let contradictions = held.iter().filter(|(kind, ..)| kind == "contradiction").count();
    assert_eq!(contradictions, PAIRS);
    registry.verify();
    registry.holds_what_replay_tells("demo");
}

#[test]
fn no_flag_is_missed_and_none_is_doubled_on_sqlite() {
    no_flag_is_missed_and_none_is_doubled(Database::Sqlite);
}

#[test]
fn no_flag_is_missed_and_none_is_doubled_on_postgres() {
    no_flag_is_missed_and_none_is_doubled(Database::Postgres);
}

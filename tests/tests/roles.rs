//! Who is answered what: every operation of the document, called as everybody whom it can be
//! called as, with a request made from the document's own example and the ids of real things.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write,
};

use concord_app::{
    audit::OWN_ACTIONS,
    samples::{SAMPLES, Sample},
};
use concord_tests::{
    Answer, Database, Registry, is_golden,
    walk::{Caller, DAY, OPERATION, Operation, Walk, complete, items, operations, outside, text},
};
use serde_json::Value;

/// What is asked in a body, and recorded only if entries of others are shown.
const READINGS: [&str; 7] = [
    "search_places",
    "preview_engagement",
    "search_armed_actors",
    "search_engagements",
    "create_network",
    "create_timeline",
    "find_disclosed",
];

/// The status that the caller is answered.
fn called(registry: &Registry, walk: &mut Walk<'_>, operation: &Operation) -> u16 {
    let (path, body) = walk.prepared(operation);
    let before = recorded(registry);
    let answer = walk.call(operation, (&path, body.as_ref()));
    is_recorded((registry, walk), operation, &answer, &before);
    walk.settle(operation, &answer);
    answer.status
}

/// The records of the audit log, by id.
fn recorded(registry: &Registry) -> HashMap<String, Value> {
    let records = registry.audit_records(OPERATION);
    records.into_iter().map(|record| (text(&record["id"]), record)).collect()
}

/// Fails unless what was done, whom it refused, and whose entries it showed is recorded.
fn is_recorded(
    (registry, walk): (&Registry, &Walk<'_>),
    operation: &Operation,
    answer: &Answer,
    before: &HashMap<String, Value>,
) {
    let mut new = recorded(registry);
    new.retain(|id, _| !before.contains_key(id));
    let (id, status) = (&operation.id, answer.status);
    let is_reading = operation.method == "GET" || READINGS.contains(&id.as_str());
    // Of several that are sent together each may be refused.
    let made = |item: &Value| item["status"].as_u64().is_some_and(|status| status < 300);
    let is_made = !id.ends_with("_bulk") || items(answer).iter().any(made);
    if (200..300).contains(&status) && !is_reading && is_made {
        assert!(!new.is_empty(), "{id} leaves no record");
    }
    if matches!(status, 403 | 404) && !operation.is_open {
        let is_refusal = |record: &Value| record["deed"] == "refused";
        assert!(new.values().any(is_refusal), "{id} refuses with {status} without a record");
    }
    for record in new.values() {
        let action = text(&record["action"]);
        let is_known = action == *id || OWN_ACTIONS.contains(&action.as_str());
        assert!(is_known, "{id} is recorded as {action}");
    }
    let objects = |record: &Value| record["objects"].as_array().cloned().unwrap_or_default();
    let named: HashSet<String> =
        new.values().flat_map(objects).map(|object| text(&object["id"])).collect();
    // The log itself tells ids and no content; that somebody read it is recorded.
    if id == "list_audit_records" {
        return;
    }
    for (entry, owner) in registry.owners(OPERATION) {
        let is_shown = answer.text.contains(&entry) && Some(&owner) != walk.own.as_ref();
        assert!(!is_shown || named.contains(&entry), "{id} shows {entry} without a record");
    }
}

/// What everybody is answered, by operation and caller.
fn walked() -> BTreeMap<String, Vec<u16>> {
    let mut all: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for caller in Caller::all() {
        let registry = Registry::reaching(Database::Sqlite, outside());
        registry.set_day(DAY);
        let sample = Sample::named(OPERATION).unwrap_or(SAMPLES[0]);
        registry.import(&sample.bundle(registry.app.today()).expect("the sample"));
        complete(&registry);
        let mut walk = Walk::of(&registry, caller);
        for operation in operations() {
            all.entry(operation.id.clone())
                .or_default()
                .push(called(&registry, &mut walk, &operation));
        }
        registry.verify();
    }
    all
}

#[test]
fn golden_who_is_answered_what_is_the_reviewed_one() {
    let all = walked();
    let callers = Caller::all();
    let at = |caller: Caller| callers.iter().position(|each| *each == caller).expect("a caller");
    let mut wrong = Vec::new();
    for operation in operations() {
        let (id, statuses) = (&operation.id, &all[&operation.id]);
        let is_fine = |status: &u16| (200..300).contains(status);
        if !statuses.iter().any(is_fine) {
            wrong.push(format!("the example of {id} is good for nobody: {statuses:?}"));
        }
        if statuses.iter().any(|status| *status >= 500) {
            wrong.push(format!("{id} breaks: {statuses:?}"));
        }
        for caller in [Caller::Anonymous, Caller::Disabled] {
            let status = statuses[at(caller)];
            if !(if operation.is_open { is_fine(&status) } else { status == 401 }) {
                wrong.push(format!("{id} tells {} {status}", caller.name()));
            }
        }
        let status = statuses[at(Caller::Stranger)];
        if operation.path.contains("{operation}") && status != 404 {
            wrong.push(format!("{id} tells a stranger {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut text = format!("{:<28}", "operation");
    for caller in &callers {
        let _ = write!(text, " {:>13}", caller.name());
    }
    for (id, statuses) in &all {
        let _ = write!(text, "\n{id:<28}");
        for status in statuses {
            let _ = write!(text, " {status:>13}");
        }
    }
    is_golden("tests/golden/roles.txt", &(text + "\n"));
}

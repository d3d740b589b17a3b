//! Two worlds: databases that differ only in what one person may not see give that person the same
//! answer to every request, byte for byte.
//!
//! What is called is read from the OpenAPI document and walked as `tests/tests/roles.rs` walks it, so
//! that a new route is in this test without anybody adding it, and fails it if it cannot be called.
//! From each call others are made: in each form, with each parameter, about ids that are hidden,
//! naming keys that are. Pages are read from the list that serves them, and forms are sent as people
//! send them; a page without a form to send fails the test as well. Time and ids are the test's: what is hidden has ids of its own, so that what
//! is not has the same in both worlds.
//!
//! `CONCORD_WORLDS` is how many pairs of worlds there are on SQLite (a tenth of that on PostgreSQL),
//! `CONCORD_WORLDS_SEED` where their seeds begin.

mod calls;
mod compared;
mod hidden;
mod pages;
mod pair;
mod planting;
mod random;
mod stage;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use concord_domain::vocabulary::Role;
use concord_tests::{Database, walk::Caller};

use hidden::{Difference, Plan};
use pair::{Leak, Share, compared};
use stage::{Base, Stage};

/// How many pairs of worlds there are, unless somebody asks for more.
const PAIRS: usize = 200;
/// What is to be hidden in some pairs, in the words of the deeds.
const KINDS: [&str; 40] = [
    "Presence",
    "Content",
    "Texts",
    "1 days",
    "8 days",
    "200 days",
    "line that discloses none",
    "line that discloses match",
    "line that discloses existence",
    "line that discloses summary",
    "line: Amend",
    "line: Ask",
    "line: Promise",
    "line: Look",
    "line: Step",
    "line: Contact",
    "line: Tighten",
    "line: Loosen",
    "line: Renew",
    "line: Keep",
    "line: Consent",
    "line: Retract",
    "commitment",
    "strategy",
    "check",
    "spent budget",
    "request: Yes",
    "request: No",
    "request: Silence",
    "request: None",
    "request: Retracted",
    "answer: No",
    "document",
    "seen notifications",
    "sign-in",
    "tool",
    "second factor",
    "invitation",
    "change of the desk",
    "operation",
];
/// How many worlds with less hidden in them are tried to find what a leak is about.
const TRIES_MAX: usize = 12;

/// Who reads in which pair, in turns: those who read entries more often.
const TURNS: [Caller; 20] = [
    Caller::Is(Role::Member),
    Caller::Is(Role::FocalPoint),
    Caller::Is(Role::Desk),
    Caller::Is(Role::Auditor),
    Caller::Standing,
    Caller::Is(Role::Member),
    Caller::Is(Role::Administrator),
    Caller::Is(Role::Desk),
    Caller::Stranger,
    Caller::Is(Role::FocalPoint),
    Caller::Tool,
    Caller::Is(Role::Member),
    Caller::Installation,
    Caller::Is(Role::Auditor),
    Caller::Is(Role::Desk),
    Caller::Anonymous,
    Caller::Is(Role::FocalPoint),
    Caller::Disabled,
    Caller::Is(Role::Member),
    Caller::Standing,
];

fn asked(name: &str) -> Option<usize> {
    std::env::var(name).ok().map(|written| written.parse().expect("it is a number"))
}

/// Into how many parts the calls are parted, of which one is made in a pair. In so many turns of all
/// each call is made as everybody.
const PARTS: usize = 10;

/// What somebody is asked for in a pair, and after how many days.
fn share(seed: usize, pairs: usize) -> (Share, i64) {
    let (turn, place) = (seed / TURNS.len(), seed % TURNS.len());
    // Whoever reads twice in a turn of all is asked for another part then, or on a later day.
    let before = TURNS[..place].iter().filter(|other| **other == TURNS[place]).count();
    let days = match (turn + place) % 9 {
        5 if before > 0 => 200,
        2 if before > 0 => 8,
        7 if before > 0 => 1,
        _ => 0,
    };
    // In each turn of all, one of them after the other is asked for everything, in order: some
    // calls need what others have made.
    if turn % TURNS.len() == place {
        (Share::All, 0)
    } else if pairs == 1 {
        (Share::All, days)
    } else {
        (Share::Part { of: PARTS, turn: turn + before }, days)
    }
}

/// What was compared, and what differed.
#[derive(Default)]
struct Report {
    leaks: Vec<String>,
    /// By caller and operation: in how many pairs, how many answers, and how many good ones.
    compared: BTreeMap<(&'static str, String), (usize, usize, usize)>,
    /// How often the owner was to be told of what is hidden, and was.
    told: (usize, usize),
    /// In how many pairs there was each kind of what is hidden.
    hidden: BTreeMap<String, usize>,
}

/// The same plan with as little hidden as still leaks.
fn least((base, stage): (&Base, &Stage), plan: &Plan, share: Share, leak: &Leak) -> (Plan, Leak) {
    let (mut plan, mut leak) = (plan.clone(), leak.clone());
    let mut at = 0;
    for _ in 0..TRIES_MAX {
        if at >= plan.deeds.len() || plan.deeds.len() == 1 {
            break;
        }
        let mut fewer = plan.clone();
        fewer.deeds.remove(at);
        let leaks = compared(base, stage, &fewer, share).leaks;
        match leaks.into_iter().find(|other| other.call == leak.call) {
            Some(still) => (plan, leak) = (fewer, still),
            None => at += 1,
        }
    }
    (plan, leak)
}

fn told(at: (&Base, &Stage), plan: &Plan, share: Share, leaks: &[Leak]) -> String {
    let (plan, leak) = least(at, plan, share, &leaks[0]);
    let calls: BTreeSet<&str> = leaks.iter().map(|leak| leak.call.as_str()).collect();
    format!(
        "seed {} ({:?}, {} days): {} learns of what is hidden by {} ({} answers differ, of \
         {calls:?}):\n  {}\n  hidden: {:?}",
        plan.seed,
        plan.difference,
        plan.days,
        plan.caller.name(),
        leak.call,
        leaks.len(),
        leak.what,
        plan.deeds,
    )
}

/// Compares pairs of worlds, two at a time.
fn everything(database: Database, pairs: usize) -> Report {
    let first = asked("CONCORD_WORLDS_SEED").unwrap_or(0);
    let base = Base::on(database);
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    let work = || loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= pairs || report.lock().is_ok_and(|report| report.leaks.len() > 8) {
            break;
        }
        let seed = first + number;
        let caller = TURNS[seed % TURNS.len()];
        let stage = base.stage(caller);
        let (share, days) = share(seed, pairs);
        let plan = Plan::of(seed as u64, caller).after(days);
        let outcome = compared(&base, stage, &plan, share);
        let leak =
            (!outcome.leaks.is_empty()).then(|| told((&base, stage), &plan, share, &outcome.leaks));
        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
        report.leaks.extend(leak);
        for (call, (count, good)) in outcome.compared {
            let all = report.compared.entry((caller.name(), call)).or_default();
            *all = (all.0 + 1, all.1 + count, all.2 + good);
        }
        let mut kinds: BTreeSet<String> =
            plan.deeds.iter().flat_map(|(deed, _)| deed.kinds()).collect();
        kinds.insert(format!("{days} days"));
        kinds.insert(format!("{:?}", plan.difference));
        for kind in kinds {
            *report.hidden.entry(kind).or_default() += 1;
        }
        report.told.0 += usize::from(outcome.is_told_to_owner.is_some());
        report.told.1 += usize::from(outcome.is_told_to_owner == Some(true));
    };
    std::thread::scope(|scope| {
        let all = [scope.spawn(work), scope.spawn(work)];
        all.into_iter().for_each(|each| each.join().expect("no world breaks"));
    });
    report.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Fails unless nothing differed, and what was to be compared was.
fn holds(database: Database, pairs: usize) {
    let report = everything(database, pairs);
    let answers: usize = report.compared.values().map(|(_, answers, _)| answers).sum();
    let good: usize = report.compared.values().map(|(.., good)| good).sum();
    let least = report.compared.values().map(|(pairs, ..)| *pairs).min().unwrap_or(0);
    println!(
        "{database:?}: {pairs} pairs of worlds, {answers} answers compared, {good} of them good; \
         each of {} pairs of operation and caller in {least} pairs or more",
        report.compared.len()
    );
    let hidden: Vec<String> =
        report.hidden.iter().map(|(kind, pairs)| format!("{kind} {pairs}")).collect();
    println!("  in how many pairs there was what: {}", hidden.join(", "));
    assert!(report.leaks.is_empty(), "{}", report.leaks.join("\n\n"));
    is_covered(&report, pairs);
    if pairs < TURNS.len() {
        return;
    }
    assert!(good * 3 > answers, "{good} of {answers} answers were good");
    let (to_tell, told) = report.told;
    assert!(to_tell * 3 > pairs, "in {to_tell} of {pairs} pairs a line is hidden");
    assert_eq!(to_tell, told, "those whose it is do not see that the worlds differ");
}

/// Fails unless every operation was called as everybody, and answered well to somebody, and all that
/// can be hidden was, in so many pairs as are enough for that.
fn is_covered(report: &Report, pairs: usize) {
    if pairs < PARTS * TURNS.len() {
        return;
    }
    let mut missing = Vec::new();
    let operations = concord_tests::walk::operations().into_iter().map(|operation| operation.id);
    let pages = concord_web::ROUTES.iter().map(|(method, path)| pages::name(method, path));
    for call in operations.chain(pages) {
        let mut is_good = false;
        for caller in Caller::all() {
            let of = (caller.name(), call.clone());
            let (pairs, _, good) = report.compared.get(&of).copied().unwrap_or_default();
            assert!(pairs > 0, "{call} was never called as {}", caller.name());
            is_good |= good > 0;
        }
        if !is_good {
            missing.push(call);
        }
    }
    assert!(missing.is_empty(), "never answered well, so there is no call for them: {missing:?}");
    for kind in KINDS {
        let count = report.hidden.get(kind).copied().unwrap_or_default();
        assert!(count >= 2, "{kind}: hidden in {count} of {pairs} pairs");
    }
}

#[test]
fn what_is_hidden_changes_no_answer_with_sqlite() {
    holds(Database::Sqlite, asked("CONCORD_WORLDS").unwrap_or(PAIRS));
}

#[test]
fn what_is_hidden_changes_no_answer_with_postgres() {
    holds(Database::Postgres, asked("CONCORD_WORLDS").unwrap_or(PAIRS).div_ceil(10));
}

/// The test is able to fail: to somebody who may see what differs, nearly everything that tells of
/// entries does differ.
#[test]
fn what_is_not_hidden_is_found_to_differ() {
    let base = Base::on(Database::Sqlite);
    let caller = Caller::Is(Role::Member);
    // A line that what the examples of the document ask is about.
    let mut plans = (0..).map(|seed| Plan::of(seed, caller));
    let mut plan = plans
        .find(|plan| plan.difference == Difference::Presence && plan.hides_at("ufv-sefa", "XT0301"))
        .expect("there is one");
    plan.deeds.truncate(1);
    let stage = base.stage(caller);
    let own = base.hiders[plan.deeds[0].0.who()].token.clone();
    let leaks = compared(&base, &stage.as_told_to(own), &plan, Share::All).leaks;
    let found = |call: &str| leaks.iter().any(|leak| leak.call == call);
    for call in [
        "list_engagements",
        "get_engagements",
        "list_flags_of_engagement",
        "export_bundle",
        "create_report",
        "create_brief",
        "create_timeline",
        "create_network",
        "list_audit_records",
        "amend_engagements",
        "add_asks",
        "loosen_engagement",
    ] {
        assert!(found(call), "that {call} tells of an entry is not found");
    }
}

//! Evaluating what a change touches leaves what evaluating everything finds, whatever happens.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use concord_domain::{
    evaluate::{Focus, evaluate},
    facts::Facts,
    flag::{Flag, FlagIdentity},
    vocabulary::{Closed, FlagKind},
};
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

mod changes;
mod relabelling;
mod world;

use world::{Dice, World};

type Flags = BTreeMap<FlagIdentity, Flag>;

/// How much happens in one world.
const CHANGES: usize = 60;
/// How many choices a change has at most.
const CHOICES: usize = 48;

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn flags(facts: &Facts, focus: &Focus) -> Flags {
    evaluate(facts, focus).into_iter().map(|flag| (flag.identity(), flag)).collect()
}

/// Which kinds were raised and which lapsed.
#[derive(Default)]
struct Seen {
    raised: BTreeSet<&'static str>,
    lapsed: BTreeSet<&'static str>,
    worsened: usize,
}

impl Seen {
    fn note(&mut self, before: &Flags, after: &Flags) {
        let gone = before.iter().filter(|(identity, _)| !after.contains_key(*identity));
        self.lapsed.extend(gone.map(|(_, flag)| flag.kind.code()));
        self.raised.extend(after.values().map(|flag| flag.kind.code()));
        let worse = |(identity, flag): &(&FlagIdentity, &Flag)| {
            before.get(*identity).is_some_and(|before| before.severity < flag.severity)
        };
        self.worsened += after.iter().filter(worse).count();
    }
}

/// Flags as lines that can be compared, so that a failure shows what differs alone.
fn lines(flags: &Flags) -> BTreeSet<String> {
    flags.values().map(|flag| format!("{flag:?}")).collect()
}

/// Brings the flags to what a change leaves, as the registry does.
fn settle(kept: &mut Flags, facts: &Facts, focus: &Focus) -> Result<(), TestCaseError> {
    kept.retain(|_, flag| !focus.touches(&flag.between, |_| None, |_| None));
    let found = flags(facts, focus);
    for flag in found.values() {
        let touched = focus.touches(&flag.between, |_| None, |_| None);
        proptest::prop_assert!(touched, "found and not touched: {flag:?}");
    }
    kept.extend(found);
    Ok(())
}

fn history(changes: &[Vec<u8>], seen: &RefCell<Seen>) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let mut kept = Flags::new();
    for (number, choices) in changes.iter().enumerate() {
        let before = kept.clone();
        let focus = world.change(&mut Dice(choices));
        settle(&mut kept, &world.facts, &focus)?;
        let afresh = flags(&world.facts, &Focus::everything());
        let (left, right) = (lines(&kept), lines(&afresh));
        let differing: Vec<_> = left.symmetric_difference(&right).collect();
        proptest::prop_assert!(
            differing.is_empty(),
            "after change {number}: {differing:#?}\ntouched: {focus:?}"
        );
        seen.borrow_mut().note(&before, &kept);
    }
    Ok(())
}

#[test]
fn what_a_change_touches_is_all_that_changes() {
    let seen = RefCell::new(Seen::default());
    let changes = vec(vec(any::<u8>(), CHOICES), CHANGES / 2..=CHANGES);
    let ran = runner(512).run(&changes, |changes| history(&changes, &seen));
    ran.unwrap_or_else(|error| panic!("{error}"));
    let Seen { raised, lapsed, worsened } = seen.into_inner();
    let every: BTreeSet<&str> = FlagKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(raised, every);
    assert_eq!(lapsed, every);
    assert!(worsened > 0, "no flag ever became worse");
}

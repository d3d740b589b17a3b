use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    CONTRIBUTORS_MIN, Group, Shown,
    algebra::{Fraction, follows, rank},
};

type Organizations = BTreeSet<u8>;

fn group(widths: &[usize], things: &[(Vec<usize>, Organizations)]) -> Group<u8> {
    let mut group = Group::empty(widths);
    for (path, contributors) in things {
        group.add(path, contributors);
    }
    group
}

fn one(organization: u8) -> Organizations {
    BTreeSet::from([organization])
}

#[test]
fn a_figure_of_fewer_than_three_is_not_shown_and_cannot_be_taken_from_the_whole() {
    // Three parts: of a, b and c; of a, b, c and d; of d alone.
    let mut things = Vec::new();
    things.extend([0, 1, 2].map(|who| (vec![0], one(who))));
    things.extend([0, 1, 2, 3].map(|who| (vec![1], one(who))));
    things.push((vec![2], one(3)));
    let shown = group(&[3], &things).shown();
    let counts: Vec<_> = shown.parts.iter().map(|part| part.count).collect();
    assert_eq!((shown.count, counts), (Some(8), vec![None, Some(4), None]));
}

#[test]
fn what_is_left_of_three_may_stay_left() {
    let mut things = Vec::new();
    things.extend([0, 1, 2].map(|who| (vec![0], one(who))));
    things.extend([0, 1].map(|who| (vec![1], one(who))));
    things.extend([2, 3].map(|who| (vec![2], one(who))));
    let shown = group(&[3], &things).shown();
    let counts: Vec<_> = shown.parts.iter().map(|part| part.count).collect();
    assert_eq!((shown.count, counts), (Some(7), vec![Some(3), None, None]));
}

#[test]
fn that_nobody_is_there_is_not_shown() {
    let mut things = Vec::new();
    things.extend([0, 1, 2].map(|who| (vec![0], one(who))));
    things.extend([0, 1, 2, 3].map(|who| (vec![1], one(who))));
    let shown = group(&[3], &things).shown();
    let counts: Vec<_> = shown.parts.iter().map(|part| part.count).collect();
    assert_eq!(counts, [None, Some(4), None]);
}

#[test]
fn nothing_stands_below_what_is_not_shown() {
    let things: Vec<_> = [0, 1].map(|who| (vec![0, 0], one(who))).to_vec();
    let shown = group(&[2, 2], &things).shown();
    assert!(figures(&shown).iter().all(|(_, count)| count.is_none()));
}

/// Every figure with the path to it.
fn figures(shown: &Shown) -> Vec<(Vec<usize>, Option<u64>)> {
    fn walk(shown: &Shown, path: &[usize], found: &mut Vec<(Vec<usize>, Option<u64>)>) {
        found.push((path.to_vec(), shown.count));
        for (at, part) in shown.parts.iter().enumerate() {
            walk(part, &[path, &[at]].concat(), found);
        }
    }
    let mut found = Vec::new();
    walk(shown, &[], &mut found);
    found
}

/// The leaves below a figure, as a row of a system of equations whose unknowns are all leaves.
fn row(path: &[usize], leaves: &[(usize, Vec<usize>)], tree: usize) -> Vec<Fraction> {
    let is_below = |leaf: &(usize, Vec<usize>)| leaf.0 == tree && leaf.1.starts_with(path);
    leaves.iter().map(|leaf| if is_below(leaf) { Fraction::ONE } else { Fraction::ZERO }).collect()
}

type World = Vec<([usize; 2], Vec<(Vec<usize>, Organizations)>)>;

/// Some trees of rows and cells, as in one document, with things that one to three of up to seven
/// organisations contributed.
fn worlds() -> impl Strategy<Value = World> {
    let tree = (1_usize..5, 1_usize..4).prop_flat_map(|(rows, cells)| {
        let who = prop_oneof![
            4 => prop::collection::btree_set(0_u8..7, 1),
            1 => prop::collection::btree_set(0_u8..7, 2..4),
        ];
        let thing = (0..rows, 0..cells, who)
            .prop_map(|(row, cell, contributors)| (vec![row, cell], contributors));
        (Just([rows, cells]), prop::collection::vec(thing, 0..28))
    });
    prop::collection::vec(tree, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_figure_that_is_not_shown_follows_from_the_document(world in worlds()) {
        let mut leaves: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut contributors: Vec<Organizations> = Vec::new();
        let mut shown = Vec::new();
        for (tree, ([rows, cells], things)) in world.iter().enumerate() {
            let group = group(&[*rows, *cells], things);
            for (at, row) in group.parts.iter().enumerate() {
                for (cell, leaf) in row.parts.iter().enumerate() {
                    leaves.push((tree, vec![at, cell]));
                    contributors.push(leaf.contributors.clone());
                }
            }
            shown.extend(figures(&group.shown()).into_iter().map(|(path, n)| (tree, path, n)));
        }
        let system: Vec<Vec<Fraction>> = shown
            .iter()
            .filter(|(.., count)| count.is_some())
            .map(|(tree, path, _)| row(path, &leaves, *tree))
            .collect();
        // No figure that is not shown is a sum of multiples of those that are.
        for (tree, path, _) in shown.iter().filter(|(.., count)| count.is_none()) {
            prop_assert!(!follows(&system, &row(path, &leaves, *tree)), "{tree} {path:?}");
        }
        // No equation that follows is about two organisations alone: none vanishes outside of the
        // leaves to which no other contributed, those that are empty among them.
        let whole = rank(&system);
        for first in 0..7 {
            for second in first..7 {
                let pair = BTreeSet::from([first, second]);
                prop_assert!(pair.len() < CONTRIBUTORS_MIN);
                let outside: Vec<Vec<Fraction>> = system
                    .iter()
                    .map(|row| {
                        let cells = row.iter().zip(&contributors);
                        cells.filter(|(_, who)| !who.is_subset(&pair)).map(|(cell, _)| *cell).collect()
                    })
                    .collect();
                prop_assert_eq!(rank(&outside), whole, "{} and {}", first, second);
            }
        }
    }

    #[test]
    fn what_is_shown_is_true_and_of_three_at_least(world in worlds()) {
        for ([rows, cells], things) in world {
            let group = group(&[rows, cells], &things);
            for (path, count) in figures(&group.shown()) {
                let under: Vec<_> =
                    things.iter().filter(|(at, _)| at.starts_with(&path)).collect();
                let who: Organizations = under.iter().flat_map(|(_, who)| who.clone()).collect();
                if let Some(count) = count {
                    prop_assert_eq!(count, under.len() as u64);
                    prop_assert!(who.len() >= CONTRIBUTORS_MIN);
                }
            }
        }
    }
}

/// Every way in which so many things can have been contributed to some leaves, each by some of
/// these groups of organisations.
fn every_world(
    leaves: usize,
    groups: &[Organizations],
    things: usize,
) -> Vec<Vec<(usize, Organizations)>> {
    let slots: Vec<(usize, &Organizations)> =
        (0..leaves).flat_map(|leaf| groups.iter().map(move |who| (leaf, who))).collect();
    let mut worlds: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..things {
        let longer = |world: Vec<usize>| {
            let from = world.last().copied().unwrap_or(0);
            (from..slots.len()).map(move |slot| [&*world, &[slot]].concat())
        };
        worlds = worlds.into_iter().flat_map(longer).collect();
    }
    let world = |slots_taken: Vec<usize>| {
        slots_taken.into_iter().map(|at| (slots[at].0, slots[at].1.clone())).collect()
    };
    worlds.into_iter().map(world).collect()
}

/// The organisations one by one.
fn alone(organizations: u8) -> Vec<Organizations> {
    (0..organizations).map(one).collect()
}

/// All groups of organisations.
fn together(organizations: u8) -> Vec<Organizations> {
    (1..1_u8 << organizations)
        .map(|bits| (0..organizations).filter(|who| bits & (1 << who) != 0).collect())
        .collect()
}

/// For everything that can be shown of tables of this shape, all worlds in which just that is
/// shown, told apart by those who know the rules and that no count is below zero: a figure that is
/// not shown is never the same in all of them.
fn nobody_can_tell(widths: &[usize], groups: &[Organizations], things: usize) {
    let leaves: usize = widths.iter().product();
    let path = |leaf: usize| match widths {
        [_] => vec![leaf],
        [_, cells] => vec![leaf / cells, leaf % cells],
        _ => unreachable!("small tables have one or two depths"),
    };
    let mut seen: BTreeMap<Shown, BTreeMap<Vec<usize>, BTreeSet<usize>>> = BTreeMap::new();
    for world in every_world(leaves, groups, things) {
        let things: Vec<_> = world.into_iter().map(|(leaf, who)| (path(leaf), who)).collect();
        let shown = group(widths, &things).shown();
        if shown.count.is_none() {
            continue;
        }
        let hidden: Vec<Vec<usize>> = figures(&shown)
            .into_iter()
            .filter(|(_, count)| count.is_none())
            .map(|(path, _)| path)
            .collect();
        let values = seen.entry(shown).or_default();
        for figure in hidden {
            let count = things.iter().filter(|(path, _)| path.starts_with(&figure)).count();
            values.entry(figure).or_default().insert(count);
        }
    }
    assert!(!seen.is_empty());
    for (shown, values) in seen {
        for (figure, values) in values {
            assert!(values.len() > 1, "{figure:?} is {values:?} wherever {shown:?} is shown");
        }
    }
}

#[test]
fn nobody_can_tell_a_figure_that_is_not_shown_of_small_tables() {
    for things in 3..=7 {
        nobody_can_tell(&[2], &alone(4), things);
    }
    for things in 3..=6 {
        nobody_can_tell(&[3], &alone(4), things);
    }
    for things in 3..=5 {
        nobody_can_tell(&[2, 2], &alone(3), things);
        nobody_can_tell(&[2, 2], &alone(4), things);
    }
}

#[test]
fn nor_of_things_to_which_several_contributed() {
    for things in 1..=4 {
        nobody_can_tell(&[2], &together(3), things);
    }
    for things in 1..=3 {
        nobody_can_tell(&[2], &together(4), things);
        nobody_can_tell(&[3], &together(4), things);
        nobody_can_tell(&[2, 2], &together(3), things);
    }
}

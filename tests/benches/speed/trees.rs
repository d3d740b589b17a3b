//! The trees of a made-up operation: armed actors and places, each known by its number.

use crate::random::Random;

/// How many armed actors there are at each step of the tree: 3,000.
pub const ACTORS: [usize; 4] = [40, 200, 760, 2_000];
/// How many places at each level: 50,000.
pub const PLACES: [usize; 4] = [10, 100, 1_000, 48_890];

/// At what step of a tree something stands, and how many are at its step before it.
pub fn step(counts: &[usize], number: usize) -> (usize, usize) {
    let mut first = 0;
    for (step, count) in counts.iter().enumerate() {
        if number < first + count {
            return (step, number - first);
        }
        first += count;
    }
    (counts.len(), number - first)
}

fn above(counts: &[usize], number: usize, parent: impl Fn(usize, usize) -> usize) -> Option<usize> {
    let (step, index) = step(counts, number);
    let before: usize = counts.iter().take(step.checked_sub(1)?).sum();
    Some(before + parent(step, index))
}

/// The place that one lies in.
pub fn place_above(place: usize) -> Option<usize> {
    above(&PLACES, place, |step, index| if step == 3 { index % PLACES[2] } else { index / 10 })
}

/// The armed actor that one is a unit of.
pub fn actor_above(actor: usize) -> Option<usize> {
    above(&ACTORS, actor, |step, index| index % ACTORS[step - 1])
}

/// The district of an armed actor, as the number of a place of the second level among them: one
/// of the province of its topmost; the topmost itself is in any of them.
pub fn home(random: &mut Random, actor: usize) -> usize {
    let mut unit = actor;
    let mut way = vec![actor];
    while let Some(next) = actor_above(unit) {
        unit = next;
        way.push(next);
    }
    let province = unit % PLACES[0];
    let second = way.len().checked_sub(2).map(|at| way[at]);
    let within = second.map_or_else(|| random.below(10), |second| (second / ACTORS[0]) % 10);
    province * 10 + within
}

/// What a place is called.
pub fn place_key(place: usize) -> String {
    format!("XS{place:06}")
}

/// What an armed actor is called.
pub fn actor_key(actor: usize) -> String {
    format!("actor-{actor}")
}

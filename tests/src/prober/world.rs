//! Where the prober looks: twelve armed actors with their units, eighteen areas, six months, a
//! hundred hidden lines and as many again for all to read. Everything follows from a seed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::OPERATION;

/// Armed actors that stand at the top.
const FAMILIES: usize = 12;
/// Under each of them, and under each of those.
const UNITS: usize = 3;
/// How many armed actors a family has.
const FAMILY: usize = 1 + UNITS + UNITS * UNITS;
/// Areas of level 1.
const AREAS: usize = 18;
/// In how many areas a family is.
const AREAS_OF_FAMILY: usize = 5;
/// The months, of 2026.
const MONTHS: [u32; 6] = [4, 5, 6, 7, 8, 9];
/// How many lines are hidden.
pub const HIDDEN: usize = 100;
/// How many lines are for all to read.
const PUBLIC: usize = 150;
/// How many organisations have lines.
const ORGANIZATIONS: usize = 8;

/// What is to be located.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The armed actor, by its number.
    pub actor: usize,
    /// The area of level 1.
    pub area: usize,
    /// The month.
    pub month: u32,
}

/// The world.
pub struct World {
    /// Where the hidden lines are.
    pub hidden: Vec<Cell>,
    public: Vec<Cell>,
    areas: Vec<Vec<usize>>,
    seed: u64,
}

/// Numbers that follow from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// One of so many, the first more often than the later.
    fn uneven(&mut self, count: usize) -> usize {
        let weights: Vec<u64> = (1..=count as u64).map(|rank| 840 / rank).collect();
        let mut left = self.next() % weights.iter().sum::<u64>();
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        count - 1
    }
}

impl World {
    /// The world of a seed.
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let areas: Vec<Vec<usize>> = (0..FAMILIES)
            .map(|_| {
                let mut areas: Vec<usize> = Vec::new();
                while areas.len() < AREAS_OF_FAMILY {
                    let area = chance.below(AREAS);
                    if !areas.contains(&area) {
                        areas.push(area);
                    }
                }
                areas
            })
            .collect();
        let mut draw = || {
            let family = chance.uneven(FAMILIES);
            let node = match chance.below(10) {
                0 => 0,
                1..=3 => 1 + chance.below(UNITS),
                _ => 1 + UNITS + chance.below(UNITS * UNITS),
            };
            let area = areas[family][chance.uneven(AREAS_OF_FAMILY)];
            let month = MONTHS[chance.below(MONTHS.len())];
            Cell { actor: family * FAMILY + node, area, month }
        };
        let hidden = (0..HIDDEN).map(|_| draw()).collect();
        let public = (0..PUBLIC).map(|_| draw()).collect();
        Self { hidden, public, areas, seed }
    }

    /// The armed actors that one is in line with, itself included: those above it and below it.
    pub fn in_line(&self, actor: usize) -> Vec<usize> {
        let above = |mut node: usize| {
            let mut line = vec![node];
            while let Some(parent) = parent(node) {
                line.push(parent);
                node = parent;
            }
            line
        };
        let own = above(actor);
        let family = self.family(actor).into_iter();
        family.filter(|other| own.contains(other) || above(*other).contains(&actor)).collect()
    }

    /// All armed actors of the tree that one is in.
    pub fn family(&self, actor: usize) -> Vec<usize> {
        let root = self.root_of(actor);
        (root..root + FAMILY).collect()
    }

    /// The top of the tree that an armed actor is in.
    pub fn root_of(&self, actor: usize) -> usize {
        actor / FAMILY * FAMILY
    }

    /// The smallest units of the tree that an armed actor is in, each under another command than
    /// the one before.
    pub fn units_below(&self, actor: usize) -> Vec<usize> {
        let root = self.root_of(actor);
        // Of each command one first: what they are not in line with is known to be empty sooner.
        let unit = |place: usize| (place % UNITS) * UNITS + place / UNITS;
        (0..UNITS * UNITS).map(|place| root + 1 + UNITS + unit(place)).collect()
    }

    /// How many hidden lines somebody expects in each cell who knows how many there are, where
    /// each family is, and what everybody may read: that family, area and month, and the kind of
    /// unit, go by what is seen of them.
    pub fn expected(&self) -> BTreeMap<Cell, f64> {
        let share = |alike: &dyn Fn(&Cell) -> bool, of: usize| {
            let seen = self.public.iter().filter(|cell| alike(cell)).count();
            (seen as f64 + 1.0) / (PUBLIC as f64 + of as f64)
        };
        let mut expected = BTreeMap::new();
        for (family, areas) in self.areas.iter().enumerate() {
            let of_family = share(&|cell| cell.actor / FAMILY == family, FAMILIES);
            for area in areas {
                let here = |cell: &Cell| cell.actor / FAMILY == family && cell.area == *area;
                let seen = self.public.iter().filter(|cell| here(cell)).count() as f64 + 1.0;
                let all = self.public.iter().filter(|cell| cell.actor / FAMILY == family).count();
                let of_area = seen / (all + AREAS_OF_FAMILY) as f64;
                for month in MONTHS {
                    let of_month = share(&|cell| cell.month == month, MONTHS.len());
                    for node in 0..FAMILY {
                        let height = |node: usize| (node > 0) as usize + (node > UNITS) as usize;
                        let alike = |cell: &Cell| height(cell.actor % FAMILY) == height(node);
                        let many = [1, UNITS, UNITS * UNITS][height(node)];
                        let of_node = share(&alike, 3) / many as f64;
                        let cell = Cell { actor: family * FAMILY + node, area: *area, month };
                        let part = of_family * of_area * of_month * of_node;
                        expected.insert(cell, HIDDEN as f64 * part);
                    }
                }
            }
        }
        expected
    }

    /// Each family, area and month once, by its top, those in which most is expected first.
    pub fn groups(&self, expected: &BTreeMap<Cell, f64>) -> Vec<Cell> {
        let mut groups: BTreeMap<Cell, f64> = BTreeMap::new();
        for (cell, expected) in expected {
            let group = Cell { actor: self.root_of(cell.actor), ..*cell };
            *groups.entry(group).or_default() += expected;
        }
        let mut groups: Vec<(Cell, f64)> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        groups.into_iter().map(|(cell, _)| cell).collect()
    }

    /// How many hidden lines are in these cells.
    pub fn located(&self, claims: &[Cell]) -> usize {
        self.hidden.iter().filter(|cell| claims.contains(cell)).count()
    }

    /// The world as a bundle.
    pub fn bundle(&self) -> Value {
        let area = |area: usize| json!({"key": area_key(area), "name": area_key(area), "level": 1});
        let organization = |key: String| json!({"key": key, "name": key, "kind": "ingo"});
        let mut organizations: Vec<Value> =
            (0..ORGANIZATIONS).map(|each| organization(format!("o{each}"))).collect();
        organizations.push(organization("hostile".to_owned()));
        let actor = |number: usize| {
            let places: Vec<String> =
                self.areas[number / FAMILY].iter().copied().map(area_key).collect();
            json!({"key": actor_key(number), "name": actor_key(number), "kind": "militia",
                   "parent": parent(number).map(actor_key), "places": places})
        };
        let mut chance = Chance(self.seed ^ 0xface);
        let mut line = |number: usize, cell: &Cell, audience: &str| {
            let first = 1 + chance.below(12);
            let last = first + 9 + chance.below(9);
            json!({
                "key": format!("{audience}-{number}"),
                "organization": format!("o{}", chance.below(ORGANIZATIONS)),
                "armed_actor": actor_key(cell.actor), "level": "tactical",
                "method": "negotiation", "status": "planned", "audience": audience,
                "disclosure": "match", "places": [area_key(cell.area)],
                "from": format!("2026-{:02}-{first:02}", cell.month),
                "until": format!("2026-{:02}-{last:02}", cell.month),
                "asks": [{"key": format!("{audience}-{number}-ask"),
                          "issue": "access.movement.routes", "action": "open_route"}],
            })
        };
        let hidden: Vec<Value> =
            self.hidden.iter().enumerate().map(|(n, cell)| line(n, cell, "own")).collect();
        let public = self.public.iter().enumerate().map(|(n, cell)| line(n, cell, "operation"));
        let lines: Vec<Value> = hidden.into_iter().chain(public).collect();
        json!({
            "format": "concord.bundle/1",
            "operation": {"key": OPERATION, "name": "Probed"},
            "places": (0..AREAS).map(area).collect::<Value>(),
            "organizations": organizations,
            "armed_actors": (0..FAMILIES * FAMILY).map(actor).collect::<Value>(),
            "engagements": lines,
        })
    }

    /// The question that any line meets in the month and area and in line with the armed actor,
    /// and no line of another month.
    pub fn question(&self, cell: Cell) -> Value {
        let mut question = self.change(cell);
        let members = question.as_object_mut().expect("an object");
        members.insert("purpose".to_owned(), "A meeting".into());
        members.insert("organization".to_owned(), "hostile".into());
        members.insert("level".to_owned(), "community".into());
        members.insert("method".to_owned(), "public_denunciation".into());
        members.insert(
            "asks".to_owned(),
            json!([{"issue": "access.movement.routes", "action": "close_route"}]),
        );
        question
    }

    /// The same as an entry.
    pub fn entry(&self, cell: Cell) -> Value {
        let mut entry = self.question(cell);
        let members = entry.as_object_mut().expect("an object");
        members.remove("purpose");
        members.insert("status".to_owned(), "planned".into());
        entry
    }

    /// What makes the entry of one cell that of another.
    pub fn change(&self, cell: Cell) -> Value {
        let day = format!("2026-{:02}-15", cell.month);
        json!({"armed_actor": actor_key(cell.actor), "places": [area_key(cell.area)],
               "from": day, "until": day})
    }
}

/// What an armed actor is a unit of.
fn parent(actor: usize) -> Option<usize> {
    let (root, node) = (actor / FAMILY * FAMILY, actor % FAMILY);
    match node {
        0 => None,
        1..=UNITS => Some(root),
        _ => Some(root + 1 + (node - 1 - UNITS) / UNITS),
    }
}

fn actor_key(actor: usize) -> String {
    format!("actor-{actor}")
}

fn area_key(area: usize) -> String {
    format!("area-{area}")
}

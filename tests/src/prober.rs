//! A hostile member who asks what the budgets allow, day after day, to locate what others keep to
//! themselves: which armed actor, which area of level 1, which month. What it locates is compared
//! with what somebody guesses from what everybody may read.
//!
//! The member knows all that is public: the tree of armed actors, where each is present, what is
//! logged for all to read, the rules and the budgets; and that there are as many hidden lines as
//! there are. Each question is made to tell as much as it can: by a public method, with which any
//! quiet line clashes, about one day in the middle of a month, which no line of another month
//! meets.

use std::collections::BTreeMap;

use concord_domain::vocabulary::Role;

use crate::{Answer, Database, Person, Registry};
pub use world::{Cell, World};

mod world;

/// The operation.
pub const OPERATION: &str = "probed";

/// By what the member asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Checks.
    Checks,
    /// Entries that are logged, and then edited, by turns.
    Entries,
}

/// In which order the member looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Where most is expected first, unit by unit.
    LikelyFirst,
    /// Where most is expected that guessing does not claim, unit by unit: most answers are
    /// negative and cost nothing, and one that is not locates what was not known.
    BeyondGuessing,
    /// From the top of each tree downward, halving what is left.
    FromAbove,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// How many questions were answered.
    pub asked: usize,
    /// How many hidden lines were located.
    pub by_probing: usize,
    /// How many are located with as many claims by guessing.
    pub by_guessing: usize,
}

impl Located {
    /// How many more were located than guessed.
    pub fn above_guessing(&self) -> usize {
        self.by_probing.saturating_sub(self.by_guessing)
    }
}

/// Lets a member ask for so many days, on a registry of its own.
pub fn probe(world: &World, by: By, way: Way, days: usize) -> Located {
    let registry = Registry::with(Database::Sqlite, &world.bundle());
    let login = registry.person(OPERATION, Role::Member, Some("hostile")).login;
    let mut attack = Attack {
        registry: &registry,
        person: registry.signed_in(&login, OPERATION),
        login: login.clone(),
        by,
        days_left: days,
        asked: 0,
        changed: 0,
        edited: None,
        is_over: days == 0,
    };
    let expected = world.expected();
    let guessed = best(&expected, world.hidden.len());
    let mut belief = Belief { cells: expected.clone(), hits: Vec::new() };
    let unclaimed = expected.iter().filter(|(cell, _)| !guessed.contains(cell));
    let groups = match way {
        Way::LikelyFirst | Way::FromAbove => world.groups(&expected),
        Way::BeyondGuessing => world.groups(&unclaimed.map(|(c, n)| (*c, *n)).collect()),
    };
    for group in groups {
        let nodes = match way {
            Way::FromAbove => vec![world.root_of(group.actor)],
            Way::LikelyFirst | Way::BeyondGuessing => world.units_below(group.actor),
        };
        for node in nodes {
            let asked = Cell { actor: node, ..group };
            // What is known to be empty, or met already, is not asked about again.
            let is_open = |cell: &Cell| belief.cells.get(cell).is_some_and(|n| *n > 0.0);
            let line = world.in_line(node);
            let mut cells = line.iter().map(|actor| Cell { actor: *actor, ..group });
            let is_known = belief.hits.iter().any(|hit| cells.clone().any(|c| hit.contains(&c)));
            if is_known || !cells.any(|cell| is_open(&cell)) {
                continue;
            }
            let Some(is_met) = attack.ask(world, asked) else { break };
            belief.learn(world, asked, is_met);
            if is_met {
                narrow(&mut attack, &mut belief, world, (asked, way));
            }
        }
        if attack.is_over {
            break;
        }
    }
    let claims = belief.claims(world.hidden.len());
    Located {
        asked: attack.asked,
        by_probing: world.located(&claims),
        by_guessing: world.located(&guessed),
    }
}

/// Asks below and beside what was met until it is clear which armed actor it is: halving what is
/// left from above; else a little at a time, since what tells nothing costs nothing.
fn narrow(attack: &mut Attack<'_>, belief: &mut Belief, world: &World, (met, way): (Cell, Way)) {
    let odds = |belief: &Belief, actor: usize| {
        belief.cells.get(&Cell { actor, ..met }).copied().unwrap_or_default()
    };
    let mut candidates = world.in_line(met.actor);
    candidates.retain(|actor| odds(belief, *actor) > 0.0);
    while candidates.len() > 1 && !attack.is_over {
        let all: f64 = candidates.iter().map(|actor| odds(belief, *actor)).sum();
        let aim = if way == Way::FromAbove { 0.5 } else { 0.0 };
        let next = world
            .family(met.actor)
            .into_iter()
            .filter_map(|node| {
                let line = world.in_line(node);
                let within = candidates.iter().filter(|each| line.contains(each));
                let count = within.clone().count();
                let share = within.map(|actor| odds(belief, *actor)).sum::<f64>() / all;
                (count > 0 && count < candidates.len()).then_some((node, (share - aim).abs()))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((node, _)) = next else { break };
        let asked = Cell { actor: node, ..met };
        let Some(is_met) = attack.ask(world, asked) else { break };
        let line = world.in_line(node);
        candidates.retain(|candidate| line.contains(candidate) == is_met);
        if !is_met {
            belief.learn(world, asked, false);
        }
    }
    // Of what was met these are left.
    let left = candidates.into_iter().map(|actor| Cell { actor, ..met }).collect();
    belief.hits.pop();
    belief.hits.push(left);
}

/// What the member holds likely.
struct Belief {
    /// How many hidden lines are expected in each cell.
    cells: BTreeMap<Cell, f64>,
    /// For each time that something was met, the cells that it can be in.
    hits: Vec<Vec<Cell>>,
}

impl Belief {
    fn learn(&mut self, world: &World, asked: Cell, is_met: bool) {
        let covered: Vec<Cell> =
            world.in_line(asked.actor).into_iter().map(|actor| Cell { actor, ..asked }).collect();
        if is_met {
            self.hits.push(covered);
        } else {
            for cell in &covered {
                self.cells.insert(*cell, 0.0);
            }
        }
    }

    /// The cells in which most are expected, given what was met.
    fn claims(&self, count: usize) -> Vec<Cell> {
        let mut expected = self.cells.clone();
        for hit in &self.hits {
            let all: f64 = hit.iter().filter_map(|cell| self.cells.get(cell)).sum();
            for cell in hit {
                let prior = self.cells.get(cell).copied().unwrap_or_default();
                let posterior = if all > 0.0 { prior / all } else { 0.0 };
                let known = expected.entry(*cell).or_default();
                *known = known.max(posterior);
            }
        }
        best(&expected, count)
    }
}

/// The cells in which most are expected.
fn best(expected: &BTreeMap<Cell, f64>, count: usize) -> Vec<Cell> {
    let mut cells: Vec<(Cell, f64)> = expected.iter().map(|(cell, n)| (*cell, *n)).collect();
    cells.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    cells.into_iter().take(count).map(|(cell, _)| cell).collect()
}

struct Attack<'r> {
    registry: &'r Registry,
    person: Person<'r>,
    login: String,
    by: By,
    days_left: usize,
    asked: usize,
    /// How many entries were logged or edited.
    changed: usize,
    /// The entry that was logged last and is edited next.
    edited: Option<String>,
    is_over: bool,
}

impl Attack<'_> {
    /// Whether something hidden is in line with the armed actor there in that month; none once
    /// the days are over.
    fn ask(&mut self, world: &World, cell: Cell) -> Option<bool> {
        if self.is_over {
            return None;
        }
        let answer = match self.by {
            By::Checks => self.check(world, cell),
            By::Entries => self.change(world, cell),
        };
        self.asked += usize::from(answer.is_some());
        answer
    }

    fn check(&mut self, world: &World, cell: Cell) -> Option<bool> {
        loop {
            let answer = self.person.post("checks", &world.question(cell));
            if answer.status == 200 {
                return Some(answer.body["word"] != "none_known");
            }
            assert_eq!(answer.status, 429, "{}", answer.text);
            self.wait()?;
        }
    }

    /// Logs an entry, or edits the one that was logged last. Its lines may follow on another day,
    /// for which the member waits.
    fn change(&mut self, world: &World, cell: Cell) -> Option<bool> {
        self.changed += 1;
        let is_edit = self.changed.is_multiple_of(2);
        let (id, answer) = match self.edited.take().filter(|_| is_edit) {
            Some(id) => {
                let path = format!("engagements/{id}");
                (id, self.person.amend(&path, &world.change(cell)).expect(200))
            }
            None => {
                let answer = self.person.post("engagements", &world.entry(cell)).expect(201);
                let id = answer.body["engagement"]["id"].as_str().unwrap_or_default().to_owned();
                (id, answer)
            }
        };
        let mut is_met = meets(&answer);
        // How many wait is told by nobody; the member counts what was asked, and knows.
        while self.waits(&id) {
            self.wait()?;
            is_met = meets(&self.person.get(&format!("engagements/{id}/flags")).expect(200));
        }
        self.edited = Some(id);
        Some(is_met)
    }

    /// Whether the lines of an entry follow on another day. The store is asked in the member's
    /// place, who would have to count.
    fn waits(&self, id: &str) -> bool {
        let id = uuid::Uuid::parse_str(id).expect("an id");
        let waits = self.registry.app.store.read(|tx| {
            let kept = concord_store::operations::find(tx, OPERATION)?.expect("an operation");
            concord_store::withheld::of(tx, kept.id, &[id])
        });
        !waits.expect("it is read").is_empty()
    }

    /// Waits for the next day; none if there is none.
    fn wait(&mut self) -> Option<()> {
        self.days_left -= 1;
        if self.days_left == 0 {
            self.is_over = true;
            return None;
        }
        self.registry.pass_days(1);
        self.person = self.registry.signed_in(&self.login, OPERATION);
        Some(())
    }
}

fn meets(answer: &Answer) -> bool {
    answer.body["restricted"].as_array().is_some_and(|lines| !lines.is_empty())
}

/// The figures as they are printed.
pub fn line(by: By, way: Way, days: usize, located: Located) -> String {
    let name = format!("{by:?}, {way:?}");
    let Located { asked, by_probing, by_guessing } = located;
    format!(
        "{name:<22} {days:>3} days {asked:>4} answers: {by_probing:>3} of 100 located, \
         {by_guessing:>3} by guessing alone"
    )
}

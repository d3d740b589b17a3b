//! What may be asked and told of lines that the asker may not read. Checks, and entries that are
//! logged or changed, count against the same budgets, whatever they meet; beyond them a check is
//! refused, and an entry is saved and its restricted lines follow on a later day.
//!
//! Whether there is room is decided before it is known what is hidden, and from what the asker
//! knows: how much was asked, and how much was told. So neither a refusal nor a wait says more.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use concord_domain::{
    checking::{Allowance, TOLD_DAYS},
    facts::Facts,
    flag::Flag,
    id::{MechanismId, OrganizationId},
    policy::Scope,
    vocabulary::{FlagClass, Severity},
    window::{Day, earlier, later},
};
use concord_store::{
    Tx, entries,
    links::{self, Role as Link},
    operations::KeptOperation,
    questions::{self, Counted, Kind, Question},
    withheld::{self, Withheld},
};
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    coherence::{self, Settled},
    error::{Error, Result},
    flags,
    resources::Touched,
};

/// An entry that was written so that what it meets may be another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The entry.
    pub entry: Uuid,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// What a person may still ask for an organisation.
#[derive(Clone, Debug)]
pub struct Room {
    /// Of the person and of the organisation: how much is allowed, asked and told.
    both: [Used; 2],
    today: Day,
}

#[derive(Clone, Debug)]
struct Used {
    allowed: Allowance,
    asked_today: u32,
    /// What was told, on which day and about which question; the same question counts once.
    told: BTreeMap<String, (Day, u32)>,
}

impl Used {
    fn told(&self) -> u32 {
        self.told.values().map(|(_, told)| *told).sum()
    }

    const fn left(&self) -> u32 {
        self.allowed.questions.saturating_sub(self.asked_today)
    }

    fn has_told_all(&self) -> bool {
        self.told() >= self.allowed.told
    }

    fn count(&mut self, day: Day, digest: &str, matches: u32) {
        self.asked_today += 1;
        if matches > 0 {
            let told = self.told.entry(digest.to_owned()).or_insert((day, matches));
            *told = (told.0.max(day), told.1.max(matches));
        }
    }

    /// The first day on which there is room again for something that is told.
    fn told_again_on(&self, today: Day) -> Day {
        let mut told: Vec<(Day, u32)> = self.told.values().copied().collect();
        told.sort_unstable();
        let mut standing = self.told();
        for (day, matches) in told {
            standing = standing.saturating_sub(matches);
            if standing < self.allowed.told {
                return later(day, TOLD_DAYS);
            }
        }
        later(today, 1)
    }
}

impl Room {
    /// What somebody may still ask for an organisation today.
    ///
    /// # Errors
    /// The store's own.
    pub fn of(
        tx: &mut Tx,
        kept: &KeptOperation,
        who: (Uuid, OrganizationId),
        today: Day,
    ) -> Result<Self> {
        let since = earlier(today, TOLD_DAYS - 1);
        let counted = questions::counted(tx, kept.id, who, (today, since))?;
        let (person, organization) = Allowance::of(&kept.operation);
        let used = |allowed, counts: fn(&Counted) -> bool| {
            let mut used = Used { allowed, asked_today: 0, told: BTreeMap::new() };
            for each in counted.iter().filter(|each| counts(each)) {
                used.count(each.asked_on, &each.digest, each.matches);
                used.asked_today -= u32::from(each.asked_on != today);
            }
            used
        };
        let both = [
            used(person, |each| each.is_persons),
            used(organization, |each| each.is_organizations),
        ];
        Ok(Self { both, today })
    }

    /// How many questions the person and the organisation have left today.
    #[must_use]
    pub fn left(&self) -> (u32, u32) {
        let [person, organization] = &self.both;
        (person.left(), organization.left())
    }

    fn is_there(&self) -> bool {
        self.both.iter().all(|used| used.left() > 0 && !used.has_told_all())
    }

    fn count(&mut self, digest: &str, matches: u32) {
        for used in &mut self.both {
            used.count(self.today, digest, matches);
        }
    }

    /// Refuses a question for which there is no room.
    ///
    /// # Errors
    /// [`Error::BudgetSpent`].
    pub fn require(&self, app: &App) -> Result<()> {
        let until = |day: Day| {
            let begins = day.and_time(chrono::NaiveTime::MIN);
            (begins - app.now()).num_seconds().unsigned_abs().max(1)
        };
        let whose = ["you have", "your organisation has"];
        for (used, who) in self.both.iter().zip(whose) {
            if used.has_told_all() {
                let on = used.told_again_on(self.today);
                let detail = format!(
                    "{who} been told of {} matches within {TOLD_DAYS} days, which is all that is \
                     told; ask the desk, or check again on {on}",
                    used.told()
                );
                return Err(Error::BudgetSpent(until(on), detail));
            }
        }
        for (used, who) in self.both.iter().zip(whose) {
            if used.left() == 0 {
                let on = later(self.today, 1);
                let detail = format!(
                    "{who} asked {} questions today, which is all that is answered in a UTC day; \
                     checks, and entries that are logged or changed, count alike. Ask the desk, or \
                     check again on {on}",
                    used.allowed.questions
                );
                return Err(Error::BudgetSpent(until(on), detail));
            }
        }
        Ok(())
    }
}

/// Finds anew all flags that a change touches, and counts what its maker is told by that.
///
/// # Errors
/// The store's own.
pub fn settle(app: &App, tx: &mut Tx, access: &Access, touched: Touched) -> Result<Settled> {
    let Touched { focus, changed, asked } = touched;
    let asking = Asking::begin(tx, access, asked)?;
    let settled = coherence::settle(app, tx, access.id(), focus, &changed)?;
    asking.end(app, tx, access, &settled)?;
    Ok(settled)
}

/// The classes of the restricted lines of entries.
type Classes = HashMap<Uuid, BTreeSet<FlagClass>>;

/// What was asked by a change, and what was shown before it.
struct Asking {
    of: BTreeMap<OrganizationId, Vec<Asked>>,
    before: Classes,
}

impl Asking {
    fn begin(tx: &mut Tx, access: &Access, asked: Vec<Asked>) -> Result<Self> {
        let mut of: BTreeMap<OrganizationId, Vec<Asked>> = BTreeMap::new();
        let there: Vec<Uuid> = asked.iter().filter(|a| !a.is_new).map(|a| a.entry).collect();
        let waiting = withheld::of(tx, access.id(), &there)?;
        let mut seen = HashSet::new();
        for each in asked {
            // What is waited for already tells of this change too.
            if !waiting.contains_key(&each.entry) && seen.insert(each.entry) {
                of.entry(each.organization).or_default().push(each);
            }
        }
        let mut before = Classes::new();
        for (organization, asked) in &of {
            let there: Vec<Uuid> = asked.iter().filter(|a| !a.is_new).map(|a| a.entry).collect();
            before.extend(lines(tx, access.id(), *organization, &there)?);
        }
        Ok(Self { of, before })
    }

    fn end(mut self, app: &App, tx: &mut Tx, access: &Access, settled: &Settled) -> Result<()> {
        let entries: HashSet<Uuid> = self.of.values().flatten().map(|each| each.entry).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let mut met = met(tx, access.id(), &settled.found, &settled.facts, &entries)?;
        let today = app.today();
        for (organization, asked) in self.of {
            let who = (access.account, organization);
            let mut room = Room::of(tx, &access.operation, who, today)?;
            let mut after: Option<Classes> = None;
            for each in &asked {
                let before = self.before.remove(&each.entry).unwrap_or_default();
                let is_counted = room.is_there();
                let mut matches = 0;
                if is_counted {
                    let after = match &mut after {
                        Some(after) => after,
                        none => {
                            let all: Vec<Uuid> = asked.iter().map(|each| each.entry).collect();
                            none.insert(lines(tx, access.id(), organization, &all)?)
                        }
                    };
                    matches = differing(&before, after.get(&each.entry));
                } else {
                    let (entry, account, since) = (each.entry, access.account, app.now());
                    let waits = Withheld { entry, organization, account, since, told: before };
                    withheld::put(tx, access.id(), &waits)?;
                }
                let question = Question {
                    id: app.ids.id(),
                    kind: Kind::Entry,
                    asked_on: today,
                    account: access.account,
                    organization,
                    is_counted,
                    matches,
                    digest: String::new(),
                    touched: if each.is_new {
                        met.remove(&each.entry).unwrap_or_default().into_iter().collect()
                    } else {
                        Vec::new()
                    },
                };
                let question = keep(tx, access.id(), question)?;
                if is_counted {
                    room.count(&question.digest, matches);
                }
            }
        }
        Ok(())
    }
}

/// Keeps the question that a change of an entry is: each such question is another.
fn keep(tx: &mut Tx, operation: Uuid, mut question: Question) -> Result<Question> {
    question.digest = question.id.to_string();
    questions::keep(tx, operation, &question)?;
    Ok(question)
}

/// Between how much there was to read and there is: each line that came or went says something.
fn differing(before: &BTreeSet<FlagClass>, after: Option<&BTreeSet<FlagClass>>) -> u32 {
    let none = BTreeSet::new();
    let differing = before.symmetric_difference(after.unwrap_or(&none)).count();
    u32::try_from(differing).unwrap_or(u32::MAX)
}

/// The restricted lines of entries as their owner would be shown them now, were none withheld.
fn lines(tx: &mut Tx, operation: Uuid, owner: OrganizationId, entries: &[Uuid]) -> Result<Classes> {
    if entries.is_empty() {
        return Ok(Classes::new());
    }
    let mechanisms = links::targets(tx, operation, Link::MemberOf, &[owner.0])?;
    let scope = Scope {
        reads_entries: true,
        organizations: vec![owner],
        mechanisms: mechanisms.into_iter().map(MechanismId).collect(),
        ..Scope::default()
    };
    let mut classes = Classes::new();
    for (class, entry) in flags::restricted_lines(tx, operation, &scope, Some(entries))? {
        classes.entry(entry).or_default().insert(class);
    }
    Ok(classes)
}

/// The other organisations whose entries meet each of these in a flag that does not only say what
/// goes well.
///
/// # Errors
/// The store's own.
pub fn met(
    tx: &mut Tx,
    operation: Uuid,
    found: &[Flag],
    facts: &Facts,
    of: &HashSet<Uuid>,
) -> Result<HashMap<Uuid, BTreeSet<OrganizationId>>> {
    let resting: Vec<Vec<Uuid>> = found
        .iter()
        .filter(|flag| flag.severity != Severity::Info)
        .map(|flag| coherence::entries_of(flag.between.iter().copied(), facts))
        .collect();
    let all: BTreeSet<Uuid> = resting.iter().flatten().copied().collect();
    let all: Vec<Uuid> = all.into_iter().collect();
    let owners: HashMap<Uuid, OrganizationId> = entries::disclosures(tx, operation, &all)?
        .into_iter()
        .filter_map(|(entry, owner, _)| Some((entry, owner?)))
        .collect();
    let mut met: HashMap<Uuid, BTreeSet<OrganizationId>> = HashMap::new();
    for entries in &resting {
        for entry in entries.iter().filter(|entry| of.contains(entry)) {
            let own = owners.get(entry);
            let others = entries.iter().filter_map(|other| owners.get(other));
            let others = others.filter(|other| Some(*other) != own);
            met.entry(*entry).or_default().extend(others);
        }
    }
    Ok(met)
}

/// Shows the lines that wait, as far as the budgets of a day that has begun go: what was written
/// first comes first.
///
/// # Errors
/// The store's own.
pub fn tell_what_waits(app: &App, tx: &mut Tx, kept: &KeptOperation) -> Result<()> {
    let today = app.today();
    for (account, organization) in withheld::askers(tx, kept.id)? {
        let mut room = Room::of(tx, kept, (account, organization), today)?;
        let (person, all) = room.left();
        let waiting =
            withheld::first(tx, kept.id, (account, organization), person.min(all).into())?;
        let entries: Vec<Uuid> = waiting.iter().map(|each| each.entry).collect();
        let now = lines(tx, kept.id, organization, &entries)?;
        for each in waiting {
            if !room.is_there() {
                break;
            }
            let question = Question {
                id: app.ids.id(),
                kind: Kind::Entry,
                asked_on: today,
                account,
                organization,
                is_counted: true,
                matches: differing(&each.told, now.get(&each.entry)),
                digest: String::new(),
                touched: Vec::new(),
            };
            let question = keep(tx, kept.id, question)?;
            room.count(&question.digest, question.matches);
            withheld::release(tx, kept.id, each.entry)?;
        }
    }
    Ok(())
}

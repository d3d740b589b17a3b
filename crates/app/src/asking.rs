//! What may be asked and told of lines that the asker may not read. Checks, and entries that are
//! logged or changed, count against the same budgets, whatever they meet; beyond them a check is
//! refused, and an entry is saved and its restricted lines follow on a later day.
//!
//! Whether there is room is decided before it is known what is hidden, and from what the asker
//! knows: how much was asked, and how much was told. So neither a refusal nor a wait says more.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use concord_domain::{
    checking::{Allowance, TOLD_DAYS},
    id::{MechanismId, OrganizationId},
    policy::Scope,
    vocabulary::FlagClass,
    window::{Day, earlier, later},
};
use concord_store::{
    Tx,
    links::{self, Role as Link},
    operations::KeptOperation,
    questions::{self, Counted},
    withheld::{self, Withheld},
};
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    audit::met,
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
    operation: Uuid,
    account: Uuid,
    organization: OrganizationId,
    today: Day,
    /// Of the person and of the organisation.
    both: [Used; 2],
    /// How often the person asked each question for the organisation today.
    asked: BTreeMap<String, u32>,
}

/// How much is allowed, asked and told.
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

    fn is_told(&mut self, day: Day, digest: &str, told: u32) {
        if told > 0 {
            let known = self.told.entry(digest.to_owned()).or_insert((day, told));
            *known = (known.0.max(day), known.1.max(told));
        }
    }

    /// The first day on which there is room again for something that is told.
    fn told_again_on(&self, today: Day) -> Day {
        let mut told: Vec<(Day, u32)> = self.told.values().copied().collect();
        told.sort_unstable();
        let mut standing = self.told();
        for (day, told) in told {
            standing = standing.saturating_sub(told);
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
        (account, organization): (Uuid, OrganizationId),
        today: Day,
    ) -> Result<Self> {
        let since = earlier(today, TOLD_DAYS - 1);
        let counted = questions::counted(tx, kept.id, (account, organization), (today, since))?;
        let (person, all) = Allowance::of(&kept.operation);
        let used = |allowed, counts: &dyn Fn(&Counted) -> bool| {
            let mut used = Used { allowed, asked_today: 0, told: BTreeMap::new() };
            for each in counted.iter().filter(|each| counts(each)) {
                used.asked_today += if each.asked_on == today { each.asked } else { 0 };
                used.is_told(each.asked_on, &each.digest, each.told);
            }
            used
        };
        let is_persons = |each: &Counted| each.account == account;
        let is_organizations = |each: &Counted| each.organization == organization;
        let both = [used(person, &is_persons), used(all, &is_organizations)];
        let own = counted
            .iter()
            .filter(|each| is_persons(each) && is_organizations(each) && each.asked_on == today);
        let asked = own.map(|each| (each.digest.clone(), each.asked)).collect();
        Ok(Self { operation: kept.id, account, organization, today, both, asked })
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

    /// Counts a question that is answered, with how much it is told of restricted lines. What
    /// stands for it distinguishes those that are told something.
    ///
    /// # Errors
    /// The store's own.
    pub fn count(&mut self, tx: &mut Tx, digest: &str, told: u32) -> Result<()> {
        let digest = if told > 0 { digest } else { "" };
        let asked = self.asked.entry(digest.to_owned()).or_default();
        *asked += 1;
        for used in &mut self.both {
            used.asked_today += 1;
            used.is_told(self.today, digest, told);
        }
        let counted = Counted {
            account: self.account,
            organization: self.organization,
            asked_on: self.today,
            digest: digest.to_owned(),
            asked: *asked,
            told,
        };
        Ok(questions::keep(tx, self.operation, &counted)?)
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

/// Finds anew all flags that a change touches, and counts what its maker is told by that. What was
/// found is cut to the flags of the entries that may meet another than before, and of the one that
/// the change is about, as far as its maker may read them.
///
/// # Errors
/// The store's own.
pub fn settle(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (touched, about): (Touched, Option<Uuid>),
) -> Result<Settled> {
    let Touched { focus, changed, asked } = touched;
    let own: HashSet<Uuid> = asked.iter().map(|each| each.entry).chain(about).collect();
    let asking = Asking::begin(tx, access, asked)?;
    let Settled { found, facts, .. } = coherence::settle(app, tx, access.id(), focus, &changed)?;
    let met::Cut { shown, hidden, met } = met::cut(tx, access, (&facts, &own), found)?;
    access.deeds.meets(met);
    let hidden = hidden.iter().flat_map(|flag| flag.between.iter().copied());
    let meeting = coherence::entries_of(hidden, &facts).into_iter().collect();
    asking.end(app, tx, access, &meeting)?;
    Ok(Settled { found: shown, facts })
}

/// The classes of the restricted lines of entries.
type Classes = HashMap<Uuid, BTreeSet<FlagClass>>;

/// What was asked by a change, and what was shown before it.
struct Asking {
    of: BTreeMap<OrganizationId, Vec<Uuid>>,
    before: Classes,
}

impl Asking {
    fn begin(tx: &mut Tx, access: &Access, asked: Vec<Asked>) -> Result<Self> {
        let there: Vec<Uuid> = asked.iter().filter(|a| !a.is_new).map(|a| a.entry).collect();
        let waiting = withheld::of(tx, access.id(), &there)?;
        let there: HashSet<Uuid> = there.into_iter().collect();
        let mut of: BTreeMap<OrganizationId, Vec<Uuid>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for each in asked {
            // What is waited for already tells of this change too.
            if !waiting.contains_key(&each.entry) && seen.insert(each.entry) {
                of.entry(each.organization).or_default().push(each.entry);
            }
        }
        let mut before = Classes::new();
        for (organization, asked) in &of {
            let there: Vec<Uuid> = asked.iter().copied().filter(|e| there.contains(e)).collect();
            before.extend(lines(tx, access.id(), *organization, &there)?);
        }
        Ok(Self { of, before })
    }

    /// Counts what was asked, of which these meet something hidden, or withholds it.
    fn end(
        mut self,
        app: &App,
        tx: &mut Tx,
        access: &Access,
        meeting: &HashSet<Uuid>,
    ) -> Result<()> {
        let mut waiting = Vec::new();
        for (organization, asked) in self.of {
            let who = (access.account, organization);
            let mut room = Room::of(tx, &access.operation, who, app.today())?;
            let is_telling =
                |entry: &Uuid| meeting.contains(entry) || self.before.contains_key(entry);
            let telling: Vec<Uuid> = asked.iter().copied().filter(is_telling).collect();
            let is_told = room.is_there();
            let after = if is_told {
                lines(tx, access.id(), organization, &telling)?
            } else {
                Classes::new()
            };
            for entry in asked {
                let before = self.before.remove(&entry).unwrap_or_default();
                let digest = app.ids.id().to_string();
                if room.is_there() {
                    room.count(tx, &digest, differing(&before, after.get(&entry)))?;
                } else {
                    let (account, since) = (access.account, app.now());
                    waiting.push(Withheld { entry, organization, account, since, told: before });
                }
            }
        }
        Ok(withheld::put(tx, access.id(), &waiting)?)
    }
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
            let digest = app.ids.id().to_string();
            room.count(tx, &digest, differing(&each.told, now.get(&each.entry)))?;
            withheld::release(tx, kept.id, each.entry)?;
        }
    }
    Ok(())
}

//! What may be asked and told of lines that the asker may not read. Checks, and entries that are
//! logged or changed, count against the same budgets, whatever they meet; beyond them a check is
//! refused, and an entry is saved and its restricted lines follow on a later day.
//!
//! Whether there is room is decided before it is known what is hidden, and from what the asker
//! knows: how much was asked, and how much was told. So neither a refusal nor a wait says more.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use concord_domain::{
    facts::{Engagement, Places},
    id::{ArmedActorId, MechanismId, OrganizationId},
    policy::Scope,
    vocabulary::{FlagClass, Level},
    window::Window,
};
use concord_store::{
    Tx, entries,
    links::{self, Role as Link},
    live,
    operations::KeptOperation,
    withheld::{self, Withheld},
};
use uuid::Uuid;

pub use room::Room;

use crate::{
    App,
    access::Access,
    audit::met,
    coherence::{self, Settled},
    error::Result,
    flags,
    resources::Touched,
};

mod room;

/// An entry that was written so that what it meets may be another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The entry.
    pub entry: Uuid,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What was written.
    pub news: News,
}

/// What is new in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// All of it.
    Entry,
    /// Whom, at what level, where or when: a line that it keeps says of another place what it said
    /// of the former.
    Position,
    /// On which days the armed actor was met, which decides of overlaps alone.
    Visits,
    /// Something else that rules read.
    Terms,
}

impl News {
    /// What is new in an engagement, if anything that rules read is.
    #[must_use]
    pub fn of(before: Option<&Engagement>, after: &Engagement) -> Option<Self> {
        let Some(before) = before else { return Some(Self::Entry) };
        if before == after {
            return None;
        }
        let own = (&before.places, &before.window);
        let is_moved = (&before.actor, before.level, own)
            != (&after.actor, after.level, (&after.places, &after.window));
        // Without a part, what stays says of the others what it said of all.
        let (left, reached) = (positions(before), positions(after));
        let is_elsewhere = left.iter().any(|each| !reached.contains(each))
            || reached.iter().any(|each| *each != own && !left.contains(each));
        Some(if is_moved || is_elsewhere {
            Self::Position
        } else if before.contacts != after.contacts {
            Self::Visits
        } else {
            Self::Terms
        })
    }
}

/// Where and when the parts of an engagement are.
fn positions(engagement: &Engagement) -> Vec<(&Places, &Window)> {
    let asks = engagement.asks.iter().map(|ask| (&ask.places, &ask.window));
    let demands = engagement.demands.iter().map(|demand| (&demand.places, &demand.window));
    asks.chain(demands).collect()
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
    let asking = Asking::begin(app, tx, access, (asked, focus.visits.clone()))?;
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

/// The armed actors that were met, each at a level.
type Visits = BTreeSet<(ArmedActorId, Level)>;

/// What was asked by a change, and what was shown before it.
struct Asking {
    of: BTreeMap<OrganizationId, OfOne>,
    visits: Visits,
    /// The lines of all entries of those for whom the caller acts, where some of this may wait.
    all: BTreeMap<OrganizationId, Classes>,
}

/// What was asked for one organisation.
#[derive(Default)]
struct OfOne {
    asked: Vec<(Uuid, News)>,
    /// Of the entries that were written those that wait already, and so tell of this change too.
    waiting: Vec<Uuid>,
    before: Classes,
    /// What may be asked, where nothing else was asked at the same time.
    room: Option<Room>,
}

impl OfOne {
    fn written(&self) -> impl Iterator<Item = Uuid> {
        self.waiting.iter().copied().chain(self.asked.iter().map(|(entry, _)| *entry))
    }
}

impl Asking {
    fn begin(
        app: &App,
        tx: &mut Tx,
        access: &Access,
        (asked, visits): (Vec<Asked>, Visits),
    ) -> Result<Self> {
        let is_there = |each: &&Asked| each.news != News::Entry;
        let there: Vec<Uuid> = asked.iter().filter(is_there).map(|each| each.entry).collect();
        let waiting = withheld::of(tx, access.id(), &there)?;
        let there: HashSet<Uuid> = there.into_iter().collect();
        let mut of: BTreeMap<OrganizationId, OfOne> = BTreeMap::new();
        for each in asked {
            let of_one = of.entry(each.organization).or_default();
            if of_one.written().any(|entry| entry == each.entry) {
                continue;
            }
            if waiting.contains_key(&each.entry) {
                of_one.waiting.push(each.entry);
            } else {
                of_one.asked.push((each.entry, each.news));
            }
        }
        let is_one = of.len() == 1;
        let mut is_answered = true;
        for (organization, of_one) in &mut of {
            if is_one && of_one.waiting.is_empty() && of_one.asked.len() == 1 {
                let who = (access.account, *organization);
                of_one.room = Some(Room::of(tx, &access.operation, who, app.today())?);
            }
            is_answered &= of_one.room.as_ref().is_some_and(Room::is_there);
            let asked = of_one.asked.iter().map(|(entry, _)| *entry);
            let before: Vec<Uuid> = asked.filter(|entry| there.contains(entry)).collect();
            of_one.before = lines(tx, access.id(), *organization, Some(&before))?;
        }
        let mut all = BTreeMap::new();
        if !is_answered && !visits.is_empty() {
            let acted_for = access.scope.organizations.iter().chain(of.keys());
            for organization in acted_for.copied().collect::<BTreeSet<_>>() {
                all.insert(organization, lines(tx, access.id(), organization, None)?);
            }
        }
        Ok(Self { of, visits, all })
    }

    /// Counts what was asked, of which these meet something hidden, or withholds it. What waits is
    /// told by no other entry of the caller's either: those that tell of the same visits wait with
    /// it, whatever they meet.
    fn end(self, app: &App, tx: &mut Tx, access: &Access, meeting: &HashSet<Uuid>) -> Result<()> {
        let written: HashSet<Uuid> = self.of.values().flat_map(OfOne::written).collect();
        let mut is_waiting = false;
        for (organization, mut of_one) in self.of {
            let who = (access.account, organization);
            let mut room = match of_one.room.take() {
                Some(room) => room,
                None => Room::of(tx, &access.operation, who, app.today())?,
            };
            let entries = of_one.asked.iter().map(|(entry, _)| *entry);
            let is_telling =
                |entry: &Uuid| meeting.contains(entry) || of_one.before.contains_key(entry);
            let telling: Vec<Uuid> = entries.filter(is_telling).collect();
            let after = if room.is_there() {
                lines(tx, access.id(), organization, Some(&telling))?
            } else {
                Classes::new()
            };
            let mut waiting = Vec::new();
            for (entry, news) in &of_one.asked {
                let before = of_one.before.remove(entry).unwrap_or_default();
                if room.is_there() {
                    let told = told(*news, &before, after.get(entry));
                    room.count(tx, &app.ids.id().to_string(), told)?;
                } else {
                    waiting.push((*entry, before));
                }
            }
            is_waiting |= !waiting.is_empty() || !of_one.waiting.is_empty();
            withhold(app, tx, access, (organization, waiting))?;
        }
        if !is_waiting {
            return Ok(());
        }
        let mut others = visiting(tx, access, &self.visits, &written)?;
        for (organization, mut before) in self.all {
            let others = others.remove(&organization).unwrap_or_default().into_iter();
            let shown = |entry: Uuid| (entry, before.remove(&entry).unwrap_or_default());
            let waiting = others.map(shown).collect();
            withhold(app, tx, access, (organization, waiting))?;
        }
        Ok(())
    }
}

/// What an organisation was shown before something of its own is erased.
pub(crate) struct Erasing {
    organization: OrganizationId,
    /// Its other entries that tell of the same visits, each with its lines.
    before: Vec<(Uuid, BTreeSet<FlagClass>)>,
}

impl Erasing {
    /// Before an entry with these visits is erased: of each organisation for which the caller acts.
    ///
    /// # Errors
    /// The store's own.
    pub(crate) fn begin(
        tx: &mut Tx,
        access: &Access,
        (erased, visits): (Uuid, &Visits),
    ) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        if access.scope.is_server {
            return Ok(all);
        }
        for (organization, others) in visiting(tx, access, visits, &HashSet::from([erased]))? {
            if !access.scope.organizations.contains(&organization) {
                continue;
            }
            let mut shown = lines(tx, access.id(), organization, Some(&others))?;
            let before = |entry: Uuid| (entry, shown.remove(&entry).unwrap_or_default());
            all.push(Self { organization, before: others.into_iter().map(before).collect() });
        }
        Ok(all)
    }

    /// Once it is erased, and the flags are found anew: what became of the other lines counts, each
    /// class once, or waits. To erase is no question, and always done.
    ///
    /// # Errors
    /// The store's own.
    pub(crate) fn end(self, app: &App, tx: &mut Tx, access: &Access) -> Result<()> {
        let who = (access.account, self.organization);
        let mut room = Room::of(tx, &access.operation, who, app.today())?;
        if !room.may_tell() {
            return withhold(app, tx, access, (self.organization, self.before));
        }
        let entries: Vec<Uuid> = self.before.iter().map(|(entry, _)| *entry).collect();
        let after = lines(tx, access.id(), self.organization, Some(&entries))?;
        let none = BTreeSet::new();
        let mut classes = BTreeSet::new();
        for (entry, before) in &self.before {
            classes.extend(before.symmetric_difference(after.get(entry).unwrap_or(&none)).copied());
        }
        let told = u32::try_from(classes.len()).unwrap_or(u32::MAX);
        if told == 0 {
            return Ok(());
        }
        room.tell(tx, &app.ids.id().to_string(), told)
    }
}

/// The entries in which these armed actors were met at these levels, by whose they are, but for those
/// excepted and those that wait already: what a change of one tells, another's overlaps tell too.
fn visiting(
    tx: &mut Tx,
    access: &Access,
    visits: &Visits,
    excepted: &HashSet<Uuid>,
) -> Result<BTreeMap<OrganizationId, Vec<Uuid>>> {
    let mut found: BTreeSet<Uuid> = BTreeSet::new();
    for visit in visits {
        let met = live::visited(tx, access.id(), *visit, access.operation.evaluated_on)?;
        found.extend(met.into_iter().map(|id| id.0));
    }
    let found: Vec<Uuid> = found.into_iter().filter(|entry| !excepted.contains(entry)).collect();
    let waiting = withheld::of(tx, access.id(), &found)?;
    let mut of: BTreeMap<OrganizationId, Vec<Uuid>> = BTreeMap::new();
    for (entry, owner, _) in entries::disclosures(tx, access.id(), &found)? {
        if let Some(owner) = owner.filter(|_| !waiting.contains_key(&entry)) {
            of.entry(owner).or_default().push(entry);
        }
    }
    of.values_mut().for_each(|entries| entries.sort_unstable());
    Ok(of)
}

/// Keeps the lines of entries as they were shown until a later day.
fn withhold(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (organization, waiting): (OrganizationId, Vec<(Uuid, BTreeSet<FlagClass>)>),
) -> Result<()> {
    let (account, since) = (access.account, app.now());
    let withheld = |(entry, told)| Withheld { entry, organization, account, since, told };
    let waiting: Vec<Withheld> = waiting.into_iter().map(withheld).collect();
    Ok(withheld::put(tx, access.id(), &waiting)?)
}

/// How much the lines of an entry say that were others before: each that came or went, of an entry
/// that is about another place or time each that stands, and with other visits an overlap that does.
fn told(news: News, before: &BTreeSet<FlagClass>, after: Option<&BTreeSet<FlagClass>>) -> u32 {
    let none = BTreeSet::new();
    let after = after.unwrap_or(&none);
    let differing = before.symmetric_difference(after).count();
    let stays = |class| before.contains(&class) && after.contains(&class);
    let told = match news {
        News::Terms => differing,
        News::Visits => differing + usize::from(stays(FlagClass::Overlap)),
        News::Entry | News::Position => before.union(after).count(),
    };
    u32::try_from(told).unwrap_or(u32::MAX)
}

/// The restricted lines of these entries, or of all, as their owner would be shown them now, were
/// none withheld.
fn lines(
    tx: &mut Tx,
    operation: Uuid,
    owner: OrganizationId,
    entries: Option<&[Uuid]>,
) -> Result<Classes> {
    if entries.is_some_and(<[Uuid]>::is_empty) {
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
    for (class, entry) in flags::restricted_lines(tx, operation, &scope, entries)? {
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
        let now = lines(tx, kept.id, organization, Some(&entries))?;
        for each in waiting {
            if !room.is_there() {
                break;
            }
            let digest = app.ids.id().to_string();
            // It is not known any more what was new in it.
            let told = told(News::Position, &each.told, now.get(&each.entry));
            room.count(tx, &digest, told)?;
            withheld::release(tx, kept.id, each.entry)?;
        }
    }
    Ok(())
}

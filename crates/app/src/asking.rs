//! What may be asked and told of lines that the asker may not read. Checks, and entries that are
//! logged or changed, count against the same budgets, whatever they meet; beyond them a check is
//! refused, and an entry is saved and its restricted lines follow on a later day.
//!
//! Whether there is room is decided before it is known what is hidden, and from what the asker
//! knows: how much was asked, and how much was told. So neither a refusal nor a wait says more.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use concord_domain::{
    facts::{Engagement, Places},
    id::{MechanismId, OrganizationId},
    policy::Scope,
    vocabulary::FlagClass,
};
use concord_store::{
    Tx,
    links::{self, Role as Link},
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
    /// Whom, where or when: a line that it keeps says of another place what it said of the former.
    Position,
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
        let asked_in = |engagement: &Engagement| -> Vec<Places> {
            let of_asks = engagement.asks.iter().map(|ask| &ask.places);
            of_asks.chain(engagement.demands.iter().map(|demand| &demand.places)).cloned().collect()
        };
        let known = asked_in(before);
        let is_elsewhere = asked_in(after).iter().any(|places| !known.contains(places));
        let is_moved = (&before.actor, &before.places, &before.window, &before.contacts)
            != (&after.actor, &after.places, &after.window, &after.contacts);
        Some(if is_moved || is_elsewhere { Self::Position } else { Self::Terms })
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
    let asking = Asking::begin(app, tx, access, asked)?;
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
struct Asking(BTreeMap<OrganizationId, OfOne>);

/// What was asked for one organisation.
#[derive(Default)]
struct OfOne {
    asked: Vec<(Uuid, News)>,
    /// Of the entries that were written those that wait already, and so tell of this change too.
    waiting: Vec<Uuid>,
    before: Classes,
}

impl OfOne {
    fn is_written(&self, entry: Uuid) -> bool {
        self.waiting.contains(&entry) || self.asked.iter().any(|(asked, _)| *asked == entry)
    }
}

impl Asking {
    fn begin(app: &App, tx: &mut Tx, access: &Access, asked: Vec<Asked>) -> Result<Self> {
        let is_there = |each: &&Asked| each.news != News::Entry;
        let there: Vec<Uuid> = asked.iter().filter(is_there).map(|each| each.entry).collect();
        let waiting = withheld::of(tx, access.id(), &there)?;
        let there: HashSet<Uuid> = there.into_iter().collect();
        let mut of: BTreeMap<OrganizationId, OfOne> = BTreeMap::new();
        for each in asked {
            let of_one = of.entry(each.organization).or_default();
            if of_one.is_written(each.entry) {
                continue;
            }
            if waiting.contains_key(&each.entry) {
                of_one.waiting.push(each.entry);
            } else {
                of_one.asked.push((each.entry, each.news));
            }
        }
        let is_one = of.len() == 1;
        for (organization, of_one) in &mut of {
            let asked: Vec<Uuid> = of_one.asked.iter().map(|(entry, _)| *entry).collect();
            let is_answered = is_one
                && of_one.waiting.is_empty()
                && asked.len() == 1
                && Room::of(tx, &access.operation, (access.account, *organization), app.today())?
                    .is_there();
            // What waits changes no other line of the same organisation either, whichever it is.
            let before: Vec<Uuid> = asked.into_iter().filter(|e| there.contains(e)).collect();
            let before = if is_answered { Some(before.as_slice()) } else { None };
            of_one.before = lines(tx, access.id(), *organization, before)?;
        }
        Ok(Self(of))
    }

    /// Counts what was asked, of which these meet something hidden, or withholds it.
    fn end(self, app: &App, tx: &mut Tx, access: &Access, meeting: &HashSet<Uuid>) -> Result<()> {
        for (organization, mut of_one) in self.0 {
            let who = (access.account, organization);
            let mut room = Room::of(tx, &access.operation, who, app.today())?;
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
            if !waiting.is_empty() || !of_one.waiting.is_empty() {
                let written = |entry| of_one.is_written(entry);
                waiting.extend(changed(tx, access, organization, (&of_one.before, &written))?);
            }
            withhold(app, tx, access, (organization, waiting))?;
        }
        Ok(())
    }
}

/// What an organisation was shown before something of its own is erased.
pub(crate) struct Erasing {
    organization: OrganizationId,
    before: Classes,
}

impl Erasing {
    /// Before it is erased; none where nobody is told anything by that.
    ///
    /// # Errors
    /// The store's own.
    pub(crate) fn begin(
        tx: &mut Tx,
        access: &Access,
        owner: Option<OrganizationId>,
    ) -> Result<Option<Self>> {
        let Some(organization) = owner.filter(|_| !access.scope.is_server) else {
            return Ok(None);
        };
        let before = lines(tx, access.id(), organization, None)?;
        Ok(Some(Self { organization, before }))
    }

    /// Once it is erased, and the flags are found anew: what became of the other lines counts, or
    /// waits. To erase is no question, and always done.
    ///
    /// # Errors
    /// The store's own.
    pub(crate) fn end(self, app: &App, tx: &mut Tx, access: &Access, erased: Uuid) -> Result<()> {
        let is_erased = |entry| entry == erased;
        let all = (&self.before, &is_erased as &dyn Fn(Uuid) -> bool);
        let changed = changed(tx, access, self.organization, all)?;
        if changed.is_empty() {
            return Ok(());
        }
        let who = (access.account, self.organization);
        let mut room = Room::of(tx, &access.operation, who, app.today())?;
        if !room.may_tell() {
            return withhold(app, tx, access, (self.organization, changed));
        }
        let entries: Vec<Uuid> = changed.iter().map(|(entry, _)| *entry).collect();
        let after = lines(tx, access.id(), self.organization, Some(&entries))?;
        for (entry, before) in changed {
            let told = told(News::Terms, &before, after.get(&entry));
            room.tell(tx, &app.ids.id().to_string(), told)?;
        }
        Ok(())
    }
}

/// The entries of an organisation whose lines are others than before, but for those that are
/// excepted and those that wait already; each with what was shown before.
fn changed(
    tx: &mut Tx,
    access: &Access,
    organization: OrganizationId,
    (before, is_excepted): (&Classes, &dyn Fn(Uuid) -> bool),
) -> Result<Vec<(Uuid, BTreeSet<FlagClass>)>> {
    let after = lines(tx, access.id(), organization, None)?;
    let waiting = withheld::of_organizations(tx, access.id(), &[organization], None)?;
    let all: BTreeSet<Uuid> = before.keys().chain(after.keys()).copied().collect();
    let differs = |entry: &Uuid| {
        !is_excepted(*entry)
            && !waiting.contains_key(entry)
            && before.get(entry) != after.get(entry)
    };
    let shown = |entry: Uuid| (entry, before.get(&entry).cloned().unwrap_or_default());
    Ok(all.into_iter().filter(differs).map(shown).collect())
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

/// How much the lines of an entry say that were others before: each that came or went, and of an
/// entry that is about another place or time each that stands.
fn told(news: News, before: &BTreeSet<FlagClass>, after: Option<&BTreeSet<FlagClass>>) -> u32 {
    let none = BTreeSet::new();
    let after = after.unwrap_or(&none);
    let told = match news {
        News::Terms => before.symmetric_difference(after).count(),
        News::Entry | News::Position => before.union(after).count(),
    };
    u32::try_from(told).unwrap_or(u32::MAX)
}

/// The restricted lines of these entries, or of all, as their owner would be shown them now, were none withheld.
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

//! The desk's queue: of every flag what the desk needs to bring two sides together, and nothing of
//! the entries behind it.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    facts::{Actor, Facts},
    flag::Subject,
    id::{EngagementId, OrganizationId},
    lineage::Lineage,
    policy::Action,
    vocabulary::{FlagClass, FlagKind, Severity},
};
use concord_store::{Tx, entries, flags, flags::KeptFlag, trees};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    coherence,
    cursor::{self, Items, ListOf, Page},
    error::Result,
    flags::{position, position_of},
    names::{Names, Wanted},
};

/// A flag as the desk sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub id: Uuid,
    /// Which rule raised it.
    pub kind: FlagKind,
    /// What it is about, in one word.
    pub class: FlagClass,
    /// How much it matters.
    pub severity: Severity,
    /// The organisations whose entries it is about, with their names.
    pub organizations: Vec<(Uuid, String)>,
    /// The topmost armed actors that it is about, with their names.
    pub armed_actors: Vec<(Uuid, String)>,
}

/// What waits for somebody, the worst first. What rests on an entry that discloses nothing is not
/// in it.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for all but the desk; when the cursor or the limit
/// is wrong.
pub fn queue(app: &App, person: Person, operation: &str, page: &Page) -> Result<Items<Queued>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadQueue, None)?;
        let of = ListOf { account: access.account, list: format!("{} queue", access.id()) };
        let limit = page.size()?;
        let after = page.position(app, &of)?.as_deref().and_then(position_of);
        let kept = flags::queue(tx, access.id(), after, limit + 1)?;
        let Items { items, next } = cursor::page(app, &of, kept, limit, position);
        Ok(Items { items: queued(tx, access, items)?, next })
    })
}

fn queued(tx: &mut Tx, access: &Access, kept: Vec<KeptFlag>) -> Result<Vec<Queued>> {
    let subjects = kept.iter().flat_map(|flag| flag.between.iter().copied());
    let facts = coherence::gather_subjects(tx, access.id(), subjects)?;
    let ids: Vec<Uuid> = kept.iter().map(|flag| flag.id).collect();
    let resting = flags::entries_of(tx, access.id(), &ids)?;
    let all: BTreeSet<Uuid> = resting.values().flatten().copied().collect();
    let owned = entries::disclosures(tx, access.id(), &all.into_iter().collect::<Vec<_>>())?;
    let owners: BTreeMap<Uuid, OrganizationId> =
        owned.into_iter().filter_map(|(entry, owner, _)| Some((entry, owner?))).collect();
    let topmost = topmost(tx, access, &facts)?;
    let mut wanted = Wanted::default();
    wanted.organizations.extend(owners.values().map(|id| id.0));
    wanted.actors.extend(topmost.values());
    let names = wanted.load(tx, access.id())?;
    let shown = |flag: KeptFlag| {
        let entries = resting.get(&flag.id).into_iter().flatten();
        let organizations = entries.filter_map(|entry| owners.get(entry)).map(|id| id.0);
        let actors = actors_of(&flag, &facts).into_iter();
        let actors = actors.filter_map(|actor| topmost.get(&actor.lineage.root()).copied());
        Queued {
            id: flag.id,
            kind: flag.kind,
            class: flag.class,
            severity: flag.standing.severity,
            organizations: named(organizations, &names),
            armed_actors: named(actors, &names),
        }
    };
    Ok(kept.into_iter().map(shown).collect())
}

/// Each once, by name.
fn named(ids: impl Iterator<Item = Uuid>, names: &Names) -> Vec<(Uuid, String)> {
    let ids: BTreeSet<Uuid> = ids.collect();
    let mut named: Vec<(Uuid, String)> = ids.into_iter().map(|id| (id, names.of(id))).collect();
    named.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    named
}

/// The armed actors of what a flag is between.
fn actors_of<'f>(flag: &KeptFlag, facts: &'f Facts) -> Vec<&'f Actor> {
    let of = |subject: &Subject| match subject {
        Subject::Commitment(id) => facts.commitments.get(id).map(|it| &it.actor),
        Subject::Lead(id) => facts.leads.get(id).map(|it| &it.actor),
        other => {
            let line: Option<EngagementId> = other.engagement();
            line.and_then(|id| facts.engagements.get(&id)).map(|it| &it.actor)
        }
    };
    flag.between.iter().filter_map(of).collect()
}

/// The topmost armed actor of each tree that the facts speak of.
fn topmost(tx: &mut Tx, access: &Access, facts: &Facts) -> Result<BTreeMap<Lineage, Uuid>> {
    let lines = facts.engagements.values().map(|it| &it.actor);
    let commitments = facts.commitments.values().map(|it| &it.actor);
    let leads = facts.leads.values().map(|it| &it.actor);
    let all = lines.chain(commitments).chain(leads);
    let roots: BTreeSet<Lineage> = all.map(|actor| actor.lineage.root()).collect();
    let mut topmost = BTreeMap::new();
    for root in roots {
        let id = trees::armed_actors::up(tx, access.id(), &root)?.into_iter().next();
        topmost.extend(id.map(|id| (root, id.0)));
    }
    Ok(topmost)
}

//! Reference data: places, mechanisms, organisations and armed actors.

use concord_domain::{
    document::{ArmedActor, Key, Mechanism, Organization, Place, To},
    fault::{Fault, FaultCode, Pointer},
    id::{ArmedActorId, EngagementId, Id, Kind, PlaceId},
    lineage::Lineage,
    policy::Action,
    window::Day,
};
use concord_store::{Tx, documents, entries, live, trees};
use uuid::Uuid;

use super::{Resource, Touched};
use crate::{access::Access, armed_actors, coherence, error::Result};

/// The deepest that a place or a unit may lie below its root.
pub const DEPTH_MAX: usize = 12;

/// Where a thing stands below its parent. Its own part of the path is half of its random id, so
/// that two writers never wait for each other to count.
fn lineage(parent: Option<&Lineage>, id: Uuid) -> Lineage {
    Lineage::child(parent, &id.simple().to_string()[..16])
}

fn cycle(kind: Kind) -> Fault {
    let root = Pointer::ROOT;
    let detail = format!("this {} would lie below itself", kind.word());
    Fault::new(&root.member("parent"), FaultCode::Cycle, detail)
}

fn too_deep() -> Fault {
    let root = Pointer::ROOT;
    let detail = format!("at most {DEPTH_MAX} steps below the root");
    Fault::new(&root.member("parent"), FaultCode::OutOfRange, detail)
}

macro_rules! common {
    ($kind:ident, $module:ident) => {
        const KIND: Kind = Kind::$kind;

        fn id(&self) -> Uuid {
            self.identity.id.0
        }

        fn key(&self) -> &Key {
            &self.identity.key
        }

        fn load(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<Vec<Self>> {
            Ok(documents::$module::load(tx, access.id(), ids)?)
        }

        fn page(
            tx: &mut Tx,
            access: &Access,
            after: Option<&str>,
            limit: i64,
        ) -> Result<Vec<Self>> {
            Ok(documents::$module::page(tx, access.id(), after, limit)?)
        }

        fn require_read(access: &Access) -> Result<()> {
            access.require(Action::ReadReference, None)
        }
    };
}
pub(super) use common;

/// Where a place or an armed actor stood and is to stand.
struct Standing {
    before: Option<Lineage>,
    after: Lineage,
}

macro_rules! standing {
    ($tree:ident, $id:ty, $tx:expr, $access:expr, $this:expr) => {{
        let id = $this.identity.id;
        let parent: Option<To<$id>> = $this.parent;
        let ids: Vec<$id> = [id].into_iter().chain(parent.map(|to| to.0)).collect();
        let lineages = trees::$tree::lineages($tx, $access.id(), &ids)?;
        let above = parent.and_then(|to| lineages.get(&to.0));
        Standing { before: lineages.get(&id).cloned(), after: lineage(above, id.0) }
    }};
}

fn faults_of<T: Id>(standing: &Standing, parent: Option<To<T>>, own: T) -> Vec<Fault> {
    let below_itself = standing
        .before
        .as_ref()
        .is_some_and(|before| *before != standing.after && before.contains(&standing.after));
    if parent.is_some_and(|to| to.0 == own) || below_itself {
        return vec![cycle(T::KIND)];
    }
    if standing.after.depth() > DEPTH_MAX + 1 { vec![too_deep()] } else { Vec::new() }
}

impl Resource for Place {
    common!(Place, places);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepReference, None)
    }

    fn faults(&self, tx: &mut Tx, access: &Access, _: Option<&Self>) -> Result<Vec<Fault>> {
        let standing = standing!(places, PlaceId, tx, access, self);
        Ok(faults_of(&standing, self.parent, self.identity.id))
    }

    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        _: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()> {
        let standing = standing!(places, PlaceId, tx, access, self);
        if let Some(before) = standing.before.filter(|before| *before != standing.after) {
            trees::places::move_subtree(tx, access.id(), &before, &standing.after)?;
            // What lies in what is read by everything that is live.
            let live = live::under(tx, access.id(), None)?;
            coherence::reindex(tx, access.id(), &live)?;
            touched.focus.everything = true;
        }
        Ok(documents::save_place(tx, access.id(), self, &standing.after)?)
    }
}

impl Resource for Mechanism {
    common!(Mechanism, mechanisms);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepReference, None)
    }

    fn save(&self, tx: &mut Tx, access: &Access, _: Option<&Self>, _: &mut Touched) -> Result<()> {
        Ok(documents::save_mechanism(tx, access.id(), self)?)
    }
}

impl Resource for Organization {
    common!(Organization, organizations);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepReference, None)
    }

    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        before: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()> {
        documents::save_organization(tx, access.id(), self)?;
        let led = |organization: &Self| organization.kind.is_community_led();
        if before.is_some_and(|before| led(before) != led(self)) {
            let lines = live::led_by(tx, access.id(), &[self.identity.id])?;
            touched.focus.engagements.extend(lines);
            let telling = entries::telling(tx, access.id(), self.identity.id)?;
            let telling: Vec<EngagementId> = telling.into_iter().map(EngagementId).collect();
            coherence::keep_to_consents(tx, &access.as_server(), &telling)?;
        }
        Ok(())
    }
}

impl Resource for ArmedActor {
    common!(ArmedActor, armed_actors);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepReference, None)
    }

    fn remembering(mut self, before: Option<&Self>, today: Day) -> Self {
        if let Some(before) = before {
            self.remember(before, today);
        }
        self
    }

    fn faults(&self, tx: &mut Tx, access: &Access, _: Option<&Self>) -> Result<Vec<Fault>> {
        let standing = standing!(armed_actors, ArmedActorId, tx, access, self);
        Ok(faults_of(&standing, self.parent, self.identity.id))
    }

    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        _: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()> {
        let standing = standing!(armed_actors, ArmedActorId, tx, access, self);
        if let Some(before) = standing.before.filter(|before| *before != standing.after) {
            trees::armed_actors::move_subtree(tx, access.id(), &before, &standing.after)?;
            armed_actors::touch_subtree(tx, access.id(), &standing.after, touched)?;
        }
        Ok(documents::save_armed_actor(tx, access.id(), self, &standing.after)?)
    }
}

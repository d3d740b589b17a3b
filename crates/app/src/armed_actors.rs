//! The tree of armed actors: moving a unit under another, and finding two to be one.

use std::collections::BTreeSet;

use concord_domain::{
    document::{ArmedActor, ProtectionRisk, Strategy, To},
    fault::FaultCode,
    id::{ArmedActorId, EngagementId, Kind},
    lineage::Lineage,
    policy::{Action, Scope},
    window::Day,
};
use concord_store::{Tx, documents, engagements, live, references, strategies, trees};
use serde_json::json;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    coherence,
    error::{Error, Result},
    resources::{self, Resource, Shown, Touched},
};

pub mod family;
pub mod search;

/// Whatever the days.
const ALWAYS: (Day, Day) = (coherence::FIRST_DAY, coherence::LAST_DAY);

/// Notes that everything below a point of the tree is to be looked at anew.
///
/// # Errors
/// The store's own.
pub fn touch_subtree(
    tx: &mut Tx,
    operation: Uuid,
    lineage: &Lineage,
    touched: &mut Touched,
) -> Result<()> {
    let actors = trees::armed_actors::under(tx, operation, lineage)?;
    let ids: Vec<Uuid> = actors.iter().map(|id| id.0).collect();
    let server = Scope::server();
    let lines = engagements::with_actors(tx, operation, &server, Some(&ids), ALWAYS)?;
    for engagement in coherence::reindex(tx, operation, &lines)?.engagements.values() {
        touched.focus.add_engagement(engagement);
    }
    let agreed = live::agreed_with(tx, operation, &actors)?;
    touched.focus.leads.extend(agreed.leads);
    touched.focus.positions.extend(agreed.positions);
    touched.focus.commitments.extend(agreed.commitments);
    Ok(())
}

/// Moves a unit, with all below it, under another armed actor, or to the top.
///
/// # Errors
/// As amending an armed actor.
pub fn move_under(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    parent: Option<&str>,
) -> Result<Shown> {
    let body = json!({ "parent": parent });
    resources::amend::<ArmedActor>(app, person, operation, (id, if_match), &body)
}

/// Notes that an armed actor was found to be another, which takes over all that is known of it.
///
/// # Errors
/// [`Error::NotFound`], and [`Error::Invalid`] if the one is a unit of the other.
pub fn merge(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    into: &str,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let gone: ArmedActor = resources::load_one(tx, access, id)?;
        access.require(Action::KeepReference, None)?;
        resources::expect(&resources::shown(tx, access, &gone)?, if_match)?;
        let wanted = (Kind::ArmedActor, into);
        let found = references::find(tx, access.id(), &access.scope, wanted, None)?;
        let Some(into) = found.filter(|into| *into != id) else {
            let detail = "there is no other armed actor with this key or id";
            return Err(Error::at("into", FaultCode::UnknownReference, detail));
        };
        let kept: ArmedActor = resources::load_one(tx, access, into)?;
        let mut touched = Touched::default();
        take_over(tx, access, &gone, kept, &mut touched)?;
        coherence::settle(app, tx, access.id(), touched.focus, &touched.changed)?;
        let kept: ArmedActor = resources::load_one(tx, access, into)?;
        resources::shown(tx, access, &kept)
    })
}

fn take_over(
    tx: &mut Tx,
    access: &Access,
    gone: &ArmedActor,
    mut kept: ArmedActor,
    touched: &mut Touched,
) -> Result<()> {
    let operation = access.id();
    let (from, to) = (gone.identity.id, kept.identity.id);
    let lineages = trees::armed_actors::lineages(tx, operation, &[from, to])?;
    let (Some(from_lineage), Some(to_lineage)) = (lineages.get(&from), lineages.get(&to)) else {
        return Err(Error::NotFound);
    };
    if from_lineage.contains(to_lineage) {
        let detail = "it is a unit of the one that is to go; move it first";
        return Err(Error::at("into", FaultCode::Cycle, detail));
    }
    let known: BTreeSet<_> = kept.aliases.iter().chain([&kept.name]).cloned().collect();
    let names = [&gone.name].into_iter().chain(&gone.aliases);
    kept.aliases.extend(names.filter(|name| !known.contains(*name)).cloned());
    for (register, id) in &gone.external_ids {
        kept.external_ids.entry(register.clone()).or_insert_with(|| id.clone());
    }
    for (language, name) in &gone.names {
        kept.names.entry(language.clone()).or_insert_with(|| name.clone());
    }
    let places = gone.places.iter().filter(|place| !kept.places.contains(place));
    kept.places.extend(places.copied().collect::<Vec<_>>());
    let positions = gone.positions.iter().filter(|position| !kept.positions.contains(position));
    kept.positions.extend(positions.cloned().collect::<Vec<_>>());
    kept.influences = kept.influences.or_else(|| gone.influences.clone());
    kept.decisions = kept.decisions.or_else(|| gone.decisions.clone());
    documents::save_armed_actor(tx, operation, &kept, to_lineage)?;
    access.deeds.wrote(&kept);
    access.deeds.changed("armed_actor", from.0);

    move_units(tx, access, gone, (from_lineage, to), touched)?;
    move_engagements(tx, access, (from, to), touched)?;
    move_agreements(tx, access, (from, to), touched)?;
    Ok(documents::merge_armed_actor(tx, operation, from, to)?)
}

fn move_units(
    tx: &mut Tx,
    access: &Access,
    gone: &ArmedActor,
    (lineage, to): (&Lineage, ArmedActorId),
    touched: &mut Touched,
) -> Result<()> {
    let below = trees::armed_actors::under(tx, access.id(), lineage)?;
    let ids: Vec<Uuid> = below.iter().map(|id| id.0).collect();
    for unit in documents::armed_actors::load(tx, access.id(), &ids)? {
        if unit.parent == Some(To(gone.identity.id)) {
            let moved = ArmedActor { parent: Some(To(to)), ..unit.clone() };
            moved.save(tx, access, Some(&unit), touched)?;
            access.deeds.wrote(&moved);
        }
    }
    Ok(())
}

fn move_engagements(
    tx: &mut Tx,
    access: &Access,
    (from, to): (ArmedActorId, ArmedActorId),
    touched: &mut Touched,
) -> Result<()> {
    let server = Scope::server();
    let lines = engagements::with_actors(tx, access.id(), &server, Some(&[from.0]), ALWAYS)?;
    let ids: Vec<EngagementId> = lines;
    for engagement in engagements::load(tx, access.id(), &server, &ids)? {
        let mut moved = engagement.clone();
        moved.armed_actor = To(to);
        let mut only_focus = Touched::default();
        moved.save(tx, access, Some(&engagement), &mut only_focus)?;
        access.deeds.wrote(&moved);
        // That the actor goes by another name now is no change of what was settled.
        touched.focus.extend(only_focus.focus);
    }
    Ok(())
}

fn move_agreements(
    tx: &mut Tx,
    access: &Access,
    (from, to): (ArmedActorId, ArmedActorId),
    touched: &mut Touched,
) -> Result<()> {
    let operation = access.id();
    let agreed = live::agreed_with(tx, operation, &[from])?;
    let mut only_focus = Touched::default();
    let ids: Vec<Uuid> = agreed.leads.iter().map(|id| id.0).collect();
    for lead in documents::leads::load(tx, operation, &ids)? {
        let mut moved = lead.clone();
        moved.armed_actor = To(to);
        moved.save(tx, access, Some(&lead), &mut only_focus)?;
        access.deeds.wrote(&moved);
    }
    let ids: Vec<Uuid> = agreed.positions.iter().map(|id| id.0).collect();
    for position in documents::common_positions::load(tx, operation, &ids)? {
        let mut moved = position.clone();
        moved.armed_actor = Some(To(to));
        moved.save(tx, access, Some(&position), &mut only_focus)?;
        access.deeds.wrote(&moved);
    }
    let risks = live::risks_from(tx, operation, from)?;
    for risk in documents::protection_risks::load(tx, operation, &risks)? {
        let moved = ProtectionRisk { armed_actor: Some(To(to)), ..risk.clone() };
        moved.save(tx, access, Some(&risk), &mut only_focus)?;
        access.deeds.wrote(&moved);
    }
    let server = Scope::server();
    let towards = strategies::towards(tx, operation, from)?;
    for strategy in strategies::load(tx, operation, &server, &towards)? {
        let moved = Strategy { armed_actor: Some(To(to)), ..strategy.clone() };
        moved.save(tx, access, Some(&strategy), &mut only_focus)?;
        access.deeds.wrote(&moved);
    }
    for commitment in engagements::load_commitments(tx, operation, &server, &agreed.commitments)? {
        let mut moved = commitment.clone();
        moved.armed_actor = To(to);
        moved.save(tx, access, Some(&commitment), &mut only_focus)?;
        access.deeds.wrote(&moved);
    }
    touched.focus.extend(only_focus.focus);
    Ok(())
}

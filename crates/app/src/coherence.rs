//! Flags, complete and immediate: what a change touches is gathered, the rules evaluate it, and
//! what is kept of each flag is brought to what they found, all within the change itself.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    document::Engagement,
    evaluate::{Focus, evaluate},
    facts::{Agreements, Commitment, Context, Facts},
    flag::{Cause, Flag, Standing, Subject, reconcile},
    id::{CommitmentId, CommonPositionId, EngagementId, LeadId},
    vocabulary::{FlagState, Severity},
};
use concord_store::{
    Tx,
    due::{self, Kind},
    engagements, flags,
    flags::{KeptFlag, Raised, Step},
    operations,
};
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    asking, audit,
    error::Result,
    resources::{Resource, Touched},
};

mod changed;
mod gather;
mod index;

pub use changed::Changed;
pub use gather::{context, gather, gather_around, gather_subjects};
pub use index::{FIRST_DAY, LAST_DAY, index_agreement, reindex, reindex_these};

/// Of agreements alone.
const NO_ENGAGEMENTS: &[Engagement] = &[];

/// What settling has found: the flags that hold, those that only say what goes well included, and
/// the facts that they rest on.
pub struct Settled {
    /// The flags.
    pub found: Vec<Flag>,
    /// The facts.
    pub facts: Facts,
}

/// Finds anew all flags that a change touches, and keeps what became of each.
///
/// # Errors
/// The store's own.
pub fn settle(
    app: &App,
    tx: &mut Tx,
    operation: Uuid,
    mut focus: Focus,
    changed: &Changed,
) -> Result<Settled> {
    let mut facts = gather(tx, operation, &mut focus)?;
    let found = evaluate(&facts, &focus);
    let mut kept: BTreeMap<String, KeptFlag> = flags::touched(tx, operation, &focus)?
        .into_iter()
        .filter(|flag| {
            let between: BTreeSet<Subject> = flag.between.iter().copied().collect();
            focus.touches(&between, |_| None, |_| None)
        })
        .map(|flag| (flag.identity.clone(), flag))
        .collect();
    add_origins(tx, operation, kept.values(), &mut facts)?;
    let mut new = Vec::new();
    for flag in found.iter().filter(|flag| flag.severity != Severity::Info) {
        match kept.remove(flag.identity().as_str()) {
            Some(kept) => keep(app, tx, (operation, &facts), (kept, Some(flag)), changed)?,
            None => new.extend(raised(app, flag, &facts)),
        }
    }
    flags::raise(tx, operation, &new)?;
    for (_, flag) in kept {
        keep(app, tx, (operation, &facts), (flag, None), changed)?;
    }
    Ok(Settled { found, facts })
}

/// A flag that is raised for the first time.
fn raised(app: &App, found: &Flag, facts: &Facts) -> Option<Raised> {
    let (standing, cause) = reconcile(None, Some(found.severity), false)?;
    let identity = found.identity().as_str().to_owned();
    let flag = KeptFlag {
        id: app.ids.id_of(&identity),
        identity,
        kind: found.kind,
        class: found.class,
        standing,
        resolution: None,
        raised_at: app.now(),
        between: found.between.iter().copied().collect(),
    };
    let entries = entries_of(flag.between.iter().copied(), facts);
    let step = cause.map(|cause| own_step(app, (None, standing), cause));
    Some(Raised { flag, entries, step })
}

/// A step that a flag takes by itself.
fn own_step(app: &App, (before, after): (Option<Standing>, Standing), cause: Cause) -> Step {
    Step {
        at: app.now(),
        account: None,
        from: before.map(|standing| standing.state),
        to: after.state,
        resolution: None,
        cause: Some(cause),
        note: None,
    }
}

/// Adds the commitments that flags are between and that nothing gathered, since what they met is
/// over: whose entries they are is still to be known.
fn add_origins<'f>(
    tx: &mut Tx,
    operation: Uuid,
    flags: impl Iterator<Item = &'f KeptFlag>,
    facts: &mut Facts,
) -> Result<()> {
    let commitment = |subject: &Subject| match subject {
        Subject::Commitment(id) if !facts.commitments.contains_key(id) => Some(*id),
        _ => None,
    };
    let missing: BTreeSet<CommitmentId> =
        flags.flat_map(|flag| flag.between.iter().filter_map(commitment)).collect();
    let missing: Vec<CommitmentId> = missing.into_iter().collect();
    let found = engagements::load_commitments_for_rules(tx, operation, &missing)?;
    let agreements = Agreements { commitments: &found, ..Agreements::default() };
    facts.add(&Context::default(), NO_ENGAGEMENTS, agreements);
    Ok(())
}

/// Keeps what became of one flag.
fn keep(
    app: &App,
    tx: &mut Tx,
    (operation, facts): (Uuid, &Facts),
    (mut flag, found): (KeptFlag, Option<&Flag>),
    changed: &Changed,
) -> Result<()> {
    let before = flag.standing;
    let has_changed = flag.between.iter().any(|subject| changed.touches(flag.kind, *subject));
    let severity = found.map(|flag| flag.severity);
    let Some((standing, cause)) = reconcile(Some(before), severity, has_changed) else {
        return Ok(());
    };
    let same_subjects = found.is_none_or(|found| {
        let there: BTreeSet<Subject> = flag.between.iter().copied().collect();
        there == found.between
    });
    // What has changed may rest on another entry than before.
    if same_subjects && !has_changed && before == standing {
        return Ok(());
    }
    flag.standing = standing;
    if standing.state != FlagState::Resolved {
        flag.resolution = None;
    }
    if let Some(found) = found {
        flag.between = found.between.iter().copied().collect();
    }
    let entries = entries_of(flag.between.iter().copied(), facts);
    flags::save(tx, operation, &flag, &entries)?;
    if let Some(cause) = cause {
        let step = own_step(app, (Some(before), standing), cause);
        flags::keep_step(tx, operation, flag.id, &step)?;
    }
    Ok(())
}

/// The entries that a flag between these rests on.
#[must_use]
pub fn entries_of(between: impl IntoIterator<Item = Subject>, facts: &Facts) -> Vec<Uuid> {
    let entry = |subject: Subject| match subject {
        Subject::Commitment(id) => Some(facts.commitments.get(&id).map_or(id.0, Commitment::entry)),
        other => other.engagement().map(Uuid::from),
    };
    let entries: BTreeSet<Uuid> = between.into_iter().filter_map(entry).collect();
    entries.into_iter().collect()
}

/// The entries that all flags that were found rest on.
#[must_use]
pub fn entries_of_all(settled: &Settled) -> BTreeSet<Uuid> {
    let between = settled.found.iter().flat_map(|flag| flag.between.iter().copied());
    entries_of(between, &settled.facts).into_iter().collect()
}

/// Brings an operation up to today: a day that passes is a change like any other.
///
/// # Errors
/// The store's own.
pub fn pass_days(app: &App, tx: &mut Tx, operation: Uuid) -> Result<()> {
    let kept = operations::load(tx, Some(&[operation]))?.pop();
    let today = app.today();
    let Some(mut kept) = kept.filter(|kept| kept.evaluated_on < today) else { return Ok(()) };
    kept.evaluated_on = today;
    operations::update(tx, &kept)?;
    let begun = kept.clone();

    let due = |tx: &mut Tx, kind| due::by(tx, operation, kind, today);
    let engagements: Vec<EngagementId> =
        due(tx, Kind::Engagement)?.into_iter().map(EngagementId).collect();
    let mut focus = Focus {
        leads: due(tx, Kind::Lead)?.into_iter().map(LeadId).collect(),
        positions: due(tx, Kind::CommonPosition)?.into_iter().map(CommonPositionId).collect(),
        commitments: due(tx, Kind::Commitment)?.into_iter().map(CommitmentId).collect(),
        ..Focus::default()
    };
    let server = Access::of_server(kept);
    keep_to_consents(tx, &server, &engagements)?;
    for engagement in reindex(tx, operation, &engagements)?.engagements.values() {
        focus.add_engagement(engagement);
    }
    for (kind, ids) in [
        (Kind::Lead, focus.leads.iter().map(|id| id.0).collect::<Vec<_>>()),
        (Kind::CommonPosition, focus.positions.iter().map(|id| id.0).collect()),
        (Kind::Commitment, focus.commitments.iter().map(|id| id.0).collect()),
    ] {
        for id in ids {
            due::put(tx, operation, (kind, id), None)?;
        }
    }
    settle(app, tx, operation, focus, &Changed::default())?;
    asking::tell_what_waits(app, tx, &begun)?;
    audit::days_passed(app, tx, &server.deeds)
}

/// Where a consent is needed and there is none now, discloses no more than is disclosed without.
///
/// # Errors
/// The store's own.
pub fn keep_to_consents(tx: &mut Tx, server: &Access, ids: &[EngagementId]) -> Result<()> {
    for before in engagements::load(tx, server.id(), &server.scope, ids)? {
        let after = before.clone().completed(tx, server)?;
        if after != before {
            after.save(tx, server, Some(&before), &mut Touched::default())?;
            server.deeds.wrote(&after);
        }
    }
    Ok(())
}

/// For each operation the flags that are not as evaluating everything afresh would find them: held
/// and not found, found and not held, of another severity, or noted to be about what is another's.
///
/// # Errors
/// The store's own.
pub fn verify(app: &App) -> Result<Vec<(String, Vec<String>)>> {
    app.store.read(|tx| {
        let mut verified = Vec::new();
        for kept in operations::load(tx, None)? {
            let mut focus = Focus::everything();
            let facts = gather(tx, kept.id, &mut focus)?;
            let afresh: BTreeMap<String, Severity> = evaluate(&facts, &focus)
                .into_iter()
                .filter(|flag| flag.severity != Severity::Info)
                .map(|flag| (flag.identity().as_str().to_owned(), flag.severity))
                .collect();
            let all = flags::touched(tx, kept.id, &focus)?;
            let otherwise = flags::owned_otherwise(tx, kept.id)?;
            let of_others = all.iter().filter(|flag| otherwise.contains(&flag.id));
            let of_others: Vec<String> = of_others.map(|flag| flag.identity.clone()).collect();
            let held: BTreeMap<String, Severity> = all
                .into_iter()
                .filter(|flag| flag.standing.holds)
                .map(|flag| (flag.identity, flag.standing.severity))
                .collect();
            let differing = afresh
                .iter()
                .filter(|(identity, severity)| held.get(*identity) != Some(severity))
                .map(|(identity, _)| identity)
                .chain(held.keys().filter(|identity| !afresh.contains_key(*identity)))
                .cloned()
                .chain(of_others)
                .collect();
            verified.push((kept.operation.key.as_str().to_owned(), differing));
        }
        Ok(verified)
    })
}

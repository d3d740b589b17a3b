//! Flags, complete and immediate: what a change touches is gathered, the rules evaluate it, and
//! what is kept of each flag is brought to what they found, all within the change itself.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    evaluate::{Focus, evaluate},
    facts::{Agreements, Context, Facts},
    flag::{Flag, Standing, Subject, reconcile},
    id::{CommitmentId, CommonPositionId, EngagementId, LeadId},
    policy::Scope,
    vocabulary::{FlagState, Severity},
};
use concord_store::{
    Tx,
    due::{self, Kind},
    engagements, flags,
    flags::{KeptFlag, Step},
    operations::{self, KeptOperation},
};
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    error::Result,
    resources::{Resource, Touched},
};

mod changed;
mod gather;
mod index;

pub use changed::Changed;
pub use gather::{context, gather, gather_around, gather_subjects};
pub use index::{FIRST_DAY, LAST_DAY, index_agreement, reindex};

/// Finds anew all flags that a change touches, and keeps what became of each. The flags that hold
/// are returned, those that only say what goes well included.
///
/// # Errors
/// The store's own.
pub fn settle(
    app: &App,
    tx: &mut Tx,
    operation: Uuid,
    mut focus: Focus,
    changed: &Changed,
) -> Result<Vec<Flag>> {
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
    for flag in found.iter().filter(|flag| flag.severity != Severity::Info) {
        let kept = kept.remove(flag.identity().as_str());
        keep(app, tx, (operation, &facts), (kept, Some(flag)), changed)?;
    }
    for (_, flag) in kept {
        keep(app, tx, (operation, &facts), (Some(flag), None), changed)?;
    }
    Ok(found)
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
    let server = Scope::server();
    let found = engagements::load_commitments(tx, operation, &server, &missing)?;
    let agreements = Agreements { commitments: &found, ..Agreements::default() };
    facts.add(&Context::default(), &[], agreements);
    Ok(())
}

/// Keeps what became of one flag.
fn keep(
    app: &App,
    tx: &mut Tx,
    (operation, facts): (Uuid, &Facts),
    (kept, found): (Option<KeptFlag>, Option<&Flag>),
    changed: &Changed,
) -> Result<()> {
    let is_new = kept.is_none();
    let before = kept.as_ref().map(|flag| flag.standing);
    let has_changed = kept
        .iter()
        .flat_map(|flag| flag.between.iter().map(|subject| (flag.kind, *subject)))
        .any(|(kind, subject)| changed.touches(kind, subject));
    let found_severity = found.map(|flag| flag.severity);
    let Some((standing, cause)) = reconcile(before, found_severity, has_changed) else {
        return Ok(());
    };
    let mut flag = match (kept, found) {
        (Some(kept), _) => kept,
        (None, Some(found)) => KeptFlag {
            id: app.ids.id(),
            identity: found.identity().as_str().to_owned(),
            kind: found.kind,
            class: found.class,
            standing,
            resolution: None,
            raised_at: app.now(),
            between: Vec::new(),
        },
        (None, None) => return Ok(()),
    };
    let between: Option<Vec<Subject>> = found.map(|found| found.between.iter().copied().collect());
    let same_subjects = between.as_ref().is_none_or(|new| {
        let there: BTreeSet<&Subject> = flag.between.iter().collect();
        there == new.iter().collect()
    });
    // What has changed may rest on another entry than before.
    if !is_new && same_subjects && !has_changed && before == Some(standing) {
        return Ok(());
    }
    write_flag(tx, operation, (&mut flag, standing, between), facts, is_new)?;
    if let Some(cause) = cause {
        let step = Step {
            at: app.now(),
            account: None,
            from: before.map(|standing| standing.state),
            to: standing.state,
            resolution: None,
            cause: Some(cause),
            note: None,
        };
        flags::keep_step(tx, operation, flag.id, &step)?;
    }
    Ok(())
}

fn write_flag(
    tx: &mut Tx,
    operation: Uuid,
    (flag, standing, between): (&mut KeptFlag, Standing, Option<Vec<Subject>>),
    facts: &Facts,
    is_new: bool,
) -> Result<()> {
    flag.standing = standing;
    if standing.state != FlagState::Resolved {
        flag.resolution = None;
    }
    if let Some(between) = between {
        flag.between = between;
    }
    let entries = entries_of(flag.between.iter().copied(), facts);
    Ok(flags::save(tx, operation, flag, &entries, is_new)?)
}

/// The entries that a flag between these rests on.
#[must_use]
pub fn entries_of(between: impl IntoIterator<Item = Subject>, facts: &Facts) -> Vec<Uuid> {
    let entry = |subject: Subject| match subject {
        Subject::Commitment(id) => {
            let origin = facts.commitments.get(&id).and_then(|commitment| commitment.engagement);
            Some(origin.map_or(id.0, |engagement| engagement.0))
        }
        other => other.engagement().map(Uuid::from),
    };
    let entries: BTreeSet<Uuid> = between.into_iter().filter_map(entry).collect();
    entries.into_iter().collect()
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

    let due = |tx: &mut Tx, kind| due::by(tx, operation, kind, today);
    let engagements: Vec<EngagementId> =
        due(tx, Kind::Engagement)?.into_iter().map(EngagementId).collect();
    let mut focus = Focus {
        leads: due(tx, Kind::Lead)?.into_iter().map(LeadId).collect(),
        positions: due(tx, Kind::CommonPosition)?.into_iter().map(CommonPositionId).collect(),
        commitments: due(tx, Kind::Commitment)?.into_iter().map(CommitmentId).collect(),
        ..Focus::default()
    };
    keep_to_consents(tx, kept, &engagements)?;
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
    Ok(())
}

/// Where a consent is needed and there is none now, discloses no more than is disclosed without.
///
/// # Errors
/// The store's own.
pub fn keep_to_consents(tx: &mut Tx, kept: KeptOperation, ids: &[EngagementId]) -> Result<()> {
    let server = Access::of_server(kept);
    for before in engagements::load(tx, server.id(), &server.scope, ids)? {
        let after = before.clone().completed(tx, &server)?;
        if after != before {
            after.save(tx, &server, Some(&before), &mut Touched::default())?;
        }
    }
    Ok(())
}

/// For each operation the flags that are not as evaluating everything afresh would find them: held
/// and not found, found and not held, or of another severity.
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
            let held: BTreeMap<String, Severity> = flags::touched(tx, kept.id, &focus)?
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
                .collect();
            verified.push((kept.operation.key.as_str().to_owned(), differing));
        }
        Ok(verified)
    })
}

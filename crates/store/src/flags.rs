//! Flags with their subjects, the entries that they rest on, and their life.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use concord_domain::{
    evaluate::Focus,
    flag::{Standing, Subject},
    id::{
        ArmedActorId, AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId,
        OrganizationId,
    },
    policy::Scope,
    vocabulary::{Closed, FlagClass, FlagKind, FlagState, Resolution, Severity},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, RunQueryDsl,
    dsl::{exists, not, sql},
    sql_types::Bool,
};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx},
    documents::IDS_MAX,
    entries::{closed, visible},
    error::{Result, StoreError},
    lists::{Among, id_list, text_list},
    schema::{entries, flag_entries as fe, flag_steps as fs, flag_subjects as s, flags as t},
    sql::RowId,
};

mod queue;
mod steps;
mod waiting;
mod write;

pub use queue::queue;
pub use steps::{Move, Step, entered_at, history, keep_step, moves};
pub use waiting::waiting;
pub(crate) use write::hand_over;
pub use write::{Raised, raise, save, set_state};

/// A flag as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptFlag {
    /// Its id.
    pub id: Uuid,
    /// Which flag it is.
    pub identity: String,
    /// Which rule raised it.
    pub kind: FlagKind,
    /// What it is about, in one word.
    pub class: FlagClass,
    /// Whether it holds, how severe it is, what people have made of it.
    pub standing: Standing,
    /// How it was settled.
    pub resolution: Option<Resolution>,
    /// When it was first raised, in UTC.
    pub raised_at: NaiveDateTime,
    /// What it is between.
    pub between: Vec<Subject>,
}

type Row = (RowId, String, String, String, i32, bool, String, Option<String>, NaiveDateTime);

const COLUMNS: (
    t::id,
    t::identity,
    t::kind,
    t::class,
    t::severity,
    t::holds,
    t::state,
    t::resolution,
    t::raised_at,
) = (
    t::id,
    t::identity,
    t::kind,
    t::class,
    t::severity,
    t::holds,
    t::state,
    t::resolution,
    t::raised_at,
);

/// The flags that rest on one of `entries`, if any are named, and of any of `organizations`, if any are.
///
/// They are asked for apart, and named to the query that looks through them: within it, PostgreSQL
/// plans without knowing how few they are, and looks through all of an operation.
fn resting_on(
    tx: &mut Tx,
    operation: Uuid,
    organizations: Option<&[OrganizationId]>,
    entries: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let mut query = fe::table
        .filter(fe::operation_id.eq(RowId(operation)))
        .select(fe::flag_id)
        .into_boxed::<MultiBackend>();
    if let Some(organizations) = organizations {
        query = query.filter(fe::organization_id.among(id_list(organizations.iter().copied())));
    }
    if let Some(entries) = entries {
        query = query.filter(fe::entry_id.among(id_list(entries.iter().copied())));
    }
    let rows: Vec<RowId> = query.load(tx)?;
    // SQLite would ask another index for them without those that are there twice.
    let flags: BTreeSet<Uuid> = rows.into_iter().map(|id| id.0).collect();
    Ok(flags.into_iter().collect())
}

/// The flags that rest on an entry that is noted with them to be another's than it is: none, ever.
///
/// # Errors
/// The store's own.
pub fn owned_otherwise(tx: &mut Tx, operation: Uuid) -> Result<BTreeSet<Uuid>> {
    type Noted = (RowId, Option<RowId>, Option<RowId>);
    let rows: Vec<Noted> = fe::table
        .inner_join(
            entries::table
                .on(entries::operation_id.eq(fe::operation_id).and(entries::id.eq(fe::entry_id))),
        )
        .filter(fe::operation_id.eq(RowId(operation)))
        .select((fe::flag_id, fe::organization_id, entries::organization_id))
        .load(tx)?;
    let otherwise = rows.into_iter().filter(|(_, noted, owner)| noted != owner);
    Ok(otherwise.map(|(flag, ..)| flag.0).collect())
}

fn severity_rank(severity: Severity) -> i32 {
    Severity::ALL.iter().position(|each| *each == severity).map_or(0, |at| at as i32)
}

fn severity_of(rank: i32) -> Result<Severity> {
    let severity = usize::try_from(rank).ok().and_then(|rank| Severity::ALL.get(rank).copied());
    severity.ok_or_else(|| StoreError::Corrupt("no such severity".to_owned()))
}

fn kept(tx: &mut Tx, operation: Uuid, rows: Vec<Row>) -> Result<Vec<KeptFlag>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0.0).collect();
    let mut subjects = subjects(tx, operation, &ids)?;
    rows.into_iter()
        .map(|(id, identity, kind, class, severity, holds, state, resolution, raised_at)| {
            let severity = severity_of(severity)?;
            Ok(KeptFlag {
                id: id.0,
                identity,
                kind: closed(&kind)?,
                class: closed(&class)?,
                standing: Standing { holds, severity, state: closed(&state)? },
                resolution: resolution.as_deref().map(closed).transpose()?,
                raised_at,
                between: subjects.remove(&id.0).unwrap_or_default(),
            })
        })
        .collect()
}

/// The flag, the kind and id of the subject, the engagement that it is part of, the level.
type SubjectRow = (RowId, String, RowId, Option<RowId>, Option<String>);

fn subjects(tx: &mut Tx, operation: Uuid, flags: &[Uuid]) -> Result<HashMap<Uuid, Vec<Subject>>> {
    let mut found: HashMap<Uuid, Vec<Subject>> = HashMap::new();
    for flags in flags.chunks(IDS_MAX) {
        let rows: Vec<SubjectRow> = s::table
            .filter(s::operation_id.eq(RowId(operation)))
            .filter(s::flag_id.among(id_list(flags.iter().copied())))
            .order((s::flag_id, s::kind, s::subject_id))
            .select((s::flag_id, s::kind, s::subject_id, s::engagement_id, s::level))
            .load(tx)?;
        for (flag, kind, id, engagement, level) in rows {
            let part_of = EngagementId(engagement.unwrap_or(id).0);
            let subject = match kind.as_str() {
                "ask" => Subject::Ask(AskId(id.0), part_of),
                "demand" => Subject::Demand(DemandId(id.0), part_of),
                "engagement" => Subject::Engagement(EngagementId(id.0)),
                "lead" => Subject::Lead(LeadId(id.0)),
                "common_position" => Subject::CommonPosition(CommonPositionId(id.0)),
                "commitment" => Subject::Commitment(CommitmentId(id.0)),
                "armed_actor" => Subject::Actor(ArmedActorId(id.0)),
                _ => Subject::Level(closed(level.as_deref().unwrap_or_default())?),
            };
            found.entry(flag.0).or_default().push(subject);
        }
    }
    Ok(found)
}

/// What a subject is called in the database, with its id; nil for a level.
#[must_use]
pub fn subject_kind(subject: Subject) -> (&'static str, Uuid) {
    match subject {
        Subject::Ask(id, _) => ("ask", id.0),
        Subject::Demand(id, _) => ("demand", id.0),
        Subject::Engagement(id) => ("engagement", id.0),
        Subject::Lead(id) => ("lead", id.0),
        Subject::CommonPosition(id) => ("common_position", id.0),
        Subject::Commitment(id) => ("commitment", id.0),
        Subject::Actor(id) => ("armed_actor", id.0),
        Subject::Level(_) => ("level", Uuid::nil()),
    }
}

/// Every flag of an operation that a change may touch.
///
/// # Errors
/// The store's own.
pub fn touched(tx: &mut Tx, operation: Uuid, focus: &Focus) -> Result<Vec<KeptFlag>> {
    if focus.everything {
        let of_operation = t::table.filter(t::operation_id.eq(RowId(operation)));
        let rows: Vec<Row> = of_operation.order(t::id).select(COLUMNS).load(tx)?;
        return kept(tx, operation, rows);
    }
    let mut flags: Vec<RowId> = Vec::new();
    let engagements: Vec<Uuid> = focus.engagements.iter().map(|id| id.0).collect();
    for ids in engagements.chunks(IDS_MAX) {
        flags.extend::<Vec<RowId>>(
            s::table
                .filter(s::operation_id.eq(RowId(operation)))
                .filter(s::engagement_id.among(id_list(ids.iter().copied())))
                .select(s::flag_id)
                .load(tx)?,
        );
    }
    let subjects: Vec<Uuid> = engagements
        .into_iter()
        .chain(focus.leads.iter().map(|id| id.0))
        .chain(focus.positions.iter().map(|id| id.0))
        .chain(focus.commitments.iter().map(|id| id.0))
        .chain(focus.visits.iter().map(|(id, _)| id.0))
        .collect();
    for ids in subjects.chunks(IDS_MAX) {
        flags.extend::<Vec<RowId>>(
            s::table
                .filter(s::operation_id.eq(RowId(operation)))
                .filter(s::subject_id.among(id_list(ids.iter().copied())))
                .select(s::flag_id)
                .load(tx)?,
        );
    }
    flags.sort_unstable();
    flags.dedup();
    let ids: Vec<Uuid> = flags.into_iter().map(|id| id.0).collect();
    load(tx, operation, &ids)
}

/// Flags by their ids, in that order: for the evaluation, which skips nothing.
fn load(tx: &mut Tx, operation: Uuid, ids: &[Uuid]) -> Result<Vec<KeptFlag>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<Row> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::id.among(id_list(ids.iter().copied())))
            .order(t::id)
            .select(COLUMNS)
            .load(tx)?;
        found.extend(kept(tx, operation, rows)?);
    }
    Ok(found)
}

/// Which of the flags of an operation are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those that hold, or those that do not.
    pub holds: Option<bool>,
    /// Those in this state.
    pub state: Option<FlagState>,
    /// Those that were settled or lapsed, or those that still wait for somebody.
    pub over: Option<bool>,
    /// Those with this id.
    pub id: Option<Uuid>,
    /// Those that are these.
    pub identities: Option<Vec<String>>,
    /// Those that rest on any of these entries.
    pub entries: Option<Vec<Uuid>>,
    /// Those that rest on an entry of any of these organisations.
    pub of: Option<Vec<OrganizationId>>,
    /// Those that were raised, or took another step, at this moment or since, in UTC.
    pub moved_since: Option<NaiveDateTime>,
    /// Those that come after this one.
    pub after: Option<(Severity, NaiveDateTime, Uuid)>,
}

/// At most `limit` flags all of whose entries may be read in a scope, the worst and then the
/// oldest first.
///
/// # Errors
/// The store's own.
pub fn list(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<KeptFlag>> {
    let readable = visible!(operation, scope).filter(entries::id.eq(fe::entry_id));
    let hidden = fe::table
        .filter(fe::operation_id.eq(t::operation_id))
        .filter(fe::flag_id.eq(t::id))
        .filter(not(exists(readable)));
    let mut query = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .order((t::severity, t::raised_at, t::id))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed::<MultiBackend>();
    if let Some(holds) = filter.holds {
        query = query.filter(t::holds.eq(holds));
    }
    if let Some(state) = filter.state {
        query = query.filter(t::state.eq(state.code()));
    }
    if let Some(is_over) = filter.over {
        // Not as parameters: PostgreSQL plans for any states, and takes it that hardly a flag is in none
        // of two.
        let over = [FlagState::Resolved.code(), FlagState::Lapsed.code()].join("', '");
        let is_among = if is_over { "IN" } else { "NOT IN" };
        query = query.filter(sql::<Bool>(&format!("flags.state {is_among} ('{over}')")));
    }
    if let Some(id) = filter.id {
        query = query.filter(t::id.eq(RowId(id)));
    }
    if let Some(identities) = &filter.identities {
        query = query.filter(t::identity.among(text_list(identities.iter().cloned())));
    }
    if let Some(entries) = &filter.entries {
        let resting = resting_on(tx, operation, None, Some(entries))?;
        query = query.filter(t::id.among(id_list(resting)));
    }
    if let Some(organizations) = &filter.of {
        let own = resting_on(tx, operation, Some(organizations), None)?;
        query = query.filter(t::id.among(id_list(own)));
    }
    if let Some(moment) = filter.moved_since {
        let taken = fs::table.filter(fs::operation_id.eq(RowId(operation)));
        query =
            query.filter(t::id.eq_any(taken.filter(fs::taken_at.ge(moment)).select(fs::flag_id)));
    }
    if let Some((severity, raised_at, id)) = filter.after {
        let rank = severity_rank(severity);
        let later_id = t::raised_at.eq(raised_at).and(t::id.gt(RowId(id)));
        let later = t::raised_at.gt(raised_at).or(later_id);
        query = query.filter(t::severity.gt(rank).or(t::severity.eq(rank).and(later)));
    }
    // Last, since SQLite asks in this order, and it takes longest to answer.
    let rows: Vec<Row> = query.filter(not(exists(hidden))).load(tx)?;
    kept(tx, operation, rows)
}

/// A flag that rests on an entry that may not be read in a scope.
pub struct Hidden {
    /// Which rule raised it.
    pub kind: FlagKind,
    /// What it is about.
    pub class: FlagClass,
    /// How much it matters.
    pub severity: Severity,
    /// All the entries that it rests on.
    pub entries: Vec<Uuid>,
}

/// Flags that hold and rest on an entry that may not be read in the scope; only those that rest on
/// one of `own` as well, if any are named.
///
/// # Errors
/// The store's own.
pub fn restricted(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    own: Option<&[Uuid]>,
) -> Result<Vec<Hidden>> {
    if scope.organizations.is_empty() || !scope.reads_entries {
        return Ok(Vec::new());
    }
    // Looked up for one flag: as a list of all such flags, it would be made whole first.
    let hidden = fe::table
        .filter(fe::operation_id.eq(RowId(operation)))
        .filter(fe::flag_id.eq(t::id))
        .filter(not(exists(visible!(operation, scope).filter(entries::id.eq(fe::entry_id)))));
    let of_own = resting_on(tx, operation, Some(&scope.organizations), own)?;
    let rows: Vec<(RowId, String, String, i32)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::id.among(id_list(of_own)))
        .filter(t::holds.eq(true))
        // Last, since SQLite asks in this order, and it takes longest to answer.
        .filter(exists(hidden))
        .order(t::id)
        .select((t::id, t::kind, t::class, t::severity))
        .load(tx)?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| id.0).collect();
    let mut entries = entries_of(tx, operation, &ids)?;
    rows.into_iter()
        .map(|(id, kind, class, severity)| {
            Ok(Hidden {
                kind: closed(&kind)?,
                class: closed(&class)?,
                severity: severity_of(severity)?,
                entries: entries.remove(&id.0).unwrap_or_default(),
            })
        })
        .collect()
}

/// The entries that these flags rest on.
///
/// # Errors
/// The store's own.
pub fn entries_of(
    tx: &mut Tx,
    operation: Uuid,
    flags: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut entries: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for ids in flags.chunks(IDS_MAX) {
        let rows: Vec<(RowId, RowId)> = fe::table
            .filter(fe::operation_id.eq(RowId(operation)))
            .filter(fe::flag_id.among(id_list(ids.iter().copied())))
            .select((fe::flag_id, fe::entry_id))
            .load(tx)?;
        for (flag, entry) in rows {
            entries.entry(flag.0).or_default().push(entry.0);
        }
    }
    Ok(entries)
}

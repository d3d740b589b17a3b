//! Entries that were retracted: their content is erased wherever it stands, and of each a tombstone
//! stays, its id and a day, for those who could read it.

use concord_domain::{
    document::{Commitment, Engagement},
    id::{CommitmentId, EngagementId},
    policy::Scope,
    vocabulary::{Closed, Disclosure},
    window::Day,
};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    audit,
    connection::{MultiBackend, Store, Tx},
    contact_requests,
    documents::IDS_MAX,
    due, engagements,
    entries::permitted,
    error::Result,
    links::{self, Role},
    lists::{Among, id_list},
    live, notifications,
    schema::{
        commitments as c, engagements as e, entries, flag_entries as fe, flag_steps as st,
        flag_subjects as s, flags as f, idempotency_keys as k, parts as p, sharing_changes as sc,
        withheld_lines as w,
    },
    sql::RowId,
};

/// What is left of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Its id.
    pub id: Uuid,
    /// The day on which it was retracted.
    pub retracted_on: Day,
}

/// Those of these ids that are entries which were retracted and could be read in a scope.
///
/// # Errors
/// The store's own.
pub fn find(tx: &mut Tx, operation: Uuid, scope: &Scope, id: Uuid) -> Result<Option<Tombstone>> {
    let found = tombstones(tx, operation, scope, (Some(id), None, 1))?;
    Ok(found.into_iter().next())
}

/// At most `limit` entries that were retracted and could be read in a scope, by id.
///
/// # Errors
/// The store's own.
pub fn page(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Tombstone>> {
    tombstones(tx, operation, scope, (None, after, limit))
}

fn tombstones(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    (id, after, limit): (Option<Uuid>, Option<Uuid>, i64),
) -> Result<Vec<Tombstone>> {
    let mut query = permitted!(operation, scope)
        .filter(entries::retracted_on.is_not_null())
        .order(entries::id)
        .limit(limit)
        .select((entries::id, entries::retracted_on))
        .into_boxed::<MultiBackend>();
    if let Some(id) = id {
        query = query.filter(entries::id.eq(RowId(id)));
    }
    if let Some(after) = after {
        query = query.filter(entries::id.gt(RowId(after)));
    }
    let rows: Vec<(RowId, Option<Day>)> = query.load(tx)?;
    let tombstone =
        |(id, day): (RowId, Option<Day>)| Some(Tombstone { id: id.0, retracted_on: day? });
    Ok(rows.into_iter().filter_map(tombstone).collect())
}

/// The ids of the commitments that came from an engagement.
///
/// # Errors
/// The store's own.
pub fn commitments_from(
    tx: &mut Tx,
    operation: Uuid,
    engagement: Uuid,
) -> Result<Vec<CommitmentId>> {
    let rows: Vec<RowId> = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::engagement_id.eq(Some(RowId(engagement))))
        .order(c::id)
        .select(c::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| CommitmentId(id.0)).collect())
}

/// Erases an engagement, and the commitments that came from it: documents, texts, keys, asks and
/// demands, what was changed in who reads it, every flag that it was part of, and the salts of its
/// hashes in the audit log. A tombstone stays. That others follow it stands in what is theirs, as
/// an id that leads nowhere.
///
/// # Errors
/// The store's own.
pub fn erase_engagement(
    tx: &mut Tx,
    operation: Uuid,
    engagement: &Engagement,
    day: Day,
) -> Result<()> {
    let id = engagement.identity.id.0;
    let commitments = commitments_from(tx, operation, id)?;
    let asks = engagement.asks.iter().map(|ask| ask.identity.id.0);
    let demands = engagement.demands.iter().map(|demand| demand.identity.id.0);
    let parts = asks.chain(demands).chain(commitments.iter().map(|id| id.0));
    let all: Vec<Uuid> = std::iter::once(id).chain(parts).collect();
    erase_flags(tx, operation, &all)?;
    for commitment in commitments {
        erase_commitment_row(tx, operation, commitment.0)?;
    }
    due::put(tx, operation, (due::Kind::Engagement, id), None)?;
    live::put(tx, operation, EngagementId(id), None)?;
    let of_operation = p::table.filter(p::operation_id.eq(RowId(operation)));
    diesel::delete(of_operation.filter(p::engagement_id.eq(RowId(id)))).execute(tx)?;
    let of_operation = e::table.filter(e::operation_id.eq(RowId(operation)));
    diesel::delete(of_operation.filter(e::id.eq(RowId(id)))).execute(tx)?;
    engagements::forget_read();
    bury(tx, operation, id, day)
}

/// Erases a commitment that is an entry of its own, as [`erase_engagement`] does.
///
/// # Errors
/// The store's own.
pub fn erase_commitment(
    tx: &mut Tx,
    operation: Uuid,
    commitment: &Commitment,
    day: Day,
) -> Result<()> {
    let id = commitment.identity.id.0;
    erase_flags(tx, operation, &[id])?;
    erase_commitment_row(tx, operation, id)?;
    bury(tx, operation, id, day)
}

fn erase_commitment_row(tx: &mut Tx, operation: Uuid, id: Uuid) -> Result<()> {
    due::put(tx, operation, (due::Kind::Commitment, id), None)?;
    let of_operation = c::table.filter(c::operation_id.eq(RowId(operation)));
    diesel::delete(of_operation.filter(c::id.eq(RowId(id)))).execute(tx)?;
    forget_made(tx, operation, id)
}

/// Erases what stands of an entry beside its document, and leaves who could read it.
fn bury(tx: &mut Tx, operation: Uuid, id: Uuid, day: Day) -> Result<()> {
    let none = [(Role::Follows, Vec::new()), (Role::Place, Vec::new())];
    links::replace(tx, operation, (id, crate::documents::Row::Unknown), &none)?;
    let changes = sc::table.filter(sc::operation_id.eq(RowId(operation)));
    diesel::delete(changes.filter(sc::entry_id.eq(RowId(id)))).execute(tx)?;
    let withheld = w::table.filter(w::operation_id.eq(RowId(operation)));
    diesel::delete(withheld.filter(w::entry_id.eq(RowId(id)))).execute(tx)?;
    contact_requests::forget_entry(tx, operation, id)?;
    forget_made(tx, operation, id)?;
    let entry = entries::table
        .filter(entries::operation_id.eq(RowId(operation)))
        .filter(entries::id.eq(RowId(id)));
    let values = (
        entries::disclosure.eq(Disclosure::None.code()),
        entries::retracted_on.eq(Some(day)),
        entries::kept_until.eq(None::<Day>),
    );
    diesel::update(entry).set(values).execute(tx)?;
    Ok(())
}

/// Forgets by which request a thing was made or added to, so that nobody who guesses the request
/// sees that the guess is right; who has seen that it waits, or was sent a message about it; and the
/// salts of its hashes in the audit log. The key of the request stays used.
pub(crate) fn forget_made(tx: &mut Tx, operation: Uuid, id: Uuid) -> Result<()> {
    let made =
        k::table.filter(k::operation_id.eq(RowId(operation))).filter(k::resource_id.eq(RowId(id)));
    diesel::update(made).set(k::request_hash.eq("")).execute(tx)?;
    notifications::forget(tx, operation, id)?;
    audit::erase_salts(tx, operation, id)
}

/// Erases every flag that one of these things is a subject of, or that rests on it.
fn erase_flags(tx: &mut Tx, operation: Uuid, things: &[Uuid]) -> Result<()> {
    let mut flags: Vec<RowId> = Vec::new();
    for things in things.chunks(IDS_MAX) {
        let is_of = s::subject_id
            .among(id_list(things.iter().copied()))
            .or(s::engagement_id.among(id_list(things.iter().copied())));
        let rows: Vec<RowId> = s::table
            .filter(s::operation_id.eq(RowId(operation)))
            .filter(is_of)
            .select(s::flag_id)
            .load(tx)?;
        flags.extend(rows);
        let rows: Vec<RowId> = fe::table
            .filter(fe::operation_id.eq(RowId(operation)))
            .filter(fe::entry_id.among(id_list(things.iter().copied())))
            .select(fe::flag_id)
            .load(tx)?;
        flags.extend(rows);
    }
    flags.sort_unstable();
    flags.dedup();
    for flag in &flags {
        forget_made(tx, operation, flag.0)?;
    }
    for flags in flags.chunks(IDS_MAX) {
        let of = || id_list(flags.iter().map(|id| id.0));
        let rows = st::table.filter(st::operation_id.eq(RowId(operation)));
        diesel::delete(rows.filter(st::flag_id.among(of()))).execute(tx)?;
        let rows = s::table.filter(s::operation_id.eq(RowId(operation)));
        diesel::delete(rows.filter(s::flag_id.among(of()))).execute(tx)?;
        let rows = fe::table.filter(fe::operation_id.eq(RowId(operation)));
        diesel::delete(rows.filter(fe::flag_id.among(of()))).execute(tx)?;
        let rows = f::table.filter(f::operation_id.eq(RowId(operation)));
        diesel::delete(rows.filter(f::id.among(of()))).execute(tx)?;
    }
    Ok(())
}

impl Store {
    /// Makes what was erased unreadable in the files of the database as far as that can be done at
    /// once: SQLite overwrites rows as it deletes them, and its log is emptied here; PostgreSQL is
    /// told to use their room again, and to forget the values that it has taken for typical.
    ///
    /// # Errors
    /// The store's own.
    pub fn let_go_of_erased(&self) -> Result<()> {
        self.empty_log()?;
        self.run((
            "SELECT 1",
            "VACUUM (SKIP_LOCKED, ANALYZE) engagements, commitments, parts, links, live_lines, live_ties, \
             due, flags, flag_subjects, flag_entries, flag_steps, sharing_changes, idempotency_keys, \
             audit_salts, withheld_lines, contact_requests, received_contact_requests, \
             contact_request_entries, checks, questions, seen_notifications, \
             emailed_notifications",
        ))
    }
}

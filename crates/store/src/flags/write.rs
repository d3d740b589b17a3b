//! Writing flags with their subjects and the entries that they rest on.

use std::collections::{BTreeSet, HashMap};

use concord_domain::{flag::Subject, id::OrganizationId, vocabulary::Closed};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, QueryDsl, RunQueryDsl, sql_types::Bool,
};
use uuid::Uuid;

use super::{KeptFlag, Step, severity_rank, subject_kind, subjects};
use crate::{
    connection::{Tx, insert_all},
    entries::disclosures,
    error::Result,
    schema::{flag_entries as fe, flag_subjects as s, flags as t},
    sql::RowId,
};

macro_rules! subject_row {
    ($operation:expr, $flag:expr, $subject:expr) => {{
        let (kind, id) = subject_kind($subject);
        let level = match $subject {
            Subject::Level(level) => Some(level.code()),
            _ => None,
        };
        (
            s::operation_id.eq(RowId($operation)),
            s::flag_id.eq(RowId($flag)),
            s::kind.eq(kind),
            s::subject_id.eq(RowId(id)),
            s::engagement_id.eq($subject.engagement().map(RowId::from)),
            s::level.eq(level),
        )
    }};
}

/// A flag that is raised, the entries that it rests on, and its first step.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    /// The flag.
    pub flag: KeptFlag,
    /// The entries.
    pub entries: Vec<Uuid>,
    /// The step.
    pub step: Option<Step>,
}

/// Writes flags that were not there.
///
/// # Errors
/// The store's own.
pub fn raise(tx: &mut Tx, operation: Uuid, raised: &[Raised]) -> Result<()> {
    let flags = raised.iter().map(|Raised { flag, .. }| {
        (
            (t::operation_id.eq(RowId(operation)), t::id.eq(RowId(flag.id))),
            t::identity.eq(flag.identity.as_str()),
            t::kind.eq(flag.kind.code()),
            t::class.eq(flag.class.code()),
            (
                t::severity.eq(severity_rank(flag.standing.severity)),
                t::holds.eq(flag.standing.holds),
                t::state.eq(flag.standing.state.code()),
                t::resolution.eq(flag.resolution.map(Closed::code)),
            ),
            t::raised_at.eq(flag.raised_at),
        )
    });
    insert_all!(tx, t::table, flags);
    let subjects = raised.iter().flat_map(|Raised { flag, .. }| {
        flag.between.iter().map(move |subject| subject_row!(operation, flag.id, *subject))
    });
    insert_all!(tx, s::table, subjects);
    let resting = raised
        .iter()
        .flat_map(|Raised { flag, entries, .. }| entries.iter().map(|entry| (flag.id, *entry)));
    rest_on(tx, operation, &resting.collect::<Vec<_>>())?;
    let steps = raised.iter().filter_map(|each| Some((each.flag.id, each.step.as_ref()?)));
    super::steps::keep_first(tx, operation, steps)
}

/// Brings a flag, its subjects and the entries that it rests on to what they are.
///
/// # Errors
/// The store's own.
pub fn save(tx: &mut Tx, operation: Uuid, flag: &KeptFlag, entries: &[Uuid]) -> Result<()> {
    let values = (
        t::severity.eq(severity_rank(flag.standing.severity)),
        t::holds.eq(flag.standing.holds),
        t::state.eq(flag.standing.state.code()),
        t::resolution.eq(flag.resolution.map(Closed::code)),
    );
    let there =
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::id.eq(RowId(flag.id)));
    diesel::update(there).set(values).execute(tx)?;
    save_subjects(tx, operation, flag)?;
    save_entries(tx, operation, flag.id, entries)
}

fn save_subjects(tx: &mut Tx, operation: Uuid, flag: &KeptFlag) -> Result<()> {
    let there = subjects(tx, operation, &[flag.id])?.remove(&flag.id).unwrap_or_default();
    for gone in there.iter().filter(|subject| !flag.between.contains(subject)) {
        let (kind, id) = subject_kind(*gone);
        let row = s::table
            .filter(s::operation_id.eq(RowId(operation)))
            .filter(s::flag_id.eq(RowId(flag.id)))
            .filter(s::kind.eq(kind))
            .filter(s::subject_id.eq(RowId(id)));
        diesel::delete(row).execute(tx)?;
    }
    let new = flag.between.iter().filter(|subject| !there.contains(subject));
    insert_all!(tx, s::table, new.map(|subject| subject_row!(operation, flag.id, *subject)));
    Ok(())
}

fn save_entries(tx: &mut Tx, operation: Uuid, flag: Uuid, entries: &[Uuid]) -> Result<()> {
    let of_flag = || {
        fe::table.filter(fe::operation_id.eq(RowId(operation))).filter(fe::flag_id.eq(RowId(flag)))
    };
    let there: Vec<RowId> = of_flag().select(fe::entry_id).load(tx)?;
    for gone in there.iter().filter(|id| !entries.contains(&id.0)) {
        diesel::delete(of_flag().filter(fe::entry_id.eq(gone))).execute(tx)?;
    }
    let new = entries.iter().filter(|id| !there.contains(&RowId(**id)));
    rest_on(tx, operation, &new.map(|entry| (flag, *entry)).collect::<Vec<_>>())
}

/// Writes that flags rest on entries, and whose those are.
fn rest_on(tx: &mut Tx, operation: Uuid, resting: &[(Uuid, Uuid)]) -> Result<()> {
    let entries: BTreeSet<Uuid> = resting.iter().map(|(_, entry)| *entry).collect();
    let owners: HashMap<Uuid, Option<OrganizationId>> =
        disclosures(tx, operation, &entries.into_iter().collect::<Vec<_>>())?
            .into_iter()
            .map(|(id, owner, _)| (id, owner))
            .collect();
    let rows = resting.iter().map(|(flag, entry)| {
        (
            fe::operation_id.eq(RowId(operation)),
            fe::flag_id.eq(RowId(*flag)),
            fe::entry_id.eq(RowId(*entry)),
            fe::organization_id.eq(owners.get(entry).copied().flatten().map(RowId::from)),
        )
    });
    insert_all!(tx, fe::table, rows);
    Ok(())
}

/// Notes of the flags that rest on an entry whose it is now.
pub(crate) fn hand_over(
    tx: &mut Tx,
    operation: Uuid,
    entry: Uuid,
    organization: Option<OrganizationId>,
) -> Result<()> {
    let organization = organization.map(RowId::from);
    let is_other = fe::organization_id.is_null().or(fe::organization_id.ne(organization));
    let is_nobodys = organization.is_none().into_sql::<Bool>();
    let resting = fe::table
        .filter(fe::operation_id.eq(RowId(operation)))
        .filter(fe::entry_id.eq(RowId(entry)))
        .filter(is_other.or(is_nobodys));
    diesel::update(resting).set(fe::organization_id.eq(organization)).execute(tx)?;
    Ok(())
}

/// Writes what people have made of a flag.
///
/// # Errors
/// The store's own.
pub fn set_state(tx: &mut Tx, operation: Uuid, flag: &KeptFlag) -> Result<()> {
    let there =
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::id.eq(RowId(flag.id)));
    let values = (
        t::state.eq(flag.standing.state.code()),
        t::resolution.eq(flag.resolution.map(Closed::code)),
    );
    diesel::update(there).set(values).execute(tx)?;
    Ok(())
}

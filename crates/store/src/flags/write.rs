//! Writing flags with their subjects and the entries that they rest on.

use concord_domain::{flag::Subject, vocabulary::Closed};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use super::{KeptFlag, severity_rank, subject_kind, subjects};
use crate::{
    connection::Tx,
    error::Result,
    schema::{flag_entries as fe, flag_subjects as s, flags as t},
    sql::RowId,
};

/// Writes a flag with its subjects and the entries that it rests on.
///
/// # Errors
/// The store's own.
pub fn save(
    tx: &mut Tx,
    operation: Uuid,
    flag: &KeptFlag,
    entries: &[Uuid],
    is_new: bool,
) -> Result<()> {
    let values = (
        t::severity.eq(severity_rank(flag.standing.severity)),
        t::holds.eq(flag.standing.holds),
        t::state.eq(flag.standing.state.code()),
        t::resolution.eq(flag.resolution.map(Closed::code)),
    );
    if is_new {
        let row = (
            (t::operation_id.eq(RowId(operation)), t::id.eq(RowId(flag.id))),
            t::identity.eq(&flag.identity),
            t::kind.eq(flag.kind.code()),
            t::class.eq(flag.class.code()),
            values,
            t::raised_at.eq(flag.raised_at),
        );
        diesel::insert_into(t::table).values(row).execute(tx)?;
    } else {
        let there =
            t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::id.eq(RowId(flag.id)));
        diesel::update(there).set(values).execute(tx)?;
    }
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
    for new in flag.between.iter().filter(|subject| !there.contains(subject)) {
        let (kind, id) = subject_kind(*new);
        let level = match new {
            Subject::Level(level) => Some(level.code()),
            _ => None,
        };
        let row = (
            s::operation_id.eq(RowId(operation)),
            s::flag_id.eq(RowId(flag.id)),
            s::kind.eq(kind),
            s::subject_id.eq(RowId(id)),
            s::engagement_id.eq(new.engagement().map(RowId::from)),
            s::level.eq(level),
        );
        diesel::insert_into(s::table).values(row).execute(tx)?;
    }
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
    for new in entries.iter().filter(|id| !there.contains(&RowId(**id))) {
        let row = (
            fe::operation_id.eq(RowId(operation)),
            fe::flag_id.eq(RowId(flag)),
            fe::entry_id.eq(RowId(*new)),
        );
        diesel::insert_into(fe::table).values(row).execute(tx)?;
    }
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

//! The life of flags, step by step.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use concord_domain::{
    flag::Cause,
    vocabulary::{Closed, FlagState, Resolution},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{Tx, insert_all},
    documents::IDS_MAX,
    entries::closed,
    error::Result,
    lists::{Among, id_list},
    schema::flag_steps as steps,
    sealing::{TextOf, seal, unseal},
    sql::RowId,
};

/// A step in the life of a flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Who took it; none if the flag took it by itself.
    pub account: Option<Uuid>,
    /// From which state.
    pub from: Option<FlagState>,
    /// To which state.
    pub to: FlagState,
    /// With which resolution.
    pub resolution: Option<Resolution>,
    /// Why the flag took it by itself.
    pub cause: Option<Cause>,
    /// What was noted.
    pub note: Option<String>,
}

macro_rules! step_row {
    ($operation:expr, $flag:expr, $number:expr, $step:expr, $note:expr) => {
        (
            steps::operation_id.eq(RowId($operation)),
            steps::flag_id.eq(RowId($flag)),
            steps::number.eq($number),
            steps::taken_at.eq($step.at),
            steps::account_id.eq($step.account.map(RowId)),
            steps::from_state.eq($step.from.map(Closed::code)),
            steps::to_state.eq($step.to.code()),
            steps::resolution.eq($step.resolution.map(Closed::code)),
            steps::cause.eq($step.cause.map(Cause::code)),
            steps::texts.eq($note),
        )
    };
}

/// A note belongs to no single organisation: a flag is between several.
fn note_of(operation: Uuid, flag: Uuid, number: i32) -> TextOf {
    TextOf::row("flag_steps", operation, flag, None).numbered(number)
}

fn sealed_note(tx: &mut Tx, of: TextOf, step: &Step) -> Result<Option<Vec<u8>>> {
    step.note.as_deref().map(|note| seal(tx, &of, note)).transpose()
}

/// Keeps the first step of each of these flags.
pub(super) fn keep_first<'s>(
    tx: &mut Tx,
    operation: Uuid,
    first: impl Iterator<Item = (Uuid, &'s Step)>,
) -> Result<()> {
    let rows: Result<Vec<_>> = first
        .map(|(flag, step)| {
            let note = sealed_note(tx, note_of(operation, flag, 0), step)?;
            Ok(step_row!(operation, flag, 0, step, note))
        })
        .collect();
    let rows = rows?.into_iter();
    insert_all!(tx, steps::table, rows);
    Ok(())
}

/// Keeps a step.
///
/// # Errors
/// The store's own.
pub fn keep_step(tx: &mut Tx, operation: Uuid, flag: Uuid, step: &Step) -> Result<()> {
    let number: i64 = steps::table
        .filter(steps::operation_id.eq(RowId(operation)))
        .filter(steps::flag_id.eq(RowId(flag)))
        .count()
        .get_result(tx)?;
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    let note = sealed_note(tx, note_of(operation, flag, number), step)?;
    let row = step_row!(operation, flag, number, step, note);
    diesel::insert_into(steps::table).values(row).execute(tx)?;
    Ok(())
}

type StepRow = (
    NaiveDateTime,
    Option<RowId>,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    Option<Vec<u8>>,
);

/// The steps of a flag in their order.
///
/// # Errors
/// The store's own.
pub fn history(tx: &mut Tx, operation: Uuid, flag: Uuid) -> Result<Vec<Step>> {
    let rows: Vec<(i32, StepRow)> = steps::table
        .filter(steps::operation_id.eq(RowId(operation)))
        .filter(steps::flag_id.eq(RowId(flag)))
        .order(steps::number)
        .select((
            steps::number,
            (
                steps::taken_at,
                steps::account_id,
                steps::from_state,
                steps::to_state,
                steps::resolution,
                steps::cause,
                steps::texts,
            ),
        ))
        .load(tx)?;
    rows.into_iter()
        .map(|(number, (at, account, from, to, resolution, cause, note))| {
            let of = note_of(operation, flag, number);
            Ok(Step {
                at,
                account: account.map(|id| id.0),
                from: from.as_deref().map(closed).transpose()?,
                to: closed(&to)?,
                resolution: resolution.as_deref().map(closed).transpose()?,
                cause: cause.as_deref().and_then(Cause::from_code),
                note: note.map(|note| unseal(tx, &of, &note)).transpose()?,
            })
        })
        .collect()
}

/// When these flags last came to be in a state, in UTC.
///
/// # Errors
/// The store's own.
pub fn entered_at(
    tx: &mut Tx,
    operation: Uuid,
    ids: &[Uuid],
    state: FlagState,
) -> Result<HashMap<Uuid, NaiveDateTime>> {
    let mut found = HashMap::new();
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<(RowId, NaiveDateTime)> = steps::table
            .filter(steps::operation_id.eq(RowId(operation)))
            .filter(steps::flag_id.among(id_list(ids.iter().copied())))
            .filter(steps::to_state.eq(state.code()))
            .order((steps::flag_id, steps::number))
            .select((steps::flag_id, steps::taken_at))
            .load(tx)?;
        found.extend(rows.into_iter().map(|(id, at)| (id.0, at)));
    }
    Ok(found)
}

/// That a flag took a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Which flag.
    pub flag: Uuid,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Out of which state; none when it was raised.
    pub from: Option<FlagState>,
    /// Into which state.
    pub to: FlagState,
}

/// The steps that these flags took at a moment or since, in the order in which each took them.
///
/// # Errors
/// The store's own.
pub fn moves(
    tx: &mut Tx,
    operation: Uuid,
    ids: &[Uuid],
    since: NaiveDateTime,
) -> Result<Vec<Move>> {
    let mut found = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<(RowId, NaiveDateTime, Option<String>, String)> = steps::table
            .filter(steps::operation_id.eq(RowId(operation)))
            .filter(steps::flag_id.among(id_list(ids.iter().copied())))
            .filter(steps::taken_at.ge(since))
            .order((steps::flag_id, steps::number))
            .select((steps::flag_id, steps::taken_at, steps::from_state, steps::to_state))
            .load(tx)?;
        for (flag, at, from, to) in rows {
            let from = from.as_deref().map(closed).transpose()?;
            found.push(Move { flag: flag.0, at, from, to: closed(&to)? });
        }
    }
    Ok(found)
}

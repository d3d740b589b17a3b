//! The day on which the passing of time next changes what a thing means to the rules.

use concord_domain::window::Day;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{connection::Tx, error::Result, schema::due as t, sql::RowId};

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An engagement.
    Engagement,
    /// A lead.
    Lead,
    /// A common position.
    CommonPosition,
    /// A commitment.
    Commitment,
}

impl Kind {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Engagement => "engagement",
            Self::Lead => "lead",
            Self::CommonPosition => "common_position",
            Self::Commitment => "commitment",
        }
    }
}

/// Notes on which day a thing is due, or that it is due no more.
///
/// # Errors
/// The store's own.
pub fn put(
    tx: &mut Tx,
    operation: Uuid,
    (kind, id): (Kind, Uuid),
    due_on: Option<Day>,
) -> Result<()> {
    let there = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::kind.eq(kind.code()))
        .filter(t::thing_id.eq(RowId(id)));
    diesel::delete(there).execute(tx)?;
    if let Some(day) = due_on {
        let row = (
            t::operation_id.eq(RowId(operation)),
            t::due_on.eq(day),
            t::kind.eq(kind.code()),
            t::thing_id.eq(RowId(id)),
        );
        diesel::insert_into(t::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// The things of a kind that are due on a day or were before.
///
/// # Errors
/// The store's own.
pub fn by(tx: &mut Tx, operation: Uuid, kind: Kind, day: Day) -> Result<Vec<Uuid>> {
    let rows: Vec<RowId> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::kind.eq(kind.code()))
        .filter(t::due_on.le(day))
        .select(t::thing_id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

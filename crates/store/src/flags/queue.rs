//! What the desk sees of every flag: those that hold and are not settled, but for those that rest
//! on an entry whose owner discloses nothing.

use chrono::NaiveDateTime;
use concord_domain::vocabulary::{Closed, Disclosure, FlagState, Severity};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::{exists, not},
};
use uuid::Uuid;

use super::{COLUMNS, KeptFlag, Row, kept, severity_rank};
use crate::{
    connection::{MultiBackend, Tx},
    error::Result,
    schema::{entries, flag_entries as fe, flags as t},
    sql::RowId,
};

/// At most `limit` flags that wait for somebody, the worst and then the oldest first; those that
/// come after one, if one is given.
///
/// # Errors
/// The store's own.
pub fn queue(
    tx: &mut Tx,
    operation: Uuid,
    after: Option<(Severity, NaiveDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<KeptFlag>> {
    // Asked of each flag by itself: of what is over there is more than of flags.
    let silent = entries::table
        .filter(entries::operation_id.eq(fe::operation_id))
        .filter(entries::id.eq(fe::entry_id))
        .filter(entries::disclosure.eq(Disclosure::None.code()));
    let untold = fe::table
        .filter(fe::operation_id.eq(t::operation_id))
        .filter(fe::flag_id.eq(t::id))
        .filter(exists(silent));
    let mut query = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::holds.eq(true))
        .filter(t::state.ne(FlagState::Resolved.code()))
        .filter(t::severity.lt(severity_rank(Severity::Info)))
        .filter(not(exists(untold)))
        .order((t::severity, t::raised_at, t::id))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed::<MultiBackend>();
    if let Some((severity, raised_at, id)) = after {
        let rank = severity_rank(severity);
        let later_id = t::raised_at.eq(raised_at).and(t::id.gt(RowId(id)));
        let later = t::raised_at.gt(raised_at).or(later_id);
        query = query.filter(t::severity.gt(rank).or(t::severity.eq(rank).and(later)));
    }
    let rows: Vec<Row> = query.load(tx)?;
    kept(tx, operation, rows)
}

//! Flags that rest on somebody's own entries and that nobody has taken up yet.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use concord_domain::{
    policy::Scope,
    vocabulary::{Closed, FlagState, Severity},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::{exists, not},
};
use uuid::Uuid;

use super::{entered_at, resting_on, severity_rank};
use crate::{
    connection::Tx,
    entries::visible,
    error::Result,
    lists::{Among, id_list},
    schema::{entries, flag_entries as fe, flags as t},
    sql::RowId,
};

/// At most `limit` flags that hold and are open, all of whose entries may be read in a scope and one
/// of whose entries is of those for whom its person acts, the latest first; each with the moment, in
/// UTC, since which it is open. What only says what goes well does not wait for anybody.
///
/// # Errors
/// The store's own.
pub fn waiting(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<(Uuid, NaiveDateTime)>> {
    let hidden = fe::table
        .filter(fe::operation_id.eq(t::operation_id))
        .filter(fe::flag_id.eq(t::id))
        .filter(not(exists(visible!(operation, scope).filter(entries::id.eq(fe::entry_id)))));
    let own = resting_on(tx, operation, Some(&scope.organizations), None)?;
    let rows: Vec<(RowId, NaiveDateTime)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::id.among(id_list(own)))
        .filter(t::holds.eq(true).and(t::state.eq(FlagState::Open.code())))
        .filter(t::severity.lt(severity_rank(Severity::Info)))
        .filter(not(exists(hidden)))
        .order((t::raised_at.desc(), t::id))
        .limit(limit)
        .select((t::id, t::raised_at))
        .load(tx)?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| id.0).collect();
    let opened: HashMap<Uuid, NaiveDateTime> = entered_at(tx, operation, &ids, FlagState::Open)?;
    let since =
        |(id, raised): (RowId, NaiveDateTime)| (id.0, opened.get(&id.0).copied().unwrap_or(raised));
    Ok(rows.into_iter().map(since).collect())
}

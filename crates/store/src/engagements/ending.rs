//! Commitments that end soon.

use concord_domain::{
    policy::Scope,
    vocabulary::{Closed, CommitmentStatus},
    window::Day,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, QueryDsl, RunQueryDsl, dsl::exists,
    sql_types::Bool,
};
use uuid::Uuid;

use crate::{
    connection::Tx,
    entries::visible,
    error::Result,
    lists::{Among, id_list},
    schema::{commitments as c, entries},
    sql::RowId,
};

/// At most `limit` commitments in force that those keep for whom somebody acts, that may be read in
/// the scope and end from a day to another, each with its last day, the first first.
///
/// # Errors
/// The store's own.
pub fn ending(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    (from, until): (Day, Day),
    limit: i64,
) -> Result<Vec<(Uuid, Option<Day>)>> {
    let own = id_list(scope.organizations.iter().copied());
    let of_the_desk = c::organization_id.is_null().and(scope.is_desk.into_sql::<Bool>());
    let rows: Vec<(RowId, Option<Day>)> = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::organization_id.among(own).or(of_the_desk))
        .filter(c::status.eq(CommitmentStatus::InForce.code()))
        .filter(c::ends_on.ge(from).and(c::ends_on.le(until)))
        .filter(exists(visible!(operation, scope).filter(entries::id.eq(c::entry_id))))
        .order((c::ends_on, c::id))
        .limit(limit)
        .select((c::id, c::ends_on))
        .load(tx)?;
    Ok(rows.into_iter().map(|(id, day)| (id.0, day)).collect())
}

//! What ends, has ended of late, or has not.

use concord_domain::{
    id::{CommitmentId, EngagementId, OrganizationId},
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
    schema::{commitments as c, engagements as e, entries},
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

/// The engagements that these organisations lead and that ended from a day to another, or were begun,
/// renewed or met from the first of these days on.
///
/// # Errors
/// The store's own.
pub fn of_late(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    (from, until): (Day, Day),
) -> Result<Vec<EngagementId>> {
    let own = || {
        e::table
            .filter(e::operation_id.eq(RowId(operation)))
            .filter(e::organization_id.among(id_list(organizations.iter().copied())))
            .select(e::id)
    };
    // Each is a range of an index; both in one condition are not.
    let mut rows: Vec<RowId> = own().filter(e::touched_on.ge(from)).load(tx)?;
    let ended: Vec<RowId> = own().filter(e::ends_on.ge(from).and(e::ends_on.le(until))).load(tx)?;
    rows.extend(ended);
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}

/// The commitments that these organisations keep and that had not ended before a day.
///
/// # Errors
/// The store's own.
pub fn kept_and_not_over(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    day: Day,
) -> Result<Vec<CommitmentId>> {
    let rows: Vec<RowId> = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::organization_id.among(id_list(organizations.iter().copied())))
        .filter(c::ends_on.is_null().or(c::ends_on.ge(day)))
        .select(c::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| CommitmentId(id.0)).collect())
}

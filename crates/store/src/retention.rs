//! For how long entries are kept: what an operation says, and what is said of one entry.

use chrono::NaiveDateTime;
use concord_domain::{
    id::{CommitmentId, EngagementId},
    retention::Periods,
    window::Day,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, RunQueryDsl,
};
use uuid::Uuid;

use crate::{
    connection::Tx,
    error::Result,
    schema::{commitments as c, engagements as e, entries, retention_periods as t},
    sealing::{TextOf, seal},
    sql::RowId,
};

/// For how long an operation keeps entries of each class.
///
/// # Errors
/// The store's own.
pub fn periods(tx: &mut Tx, operation: Uuid) -> Result<Periods> {
    let row: Option<(i32, i32, i32)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .order(t::number.desc())
        .select((t::community_days, t::engagement_days, t::commitment_days))
        .first(tx)
        .optional()?;
    let days = |days: i32| u32::try_from(days).unwrap_or_default();
    Ok(row.map_or_else(Periods::default, |(community, engagement, commitment)| Periods {
        community: days(community),
        engagement: days(engagement),
        commitment: days(commitment),
    }))
}

/// Lets an operation keep entries for other periods from now on.
///
/// # Errors
/// The store's own.
pub fn set_periods(
    tx: &mut Tx,
    operation: Uuid,
    periods: &Periods,
    (account, at, reason): (Uuid, NaiveDateTime, &str),
) -> Result<()> {
    let number: i64 =
        t::table.filter(t::operation_id.eq(RowId(operation))).count().get_result(tx)?;
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    let of = TextOf::row("retention_periods", operation, operation, None).numbered(number);
    let reason = seal(tx, &of, reason)?;
    let days = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
    let row = (
        t::operation_id.eq(RowId(operation)),
        t::number.eq(number),
        t::community_days.eq(days(periods.community)),
        t::engagement_days.eq(days(periods.engagement)),
        t::commitment_days.eq(days(periods.commitment)),
        t::changed_at.eq(at),
        t::account_id.eq(RowId(account)),
        t::texts.eq(Some(reason)),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// The day on which an entry was logged, and the one to which it is kept in any case, if that was
/// said.
///
/// # Errors
/// The store's own.
pub fn days(tx: &mut Tx, operation: Uuid, entry: Uuid) -> Result<(Option<Day>, Option<Day>)> {
    let days: Option<(Option<Day>, Option<Day>)> = entries::table
        .filter(entries::operation_id.eq(RowId(operation)))
        .filter(entries::id.eq(RowId(entry)))
        .select((entries::logged_on, entries::kept_until))
        .first(tx)
        .optional()?;
    Ok(days.unwrap_or_default())
}

/// Says to which day an entry is kept in any case.
///
/// # Errors
/// The store's own.
pub fn keep_until(tx: &mut Tx, operation: Uuid, entry: Uuid, day: Day) -> Result<()> {
    let entry = entries::table
        .filter(entries::operation_id.eq(RowId(operation)))
        .filter(entries::id.eq(RowId(entry)));
    diesel::update(entry).set(entries::kept_until.eq(Some(day))).execute(tx)?;
    Ok(())
}

/// At most `limit` engagements, by id, with the day on which each was logged, that were logged, and
/// ended or were last touched, on a day or before, and that nobody said are to be kept to today.
///
/// # Errors
/// The store's own.
pub fn rested_since(
    tx: &mut Tx,
    operation: Uuid,
    (day, today): (Day, Day),
    (after, limit): (EngagementId, i64),
) -> Result<Vec<(EngagementId, Day)>> {
    let entry = entries::operation_id.eq(e::operation_id).and(entries::id.eq(e::id));
    let rows: Vec<(RowId, Day)> = e::table
        .inner_join(entries::table.on(entry))
        .filter(e::operation_id.eq(RowId(operation)))
        .filter(e::id.gt(RowId::from(after)))
        .filter(e::touched_on.le(day).or(e::ends_on.le(day)))
        .filter(entries::logged_on.le(day))
        .filter(entries::kept_until.is_null().or(entries::kept_until.lt(today)))
        .order(e::id)
        .limit(limit)
        .select((e::id, entries::logged_on.assume_not_null()))
        .load(tx)?;
    Ok(rows.into_iter().map(|(id, logged_on)| (EngagementId(id.0), logged_on)).collect())
}

/// At most `limit` commitments, by id, with the day on which each was logged, that are entries of
/// their own, were logged on a day or before, and that nobody said are to be kept to today.
///
/// # Errors
/// The store's own.
pub fn own_commitments(
    tx: &mut Tx,
    operation: Uuid,
    (day, today): (Day, Day),
    (after, limit): (CommitmentId, i64),
) -> Result<Vec<(CommitmentId, Day)>> {
    let entry = entries::operation_id.eq(c::operation_id).and(entries::id.eq(c::id));
    let rows: Vec<(RowId, Day)> = c::table
        .inner_join(entries::table.on(entry))
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::id.gt(RowId::from(after)))
        .filter(c::engagement_id.is_null())
        .filter(entries::logged_on.le(day))
        .filter(entries::kept_until.is_null().or(entries::kept_until.lt(today)))
        .order(c::id)
        .limit(limit)
        .select((c::id, entries::logged_on.assume_not_null()))
        .load(tx)?;
    Ok(rows.into_iter().map(|(id, logged_on)| (CommitmentId(id.0), logged_on)).collect())
}

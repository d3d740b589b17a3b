//! How much was asked about lines that the asker may not read, and how much was told of them: what
//! budgets are counted from. No content of an entry stands here, and no time but a day.

use concord_domain::{id::OrganizationId, window::Day};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{connection::Tx, error::Result, schema::questions as t, sql::RowId};

/// How often something was asked on a UTC day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// By whom.
    pub account: Uuid,
    /// For which organisation.
    pub organization: OrganizationId,
    /// On which day.
    pub asked_on: Day,
    /// What stands for the question; empty for all that were told nothing.
    pub digest: String,
    /// How often.
    pub asked: u32,
    /// How much was told of restricted lines, at most.
    pub told: u32,
}

/// Keeps what was counted once more. Whoever counts holds the operation, so nobody else does.
///
/// # Errors
/// The store's own.
pub fn keep(tx: &mut Tx, operation: Uuid, counted: &Counted) -> Result<()> {
    let asked = i32::try_from(counted.asked).unwrap_or(i32::MAX);
    let told = i32::try_from(counted.told).unwrap_or(i32::MAX);
    let key = (
        t::operation_id.eq(RowId(operation)),
        t::account_id.eq(RowId(counted.account)),
        t::organization_id.eq(RowId::from(counted.organization)),
        t::asked_on.eq(counted.asked_on),
        t::digest.eq(counted.digest.as_str()),
    );
    if counted.asked <= 1 {
        let row = (key, t::asked.eq(asked), t::told.eq(told));
        diesel::insert_into(t::table).values(row).execute(tx)?;
    } else {
        let there = t::table.filter(key.0).filter(key.1).filter(key.2).filter(key.3).filter(key.4);
        diesel::update(there).set((t::asked.eq(asked), t::told.eq(told))).execute(tx)?;
    }
    Ok(())
}

/// Forgets what was counted before a day, which counts against no budget any more.
///
/// # Errors
/// The store's own.
pub fn forget_before(tx: &mut Tx, operation: Uuid, day: Day) -> Result<()> {
    let of_operation = t::table.filter(t::operation_id.eq(RowId(operation)));
    diesel::delete(of_operation.filter(t::asked_on.lt(day))).execute(tx)?;
    Ok(())
}

type Row = (RowId, RowId, Day, String, i32, i32);

/// What counts against the budgets of a person and an organisation: all that was asked today, and
/// what was told something since a day.
///
/// # Errors
/// The store's own.
pub fn counted(
    tx: &mut Tx,
    operation: Uuid,
    (account, organization): (Uuid, OrganizationId),
    (today, since): (Day, Day),
) -> Result<Vec<Counted>> {
    let persons = t::account_id.eq(RowId(account));
    let rows: Vec<Row> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::asked_on.ge(since))
        .filter(persons.or(t::organization_id.eq(RowId::from(organization))))
        .filter(t::asked_on.eq(today).or(t::told.gt(0)))
        .select((t::account_id, t::organization_id, t::asked_on, t::digest, t::asked, t::told))
        .load(tx)?;
    let counted = |(account, organization, asked_on, digest, asked, told): Row| Counted {
        account: account.0,
        organization: OrganizationId(organization.0),
        asked_on,
        digest,
        asked: asked.unsigned_abs(),
        told: told.unsigned_abs(),
    };
    Ok(rows.into_iter().map(counted).collect())
}

//! Entries whose restricted lines stand as they were, because a budget was spent when they were
//! written. They follow on a later day.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use concord_domain::{
    id::OrganizationId,
    vocabulary::{Closed, FlagClass},
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::exists};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx, insert_all},
    documents::IDS_MAX,
    entries::closed,
    error::Result,
    lists::{Among, id_list},
    schema::{entries, withheld_lines as t},
    sql::RowId,
};

/// An entry whose lines follow on a later day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// The entry.
    pub entry: Uuid,
    /// For whom it was written.
    pub organization: OrganizationId,
    /// Whose change it was.
    pub account: Uuid,
    /// Since when, in UTC.
    pub since: NaiveDateTime,
    /// The classes of the lines that were shown before.
    pub told: BTreeSet<FlagClass>,
}

/// Notes that the lines of entries follow on a later day.
///
/// # Errors
/// The store's own; [`Taken`](crate::StoreError::Taken) if they do already.
pub fn put(tx: &mut Tx, operation: Uuid, withheld: &[Withheld]) -> Result<()> {
    let rows = withheld.iter().map(|each| {
        let told: Vec<&str> = each.told.iter().map(|class| class.code()).collect();
        (
            t::operation_id.eq(RowId(operation)),
            t::entry_id.eq(RowId(each.entry)),
            t::organization_id.eq(RowId::from(each.organization)),
            t::account_id.eq(RowId(each.account)),
            t::since.eq(each.since),
            t::told.eq(told.join(" ")),
        )
    });
    insert_all!(tx, t::table, rows);
    Ok(())
}

type Row = (RowId, RowId, RowId, NaiveDateTime, String);

const COLUMNS: (t::entry_id, t::organization_id, t::account_id, t::since, t::told) =
    (t::entry_id, t::organization_id, t::account_id, t::since, t::told);

fn withheld((entry, organization, account, since, told): Row) -> Result<Withheld> {
    Ok(Withheld {
        entry: entry.0,
        organization: OrganizationId(organization.0),
        account: account.0,
        since,
        told: told.split_whitespace().map(closed).collect::<Result<_>>()?,
    })
}

/// Of these entries those whose lines follow on a later day, with the classes that were shown
/// before.
///
/// # Errors
/// The store's own.
pub fn of(
    tx: &mut Tx,
    operation: Uuid,
    entries: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<FlagClass>>> {
    let mut found = HashMap::new();
    for ids in entries.chunks(IDS_MAX) {
        let rows: Vec<Row> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::entry_id.among(id_list(ids.iter().copied())))
            .select(COLUMNS)
            .load(tx)?;
        for row in rows {
            let each = withheld(row)?;
            found.insert(each.entry, each.told);
        }
    }
    Ok(found)
}

/// Those whose entries are some organisations' now, or of them these, with the classes that were
/// shown before.
///
/// # Errors
/// The store's own.
pub fn of_organizations(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    these: Option<&[Uuid]>,
) -> Result<HashMap<Uuid, BTreeSet<FlagClass>>> {
    let owned = entries::table
        .filter(entries::operation_id.eq(RowId(operation)))
        .filter(entries::id.eq(t::entry_id))
        .filter(entries::organization_id.among(id_list(organizations.iter().copied())));
    let mut query = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(exists(owned))
        .select(COLUMNS)
        .into_boxed::<MultiBackend>();
    if let Some(these) = these {
        query = query.filter(t::entry_id.among(id_list(these.iter().copied())));
    }
    let rows: Vec<Row> = query.load(tx)?;
    let each = |row| withheld(row).map(|each| (each.entry, each.told));
    rows.into_iter().map(each).collect()
}

/// Who waits for lines, and for which organisation.
///
/// # Errors
/// The store's own.
pub fn askers(tx: &mut Tx, operation: Uuid) -> Result<Vec<(Uuid, OrganizationId)>> {
    let rows: Vec<(RowId, RowId)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .select((t::account_id, t::organization_id))
        .distinct()
        .order((t::account_id, t::organization_id))
        .load(tx)?;
    Ok(rows.into_iter().map(|(by, of)| (by.0, OrganizationId(of.0))).collect())
}

/// The first of those for which somebody waits.
///
/// # Errors
/// The store's own.
pub fn first(
    tx: &mut Tx,
    operation: Uuid,
    (account, organization): (Uuid, OrganizationId),
    limit: i64,
) -> Result<Vec<Withheld>> {
    let rows: Vec<Row> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::account_id.eq(RowId(account)))
        .filter(t::organization_id.eq(RowId::from(organization)))
        .order((t::since, t::entry_id))
        .limit(limit)
        .select(COLUMNS)
        .load(tx)?;
    rows.into_iter().map(withheld).collect()
}

/// Notes that the lines of an entry are shown as they are now.
///
/// # Errors
/// The store's own.
pub fn release(tx: &mut Tx, operation: Uuid, entry: Uuid) -> Result<()> {
    let there =
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::entry_id.eq(RowId(entry)));
    diesel::delete(there).execute(tx)?;
    Ok(())
}

/// How many entries of each organisation wait, and since when.
///
/// # Errors
/// The store's own.
pub fn waiting(tx: &mut Tx, operation: Uuid) -> Result<Vec<(OrganizationId, i64, NaiveDateTime)>> {
    use diesel::dsl::{count_star, min};
    let rows: Vec<(RowId, i64, Option<NaiveDateTime>)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .group_by(t::organization_id)
        .order(t::organization_id)
        .select((t::organization_id, count_star(), min(t::since)))
        .load(tx)?;
    let each = |(of, count, since): (RowId, i64, Option<NaiveDateTime>)| {
        (OrganizationId(of.0), count, since.unwrap_or_default())
    };
    Ok(rows.into_iter().map(each).collect())
}

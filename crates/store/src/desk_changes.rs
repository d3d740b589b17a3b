//! Changes of who is on the desk that wait for another to confirm them.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    error::{Result, StoreError},
    schema::contact::desk_changes as t,
    sealing::{TextOf, seal, unseal},
    sql::RowId,
};

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody new joins.
    Add {
        /// What they will sign in with.
        login: String,
        /// Their name.
        name: String,
    },
    /// Somebody leaves: the membership.
    Remove(Uuid),
}

/// A change that was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Its id.
    pub id: Uuid,
    /// What is to be changed.
    pub change: Change,
    /// Who proposed it.
    pub account: Uuid,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// The UTC day until whose start it can be confirmed.
    pub closes_on: NaiveDate,
}

fn text_of(operation: Uuid, id: Uuid) -> TextOf {
    TextOf::row("desk_changes", operation, id, None)
}

/// Keeps a change that is proposed.
///
/// # Errors
/// The store's own.
pub fn insert(tx: &mut Tx, operation: Uuid, proposed: &Proposed) -> Result<()> {
    let (change, membership, texts) = match &proposed.change {
        Change::Add { login, name } => {
            let text = serde_json::json!([login, name]).to_string();
            ("add", None, Some(seal(tx, &text_of(operation, proposed.id), &text)?))
        }
        Change::Remove(membership) => ("remove", Some(RowId(*membership)), None),
    };
    let row = (
        t::operation_id.eq(RowId(operation)),
        t::id.eq(RowId(proposed.id)),
        t::change.eq(change),
        t::membership_id.eq(membership),
        t::account_id.eq(RowId(proposed.account)),
        t::proposed_at.eq(proposed.at),
        t::closes_on.eq(proposed.closes_on),
        t::texts.eq(texts),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

type Row = (RowId, RowId, String, Option<RowId>, RowId, NaiveDateTime, NaiveDate, Option<Vec<u8>>);

/// The changes that can be confirmed on a day, the first first.
///
/// # Errors
/// The store's own.
pub fn open(tx: &mut Tx, operation: Uuid, today: NaiveDate) -> Result<Vec<Proposed>> {
    let rows: Vec<Row> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::closes_on.gt(today))
        .order((t::proposed_at, t::id))
        .load(tx)?;
    rows.into_iter()
        .map(|(_, id, _, membership, account, at, closes_on, texts)| {
            let change = match (membership, texts) {
                (Some(membership), _) => Change::Remove(membership.0),
                (None, Some(texts)) => {
                    let text = unseal(tx, &text_of(operation, id.0), &texts)?;
                    let (login, name) = serde_json::from_str(&text).map_err(|_| {
                        StoreError::Corrupt("who is to join the desk cannot be read".to_owned())
                    })?;
                    Change::Add { login, name }
                }
                (None, None) => {
                    return Err(StoreError::Corrupt("a change of nothing".to_owned()));
                }
            };
            Ok(Proposed { id: id.0, change, account: account.0, at, closes_on })
        })
        .collect()
}

/// Forgets a change.
///
/// # Errors
/// The store's own.
pub fn delete(tx: &mut Tx, operation: Uuid, id: Uuid) -> Result<()> {
    let there = t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::id.eq(RowId(id)));
    diesel::delete(there).execute(tx)?;
    Ok(())
}

/// Forgets those that can be confirmed no longer.
///
/// # Errors
/// The store's own.
pub fn delete_closed(tx: &mut Tx, operation: Uuid, today: NaiveDate) -> Result<()> {
    let closed =
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::closes_on.le(today));
    diesel::delete(closed).execute(tx)?;
    Ok(())
}

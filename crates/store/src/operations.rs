//! Operations.

use concord_domain::{
    document::{self, Key, Operation},
    window::Day,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    error::{Result, StoreError},
    lists::{Among, id_list},
    schema::operations as t,
    sql::RowId,
};

/// An operation as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptOperation {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub operation: Operation,
    /// The UTC day as of which its flags stand.
    pub evaluated_on: Day,
}

type Row = (RowId, String, Day);

fn kept((id, document, evaluated_on): Row) -> Result<KeptOperation> {
    let operation = document::restore(&document, None)
        .map_err(|fault| StoreError::Corrupt(format!("an operation: {fault}")))?;
    Ok(KeptOperation { id: id.0, operation, evaluated_on })
}

/// The operation with an id or a key.
///
/// # Errors
/// The store's own.
pub fn find(tx: &mut Tx, written: &str) -> Result<Option<KeptOperation>> {
    if Key::parse(written).is_none() {
        return Ok(None);
    }
    let columns = (t::id, t::document, t::evaluated_on);
    let row: Option<Row> = match Uuid::parse_str(written) {
        Ok(id) => t::table.filter(t::id.eq(RowId(id))).select(columns).first(tx).optional()?,
        Err(_) => t::table.filter(t::key.eq(written)).select(columns).first(tx).optional()?,
    };
    row.map(kept).transpose()
}

/// The operations with these ids, in the order of their keys; all, if none are given.
///
/// # Errors
/// The store's own.
pub fn load(tx: &mut Tx, ids: Option<&[Uuid]>) -> Result<Vec<KeptOperation>> {
    let mut query = t::table
        .order(t::key)
        .select((t::id, t::document, t::evaluated_on))
        .into_boxed::<crate::connection::MultiBackend>();
    if let Some(ids) = ids {
        query = query.filter(t::id.among(id_list(ids.iter().copied())));
    }
    let rows: Vec<Row> = query.load(tx)?;
    rows.into_iter().map(kept).collect()
}

/// Puts an operation there.
///
/// # Errors
/// The store's own; [`Taken`](crate::StoreError::Taken) if its key is.
pub fn insert(tx: &mut Tx, kept: &KeptOperation) -> Result<()> {
    let document = document::store(&kept.operation).document;
    let row = (
        t::id.eq(RowId(kept.id)),
        t::key.eq(kept.operation.key.as_str()),
        t::document.eq(document),
        t::slack_days.eq(i32::try_from(kept.operation.slack_days.0).unwrap_or(i32::MAX)),
        t::evaluated_on.eq(kept.evaluated_on),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// Brings an operation to these values.
///
/// # Errors
/// The store's own; [`Taken`](crate::StoreError::Taken) if its key is.
pub fn update(tx: &mut Tx, kept: &KeptOperation) -> Result<()> {
    let document = document::store(&kept.operation).document;
    let values = (
        t::key.eq(kept.operation.key.as_str()),
        t::document.eq(document),
        t::slack_days.eq(i32::try_from(kept.operation.slack_days.0).unwrap_or(i32::MAX)),
        t::evaluated_on.eq(kept.evaluated_on),
    );
    diesel::update(t::table.filter(t::id.eq(RowId(kept.id)))).set(values).execute(tx)?;
    Ok(())
}

//! The audit log: records, which are only added; the order that they are put in; what was signed
//! of it. The database itself refuses to change any of these.

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, RunQueryDsl, dsl::max,
};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx, insert_all},
    documents::IDS_MAX,
    error::{Result, StoreError},
    lists::{Among, id_list},
    schema::audit::{
        audit_checkpoints as c, audit_records as r, audit_salts as salts, audit_sequence as s,
        audit_waiting as w,
    },
    sql::RowId,
};

/// A SHA-256.
pub type Hash = [u8; 32];

/// A record that is to be written.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its id.
    pub id: Uuid,
    /// Which log it is of: an operation's, or with the nil id the installation's.
    pub log: Uuid,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// The organisation whose part of the log it belongs to.
    pub organization: Option<Uuid>,
    /// What sort of deed.
    pub deed: &'static str,
    /// What was asked for.
    pub action: &'static str,
    /// What is hashed.
    pub text: String,
    /// The things whose content it binds, each with its salt.
    pub salts: Vec<(Uuid, [u8; 32])>,
}

/// Adds records to the log.
///
/// # Errors
/// The store's own.
pub fn insert(tx: &mut Tx, records: &[Record]) -> Result<()> {
    let rows = records.iter().map(|record| {
        (
            r::id.eq(RowId(record.id)),
            r::operation_id.eq(RowId(record.log)),
            r::recorded_at.eq(record.at),
            r::organization_id.eq(record.organization.map(RowId)),
            r::deed.eq(record.deed),
            r::action.eq(record.action),
            r::record.eq(record.text.as_str()),
        )
    });
    insert_all!(tx, r::table, rows);
    let rows = records.iter().flat_map(|record| {
        record.salts.iter().map(|(object, salt)| {
            (
                salts::operation_id.eq(RowId(record.log)),
                salts::object_id.eq(RowId(*object)),
                salts::record_id.eq(RowId(record.id)),
                salts::salt.eq(salt.to_vec()),
            )
        })
    });
    insert_all!(tx, salts::table, rows);
    Ok(())
}

/// Erases the salts of a thing whose content is erased: from then on its hashes in the log say
/// nothing, and the log stays whole.
///
/// # Errors
/// The store's own.
pub fn erase_salts(tx: &mut Tx, operation: Uuid, object: Uuid) -> Result<()> {
    let of_object = salts::table
        .filter(salts::operation_id.eq(RowId(operation)))
        .filter(salts::object_id.eq(RowId(object)));
    diesel::delete(of_object).execute(tx)?;
    Ok(())
}

/// The salt with which a record binds what a thing was, unless it was erased.
///
/// # Errors
/// The store's own.
pub fn salt(tx: &mut Tx, log: Uuid, (object, record): (Uuid, Uuid)) -> Result<Option<Vec<u8>>> {
    let found = salts::table
        .filter(salts::operation_id.eq(RowId(log)))
        .filter(salts::object_id.eq(RowId(object)))
        .filter(salts::record_id.eq(RowId(record)))
        .select(salts::salt)
        .first(tx)
        .optional()?;
    Ok(found)
}

/// A record that stands in no order yet: its id, its log, and what is hashed.
pub type Waiting = (Uuid, Uuid, String);

/// Some of the records that stand in no order yet, the oldest first.
///
/// # Errors
/// The store's own.
pub fn waiting(tx: &mut Tx, limit: i64) -> Result<Vec<Waiting>> {
    // First which they are: few wait, and all others have an order already.
    let ids: Vec<RowId> = w::table.limit(limit).select(w::record_id).load(tx)?;
    let mut found: Vec<(NaiveDateTime, RowId, RowId, String)> = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<_> = r::table
            .filter(r::id.among(id_list(ids.iter().map(|id| id.0))))
            .select((r::recorded_at, r::id, r::operation_id, r::record))
            .load(tx)?;
        found.extend(rows);
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, id, operation, record)| (id.0, operation.0, record)).collect())
}

/// A record in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its place, from 0.
    pub number: i64,
    /// Its id.
    pub id: Uuid,
    /// The SHA-256 of it.
    pub record_hash: Hash,
    /// The SHA-256 of what was chained before it with that.
    pub chain_hash: Hash,
}

/// The last record of a log that has its place: which place, and its chained hash.
///
/// # Errors
/// The store's own.
pub fn head(tx: &mut Tx, log: Uuid) -> Result<Option<(i64, Hash)>> {
    let row: Option<(i64, Vec<u8>)> = s::table
        .filter(s::operation_id.eq(RowId(log)))
        .order(s::number.desc())
        .select((s::number, s::chain_hash))
        .first(tx)
        .optional()?;
    row.map(|(number, chain)| Ok((number, hash(&chain)?))).transpose()
}

/// Gives records their places.
///
/// # Errors
/// The store's own; [`Taken`](StoreError::Taken) if somebody else did.
pub fn place(tx: &mut Tx, log: Uuid, placed: &[Placed]) -> Result<()> {
    let rows = placed.iter().map(|each| {
        (
            s::operation_id.eq(RowId(log)),
            s::number.eq(each.number),
            s::record_id.eq(RowId(each.id)),
            s::record_hash.eq(each.record_hash.to_vec()),
            s::chain_hash.eq(each.chain_hash.to_vec()),
        )
    });
    insert_all!(tx, s::table, rows);
    let ids: Vec<Uuid> = placed.iter().map(|each| each.id).collect();
    for ids in ids.chunks(IDS_MAX) {
        let done = w::table.filter(w::record_id.among(id_list(ids.iter().copied())));
        diesel::delete(done).execute(tx)?;
    }
    Ok(())
}

/// The logs in which something stands.
///
/// # Errors
/// The store's own.
pub fn logs(tx: &mut Tx) -> Result<Vec<(Uuid, i64)>> {
    let rows: Vec<(RowId, Option<i64>)> = s::table
        .group_by(s::operation_id)
        .order(s::operation_id)
        .select((s::operation_id, max(s::number)))
        .load(tx)?;
    Ok(rows.into_iter().map(|(log, last)| (log.0, last.map_or(0, |last| last + 1))).collect())
}

/// The hashes of the first records of a log, in order.
///
/// # Errors
/// The store's own.
pub fn hashes(tx: &mut Tx, log: Uuid, size: i64) -> Result<Vec<Hash>> {
    let rows: Vec<Vec<u8>> = s::table
        .filter(s::operation_id.eq(RowId(log)))
        .filter(s::number.lt(size))
        .order(s::number)
        .select(s::record_hash)
        .load(tx)?;
    rows.iter().map(|bytes| hash(bytes)).collect()
}

type PlacedRow = (i64, RowId, Vec<u8>, Vec<u8>, String);

/// Records of a log from a place on, with what is hashed.
///
/// # Errors
/// The store's own.
pub fn records(tx: &mut Tx, log: Uuid, (from, limit): (i64, i64)) -> Result<Vec<(Placed, String)>> {
    let rows: Vec<PlacedRow> = s::table
        .inner_join(r::table.on(r::id.eq(s::record_id)))
        .filter(s::operation_id.eq(RowId(log)))
        .filter(s::number.ge(from))
        .order(s::number)
        .limit(limit)
        .select((s::number, s::record_id, s::record_hash, s::chain_hash, r::record))
        .load(tx)?;
    let placed = |(number, id, record, chain, text): PlacedRow| {
        let (record_hash, chain_hash) = (hash(&record)?, hash(&chain)?);
        Ok((Placed { number, id: id.0, record_hash, chain_hash }, text))
    };
    rows.into_iter().map(placed).collect()
}

/// When the oldest record was written that has no place, whether or not anybody knows that it
/// waits for one.
///
/// # Errors
/// The store's own.
pub fn oldest_unplaced(tx: &mut Tx, log: Uuid) -> Result<Option<NaiveDateTime>> {
    let found = r::table
        .left_join(s::table.on(s::record_id.eq(r::id)))
        .filter(r::operation_id.eq(RowId(log)))
        .filter(s::record_id.nullable().is_null())
        .order(r::recorded_at)
        .select(r::recorded_at)
        .first(tx)
        .optional()?;
    Ok(found)
}

/// The logs in which any record was written.
///
/// # Errors
/// The store's own.
pub fn all_logs(tx: &mut Tx) -> Result<Vec<Uuid>> {
    let rows: Vec<RowId> =
        r::table.select(r::operation_id).distinct().order(r::operation_id).load(tx)?;
    Ok(rows.into_iter().map(|log| log.0).collect())
}

/// The last checkpoint of a log: of what size, when it was made, and the signed note.
///
/// # Errors
/// The store's own.
pub fn last_checkpoint(tx: &mut Tx, log: Uuid) -> Result<Option<(i64, NaiveDateTime, String)>> {
    let found = c::table
        .filter(c::operation_id.eq(RowId(log)))
        .order(c::size.desc())
        .select((c::size, c::made_at, c::note))
        .first(tx)
        .optional()?;
    Ok(found)
}

/// Keeps a checkpoint.
///
/// # Errors
/// The store's own.
pub fn keep_checkpoint(
    tx: &mut Tx,
    log: Uuid,
    (size, made_at, note): (i64, NaiveDateTime, &str),
) -> Result<()> {
    let row = (
        c::operation_id.eq(RowId(log)),
        c::size.eq(size),
        c::made_at.eq(made_at),
        c::note.eq(note),
    );
    diesel::insert_into(c::table).values(row).execute(tx)?;
    Ok(())
}

/// Whose part of a log is read.
#[derive(Clone, Debug)]
pub enum Part {
    /// Everything.
    Whole,
    /// What belongs to these organisations, but for deeds of a sort that is only counted.
    Of {
        /// The organisations.
        organizations: Vec<Uuid>,
        /// The deeds that are left out.
        without: &'static str,
    },
}

/// A record as it is listed: its place, if it has one, its id, when, and what is hashed.
pub type Listed = (Option<i64>, Uuid, NaiveDateTime, String);

/// A page of part of a log, the latest first, from before a position on.
///
/// # Errors
/// The store's own.
pub fn page(
    tx: &mut Tx,
    log: Uuid,
    part: &Part,
    (before, limit): (Option<(NaiveDateTime, Uuid)>, i64),
) -> Result<Vec<Listed>> {
    let mut query = r::table
        .left_join(s::table.on(s::record_id.eq(r::id)))
        .filter(r::operation_id.eq(RowId(log)))
        .order((r::recorded_at.desc(), r::id.desc()))
        .limit(limit)
        .select((s::number.nullable(), r::id, r::recorded_at, r::record))
        .into_boxed::<MultiBackend>();
    if let Part::Of { organizations, without } = part {
        let of: Vec<Option<RowId>> =
            organizations.iter().map(|organization| Some(RowId(*organization))).collect();
        query = query.filter(r::organization_id.eq_any(of)).filter(r::deed.ne(*without));
    }
    if let Some((at, id)) = before {
        query =
            query.filter(r::recorded_at.lt(at).or(r::recorded_at.eq(at).and(r::id.lt(RowId(id)))));
    }
    let rows: Vec<(Option<i64>, RowId, NaiveDateTime, String)> = query.load(tx)?;
    Ok(rows.into_iter().map(|(number, id, at, text)| (number, id.0, at, text)).collect())
}

/// When there were deeds of a sort in the part of some organisations in a period, and what was
/// asked for.
///
/// # Errors
/// The store's own.
pub fn times(
    tx: &mut Tx,
    log: Uuid,
    (organizations, deed): (&[Uuid], &str),
    (from, until): (NaiveDateTime, NaiveDateTime),
) -> Result<Vec<(NaiveDateTime, String)>> {
    let of: Vec<Option<RowId>> =
        organizations.iter().map(|organization| Some(RowId(*organization))).collect();
    let rows = r::table
        .filter(r::operation_id.eq(RowId(log)))
        .filter(r::organization_id.eq_any(of))
        .filter(r::deed.eq(deed))
        .filter(r::recorded_at.ge(from))
        .filter(r::recorded_at.lt(until))
        .select((r::recorded_at, r::action))
        .load(tx)?;
    Ok(rows)
}

fn hash(bytes: &[u8]) -> Result<Hash> {
    Hash::try_from(bytes)
        .map_err(|_| StoreError::Corrupt("a hash of the audit log is none".to_owned()))
}

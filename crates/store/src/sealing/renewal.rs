//! Sealing what stands there: what is in the clear, and what is sealed with a key that another is
//! to take the place of. And wrapping the keys themselves anew.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, JoinOnDsl, QueryDsl, RunQueryDsl,
    sql_types::{Integer, Nullable},
};
use uuid::Uuid;

use super::{TextOf, cipher::ServerKeys, keys, seal, seal_with, sealed_with, secrets, unseal};
use crate::{
    connection::{Store, Tx},
    disclosed::TEXTS,
    documents::IDS_MAX,
    error::{Result, StoreError},
    schema::{entries, installation, organization_keys},
    sql::{Guid, RowId},
};

/// How many texts were sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// That stood in the clear.
    pub clear: usize,
    /// That were sealed with another key.
    pub renewed: usize,
}

/// A text as it stands in a table: its row, which of several it is, the organisation, the bytes.
type Found = (RowId, i32, Option<RowId>, Vec<u8>);

/// Seals the texts of a table of which one is asked to say so.
macro_rules! in_table {
    // A text a row, with the organisation if it has one.
    ($tx:ident, $operation:ident, $wanted:ident, $table:ident, $owner:expr) => {{
        in_table!(@ $tx, $operation, $wanted, $table, id, {
            t::table.select((t::id, 0.into_sql::<Integer>(), $owner, t::texts.assume_not_null()))
        }, |_number| t::texts.is_not_null())
    }};
    // Several of a row, numbered.
    ($tx:ident, $operation:ident, $wanted:ident, $table:ident by $id:ident, $from:expr) => {{
        in_table!(@ $tx, $operation, $wanted, $table, $id, $from, |number| t::number.eq(number))
    }};
    (@ $tx:ident, $operation:ident, $wanted:ident, $table:ident, $id:ident, $from:expr,
        |$number:ident| $is:expr) => {{
        use crate::schema::$table as t;
        use diesel::NullableExpressionMethods;
        let of_operation = || t::table.filter(t::operation_id.eq(RowId($operation)));
        let ids: Vec<RowId> =
            of_operation().filter(t::texts.is_not_null()).select(t::$id).distinct().load($tx)?;
        let mut done = Sealed::default();
        for ids in ids.chunks(IDS_MAX) {
            let found: Vec<Found> = $from
                .filter(t::operation_id.eq(RowId($operation)))
                .filter(t::$id.eq_any(ids))
                .filter(t::texts.is_not_null())
                .load($tx)?;
            for (id, $number, organization, stored) in found {
                let owner = organization.map(|id| id.0);
                let of = TextOf::row(stringify!($table), $operation, id.0, owner).numbered($number);
                let Some(sealed) = sealed_anew($tx, &of, &stored, $wanted, &mut done)? else {
                    continue;
                };
                let there = of_operation().filter(t::$id.eq(id)).filter($is);
                diesel::update(there).set(t::texts.eq(Some(sealed))).execute($tx)?;
            }
        }
        done
    }};
}

/// Which texts are to be sealed.
#[derive(Clone, Copy)]
enum Wanted {
    /// Those in the clear.
    Clear,
    /// Those of this owner, with whatever they are sealed.
    OfOwner(Uuid),
}

fn sealed_anew(
    tx: &mut Tx,
    of: &TextOf,
    stored: &[u8],
    wanted: Wanted,
    done: &mut Sealed,
) -> Result<Option<Vec<u8>>> {
    let is_sealed = sealed_with(stored).is_some();
    let is_wanted = match wanted {
        Wanted::Clear => !is_sealed,
        Wanted::OfOwner(owner) => of.owner == owner,
    };
    if !is_wanted {
        return Ok(None);
    }
    let count = if is_sealed { &mut done.renewed } else { &mut done.clear };
    *count += 1;
    let text = zeroize::Zeroizing::new(unseal(tx, of, stored)?);
    seal(tx, of, &text).map(Some)
}

fn seal_all(tx: &mut Tx, operation: Uuid, wanted: Wanted) -> Result<Sealed> {
    use crate::schema::{flag_steps as f, retention_periods as r, sharing_changes as c};
    let none = || None::<RowId>.into_sql::<Nullable<Guid>>();
    let all = [
        in_table!(tx, operation, wanted, places, none()),
        in_table!(tx, operation, wanted, mechanisms, none()),
        in_table!(tx, operation, wanted, organizations, none()),
        in_table!(tx, operation, wanted, armed_actors, none()),
        in_table!(tx, operation, wanted, leads, none()),
        in_table!(tx, operation, wanted, common_positions, none()),
        in_table!(tx, operation, wanted, protection_risks, none()),
        in_table!(tx, operation, wanted, engagements, t::organization_id.nullable()),
        in_table!(tx, operation, wanted, commitments, t::organization_id),
        in_table!(tx, operation, wanted, strategies, t::organization_id.nullable()),
        in_table!(tx, operation, wanted, checks, t::organization_id.nullable()),
        in_table!(tx, operation, wanted, contact_requests, t::organization_id.nullable()),
        in_table!(tx, operation, wanted, received_contact_requests, t::organization_id),
        in_table!(tx, operation, wanted, desk_changes, none()),
        in_table!(tx, operation, wanted, flag_steps by flag_id, {
            f::table.select((f::flag_id, f::number, none(), f::texts.assume_not_null()))
        }),
        in_table!(tx, operation, wanted, retention_periods by operation_id, {
            r::table.select((r::operation_id, r::number, none(), r::texts.assume_not_null()))
        }),
        in_table!(tx, operation, wanted, sharing_changes by entry_id, {
            let entry = entries::operation_id.eq(c::operation_id).and(entries::id.eq(c::entry_id));
            c::table.inner_join(entries::table.on(entry)).select((
                c::entry_id,
                c::number,
                entries::organization_id,
                c::texts.assume_not_null(),
            ))
        }),
    ];
    Ok(all.into_iter().fold(Sealed::default(), |sum, each| Sealed {
        clear: sum.clear + each.clear,
        renewed: sum.renewed + each.renewed,
    }))
}

/// Seals the texts of an operation that stand in the clear.
///
/// # Errors
/// The store's own.
pub fn seal_clear(tx: &mut Tx, operation: Uuid) -> Result<Sealed> {
    seal_all(tx, operation, Wanted::Clear)
}

/// Lets a new key seal for an owner, seals all its texts with it, and forgets the one before: an
/// organisation of the operation, or the operation itself.
///
/// # Errors
/// The store's own.
pub fn renew_key(tx: &mut Tx, operation: Uuid, owner: Uuid) -> Result<Sealed> {
    let owned = (operation, owner);
    // It is held from now on, and so still opens when its row is gone.
    let _former = keys()?.find(tx, owned)?;
    let new = keys()?.make(tx, owned)?;
    seal_with(owned, new);
    seal_all(tx, operation, Wanted::OfOwner(owner))
}

/// Wraps the keys of all organisations, and seals the secrets of accounts, with the first of the
/// server's keys as they stand now, and lets the database belong to it. Answers its name, and how
/// many keys it wraps.
///
/// # Errors
/// The store's own; when a key is wrapped by one that is not there.
pub fn rewrap(tx: &mut Tx) -> Result<(String, usize)> {
    use organization_keys as t;
    let server: ServerKeys = keys()?.read_anew()?;
    let new = server.first();
    let rows: Vec<(RowId, RowId, RowId, Vec<u8>, String)> = t::table.load(tx)?;
    let count = rows.len();
    for (operation, owner, id, wrapped, by) in rows {
        let of = (operation.0, owner.0, id.0);
        let former = server.named(&by).ok_or_else(|| {
            StoreError::Key(format!(
                "a key is wrapped by the server's key `{by}`, which is missing"
            ))
        })?;
        let key = former.unwrap(of, &wrapped).ok_or_else(|| {
            StoreError::Corrupt(format!("the wrapped key {id:?} is not what was written"))
        })?;
        let there = t::table.filter(t::operation_id.eq(operation)).filter(t::owner_id.eq(owner));
        let values = (t::wrapped.eq(new.wrap(of, &key)?), t::server_key.eq(new.name().to_owned()));
        diesel::update(there).set(values).execute(tx)?;
    }
    let name = Some(new.name().to_owned());
    diesel::update(installation::table).set(installation::server_key.eq(name)).execute(tx)?;
    secrets::seal_sealed_anew(tx)?;
    Ok((new.name().to_owned(), count))
}

impl Store {
    /// Writes the database anew, so that what rows held before is found in none of its files. What
    /// was copied from it, and what PostgreSQL keeps of its log, it does not reach.
    ///
    /// # Errors
    /// When somebody else uses the database for so long that it cannot be done.
    pub fn forget_former_rows(&self) -> Result<()> {
        self.run(("VACUUM", "SELECT 1"))?;
        self.empty_log()?;
        for table in
            TEXTS.iter().map(|(table, _)| *table).chain(["second_factors", "email_addresses"])
        {
            self.run(("SELECT 1", &format!("VACUUM FULL {table}")))?;
        }
        Ok(())
    }
}

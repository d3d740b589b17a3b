//! Documents in their tables: what is kept of an operation, of every kind that has no audience of
//! its own. (Engagements and commitments, which do, stand in their own modules.)

use concord_domain::{
    document::{
        self, ArmedActor, Called, CommonPosition, Document, Key, Lead, Mechanism, Organization,
        Place, ProtectionRisk, Stored,
    },
    id::ArmedActorId,
    lineage::Lineage,
};
use diesel::{
    BoolExpressionMethods, EscapeExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl,
    RunQueryDsl, TextExpressionMethods,
};
use uuid::Uuid;

use crate::{
    connection::Tx,
    error::{Result, StoreError},
    lists::{Among, id_list},
    schema,
    sealing::{TextOf, seal, unseal},
    sql::RowId,
};

#[diesel::declare_sql_function]
extern "SQL" {
    /// With small letters.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// How many ids go into one query.
pub(crate) const IDS_MAX: usize = 400;

/// The document of a row.
pub(crate) fn restored<T: Document>(
    tx: &mut Tx,
    of: &TextOf,
    (text, texts): (String, Option<Vec<u8>>),
) -> Result<T> {
    let texts = texts.map(|sealed| unseal(tx, of, &sealed)).transpose()?;
    document::restore(&text, texts.as_deref())
        .map_err(|fault| StoreError::Corrupt(format!("a {}: {fault}", T::NAME)))
}

/// The columns of a document.
pub(crate) fn stored<T: Document>(
    tx: &mut Tx,
    of: &TextOf,
    document: &T,
) -> Result<(String, Option<Vec<u8>>)> {
    let Stored { document, texts } = document::store(document);
    let texts = texts.as_deref().map(|texts| seal(tx, of, texts)).transpose()?;
    Ok((document, texts))
}

/// The queries that every kind has.
macro_rules! queries {
    ($($(#[$doc:meta])* $table:ident of $document:ty, kept if $kept:expr;)*) => {$(
        $(#[$doc])*
        pub mod $table {
            use super::*;
            use schema::$table::{self as t, dsl};

            /// Those with these ids, in the order of their keys.
            ///
            /// # Errors
            /// The store's own.
            pub fn load(tx: &mut Tx, operation: Uuid, ids: &[Uuid]) -> Result<Vec<$document>> {
                let mut found = Vec::with_capacity(ids.len());
                for ids in ids.chunks(IDS_MAX) {
                    let rows: Vec<(RowId, String, Option<Vec<u8>>)> = dsl::$table
                        .filter(t::operation_id.eq(RowId(operation)))
                        .filter(t::id.among(id_list(ids.iter().copied())))
                        .filter($kept)
                        .select((t::id, t::document, t::texts))
                        .load(tx)?;
                    for row in rows {
                        found.push(kept(tx, operation, row)?);
                    }
                }
                // Asked for the order of keys, SQLite walks along all of them.
                found.sort_by(|a, b| a.identity.key.as_str().cmp(b.identity.key.as_str()));
                Ok(found)
            }

            /// At most `limit` of them whose key comes after the given, in the order of keys.
            ///
            /// # Errors
            /// The store's own.
            pub fn page(
                tx: &mut Tx,
                operation: Uuid,
                after: Option<&str>,
                limit: i64,
            ) -> Result<Vec<$document>> {
                let rows: Vec<(RowId, String, Option<Vec<u8>>)> = dsl::$table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter(t::key.gt(after.unwrap_or("")))
                    .filter($kept)
                    .order(t::key)
                    .limit(limit)
                    .select((t::id, t::document, t::texts))
                    .load(tx)?;
                rows.into_iter().map(|row| kept(tx, operation, row)).collect()
            }

            fn kept(
                tx: &mut Tx,
                operation: Uuid,
                (id, document, texts): (RowId, String, Option<Vec<u8>>),
            ) -> Result<$document> {
                let of = TextOf::row(stringify!($table), operation, id.0, None);
                restored(tx, &of, (document, texts))
            }

            /// The id of the one that has this key, or this id.
            ///
            /// # Errors
            /// The store's own.
            pub fn find(tx: &mut Tx, operation: Uuid, written: &str) -> Result<Option<Uuid>> {
                if Key::parse(written).is_none() {
                    return Ok(None);
                }
                let of_operation = || dsl::$table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter($kept)
                    .select(t::id);
                let by_key: Option<RowId> =
                    of_operation().filter(t::key.eq(written)).first(tx).optional()?;
                if let (None, Ok(id)) = (by_key, Uuid::parse_str(written)) {
                    let by_id: Option<RowId> =
                        of_operation().filter(t::id.eq(RowId(id))).first(tx).optional()?;
                    return Ok(by_id.map(|id| id.0));
                }
                Ok(by_key.map(|id| id.0))
            }

            /// The ids of all of them.
            ///
            /// # Errors
            /// The store's own.
            pub fn ids(tx: &mut Tx, operation: Uuid) -> Result<Vec<Uuid>> {
                let rows: Vec<RowId> = dsl::$table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter($kept)
                    .order(t::key)
                    .select(t::id)
                    .load(tx)?;
                Ok(rows.into_iter().map(|id| id.0).collect())
            }

            /// The keys of all of them.
            ///
            /// # Errors
            /// The store's own.
            pub fn keys(tx: &mut Tx, operation: Uuid) -> Result<Vec<String>> {
                Ok(dsl::$table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter($kept)
                    .order(t::key)
                    .select(t::key)
                    .load(tx)?)
            }
        }
    )*};
}

/// What is always so.
fn always() -> diesel::dsl::AsExprOf<bool, diesel::sql_types::Bool> {
    diesel::expression::AsExpression::<diesel::sql_types::Bool>::as_expression(true)
}

queries! {
    /// Places.
    places of Place, kept if always();
    /// Mechanisms.
    mechanisms of Mechanism, kept if always();
    /// Organisations.
    organizations of Organization, kept if always();
    /// Armed actors that were not found to be another.
    armed_actors of ArmedActor, kept if schema::armed_actors::merged_into.is_null();
    /// Leads.
    leads of Lead, kept if always();
    /// Common positions.
    common_positions of CommonPosition, kept if always();
    /// Protection risks.
    protection_risks of ProtectionRisk, kept if always();
}

/// What is known of a row that is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// It is not there yet.
    New,
    /// It may be there.
    Unknown,
}

/// Writes a row: brings the one that is there to the values, or puts it there.
macro_rules! save {
    ($tx:ident, $operation:ident, ($id:expr, $row:expr), $table:ident, $values:expr) => {{
        use crate::schema::$table as t;
        let key = (t::operation_id.eq(RowId($operation)), t::id.eq(RowId::from($id)));
        let there = t::table.filter(key.0).filter(key.1);
        let is_new = $row == crate::documents::Row::New;
        if is_new || diesel::update(there).set($values).execute($tx)? == 0 {
            diesel::insert_into(t::table).values((key, $values)).execute($tx)?;
        }
        Ok(())
    }};
    ($tx:ident, $operation:ident, $id:expr, $table:ident, $values:expr) => {
        save!($tx, $operation, ($id, crate::documents::Row::Unknown), $table, $values)
    };
}
pub(crate) use save;

/// Writes a place; `lineage` is where it stands.
///
/// # Errors
/// The store's own.
pub fn save_place(tx: &mut Tx, operation: Uuid, place: &Place, lineage: &Lineage) -> Result<()> {
    let of = TextOf::row("places", operation, place.identity.id, None);
    let (document, texts) = stored(tx, &of, place)?;
    let key = place.identity.key.as_str();
    save!(
        tx,
        operation,
        place.identity.id,
        places,
        (
            t::key.eq(key),
            t::lineage.eq(lineage.as_str()),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}

/// Writes a mechanism.
///
/// # Errors
/// The store's own.
pub fn save_mechanism(tx: &mut Tx, operation: Uuid, mechanism: &Mechanism) -> Result<()> {
    let of = TextOf::row("mechanisms", operation, mechanism.identity.id, None);
    let (document, texts) = stored(tx, &of, mechanism)?;
    let key = mechanism.identity.key.as_str();
    save!(
        tx,
        operation,
        mechanism.identity.id,
        mechanisms,
        (t::key.eq(key), t::document.eq(&document), t::texts.eq(&texts),)
    )
}

/// Writes an organisation, and which mechanisms it is a member of.
///
/// # Errors
/// The store's own.
pub fn save_organization(tx: &mut Tx, operation: Uuid, organization: &Organization) -> Result<()> {
    let of = TextOf::row("organizations", operation, organization.identity.id, None);
    let (document, texts) = stored(tx, &of, organization)?;
    let id = organization.identity.id;
    let member_of = document::ids(&organization.mechanisms);
    let saved: Result<()> = save!(
        tx,
        operation,
        id,
        organizations,
        (
            t::key.eq(organization.identity.key.as_str()),
            t::is_community_led.eq(organization.kind.is_community_led()),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    );
    saved?;
    let members = [(crate::links::Role::MemberOf, member_of.into_iter().map(Uuid::from).collect())];
    crate::links::replace(tx, operation, (id.into(), Row::Unknown), &members)
}

/// Writes an armed actor; `lineage` is where it stands.
///
/// # Errors
/// The store's own.
pub fn save_armed_actor(
    tx: &mut Tx,
    operation: Uuid,
    actor: &ArmedActor,
    lineage: &Lineage,
) -> Result<()> {
    let of = TextOf::row("armed_actors", operation, actor.identity.id, None);
    let (document, texts) = stored(tx, &of, actor)?;
    save!(
        tx,
        operation,
        actor.identity.id,
        armed_actors,
        (
            t::key.eq(actor.identity.key.as_str()),
            t::lineage.eq(lineage.as_str()),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}

/// An armed actor and what it is called.
#[derive(Clone, Debug)]
pub struct NamedActor {
    /// Its id.
    pub id: Uuid,
    /// Its key.
    pub key: String,
    /// The one that it was found to be, if it was.
    pub merged_into: Option<Uuid>,
    /// What it is called.
    pub called: Called,
}

/// What every armed actor is called, those that were found to be another included, by key.
///
/// # Errors
/// The store's own.
pub fn all_called(tx: &mut Tx, operation: Uuid) -> Result<Vec<NamedActor>> {
    use schema::armed_actors as t;
    let rows: Vec<(RowId, String, Option<RowId>, String)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .order(t::key)
        .select((t::id, t::key, t::merged_into, t::document))
        .load(tx)?;
    let read = |(id, key, into, document): (RowId, String, Option<RowId>, String)| {
        let called = Called::of_stored(&document)
            .map_err(|fault| StoreError::Corrupt(format!("an armed actor: {fault}")))?;
        Ok(NamedActor { id: id.0, key, merged_into: into.map(|id| id.0), called })
    };
    rows.into_iter().map(read).collect()
}

/// The armed actor that the one with this key was found to be.
///
/// # Errors
/// The store's own.
pub fn survivor(tx: &mut Tx, operation: Uuid, written: &str) -> Result<Option<Uuid>> {
    use schema::armed_actors as t;
    /// One that was merged into one that was merged is followed so far.
    const MERGES_MAX: usize = 16;
    let of_operation =
        || t::table.filter(t::operation_id.eq(RowId(operation))).select(t::merged_into);
    let by_key: Option<Option<RowId>> =
        of_operation().filter(t::key.eq(written)).first(tx).optional()?;
    let mut found = by_key.flatten();
    for _ in 0..MERGES_MAX {
        let Some(id) = found else { return Ok(None) };
        let next: Option<Option<RowId>> =
            of_operation().filter(t::id.eq(id)).first(tx).optional()?;
        match next.flatten() {
            Some(next) => found = Some(next),
            None => return Ok(Some(id.0)),
        }
    }
    Ok(None)
}

/// Notes that an armed actor was found to be another.
///
/// # Errors
/// The store's own.
pub fn merge_armed_actor(
    tx: &mut Tx,
    operation: Uuid,
    actor: ArmedActorId,
    into: ArmedActorId,
) -> Result<()> {
    use schema::armed_actors as t;
    let there =
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::id.eq(RowId::from(actor)));
    diesel::update(there).set(t::merged_into.eq(Some(RowId::from(into)))).execute(tx)?;
    Ok(())
}

/// Writes a lead.
///
/// # Errors
/// The store's own.
pub fn save_lead(tx: &mut Tx, operation: Uuid, lead: &Lead) -> Result<()> {
    let of = TextOf::row("leads", operation, lead.identity.id, None);
    let (document, texts) = stored(tx, &of, lead)?;
    save!(
        tx,
        operation,
        lead.identity.id,
        leads,
        (
            t::key.eq(lead.identity.key.as_str()),
            t::armed_actor_id.eq(RowId::from(lead.armed_actor.0)),
            t::organization_id.eq(RowId::from(lead.organization.0)),
            t::ends_on.eq(lead.until),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}

/// Writes a common position.
///
/// # Errors
/// The store's own.
pub fn save_common_position(tx: &mut Tx, operation: Uuid, position: &CommonPosition) -> Result<()> {
    let of = TextOf::row("common_positions", operation, position.identity.id, None);
    let (document, texts) = stored(tx, &of, position)?;
    save!(
        tx,
        operation,
        position.identity.id,
        common_positions,
        (
            t::key.eq(position.identity.key.as_str()),
            t::armed_actor_id.eq(position.armed_actor.map(|to| RowId::from(to.0))),
            t::ends_on.eq(position.until),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}

/// Writes a protection risk.
///
/// # Errors
/// The store's own.
pub fn save_protection_risk(tx: &mut Tx, operation: Uuid, risk: &ProtectionRisk) -> Result<()> {
    let of = TextOf::row("protection_risks", operation, risk.identity.id, None);
    let (document, texts) = stored(tx, &of, risk)?;
    save!(
        tx,
        operation,
        risk.identity.id,
        protection_risks,
        (
            t::key.eq(risk.identity.key.as_str()),
            t::armed_actor_id.eq(risk.armed_actor.map(|to| RowId::from(to.0))),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}

/// How many places are looked at whose documents hold a text.
const PLACES_MAX: i64 = 400;

/// The places in whose documents a text stands, those first of which it is a whole value, and as far
/// as so many. Capital letters count as small ones, in Latin letters alone on SQLite.
///
/// # Errors
/// The store's own.
pub fn places_called(tx: &mut Tx, operation: Uuid, text: &str) -> Result<Vec<Uuid>> {
    use schema::places as t;
    let mut found: Vec<Uuid> = Vec::new();
    let written = serde_json::Value::from(text).to_string();
    let inner = written.trim_matches('"').to_owned();
    for part in [written, inner] {
        let part = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let (as_it_is, small) = (format!("%{part}%"), format!("%{}%", part.to_lowercase()));
        let rows: Vec<RowId> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(
                t::document
                    .like(as_it_is)
                    .escape('\\')
                    .or(lower(t::document).like(small).escape('\\')),
            )
            .select(t::id)
            .limit(PLACES_MAX)
            .load(tx)?;
        for RowId(id) in rows {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

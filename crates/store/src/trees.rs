//! Where places and armed actors stand in their trees. "This unit, and all above and below it" is
//! a few exact look-ups and one range of an index.

use std::collections::{BTreeSet, HashMap};

use concord_domain::{
    facts::Context,
    id::{ArmedActorId, OrganizationId, PlaceId},
    lineage::Lineage,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, dsl::sql, sql_types::Integer,
};
use uuid::Uuid;

use crate::{
    connection::Tx,
    documents::IDS_MAX,
    error::Result,
    lists::{Among, id_list, text_list},
    schema,
    sql::RowId,
};

macro_rules! tree {
    ($($(#[$doc:meta])* $table:ident of $id:ty;)*) => {$(
        $(#[$doc])*
        pub mod $table {
            use super::*;
            use schema::$table as t;

            /// Where these stand.
            ///
            /// # Errors
            /// The store's own.
            pub fn lineages(
                tx: &mut Tx,
                operation: Uuid,
                ids: &[$id],
            ) -> Result<HashMap<$id, Lineage>> {
                let mut found = HashMap::new();
                for ids in ids.chunks(IDS_MAX) {
                    let rows: Vec<(RowId, String)> = t::table
                        .filter(t::operation_id.eq(RowId(operation)))
                        .filter(t::id.among(id_list(ids.iter().copied())))
                        .select((t::id, t::lineage))
                        .load(tx)?;
                    found.extend(rows.into_iter().map(|(id, path)| (id.0.into(), Lineage::new(path))));
                }
                Ok(found)
            }

            /// This one and all below it.
            ///
            /// # Errors
            /// The store's own.
            pub fn under(tx: &mut Tx, operation: Uuid, lineage: &Lineage) -> Result<Vec<$id>> {
                let (low, high) = lineage.below();
                let rows: Vec<RowId> = t::table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter(t::lineage.ge(lineage.as_str()))
                    .filter(t::lineage.lt(high))
                    .filter(t::lineage.eq(lineage.as_str()).or(t::lineage.ge(low)))
                    .select(t::id)
                    .load(tx)?;
                Ok(rows.into_iter().map(|id| id.0.into()).collect())
            }

            /// This one and all above it, the topmost first.
            ///
            /// # Errors
            /// The store's own.
            pub fn up(tx: &mut Tx, operation: Uuid, lineage: &Lineage) -> Result<Vec<$id>> {
                let rows: Vec<RowId> = t::table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter(t::lineage.among(text_list(lineage.up())))
                    .order(t::lineage)
                    .select(t::id)
                    .load(tx)?;
                Ok(rows.into_iter().map(|id| id.0.into()).collect())
            }

            /// All of these and all above them, each with where it stands.
            ///
            /// # Errors
            /// The store's own.
            pub fn with_all_above<'l>(
                tx: &mut Tx,
                operation: Uuid,
                lineages: impl IntoIterator<Item = &'l Lineage>,
            ) -> Result<HashMap<Lineage, $id>> {
                let paths: BTreeSet<&str> = lineages.into_iter().flat_map(Lineage::up).collect();
                let paths: Vec<&str> = paths.into_iter().collect();
                let mut found = HashMap::new();
                for paths in paths.chunks(IDS_MAX) {
                    let rows: Vec<(String, RowId)> = t::table
                        .filter(t::operation_id.eq(RowId(operation)))
                        .filter(t::lineage.among(text_list(paths.iter().copied())))
                        .select((t::lineage, t::id))
                        .load(tx)?;
                    found.extend(rows.into_iter().map(|(path, id)| (Lineage::new(path), id.0.into())));
                }
                Ok(found)
            }

            /// Puts a subtree elsewhere.
            ///
            /// # Errors
            /// The store's own.
            pub fn move_subtree(
                tx: &mut Tx,
                operation: Uuid,
                from: &Lineage,
                to: &Lineage,
            ) -> Result<Vec<$id>> {
                let moved = under(tx, operation, from)?;
                let lineages = lineages(tx, operation, &moved)?;
                for (id, lineage) in lineages {
                    let there = t::table
                        .filter(t::operation_id.eq(RowId(operation)))
                        .filter(t::id.eq(RowId::from(id)));
                    let lineage = lineage.moved(from, to);
                    diesel::update(there).set(t::lineage.eq(lineage.as_str())).execute(tx)?;
                }
                Ok(moved)
            }
        }
    )*};
}

tree! {
    /// Places.
    places of PlaceId;
    /// Armed actors.
    armed_actors of ArmedActorId;
}

/// Where all armed actors of an operation stand that were not merged into others.
///
/// # Errors
/// The store's own.
pub fn actors(tx: &mut Tx, operation: Uuid) -> Result<HashMap<ArmedActorId, Lineage>> {
    use schema::armed_actors as t;
    let rows: Vec<(RowId, String)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::merged_into.is_null())
        .select((t::id, t::lineage))
        .load(tx)?;
    Ok(rows.into_iter().map(|(id, path)| (ArmedActorId(id.0), Lineage::new(path))).collect())
}

/// The places with at most `above` places above them.
///
/// # Errors
/// The store's own.
pub fn high_places(tx: &mut Tx, operation: Uuid, above: i32) -> Result<Vec<PlaceId>> {
    use schema::places as t;
    // As the index has it.
    let depth = sql::<Integer>("(length(lineage) - length(replace(lineage, '.', '')))");
    let rows: Vec<RowId> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(depth.le(above))
        .order(t::id)
        .select(t::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| PlaceId(id.0)).collect())
}

/// What turns documents that name these into facts.
///
/// # Errors
/// The store's own.
pub fn context(
    tx: &mut Tx,
    operation: Uuid,
    actors: &[ArmedActorId],
    place_ids: &[PlaceId],
    organization_ids: &[OrganizationId],
) -> Result<Context> {
    use schema::organizations as t;
    let mut community_led = HashMap::new();
    for ids in organization_ids.chunks(IDS_MAX) {
        let rows: Vec<(RowId, bool)> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::id.among(id_list(ids.iter().copied())))
            .select((t::id, t::is_community_led))
            .load(tx)?;
        community_led.extend(rows.into_iter().map(|(id, is)| (OrganizationId(id.0), is)));
    }
    Ok(Context {
        places: places::lineages(tx, operation, place_ids)?,
        actors: armed_actors::lineages(tx, operation, actors)?,
        community_led,
    })
}

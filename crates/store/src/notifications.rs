//! What people have seen of what waits for them, and what they were sent a message about, as ids.
//! That it waits is written nowhere.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{Tx, insert_all},
    error::Result,
    schema,
    sql::RowId,
};

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident in $table:ident;)*) => {$(
        $(#[$doc])*
        pub mod $name {
            use super::*;
            use schema::$table as t;

            /// What is kept of somebody, each id with the thing that it is about.
            ///
            /// # Errors
            /// The store's own.
            pub fn of(tx: &mut Tx, operation: Uuid, account: Uuid) -> Result<HashMap<Uuid, Uuid>> {
                let rows: Vec<(RowId, RowId)> = t::table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter(t::account_id.eq(RowId(account)))
                    .select((t::id, t::thing_id))
                    .load(tx)?;
                Ok(rows.into_iter().map(|(id, thing)| (id.0, thing.0)).collect())
            }

            /// Keeps these of somebody, and forgets all else that was kept of them.
            ///
            /// # Errors
            /// The store's own.
            pub fn keep(
                tx: &mut Tx,
                operation: Uuid,
                account: Uuid,
                marks: &HashMap<Uuid, Uuid>,
            ) -> Result<()> {
                let of_account = t::table
                    .filter(t::operation_id.eq(RowId(operation)))
                    .filter(t::account_id.eq(RowId(account)));
                diesel::delete(of_account).execute(tx)?;
                let rows = marks.iter().map(|(id, thing)| {
                    (
                        t::operation_id.eq(RowId(operation)),
                        t::account_id.eq(RowId(account)),
                        t::id.eq(RowId(*id)),
                        t::thing_id.eq(RowId(*thing)),
                    )
                });
                insert_all!(tx, t::table, rows);
                Ok(())
            }

            /// Forgets what is kept of anybody about a thing.
            ///
            /// # Errors
            /// The store's own.
            pub(super) fn forget(tx: &mut Tx, operation: Uuid, thing: Uuid) -> Result<()> {
                let of_operation = t::table.filter(t::operation_id.eq(RowId(operation)));
                diesel::delete(of_operation.filter(t::thing_id.eq(RowId(thing)))).execute(tx)?;
                Ok(())
            }
        }
    )*};
}

marks! {
    /// What people have seen.
    seen in seen_notifications;
    /// What people were sent a message about.
    told in emailed_notifications;
}

/// Forgets who has seen that a thing waits, or was sent a message about it.
///
/// # Errors
/// The store's own.
pub(crate) fn forget(tx: &mut Tx, operation: Uuid, thing: Uuid) -> Result<()> {
    seen::forget(tx, operation, thing)?;
    told::forget(tx, operation, thing)
}

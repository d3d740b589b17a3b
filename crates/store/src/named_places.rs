//! Finding places by what stands in their documents.

use diesel::{
    BoolExpressionMethods, EscapeExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl,
    TextExpressionMethods,
};
use uuid::Uuid;

use crate::{connection::Tx, error::Result, schema::places as t, sql::RowId};

#[diesel::declare_sql_function]
extern "SQL" {
    /// With small letters.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// How many places are looked at whose documents hold a text.
const PLACES_MAX: i64 = 400;

/// The places in whose documents a text stands, those first of which it is a whole value, and as far
/// as so many. Capital letters count as small ones, in Latin letters alone on SQLite.
///
/// # Errors
/// The store's own.
pub fn places_called(tx: &mut Tx, operation: Uuid, text: &str) -> Result<Vec<Uuid>> {
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

//! The column types that the two databases do not share by themselves.

use std::io::Write;

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::SqlType,
    sqlite::{Sqlite, SqliteType},
};
use uuid::Uuid;

use crate::connection::{MultiBackend, MultiRawValue};

/// An id: 16 bytes.
#[derive(Clone, Copy, Debug, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct Guid;

/// An id as it stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Guid)]
pub struct RowId(pub Uuid);

impl<T: Into<Uuid>> From<T> for RowId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl ToSql<Guid, Pg> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Guid, Pg> for RowId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<Guid, Sqlite> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Guid, Sqlite> for RowId {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<diesel::sql_types::Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

impl diesel::sql_types::HasSqlType<Guid> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<Guid>(lookup)
    }
}

impl ToSql<Guid, MultiBackend> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Guid, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Guid, MultiBackend> for RowId {
    fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Guid>()
    }
}

const _: SqliteType = SqliteType::Binary;

/// The first byte of a text that stands in the clear.
pub(crate) const PLAIN: u8 = 0;

/// A text as it is stored in the clear, in a column that could hold it in another form.
pub(crate) fn as_clear(text: &str) -> Vec<u8> {
    let mut stored = vec![PLAIN];
    stored.extend_from_slice(text.as_bytes());
    stored
}

/// The text that was stored in the clear.
pub(crate) fn in_clear(stored: &[u8]) -> crate::error::Result<String> {
    match stored.split_first() {
        Some((&PLAIN, text)) => String::from_utf8(text.to_vec()).ok(),
        _ => None,
    }
    .ok_or_else(|| crate::StoreError::Corrupt("a text is in a form that is not known".to_owned()))
}

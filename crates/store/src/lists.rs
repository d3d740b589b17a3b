//! A list as one parameter of a statement. The statement is then the same text for a list of any
//! length, so that it is prepared once and kept; with a parameter for each item, as
//! [`eq_any`](diesel::ExpressionMethods::eq_any) has it on SQLite, it is prepared anew each time,
//! which takes longer than what it asks for.

use diesel::{
    AppearsOnTable, Expression, QueryResult, SelectableExpression,
    expression::ValidGrouping,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, Text},
    sqlite::Sqlite,
};
use uuid::Uuid;

use crate::{
    connection::MultiBackend,
    sql::{Guid, RowId},
};

diesel::infix_operator!(IsAmong, " ");

/// Asks whether a value is in a list.
pub trait Among: Expression + Sized {
    /// Whether it is in the list.
    fn among<L: Expression>(self, list: L) -> IsAmong<Self, L> {
        IsAmong::new(self, list)
    }
}

impl<E: Expression> Among for E {}

macro_rules! list {
    ($(#[$doc:meta])* $name:ident of $item:ty as $sql_type:ty, $element:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, QueryId, ValidGrouping)]
        pub struct $name {
            items: Vec<$item>,
            /// The same as a JSON array, which SQLite reads as rows.
            json: String,
        }

        impl Expression for $name {
            type SqlType = $sql_type;
        }
        impl<Source> AppearsOnTable<Source> for $name {}
        impl<Source> SelectableExpression<Source> for $name {}

        impl QueryFragment<Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                out.push_sql("= ANY(");
                out.push_bind_param::<Array<$sql_type>, _>(&self.items)?;
                out.push_sql(")");
                Ok(())
            }
        }

        impl QueryFragment<Sqlite> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                out.push_sql(concat!("IN (SELECT ", $element, " FROM json_each("));
                out.push_bind_param::<Text, _>(&self.json)?;
                out.push_sql("))");
                Ok(())
            }
        }

        impl QueryFragment<MultiBackend> for $name {
            fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
                MultiBackend::walk_variant_ast(self, out)
            }
        }
    };
}

list! {
    /// A list of ids.
    Ids of RowId as Guid, "unhex(value)"
}

list! {
    /// A list of texts.
    Texts of String as Text, "value"
}

/// A list of ids.
pub fn id_list<T: Into<Uuid>>(ids: impl IntoIterator<Item = T>) -> Ids {
    let items: Vec<RowId> = ids.into_iter().map(RowId::from).collect();
    let written: Vec<String> = items.iter().map(|id| format!("\"{}\"", id.0.simple())).collect();
    Ids { items, json: format!("[{}]", written.join(",")) }
}

/// A list of texts.
pub fn text_list<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Texts {
    let items: Vec<String> = texts.into_iter().map(Into::into).collect();
    let json = serde_json::Value::from(items.clone()).to_string();
    Texts { items, json }
}

//! What SQLite knows of how many rows share a value, from which it tells which index is the best.

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_types::Bool};

use crate::{connection::Tx, error::Result};

/// Samples the tables of SQLite that have never been, or have grown or shrunk tenfold since. Without
/// that it takes any index on the operation for as good as another.
pub(crate) fn gather_statistics(tx: &mut Tx) -> Result<()> {
    const ALL_TABLES_WITHIN_LIMITS: &str = "PRAGMA optimize = 0x10012";
    let Tx::Sqlite(connection) = tx else { return Ok(()) };
    Ok(connection.immediate_transaction(|connection| {
        connection.batch_execute(ALL_TABLES_WITHIN_LIMITS)?;
        let is_gathered = "EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4')";
        if diesel::select(diesel::dsl::sql::<Bool>(is_gathered)).get_result(connection)? {
            connection.batch_execute(WHAT_IS_KEPT_OF_STATISTICS)?;
        }
        Ok::<_, diesel::result::Error>(())
    })?)
}

/// Only counts are kept: whole keys of rows, as `sqlite_stat4` has them, would stay when the rows are
/// erased.
///
/// Only of tables with many rows: what holds of few is wrong as soon as there are more, while what
/// SQLite does without knowing is right for both.
///
/// And an operation has a thousand rows of each, though all rows may be of one: every question is
/// about one operation and wants few of its rows, while SQLite, which does not see how few, would read
/// and sort all of them rather than walk along an index.
///
/// At the end this connection, which knows what was gathered, is told what was kept.
const WHAT_IS_KEPT_OF_STATISTICS: &str = "
    DELETE FROM sqlite_stat4;
    DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < 1000;
    WITH known AS (
        SELECT rowid AS line, CAST(stat AS INTEGER) AS of_all,
               substr(stat, instr(stat, ' ') + 1) AS rest
          FROM sqlite_stat1
         WHERE 'operation_id' = (SELECT name FROM pragma_index_info(idx) WHERE seqno = 0)
    ), parted AS (
        SELECT line, of_all, CAST(rest AS INTEGER) AS of_operation,
               substr(rest, instr(rest || ' ', ' ')) AS of_more
          FROM known
    )
    UPDATE sqlite_stat1
       SET stat = of_all || ' ' || max(min(of_operation, 1000), CAST(of_more AS INTEGER)) || of_more
      FROM parted WHERE sqlite_stat1.rowid = line;
    ANALYZE sqlite_schema;";

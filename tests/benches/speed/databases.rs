//! The data in each database: brought to PostgreSQL table by table, and brought back to what it
//! was after requests have written to it.

use std::{
    fs,
    io::{BufWriter, Write},
    path::Path,
    process::Stdio,
};

use concord_store::Store;
use concord_tests::postgres::Cluster;
use diesel::{
    Connection, RunQueryDsl, SqliteConnection,
    connection::{DefaultLoadingMode, LoadConnection, SimpleConnection},
    dsl::sql,
    sql_types::Text,
};

use crate::{data::Data, load::Operation};

/// A database that the server runs on.
pub enum Database<'d> {
    /// A database of this name.
    Postgres(&'d Cluster, String),
    /// A file.
    Sqlite(&'d Path),
}

/// Flags, and what belongs to them: posts change them everywhere, so they are kept whole.
const FLAGS: [&str; 4] = ["flag_steps", "flag_entries", "flag_subjects", "flags"];

/// What else a post writes, and the column that says of which engagement.
const WRITTEN: [(&str, &str); 7] = [
    ("live_lines", "engagement_id"),
    ("due", "thing_id"),
    ("parts", "engagement_id"),
    ("links", "owner_id"),
    ("engagements", "id"),
    ("entries", "id"),
    ("idempotency_keys", "resource_id"),
];

impl Database<'_> {
    /// Its address.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres(cluster, name) => cluster.url(name),
            Self::Sqlite(file) => file.display().to_string(),
        }
    }

    fn execute(&self, script: &str) {
        match self {
            Self::Postgres(cluster, name) => drop(cluster.query(name, script)),
            Self::Sqlite(file) => {
                let mut connection =
                    SqliteConnection::establish(&file.display().to_string()).expect("it opens");
                connection.batch_execute("PRAGMA busy_timeout = 60000").expect("it is set");
                connection.batch_execute(script).expect("the script runs");
            }
        }
    }

    /// Remembers the flags as they are.
    pub fn remember(&self) {
        for table in FLAGS {
            self.execute(&format!(
                "DROP TABLE IF EXISTS kept_{table};
                 CREATE TABLE kept_{table} AS SELECT * FROM {table};"
            ));
        }
        self.execute("DELETE FROM idempotency_keys;");
    }

    /// Takes away all that was logged by an operation, and brings the flags back. Nothing was asked
    /// or told either: in use that is at most as much as the budgets allow.
    pub fn restore(&self, after: Operation) {
        // Of what pgbench was faster to write than anybody puts in order.
        self.execute("DELETE FROM audit_waiting;");
        if let Self::Postgres(..) = self {
            self.execute("VACUUM ANALYZE audit_waiting");
        }
        if matches!(after, Operation::Post | Operation::Check) {
            self.execute("DELETE FROM questions;");
        }
        if after != Operation::Post {
            return;
        }
        let mut script = String::from("BEGIN;");
        for table in FLAGS {
            script.push_str(&format!("DELETE FROM {table};"));
        }
        for table in FLAGS.iter().rev() {
            script.push_str(&format!("INSERT INTO {table} SELECT * FROM kept_{table};"));
        }
        for (table, column) in WRITTEN {
            script.push_str(&format!(
                "DELETE FROM {table} WHERE {column} IN (SELECT resource_id FROM idempotency_keys);"
            ));
        }
        script.push_str("COMMIT;");
        self.execute(&script);
        if let Self::Postgres(..) = self {
            let written = WRITTEN.map(|(table, _)| table);
            for table in FLAGS.iter().chain(&written) {
                self.execute(&format!("VACUUM ANALYZE {table}"));
            }
            self.execute("CHECKPOINT");
        }
    }
}

/// The database with this data on a server, brought there unless it is there.
pub fn on_postgres<'c>(cluster: &'c Cluster, folder: &Path, data: &Data) -> Database<'c> {
    let done = folder.join(format!("{}.loaded", data.name));
    if !done.exists() {
        let of_set = data.name.split('_').take(2).collect::<Vec<_>>().join("_");
        let known = cluster.query("postgres", "SELECT datname FROM pg_database");
        for old in known.lines().filter(|name| name.starts_with(&format!("{of_set}_"))) {
            cluster.drop_database(old);
            let _ = fs::remove_file(folder.join(format!("{old}.loaded")));
        }
        cluster.create(&data.name, None);
        transfer(cluster, data);
        fs::write(done, "").expect("it is noted");
    }
    Database::Postgres(cluster, data.name.clone())
}

fn transfer(cluster: &Cluster, data: &Data) {
    drop(Store::open(&cluster.url(&data.name), 1).expect("the schema is made"));
    let mut from = SqliteConnection::establish(&data.file.display().to_string()).expect("it opens");
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table'
                  AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'kept\\_%' ESCAPE '\\'
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                  AND name <> 'installation' ORDER BY rowid";
    let tables: Vec<String> = sql::<Text>(tables).load(&mut from).expect("the tables");
    for table in tables {
        let columns = cluster.query(
            &data.name,
            &format!(
                "SELECT column_name, data_type FROM information_schema.columns
                 WHERE table_name = '{table}' ORDER BY ordinal_position"
            ),
        );
        let columns: Vec<(&str, &str)> =
            columns.lines().filter_map(|line| line.split_once('|')).collect();
        copy(cluster, data, &mut from, (&table, &columns));
    }
    cluster.query(&data.name, "VACUUM ANALYZE");
}

/// How SQLite writes a column as PostgreSQL reads it.
fn as_copied((name, of_type): &(&str, &str)) -> String {
    let written = match *of_type {
        "uuid" => format!("lower(hex({name}))"),
        "bytea" => format!("'\\\\x' || lower(hex({name}))"),
        "text" => {
            let escapes = [("\\", "'\\\\'"), ("\n", "'\\n'"), ("\r", "'\\r'"), ("\t", "'\\t'")];
            escapes.iter().fold(name.to_string(), |text, (what, escaped)| {
                let code = what.chars().map(u32::from).sum::<u32>();
                format!("replace({text}, char({code}), {escaped})")
            })
        }
        _ => format!("CAST({name} AS TEXT)"),
    };
    format!("CASE WHEN {name} IS NULL THEN '\\N' ELSE {written} END")
}

fn copy(
    cluster: &Cluster,
    data: &Data,
    from: &mut SqliteConnection,
    (table, columns): (&str, &[(&str, &str)]),
) {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let written: Vec<String> = columns.iter().map(as_copied).collect();
    let rows = format!("SELECT {} FROM {table}", written.join(" || char(9) || "));
    // Whatever it refers to is there: it came out of a database that sees to it. What a migration
    // has put into the table comes out of there too.
    let into = format!(
        "SET session_replication_role = replica; DELETE FROM {table}; COPY {table} ({}) FROM STDIN",
        names.join(", ")
    );
    let mut psql = cluster.psql(&data.name);
    let mut psql = psql.args(["-c", &into]).stdin(Stdio::piped()).spawn().expect("psql runs");
    let mut to = BufWriter::new(psql.stdin.take().expect("a pipe"));
    let rows = LoadConnection::<DefaultLoadingMode>::load(from, sql::<Text>(&rows));
    for row in rows.expect("the rows") {
        use diesel::row::{Field, Row};
        let row = row.expect("a row");
        let field = row.get(0).expect("a column");
        let line = <String as diesel::deserialize::FromSql<Text, diesel::sqlite::Sqlite>>::from_nullable_sql(field.value());
        writeln!(to, "{}", line.expect("a text")).expect("it is sent");
    }
    drop(to);
    assert!(psql.wait().expect("psql ends").success(), "{table} is copied");
}

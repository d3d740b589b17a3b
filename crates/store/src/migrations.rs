//! The schema, step by step. What both databases say alike is written once.

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion},
    sql_types::Text,
};
use diesel_migrations::MigrationHarness;

use crate::{
    connection::Tx,
    error::{Result, StoreError},
};

/// A step: its number and name, what both say, and what each of them needs besides.
struct Step {
    name: &'static str,
    common: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
}

/// The step of a name, which has a file for both and may have one for each alone.
macro_rules! step {
    ($name:literal) => {
        step!($name, "", "")
    };
    ($name:literal and postgres) => {
        step!($name, include_str!(concat!("../../../migrations/postgres/", $name, ".sql")), "")
    };
    ($name:literal and each) => {
        step!(
            $name,
            include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
            include_str!(concat!("../../../migrations/sqlite/", $name, ".sql"))
        )
    };
    ($name:literal, $postgres:expr, $sqlite:expr) => {
        Step {
            name: $name,
            common: include_str!(concat!("../../../migrations/common/", $name, ".sql")),
            postgres: $postgres,
            sqlite: $sqlite,
        }
    };
}

const STEPS: &[Step] = &[
    step!("0001_registry" and postgres),
    step!("0002_record" and postgres),
    step!("0003_sessions"),
    step!("0005_by_end"),
    step!("0006_audit" and each),
    step!("0007_sealing"),
    step!("0009_sign_in"),
    step!("0010_checks"),
    step!("0011_contact"),
    step!("0012_retention"),
    step!("0013_ways_in"),
    step!("0014_notifications"),
    step!("0015_email"),
    step!("0016_passkeys"),
    step!("0017_live_ties" and each),
    step!("0018_by_id"),
    step!("0019_not_over"),
    step!("0020_of_late"),
    step!("0021_flags_by_owner"),
    step!("0022_places_by_depth"),
];

/// Brings a database up to date. Each step is a transaction of its own.
pub fn run(tx: &mut Tx) -> Result<()> {
    if is_done(tx) {
        return Ok(());
    }
    let done = match tx {
        Tx::Postgres(c) => c.run_pending_migrations(Steps { postgres: true }).map(|_| ()),
        Tx::Sqlite(c) => c.run_pending_migrations(Steps { postgres: false }).map(|_| ()),
    };
    done.map_err(|error| {
        StoreError::Unavailable(format!("it cannot be brought up to date: {error}"))
    })
}

#[derive(QueryableByName)]
struct Done {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Whether every step is done. It is asked before anything is made: whoever serves from a database
/// need not be allowed to make tables in it.
fn is_done(tx: &mut Tx) -> bool {
    let done: Result<Vec<Done>, _> =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(tx);
    let done = done.unwrap_or_default();
    let versions = STEPS.iter().map(|step| StepName(step.name).version().to_string());
    versions.into_iter().all(|version| done.iter().any(|each| each.version == version))
}

struct Steps {
    postgres: bool,
}

impl<DB: Backend> MigrationSource<DB> for Steps {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<DB>>>> {
        let script = |step: &Step| Script {
            name: StepName(step.name),
            sql: [step.common, if self.postgres { step.postgres } else { step.sqlite }].join("\n"),
        };
        Ok(STEPS.iter().map(|step| Box::new(script(step)) as Box<dyn Migration<DB>>).collect())
    }
}

#[derive(Clone, Copy)]
struct StepName(&'static str);

impl std::fmt::Display for StepName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl MigrationName for StepName {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(self.0.split('_').next().unwrap_or(self.0))
    }
}

struct Script {
    name: StepName,
    sql: String,
}

struct InTransaction;

impl MigrationMetadata for InTransaction {
    fn run_in_transaction(&self) -> bool {
        true
    }
}

impl<DB: Backend> Migration<DB> for Script {
    fn run(
        &self,
        connection: &mut dyn diesel::connection::BoxableConnection<DB>,
    ) -> diesel::migration::Result<()> {
        Ok(connection.batch_execute(&self.sql)?)
    }

    /// Migrations only go forward.
    fn revert(
        &self,
        _: &mut dyn diesel::connection::BoxableConnection<DB>,
    ) -> diesel::migration::Result<()> {
        Err("migrations only go forward; restore a backup instead".into())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &InTransaction
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

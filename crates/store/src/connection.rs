//! Connections to either database, and the two ways to use one: [`Store::read`] and
//! [`Store::write`].

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use diesel::{
    Connection, ConnectionError, MultiConnection, PgConnection, QueryableByName, RunQueryDsl,
    SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    r2d2::{ManageConnection, Pool, PooledConnection},
};
use uuid::Uuid;

use crate::{
    error::{Result, StoreError},
    migrations,
    sealing::{self, NoServerKey, OrganizationKeys, ServerKeySource},
    sql::{Guid, RowId},
    statistics::gather_statistics,
    usage::{Connections, Counting, Counts, Usage},
};

/// How often a write is tried while other writers are in the way.
const ATTEMPTS_MAX: u32 = 20;
/// How often it is tried to empty the log of SQLite, and how long after one another.
const EMPTIED_ATTEMPTS_MAX: u32 = 20;
const EMPTIED_PAUSE: Duration = Duration::from_millis(100);
/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// A connection within a transaction.
#[derive(MultiConnection)]
pub enum Tx {
    /// To PostgreSQL.
    Postgres(PgConnection),
    /// To SQLite.
    Sqlite(SqliteConnection),
}

/// How many rows go into one statement.
pub(crate) const ROWS_MAX: usize = 1_000;

/// Puts rows into a table: on PostgreSQL with one round trip for many, on SQLite, where there are
/// no round trips, one by one. diesel knows no such statement for two databases at once.
macro_rules! insert_all {
    ($tx:expr, $table:expr, $rows:expr) => {{
        let mut rows = $rows.peekable();
        while rows.peek().is_some() {
            let some: Vec<_> = rows.by_ref().take(crate::connection::ROWS_MAX).collect();
            match $tx {
                crate::connection::Tx::Postgres(connection) => {
                    diesel::insert_into($table).values(some).execute(connection)?;
                }
                crate::connection::Tx::Sqlite(connection) => {
                    for row in some {
                        diesel::insert_into($table).values(row).execute(connection)?;
                    }
                }
            }
        }
    }};
}
pub(crate) use insert_all;

/// What a write may touch; writers of one area wait for each other.
///
/// Flags are complete only if no two writers decide at once, and what one writer must see of
/// another is not one armed actor's family: a common position, a strategy or a merge concerns
/// several. So the area is the operation, which is also how data is put on several machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// An operation and all that belongs to it.
    Operation(Uuid),
    /// Accounts, and which operations there are.
    Installation,
    /// The audit log alone, to which anybody adds at any time: nobody waits.
    Log,
    /// The order of the audit log.
    Sequence,
}

/// Opens connections by the scheme of the address, and by nothing else.
struct Manager {
    url: String,
}

impl Manager {
    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }
}

impl ManageConnection for Manager {
    type Connection = Tx;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> std::result::Result<Tx, Self::Error> {
        let connect = || -> std::result::Result<Tx, ConnectionError> {
            if self.is_postgres() {
                let mut connection = PgConnection::establish(&self.url)?;
                // Each question is a few ranges of indexes. Where the planner thinks otherwise, it
                // spends more on processes and machine code than the answer takes.
                connection
                    .batch_execute("SET max_parallel_workers_per_gather = 0; SET jit = off;")
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                return Ok(Tx::Postgres(connection));
            }
            let path = self.url.strip_prefix("sqlite://").unwrap_or(&self.url);
            let mut connection = SqliteConnection::establish(path)?;
            connection
                .batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL;
                     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                     PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8000;
                     PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 32000;",
                )
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(Tx::Sqlite(connection))
        };
        connect().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut Tx) -> std::result::Result<(), Self::Error> {
        connection.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Tx) -> bool {
        std::thread::panicking()
            || match connection {
                Tx::Postgres(inner) => AnsiTransactionManager::is_broken_transaction_manager(inner),
                Tx::Sqlite(inner) => AnsiTransactionManager::is_broken_transaction_manager(inner),
            }
    }
}

/// A database.
#[derive(Clone)]
pub struct Store {
    readers: Pool<Manager>,
    writers: Pool<Manager>,
    counts: Arc<Counts>,
    keys: Arc<OrganizationKeys>,
    /// Whoever brings what was committed into SQLite's own file.
    checkpoints: Arc<Mutex<()>>,
}

/// What SQLite answers when it is told to empty its log.
#[derive(QueryableByName)]
struct Emptied {
    /// Not 0 if somebody kept it from being done.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

impl Store {
    /// Opens the database at an address, `postgres://…` or the path of an SQLite file, and brings
    /// its schema up to date.
    ///
    /// # Errors
    /// When it cannot be reached or brought up to date.
    pub fn open(url: &str, connections: u32) -> Result<Self> {
        let manager = || Manager { url: url.to_owned() };
        let counts = Arc::new(Counts::default());
        let pool = |size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .test_on_check_out(false)
                .connection_timeout(WAIT)
                .event_handler(Box::new(Counting(Arc::clone(&counts))))
                .build(manager())
                .map_err(|error| StoreError::Unavailable(error.to_string()))
        };
        // SQLite has one writer at a time; waiting for a connection is fair, waiting for its lock
        // is not. The first connection also turns the file to write-ahead logging.
        let writers = pool(if manager().is_postgres() { connections } else { 1 })?;
        migrations::run(&mut *checked_out(&writers)?)?;
        // If somebody else writes for long: what was gathered before is good enough until tomorrow.
        gather_statistics(&mut *checked_out(&writers)?).ok();
        let keys = Arc::new(OrganizationKeys::from(NoServerKey));
        Ok(Self { readers: pool(connections)?, writers, counts, keys, checkpoints: Arc::default() })
    }

    /// The same with the server's key, without which no free text is read or written. A database
    /// belongs to the first key that it is opened with, or that takes that one's place.
    ///
    /// # Errors
    /// [`Key`](StoreError::Key) when the key is missing, or is another one.
    #[expect(clippy::disallowed_methods, reason = "nobody has asked for anything yet")]
    pub fn with_key(self, source: impl ServerKeySource + 'static) -> Result<Self> {
        let keys = Arc::new(OrganizationKeys::from(source));
        self.write(Area::Installation, |tx| keys.bind(tx))?;
        Ok(Self { keys, ..self })
    }

    /// The keys with which free texts are sealed.
    #[must_use]
    pub fn keys(&self) -> &OrganizationKeys {
        &self.keys
    }

    /// How much the database is used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let connections =
            [Connections::of("read", &self.readers), Connections::of("write", &self.writers)];
        Usage::of(&self.counts, connections)
    }

    /// Brings what was committed into the database's own file, without anybody waiting for it. On
    /// SQLite somebody has to, and whoever commits does it only when nobody has for 128 MB: it takes
    /// several times as long as a commit. PostgreSQL does it by itself.
    ///
    /// # Errors
    /// The store's own.
    pub fn checkpoint(&self) -> Result<()> {
        let _alone = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *checked_out(&self.readers)? {
            Tx::Postgres(_) => Ok(()),
            Tx::Sqlite(connection) => {
                Ok(connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")?)
            }
        }
    }

    /// Has the database look again at how many rows share a value, from which it tells which index
    /// is the best, where much has changed since it last did. Connections opened from now on know.
    /// PostgreSQL does it by itself.
    ///
    /// # Errors
    /// The store's own.
    pub fn gather_statistics(&self) -> Result<()> {
        gather_statistics(&mut *checked_out(&self.writers)?)
    }

    /// Empties the log of SQLite, in which former rows stand. PostgreSQL's is not reached from here.
    ///
    /// # Errors
    /// The store's own; [`Unavailable`](StoreError::Unavailable) if others read for so long that it
    /// cannot be done.
    pub(crate) fn empty_log(&self) -> Result<()> {
        let _alone = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tx = checked_out(&self.writers)?;
        let Tx::Sqlite(connection) = &mut *tx else { return Ok(()) };
        for _ in 0..EMPTIED_ATTEMPTS_MAX {
            let done: Emptied =
                diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(connection)?;
            if done.busy == 0 {
                return Ok(());
            }
            std::thread::sleep(EMPTIED_PAUSE);
        }
        let why = "others read it for too long, and its log still holds what was erased";
        Err(StoreError::Unavailable(why.to_owned()))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn ping(&self) -> Result<()> {
        Ok(checked_out(&self.readers)?.batch_execute("SELECT 1")?)
    }

    /// Runs statements outside of a transaction, on SQLite or on PostgreSQL.
    pub(crate) fn run(&self, (sqlite, postgres): (&str, &str)) -> Result<()> {
        let mut tx = checked_out(&self.writers)?;
        let script = if matches!(*tx, Tx::Sqlite(_)) { sqlite } else { postgres };
        Ok(tx.batch_execute(script)?)
    }

    /// Reads from one state of the database.
    ///
    /// # Errors
    /// Those of the work, and the store's own.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = checked_out(&self.readers)?;
        let _within = sealing::within(&self.keys);
        transaction(&mut tx, ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN"), work)
    }

    /// Reads from one state of the database, and keeps what the work says is to be kept of that: no
    /// answer is given unless it is. On PostgreSQL both are one transaction. On SQLite the one
    /// writer keeps it while the state that was read from is still held, since whoever reads
    /// cannot come to write without failing when somebody else has written meanwhile.
    ///
    /// # Errors
    /// Those of the work, and the store's own.
    pub fn witness<T, W, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<(T, Option<W>), E>,
        keep: impl Fn(&mut Tx, &W) -> Result<(), E>,
    ) -> Result<T, E> {
        let mut tx = checked_out(&self.readers)?;
        let _within = sealing::within(&self.keys);
        transaction(&mut tx, ("BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN"), |tx| {
            let (answer, witnessed) = work(tx)?;
            let Some(witnessed) = witnessed else { return Ok(answer) };
            match tx {
                Tx::Postgres(_) => keep(tx, &witnessed)?,
                Tx::Sqlite(_) => {
                    let mut writer = checked_out(&self.writers)?;
                    transaction(&mut writer, ("BEGIN", "BEGIN IMMEDIATE"), |tx| {
                        keep(tx, &witnessed)
                    })?;
                }
            }
            Ok(answer)
        })
    }

    /// Writes as if nobody else were writing in the area. The work is done again if other writers
    /// were in the way, so it keeps nothing from a failed attempt.
    ///
    /// # Errors
    /// Those of the work, and the store's own.
    #[expect(clippy::disallowed_methods, reason = "whoever calls this has to record it")]
    pub fn write<T, E: From<StoreError> + IsContended>(
        &self,
        area: Area,
        work: impl Fn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_entered(|_| Ok((area, ())), |tx, ()| work(tx))
    }

    /// The same in an area that has to be found first, with what else is found on the way into it.
    /// Who had to wait for other writers enters again, so that the work is given what holds now.
    ///
    /// # Errors
    /// Those of entering and of the work, and the store's own.
    pub fn write_entered<A, T, E: From<StoreError> + IsContended>(
        &self,
        enter: impl Fn(&mut Tx) -> Result<(Area, A), E>,
        work: impl Fn(&mut Tx, A) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = checked_out(&self.writers)?;
        let mut attempt = 1;
        loop {
            let _within = sealing::within(&self.keys);
            let done = transaction(
                &mut tx,
                ("BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN IMMEDIATE"),
                |tx| {
                    let (area, entered) = enter(tx)?;
                    if !waited(tx, area)? {
                        return work(tx, entered);
                    }
                    match enter(tx)? {
                        (same, entered) if same == area => work(tx, entered),
                        // What it was called meanwhile became the name of another.
                        _ => Err(StoreError::Contended.into()),
                    }
                },
            );
            match done {
                Err(error) if error.is_contended() && attempt < ATTEMPTS_MAX => {
                    attempt += 1;
                    self.counts.retried();
                }
                done => return done,
            }
        }
    }
}

/// Whether an error says that other writers were in the way.
pub trait IsContended {
    /// Whether the same may succeed when it is tried again.
    fn is_contended(&self) -> bool;
}

impl IsContended for StoreError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Contended)
    }
}

fn checked_out(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>> {
    pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Makes the other writers of the area wait; whether this one may have waited for them. SQLite has
/// one writer at a time anyway.
fn waited(tx: &mut Tx, area: Area) -> Result<bool> {
    let Tx::Postgres(connection) = tx else { return Ok(false) };
    match area {
        Area::Operation(id) => {
            diesel::sql_query("SELECT id FROM operations WHERE id = $1 FOR UPDATE")
                .bind::<Guid, _>(RowId(id))
                .execute(connection)?;
        }
        Area::Installation => {
            diesel::sql_query("SELECT id FROM installation FOR UPDATE").execute(connection)?;
        }
        Area::Sequence => {
            diesel::sql_query("SELECT id FROM audit_sequencer FOR UPDATE").execute(connection)?;
        }
        Area::Log => {}
    }
    Ok(true)
}

fn transaction<T, E: From<StoreError>>(
    tx: &mut Tx,
    (begin_postgres, begin_sqlite): (&str, &str),
    work: impl FnOnce(&mut Tx) -> Result<T, E>,
) -> Result<T, E> {
    match tx {
        Tx::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, begin_postgres),
        Tx::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, begin_sqlite),
    }
    .map_err(StoreError::from)?;
    let done = work(tx);
    let ended = match (tx, &done) {
        (Tx::Postgres(c), Ok(_)) => AnsiTransactionManager::commit_transaction(c),
        (Tx::Sqlite(c), Ok(_)) => AnsiTransactionManager::commit_transaction(c),
        (Tx::Postgres(c), Err(_)) => AnsiTransactionManager::rollback_transaction(c),
        (Tx::Sqlite(c), Err(_)) => AnsiTransactionManager::rollback_transaction(c),
    };
    match (done, ended) {
        (Ok(value), Ok(())) => Ok(value),
        (Ok(_), Err(error)) => Err(StoreError::from(error).into()),
        (Err(error), _) => Err(error),
    }
}

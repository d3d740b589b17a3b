//! A real PostgreSQL server for the integration tests, started by the tests themselves.
//!
//! Only a real server shows what the store does on one, and a test must not need a server that
//! somebody has set up before. So each test process starts its own cluster, in a directory of
//! its own, the first time that a test asks for it. A missing PostgreSQL is a failure and never
//! a reason to skip: tests that are skipped in silence are believed to pass.
//!
//! Nothing drops a static when a process ends, and no destructor runs in one that is killed. So
//! the server is a child of a *keeper*, a small shell script whose standard input is a pipe from
//! the test process. However that process ends, the system closes the pipe, and the keeper stops
//! the server and removes the directory. If the keeper itself is killed, the system kills the
//! server (`setpriv --pdeathsig`).

use std::{
    env,
    ffi::OsStr,
    fs::{self, DirBuilder, File},
    io,
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{DirBuilderExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

/// The role that owns everything, and that tests connect as: nobody needs a password.
pub const USER: &str = "concord";

/// The oldest major version that the store supports.
const MAJOR_MIN: u32 = 15;

/// Where Debian installs the server, by major version, outside of the search path.
const DEBIAN_ROOT: &str = "/usr/lib/postgresql";

/// The account that runs the server if the tests run as root, which PostgreSQL refuses to.
const ACCOUNT: &str = "postgres";

/// How long a slow machine may take to start the server.
const START_TIME_MAX: Duration = Duration::from_secs(60);

/// How often another port is tried, as any other process may take the one that was free.
const ATTEMPTS_MAX: u32 = 5;

/// The longest name that PostgreSQL does not cut short, in bytes.
const NAME_BYTES_MAX: usize = 63;

/// Makes the data directory unless it is there, runs the server, and stops it when standard input
/// ends. Nothing is ever written to that: `read` only waits.
///
/// The signal is sent until the server is gone, as a server that has only just been forked still
/// ignores it. `QUIT` is the immediate shutdown, where nobody will read the data again, and then
/// the directory goes too; it stays until then, so that what the server has logged can be read.
const KEEPER: &str = r#"
trap '' HUP INT TERM
directory=$1 programs=$2 privileges=$3 user=$4 signal=$5
shift 5
exec 3<&0
if [ -e "$directory/data/PG_VERSION" ] || setpriv $privileges --pdeathsig KILL -- "$programs/initdb" -D "$directory/data" -U "$user" \
    --auth=trust -E UTF8 --locale=C --no-sync </dev/null >/dev/null 3<&-
then
    setpriv $privileges --pdeathsig KILL -- "$programs/postgres" -D "$directory/data" \
        -k "$directory" "$@" </dev/null 3<&- &
    server=$!
    {
        while read -r _; do :; done
        tries=0
        while [ ! -e "$directory/ended" ] && kill -s "$signal" "$server" 2>/dev/null; do
            tries=$((tries + 1))
            [ "$tries" -lt 600 ] || kill -s KILL "$server"
            sleep 0.1
        done
    } <&3 &
    wait "$server"
fi
: >"$directory/ended"
while read -r _; do :; done
wait
[ "$signal" = QUIT ] || exit 0
for _ in 1 2 3 4 5; do rm -rf "$directory" && break || sleep 1; done
"#;

/// What makes the server fast, quiet and the same everywhere. Durability is worth nothing here,
/// and without vacuum nobody but the tests is ever connected to a template.
const SETTINGS: [&str; 9] = [
    "listen_addresses=127.0.0.1",
    "max_connections=200",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "dynamic_shared_memory_type=mmap",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// A running PostgreSQL cluster, which ends with the test process.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
    /// Holds the pipe whose end tells the keeper that this process has ended.
    keeper: Child,
}

/// Whether the data goes with the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    Removed,
    Kept,
}

/// The cluster of this test process. The first call starts it, which takes about a second, and
/// all tests share it: each creates databases of its own.
///
/// # Panics
///
/// If there is no PostgreSQL, or if it does not start.
#[must_use]
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

impl Cluster {
    /// What to connect to a database with.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates a database, as a copy of the template if there is one: to copy a database that
    /// has been migrated once is much faster than to migrate each. Nobody may be connected to
    /// the template meanwhile.
    ///
    /// # Panics
    ///
    /// If PostgreSQL refuses, as when the database exists.
    #[track_caller]
    pub fn create(&self, database: &str, template: Option<&str>) {
        // The pristine one: what somebody leaves in template1 must not reach other tests.
        let template = template.unwrap_or("template0");
        self.execute(&format!("CREATE DATABASE {} TEMPLATE {}", quote(database), quote(template)));
    }

    /// Removes a database if it exists, and ends the connections to it.
    ///
    /// # Panics
    ///
    /// If PostgreSQL refuses.
    #[track_caller]
    pub fn drop_database(&self, database: &str) {
        self.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(database)));
    }

    #[track_caller]
    fn execute(&self, sql: &str) {
        self.query("postgres", sql);
    }

    /// What a database answers to some SQL: a line for each row, the columns apart by `|`.
    ///
    /// # Panics
    ///
    /// If PostgreSQL refuses.
    #[track_caller]
    pub fn query(&self, database: &str, sql: &str) -> String {
        let mut psql = self.psql(database);
        let output = psql.args(["-c", sql]).output();
        let output = output.unwrap_or_else(|error| panic!("psql cannot be run: {error}"));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "PostgreSQL refuses {sql}:\n{errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// `psql` on a database, which stops at the first error.
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = command(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", &self.url(database)]);
        psql
    }

    /// A program that comes with PostgreSQL, beside the server or in the search path.
    pub fn program(&self, name: &str) -> Command {
        let beside = self.programs.join(name);
        command(if beside.is_file() { beside } else { PathBuf::from(name) })
    }

    /// The directory of the server, whose data is in `data`.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A cluster whose data is kept in a directory, with these settings.
    ///
    /// # Panics
    ///
    /// If there is no PostgreSQL, or if it does not start.
    #[must_use]
    pub fn kept(directory: &Path, settings: &[&str]) -> Self {
        let (programs, account) = (find_programs(), account());
        if !directory.exists() {
            create(directory, account.as_ref()).unwrap_or_else(|error| {
                panic!("{} cannot be created: {error}", directory.display())
            });
        }
        let directory = directory.canonicalize().unwrap_or_else(|error| panic!("{error}"));
        let _ = fs::remove_file(directory.join("ended"));
        let port = free_port();
        let how = (settings, Data::Kept);
        let keeper = spawn_keeper(&programs, account.as_ref(), (&directory, port), how);
        let ready = wait_until_ready(&programs, &directory, port);
        assert!(ready.is_ok(), "PostgreSQL did not start in {}", directory.display());
        Self { programs, directory, port, keeper }
    }

    /// Stops the server, and waits until it is gone.
    pub fn stop(mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
    }

    fn start() -> Self {
        let programs = find_programs();
        let account = account();
        for _ in 0..ATTEMPTS_MAX {
            if let Some(cluster) = Self::attempt(&programs, account.as_ref()) {
                return cluster;
            }
        }
        panic!("PostgreSQL found its port taken {ATTEMPTS_MAX} times over");
    }

    /// Starts a server in a new directory, on a port that is free now: none if it no longer is.
    fn attempt(programs: &Path, account: Option<&Account>) -> Option<Self> {
        let directory = create_directory(account);
        let port = free_port();
        let how = (&SETTINGS[..], Data::Removed);
        let mut keeper = spawn_keeper(programs, account, (&directory, port), how);
        if let Err(log) = wait_until_ready(programs, &directory, port) {
            // This closes the pipe first, so the directory is gone afterwards.
            drop(keeper.wait());
            assert!(log.contains("Address already in use"), "PostgreSQL did not start:\n{log}");
            return None;
        }
        Some(Self { programs: programs.to_owned(), directory, port, keeper })
    }
}

/// A system account: the ids are for the directory, which it must own.
struct Account {
    uid: u32,
    gid: u32,
}

/// Who runs the server: this process itself (none), unless it is root.
fn account() -> Option<Account> {
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let account = id(&["-u", ACCOUNT]).zip(id(&["-g", ACCOUNT]));
    let (uid, gid) = account.unwrap_or_else(|| {
        panic!(
            "PostgreSQL does not run as root, and the account {ACCOUNT} that would run it is \
             missing. Run the tests as another user, or: apt-get install postgresql"
        )
    });
    Some(Account { uid, gid })
}

/// What `id` prints, which is the only way to ask the system without unsafe code.
fn id(arguments: &[&str]) -> Option<u32> {
    let output = command("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The directory of a PostgreSQL that has all its programs: the first in the search path that is
/// new enough, or else the newest that Debian has installed.
fn find_programs() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut installed: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN_ROOT)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    installed.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    directories.extend(installed.into_iter().map(|(_, directory)| directory));
    directories.into_iter().find(|directory| is_usable(directory)).unwrap_or_else(|| {
        panic!(
            "There is no PostgreSQL {MAJOR_MIN} or newer (initdb, postgres, pg_isready and psql), \
             neither in PATH nor in {DEBIAN_ROOT}/*/bin. Run tests/setup, or: apt-get install \
             postgresql"
        )
    })
}

fn is_usable(directory: &Path) -> bool {
    // The server runs in another directory, where a relative entry of PATH leads elsewhere.
    directory.is_absolute()
        && ["initdb", "pg_isready", "psql"].iter().all(|name| directory.join(name).is_file())
        && major(&directory.join("postgres")).is_some_and(|major| major >= MAJOR_MIN)
}

/// The major version that `postgres` tells: `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major(postgres: &Path) -> Option<u32> {
    let output = command(postgres).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.split_whitespace().nth(2)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A new directory that only the server may enter.
fn create_directory(account: Option<&Account>) -> PathBuf {
    let parent = env::temp_dir();
    let mut number = 0_u32;
    loop {
        let directory = parent.join(format!("concord-postgres-{}-{number}", process::id()));
        match create(&directory, account) {
            Ok(()) => break directory,
            // Left by a process that had the same id.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => panic!("{} cannot be created: {error}", directory.display()),
        }
    }
}

fn create(directory: &Path, account: Option<&Account>) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(directory)?;
    match account {
        Some(Account { uid, gid }) => chown(directory, Some(*uid), Some(*gid)),
        None => Ok(()),
    }
}

/// Starts what makes, guards and ends the server.
///
/// It is in a process group of its own, so that an interrupt at the terminal does not end it.
fn spawn_keeper(
    programs: &Path,
    account: Option<&Account>,
    (directory, port): (&Path, u16),
    (settings, data): (&[&str], Data),
) -> Child {
    let signal = if data == Data::Kept { "INT" } else { "QUIT" };
    let log = directory.join("log");
    let log = File::create(&log)
        .and_then(|log| Ok((log.try_clone()?, log)))
        .unwrap_or_else(|error| panic!("{} cannot be created: {error}", log.display()));
    // With no other groups than its own, which may be those of root.
    let privileges =
        account.map(|Account { uid, gid }| format!("--reuid={uid} --regid={gid} --clear-groups"));
    let mut keeper = command("sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(directory).arg(programs);
    keeper.arg(privileges.unwrap_or_default()).args([USER, signal, "-p", &port.to_string()]);
    keeper.args(settings.iter().flat_map(|setting| ["-c", setting]));
    keeper.current_dir(directory).process_group(0);
    keeper.stdin(Stdio::piped()).stdout(log.0).stderr(log.1);
    keeper.spawn().unwrap_or_else(|error| panic!("sh cannot be run: {error}"))
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .unwrap_or_else(|error| panic!("no port is free on 127.0.0.1: {error}"))
        .port()
}

/// Waits until the server answers, or tells what it has logged if it has ended.
///
/// It is asked through the socket in its own directory: behind the port there may be another one.
fn wait_until_ready(programs: &Path, directory: &Path, port: u16) -> Result<(), String> {
    let end = Instant::now() + START_TIME_MAX;
    let mut ask = command(programs.join("pg_isready"));
    ask.arg("-q").arg("-h").arg(directory).args(["-p", &port.to_string()]);
    loop {
        if ask.status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
        let ended = directory.join("ended").exists();
        if ended || Instant::now() > end {
            let log = fs::read(directory.join("log")).unwrap_or_default();
            return Err(String::from_utf8_lossy(&log).into_owned());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// A command that no setting of the user's own PostgreSQL reaches, and that answers in English.
fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// A name as SQL takes it. Other names than these would not be the same in a URL.
#[track_caller]
fn quote(name: &str) -> String {
    let plain = name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    assert!(
        plain && (1..=NAME_BYTES_MAX).contains(&name.len()),
        "{name:?} is no name of a test database: 1 to {NAME_BYTES_MAX} of a-z, 0-9 and _"
    );
    format!("\"{name}\"")
}

//! Where things are kept, and the application that works on them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use clap::Args;
use concord_app::{
    App, RandomIds, SystemClock,
    audit::Doing,
    auth,
    lock_down::{self, Wish},
};
use concord_store::Store;

use crate::{
    keys::{FileKeys, KeyFile},
    server_key::ServerKeyFile,
};

/// Where the database and the secrets are
#[derive(Args, Clone)]
pub struct Place {
    /// The database: `postgres://…`, or the path of an SQLite file
    #[arg(
        long,
        env = "CONCORD_DATABASE",
        default_value = "var/concord.sqlite",
        hide_env_values = true
    )]
    pub database: String,
    #[command(flatten)]
    pub keys: KeyFile,
    #[command(flatten)]
    pub server_key: ServerKeyFile,
    /// A file that locks the installation down as soon as it is there, whatever is in it
    #[arg(long, env = "CONCORD_LOCK_DOWN_FILE", default_value = "var/lock-down")]
    pub lock_down_file: PathBuf,
    /// How many connections to the database are kept
    #[arg(long, env = "CONCORD_CONNECTIONS", default_value_t = 8)]
    pub connections: u32,
}

/// What an installation may be when a command works on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It must not be locked down.
    Open,
    /// It may be.
    LockedDownOrNot,
}

impl Place {
    /// The application on this database, to do something that is recorded under this code.
    pub fn open(&self, action: &'static str, standing: Standing) -> Result<App, String> {
        let store = self.store()?.with_key(self.server_key.clone());
        let app = self.app(action, store.map_err(|error| error.to_string())?)?;
        if standing == Standing::Open
            && lock_down::since(&app).map_err(|error| error.to_string())?.is_some()
        {
            return Err("this installation is locked down; `concord lock-down lift` opens it \
                        again"
                .to_owned());
        }
        Ok(app)
    }

    /// The application on this database, which reads and writes no free texts.
    pub fn open_without_key(&self, action: &'static str) -> Result<App, String> {
        self.app(action, self.store()?)
    }

    fn app(&self, action: &'static str, store: Store) -> Result<App, String> {
        Ok(App {
            store,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            keys: Arc::new(FileKeys::open(&self.keys)?),
            throttle: Arc::new(auth::Throttle::default()),
            provider: None,
            relying_party: None,
            smtp: None,
            doing: Doing::own(action),
        })
    }

    /// Looks whether the installation is locked down, now and as long as the server runs.
    pub fn watch(&self, app: &App) -> Result<(), String> {
        let (file, app) = (self.lock_down_file.clone(), app.clone());
        let look = move || {
            // Whether it cannot be seen or is not there, it is the database that says.
            let is_there = file.try_exists().unwrap_or_default();
            let wish = if is_there { Wish::LockDown } else { Wish::Nothing };
            let was_locked = app.store.keys().is_locked();
            let looked = lock_down::look(&app, wish);
            match (was_locked, app.store.keys().is_locked()) {
                (false, true) => tracing::warn!("the installation is locked down"),
                (true, false) => tracing::warn!("the lock-down is lifted"),
                _ => {}
            }
            looked
        };
        look().map_err(|error| error.to_string())?;
        let every = Duration::from_millis(lock_down::LOOK_EVERY_MS);
        thread::spawn(move || {
            loop {
                thread::sleep(every);
                if let Err(error) = look() {
                    tracing::error!(%error, "it cannot be seen whether there is a lock-down");
                }
            }
        });
        Ok(())
    }

    /// The database, made if it is a file that is not there.
    pub fn store(&self) -> Result<Store, String> {
        let is_file = !self.database.contains("://") || self.database.starts_with("sqlite://");
        if is_file {
            let path = self.database.strip_prefix("sqlite://").unwrap_or(&self.database);
            make_folder_of(Path::new(path))?;
            if !Path::new(path).exists() {
                write_secret(Path::new(path), &[])?;
            }
        }
        Store::open(&self.database, self.connections.clamp(1, 64))
            .map_err(|error| format!("{error}; check --database"))
    }
}

/// Makes the folder in which a file is to be.
pub fn make_folder_of(path: &Path) -> Result<(), String> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::create_dir_all(folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display())),
        _ => Ok(()),
    }
}

/// Writes a new file that only its owner can read.
pub fn write_secret(path: &Path, content: &[u8]) -> Result<(), String> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

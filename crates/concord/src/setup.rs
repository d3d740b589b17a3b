//! Where things are kept, and the application that works on them.

use std::{fs, io::Write, path::Path, sync::Arc};

use clap::Args;
use concord_app::{App, RandomIds, SystemClock, audit::Doing, auth};
use concord_store::Store;

use crate::keys::{FileKeys, KeyFile};

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
    /// How many connections to the database are kept
    #[arg(long, env = "CONCORD_CONNECTIONS", default_value_t = 8)]
    pub connections: u32,
}

impl Place {
    /// The application on this database, to do something that is recorded under this code.
    pub fn open(&self, action: &'static str) -> Result<App, String> {
        let is_file = !self.database.contains("://") || self.database.starts_with("sqlite://");
        if is_file {
            let path = self.database.strip_prefix("sqlite://").unwrap_or(&self.database);
            make_folder_of(Path::new(path))?;
            if !Path::new(path).exists() {
                write_secret(Path::new(path), &[])?;
            }
        }
        let store = Store::open(&self.database, self.connections.clamp(1, 64))
            .map_err(|error| format!("{error}; check --database"))?;
        let keys = FileKeys::open(&self.keys)?;
        Ok(App {
            store,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            keys: Arc::new(keys),
            throttle: Arc::new(auth::Throttle::default()),
            doing: Doing::own(action),
        })
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

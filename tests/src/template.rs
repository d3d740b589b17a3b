//! A registry as it stands, of which copies are made: much faster than making each anew.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use concord_app::Clock;
use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

use crate::{Database, Outside, Registry, SERVER_KEY, SIGNING_KEY, place, postgres};

/// The file of a database with SQLite.
const FILE: &str = "registry.sqlite";
/// How long a server may take to close its connections.
const CLOSING_TIME_MAX: Duration = Duration::from_secs(60);

/// A registry as it stood.
pub struct Template {
    database: Database,
    /// Of the database, on PostgreSQL.
    name: String,
    folder: PathBuf,
    now: DateTime<Utc>,
    outside: Outside,
}

impl Template {
    /// A registry as it stands, which ends with this.
    pub fn of(registry: Registry) -> Self {
        let (mut name, folder) = place();
        for key in [SIGNING_KEY, SERVER_KEY] {
            fs::copy(registry.folder.join(key), folder.join(key)).expect("a key is copied");
        }
        let (database, now) = (registry.database, registry.clock.now());
        match database {
            Database::Sqlite => {
                let mut from = SqliteConnection::establish(&registry.database_url).expect("opened");
                let to = folder.join(FILE);
                from.batch_execute(&format!("VACUUM INTO '{}'", to.display())).expect("copied");
            }
            Database::Postgres => {
                name = registry.database_url.rsplit('/').next().unwrap_or_default().to_owned();
            }
        }
        let (provider, smtp) = (registry.app.provider.clone(), registry.app.smtp.clone());
        let outside = Outside { provider, smtp };
        drop(registry);
        let template = Self { database, name, folder, now, outside };
        template.wait_until_alone();
        template
    }

    /// PostgreSQL copies no database that somebody is connected to.
    fn wait_until_alone(&self) {
        if self.database == Database::Sqlite {
            return;
        }
        let count =
            format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        let end = Instant::now() + CLOSING_TIME_MAX;
        while postgres::cluster().query("postgres", &count).trim() != "0" {
            assert!(Instant::now() < end, "the connections to {} stay open", self.name);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A registry of its own, in which everything is as it stood.
    pub fn copy(&self) -> Registry {
        let (name, folder) = place();
        for key in [SIGNING_KEY, SERVER_KEY] {
            fs::copy(self.folder.join(key), folder.join(key)).expect("a key is copied");
        }
        let database_url = match self.database {
            Database::Sqlite => {
                fs::copy(self.folder.join(FILE), folder.join(FILE)).expect("it is copied");
                folder.join(FILE).display().to_string()
            }
            Database::Postgres => {
                postgres::cluster().create(&name, Some(&self.name));
                postgres::cluster().url(&name)
            }
        };
        let then = (self.now, self.outside.clone());
        Registry::opened(self.database, (folder, database_url), then)
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

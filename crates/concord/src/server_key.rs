//! The server's key, which wraps the keys of the organisations: in a file, or in the environment,
//! and never in the database. Losing it is losing all free texts.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use clap::Args;
use concord_app::{App, sealing};
use concord_store::sealing::{ServerKey, ServerKeySource, ServerKeys};
use zeroize::Zeroizing;

use crate::{
    keys::{content, moved, owned_like},
    setup::{make_folder_of, write_secret},
};

/// Holds the key itself, instead of a file. It is no flag: flags are seen by everybody on a machine.
const VARIABLE: &str = "CONCORD_SERVER_KEY";

/// Where the server's key is
#[derive(Args, Clone)]
pub struct ServerKeyFile {
    /// The file with the server's key, without which no free text can be read; made for a new
    /// database. Keep a copy elsewhere than the copies of the database. `CONCORD_SERVER_KEY` can
    /// hold the key itself instead
    #[arg(long, env = "CONCORD_SERVER_KEY_FILE", default_value = "var/server-key")]
    server_key_file: PathBuf,
}

impl ServerKeySource for ServerKeyFile {
    fn place(&self) -> String {
        match env::var_os(VARIABLE) {
            Some(_) => VARIABLE.to_owned(),
            None => self.server_key_file.display().to_string(),
        }
    }

    fn read(&self) -> Result<Option<ServerKeys>, String> {
        if let Some(written) = env::var_os(VARIABLE) {
            let written = Zeroizing::new(written.into_encoded_bytes());
            return parsed(&written).map(Some);
        }
        let written = content(&self.server_key_file)?.map(Zeroizing::new);
        written.map(|written| parsed(&written)).transpose()
    }

    fn make(&self) -> Result<ServerKeys, String> {
        make_folder_of(&self.server_key_file)?;
        write_secret(&self.server_key_file, new_key()?.as_bytes())?;
        kept(&self.server_key_file)?;
        self.read()?.ok_or_else(|| "it has gone".to_owned())
    }
}

impl ServerKeyFile {
    /// Lets a new key wrap the keys of all organisations, and destroys the one that did. From the
    /// environment the new one comes first, and the one that did after it.
    pub fn rotate(&self, app: &App) -> Result<(String, usize), String> {
        let told = |error: concord_store::StoreError| error.to_string();
        if env::var_os(VARIABLE).is_some() {
            return sealing::rewrap(app).map_err(told);
        }
        let file = &self.server_key_file;
        let former = content(file)?.map(Zeroizing::new);
        let former = former.ok_or_else(|| format!("{} has gone", file.display()))?;
        // It is also what keeps two from doing this at once.
        let next = file.with_extension("next");
        let new = new_key()?;
        let mut both = Zeroizing::new(new.as_bytes().to_vec());
        both.extend_from_slice(&former);
        write_secret(&next, &both).map_err(|error| {
            format!("{error}: another rotation runs, or was broken off; if none runs, remove it")
        })?;
        owned_like(file, &next)?;
        // Until all keys are wrapped by the new one, both stand there: it can be broken off at any
        // moment, and done again.
        moved(&next, file)?;
        kept(file)?;
        let done = sealing::rewrap(app).map_err(told)?;
        write_secret(&next, new.as_bytes())?;
        owned_like(file, &next)?;
        moved(&next, file)?;
        kept(file)?;
        Ok(done)
    }
}

fn new_key() -> Result<Zeroizing<String>, String> {
    let mut key = ServerKey::generate().map_err(|error| error.to_string())?;
    key.push('\n');
    Ok(key)
}

fn parsed(written: &[u8]) -> Result<ServerKeys, String> {
    let text = str::from_utf8(written).map_err(|_| "a server key is text".to_owned())?;
    ServerKeys::parse(text)
}

/// Makes sure that a file stays where it was put even if the machine fails now: what it wraps is
/// written next.
fn kept(file: &Path) -> Result<(), String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    // Windows knows no such thing.
    if cfg!(unix) {
        synced.map_err(|error| format!("{} cannot be kept: {error}", folder.display()))?;
    }
    Ok(())
}

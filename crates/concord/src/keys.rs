//! The signing key in its file, the former ones and the key of the audit log beside it, and how another one is brought in
//! while servers run.
//!
//! The private key stands in one file and nowhere else. Of the former keys the public halves
//! alone are kept, so that a key that signs no more can be found nowhere.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use chrono::NaiveDateTime;
use clap::Args;
use concord_app::{
    audit::checkpoint::CheckpointKey,
    auth::{FormerKeys, KeyRing, Keys},
};

use crate::setup::{make_folder_of, write_secret};

/// Where the signing key is
#[derive(Args, Clone)]
pub struct KeyFile {
    /// The file with the key that tokens are signed with; made if it is not there
    #[arg(long, env = "CONCORD_SIGNING_KEY", default_value = "var/signing-key.pk8")]
    signing_key: PathBuf,
}

/// What becomes of what the former keys signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// It holds until it ends by itself.
    Verifies,
    /// It holds no more.
    Refused,
}

impl KeyFile {
    /// The keys, made if there are none.
    pub fn open(&self) -> Result<KeyRing, String> {
        if let Some(ring) = self.read()? {
            return Ok(ring);
        }
        make_folder_of(&self.signing_key)?;
        write_secret(&self.signing_key, &new_key()?)?;
        self.read()?.ok_or_else(|| format!("{} has gone", self.signing_key.display()))
    }

    /// The key that signs what the audit log is, made if there is none. It is not rotated with the
    /// other: whoever was given a checkpoint verifies it for years.
    pub fn checkpoints(&self) -> Result<CheckpointKey, String> {
        let path = self.beside("audit.pk8");
        if content(&path)?.is_none() {
            make_folder_of(&path)?;
            write_secret(&path, &new_key()?)?;
        }
        let pkcs8 = content(&path)?.ok_or_else(|| format!("{} has gone", path.display()))?;
        CheckpointKey::new(&pkcs8).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The keys that are there.
    pub fn read(&self) -> Result<Option<KeyRing>, String> {
        let Some(signing) = content(&self.signing_key)? else { return Ok(None) };
        let beside = self.beside("former.json");
        let former = match content(&beside)? {
            Some(json) => serde_json::from_slice(&json)
                .map_err(|error| format!("{}: {error}", beside.display()))?,
            None => FormerKeys::default(),
        };
        let told = |error| format!("{}: {error}", self.signing_key.display());
        KeyRing::new(&signing, &former).map(Some).map_err(told)
    }

    /// Lets a new key sign, and destroys the one that did.
    pub fn rotate(&self, former: Former, now: NaiveDateTime) -> Result<KeyRing, String> {
        let signing = self.open()?;
        // It is also what keeps two from doing this at once.
        let next = self.beside("next");
        if next.exists() {
            let next = next.display();
            return Err(format!(
                "{next} is there: another rotation runs, or was broken off; \
                                if none runs, remove it and try again"
            ));
        }
        write_secret(&next, &new_key()?)?;
        owned_like(&self.signing_key, &next)?;
        let kept = match former {
            Former::Verifies => signing.former_after_rotation(now),
            Former::Refused => FormerKeys::default(),
        };
        // First the former keys: at no moment is the key unknown by which a server has signed.
        self.replace_former(&kept)?;
        moved(&next, &self.signing_key)?;
        self.open()
    }

    fn replace_former(&self, former: &FormerKeys) -> Result<(), String> {
        let json = serde_json::to_vec_pretty(former).map_err(|error| error.to_string())?;
        let (written, former) = (self.beside("former.next"), self.beside("former.json"));
        let _ = fs::remove_file(&written);
        write_secret(&written, &json)?;
        owned_like(&self.signing_key, &written)?;
        moved(&written, &former)
    }

    /// A file that belongs to the key, in the same folder.
    fn beside(&self, extension: &str) -> PathBuf {
        self.signing_key.with_extension(extension)
    }
}

fn new_key() -> Result<Vec<u8>, String> {
    KeyRing::generate().map_err(|error| error.to_string())
}

/// What is in a file, if it is there.
pub fn content(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(|error| format!("{}: {error}", path.display())),
    }
}

/// Gives a file to whom another belongs, so that the server can read what somebody else rotated.
#[cfg(unix)]
pub fn owned_like(known: &Path, new: &Path) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, chown};
    let given = fs::metadata(known)
        .and_then(|file| chown(new, Some(file.uid()), Some(file.gid())))
        .or_else(|error| fs::remove_file(new).and(Err(error)));
    let known = known.display();
    given.map_err(|error| format!("run this as whom {known} belongs to: {error}"))
}

#[cfg(not(unix))]
pub fn owned_like(_: &Path, _: &Path) -> Result<(), String> {
    Ok(())
}

/// Puts a file in the place of another.
pub fn moved(from: &Path, to: &Path) -> Result<(), String> {
    let moved = fs::rename(from, to);
    moved.map_err(|error| format!("{} cannot be replaced: {error}", to.display()))
}

/// The keys of a file, which are read again when the file is another one.
pub struct FileKeys {
    file: KeyFile,
    read: Mutex<(Option<Stamp>, Arc<KeyRing>)>,
    checkpoints: Arc<CheckpointKey>,
}

/// By what a file is known from the one that stood in its place.
type Stamp = (Option<SystemTime>, u64, u64);

impl FileKeys {
    /// The keys, made if there are none.
    pub fn open(file: &KeyFile) -> Result<Self, String> {
        let stamp = stamp(&file.signing_key);
        let ring = Arc::new(file.open()?);
        let checkpoints = Arc::new(file.checkpoints()?);
        Ok(Self { file: file.clone(), read: Mutex::new((stamp, ring)), checkpoints })
    }
}

impl Keys for FileKeys {
    /// Looks at the file each time, which takes microseconds, so that all servers that share it
    /// know a new key with the next request.
    fn ring(&self) -> Arc<KeyRing> {
        let now = stamp(&self.file.signing_key);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_some() && now != read.0 {
            read.0 = now;
            match self.file.read() {
                Ok(Some(ring)) => read.1 = Arc::new(ring),
                // It is being replaced.
                Ok(None) => read.0 = None,
                Err(error) => {
                    tracing::error!(error, "the signing key cannot be read; the last one is used");
                }
            }
        }
        Arc::clone(&read.1)
    }

    fn checkpoints(&self) -> Arc<CheckpointKey> {
        Arc::clone(&self.checkpoints)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|file| (file.modified().ok(), file.len(), number(&file)))
}

#[cfg(unix)]
fn number(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

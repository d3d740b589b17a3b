//! Checkpoints: that a log of so many records is this one, signed, as C2SP's `tlog-checkpoint` and
//! `signed-note` say it. Whoever keeps one elsewhere can tell later whether the log was rewritten.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{NaiveDateTime, SecondsFormat};
use concord_store::{
    Area, Tx,
    audit::{self as kept, Hash},
};
use uuid::Uuid;

use super::{sha256, tree::Tree};
use crate::{
    App,
    auth::hex,
    error::{Error, Result},
};

/// By which name the key signs.
const NAME: &str = "concord-audit";
/// That a key is of Ed25519, in the terms of signed notes.
const OF_ED25519: u8 = 1;

/// The key that signs checkpoints and nothing else.
pub struct CheckpointKey(Ed25519KeyPair);

impl CheckpointKey {
    /// The key that stands in PKCS#8.
    ///
    /// # Errors
    /// When it is no Ed25519 key.
    pub fn new(pkcs8: &[u8]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8);
        let told = |_| Error::Internal("the key of the checkpoints is no Ed25519 key".to_owned());
        pair.map(Self).map_err(told)
    }

    /// The public key, as whoever verifies is given it.
    #[must_use]
    pub fn verifier(&self) -> String {
        let public = self.0.public_key().as_ref();
        let key = [&[OF_ED25519], public].concat();
        format!("{NAME}+{}+{}", hex(&key_id(NAME, public)), BASE64.encode(key))
    }

    fn signed(&self, text: &str) -> String {
        let id = key_id(NAME, self.0.public_key().as_ref());
        let signature = [&id, self.0.sign(text.as_bytes()).as_ref()].concat();
        format!("{text}\n\u{2014} {NAME} {}\n", BASE64.encode(signature))
    }
}

fn key_id(name: &str, public: &[u8]) -> [u8; 4] {
    let hash = sha256(&[name.as_bytes(), b"\n", &[OF_ED25519], public]);
    [hash[0], hash[1], hash[2], hash[3]]
}

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which log.
    pub origin: String,
    /// Of how many records.
    pub size: u64,
    /// The root of their Merkle tree.
    pub root: Hash,
    /// The chained hash of the last of them.
    pub chain: Hash,
}

/// What a log is called in its checkpoints.
#[must_use]
pub fn origin(log: Uuid) -> String {
    format!("concord/{log}")
}

impl Checkpoint {
    fn text(&self, at: NaiveDateTime) -> String {
        let at = at.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true);
        let (root, chain) = (BASE64.encode(self.root), BASE64.encode(self.chain));
        format!("{}\n{}\n{root}\nchain {chain}\ntime {at}\n", self.origin, self.size)
    }

    /// What a checkpoint says, if the key signed it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn open(note: &str, verifier: &str) -> Result<Self, String> {
        let (name, public) = read_verifier(verifier)?;
        let (text, signatures) =
            note.rsplit_once("\n\n").ok_or("the checkpoint is no signed note")?;
        let text = format!("{text}\n");
        let id = key_id(name, &public);
        let of_key = |line: &str| {
            let (by, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let signature = BASE64.decode(signature).ok().filter(|_| by == name)?;
            signature.strip_prefix(&id).map(<[u8]>::to_vec)
        };
        let key = UnparsedPublicKey::new(&ED25519, &public);
        let holds = |signature: Vec<u8>| key.verify(text.as_bytes(), &signature).is_ok();
        if !signatures.lines().filter_map(of_key).any(holds) {
            return Err("the checkpoint is not signed by this key".to_owned());
        }
        Self::read(&text).ok_or_else(|| "the checkpoint is signed, and says nothing".to_owned())
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let origin = lines.next()?.to_owned();
        let size = lines.next()?.parse().ok()?;
        let hash = |encoded: &str| Hash::try_from(BASE64.decode(encoded).ok()?).ok();
        let root = hash(lines.next()?)?;
        let chain = hash(lines.find_map(|line| line.strip_prefix("chain "))?)?;
        Some(Self { origin, size, root, chain })
    }
}

/// The name and the key in a verifier key.
fn read_verifier(verifier: &str) -> Result<(&str, Vec<u8>), String> {
    let told = "a verifier key is a name, `+`, an id, `+` and a key; see `concord audit key`";
    let mut parts = verifier.trim().splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(told.to_owned());
    };
    let key = BASE64.decode(key).map_err(|_| told.to_owned())?;
    match key.split_first() {
        Some((&OF_ED25519, public)) if hex(&key_id(name, public)) == id => {
            Ok((name, public.to_vec()))
        }
        _ => Err(told.to_owned()),
    }
}

/// Signs what a log is now, and keeps that. What was signed already is not signed again.
///
/// # Errors
/// [`Error::Conflict`] if the log is empty.
#[expect(clippy::disallowed_methods, reason = "what is signed of the log is none of its records")]
pub fn make(app: &App, log: Uuid) -> Result<String> {
    app.store.write(Area::Sequence, |tx| {
        let Some((last, chain)) = kept::head(tx, log)? else {
            return Err(Error::Conflict("nothing is in this log yet".to_owned()));
        };
        let size = last + 1;
        match kept::last_checkpoint(tx, log)? {
            Some((known, _, note)) if known == size => return Ok(note),
            _ => {}
        }
        let root = Tree::of(kept::hashes(tx, log, size)?).root();
        let size_of = u64::try_from(size).unwrap_or_default();
        let checkpoint = Checkpoint { origin: origin(log), size: size_of, root, chain };
        let note = app.keys.checkpoints().signed(&checkpoint.text(app.now()));
        kept::keep_checkpoint(tx, log, (size, app.now(), &note))?;
        Ok(note)
    })
}

/// Signs each log that was added to since a day before today.
///
/// # Errors
/// The store's own.
pub fn make_daily(app: &App) -> Result<()> {
    let is_due = |tx: &mut Tx, log, size| {
        let last = kept::last_checkpoint(tx, log)?;
        Ok::<_, Error>(last.is_none_or(|(of, at, _)| of < size && at.date() < app.today()))
    };
    let due = app.store.read(|tx| {
        let mut due = Vec::new();
        for (log, size) in kept::logs(tx)? {
            if is_due(tx, log, size)? {
                due.push(log);
            }
        }
        Ok::<_, Error>(due)
    })?;
    due.into_iter().try_for_each(|log| make(app, log).map(|_| ()))
}

//! The registry by which data is made: of what it is composed changes nothing of the data.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use concord_app::{
    App, Clock,
    audit::{Doing, checkpoint::CheckpointKey},
    auth,
};
use concord_domain::window::Day;
use concord_store::Store;
use concord_tests::{CountingIds, KeyInFile};

struct Noon(Day);

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        self.0.and_hms_opt(12, 0, 0).expect("a time").and_utc()
    }
}

/// The keys of one that signs nothing.
struct OneKey(Arc<auth::KeyRing>);

impl auth::Keys for OneKey {
    fn ring(&self) -> Arc<auth::KeyRing> {
        self.0.clone()
    }

    fn checkpoints(&self) -> Arc<CheckpointKey> {
        let key = auth::KeyRing::generate().expect("a key");
        Arc::new(CheckpointKey::new(&key).expect("it is a key"))
    }
}

/// The file with the key of the servers that are measured.
pub fn server_key() -> PathBuf {
    concord_tests::file("../target/bench/server-key")
}

/// The registry that makes the data, as of noon of a day.
pub fn open(file: &Path, day: Day) -> App {
    let key = auth::KeyRing::generate().expect("a key");
    let ring = auth::KeyRing::new(&key, &auth::FormerKeys::default()).expect("it is a key");
    App {
        store: Store::open(&file.display().to_string(), 1)
            .and_then(|store| store.with_key(KeyInFile(server_key())))
            .expect("the database opens"),
        clock: Arc::new(Noon(day)),
        ids: Arc::new(CountingIds::default()),
        keys: Arc::new(OneKey(Arc::new(ring))),
        throttle: Arc::new(auth::Throttle::default()),
        provider: None,
        relying_party: None,
        smtp: None,
        doing: Doing::own("serve"),
    }
}

//! The keys that are held in memory, where the server's comes from, and the wrapped ones in the
//! database. What is held can be dropped at any moment, and is then held no more.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
};

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use super::{
    TextOf,
    cipher::{DataKey, ServerKeys, new_key_id},
};
use crate::{
    connection::Tx,
    error::{Result, StoreError},
    schema::{installation as i, organization_keys as t},
    sql::RowId,
};

/// Where the server's key stands: outside of the database.
pub trait ServerKeySource: Send + Sync {
    /// Where that is, in words.
    fn place(&self) -> String;

    /// The keys that stand there; none if there are none.
    ///
    /// # Errors
    /// What is wrong, never the key.
    fn read(&self) -> Result<Option<ServerKeys>, String>;

    /// Makes one, where none stands.
    ///
    /// # Errors
    /// Why it cannot.
    fn make(&self) -> Result<ServerKeys, String>;
}

/// Where no key stands: what is sealed stays so.
pub struct NoServerKey;

impl ServerKeySource for NoServerKey {
    fn place(&self) -> String {
        "no place".to_owned()
    }

    fn read(&self) -> Result<Option<ServerKeys>, String> {
        Ok(None)
    }

    fn make(&self) -> Result<ServerKeys, String> {
        Err("this was opened without the server's key".to_owned())
    }
}

/// The keys of the organisations as far as they were needed, and the server's own.
pub struct OrganizationKeys {
    source: Box<dyn ServerKeySource>,
    is_locked: AtomicBool,
    times_locked: AtomicU64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    server: Option<ServerKeys>,
    /// By their ids: of which operation and owner, and the key.
    of_owners: HashMap<Uuid, (Uuid, Uuid, DataKey)>,
}

/// The name of the server's key that seals something; none for what stands in the clear.
pub(super) type ServerKeyOf = Option<String>;

/// A row: the id of the key, the wrapped key, the name of the server's key that wraps it.
type Row = (RowId, Vec<u8>, String);

impl OrganizationKeys {
    /// None yet; the server's comes from here.
    pub fn from(source: impl ServerKeySource + 'static) -> Self {
        let (is_locked, times_locked) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { source: Box::new(source), is_locked, times_locked, held: Mutex::default() }
    }

    /// Drops all keys, which are overwritten, and holds none until it is opened again.
    pub fn lock(&self) {
        let mut held = self.held();
        self.is_locked.store(true, SeqCst);
        self.times_locked.fetch_add(1, SeqCst);
        *held = Held::default();
    }

    /// The same, unless they are locked already.
    pub fn lock_once(&self) {
        if !self.is_locked() {
            self.lock();
        }
    }

    /// Lets keys be held again, unless they were locked since they had been so often: whoever found
    /// that they may be held may have looked before somebody locked them.
    pub fn open(&self, times_locked: u64) {
        let _held = self.held();
        if self.times_locked() == times_locked {
            self.is_locked.store(false, SeqCst);
        }
    }

    /// How often the keys were locked.
    #[must_use]
    pub fn times_locked(&self) -> u64 {
        self.times_locked.load(SeqCst)
    }

    /// Whether no key may be held.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_locked.load(SeqCst)
    }

    /// How many keys are held, the server's among them.
    #[must_use]
    pub fn count(&self) -> usize {
        let held = self.held();
        held.of_owners.len() + usize::from(held.server.is_some())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is held, unless nothing may be.
    fn open_held(&self) -> Result<MutexGuard<'_, Held>> {
        let held = self.held();
        if self.is_locked() { Err(StoreError::Locked) } else { Ok(held) }
    }

    /// Makes sure that the server's key is the one that a database belongs to; the first time, the
    /// database comes to belong to it.
    pub(crate) fn bind(&self, tx: &mut Tx) -> Result<()> {
        let belongs_to: Option<String> = i::table.select(i::server_key).first(tx)?;
        let there = self.source.read().map_err(|error| self.broken(&error))?;
        let keys = match (belongs_to, there) {
            (Some(name), None) => return Err(self.missing(&name)),
            (Some(name), Some(keys)) => {
                keys.named(&name).ok_or_else(|| self.wrong(&name))?;
                keys
            }
            (None, there) => {
                let made = there.map_or_else(|| self.source.make(), Ok);
                let keys = made.map_err(|error| self.broken(&error))?;
                let name = keys.first().name().to_owned();
                diesel::update(i::table).set(i::server_key.eq(Some(name))).execute(tx)?;
                keys
            }
        };
        self.open_held()?.server = Some(keys);
        Ok(())
    }

    fn missing(&self, name: &str) -> StoreError {
        let place = self.source.place();
        StoreError::Key(format!(
            "the free texts of this database are sealed, and the server's key `{name}` that opens \
             them is missing: put it back into {place}; no other key opens them"
        ))
    }

    fn wrong(&self, name: &str) -> StoreError {
        let place = self.source.place();
        StoreError::Key(format!(
            "the free texts of this database are sealed with the server's key `{name}`, and {place} \
             holds another one: put the right one there"
        ))
    }

    fn broken(&self, error: &str) -> StoreError {
        StoreError::Key(format!("{}: {error}", self.source.place()))
    }

    /// The server's keys, one of which has this name.
    pub(super) fn server_keys(&self, name: &str) -> Result<ServerKeys> {
        if let Some(keys) = self.open_held()?.server.as_ref().filter(|k| k.named(name).is_some()) {
            return Ok(keys.clone());
        }
        // Another one may have taken its place since.
        let read = self.source.read().map_err(|error| self.broken(&error))?;
        let keys = read.ok_or_else(|| self.missing(name))?;
        self.open_held()?.server = Some(keys.clone());
        if keys.named(name).is_some() { Ok(keys) } else { Err(self.wrong(name)) }
    }

    /// The server's keys as they stand now where they come from.
    pub(super) fn read_anew(&self) -> Result<ServerKeys> {
        let read = self.source.read().map_err(|error| self.broken(&error))?;
        let keys = read.ok_or_else(|| self.missing("any"))?;
        self.open_held()?.server = Some(keys.clone());
        Ok(keys)
    }

    /// The key with which a text is sealed.
    pub(super) fn of_text(&self, tx: &mut Tx, of: &TextOf, id: Uuid) -> Result<DataKey> {
        if let Some((operation, owner, key)) = self.open_held()?.of_owners.get(&id)
            && (*operation, *owner) == (of.operation, of.owner)
        {
            return Ok(key.clone());
        }
        let there = t::table
            .filter(t::operation_id.eq(RowId(of.operation)))
            .filter(t::owner_id.eq(RowId(of.owner)))
            .filter(t::id.eq(RowId(id)))
            .select((t::id, t::wrapped, t::server_key));
        let row: Option<Row> = there.first(tx).optional()?;
        let row = row.ok_or_else(|| {
            of.corrupt("they are sealed with a key that is not their organisation's")
        })?;
        Ok(self.unwrapped((of.operation, of.owner), row)?.1)
    }

    /// The key of an owner, if there is one.
    pub(super) fn find(
        &self,
        tx: &mut Tx,
        (operation, owner): (Uuid, Uuid),
    ) -> Result<Option<(Uuid, DataKey)>> {
        let there = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::owner_id.eq(RowId(owner)))
            .select((t::id, t::wrapped, t::server_key));
        let row: Option<Row> = there.first(tx).optional()?;
        row.map(|row| self.unwrapped((operation, owner), row)).transpose()
    }

    /// The key that seals for an owner, made if there is none. Whoever writes in the operation
    /// keeps others from doing so, so nobody else makes one meanwhile.
    pub(super) fn sealing(&self, tx: &mut Tx, owner: (Uuid, Uuid)) -> Result<(Uuid, DataKey)> {
        match self.find(tx, owner)? {
            Some(found) => Ok(found),
            None => self.make(tx, owner),
        }
    }

    fn unwrapped(
        &self,
        (operation, owner): (Uuid, Uuid),
        (RowId(id), wrapped, server_key): Row,
    ) -> Result<(Uuid, DataKey)> {
        if let Some((.., key)) = self.open_held()?.of_owners.get(&id) {
            return Ok((id, key.clone()));
        }
        let keys = self.server_keys(&server_key)?;
        let opened =
            keys.named(&server_key).and_then(|k| k.unwrap((operation, owner, id), &wrapped));
        let key = opened.ok_or_else(|| {
            StoreError::Corrupt(format!("the wrapped key {id} of {owner} is not what was written"))
        })?;
        self.open_held()?.of_owners.insert(id, (operation, owner, key.clone()));
        Ok((id, key))
    }

    /// Makes the key of an owner, in the place of the one that there may be.
    pub(super) fn make(
        &self,
        tx: &mut Tx,
        (operation, owner): (Uuid, Uuid),
    ) -> Result<(Uuid, DataKey)> {
        let keys = self.server_keys(&wrapping(tx)?)?;
        let (id, key) = (new_key_id(), DataKey::random()?);
        let wrapped = keys.first().wrap((operation, owner, id), &key)?;
        let values = (
            t::id.eq(RowId(id)),
            t::wrapped.eq(wrapped),
            t::server_key.eq(keys.first().name().to_owned()),
        );
        let there = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::owner_id.eq(RowId(owner)));
        if diesel::update(there).set(values.clone()).execute(tx)? == 0 {
            let row = (t::operation_id.eq(RowId(operation)), t::owner_id.eq(RowId(owner)), values);
            diesel::insert_into(t::table).values(row).execute(tx)?;
        }
        Ok((id, key))
    }
}

/// The name of the server's key that wraps now. Until this transaction ends no other key takes its
/// place, so that none is wrapped by one that is about to be destroyed.
pub(super) fn wrapping(tx: &mut Tx) -> Result<String> {
    if let Tx::Postgres(connection) = tx {
        diesel::sql_query("SELECT id FROM installation FOR SHARE").execute(connection)?;
    }
    let name: Option<String> = i::table.select(i::server_key).first(tx)?;
    name.ok_or_else(|| {
        StoreError::Key("this database was opened without the server's key".to_owned())
    })
}

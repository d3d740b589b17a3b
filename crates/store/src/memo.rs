//! Documents that the rules have read lately, by their text. A text always stands for the same
//! document, so what is remembered is never out of date: it only spares reading it again.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use concord_domain::document::{Document, restore_without_texts};

use crate::error::{Result, StoreError};

/// How many documents are remembered at least, and half of how many at most.
const REMEMBERED: usize = 2_048;

/// What was read lately, and before that.
pub(crate) struct Memo<T> {
    young: HashMap<String, Arc<T>>,
    old: HashMap<String, Arc<T>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<T> Memo<T> {
    fn find(&mut self, text: &str) -> Option<Arc<T>> {
        if let Some(known) = self.young.get(text) {
            return Some(Arc::clone(known));
        }
        let (text, known) = self.old.remove_entry(text)?;
        self.put(text, &known);
        Some(known)
    }

    /// Forgets what was read.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Once so many are young, the old are forgotten, and the young are the old.
    fn put(&mut self, text: String, document: &Arc<T>) {
        if self.young.len() >= REMEMBERED {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(text, Arc::clone(document));
    }
}

/// The document of a stored text, without its free texts.
pub(crate) fn restored<T: Document>(memo: &Mutex<Memo<T>>, text: String) -> Result<Arc<T>> {
    let lock = || memo.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().find(&text) {
        return Ok(known);
    }
    let read = restore_without_texts(&text)
        .map_err(|fault| StoreError::Corrupt(format!("a {}: {fault}", T::NAME)))?;
    let read = Arc::new(read);
    lock().put(text, &read);
    Ok(read)
}

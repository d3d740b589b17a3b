//! What something that is logged or intended meets.

use std::collections::{BTreeSet, HashSet};

use concord_domain::{facts::Facts, flag::Flag, vocabulary::Severity};
use concord_store::{Tx, entries};
use uuid::Uuid;

use crate::{access::Access, coherence, error::Result};

/// The flags that were found and rest on some entries, cut to what the caller may read.
#[derive(Default)]
pub(crate) struct Cut {
    /// Those that the caller may read.
    pub(crate) shown: Vec<Flag>,
    /// Of all others those that do not only say what goes well.
    pub(crate) hidden: Vec<Flag>,
    /// The entries that those rest on and that the caller may not read. Once they are noted
    /// ([`Deeds::meets`](super::Deeds::meets)), their owners learn how many there were in a week.
    pub(crate) met: BTreeSet<Uuid>,
}

/// Cuts what was found to the flags that rest on these entries, which the caller is writing and
/// may read.
///
/// # Errors
/// The store's own.
pub(crate) fn cut(
    tx: &mut Tx,
    access: &Access,
    (facts, own): (&Facts, &HashSet<Uuid>),
    found: Vec<Flag>,
) -> Result<Cut> {
    let resting = |flag: &Flag| coherence::entries_of(flag.between.iter().copied(), facts);
    let mut found = found;
    found.retain(|flag| resting(flag).iter().any(|entry| own.contains(entry)));
    let others: BTreeSet<Uuid> = found.iter().flat_map(&resting).collect();
    let others: Vec<Uuid> = others.difference(&own.iter().copied().collect()).copied().collect();
    let mut readable = entries::readable(tx, access.id(), &access.scope, &others)?;
    readable.extend(own);
    let (shown, mut hidden): (Vec<Flag>, Vec<Flag>) = found
        .into_iter()
        .partition(|flag| resting(flag).iter().all(|each| readable.contains(each)));
    hidden.retain(|flag| flag.severity != Severity::Info);
    let met = hidden.iter().flat_map(&resting).filter(|entry| !readable.contains(entry)).collect();
    Ok(Cut { shown, hidden, met })
}

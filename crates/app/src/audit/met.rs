//! What something that is logged or intended meets.

use std::collections::BTreeSet;

use concord_domain::{facts::Facts, flag::Flag, vocabulary::Severity};
use concord_store::{Tx, entries};
use uuid::Uuid;

use crate::{access::Access, coherence, error::Result};

/// Of the flags that were found those that rest on an entry and that the caller may read; notes
/// the entries of the others, whose owners learn how many there were in a week.
///
/// # Errors
/// The store's own.
pub(crate) fn cut(
    tx: &mut Tx,
    access: &Access,
    (facts, own): (&Facts, Uuid),
    found: Vec<Flag>,
) -> Result<Vec<Flag>> {
    let resting = |flag: &Flag| coherence::entries_of(flag.between.iter().copied(), facts);
    let mut found = found;
    found.retain(|flag| resting(flag).contains(&own));
    let all: BTreeSet<Uuid> = found.iter().flat_map(&resting).collect();
    if all.iter().all(|entry| *entry == own) {
        return Ok(found);
    }
    let all: Vec<Uuid> = all.into_iter().collect();
    let mut readable = entries::readable(tx, access.id(), &access.scope, &all)?;
    readable.insert(own);
    let (shown, hidden): (Vec<Flag>, Vec<Flag>) = found
        .into_iter()
        .partition(|flag| resting(flag).iter().all(|each| readable.contains(each)));
    let matter = hidden.iter().filter(|flag| flag.severity != Severity::Info);
    let met: BTreeSet<Uuid> =
        matter.flat_map(&resting).filter(|entry| !readable.contains(entry)).collect();
    access.deeds.meets(met);
    Ok(shown)
}

//! What is told of flags with entries that their reader may not know: one line for each own entry
//! and class, and nothing else.

use std::collections::{BTreeSet, HashMap, HashSet};

use concord_domain::{
    id::OrganizationId,
    policy::Scope,
    vocabulary::{Closed, Disclosure, FlagClass},
};
use concord_store::{Tx, entries, flags, withheld};
use uuid::Uuid;

use super::RestrictedLine;
use crate::{access::Access, error::Result};

/// One line for each own entry and class with which there is a flag that may not be shown, as
/// far as the other entries disclose that much. Of an entry that was written beyond a budget the
/// lines are those that were shown before, until a later day.
pub(crate) fn restricted(
    tx: &mut Tx,
    access: &Access,
    own: Option<&[Uuid]>,
) -> Result<Vec<RestrictedLine>> {
    let mut lines = restricted_lines(tx, access.id(), &access.scope, own)?;
    let organizations = &access.scope.organizations;
    let mut waiting = withheld::of_organizations(tx, access.id(), organizations)?;
    lines.retain(|(_, entry)| !waiting.contains_key(entry));
    waiting.retain(|entry, _| own.is_none_or(|own| own.contains(entry)));
    let told = waiting.into_iter();
    lines.extend(told.flat_map(|(entry, told)| told.into_iter().map(move |class| (class, entry))));
    let line = |(class, entry): (FlagClass, Uuid)| {
        let id = Uuid::new_v5(&entry, class.code().as_bytes());
        RestrictedLine { id, class, entry }
    };
    Ok(lines.into_iter().map(line).collect())
}

/// The same in a scope, were nothing withheld.
pub(crate) fn restricted_lines(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    own: Option<&[Uuid]>,
) -> Result<BTreeSet<(FlagClass, Uuid)>> {
    let found = flags::restricted(tx, operation, scope, own)?;
    let all: BTreeSet<Uuid> = found.iter().flat_map(|(_, entries)| entries.clone()).collect();
    let all: Vec<Uuid> = all.into_iter().collect();
    let readable: HashSet<Uuid> = entries::readable(tx, operation, scope, &all)?;
    let told: HashMap<Uuid, (Option<OrganizationId>, Disclosure)> =
        entries::disclosures(tx, operation, &all)?
            .into_iter()
            .map(|(id, owner, disclosure)| (id, (owner, disclosure)))
            .collect();
    let mut lines = BTreeSet::new();
    for (class, entries) in found {
        let tells = |entry: &Uuid| {
            readable.contains(entry)
                || told.get(entry).is_some_and(|(_, each)| *each != Disclosure::None)
        };
        if !entries.iter().all(tells) {
            continue;
        }
        let is_own = |entry: &Uuid| {
            let owner = told.get(entry).and_then(|(owner, _)| *owner);
            owner.is_some_and(|owner| scope.organizations.contains(&owner))
                && own.is_none_or(|own| own.contains(entry))
        };
        lines.extend(entries.iter().copied().filter(is_own).map(|entry| (class, entry)));
    }
    Ok(lines)
}

//! Lists of references, looked up both ways.

use std::collections::BTreeSet;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{Tx, insert_all},
    documents::Row,
    error::Result,
    lists::{Among, id_list, text_list},
    schema::links as t,
    sql::RowId,
};

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An organisation is a member of a mechanism.
    MemberOf,
    /// An organisation is a partner in an entry.
    Partner,
    /// An entry's audience names an organisation.
    AudienceOrganization,
    /// An entry's audience names a mechanism.
    AudienceMechanism,
    /// An engagement follows another.
    Follows,
    /// An engagement, a lead, a position or a commitment is about a place.
    Place,
}

impl Role {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::MemberOf => "member_of",
            Self::Partner => "partner",
            Self::AudienceOrganization => "audience_organization",
            Self::AudienceMechanism => "audience_mechanism",
            Self::Follows => "follows",
            Self::Place => "place",
        }
    }
}

/// Brings the links of an owner in some roles to these targets.
///
/// # Errors
/// The store's own.
pub fn replace(
    tx: &mut Tx,
    operation: Uuid,
    (owner, row): (Uuid, Row),
    roles: &[(Role, Vec<Uuid>)],
) -> Result<()> {
    let wanted: BTreeSet<(&str, RowId)> = roles
        .iter()
        .flat_map(|(role, targets)| targets.iter().map(|to| (role.code(), RowId(*to))))
        .collect();
    let of_owner = || {
        t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::owner_id.eq(RowId(owner)))
    };
    let there: Vec<(String, RowId)> = match row {
        Row::New => Vec::new(),
        Row::Unknown => {
            let codes: Vec<&str> = roles.iter().map(|(role, _)| role.code()).collect();
            of_owner()
                .filter(t::role.among(text_list(codes)))
                .select((t::role, t::target_id))
                .load(tx)?
        }
    };
    let there: BTreeSet<(&str, RowId)> =
        there.iter().map(|(role, target)| (role.as_str(), *target)).collect();
    for (role, gone) in there.difference(&wanted) {
        let link = of_owner().filter(t::role.eq(*role)).filter(t::target_id.eq(gone));
        diesel::delete(link).execute(tx)?;
    }
    let new = wanted.difference(&there).map(|(role, target)| {
        (
            t::operation_id.eq(RowId(operation)),
            t::owner_id.eq(RowId(owner)),
            t::role.eq(*role),
            t::target_id.eq(*target),
        )
    });
    insert_all!(tx, t::table, new);
    Ok(())
}

/// The owners that are linked in a role to any of the targets.
///
/// # Errors
/// The store's own.
pub fn owners(tx: &mut Tx, operation: Uuid, role: Role, targets: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for targets in targets.chunks(crate::documents::IDS_MAX) {
        let rows: Vec<RowId> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::role.eq(role.code()))
            .filter(t::target_id.among(id_list(targets.iter().copied())))
            .select(t::owner_id)
            .load(tx)?;
        found.extend(rows.into_iter().map(|id| id.0));
    }
    Ok(each_once(found))
}

/// The targets to which any of the owners is linked in a role.
///
/// # Errors
/// The store's own.
pub fn targets(tx: &mut Tx, operation: Uuid, role: Role, owners: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for owners in owners.chunks(crate::documents::IDS_MAX) {
        let rows: Vec<RowId> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::role.eq(role.code()))
            .filter(t::owner_id.among(id_list(owners.iter().copied())))
            .select(t::target_id)
            .load(tx)?;
        found.extend(rows.into_iter().map(|id| id.0));
    }
    Ok(each_once(found))
}

/// Each of these once. Asked for different ones, SQLite walks along all links to have them in order.
fn each_once(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

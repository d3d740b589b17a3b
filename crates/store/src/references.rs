//! What written keys and ids stand for, as far as the caller may see it.

use concord_domain::{
    document::Key,
    id::{Kind, OrganizationId},
    policy::Scope,
};
use uuid::Uuid;

use crate::{
    connection::Tx,
    documents::{
        armed_actors, common_positions, leads, mechanisms, organizations, places, protection_risks,
        survivor,
    },
    engagements,
    error::Result,
};

/// The id that a key or an id of this kind stands for. Keys of entries are their owners' own:
/// those of `own` come first.
///
/// # Errors
/// The store's own.
pub fn find(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    (kind, written): (Kind, &str),
    own: Option<OrganizationId>,
) -> Result<Option<Uuid>> {
    // What is no key is the key of nothing, and not every text may be sent to a database.
    if Key::parse(written).is_none() {
        return Ok(None);
    }
    match kind {
        Kind::Place => places::find(tx, operation, written),
        Kind::Mechanism => mechanisms::find(tx, operation, written),
        Kind::Organization => organizations::find(tx, operation, written),
        Kind::ArmedActor => match armed_actors::find(tx, operation, written)? {
            None => survivor(tx, operation, written),
            found => Ok(found),
        },
        Kind::Lead => leads::find(tx, operation, written),
        Kind::CommonPosition => common_positions::find(tx, operation, written),
        Kind::ProtectionRisk => protection_risks::find(tx, operation, written),
        Kind::Engagement => {
            Ok(engagements::find(tx, operation, scope, written, own)?.map(|id| id.0))
        }
        Kind::Commitment | Kind::Strategy | Kind::Ask | Kind::Demand => Ok(None),
    }
}

/// The keys of a kind of reference data, to offer the nearest of. Those of entries are not told.
///
/// # Errors
/// The store's own.
pub fn known(tx: &mut Tx, operation: Uuid, kind: Kind) -> Result<Vec<String>> {
    match kind {
        Kind::Place => places::keys(tx, operation),
        Kind::Mechanism => mechanisms::keys(tx, operation),
        Kind::Organization => organizations::keys(tx, operation),
        Kind::ArmedActor => armed_actors::keys(tx, operation),
        Kind::Lead => leads::keys(tx, operation),
        Kind::CommonPosition => common_positions::keys(tx, operation),
        Kind::ProtectionRisk => protection_risks::keys(tx, operation),
        Kind::Commitment | Kind::Strategy | Kind::Engagement | Kind::Ask | Kind::Demand => {
            Ok(Vec::new())
        }
    }
}

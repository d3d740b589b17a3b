//! Protection risks.

use concord_domain::{
    document::{Key, ProtectionRisk},
    id::Kind,
    policy::Action,
};
use concord_store::{Tx, documents};
use uuid::Uuid;

use super::{Resource, Touched, reference::common};
use crate::{access::Access, error::Result};

impl Resource for ProtectionRisk {
    common!(ProtectionRisk, protection_risks);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepAgreements, None)
    }

    fn save(&self, tx: &mut Tx, access: &Access, _: Option<&Self>, _: &mut Touched) -> Result<()> {
        Ok(documents::save_protection_risk(tx, access.id(), self)?)
    }
}

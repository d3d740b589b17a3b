//! Leads and common positions.

use concord_domain::{
    document::{CommonPosition, Key, Lead},
    id::Kind,
    policy::Action,
};
use concord_store::{Tx, documents, due};
use uuid::Uuid;

use super::{Resource, Touched, reference::common};
use crate::{access::Access, coherence, error::Result};

impl Resource for Lead {
    common!(Lead, leads);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepAgreements, None)
    }

    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        before: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()> {
        documents::save_lead(tx, access.id(), self)?;
        let day = access.operation.evaluated_on;
        let thing = (due::Kind::Lead, self.id());
        coherence::index_agreement(tx, access.id(), thing, self.window(), day)?;
        touched.focus.leads.insert(self.identity.id);
        if before.is_some() {
            touched.changed.add_agreement(self.id());
        }
        Ok(())
    }
}

impl Resource for CommonPosition {
    common!(CommonPosition, common_positions);

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::KeepAgreements, None)
    }

    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        before: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()> {
        documents::save_common_position(tx, access.id(), self)?;
        let day = access.operation.evaluated_on;
        let thing = (due::Kind::CommonPosition, self.id());
        coherence::index_agreement(tx, access.id(), thing, self.window(), day)?;
        touched.focus.positions.insert(self.identity.id);
        let unread = |position: &Self| Self {
            title: self.title.clone(),
            mechanism: self.mechanism,
            sources: Vec::new(),
            ..position.clone()
        };
        if before.is_some_and(|before| unread(before) != unread(self)) {
            touched.changed.add_agreement(self.id());
        }
        Ok(())
    }
}

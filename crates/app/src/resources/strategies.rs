//! Strategies and joint plans.

use concord_domain::{
    document::{Key, Strategy},
    fault::{Fault, FaultCode, Pointer},
    id::{Kind, StrategyId},
    policy::Action,
};
use concord_store::{Tx, strategies};
use uuid::Uuid;

use super::{Resource, Touched};
use crate::{access::Access, audit::Whose, error::Result};

impl Resource for Strategy {
    const KIND: Kind = Kind::Strategy;

    fn id(&self) -> Uuid {
        self.identity.id.0
    }

    fn key(&self) -> &Key {
        &self.identity.key
    }

    fn whose(&self) -> Whose {
        Whose::Organization(self.organization.0)
    }

    fn load(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<Vec<Self>> {
        Ok(strategies::load(tx, access.id(), &access.scope, ids)?)
    }

    fn page(tx: &mut Tx, access: &Access, after: Option<&str>, limit: i64) -> Result<Vec<Self>> {
        let after = after.and_then(|id| Uuid::parse_str(id).ok()).map(StrategyId);
        Ok(strategies::page(tx, access.id(), &access.scope, after, limit)?)
    }

    fn position(&self) -> String {
        self.identity.id.to_string()
    }

    fn require_read(access: &Access) -> Result<()> {
        access.require(Action::ReadEntries, None)
    }

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::RecordEntry, Some(self.organization.0))
    }

    fn faults(&self, _: &mut Tx, _: &Access, before: Option<&Self>) -> Result<Vec<Fault>> {
        let root = Pointer::ROOT;
        let stays = before.is_none_or(|before| before.organization == self.organization);
        let detail = "a strategy stays its organisation's; write another";
        let fault = Fault::new(&root.member("organization"), FaultCode::Inconsistent, detail);
        Ok(if stays { Vec::new() } else { vec![fault] })
    }

    fn save(&self, tx: &mut Tx, access: &Access, _: Option<&Self>, _: &mut Touched) -> Result<()> {
        Ok(strategies::keep(tx, access.id(), self)?)
    }
}

//! What written keys and ids stand for, as far as the caller may see it.

use concord_domain::{
    document::{Key, References},
    fault::FaultCode,
    id::{Kind, OrganizationId},
};
use concord_store::{Tx, engagements, parts, references, strategies};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    error::{Error, Result},
};

/// What written keys and ids stand for, as far as the caller may see it.
pub(super) struct Known<'k> {
    app: &'k App,
    tx: &'k mut Tx,
    access: &'k Access,
    /// The organisation in whose keys the caller writes.
    own: Option<OrganizationId>,
    /// The asks and demands that stand already in what is amended.
    pub(super) within: Vec<(Kind, String, Uuid)>,
    error: Option<Error>,
}

impl<'k> Known<'k> {
    pub(super) fn new(app: &'k App, tx: &'k mut Tx, access: &'k Access, body: &Value) -> Self {
        let mut known = Self {
            app,
            tx,
            access,
            own: access.own_organization(),
            within: Vec::new(),
            error: None,
        };
        if let Some(written) = body.get("organization").and_then(Value::as_str) {
            known.own = known.resolve(Kind::Organization, written).map(OrganizationId);
        }
        known
    }

    pub(super) fn failed(self) -> Result<()> {
        self.error.map_or(Ok(()), Err)
    }

    fn kept<T: Default>(&mut self, answer: Result<T>) -> T {
        answer.unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            T::default()
        })
    }

    /// What stands already under a key that is to be given to a new thing.
    fn standing(&mut self, kind: Kind, key: &Key) -> Result<Option<Uuid>> {
        let (tx, operation, key) = (&mut *self.tx, self.access.id(), key.as_str());
        // Of the keys of others nothing is told, not even that they are taken.
        let own = self.own.filter(|own| self.access.acts_for(*own));
        Ok(match (kind, own) {
            (Kind::Engagement, Some(own)) => {
                engagements::with_key(tx, operation, own, key)?.map(Uuid::from)
            }
            (Kind::Ask | Kind::Demand, Some(own)) => {
                parts::with_key(tx, operation, own, key)?.map(|(id, _)| id)
            }
            (Kind::Commitment, own) => {
                engagements::commitment_with_key(tx, operation, own, key)?.map(|(id, _)| id.0)
            }
            (Kind::Strategy, Some(own)) => {
                strategies::with_key(tx, operation, own, key)?.map(Uuid::from)
            }
            (Kind::Engagement | Kind::Strategy | Kind::Ask | Kind::Demand, None) => None,
            _ => references::find(tx, operation, &self.access.scope, (kind, key), None)?,
        })
    }
}

impl References for Known<'_> {
    fn resolve(&mut self, kind: Kind, written: &str) -> Option<Uuid> {
        let (operation, scope) = (self.access.id(), &self.access.scope);
        let found = references::find(self.tx, operation, scope, (kind, written), self.own);
        self.kept(found.map_err(Error::from))
    }

    fn identify(&mut self, kind: Kind, key: Option<&Key>) -> Result<Uuid, (FaultCode, String)> {
        let Some(key) = key else { return Ok(self.app.ids.id()) };
        let is_this =
            |(of, within, _): &&(Kind, String, Uuid)| *of == kind && within == key.as_str();
        if let Some((.., id)) = self.within.iter().find(is_this) {
            return Ok(*id);
        }
        let standing = self.standing(kind, key);
        match self.kept(standing) {
            None => Ok(self.app.ids.id()),
            Some(_) => {
                let detail = format!("the key `{}` is taken by another", key.as_str());
                Err((FaultCode::DuplicateKey, format!("{detail} {}", kind.word())))
            }
        }
    }

    fn known(&mut self, kind: Kind) -> Vec<String> {
        let known = references::known(self.tx, self.access.id(), kind);
        self.kept(known.map_err(Error::from))
    }
}

/// For bodies that refer to nothing.
pub struct Nothing;

impl References for Nothing {
    fn resolve(&mut self, _: Kind, _: &str) -> Option<Uuid> {
        None
    }
    fn identify(&mut self, _: Kind, _: Option<&Key>) -> Result<Uuid, (FaultCode, String)> {
        Err((FaultCode::UnknownReference, "nothing is known here".to_owned()))
    }
    fn known(&mut self, _: Kind) -> Vec<String> {
        Vec::new()
    }
}

//! What a bundle is read into.

use std::any::Any;

use uuid::Uuid;

use crate::{document::Called, guard::Noted, id::Kind};

/// What stands already where a bundle is read into; nothing, unless said.
pub trait Standing {
    /// An id for a new thing.
    fn fresh(&mut self) -> Uuid;

    /// What stands under a key that the bundle defines: for engagements, asks, demands and
    /// commitments and strategies under the key of this owner.
    fn defined(&mut self, _kind: Kind, _key: &str, _owner: Option<Uuid>) -> Option<Uuid> {
        None
    }

    /// What a key or id that the bundle does not define stands for.
    fn resolve(&mut self, _kind: Kind, _written: &str) -> Option<Uuid> {
        None
    }

    /// The keys of the armed actors that stand already, and what they are called.
    fn called(&mut self) -> Vec<(String, Called)> {
        Vec::new()
    }

    /// The place or armed actor that one that stands already lies in or is a unit of.
    fn parent(&mut self, _kind: Kind, _id: Uuid) -> Option<Uuid> {
        None
    }

    /// The document of this kind that stands already, of the kind's own type.
    fn document(&mut self, _kind: Kind, _id: Uuid) -> Option<Box<dyn Any>> {
        None
    }

    /// Where what free texts hold that is never stored is noted; none if they are not looked over.
    fn noted(&mut self) -> Option<&mut Vec<Noted>> {
        None
    }
}

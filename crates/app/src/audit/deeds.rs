//! What is noted of a deed while it is done.

use std::{cell::RefCell, rc::Rc};

use concord_domain::{
    document::{self, Stored},
    id::{Kind, OrganizationId},
};
use concord_store::audit::Hash;
use uuid::Uuid;

use super::sha256;
use crate::{access::Access, resources::Resource};

/// What sort of deed a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Something was made, changed or ended.
    Changed,
    /// Somebody was shown entries of others.
    Read,
    /// What somebody logged, or asked in a check, meets entries. Their owners are not told who it was:
    /// that would tell whose lines meet theirs.
    Matched,
    /// Something was done that changed nothing that has an owner.
    Did,
    /// Somebody was refused.
    Refused,
}

impl Deed {
    /// Every sort.
    pub const ALL: [Self; 5] = [Self::Changed, Self::Read, Self::Matched, Self::Did, Self::Refused];

    /// The code of it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Read => "read",
            Self::Matched => "matched",
            Self::Did => "did",
            Self::Refused => "refused",
        }
    }
}

/// Whose a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// No organisation's.
    Nobody,
    /// An organisation's.
    Organization(OrganizationId),
    /// Whosever this entry is.
    OfEntry(Uuid),
    /// The same, in nobody's part of the log.
    UntoldOfEntry(Uuid),
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub deed: Deed,
    pub kind: &'static str,
    pub id: Uuid,
    pub whose: Whose,
    pub content: Option<Hash>,
}

/// Who does something, and what it concerns; noted while it is done.
#[derive(Debug, Default)]
pub struct Deeds(pub(super) RefCell<Noted>);

#[derive(Debug, Default)]
pub(super) struct Noted {
    pub log: Uuid,
    pub account: Option<Uuid>,
    pub organizations: Vec<OrganizationId>,
    pub is_always_told: bool,
    pub objects: Vec<Object>,
}

impl Deeds {
    /// Of somebody in an operation.
    #[must_use]
    pub fn of(log: Uuid, account: Option<Uuid>, organizations: Vec<OrganizationId>) -> Rc<Self> {
        let noted = Noted { log, account, organizations, ..Noted::default() };
        Rc::new(Self(RefCell::new(noted)))
    }

    /// Notes who it is.
    pub fn by(&self, account: Uuid) {
        self.0.borrow_mut().account = Some(account);
    }

    /// Notes to which log it belongs.
    pub fn in_log(&self, log: Uuid) {
        self.0.borrow_mut().log = log;
    }

    /// Notes that this is told even if nothing of others was shown.
    pub fn tell(&self) {
        self.0.borrow_mut().is_always_told = true;
    }

    /// Notes that something that is no document was made, changed or ended.
    pub fn changed(&self, kind: &'static str, id: Uuid) {
        self.note(Deed::Changed, (kind, id), Whose::Nobody, None);
    }

    /// Notes that a check was made for an organisation, and its receipt kept.
    pub fn checked(&self, receipt: Uuid, organization: OrganizationId) {
        self.note(Deed::Changed, ("check", receipt), Whose::Organization(organization), None);
    }

    /// Notes that an entry was retracted, and why, as a code.
    pub fn retracted(&self, kind: &'static str, id: Uuid, whose: Whose) {
        self.note(Deed::Changed, (kind, id), whose, None);
    }

    /// Notes that a document was written.
    pub fn wrote<T: Resource>(&self, document: &T) {
        let Stored { document: text, texts } = document::store(document);
        let content = [text.as_bytes(), b"\n", texts.as_deref().unwrap_or_default().as_bytes()];
        let content = Some(sha256(&content));
        self.note(Deed::Changed, (code(T::KIND), document.id()), document.whose(), content);
    }

    /// Notes that documents are shown, as far as they are entries.
    pub fn shows<'d, T: Resource + 'd>(&self, documents: impl IntoIterator<Item = &'d T>) {
        if matches!(T::KIND, Kind::Engagement | Kind::Commitment | Kind::Strategy) {
            for each in documents {
                self.note(Deed::Read, (code(T::KIND), each.id()), each.whose(), None);
            }
        }
    }

    /// Notes that entries are shown, if only in outline.
    pub fn shows_entries(&self, ids: impl IntoIterator<Item = Uuid>) {
        for id in ids {
            self.note(Deed::Read, ("entry", id), Whose::OfEntry(id), None);
        }
    }

    /// Notes that entries are shown because their owner asked to be put in touch. It is in nobody's
    /// part of the log: who reads it there would learn who was asked, before they have said yes.
    pub fn shows_who_asks(&self, ids: impl IntoIterator<Item = Uuid>) {
        for id in ids {
            self.note(Deed::Read, ("entry", id), Whose::Nobody, None);
        }
    }

    /// Notes that entries are named that are not shown: by others that refer to them, or by flags that
    /// rest on them. It is in nobody's part of the log: whoever reads it there would learn who has a
    /// line, hidden perhaps, that meets or follows theirs.
    pub fn names_entries(&self, ids: impl IntoIterator<Item = Uuid>) {
        for id in ids {
            self.note(Deed::Read, ("entry", id), Whose::UntoldOfEntry(id), None);
        }
    }

    /// Notes that entries are met.
    pub fn meets(&self, ids: impl IntoIterator<Item = Uuid>) {
        for id in ids {
            self.note(Deed::Matched, ("entry", id), Whose::OfEntry(id), None);
        }
    }

    pub(super) fn note(
        &self,
        deed: Deed,
        (kind, id): (&'static str, Uuid),
        whose: Whose,
        content: Option<Hash>,
    ) {
        let mut noted = self.0.borrow_mut();
        let known = |owner| noted.organizations.contains(&owner);
        let is_own = matches!(whose, Whose::Organization(owner) if known(owner));
        // Whoever reads or meets what is their own is nobody else.
        if is_own && matches!(deed, Deed::Read | Deed::Matched) {
            return;
        }
        noted.objects.push(Object { deed, kind, id, whose, content });
    }
}

/// The code of a kind of thing.
const fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Place => "place",
        Kind::Mechanism => "mechanism",
        Kind::Organization => "organization",
        Kind::ArmedActor => "armed_actor",
        Kind::Lead => "lead",
        Kind::CommonPosition => "common_position",
        Kind::Commitment => "commitment",
        Kind::Strategy => "strategy",
        Kind::ProtectionRisk => "protection_risk",
        Kind::Engagement => "engagement",
        Kind::Ask => "ask",
        Kind::Demand => "demand",
    }
}

impl Access {
    /// Notes that what is asked for is told in any case.
    pub(crate) fn tell(&self) {
        self.deeds.tell();
    }
}

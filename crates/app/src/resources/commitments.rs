//! Commitments.

use concord_domain::{
    document::{Commitment, Key, LIST_ITEMS_MAX, Member, Of, To, Verification},
    fault::{Fault, FaultCode, Pointer},
    id::{CommitmentId, EngagementId, Kind, OrganizationId},
    policy::{Action, Scope, Sharing, Turn, turned},
    vocabulary::{Audience, Disclosure},
};
use concord_store::{Tx, documents::Row, due, engagements, entries};
use uuid::Uuid;

use super::{Resource, Sent, Shown, Touched, load_one, put, read_body, show};
use crate::{
    App,
    access::{self, Access},
    asking::{Asked, News},
    audit::Whose,
    auth::Person,
    coherence,
    error::{Error, Result},
    once::once,
};

/// Whose entry a commitment is: that of the engagement that it came from, or its own.
fn owner(tx: &mut Tx, access: &Access, commitment: &Commitment) -> Result<Option<OrganizationId>> {
    let Some(origin) = commitment.engagement else {
        return Ok(commitment.organization.map(|to| to.0));
    };
    let sharing = entries::sharing(tx, access.id(), origin.0.0)?;
    Ok(sharing.and_then(|(sharing, _)| sharing.organization))
}

/// Who may read a commitment, and what it discloses to everybody else: as the engagement that it
/// came from, or as it says.
fn shared(
    tx: &mut Tx,
    access: &Access,
    commitment: &Commitment,
    owner: Option<OrganizationId>,
) -> Result<Option<(Sharing, Disclosure)>> {
    if let Some(origin) = commitment.engagement {
        return Ok(entries::sharing(tx, access.id(), origin.0.0)?);
    }
    let sharing = Sharing {
        organization: owner,
        partners: Vec::new(),
        audience: commitment.audience.map_or(Audience::Own, |audience| audience.0),
        organizations: Vec::new(),
        mechanisms: Vec::new(),
    };
    Ok(Some((sharing, commitment.disclosure.map_or(Disclosure::Match, |each| each.0))))
}

/// Adds what somebody found who looked whether a commitment is kept. Whoever may read the
/// commitment may, for an organisation of their own.
///
/// # Errors
/// [`Error::NotFound`], and all that is wrong with the body.
pub fn verify(
    app: &App,
    person: Person,
    operation: &str,
    id: Uuid,
    sent: Sent<'_>,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Commitment = load_one(tx, access, id)?;
        once(app, tx, access, (&format!("{id} verification"), sent), |tx| {
            let verification = read_body(app, tx, access, sent.body, |body, reader| {
                Verification::read(body, &Pointer::ROOT, reader)
            })?;
            access.require(Action::RecordEntry, Some(verification.organization.0))?;
            if before.verifications.len() >= LIST_ITEMS_MAX {
                let detail = "this commitment holds as many verifications as it can";
                return Err(Error::Conflict(detail.to_owned()));
            }
            let mut after = before.clone();
            after.verifications.push(verification);
            // It is the commitment of somebody else, who let others read it.
            let server = Access { scope: Scope::server(), ..access.clone() };
            put(app, tx, &server, Some(&before), after)?;
            Ok(id)
        })?;
        show::<Commitment>(tx, access, id)
    })
}

impl Resource for Commitment {
    const KIND: Kind = Kind::Commitment;

    const CHANGED_ELSEWHERE: &'static [(&'static [&'static str], &'static str)] =
        &[(&["verifications"], "POST …/verifications")];

    fn id(&self) -> Uuid {
        self.identity.id.0
    }

    fn key(&self) -> &Key {
        &self.identity.key
    }

    fn whose(&self) -> Whose {
        match (self.engagement, self.organization) {
            (Some(origin), _) => Whose::OfEntry(origin.0.0),
            (None, Some(owner)) => Whose::Organization(owner.0),
            (None, None) => Whose::Nobody,
        }
    }

    fn load(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<Vec<Self>> {
        let ids: Vec<CommitmentId> = ids.iter().copied().map(CommitmentId).collect();
        Ok(engagements::load_commitments(tx, access.id(), &access.scope, &ids)?)
    }

    fn page(tx: &mut Tx, access: &Access, after: Option<&str>, limit: i64) -> Result<Vec<Self>> {
        let after = after.and_then(|id| Uuid::parse_str(id).ok()).map(CommitmentId);
        Ok(engagements::page_of_commitments(tx, access.id(), &access.scope, after, limit)?)
    }

    fn position(&self) -> String {
        self.identity.id.to_string()
    }

    fn require_read(access: &Access) -> Result<()> {
        access.require(Action::ReadEntries, None)
    }

    fn require_write(&self, tx: &mut Tx, access: &Access) -> Result<()> {
        match owner(tx, access, self)? {
            Some(owner) => access.require(Action::RecordEntry, Some(owner)),
            None if self.engagement.is_none() && access.own_organization().is_some() => Ok(()),
            None => access.require(Action::KeepAgreements, None),
        }
    }

    fn completed(mut self, _: &mut Tx, access: &Access) -> Result<Self> {
        if self.engagement.is_some() {
            return Ok(self);
        }
        self.organization = self.organization.or_else(|| access.own_organization().map(To));
        let audience =
            if self.organization.is_some() { Audience::Own } else { Audience::Operation };
        self.audience.get_or_insert(Of(audience));
        self.disclosure.get_or_insert(Of(Disclosure::Match));
        Ok(self)
    }

    fn faults(&self, tx: &mut Tx, access: &Access, _: Option<&Self>) -> Result<Vec<Fault>> {
        let root = Pointer::ROOT;
        let mut faults = Vec::new();
        if self.engagement.is_some() {
            let own = owner(tx, access, self)?;
            let members = [
                ("organization", self.organization.is_some_and(|to| Some(to.0) != own)),
                ("audience", self.audience.is_some()),
                ("disclosure", self.disclosure.is_some()),
            ];
            for (member, _) in members.into_iter().filter(|(_, is_wrong)| *is_wrong) {
                let detail = format!("`{member}` is that of the engagement that it came from");
                faults.push(Fault::new(&root.member(member), FaultCode::Inconsistent, detail));
            }
        }
        if matches!(self.audience, Some(Of(Audience::Organizations | Audience::Mechanisms))) {
            let detail = "the audience of a commitment is `own` or `operation`";
            faults.push(Fault::new(&root.member("audience"), FaultCode::Inconsistent, detail));
        }
        Ok(faults)
    }

    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        before: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()> {
        let owner = owner(tx, access, self)?;
        if let Some(before) = before {
            let entry = before.engagement.map_or(self.id(), |to| to.0.0);
            let former = entries::sharing(tx, access.id(), entry)?;
            let now = shared(tx, access, self, owner)?;
            let turn =
                former.zip(now).map(|(former, now)| turned((&now.0, now.1), (&former.0, former.1)));
            if turn == Some(Turn::Looser) {
                access.assure(Action::LoosenSharing)?;
            }
        }
        if self.engagement.is_none()
            && let Some((sharing, disclosure)) = shared(tx, access, self, owner)?
        {
            let entry = (self.id(), Row::Unknown);
            let today = access.operation.evaluated_on;
            entries::save(tx, access.id(), entry, (&sharing, disclosure), today)?;
        }
        engagements::save_commitment(tx, access.id(), self, owner)?;
        let day = access.operation.evaluated_on;
        let thing = (due::Kind::Commitment, self.id());
        coherence::index_agreement(tx, access.id(), thing, self.window(), day)?;
        touched.focus.commitments.insert(self.identity.id);
        let unread = |commitment: &Self| Self {
            kind: self.kind,
            organization: None,
            audience: None,
            disclosure: None,
            note: None,
            arrangements: None,
            verifications: Vec::new(),
            sources: Vec::new(),
            ..commitment.clone()
        };
        let is_changed = before.is_none_or(|before| unread(before) != unread(self));
        if is_changed && before.is_some() {
            touched.changed.add_agreement(self.id());
        }
        if let Some(organization) = owner.filter(|_| is_changed && !access.scope.is_server) {
            let entry = self.engagement.map_or(self.id(), |origin| origin.0.0);
            let is_new = before.is_none() && self.engagement.is_none();
            let position = |each: &Self| (each.armed_actor, each.places.clone(), each.window());
            let is_moved = before.is_some_and(|before| position(before) != position(self));
            let news = match (is_new, is_moved) {
                (true, _) => News::Entry,
                (_, true) => News::Position,
                _ => News::Terms,
            };
            touched.asked.push(Asked { entry, organization, news });
        }
        Ok(())
    }

    fn refers_to(&self) -> Vec<EngagementId> {
        self.engagement.iter().map(|to| to.0).collect()
    }
}

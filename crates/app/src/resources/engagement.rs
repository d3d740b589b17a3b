//! Engagements.

use concord_domain::{
    contact_request::Consent,
    document::{Engagement, Key, Of, ids},
    facts::{self, Agreements},
    fault::{Fault, FaultCode, Pointer},
    id::{EngagementId, Kind},
    policy::{Action, Sharing, Turn, turned},
    vocabulary::{Audience, Disclosure},
    window::Day,
};
use concord_store::{
    Tx,
    documents::{Row, organizations},
    engagements::{self, Filter, Position},
    entries,
};
use uuid::Uuid;

use super::{Resource, Touched};
use crate::{
    access::Access,
    asking::{Asked, News},
    audit::Whose,
    coherence,
    error::Result,
};

impl Resource for Engagement {
    const KIND: Kind = Kind::Engagement;

    const CHANGED_ELSEWHERE: &'static [(&'static [&'static str], &'static str)] = &[
        (
            &[
                "partners",
                "audience",
                "audience_organizations",
                "audience_mechanisms",
                "disclosure",
            ],
            "POST …/loosening or POST …/tightening, with a reason",
        ),
        (&["consent"], "PUT …/consent or POST …/consent/revocation, with a reason"),
    ];

    fn changed_elsewhere(&self, before: &Self) -> Vec<&'static str> {
        let differs = [
            ("partners", self.partners != before.partners),
            ("audience", self.audience != before.audience),
            (
                "audience_organizations",
                self.audience_organizations != before.audience_organizations,
            ),
            ("audience_mechanisms", self.audience_mechanisms != before.audience_mechanisms),
            ("disclosure", self.disclosure != before.disclosure),
            ("consent", self.consent != before.consent),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(member, _)| member).collect()
    }

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
        let ids: Vec<EngagementId> = ids.iter().copied().map(EngagementId).collect();
        Ok(engagements::load(tx, access.id(), &access.scope, &ids)?)
    }

    fn page(tx: &mut Tx, access: &Access, after: Option<&str>, limit: i64) -> Result<Vec<Self>> {
        let after = after.and_then(Position::parse);
        let all = Filter::default();
        Ok(engagements::page(tx, access.id(), &access.scope, &all, (after, limit))?)
    }

    fn position(&self) -> String {
        Position::of(self).to_string()
    }

    fn require_read(access: &Access) -> Result<()> {
        access.require(Action::ReadEntries, None)
    }

    fn require_write(&self, _: &mut Tx, access: &Access) -> Result<()> {
        access.require(Action::RecordEntry, Some(self.organization.0))
    }

    /// Says who may read it, and discloses no more than those who carry the risk consented to.
    fn completed(mut self, tx: &mut Tx, access: &Access) -> Result<Self> {
        self.audience.get_or_insert(Of(Audience::Own));
        let disclosure = self.disclosure.map_or(Disclosure::Match, |each| each.0);
        let tells_more = matches!(disclosure, Disclosure::Summary | Disclosure::Existence);
        let cut = tells_more && consent(tx, access, &self)? == Consent::Missing;
        self.disclosure = Some(Of(if cut { Disclosure::Match } else { disclosure }));
        Ok(self)
    }

    fn remembering(mut self, before: Option<&Self>, today: Day) -> Self {
        self.remember(before, today);
        self
    }

    fn renewed(self, today: Day) -> Self {
        Self { renewed_on: Some(today), ..self }
    }

    fn faults(&self, _: &mut Tx, _: &Access, before: Option<&Self>) -> Result<Vec<Fault>> {
        let root = Pointer::ROOT;
        let mut faults = Vec::new();
        let mut fault = |member: &'static str, detail: &str| {
            faults.push(Fault::new(&root.member(member), FaultCode::Inconsistent, detail));
        };
        if before.is_some_and(|before| before.organization != self.organization) {
            fault("organization", "an engagement stays its organisation's; end it and log another");
        }
        let audience = self.audience.map(|audience| audience.0);
        if (audience == Some(Audience::Organizations)) == self.audience_organizations.is_empty() {
            fault(
                "audience_organizations",
                "named if, and only if, the audience is `organizations`",
            );
        }
        if (audience == Some(Audience::Mechanisms)) == self.audience_mechanisms.is_empty() {
            fault("audience_mechanisms", "named if, and only if, the audience is `mechanisms`");
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
        let operation = access.id();
        let (sharing, disclosure) = shared(self);
        if before.is_some_and(|before| turn_between(before, self) == Turn::Looser) {
            access.assure(Action::LoosenSharing)?;
        }
        let row = if before.is_none() { Row::New } else { Row::Unknown };
        let today = access.operation.evaluated_on;
        entries::save(tx, operation, (self.id(), row), (&sharing, disclosure), today)?;
        engagements::save(tx, operation, self, row)?;
        let facts = coherence::reindex_these(tx, operation, std::slice::from_ref(self))?;
        let Some(after) = facts.engagements.get(&self.identity.id) else { return Ok(()) };
        touched.focus.add_engagement(after);
        let before = before.map(|before| facts_of(tx, operation, before)).transpose()?;
        if let Some(before) = &before {
            touched.focus.add_engagement(before);
            touched.changed.add_engagement(before, after);
        }
        let was_visited = before.as_ref().is_some_and(|before| !before.contacts.is_empty());
        let is_asking = facts.is_live(after) || !after.contacts.is_empty() || was_visited;
        let news = News::of(before.as_ref(), after).filter(|_| is_asking);
        if let Some(news) = news.filter(|_| !access.scope.is_server) {
            let (entry, organization) = (self.id(), self.organization.0);
            touched.asked.push(Asked { entry, organization, news });
        }
        Ok(())
    }

    fn refers_to(&self) -> Vec<EngagementId> {
        ids(&self.follows)
    }

    fn parts(&self) -> Vec<(Kind, String, Uuid)> {
        let asks = self
            .asks
            .iter()
            .map(|ask| (Kind::Ask, ask.identity.key.as_str().to_owned(), ask.identity.id.0));
        let demands = self.demands.iter().map(|demand| {
            (Kind::Demand, demand.identity.key.as_str().to_owned(), demand.identity.id.0)
        });
        asks.chain(demands).collect()
    }
}

/// An engagement as the rules see it.
pub(crate) fn facts_of(
    tx: &mut Tx,
    operation: Uuid,
    engagement: &Engagement,
) -> Result<facts::Engagement> {
    let documents = std::slice::from_ref(engagement);
    let context = coherence::context(tx, operation, documents, Agreements::default())?;
    Ok(context.engagement(engagement))
}

/// How what people may learn of an engagement compares with before.
pub(crate) fn turn_between(before: &Engagement, after: &Engagement) -> Turn {
    let (before, after) = (shared(before), shared(after));
    turned((&after.0, after.1), (&before.0, before.1))
}

/// Whether those who carry the risk have consented, if they have to, that more is told of an
/// engagement than that there is a match.
pub(crate) fn consent(tx: &mut Tx, access: &Access, engagement: &Engagement) -> Result<Consent> {
    let lead = organizations::load(tx, access.id(), &[engagement.organization.0.0])?.pop();
    let is_needed = lead.is_some_and(|lead| lead.kind.is_community_led())
        || engagement.via.as_ref().is_some_and(|via| via.kind.needs_consent());
    let day = access.operation.evaluated_on;
    let stands = engagement.consent.as_ref().is_some_and(|consent| consent.holds_on(day));
    Ok(match (is_needed, stands) {
        (false, _) => Consent::NotNeeded,
        (true, true) => Consent::Stands,
        (true, false) => Consent::Missing,
    })
}

/// Who may read an engagement, and what it discloses to everybody else.
pub(crate) fn shared(engagement: &Engagement) -> (Sharing, Disclosure) {
    let sharing = Sharing {
        organization: Some(engagement.organization.0),
        partners: ids(&engagement.partners),
        audience: engagement.audience.map_or(Audience::Own, |audience| audience.0),
        organizations: ids(&engagement.audience_organizations),
        mechanisms: ids(&engagement.audience_mechanisms),
    };
    (sharing, engagement.disclosure.map_or(Disclosure::Match, |each| each.0))
}

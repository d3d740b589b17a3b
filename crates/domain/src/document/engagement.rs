//! An engagement: one organisation's line of dialogue with one armed actor, and what belongs to it.

use super::{
    Checked, Identity, Keys, Line, Of, Prose, Reader, Source, Terms, To, document,
    register::{check_past, check_terms, check_window},
};
use crate::{
    fault::{FaultCode, Pointer},
    id::{ArmedActorId, AskId, DemandId, EngagementId, Id, MechanismId, OrganizationId, PlaceId},
    vocabulary::{
        Action, Approach, AskStatus, Audience, Channel, DemandKind, Disclosure, EngagementStatus,
        FailureReason, Issue, Level, Method, Offer, Response, ViaKind,
    },
    window::{Day, Window, later},
};

/// After how many days without a contact or a change a live engagement asks to be renewed.
pub const STALE_DAYS: u32 = 60;
/// How long a consent lasts at most, in days, unless it is renewed.
pub const CONSENT_DAYS_MAX: u32 = 90;

document! {
    /// One organisation's line of dialogue with one armed actor; a meeting is a contact of it.
    pub struct Engagement {
        /// What it is called by its senders.
        key identity: Identity<EngagementId>,
        /// The organisation that leads it, and whose entry it is.
        required organization: To<OrganizationId>,
        /// The organisations that carry it on together with the lead.
        optional partners: Vec<To<OrganizationId>>,
        /// The unit or group that is engaged.
        required armed_actor: To<ArmedActorId>,
        /// At what height of its command.
        required level: Of<Level>,
        /// How the dialogue is carried on.
        required method: Method,
        /// What it appeals to.
        optional approaches: Vec<Approach>,
        /// By what means people reach each other.
        optional channel: Option<Channel>,
        /// How far it has come.
        required status: Of<EngagementStatus>,
        /// The first day.
        required from: Day,
        /// The last day; open-ended unless said.
        optional until: Option<Day>,
        /// Where; the whole operation unless said.
        optional places: Vec<To<PlaceId>>,
        /// The mechanisms that were told of it.
        optional informed: Vec<To<MechanismId>>,
        /// The engagements that it takes direction from or is coordinated with.
        optional follows: Vec<To<EngagementId>>,
        /// The shared strategy or joint plan that it belongs to.
        optional strategy: Option<Line>,
        /// The intermediary, if it is indirect.
        optional via: Option<Via>,
        /// What is asked of the armed actor.
        optional asks: Vec<Ask>,
        /// What the armed actor asks of the organisation, and the answer.
        optional demands: Vec<Demand>,
        /// When the armed actor was met.
        optional contacts: Vec<Contact>,
        /// What it is, in a few sentences.
        optional summary: Option<Prose>,
        /// What it is for.
        optional purpose: Option<Prose>,
        /// How it is to be carried on.
        optional plan: Option<Plan>,
        /// What came of it.
        optional outcome: Option<Prose>,
        /// Why it did not reach what it sought, where it did not.
        optional failure_reasons: Vec<FailureReason>,
        /// What others can learn from it.
        optional lessons: Option<Prose>,
        /// The last day on which somebody said that it stands as it is written here.
        optional renewed_on: Option<Day>,
        /// Public sources.
        optional sources: Vec<Source>,
        /// Who reads all of it; its own unless said.
        optional audience: Option<Of<Audience>>,
        /// The organisations that an audience of `organizations` names.
        optional audience_organizations: Vec<To<OrganizationId>>,
        /// The mechanisms that an audience of `mechanisms` names.
        optional audience_mechanisms: Vec<To<MechanismId>>,
        /// What everybody else may learn; its match unless said.
        optional disclosure: Option<Of<Disclosure>>,
        /// The consent of those who carry the risk, to what is disclosed.
        optional consent: Option<Consent>,
    }
}

document! {
    /// An intermediary: a kind, never a person.
    pub struct Via {
        /// What kind of intermediary it is.
        required kind: ViaKind,
        /// Whether they have agreed to carry messages.
        optional consent: bool,
        /// Whether what it may cost them was assessed.
        optional risk_assessed: bool,
    }
}

document! {
    /// A consent, from the day on which it was given to the day on which it ends.
    pub struct Consent {
        /// The day on which it was given.
        required given: Day,
        /// Its last day, at most 90 days later unless it is renewed.
        required until: Day,
    }
}

document! {
    /// What is asked of the armed actor.
    pub struct Ask {
        /// What it is called by its senders.
        key identity: Identity<AskId>,
        /// The issue that it is about.
        required issue: Issue,
        /// What the armed actor is asked to do.
        required action: Action,
        /// On what terms.
        optional terms: Terms,
        /// What is given in return.
        optional offer: Offer,
        /// What became of it.
        optional status: Of<AskStatus>,
        /// Where, if elsewhere than its engagement.
        optional places: Vec<To<PlaceId>>,
        /// The first day, if another than its engagement's.
        optional from: Option<Day>,
        /// The last day, if another than its engagement's.
        optional until: Option<Day>,
        /// What it was before, the first first; the last step is what it is now. The registry adds
        /// a step by itself when its status, its terms or its offer change.
        optional history: Vec<AskStep>,
        /// What is to be known of it besides.
        optional note: Option<Prose>,
    }
}

document! {
    /// What an ask was from a day on.
    pub struct AskStep {
        /// The day.
        required on: Day,
        /// What became of it.
        required status: Of<AskStatus>,
        /// Its terms.
        optional terms: Terms,
        /// What was given in return.
        optional offer: Offer,
        /// What is to be known of the step.
        optional note: Option<Prose>,
    }
}

document! {
    /// How a demand was answered from a day on.
    pub struct DemandStep {
        /// The day.
        required on: Day,
        /// How it was answered.
        required response: Response,
        /// What is to be known of the step.
        optional note: Option<Prose>,
    }
}

document! {
    /// What the armed actor asks of the organisation, and the answer.
    pub struct Demand {
        /// What it is called by its senders.
        key identity: Identity<DemandId>,
        /// What is demanded.
        required kind: DemandKind,
        /// How it was answered.
        required response: Response,
        /// Where, if elsewhere than its engagement.
        optional places: Vec<To<PlaceId>>,
        /// The first day, if another than its engagement's.
        optional from: Option<Day>,
        /// The last day, if another than its engagement's.
        optional until: Option<Day>,
        /// How it was answered before, the first first; the last step is how it is answered now. The
        /// registry adds a step by itself when the answer changes.
        optional history: Vec<DemandStep>,
        /// What is to be known of it besides.
        optional note: Option<Prose>,
    }
}

document! {
    /// A day on which the armed actor was met.
    pub struct Contact {
        /// The day; it has passed, or is today.
        required on: Day,
        /// What is to be known of it besides.
        optional note: Option<Prose>,
    }
}

document! {
    /// How an engagement is to be carried on, by the questions that the guidance asks.
    pub struct Plan {
        /// The outcome that is sought.
        optional outcome_sought: Option<Prose>,
        /// What would move this armed actor.
        optional what_moves_them: Option<Prose>,
        /// How those who decide are reached.
        optional reaching_decision_makers: Option<Prose>,
        /// Who is best placed to carry it on.
        optional best_placed: Option<Prose>,
        /// What is gained for the people concerned.
        optional benefits: Option<Prose>,
        /// What it may cost staff, operations, reputation, communities and intermediaries.
        optional risks: Option<Prose>,
        /// What is done about those risks.
        optional mitigations: Option<Prose>,
    }
}

impl Engagement {
    /// When it is carried on.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window { from: Some(self.from), until: self.until }
    }

    /// The window of an ask or a demand whose own ends are these.
    #[must_use]
    pub fn window_of_part(&self, from: Option<Day>, until: Option<Day>) -> Window {
        Window { from: Some(from.unwrap_or(self.from)), until: until.or(self.until) }
    }

    /// The last day, of those that have come, on which somebody met the armed actor, began or
    /// renewed the line.
    #[must_use]
    pub fn touched_on(&self) -> Day {
        let contacts = self.contacts.iter().map(|contact| contact.on);
        contacts.chain(self.renewed_on).fold(self.from, Day::max)
    }

    fn check_references(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        let lists = [at.member("partners"), at.member("follows")];
        if let Some(index) = self.partners.iter().position(|to| *to == self.organization) {
            let detail = "the organisation that leads is no partner of itself";
            reader.fault(&lists[0].item(index), FaultCode::SelfReference, detail);
        }
        if let Some(index) = self.follows.iter().position(|to| to.0 == self.identity.id) {
            let detail = "an engagement does not follow itself";
            reader.fault(&lists[1].item(index), FaultCode::SelfReference, detail);
        }
    }

    fn check_parts(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        let lists = [at.member("asks"), at.member("demands")];
        let mut keys = std::collections::HashSet::new();
        let parts = (self.asks.iter().map(|ask| (&ask.identity.key, ask.from, ask.until)))
            .enumerate()
            .map(|part| (0, part))
            .chain(
                (self.demands.iter().map(|d| (&d.identity.key, d.from, d.until)))
                    .enumerate()
                    .map(|part| (1, part)),
            );
        for (list, (index, (key, from, until))) in parts {
            let at = lists[list].item(index);
            // In a bundle all keys were looked at together.
            if !keys.insert(key) && reader.keys != Keys::Required {
                let detail = format!("the key `{}` stands here twice", key.as_str());
                reader.fault(&at.member("key"), FaultCode::DuplicateKey, detail);
            }
            // A window that its engagement alone reverses is told of there.
            if from.is_some() || until.is_some() {
                check_window(self.window_of_part(from, until), "it", &at, reader);
            }
        }
    }
}

impl Checked for Engagement {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_window(self.window(), "the engagement", at, reader);
        self.check_references(at, reader);
        self.check_parts(at, reader);
    }
}

impl Checked for Contact {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_past(self.on, "a contact", at, reader);
    }
}

impl Checked for AskStep {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_past(self.on, "a step", at, reader);
    }
}

impl Checked for DemandStep {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_past(self.on, "a step", at, reader);
    }
}

impl Checked for Consent {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        let window = Window { from: Some(self.given), until: Some(self.until) };
        check_window(window, "the consent", at, reader);
        if self.until > later(self.given, CONSENT_DAYS_MAX) {
            let detail = format!("a consent lasts at most {CONSENT_DAYS_MAX} days");
            reader.fault(&at.member("until"), FaultCode::OutOfRange, detail);
        }
        if reader.today.is_some_and(|today| self.given > today) {
            let detail = "a consent was given already; a day to come cannot stand here";
            reader.fault(&at.member("given"), FaultCode::InFuture, detail);
        }
    }
}

impl Consent {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.given <= day && day <= self.until
    }
}

impl Checked for Ask {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        check_terms(&self.terms, self.action, at, reader);
        let history = at.member("history");
        for (index, step) in self.history.iter().enumerate() {
            check_terms(&step.terms, self.action, &history.item(index), reader);
        }
    }
}

impl Checked for Via {}
impl Checked for Demand {}
impl Checked for Plan {}

/// The ids that a list of references stands for.
#[must_use]
pub fn ids<T: Id>(references: &[To<T>]) -> Vec<T> {
    references.iter().map(|to| to.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{restore, store};

    #[test]
    fn what_is_stored_comes_back_and_its_free_texts_stand_apart() {
        let bundle = serde_json::json!({
            "format": "concord.bundle/1",
            "operation": {"key": "o", "name": "O"},
            "organizations": [{"key": "a", "name": "A", "kind": "ingo"}],
            "armed_actors": [{"key": "g", "name": "G", "kind": "militia"}],
            "engagements": [{
                "key": "e", "organization": "a", "armed_actor": "g", "level": "tactical",
                "method": "negotiation", "status": "ongoing", "from": "2026-02-01",
                "summary": "A first word", "plan": {"risks": "A second word"},
                "asks": [{"key": "k", "issue": "access", "action": "stop",
                          "terms": {"persons": "all"}, "note": "A third word"}],
            }],
        });
        struct Fresh(u128);
        impl crate::bundle::Standing for Fresh {
            fn fresh(&mut self) -> uuid::Uuid {
                self.0 += 1;
                uuid::Uuid::from_u128(self.0)
            }
        }
        let bundle = crate::bundle::read(&bundle, &mut Fresh(0), None).unwrap();
        let stored = store(&bundle.engagements[0]);
        assert!(!stored.document.contains("word") && stored.document.contains("all"));
        let texts = stored.texts.as_deref();
        assert_eq!(texts, Some(r#"["A third word","A first word","A second word"]"#));
        assert_eq!(
            restore::<Engagement>(&stored.document, texts).as_ref(),
            Ok(&bundle.engagements[0])
        );
    }
}

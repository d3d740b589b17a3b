//! Lines of dialogue, commitments and agreements, each in a line of a document.

use concord_domain::{
    document::{Commitment, CommonPosition, Engagement, Lead, TermValue, ids},
    id::OrganizationId,
    vocabulary::Code,
    window::Day,
};
use concord_reports::brief::{AskLine, CommitmentLine, DemandLine, LeadLine, Line, PositionLine};
use uuid::Uuid;

use super::{Voice, last_contact};
use crate::names::Wanted;

impl Voice<'_> {
    pub(super) fn position(self, position: &CommonPosition) -> PositionLine {
        let list = |labels: &mut dyn Iterator<Item = String>| {
            self.language.list(&labels.collect::<Vec<_>>())
        };
        let actions = list(&mut position.excludes_actions.iter().map(|it| self.term(*it).label));
        let offers = list(&mut position.excludes_offers.iter().map(|it| self.term(*it).label));
        let demands = list(&mut position.refuses_demands.iter().map(|it| self.term(*it).label));
        let terms = list(&mut position.excludes_terms.iter().map(|(term, values)| {
            let values: Vec<String> = values.iter().map(TermValue::to_string).collect();
            let (name, or) =
                (term.entry().label_in(self.language), self.language.text("advice.or"));
            self.say("advice.named", &[("name", name), ("value", &values.join(or))])
        }));
        let parts = [
            ("advice.not_asked", actions),
            ("advice.not_offered", offers),
            ("advice.not_agreed", terms),
            ("advice.not_accepted", demands),
        ];
        let said = parts.into_iter().filter(|(_, what)| !what.is_empty());
        PositionLine {
            title: position.title.as_str().to_owned(),
            issue: self.term(position.issue),
            rules_out: said
                .map(|(key, what)| self.say(key, &[("what", &what)]))
                .collect::<Vec<_>>()
                .join("; "),
            mechanism: position.mechanism.map(|to| self.named(to.0)),
        }
    }

    pub(super) fn lead(self, lead: &Lead) -> LeadLine {
        LeadLine {
            organization: self.named(lead.organization.0),
            armed_actor: self.named(lead.armed_actor.0),
            level: lead.level.map(|level| self.closed(level.0)),
            issue: lead.issue.map(|issue| self.term(issue)),
            mechanism: lead.mechanism.map(|to| self.named(to.0)),
        }
    }

    /// A line of dialogue; a contact after the day is not told.
    pub(super) fn line(self, line: &Engagement, day: Day) -> Line {
        let organization = self.named(line.organization.0);
        let mut engagement = self.named(line.identity.id);
        engagement.name = format!("{}, {}", organization.name, self.names.of(line.armed_actor.0));
        let asks = line.asks.iter().map(|ask| AskLine {
            action: self.term(ask.action),
            issue: self.term(ask.issue),
            terms: self.terms(&ask.terms),
            offer: (!ask.offer.is_none()).then(|| self.term(ask.offer)),
            status: self.closed(ask.status.0),
        });
        let demands = line.demands.iter().map(|each| DemandLine {
            kind: self.term(each.kind),
            response: self.term(each.response),
        });
        Line {
            engagement,
            organization,
            partners: ids(&line.partners).into_iter().map(|id| self.named(id)).collect(),
            armed_actor: self.named(line.armed_actor.0),
            method: self.term(line.method),
            status: self.closed(line.status.0),
            when: self.language.window(line.window()),
            places: self.places(&line.places),
            last_contact: last_contact(line, day).map(|day| day.to_string()),
            asks: asks.collect(),
            demands: demands.collect(),
        }
    }

    /// A commitment, and who obtained it; what was found after the day is not told.
    pub(super) fn commitment(
        self,
        commitment: &Commitment,
        obtained_by: Option<OrganizationId>,
        day: Day,
    ) -> CommitmentLine {
        CommitmentLine {
            armed_actor: self.named(commitment.armed_actor.0),
            kind: self.term(commitment.kind),
            action: self.term(commitment.action),
            issue: self.term(commitment.issue),
            terms: self.terms(&commitment.terms),
            places: self.places(&commitment.places),
            when: self.language.window(commitment.window()),
            status: self.closed(commitment.status.0),
            obtained_by: obtained_by.map(|id| self.named(id)),
            arranged: self.arranged(commitment),
            verified: self.verified(commitment, day),
        }
    }
}

impl Wanted {
    /// Adds what a line of dialogue names.
    pub(super) fn add_line(&mut self, line: &Engagement) {
        self.actors.insert(line.armed_actor.0.0);
        self.places.extend(ids(&line.places).into_iter().map(Uuid::from));
        self.organizations.insert(line.organization.0.0);
        self.organizations.extend(ids(&line.partners).into_iter().map(Uuid::from));
    }

    /// Adds what a commitment names.
    pub(super) fn add_commitment(&mut self, commitment: &Commitment) {
        self.actors.insert(commitment.armed_actor.0.0);
        self.places.extend(ids(&commitment.places).into_iter().map(Uuid::from));
        let looked = commitment.verifications.iter();
        self.organizations.extend(looked.map(|each| each.organization.0.0));
    }

    /// Adds what a lead names.
    pub(super) fn add_lead(&mut self, lead: &Lead) {
        self.actors.insert(lead.armed_actor.0.0);
        self.organizations.insert(lead.organization.0.0);
        self.mechanisms.extend(lead.mechanism.map(|to| to.0.0));
    }

    /// Adds what a common position names.
    pub(super) fn add_position(&mut self, position: &CommonPosition) {
        self.mechanisms.extend(position.mechanism.map(|to| to.0.0));
    }
}

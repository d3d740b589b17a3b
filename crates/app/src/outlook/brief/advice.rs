//! What a brief draws from the lines: cautions, who seems best placed, whom to call, silences.

use std::collections::BTreeSet;

use concord_domain::{
    document::{Commitment, Engagement},
    facts::CONTACT_DAYS_MAX,
    id::OrganizationId,
    language::Language,
    vocabulary::{AskStatus, Closed, CommitmentStatus, FlagClass, Level, Stance},
    window::{earlier, later},
};
use concord_reports::brief::Placed;

use super::{ENDING_DAYS, FLAGS_MAX, Gathered, SILENT_DAYS};
use crate::outlook::{last_contact, named, term};

impl Gathered {
    pub(super) fn cautions(&self) -> Vec<String> {
        let names = &self.names;
        let mut cautions = Vec::new();
        for line in &self.lines {
            let who = names.of(line.organization.0);
            if line.method.stance() == Stance::Public {
                let method = term(line.method).label;
                cautions.push(format!("{who} speaks in public here ({method})."));
            }
            if line.via.as_ref().is_some_and(|via| via.kind.is_less_protected()) {
                cautions.push(format!(
                    "{who} goes through somebody less protected; do not name or expose them."
                ));
            }
            for demand in &line.demands {
                let (kind, response) = (term(demand.kind).label, term(demand.response).label);
                cautions.push(format!("Demanded of {who}: {kind}. The answer: {response}."));
            }
        }
        let broken = |each: &&Commitment| each.status.0 == CommitmentStatus::Breached;
        for commitment in self.commitments.iter().filter(broken) {
            let (who, what) = (names.of(commitment.armed_actor.0), term(commitment.action).label);
            cautions.push(format!("{who} has broken a commitment: {what}."));
        }
        cautions
    }

    /// Who leads, the community, who was granted something, and who was there lately; in that
    /// order. It orders organisations, and scores nobody.
    pub(super) fn best_placed(&self) -> Vec<Placed> {
        let mut placed: Vec<((bool, bool, usize, usize), Placed)> = Vec::new();
        let leading: BTreeSet<OrganizationId> =
            self.lines.iter().map(|line| line.organization.0).collect();
        let since = earlier(self.question.day, CONTACT_DAYS_MAX);
        for organization in leading {
            let own = |line: &&Engagement| line.organization.0 == organization;
            let all = || self.lines.iter().chain(&self.past).filter(own);
            let leads = self.leads.iter().any(|lead| lead.organization.0 == organization);
            let community = self.lines.iter().filter(own).any(|line| self.is_community(line));
            let granted = all()
                .flat_map(|line| &line.asks)
                .filter(|ask| ask.status.0 == AskStatus::Granted)
                .count();
            let contacts = all()
                .flat_map(|line| &line.contacts)
                .filter(|contact| since <= contact.on && contact.on <= self.question.day)
                .count();
            let reasons = [
                leads.then(|| "It was agreed to lead.".to_owned()),
                community.then(|| "It is community-led and has its own line.".to_owned()),
                (granted > 0).then(|| "It was granted something that it asked.".to_owned()),
                (contacts > 0).then(|| {
                    let times = if contacts == 1 { "once" } else { "several times" };
                    format!("It was there {times} in the last {CONTACT_DAYS_MAX} days.")
                }),
            ];
            let because: Vec<String> = reasons.into_iter().flatten().collect();
            if !because.is_empty() {
                let organization = named(&self.names, organization);
                let order = (leads, community, granted, contacts);
                placed.push((order, Placed { organization, because }));
            }
        }
        placed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.organization.cmp(&b.1.organization)));
        placed.into_iter().map(|(_, placed)| placed).collect()
    }

    pub(super) fn call_first(&self) -> Vec<Placed> {
        let mut calls: Vec<(OrganizationId, Vec<String>)> = Vec::new();
        let mut add = |organization: OrganizationId, why: String| match calls
            .iter_mut()
            .find(|(known, _)| *known == organization)
        {
            Some((_, because)) if !because.contains(&why) => because.push(why),
            Some(_) => {}
            None => calls.push((organization, vec![why])),
        };
        for lead in &self.leads {
            let towards = self.names.of(lead.armed_actor.0);
            add(lead.organization.0, format!("It leads towards {towards}."));
        }
        for line in self.lines.iter().filter(|line| self.is_community(line)) {
            add(line.organization.0, "Its own line is to be followed.".to_owned());
        }
        for flag in self.open_flags().filter(|flag| flag.class == FlagClass::Conflict) {
            for (organization, _) in &flag.organizations {
                add(*organization, "Its line is part of an open flag.".to_owned());
            }
        }
        let placed = |(organization, because)| Placed {
            organization: named(&self.names, organization),
            because,
        };
        calls.into_iter().map(placed).collect()
    }

    pub(super) fn silences(&self) -> Vec<String> {
        let day = self.question.day;
        let silent_since = earlier(day, SILENT_DAYS);
        let mut silences = Vec::new();
        let more = self.open_flags().count().saturating_sub(FLAGS_MAX);
        if more > 0 {
            silences.push(format!("{more} more flags are open; read them in the list of flags."));
        }
        for level in Level::ALL {
            if !self.lines.iter().any(|line| line.level.0 == *level) {
                let level = level.label_in(Language::English);
                silences
                    .push(format!("Nobody that you may know of speaks at this level: {level}."));
            }
        }
        for line in &self.lines {
            let last = last_contact(line, day).unwrap_or(line.from);
            if last < silent_since {
                let who = self.names.of(line.organization.0);
                silences.push(format!("The line of {who} was not touched since {last}."));
            }
        }
        for commitment in &self.commitments {
            if let Some(until) = commitment.until.filter(|until| *until <= later(day, ENDING_DAYS))
            {
                let what = term(commitment.action).label;
                silences.push(format!("A commitment ends on {until}: {what}."));
            }
        }
        silences
    }
}

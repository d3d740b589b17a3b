//! What a brief draws from the lines: cautions, who seems best placed, whom to call, silences.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    document::{Commitment, Engagement, STALE_DAYS},
    facts::CONTACT_DAYS_MAX,
    id::OrganizationId,
    vocabulary::{AskStatus, Closed, CommitmentStatus, Finding, FlagClass, Level, Stance},
    window::{earlier, later},
};
use concord_reports::brief::Placed;

use super::{ENDING_DAYS, Gathered};
use crate::outlook::commitments::last_of;

/// By what organisations are ordered: whether each leads, is of the community and speaks to the
/// very unit, how many of its asks were granted, how often it was there.
type Order = (bool, bool, bool, usize, usize);

impl Gathered {
    pub(super) fn cautions(&self) -> Vec<String> {
        let (names, voice) = (&self.names, self.voice());
        let mut cautions = Vec::new();
        let broken = |each: &&Commitment| each.status.0 == CommitmentStatus::Breached;
        for commitment in self.commitments.iter().filter(broken) {
            let who = names.of(commitment.armed_actor.0);
            let action = voice.term(commitment.action).label;
            let holes = [("armed_actor", &*who), ("action", &*action)];
            cautions.push(voice.say("advice.broken", &holes));
        }
        for commitment in self.commitments.iter().filter(|each| !broken(each)) {
            let past = commitment.verifications.iter().filter(|each| each.on <= self.question.day);
            let last = last_of(past).filter(|last| last.finding.0 == Finding::Broken);
            cautions.extend(last.map(|last| {
                let (day, who) = (self.language.day(last.on), names.of(commitment.armed_actor.0));
                let action = voice.term(commitment.action).label;
                let holes = [("day", &*day), ("action", &action), ("armed_actor", &who)];
                voice.say("advice.found_broken", &holes)
            }));
        }
        for line in &self.lines {
            let who = names.of(line.organization.0);
            if line.method.stance() == Stance::Public {
                let method = voice.term(line.method).label;
                let holes = [("organization", &*who), ("method", &*method)];
                cautions.push(voice.say("advice.public", &holes));
            }
            if line.via.as_ref().is_some_and(|via| via.kind.is_less_protected()) {
                cautions.push(voice.say("advice.less_protected", &[("organization", &who)]));
            }
        }
        cautions
    }

    /// Who leads, the community, who speaks to the very unit, who was granted something, and who
    /// was there lately; in that order. It orders organisations, and scores nobody.
    pub(super) fn best_placed(&self) -> Vec<Placed> {
        let leading: BTreeSet<OrganizationId> =
            self.lines.iter().map(|line| line.organization.0).collect();
        let mut placed: Vec<(Order, Placed)> = leading
            .into_iter()
            .map(|organization| self.placed(organization))
            .filter(|(_, placed)| !placed.because.is_empty())
            .collect();
        placed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.organization.cmp(&b.1.organization)));
        placed.into_iter().map(|(_, placed)| placed).collect()
    }

    fn placed(&self, organization: OrganizationId) -> (Order, Placed) {
        let voice = self.voice();
        let own = |line: &&Engagement| line.organization.0 == organization;
        let all = || self.lines.iter().chain(&self.past).filter(own);
        let mut because = Vec::new();

        let lead = self.leads.iter().find(|lead| lead.organization.0 == organization);
        because.extend(lead.map(|lead| {
            let towards = self.names.of(lead.armed_actor.0);
            voice.say("advice.agreed_to_lead", &[("armed_actor", &towards)])
        }));

        let is_community = self.lines.iter().filter(own).any(|line| self.is_community(line));
        because.extend(is_community.then(|| voice.say("advice.community_led", &[])));

        let here = |line: &&Engagement| line.armed_actor.0 == self.question.actor;
        let here = self.lines.iter().filter(own).find(here);
        because.extend(here.map(|line| {
            let level = voice.closed(line.level.0).label;
            voice.say("advice.speaks_here", &[("level", &level)])
        }));

        let asks = || all().flat_map(|line| &line.asks);
        let with = |status| asks().filter(|ask| ask.status.0 == status).count();
        let granted = with(AskStatus::Granted);
        because.extend((granted > 0).then(|| {
            let since = self.language.day(self.worked_from());
            let (of, answered) = (granted.to_string(), granted + with(AskStatus::Refused));
            let answered = answered.to_string();
            let holes = [("day", &*since), ("granted", &of), ("answered", &answered)];
            voice.say("advice.granted", &holes)
        }));

        let since = earlier(self.question.day, CONTACT_DAYS_MAX);
        let days = all().flat_map(|line| &line.contacts).map(|contact| contact.on);
        let lately: Vec<_> = days.filter(|on| since <= *on && *on <= self.question.day).collect();
        because.extend(lately.iter().max().map(|last| {
            let (last, days) = (self.language.day(*last), CONTACT_DAYS_MAX.to_string());
            let contacts = lately.len().to_string();
            let holes = [("day", &*last), ("days", &days), ("contacts", &contacts)];
            voice.say("advice.was_there", &holes)
        }));

        let order = (lead.is_some(), is_community, here.is_some(), granted, lately.len());
        (order, Placed { organization: voice.named(organization), because })
    }

    pub(super) fn call_first(&self) -> Vec<Placed> {
        let voice = self.voice();
        let mut calls: Vec<(OrganizationId, Vec<String>)> = Vec::new();
        let mut add = |organization: OrganizationId, why: Option<String>| {
            let known = calls.iter().position(|(known, _)| *known == organization);
            let at = known.unwrap_or_else(|| {
                calls.push((organization, Vec::new()));
                calls.len() - 1
            });
            let because = &mut calls[at].1;
            because.extend(why.filter(|why| !because.contains(why)));
        };
        for lead in &self.leads {
            let towards = self.names.of(lead.armed_actor.0);
            let why = voice.say("advice.call_lead", &[("armed_actor", &towards)]);
            add(lead.organization.0, Some(why));
        }
        for line in self.lines.iter().filter(|line| self.is_community(line)) {
            add(line.organization.0, Some(voice.say("advice.call_community", &[])));
        }
        let mut kinds: BTreeMap<OrganizationId, Vec<String>> = BTreeMap::new();
        for flag in self.open_flags().filter(|flag| flag.class == FlagClass::Conflict) {
            let kind = voice.closed(flag.kind).label;
            for (organization, _) in &flag.organizations {
                if !kinds.contains_key(organization) {
                    add(*organization, None);
                }
                let of_organization = kinds.entry(*organization).or_default();
                if !of_organization.contains(&kind) {
                    of_organization.push(kind.clone());
                }
            }
        }
        for (organization, because) in &mut calls {
            if let Some(kinds) = kinds.remove(organization) {
                let kinds = self.language.list(&kinds);
                because.push(voice.say("advice.call_flags", &[("kinds", &kinds)]));
            }
        }
        calls
            .into_iter()
            .map(|(organization, because)| Placed {
                organization: voice.named(organization),
                because,
            })
            .collect()
    }

    pub(super) fn silences(&self) -> Vec<String> {
        let (day, voice, language) = (self.question.day, self.voice(), self.language);
        let silent_since = earlier(day, STALE_DAYS);
        let mut silences = Vec::new();
        for risk in &self.risks {
            silences.push(voice.say("advice.risk_unaddressed", &[("risk", risk.title.as_str())]));
        }
        for level in Level::ALL {
            if !self.lines.iter().any(|line| line.level.0 == *level) {
                let level = level.label_in(language);
                silences.push(voice.say("advice.nobody_at_level", &[("level", level)]));
            }
        }
        for line in &self.lines {
            let last = line.touched_on();
            if last < silent_since {
                let (who, last) = (self.names.of(line.organization.0), language.day(last));
                let holes = [("organization", &*who), ("day", &*last)];
                silences.push(voice.say("advice.untouched", &holes));
            }
        }
        for commitment in &self.commitments {
            if let Some(until) = commitment.until.filter(|until| *until <= later(day, ENDING_DAYS))
            {
                let (until, action) = (language.day(until), voice.term(commitment.action).label);
                let holes = [("day", &*until), ("action", &*action)];
                silences.push(voice.say("advice.commitment_ends", &holes));
            }
        }
        silences
    }
}

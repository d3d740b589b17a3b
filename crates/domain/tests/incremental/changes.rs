//! What can happen in the world, and what of it the registry says is touched.

use concord_domain::{
    evaluate::{Focus, touched_by_days},
    facts::{Actor, Engagement, Facts},
    id::{CommitmentId, CommonPositionId, EngagementId, LeadId, OrganizationId},
    vocabulary::EngagementStatus::{Cancelled, Concluded},
    window::later,
};

use crate::world::{ACTORS, Dice, LINES, World, id};

impl World {
    /// Lets something happen, and says what it touches, as the registry does.
    pub fn change(&mut self, dice: &mut Dice<'_>) -> Focus {
        let before = self.facts.clone();
        let mut focus = Focus::default();
        match dice.below(24) {
            0..=7 => self.write_line(dice, &mut focus),
            8..=11 => self.amend_line(dice, &mut focus),
            12 => self.end_line(dice, &mut focus),
            13..=14 => self.change_lead(dice, &mut focus),
            15..=16 => self.change_position(dice, &mut focus),
            17..=19 => self.change_commitment(dice, &mut focus),
            20 => self.move_unit(dice, &mut focus),
            21 => self.merge_actors(dice, &mut focus),
            22 => {
                let days = dice.of(&[1, 1, 2, 7, 20]);
                self.facts.as_of = self.facts.as_of.map(|day| later(day, days));
                focus = touched_by_days(&self.facts, &before);
            }
            _ if dice.one_in(2) => {
                self.facts.slack_days = dice.of(&[0, 7, 14]);
                focus.everything = true;
            }
            _ => self.change_organization(dice, &mut focus),
        }
        self.name_what_is_meant(&mut focus);
        focus
    }

    /// The leads and commitments that the focus means by organisations and engagements.
    fn name_what_is_meant(&self, focus: &mut Focus) {
        let facts = &self.facts;
        let leads = facts.leads.values().filter(|lead| {
            focus.leads_of.contains(&lead.organization) && !facts.agreement_is_over(lead.window)
        });
        focus.leads.extend(leads.map(|lead| lead.id));
        let commitments = facts.commitments.values().filter(|commitment| {
            commitment.engagement.is_some_and(|origin| focus.engagements.contains(&origin))
        });
        focus.commitments.extend(commitments.map(|commitment| commitment.id));
    }

    fn put_line(&mut self, line: Engagement, focus: &mut Focus) {
        focus.add_engagement(&line);
        if let Some(before) = self.facts.engagements.insert(line.id, line) {
            focus.add_engagement(&before);
        }
    }

    fn write_line(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(LINES);
        let line = self.line(dice, number);
        self.put_line(line, focus);
    }

    /// Takes one member from another line.
    fn amend_line(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(LINES);
        let member = dice.below(17);
        let Some(mut line) = self.facts.engagements.get(&id(6, number)).cloned() else { return };
        let other = self.line(dice, number);
        match member {
            0 => (line.organization, line.partners) = (other.organization, other.partners),
            1 => line.partners = self.partners(dice, line.organization),
            2 => line.actor = other.actor,
            3 => line.level = other.level,
            4 => line.method = other.method,
            5 => line.trades = !line.trades,
            6 => line.status = other.status,
            7 => line.window = other.window,
            8 => line.places = other.places,
            9 => line.informed = other.informed,
            10 => line.follows = other.follows,
            11 => line.strategy = other.strategy,
            12 => line.via = other.via,
            13 => line.demands = other.demands,
            14 => line.contacts = other.contacts,
            _ => line.asks = other.asks,
        }
        let led = self.community_led;
        let organization = (0..4).find(|number| line.organization == id(5, *number));
        line.community_led = organization.is_some_and(|number| led[usize::from(number)]);
        self.put_line(line, focus);
    }

    fn partners(&self, dice: &mut Dice<'_>, organization: OrganizationId) -> Vec<OrganizationId> {
        let partner: OrganizationId = id(5, dice.below(4));
        if partner == organization { Vec::new() } else { vec![partner] }
    }

    fn end_line(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(LINES);
        let status = dice.of(&[Cancelled, Concluded]);
        if let Some(mut line) = self.facts.engagements.get(&id(6, number)).cloned() {
            line.status = status;
            self.put_line(line, focus);
        }
    }

    fn change_lead(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(2);
        let lead: LeadId = id(8, number);
        focus.leads.insert(lead);
        match dice.one_in(4) {
            true => drop(self.facts.leads.remove(&lead)),
            false => drop(self.facts.leads.insert(lead, self.lead(dice, number))),
        }
    }

    fn change_position(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(2);
        let position: CommonPositionId = id(9, number);
        focus.positions.insert(position);
        match dice.one_in(4) {
            true => drop(self.facts.positions.remove(&position)),
            false => drop(self.facts.positions.insert(position, self.position(dice, number))),
        }
    }

    fn change_commitment(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(4);
        let commitment: CommitmentId = id(10, number);
        focus.commitments.insert(commitment);
        match dice.one_in(5) {
            true => drop(self.facts.commitments.remove(&commitment)),
            false => {
                let new = self.commitment(dice, number);
                drop(self.facts.commitments.insert(commitment, new));
            }
        }
    }

    fn change_organization(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let number = dice.below(4);
        let led = &mut self.community_led[usize::from(number)];
        *led = !*led;
        let lines = self.facts.engagements.values_mut();
        for line in lines.filter(|line| line.organization == id(5, number)) {
            line.community_led = *led;
            focus.engagements.insert(line.id);
        }
    }

    fn is_above(&self, above: u8, below: u8) -> bool {
        above == below
            || self.parents[usize::from(below)].is_some_and(|parent| self.is_above(above, parent))
    }

    fn move_unit(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let unit = dice.below(ACTORS);
        let under = Some(dice.below(ACTORS + 1)).filter(|under| *under < ACTORS);
        let is_sound =
            under.is_none_or(|under| !self.is_above(unit, under) && !self.merged.contains(&under));
        if is_sound && !self.merged.contains(&unit) {
            self.parents[usize::from(unit)] = under;
            self.stand_anew(focus);
        }
    }

    /// Gives everything the lineages of the tree as it is now; what stands elsewhere is touched.
    fn stand_anew(&mut self, focus: &mut Focus) {
        let actors: Vec<Actor> = (0..ACTORS).map(|number| self.actor(number)).collect();
        let standing = |actor: &Actor| {
            let now = actors.iter().find(|each| each.id == actor.id)?;
            (now.lineage != actor.lineage).then(|| now.clone())
        };
        let Facts { engagements, leads, positions, commitments, .. } = &mut self.facts;
        for line in engagements.values_mut() {
            if let Some(actor) = standing(&line.actor) {
                line.actor = actor;
                focus.add_engagement(line);
            }
        }
        for lead in leads.values_mut() {
            if let Some(actor) = standing(&lead.actor) {
                lead.actor = actor;
                focus.leads.insert(lead.id);
            }
        }
        for position in positions.values_mut() {
            if let Some(actor) = position.actor.as_ref().and_then(standing) {
                position.actor = Some(actor);
                focus.positions.insert(position.id);
            }
        }
        for commitment in commitments.values_mut() {
            if let Some(actor) = standing(&commitment.actor) {
                commitment.actor = actor;
                focus.commitments.insert(commitment.id);
            }
        }
    }

    fn merge_actors(&mut self, dice: &mut Dice<'_>, focus: &mut Focus) {
        let (gone, kept) = (dice.below(ACTORS), dice.below(ACTORS));
        let is_one = |number: &u8| self.merged.contains(number);
        if is_one(&gone) || is_one(&kept) || self.is_above(gone, kept) || self.merged.len() > 1 {
            return;
        }
        for parent in self.parents.iter_mut().filter(|parent| **parent == Some(gone)) {
            *parent = Some(kept);
        }
        self.merged.insert(gone);
        self.stand_anew(focus);
        let (from, to) = (self.actor(gone).id, self.actor(kept));
        let lines: Vec<EngagementId> = self.facts.engagements.keys().copied().collect();
        for line in lines {
            let mut line = self.facts.engagements[&line].clone();
            if line.actor.id == from {
                line.actor = to.clone();
                self.put_line(line, focus);
            }
        }
        let Facts { leads, positions, commitments, .. } = &mut self.facts;
        for lead in leads.values_mut().filter(|lead| lead.actor.id == from) {
            lead.actor = to.clone();
            focus.leads.insert(lead.id);
        }
        for position in positions.values_mut() {
            if position.actor.as_ref().is_some_and(|actor| actor.id == from) {
                position.actor = Some(to.clone());
                focus.positions.insert(position.id);
            }
        }
        for commitment in commitments.values_mut().filter(|each| each.actor.id == from) {
            commitment.actor = to.clone();
            focus.commitments.insert(commitment.id);
        }
    }
}

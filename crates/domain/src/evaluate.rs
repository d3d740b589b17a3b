//! Facts in, flags out: everything, or what a change touches.
//!
//! Evaluating a change finds exactly those flags of a full evaluation that are
//! [touched](Focus::touches): a test over random histories holds the two together.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    facts::{Ask, Commitment, Demand, Engagement, Facts},
    flag::{Flag, FlagIdentity, Subject, identity},
    id::{ArmedActorId, CommitmentId, CommonPositionId, EngagementId, LeadId, OrganizationId},
    rules::{Asks, Check, Finding, Lines, Part, RULES, Register, Rule},
    vocabulary::Level,
};

/// What a change touches: the flags between these are to be found anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    /// Whether everything is touched.
    pub everything: bool,
    /// Engagements, with their asks and demands and the commitments that came from them.
    pub engagements: BTreeSet<EngagementId>,
    /// Leads.
    pub leads: BTreeSet<LeadId>,
    /// Organisations all of whose leads are touched, since a line of theirs came, went or changed
    /// whom it is coordinated with.
    pub leads_of: BTreeSet<OrganizationId>,
    /// Common positions.
    pub positions: BTreeSet<CommonPositionId>,
    /// Commitments.
    pub commitments: BTreeSet<CommitmentId>,
    /// Armed actors and levels whose visits are to be counted anew.
    pub visits: BTreeSet<(ArmedActorId, Level)>,
}

impl Focus {
    /// Everything.
    #[must_use]
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Adds what an engagement touches, before or after it changed.
    pub fn add_engagement(&mut self, engagement: &Engagement) {
        self.engagements.insert(engagement.id);
        self.leads_of.insert(engagement.organization);
        self.visits.insert((engagement.actor.id, engagement.level));
    }

    /// Adds all that another touches.
    pub fn extend(&mut self, other: Self) {
        self.everything |= other.everything;
        self.engagements.extend(other.engagements);
        self.leads.extend(other.leads);
        self.leads_of.extend(other.leads_of);
        self.positions.extend(other.positions);
        self.commitments.extend(other.commitments);
        self.visits.extend(other.visits);
    }

    fn has_engagement(&self, id: EngagementId) -> bool {
        self.everything || self.engagements.contains(&id)
    }

    fn has_commitment(&self, commitment: &Commitment) -> bool {
        self.everything
            || self.commitments.contains(&commitment.id)
            || commitment.engagement.is_some_and(|origin| self.engagements.contains(&origin))
    }

    /// Whether a flag between these subjects is to be found anew. `of_lead` and `origin` say what
    /// the facts, before the change or after, say of a lead and of a commitment.
    #[must_use]
    pub fn touches(
        &self,
        between: &BTreeSet<Subject>,
        of_lead: impl Fn(LeadId) -> Option<OrganizationId>,
        origin: impl Fn(CommitmentId) -> Option<EngagementId>,
    ) -> bool {
        let level = between.iter().find_map(|subject| match subject {
            Subject::Level(level) => Some(*level),
            _ => None,
        });
        self.everything
            || between.iter().any(|subject| match *subject {
                Subject::Ask(_, id) | Subject::Demand(_, id) => self.engagements.contains(&id),
                // The engagements that a saturation flag names are no part of what it is.
                Subject::Engagement(id) => level.is_none() && self.engagements.contains(&id),
                Subject::Lead(id) => {
                    self.leads.contains(&id)
                        || of_lead(id).is_some_and(|id| self.leads_of.contains(&id))
                }
                Subject::CommonPosition(id) => self.positions.contains(&id),
                Subject::Commitment(id) => {
                    self.commitments.contains(&id)
                        || origin(id).is_some_and(|id| self.engagements.contains(&id))
                }
                Subject::Actor(id) => level.is_some_and(|level| self.visits.contains(&(id, level))),
                Subject::Level(_) => false,
            })
    }
}

/// The flags that the facts raise, as far as they are in focus, in the order of their identity.
#[must_use]
pub fn evaluate(facts: &Facts, focus: &Focus) -> Vec<Flag> {
    let register = Register::new(facts);
    let mut evaluation = Evaluation { register: &register, focus, found: BTreeMap::new() };
    let in_focus: Vec<&Engagement> = if focus.everything {
        register.live().collect()
    } else {
        let known = focus.engagements.iter().filter_map(|id| facts.engagements.get(id));
        known.filter(|engagement| facts.is_live(engagement)).collect()
    };
    for engagement in in_focus {
        evaluation.engagement(engagement);
    }
    if !focus.everything {
        evaluation.leads();
        evaluation.positions();
        evaluation.commitments_with_asks();
    }
    evaluation.pairs_of_commitments();
    evaluation.visits();
    evaluation.found.into_values().collect()
}

struct Evaluation<'e> {
    register: &'e Register<'e>,
    focus: &'e Focus,
    found: BTreeMap<FlagIdentity, Flag>,
}

impl<'e> Evaluation<'e> {
    fn raise(&mut self, rule: &Rule, finding: Finding, between: impl IntoIterator<Item = Subject>) {
        let between: BTreeSet<Subject> = between.into_iter().collect();
        let flag = Flag {
            kind: rule.kind,
            class: rule.class,
            severity: finding.severity,
            because: finding.because,
            between,
        };
        self.found.insert(identity(flag.kind, flag.between.iter().copied()), flag);
    }

    /// All flags of a live engagement, with whatever it meets.
    fn engagement(&mut self, engagement: &'e Engagement) {
        let register = self.register;
        let lineage = &engagement.actor.lineage;
        for other in register.live_in_line(lineage) {
            let once = other.id > engagement.id || !self.focus.has_engagement(other.id);
            if other.id != engagement.id && once {
                let (first, second) = if engagement.id < other.id {
                    (engagement, other)
                } else {
                    (other, engagement)
                };
                self.lines(first, second);
            }
        }
        for lead in register.leads_above(lineage) {
            self.lead(engagement, lead);
        }
        for position in register.positions_above(lineage) {
            self.position(engagement, position);
        }
        for commitment in register.commitments_in_line(lineage) {
            self.commitment(engagement, commitment);
        }
        for rule in RULES {
            if let Check::Line(check) = rule.check
                && let Some(finding) = check(register, engagement)
            {
                self.raise(rule, finding, [Subject::Engagement(engagement.id)]);
            }
        }
    }

    /// All flags between two live engagements whose actors are in line.
    fn lines(&mut self, first: &'e Engagement, second: &'e Engagement) {
        let facts = self.register.facts;
        if !first.hull().meets(&second.hull(), facts.slack_days) {
            return;
        }
        let lines = Lines::new(self.register, first, second);
        for asks in lines.asks().filter(Asks::meet) {
            self.asks(&asks);
        }
        if !lines.organizations_differ() {
            return;
        }
        self.demands(&lines);
        if lines.meet() && !lines.are_coordinated() {
            for rule in RULES {
                if let Check::Lines(check) = rule.check
                    && let Some(finding) = check(&lines)
                {
                    let between = [Subject::Engagement(first.id), Subject::Engagement(second.id)];
                    self.raise(rule, finding, between);
                }
            }
        }
    }

    /// The first rule about two asks that holds.
    fn asks(&mut self, asks: &Asks<'_>) {
        let first = RULES.into_iter().find_map(|rule| match rule.check {
            Check::Asks(check) => check(asks).map(|finding| (rule, finding)),
            _ => None,
        });
        if let Some((rule, finding)) = first {
            let lines = asks.lines;
            let between = [
                Subject::Ask(asks.first.id, lines.first.id),
                Subject::Ask(asks.second.id, lines.second.id),
            ];
            self.raise(rule, finding, between);
        }
    }

    fn demands(&mut self, lines: &Lines<'e>) {
        let facts = self.register.facts;
        let meet = |a: (_, &crate::facts::Places), b: (crate::window::Window, _)| {
            let (window, places): (crate::window::Window, _) = a;
            window.meets(&b.0, facts.slack_days) && places.intersect(b.1)
        };
        let of = |demand: &'e Demand| (demand.window, &demand.places);
        for demand in facts.live_demands(lines.first) {
            for other in facts.live_demands(lines.second) {
                if meet(of(demand), of(other)) {
                    self.two_demands(lines, demand, other);
                }
            }
        }
        for (one, other) in [(lines.first, lines.second), (lines.second, lines.first)] {
            let lines = Lines::new(self.register, one, other);
            for demand in facts.live_demands(one) {
                for ask in facts.live_asks(other) {
                    if meet(of(demand), (ask.window, &ask.places)) {
                        self.demand_and_ask(&lines, demand, ask);
                    }
                }
            }
        }
    }

    fn two_demands(&mut self, lines: &Lines<'_>, first: &Demand, second: &Demand) {
        for rule in RULES {
            if let Check::Demands(check) = rule.check
                && let Some(finding) = check(lines, first, second)
            {
                let between = [
                    Subject::Demand(first.id, lines.first.id),
                    Subject::Demand(second.id, lines.second.id),
                ];
                self.raise(rule, finding, between);
            }
        }
    }

    fn demand_and_ask(&mut self, lines: &Lines<'_>, demand: &Demand, ask: &Ask) {
        for rule in RULES {
            if let Check::DemandAndAsk(check) = rule.check
                && let Some(finding) = check(lines, demand, ask)
            {
                let between = [
                    Subject::Demand(demand.id, lines.first.id),
                    Subject::Ask(ask.id, lines.second.id),
                ];
                self.raise(rule, finding, between);
            }
        }
    }

    fn lead(&mut self, engagement: &Engagement, lead: &crate::facts::Lead) {
        for rule in RULES {
            if let Check::Lead(check) = rule.check
                && let Some(finding) = check(self.register, engagement, lead)
            {
                let between = [Subject::Engagement(engagement.id), Subject::Lead(lead.id)];
                self.raise(rule, finding, between);
            }
        }
    }

    fn position(&mut self, engagement: &Engagement, position: &crate::facts::CommonPosition) {
        let facts = self.register.facts;
        let asks = facts
            .live_asks(engagement)
            .map(|ask| (Part::Ask(ask), Subject::Ask(ask.id, engagement.id)));
        let demands = facts
            .live_demands(engagement)
            .map(|demand| (Part::Demand(demand), Subject::Demand(demand.id, engagement.id)));
        for (part, subject) in asks.chain(demands) {
            for rule in RULES {
                if let Check::Position(check) = rule.check
                    && let Some(finding) = check(engagement, part, position)
                {
                    self.raise(rule, finding, [subject, Subject::CommonPosition(position.id)]);
                }
            }
        }
    }

    fn commitment(&mut self, engagement: &Engagement, commitment: &Commitment) {
        for ask in self.register.facts.live_asks(engagement) {
            for rule in RULES {
                if let Check::Commitment(check) = rule.check
                    && let Some(finding) = check(self.register, engagement, ask, commitment)
                {
                    let ask = Subject::Ask(ask.id, engagement.id);
                    self.raise(rule, finding, [ask, Subject::Commitment(commitment.id)]);
                }
            }
        }
    }

    /// The leads in focus, with the engagements that are not.
    fn leads(&mut self) {
        let facts = self.register.facts;
        let in_focus = |lead: &&crate::facts::Lead| {
            !facts.agreement_is_over(lead.window)
                && (self.focus.leads.contains(&lead.id)
                    || self.focus.leads_of.contains(&lead.organization))
        };
        let leads: Vec<_> = facts.leads.values().filter(in_focus).collect();
        for lead in leads {
            for engagement in self.register.live_under(&lead.actor.lineage) {
                self.lead(engagement, lead);
            }
        }
    }

    /// The positions in focus, with the engagements that are not.
    fn positions(&mut self) {
        let register = self.register;
        let positions = self.focus.positions.iter();
        let known: Vec<_> = positions
            .filter_map(|id| register.facts.positions.get(id))
            .filter(|position| !register.facts.agreement_is_over(position.window))
            .collect();
        for position in known {
            let engagements: Vec<&Engagement> = match &position.actor {
                Some(actor) => register.live_under(&actor.lineage).collect(),
                None => register.live().collect(),
            };
            for engagement in engagements {
                self.position(engagement, position);
            }
        }
    }

    fn commitments_in_focus(&self) -> Vec<&'e Commitment> {
        let facts = self.register.facts;
        let in_focus = |commitment: &&Commitment| {
            facts.is_in_force(commitment) && self.focus.has_commitment(commitment)
        };
        facts.commitments.values().filter(in_focus).collect()
    }

    /// The commitments in focus, with the asks of engagements that are not.
    fn commitments_with_asks(&mut self) {
        for commitment in self.commitments_in_focus() {
            for engagement in self.register.live_in_line(&commitment.actor.lineage) {
                self.commitment(engagement, commitment);
            }
        }
    }

    fn pairs_of_commitments(&mut self) {
        let register = self.register;
        for commitment in self.commitments_in_focus() {
            for other in register.commitments_in_line(&commitment.actor.lineage) {
                if other.id == commitment.id
                    || (other.id < commitment.id && self.focus.has_commitment(other))
                {
                    continue;
                }
                let (first, second) = if commitment.id < other.id {
                    (commitment, other)
                } else {
                    (other, commitment)
                };
                for rule in RULES {
                    if let Check::Commitments(check) = rule.check
                        && let Some(finding) = check(register, first, second)
                    {
                        let between =
                            [Subject::Commitment(first.id), Subject::Commitment(second.id)];
                        self.raise(rule, finding, between);
                    }
                }
            }
        }
    }

    fn visits(&mut self) {
        let visits: BTreeSet<_> = if self.focus.everything {
            self.register.visited_levels().collect()
        } else {
            self.focus.visits.clone()
        };
        for (actor, level) in visits {
            let engagements = self.register.visited(actor, level);
            for rule in RULES {
                if let Check::Visits(check) = rule.check
                    && let Some((finding, mut between)) = check(self.register, level, engagements)
                {
                    between.extend([Subject::Actor(actor), Subject::Level(level)]);
                    self.raise(rule, finding, between);
                }
            }
        }
    }
}

/// What a passing of days touches, of the facts as they are.
#[must_use]
pub fn touched_by_days(facts: &Facts, before: &Facts) -> Focus {
    let mut focus = Focus::default();
    for engagement in facts.engagements.values() {
        let ended = |window| facts.line_is_over(window) != before.line_is_over(window);
        let parts = engagement.asks.iter().map(|ask| ask.window);
        let windows = parts.chain(engagement.demands.iter().map(|demand| demand.window));
        let consent_ended =
            engagement.via.as_ref().and_then(|via| via.consent_until).is_some_and(|until| {
                let over = |facts: &Facts| facts.as_of.is_some_and(|day| until < day);
                over(facts) != over(before)
            });
        let aged = |on: &&_| facts.contact_counts(**on) != before.contact_counts(**on);
        if windows.chain([engagement.window]).any(ended)
            || consent_ended
            || engagement.contacts.iter().any(|on| aged(&on))
        {
            focus.add_engagement(engagement);
        }
    }
    let ended = |window| facts.agreement_is_over(window) != before.agreement_is_over(window);
    focus.leads.extend(facts.leads.values().filter(|l| ended(l.window)).map(|lead| lead.id));
    focus.positions.extend(facts.positions.values().filter(|p| ended(p.window)).map(|p| p.id));
    let commitments = facts.commitments.values().filter(|c| ended(c.window));
    focus.commitments.extend(commitments.map(|commitment| commitment.id));
    focus
}

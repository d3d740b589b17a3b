//! What happened with an armed actor, day by day, as far as the caller may read it.

use std::collections::BTreeSet;

use concord_domain::{
    document::{ArmedActor, Commitment, Engagement, Lead},
    id::ArmedActorId,
    language::Language,
    policy::Action,
    vocabulary::{Closed, Code, CommitmentStatus, Severity},
    window::{Day, earlier},
};
use concord_reports::{
    Named, Term,
    disclosed::Disclosed,
    timeline::{Timeline, TimelineEvent},
};
use concord_store::{
    Tx,
    documents::{armed_actors, leads},
    engagements,
    flags::{self, KeptFlag},
    live, trees,
};
use serde_json::Value;
use uuid::Uuid;

use super::{Question, Search, network::lines, read};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
    names::{Names, Wanted},
};

/// How far back it is looked unless a period is said, in days.
const PERIOD_DAYS: u32 = 365;
/// The most events of one answer.
const EVENTS_MAX: usize = 1_000;
/// The most flags that are looked at.
const FLAGS_MAX: i64 = 1_000;

/// What happened with an armed actor and all above and below it, the latest first.
///
/// # Errors
/// All that is wrong with the question; [`Error::Forbidden`] for whom who reads no entries.
pub fn timeline(app: &App, person: Person, operation: &str, body: &Value) -> Result<Timeline> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let (mut question, _) = read(app, tx, access, body)?;
        let actor = question.armed_actor.ok_or_else(|| {
            let missing = concord_domain::fault::FaultCode::Missing;
            Error::at("armed_actor", missing, "`armed_actor` is needed")
        })?;
        let until = *question.until.get_or_insert(app.today());
        let from = *question.from.get_or_insert(earlier(until, PERIOD_DAYS));
        let period = (from, until);
        let disclosed = super::disclosed(tx, access, &question, (period, app.today()))?;
        let gathered = Gathered::gather(tx, access, (&question, actor))?;
        Ok(Timeline { disclosed, ..gathered.timeline(actor, period) })
    })
}

/// Everything that a timeline is made of.
struct Gathered {
    lines: Vec<Engagement>,
    commitments: Vec<Commitment>,
    leads: Vec<Lead>,
    actors: Vec<ArmedActor>,
    flags: Vec<KeptFlag>,
    names: Names,
    language: Language,
    cut: bool,
}

impl Gathered {
    fn gather(
        tx: &mut Tx,
        access: &Access,
        (question, actor): (&Question, ArmedActorId),
    ) -> Result<Self> {
        let (operation, scope) = (access.id(), &access.scope);
        let search = Search::new(tx, access, question)?;
        let (lines, cut) = lines(tx, access, &search)?;
        let lineage = search.filter.actor.as_ref().ok_or(Error::NotFound)?;
        let up = trees::armed_actors::up(tx, operation, lineage)?;
        let under = trees::armed_actors::under(tx, operation, lineage)?;
        let in_line: BTreeSet<ArmedActorId> = up.iter().chain(&under).copied().collect();
        let in_line: Vec<ArmedActorId> = in_line.into_iter().collect();
        let ids: Vec<Uuid> = in_line.iter().map(|id| id.0).collect();
        // Somebody may have looked after one that had ended.
        let found = engagements::commitments_with_actors(tx, operation, scope, Some(&ids), None)?;
        let commitments = engagements::load_commitments(tx, operation, scope, &found)?;
        access.deeds.shows(&lines);
        access.deeds.shows(&commitments);
        let agreed = live::agreed_with(tx, operation, &in_line)?;
        let lead_ids: Vec<Uuid> = agreed.leads.iter().map(|id| id.0).collect();
        let entries = lines.iter().map(|line| line.identity.id.0).collect();
        let filter = flags::Filter { entries: Some(entries), ..flags::Filter::default() };
        let mut gathered = Self {
            commitments,
            leads: leads::load(tx, operation, &lead_ids)?,
            actors: armed_actors::load(tx, operation, &[actor.0])?,
            flags: flags::list(tx, operation, scope, &filter, FLAGS_MAX)?,
            lines,
            names: Names::default(),
            language: access.language,
            cut,
        };
        gathered.flags.retain(|flag| flag.standing.severity != Severity::Info);
        let flagged = gathered.flags.iter().map(|flag| flag.id).collect::<Vec<_>>();
        let resting = flags::entries_of(tx, operation, &flagged)?;
        access.deeds.names_entries(resting.into_values().flatten());
        let mut wanted = Wanted::default();
        wanted.actors.extend(ids);
        for line in &gathered.lines {
            wanted.actors.insert(line.armed_actor.0.0);
            wanted.organizations.insert(line.organization.0.0);
        }
        for commitment in &gathered.commitments {
            wanted
                .organizations
                .extend(commitment.verifications.iter().map(|v| v.organization.0.0));
        }
        wanted.organizations.extend(gathered.leads.iter().map(|lead| lead.organization.0.0));
        let formers = gathered.actors.iter().flat_map(|actor| &actor.former_parents);
        wanted.actors.extend(formers.filter_map(|former| former.parent.map(|to| to.0.0)));
        gathered.names = wanted.load(tx, operation)?;
        Ok(gathered)
    }

    fn timeline(&self, actor: ArmedActorId, (from, until): (Day, Day)) -> Timeline {
        let mut events: Vec<(Day, TimelineEvent)> = Vec::new();
        for line in &self.lines {
            self.add_line(line, &mut events);
        }
        for commitment in &self.commitments {
            self.add_commitment(commitment, &mut events);
        }
        for lead in &self.leads {
            let who = Some(self.named(lead.organization.0));
            let event = |kind| TimelineEvent {
                organization: who.clone(),
                ..self.event(kind, lead.armed_actor.0)
            };
            events.extend(lead.from.map(|day| (day, event("lead_began"))));
            events.extend(lead.until.map(|day| (day, event("lead_ended"))));
        }
        for former in self.actors.iter().flat_map(|actor| &actor.former_parents) {
            let parent = former.parent.map_or(actor, |to| to.0);
            events.push((former.until, self.event("moved", parent)));
        }
        for flag in &self.flags {
            let about = vec![self.closed(flag.kind), self.closed(flag.standing.severity)];
            let outcome = Some(self.closed(flag.standing.state));
            let event = TimelineEvent {
                flag: Some(flag.id),
                about,
                outcome,
                ..self.event("flag_raised", actor)
            };
            events.push((flag.raised_at.date(), event));
        }
        events.retain(|(day, _)| from <= *day && *day <= until);
        events.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        let cut = self.cut || events.len() > EVENTS_MAX;
        events.truncate(EVENTS_MAX);
        Timeline {
            armed_actor: self.named(actor),
            from: from.to_string(),
            until: until.to_string(),
            events: events
                .into_iter()
                .map(|(day, event)| TimelineEvent { on: day.to_string(), ..event })
                .collect(),
            disclosed: Disclosed::default(),
            cut,
            note: self.language.text("find.covers").to_owned(),
        }
    }

    fn add_line(&self, line: &Engagement, events: &mut Vec<(Day, TimelineEvent)>) {
        let event = |kind| TimelineEvent {
            organization: Some(self.named(line.organization.0)),
            engagement: Some(line.identity.id.0),
            ..self.event(kind, line.armed_actor.0)
        };
        let header = vec![self.closed(line.level.0), self.term(line.method)];
        let outcome = Some(self.closed(line.status.0));
        events.push((
            line.from,
            TimelineEvent { about: header.clone(), outcome, ..event("line_began") },
        ));
        events.extend(
            line.until
                .map(|day| (day, TimelineEvent { about: header.clone(), ..event("line_ended") })),
        );
        for contact in &line.contacts {
            events.push((contact.on, TimelineEvent { about: header.clone(), ..event("contact") }));
        }
        for ask in &line.asks {
            let about = vec![self.term(ask.action), self.term(ask.issue)];
            let mut add = |day, status| {
                let (about, outcome) = (about.clone(), Some(self.closed(status)));
                events.push((day, TimelineEvent { about, outcome, ..event("ask") }));
            };
            for step in &ask.history {
                add(step.on, step.status.0);
            }
            if ask.history.is_empty() {
                add(ask.from.unwrap_or(line.from), ask.status.0);
            }
        }
        for demand in &line.demands {
            let about = vec![self.term(demand.kind)];
            let mut add = |day, response| {
                let (about, outcome) = (about.clone(), Some(self.term(response)));
                events.push((day, TimelineEvent { about, outcome, ..event("demand") }));
            };
            for step in &demand.history {
                add(step.on, step.response);
            }
            if demand.history.is_empty() {
                add(demand.from.unwrap_or(line.from), demand.response);
            }
        }
    }

    fn add_commitment(&self, commitment: &Commitment, events: &mut Vec<(Day, TimelineEvent)>) {
        let event = |kind| TimelineEvent {
            commitment: Some(commitment.identity.id.0),
            about: vec![self.term(commitment.action), self.term(commitment.issue)],
            ..self.event(kind, commitment.armed_actor.0)
        };
        let outcome = Some(self.closed::<CommitmentStatus>(commitment.status.0));
        let began =
            |day| (day, TimelineEvent { outcome: outcome.clone(), ..event("commitment_began") });
        events.extend(commitment.from.map(began));
        events.extend(commitment.until.map(|day| (day, event("commitment_ended"))));
        for verification in &commitment.verifications {
            let found = TimelineEvent {
                organization: Some(self.named(verification.organization.0)),
                outcome: Some(self.closed(verification.finding.0)),
                ..event("verification")
            };
            events.push((verification.on, found));
        }
    }

    fn event(&self, kind: &'static str, actor: ArmedActorId) -> TimelineEvent {
        let key = match kind {
            "line_began" => "event.line_began",
            "line_ended" => "event.line_ended",
            "contact" => "event.contact",
            "ask" => "event.ask",
            "demand" => "event.demand",
            "commitment_began" => "event.commitment_began",
            "commitment_ended" => "event.commitment_ended",
            "verification" => "event.verification",
            "lead_began" => "event.lead_began",
            "lead_ended" => "event.lead_ended",
            "flag_raised" => "event.flag_raised",
            _ => "event.moved",
        };
        TimelineEvent {
            on: String::new(),
            kind,
            label: self.language.text(key).to_owned(),
            armed_actor: self.named(actor),
            organization: None,
            engagement: None,
            commitment: None,
            flag: None,
            about: Vec::new(),
            outcome: None,
        }
    }

    fn named(&self, id: impl Into<Uuid>) -> Named {
        let id = id.into();
        Named { id, name: self.names.of(id) }
    }

    fn term<T: Code>(&self, code: T) -> Term {
        let entry = code.entry();
        Term { code: entry.code.clone(), label: entry.label_in(self.language).to_owned() }
    }

    fn closed<T: Closed>(&self, code: T) -> Term {
        Term { code: code.code().to_owned(), label: code.label_in(self.language).to_owned() }
    }
}

//! What happened with an armed actor, day by day, as far as the caller may read it.

use std::{collections::BTreeSet, sync::Arc};

use concord_domain::{
    document::{ArmedActor, Commitment, Engagement, Lead},
    id::ArmedActorId,
    language::Language,
    policy::Action,
    vocabulary::{Closed, Code, CommitmentStatus, FlagState, Severity},
    window::{Day, earlier},
};
use concord_reports::{
    Named, Term,
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
pub(super) const FLAGS_MAX: i64 = 1_000;

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
        let (gathered, is_cut) = gather(tx, access, (&question, actor, period))?;
        let (events, is_long) = gathered.events(period);
        Ok(Timeline {
            armed_actor: gathered.named(actor),
            from: from.to_string(),
            until: until.to_string(),
            events,
            disclosed,
            cut: is_cut || is_long,
            note: access.language.text("find.covers").to_owned(),
        })
    })
}

/// Everything with an armed actor, and whether there are more lines than can be looked at.
fn gather(
    tx: &mut Tx,
    access: &Access,
    (question, actor, period): (&Question, ArmedActorId, (Day, Day)),
) -> Result<(Gathered, bool)> {
    let (operation, scope) = (access.id(), &access.scope);
    let search = Search::new(tx, access, question)?;
    let (lines, is_cut) = lines(tx, access, (&search, period))?;
    let lineage = search.filter.actor.as_ref().ok_or(Error::NotFound)?;
    let up = trees::armed_actors::up(tx, operation, lineage)?;
    let under = trees::armed_actors::under(tx, operation, lineage)?;
    let in_line: BTreeSet<ArmedActorId> = up.iter().chain(&under).copied().collect();
    let in_line: Vec<ArmedActorId> = in_line.into_iter().collect();
    let ids: Vec<Uuid> = in_line.iter().map(|id| id.0).collect();
    // Somebody may have looked after one that had ended.
    let found = engagements::commitments_with_actors(tx, operation, scope, Some(&ids), None)?;
    let commitments = engagements::load_commitments(tx, operation, scope, &found)?;
    access.deeds.shows(lines.iter().map(AsRef::as_ref));
    access.deeds.shows(&commitments);
    let agreed = live::agreed_with(tx, operation, &in_line)?;
    let lead_ids: Vec<Uuid> = agreed.leads.iter().map(|id| id.0).collect();
    let entries = lines.iter().map(|line| line.identity.id.0).collect();
    let filter = flags::Filter { entries: Some(entries), ..flags::Filter::default() };
    let mut flags = flags::list(tx, operation, scope, &filter, FLAGS_MAX)?;
    flags.retain(|flag| flag.standing.severity != Severity::Info);
    let flagged: Vec<Uuid> = flags.iter().map(|flag| flag.id).collect();
    let resting = flags::entries_of(tx, operation, &flagged)?;
    access.deeds.names_entries(resting.into_values().flatten());
    let raised = |flag: KeptFlag| MovedFlag {
        with: actor,
        on: flag.raised_at.date(),
        went_on: false,
        state: flag.standing.state,
        flag,
    };
    let gathered = Gathered {
        commitments,
        leads: leads::load(tx, operation, &lead_ids)?,
        actors: armed_actors::load(tx, operation, &[actor.0])?,
        flags: flags.into_iter().map(raised).collect(),
        lines,
        names: Names::default(),
        language: access.language,
    };
    Ok((gathered.named_all(tx, operation)?, is_cut))
}

/// Everything that happened.
pub(super) struct Gathered {
    pub(super) lines: Vec<Arc<Engagement>>,
    pub(super) commitments: Vec<Commitment>,
    pub(super) leads: Vec<Lead>,
    pub(super) actors: Vec<ArmedActor>,
    pub(super) flags: Vec<MovedFlag>,
    pub(super) names: Names,
    pub(super) language: Language,
}

/// A flag that was raised or went on.
pub(super) struct MovedFlag {
    pub(super) flag: KeptFlag,
    /// With which armed actor.
    pub(super) with: ArmedActorId,
    pub(super) on: Day,
    /// Whether it went on, and was raised before.
    pub(super) went_on: bool,
    /// The state that it came to be in.
    pub(super) state: FlagState,
}

impl Gathered {
    /// Learns what all that happened is called.
    ///
    /// # Errors
    /// The store's own.
    pub(super) fn named_all(self, tx: &mut Tx, operation: Uuid) -> Result<Self> {
        let mut wanted = Wanted::default();
        for line in &self.lines {
            wanted.actors.insert(line.armed_actor.0.0);
            wanted.organizations.insert(line.organization.0.0);
        }
        for commitment in &self.commitments {
            wanted.actors.insert(commitment.armed_actor.0.0);
            wanted
                .organizations
                .extend(commitment.verifications.iter().map(|v| v.organization.0.0));
        }
        for lead in &self.leads {
            wanted.actors.insert(lead.armed_actor.0.0);
            wanted.organizations.insert(lead.organization.0.0);
        }
        for actor in &self.actors {
            wanted.actors.insert(actor.identity.id.0);
            let formers = actor.former_parents.iter();
            wanted.actors.extend(formers.filter_map(|former| former.parent.map(|to| to.0.0)));
        }
        wanted.actors.extend(self.flags.iter().map(|moved| moved.with.0));
        Ok(Self { names: wanted.load(tx, operation)?, ..self })
    }

    /// What happened in a period, the latest first, and whether there is more.
    pub(super) fn events(&self, (from, until): (Day, Day)) -> (Vec<TimelineEvent>, bool) {
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
        for actor in &self.actors {
            for former in &actor.former_parents {
                let parent = former.parent.map_or(actor.identity.id, |to| to.0);
                events.push((former.until, self.event("moved", parent)));
            }
        }
        events.extend(self.flags.iter().map(|moved| (moved.on, self.of_flag(moved))));
        events.retain(|(day, _)| from <= *day && *day <= until);
        events.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        let cut = events.len() > EVENTS_MAX;
        events.truncate(EVENTS_MAX);
        let dated =
            |(day, event): (Day, TimelineEvent)| TimelineEvent { on: day.to_string(), ..event };
        (events.into_iter().map(dated).collect(), cut)
    }

    fn of_flag(&self, moved: &MovedFlag) -> TimelineEvent {
        let MovedFlag { flag, with, went_on, state, .. } = moved;
        TimelineEvent {
            flag: Some(flag.id),
            about: vec![self.closed(flag.kind), self.closed(flag.standing.severity)],
            outcome: Some(self.closed(*state)),
            ..self.event(if *went_on { "flag_moved" } else { "flag_raised" }, *with)
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
            "flag_moved" => "event.flag_moved",
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

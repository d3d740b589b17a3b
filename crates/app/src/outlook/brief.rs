//! The brief: one page for one armed actor, place and day.

use std::collections::{BTreeSet, HashMap};

use concord_domain::{
    document::{ArmedActor, Commitment, CommonPosition, Engagement, Lead, Organization, To, ids},
    id::{ArmedActorId, OrganizationId, PlaceId},
    lineage::Lineage,
    policy::Action,
    vocabulary::{
        Closed, CommitmentStatus, EngagementStatus, FlagClass, FlagState, Level, Severity,
    },
    window::{Day, Window, earlier, later},
};
use concord_reports::brief::{
    ActorOutline, AskLine, Brief, CommitmentLine, DemandLine, LevelLines, Line, Worked,
};
use concord_store::{
    Tx,
    documents::{common_positions, leads, organizations},
    engagements, live, trees,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    closed, handling, is_about, last_contact, lineages_of, named, places_in_words, read_question,
    tallies, term, terms_in_words, when,
};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
    flags::{self, RestrictedLine, ShownFlag},
    names::{Names, Wanted},
    resources,
};

mod advice;
mod lines;

use lines::{flag, lead, position};

/// How far back it is looked for what has worked, in days.
const WORKED_DAYS: u32 = 730;
/// After how many days without a contact a line is silent.
const SILENT_DAYS: u32 = 60;
/// How many days before its end a commitment is named.
const ENDING_DAYS: u32 = 30;
/// The most flags on one page.
const FLAGS_MAX: usize = 6;

/// What is asked for.
struct Question {
    actor: ArmedActorId,
    place: Option<PlaceId>,
    day: Day,
}

/// The brief of an armed actor, a place and a day, as far as the caller may know.
///
/// # Errors
/// All that is wrong with the question; [`Error::Forbidden`] for whom who reads no entries.
pub fn brief(app: &App, person: Person, operation: &str, body: &Value) -> Result<Brief> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let question = resources::read_body(app, tx, access, body, |body, reader| {
            read_question(body, reader, &["armed_actor", "place", "day"], |object, at, reader| {
                let actor: Option<To<ArmedActorId>> = reader.required(object, at, "armed_actor");
                let place: Option<Option<To<PlaceId>>> = reader.optional(object, at, "place");
                let day: Option<Option<Day>> = reader.optional(object, at, "day");
                Some((actor?.0, place?.map(|to| to.0), day?))
            })
        })?;
        let (actor, place, day) = question;
        let question = Question { actor, place, day: day.unwrap_or(app.today()) };
        Ok(Gathered::gather(tx, access, question)?.brief(app, access))
    })
}

/// Everything that a brief is made of.
struct Gathered {
    question: Question,
    actor: ArmedActor,
    above: Vec<ArmedActorId>,
    units_below: usize,
    lines: Vec<Engagement>,
    past: Vec<Engagement>,
    commitments: Vec<Commitment>,
    positions: Vec<CommonPosition>,
    leads: Vec<Lead>,
    organizations: HashMap<OrganizationId, Organization>,
    flags: Vec<ShownFlag>,
    restricted: Vec<RestrictedLine>,
    names: Names,
}

impl Gathered {
    fn gather(tx: &mut Tx, access: &Access, question: Question) -> Result<Self> {
        let operation = access.id();
        let lineage = lineage(tx, access, question.actor)?;
        let up = trees::armed_actors::up(tx, operation, &lineage)?;
        let under = trees::armed_actors::under(tx, operation, &lineage)?;
        let units_below = under.len().saturating_sub(1);
        let in_line: BTreeSet<ArmedActorId> = up.iter().chain(&under).copied().collect();
        let in_line: Vec<Uuid> = in_line.into_iter().map(Uuid::from).collect();
        let place = match question.place {
            Some(id) => trees::places::lineages(tx, operation, &[id])?.remove(&id),
            None => None,
        };

        let slack = access.operation.operation.slack_days.0;
        let day = Window { from: Some(question.day), until: Some(question.day) };
        let since = (earlier(question.day, WORKED_DAYS), question.day);
        let around = (since.0, later(question.day, slack));
        let found = engagements::with_actors(tx, operation, &access.scope, Some(&in_line), around)?;
        let all = engagements::load(tx, operation, &access.scope, &found)?;
        let lineages = lineages_of(tx, access, &all, &[])?;
        let (lines, past): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|engagement| is_about(&engagement.places, &lineages, place.as_ref()))
            .partition(|engagement| {
                let status = engagement.status.0;
                let goes_on = status.is_live() || status == EngagementStatus::Suspended;
                goes_on && engagement.window().meets(&day, slack)
            });
        let mut gathered = Self {
            actor: resources::load_one(tx, access, question.actor.0)?,
            above: up.into_iter().filter(|id| *id != question.actor).collect(),
            units_below,
            commitments: commitments(tx, access, &in_line, question.day)?,
            positions: positions(tx, access, &lineage, question.day)?,
            leads: leads_towards(tx, access, &lineage, question.day)?,
            organizations: HashMap::new(),
            flags: Vec::new(),
            restricted: Vec::new(),
            names: Names::default(),
            lines,
            past,
            question,
        };
        gathered.name(tx, access)?;
        let ids: Vec<_> = gathered.lines.iter().map(|line| line.identity.id).collect();
        (gathered.flags, gathered.restricted) = flags::of_lines(tx, access, &ids)?;
        Ok(gathered)
    }

    fn name(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let mut wanted = Wanted::default();
        wanted.actors.extend(self.above.iter().map(|id| id.0));
        wanted.actors.insert(self.question.actor.0);
        wanted.places.extend(self.question.place.map(Uuid::from));
        for line in self.lines.iter().chain(&self.past) {
            wanted.actors.insert(line.armed_actor.0.0);
            wanted.places.extend(ids(&line.places).into_iter().map(Uuid::from));
            wanted.organizations.insert(line.organization.0.0);
            wanted.organizations.extend(ids(&line.partners).into_iter().map(Uuid::from));
        }
        for commitment in &self.commitments {
            wanted.actors.insert(commitment.armed_actor.0.0);
            wanted.places.extend(ids(&commitment.places).into_iter().map(Uuid::from));
        }
        for lead in &self.leads {
            wanted.actors.insert(lead.armed_actor.0.0);
            wanted.organizations.insert(lead.organization.0.0);
            wanted.mechanisms.extend(lead.mechanism.map(|to| to.0.0));
        }
        wanted.mechanisms.extend(
            self.positions.iter().filter_map(|position| position.mechanism.map(|to| to.0.0)),
        );
        let leading: Vec<Uuid> = wanted.organizations.iter().copied().collect();
        for organization in organizations::load(tx, access.id(), &leading)? {
            self.organizations.insert(organization.identity.id, organization);
        }
        self.names = wanted.load(tx, access.id())?;
        Ok(())
    }

    fn brief(&self, app: &App, access: &Access) -> Brief {
        let note = "It covers what you may read. Finding none is no clearance: others may have \
                    lines here that you may not know of. Ask the desk.";
        let names = &self.names;
        let community = self.lines.iter().filter(|line| self.is_community(line));
        Brief {
            handling: handling(app, access, self.question.day, note),
            armed_actor: self.outline(),
            place: self.question.place.map(|id| named(names, id)),
            day: self.question.day.to_string(),
            levels: Level::ALL.iter().map(|level| self.level(*level)).collect(),
            commitments: self.commitments.iter().map(|each| self.commitment(each)).collect(),
            common_positions: self.positions.iter().map(|each| position(names, each)).collect(),
            leads: self.leads.iter().map(|each| lead(names, each)).collect(),
            community_lines: community.map(|line| named(names, line.organization.0)).collect(),
            worked: self.worked(),
            cautions: self.cautions(),
            flags: self.open_flags().take(FLAGS_MAX).map(flag).collect(),
            restricted: self.restricted_classes(),
            best_placed: self.best_placed(),
            call_first: self.call_first(),
            silences: self.silences(),
        }
    }

    fn is_community(&self, line: &Engagement) -> bool {
        let lead = self.organizations.get(&line.organization.0);
        lead.is_some_and(|lead| lead.kind.is_community_led())
    }

    fn outline(&self) -> ActorOutline {
        let actor = &self.actor;
        let text = |prose: &Option<concord_domain::document::Prose>| {
            prose.as_ref().map(|prose| prose.as_str().to_owned())
        };
        ActorOutline {
            actor: named(&self.names, actor.identity.id),
            kind: term(actor.kind),
            aliases: actor.aliases.iter().map(|alias| alias.as_str().to_owned()).collect(),
            above: self.above.iter().map(|id| named(&self.names, *id)).collect(),
            units_below: self.units_below,
            influences: text(&actor.influences),
            decisions: text(&actor.decisions),
        }
    }

    fn level(&self, level: Level) -> LevelLines {
        let lines = self.lines.iter().filter(|line| line.level.0 == level);
        LevelLines { level: closed(level), lines: lines.map(|line| self.line(line)).collect() }
    }

    fn line(&self, line: &Engagement) -> Line {
        let names = &self.names;
        let organization = named(names, line.organization.0);
        let mut engagement = named(names, line.identity.id);
        engagement.name = format!("{}, {}", organization.name, names.of(line.armed_actor.0));
        let asks = line.asks.iter().map(|ask| AskLine {
            action: term(ask.action),
            issue: term(ask.issue),
            terms: terms_in_words(&ask.terms),
            offer: (!ask.offer.is_none()).then(|| term(ask.offer)),
            status: closed(ask.status.0),
        });
        let demands = line
            .demands
            .iter()
            .map(|each| DemandLine { kind: term(each.kind), response: term(each.response) });
        Line {
            engagement,
            organization,
            partners: ids(&line.partners).into_iter().map(|id| named(names, id)).collect(),
            armed_actor: named(names, line.armed_actor.0),
            method: term(line.method),
            status: closed(line.status.0),
            when: when(line.window()),
            places: places_in_words(names, &line.places),
            last_contact: last_contact(line, self.question.day).map(|day| day.to_string()),
            asks: asks.collect(),
            demands: demands.collect(),
        }
    }

    fn commitment(&self, commitment: &Commitment) -> CommitmentLine {
        let names = &self.names;
        let origin = commitment.engagement.and_then(|to| {
            let lines = self.lines.iter().chain(&self.past);
            lines.into_iter().find(|line| line.identity.id == to.0)
        });
        CommitmentLine {
            armed_actor: named(names, commitment.armed_actor.0),
            kind: term(commitment.kind),
            action: term(commitment.action),
            issue: term(commitment.issue),
            terms: terms_in_words(&commitment.terms),
            places: places_in_words(names, &commitment.places),
            when: when(commitment.window()),
            status: closed(commitment.status.0),
            obtained_by: origin.map(|line| named(names, line.organization.0)),
        }
    }

    fn worked(&self) -> Vec<Worked> {
        let all: Vec<Engagement> = self.lines.iter().chain(&self.past).cloned().collect();
        let answered = tallies(&all).into_iter().filter(|(.., t)| t.granted + t.refused > 0);
        answered
            .map(|(_, means, tally)| Worked {
                means,
                granted: tally.granted,
                refused: tally.refused,
            })
            .collect()
    }

    fn open_flags(&self) -> impl Iterator<Item = &ShownFlag> {
        self.flags.iter().filter(|flag| {
            flag.severity != Severity::Info && flag.state != Some(FlagState::Resolved)
        })
    }

    fn restricted_classes(&self) -> Vec<concord_reports::Term> {
        let classes: BTreeSet<FlagClass> = self.restricted.iter().map(|line| line.class).collect();
        classes.into_iter().map(closed).collect()
    }
}

fn lineage(tx: &mut Tx, access: &Access, actor: ArmedActorId) -> Result<Lineage> {
    let mut found = trees::armed_actors::lineages(tx, access.id(), &[actor])?;
    found.remove(&actor).ok_or(Error::NotFound)
}

fn commitments(
    tx: &mut Tx,
    access: &Access,
    in_line: &[Uuid],
    day: Day,
) -> Result<Vec<Commitment>> {
    let (operation, scope) = (access.id(), &access.scope);
    let found = engagements::commitments_with_actors(tx, operation, scope, Some(in_line))?;
    let mut all = engagements::load_commitments(tx, operation, scope, &found)?;
    all.retain(|each| !each.window().is_over(day, 0) && each.status.0 != CommitmentStatus::Ended);
    Ok(all)
}

fn positions(
    tx: &mut Tx,
    access: &Access,
    lineage: &Lineage,
    day: Day,
) -> Result<Vec<CommonPosition>> {
    let found = live::positions_above(tx, access.id(), lineage, day)?;
    let ids: Vec<Uuid> = found.into_iter().map(|id| id.0).collect();
    Ok(common_positions::load(tx, access.id(), &ids)?)
}

fn leads_towards(tx: &mut Tx, access: &Access, lineage: &Lineage, day: Day) -> Result<Vec<Lead>> {
    let found = live::leads_above(tx, access.id(), lineage, day)?;
    let ids: Vec<Uuid> = found.into_iter().map(|id| id.0).collect();
    Ok(leads::load(tx, access.id(), &ids)?)
}

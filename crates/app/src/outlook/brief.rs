//! The brief: one page for one armed actor, place and day.

use std::collections::{BTreeSet, HashMap};

use concord_domain::{
    document::{
        ArmedActor, Commitment, CommonPosition, Engagement, Lead, Organization, Prose,
        ProtectionRisk, To,
    },
    id::{ArmedActorId, OrganizationId, PlaceId},
    language::Language,
    lineage::Lineage,
    policy::Action,
    vocabulary::{
        Closed, CommitmentStatus, EngagementStatus, FlagClass, FlagState, Issue, Level, Method,
        Severity,
    },
    window::{Day, Window, earlier, later},
};
use concord_reports::{
    brief::{ActorOutline, Brief, CommitmentLine, GuidanceLine, LevelLines, Office, Worked},
    disclosed::Disclosed,
};
use concord_store::{
    Tx,
    documents::{common_positions, leads, organizations},
    engagements, live, trees,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Voice, closed, handling, is_about, lineages_of, matching_guidance, read_question,
    risks::{Limits, unaddressed},
    tallies,
};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    disclosed,
    error::{Error, Result},
    flags::{self, RestrictedLine, ShownFlag},
    names::{Names, Wanted},
    resources,
};

mod advice;
mod lines;

use lines::flag;

/// How far back it is looked for what has worked, in days.
const WORKED_DAYS: u32 = 730;
/// How far back it is looked for what others disclose, in days.
const DISCLOSED_DAYS: u32 = 365;
/// How many days before its end a commitment is named.
const ENDING_DAYS: u32 = 30;
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
        let mut gathered = Gathered::gather(tx, access, question)?;
        gathered.ask_others(tx, access, app.today())?;
        Ok(gathered.brief(app, access))
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
    risks: Vec<ProtectionRisk>,
    organizations: HashMap<OrganizationId, Organization>,
    flags: Vec<ShownFlag>,
    restricted: Vec<RestrictedLine>,
    disclosed: Disclosed,
    names: Names,
    language: Language,
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
        let around = (earlier(question.day, WORKED_DAYS), later(question.day, slack));
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
        let (actor, place) = (Some(&lineage), place.as_ref());
        let limits = Limits { actor, place, issue: None, window: day };
        let mut gathered = Self {
            actor: resources::load_one(tx, access, question.actor.0)?,
            above: up.into_iter().filter(|id| *id != question.actor).collect(),
            units_below,
            commitments: commitments(tx, access, &in_line, question.day)?,
            positions: positions(tx, access, &lineage, question.day)?,
            leads: leads_towards(tx, access, &lineage, question.day)?,
            risks: unaddressed(tx, access, &lines, &limits)?,
            organizations: HashMap::new(),
            flags: Vec::new(),
            restricted: Vec::new(),
            disclosed: Disclosed::default(),
            names: Names::default(),
            language: access.language,
            lines,
            past,
            question,
        };
        gathered.name(tx, access)?;
        access.deeds.shows(&gathered.lines);
        access.deeds.shows(&gathered.past);
        access.deeds.shows(&gathered.commitments);
        access.tell();
        let ids: Vec<_> = gathered.lines.iter().map(|line| line.identity.id).collect();
        (gathered.flags, gathered.restricted) = flags::of_lines(tx, access, &ids)?;
        Ok(gathered)
    }

    /// What others disclose of lines with the topmost armed actor and all below.
    fn ask_others(&mut self, tx: &mut Tx, access: &Access, today: Day) -> Result<()> {
        let tree = Some(lineage(tx, access, self.question.actor)?);
        let period = (earlier(self.question.day, DISCLOSED_DAYS), self.question.day);
        let question = disclosed::Question { tree, organization: None, issue: None, period };
        self.disclosed = disclosed::told(tx, access, &question, today)?;
        Ok(())
    }

    fn name(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let mut wanted = Wanted::default();
        wanted.actors.extend(self.above.iter().map(|id| id.0));
        wanted.actors.insert(self.question.actor.0);
        wanted.places.extend(self.question.place.map(Uuid::from));
        self.lines.iter().chain(&self.past).for_each(|line| wanted.add_line(line));
        self.commitments.iter().for_each(|commitment| wanted.add_commitment(commitment));
        self.leads.iter().for_each(|lead| wanted.add_lead(lead));
        self.positions.iter().for_each(|position| wanted.add_position(position));
        let leading: Vec<Uuid> = wanted.organizations.iter().copied().collect();
        for organization in organizations::load(tx, access.id(), &leading)? {
            self.organizations.insert(organization.identity.id, organization);
        }
        self.names = wanted.load(tx, access.id())?;
        Ok(())
    }

    const fn voice(&self) -> Voice<'_> {
        Voice { language: self.language, names: &self.names }
    }

    fn brief(&self, app: &App, access: &Access) -> Brief {
        let voice = self.voice();
        let community: BTreeSet<OrganizationId> = self
            .lines
            .iter()
            .filter(|line| self.is_community(line))
            .map(|line| line.organization.0)
            .collect();
        Brief {
            handling: handling(app, access, self.question.day, ("document.mark", "brief.covers")),
            armed_actor: self.outline(),
            place: self.question.place.map(|id| voice.named(id)),
            day: self.question.day.to_string(),
            levels: Level::ALL.iter().map(|level| self.level(*level)).collect(),
            disclosed: self.disclosed.clone(),
            commitments: self.commitments.iter().map(|each| self.commitment(each)).collect(),
            common_positions: self.positions.iter().map(|each| voice.position(each)).collect(),
            leads: self.leads.iter().map(|each| voice.lead(each)).collect(),
            community_lines: community.into_iter().map(|id| voice.named(id)).collect(),
            worked: self.worked(),
            worked_from: self.worked_from().to_string(),
            cautions: self.cautions(),
            flags: self.open_flags().map(|each| flag(each, self.language)).collect(),
            restricted: self.restricted_classes(),
            best_placed: self.best_placed(),
            call_first: self.call_first(),
            silences: self.silences(),
            guidance: self.guidance(),
        }
    }

    /// The first day that is looked at for what has worked.
    fn worked_from(&self) -> Day {
        earlier(self.question.day, WORKED_DAYS)
    }

    fn is_community(&self, line: &Engagement) -> bool {
        let lead = self.organizations.get(&line.organization.0);
        lead.is_some_and(|lead| lead.kind.is_community_led())
    }

    fn outline(&self) -> ActorOutline {
        let (actor, voice) = (&self.actor, self.voice());
        let text = |prose: &Option<Prose>| prose.as_ref().map(|prose| prose.as_str().to_owned());
        let positions = actor.positions.iter().map(|position| Office {
            role: voice.term(position.role),
            title: position.title.as_str().to_owned(),
        });
        ActorOutline {
            actor: voice.named(actor.identity.id),
            kind: voice.term(actor.kind),
            aliases: actor.aliases.iter().map(|alias| alias.as_str().to_owned()).collect(),
            above: self.above.iter().map(|id| voice.named(*id)).collect(),
            units_below: self.units_below,
            influences: text(&actor.influences),
            decisions: text(&actor.decisions),
            positions: positions.collect(),
        }
    }

    fn level(&self, level: Level) -> LevelLines {
        let lines = self.lines.iter().filter(|line| line.level.0 == level);
        LevelLines {
            level: closed(level, self.language),
            lines: lines.map(|line| self.voice().line(line, self.question.day)).collect(),
        }
    }

    fn commitment(&self, commitment: &Commitment) -> CommitmentLine {
        let origin = commitment.engagement.and_then(|to| {
            let lines = self.lines.iter().chain(&self.past);
            lines.into_iter().find(|line| line.identity.id == to.0)
        });
        let obtained_by = origin.map(|line| line.organization.0);
        self.voice().commitment(commitment, obtained_by, self.question.day)
    }

    fn worked(&self) -> Vec<Worked> {
        let answered = tallies(self.lines.iter().chain(&self.past), self.language)
            .into_iter()
            .filter(|(.., tally)| tally.granted + tally.refused > 0);
        let worked = answered.map(|(list, means, tally)| Worked {
            means,
            list: list.to_owned(),
            granted: tally.granted,
            refused: tally.refused,
            open: tally.open,
        });
        // In turn, so that a page with room for a few shows of both.
        let (methods, approaches): (Vec<_>, Vec<_>) =
            worked.partition(|each| each.list == "method");
        let (mut methods, mut approaches) = (methods.into_iter(), approaches.into_iter());
        let mut in_turn = Vec::new();
        loop {
            match (methods.next(), approaches.next()) {
                (None, None) => return in_turn,
                (method, approach) => in_turn.extend(method.into_iter().chain(approach)),
            }
        }
    }

    fn open_flags(&self) -> impl Iterator<Item = &ShownFlag> {
        self.flags.iter().filter(|flag| {
            flag.severity != Severity::Info && flag.state != Some(FlagState::Resolved)
        })
    }

    fn restricted_classes(&self) -> Vec<concord_reports::Term> {
        let classes: BTreeSet<FlagClass> = self.restricted.iter().map(|line| line.class).collect();
        classes.into_iter().map(|class| closed(class, self.language)).collect()
    }

    /// Guidance about what is asked here and how.
    fn guidance(&self) -> Vec<GuidanceLine> {
        let asks = self.lines.iter().flat_map(|line| &line.asks);
        let issues: BTreeSet<Issue> = asks.map(|ask| ask.issue).collect();
        let methods: BTreeSet<Method> = self.lines.iter().map(|line| line.method).collect();
        let (issues, methods): (Vec<_>, Vec<_>) =
            (issues.into_iter().collect(), methods.into_iter().collect());
        matching_guidance(&issues, &methods, self.language)
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
    let found =
        engagements::commitments_with_actors(tx, operation, scope, Some(in_line), Some(day))?;
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

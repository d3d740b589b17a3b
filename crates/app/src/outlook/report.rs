//! The coordination report, for a period and a scope, as far as the caller may read: in full, or
//! in the edition for handing round.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use concord_domain::{
    document::{
        Ask, Commitment, Engagement, Member, ProtectionRisk, Reader, Schemas, To, Writer, ids,
    },
    fault::{FaultCode, Pointer},
    id::{ArmedActorId, OrganizationId, PlaceId},
    language::Language,
    lineage::{self, Lineage},
    policy::Action,
    vocabulary::{FlagState, Issue, vocabulary},
    window::{Day, Window, later},
};
use concord_reports::{
    handed_round::HandedRound,
    report::{Report, Totals},
};
use concord_store::{
    Tx,
    documents::armed_actors,
    engagements, entries,
    flags::{self, Filter, KeptFlag},
    trees,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Voice, handling, is_about, lineages_of, read_question,
    risks::{Limits, unaddressed},
};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
    names::{Names, Wanted},
    resources,
};

mod round;
mod tables;
mod written;

/// The longest period, in days.
const PERIOD_DAYS_MAX: u32 = 3 * 366;
/// The most flags that are counted.
const FLAGS_MAX: i64 = 20_000;
/// How deep in its tree a place may be to which an edition for handing round is limited: a
/// country, or an area of the first level.
const ROUND_PLACE_DEPTH_MAX: usize = 2;

/// What is asked for.
struct Question {
    period: (Day, Day),
    actor: Option<ArmedActorId>,
    place: Option<PlaceId>,
    issue: Option<Issue>,
    edition: Edition,
}

/// For whom the report is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Edition {
    #[default]
    Full,
    HandedRound,
}

impl Member for Edition {
    fn read(value: &Value, at: &Pointer<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match value.as_str() {
            Some("full") => Some(Self::Full),
            Some("handed_round") => Some(Self::HandedRound),
            Some(_) => {
                let detail = "an edition is `full` or `handed_round`";
                reader.fault(at, FaultCode::UnknownCode, detail);
                None
            }
            None => {
                reader.fault(at, FaultCode::WrongType, "a text is expected here");
                None
            }
        }
    }

    fn write(&self, _: &Writer<'_>) -> Value {
        match self {
            Self::Full => "full".into(),
            Self::HandedRound => "handed_round".into(),
        }
    }

    fn schema(_: &mut Schemas) -> Value {
        serde_json::json!({"type": "string", "enum": ["full", "handed_round"]})
    }
}

/// A report, in one of its editions.
pub enum Made {
    /// In full, for its reader alone.
    Full(Box<Report>),
    /// For handing round.
    HandedRound(Box<HandedRound>),
}

/// The coordination report for a period, limited to an armed actor with all below it, to a
/// place with all inside it and to an issue with all below it, if they are named.
///
/// # Errors
/// All that is wrong with the question; [`Error::Forbidden`] for whom who reads no entries.
pub fn report(app: &App, person: Person, operation: &str, body: &Value) -> Result<Made> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let question = resources::read_body(app, tx, access, body, question)?;
        check_period(question.period)?;
        let gathered = Gathered::gather(tx, access, question)?;
        Ok(match gathered.question.edition {
            Edition::Full => Made::Full(Box::new(gathered.report(app, access))),
            Edition::HandedRound => {
                Made::HandedRound(Box::new(gathered.handed_round(app, access)?))
            }
        })
    })
}

fn question(body: &Value, reader: &mut Reader<'_>) -> Option<Question> {
    let members = ["from", "until", "armed_actor", "place", "issue", "edition"];
    read_question(body, reader, &members, |object, at, reader| {
        let from: Option<Day> = reader.required(object, at, "from");
        let until: Option<Day> = reader.required(object, at, "until");
        let actor: Option<Option<To<ArmedActorId>>> = reader.optional(object, at, "armed_actor");
        let place: Option<Option<To<PlaceId>>> = reader.optional(object, at, "place");
        let issue: Option<Option<Issue>> = reader.optional(object, at, "issue");
        let edition: Option<Edition> = reader.optional(object, at, "edition");
        Some(Question {
            period: (from?, until?),
            actor: actor?.map(|to| to.0),
            place: place?.map(|to| to.0),
            issue: issue?,
            edition: edition?,
        })
    })
}

fn check_period((from, until): (Day, Day)) -> Result<()> {
    if until < from {
        let detail = "the period ends before it begins";
        return Err(Error::at("until", FaultCode::ReversedWindow, detail));
    }
    if until > later(from, PERIOD_DAYS_MAX) {
        let detail = format!("a period has at most {PERIOD_DAYS_MAX} days");
        return Err(Error::at("until", FaultCode::OutOfRange, detail));
    }
    Ok(())
}

/// A flag, when it was settled, and the organisations whose entries it rests on.
struct Raised {
    flag: KeptFlag,
    settled_at: Option<NaiveDateTime>,
    owners: BTreeSet<OrganizationId>,
}

/// Everything that a report is made of.
struct Gathered {
    question: Question,
    engagements: Vec<Engagement>,
    commitments: Vec<Commitment>,
    /// The protection risks that none of the engagements addresses.
    risks: Vec<ProtectionRisk>,
    /// Whose entry each commitment is.
    owners: HashMap<Uuid, OrganizationId>,
    flags: Vec<Raised>,
    actors: Vec<ArmedActorId>,
    actor_lineages: HashMap<ArmedActorId, Lineage>,
    tops: BTreeMap<ArmedActorId, ArmedActorId>,
    places: HashMap<PlaceId, Lineage>,
    areas: BTreeMap<PlaceId, PlaceId>,
    names: Names,
    language: Language,
    slack_days: u32,
    today: Day,
}

impl Gathered {
    fn gather(tx: &mut Tx, access: &Access, question: Question) -> Result<Self> {
        let (operation, scope) = (access.id(), &access.scope);
        let under = match question.actor {
            Some(actor) => {
                let lineage = trees::armed_actors::lineages(tx, operation, &[actor])?
                    .remove(&actor)
                    .ok_or(Error::NotFound)?;
                Some(trees::armed_actors::under(tx, operation, &lineage)?)
            }
            None => None,
        };
        let within = under.as_ref().map(|ids| ids.iter().map(|id| id.0).collect::<Vec<Uuid>>());
        let (actors, begins) = (within.as_deref(), Some(question.period.0));
        let found = engagements::with_actors(tx, operation, scope, actors, question.period)?;
        let engagements = engagements::load(tx, operation, scope, &found)?;
        let found = engagements::commitments_with_actors(tx, operation, scope, actors, begins)?;
        let commitments = engagements::load_commitments(tx, operation, scope, &found)?;
        let mut gathered = Self {
            actors: match under {
                Some(under) => under,
                None => armed_actors::ids(tx, operation)?.into_iter().map(ArmedActorId).collect(),
            },
            engagements,
            commitments,
            risks: Vec::new(),
            owners: HashMap::new(),
            flags: Vec::new(),
            actor_lineages: HashMap::new(),
            tops: BTreeMap::new(),
            places: HashMap::new(),
            areas: BTreeMap::new(),
            names: Names::default(),
            language: access.language,
            slack_days: access.operation.operation.slack_days.0,
            today: access.operation.evaluated_on,
            question,
        };
        gathered.limit(tx, access)?;
        gathered.find_tops(tx, access)?;
        gathered.find_areas(tx, access)?;
        gathered.find_risks(tx, access)?;
        gathered.find_flags(tx, access)?;
        access.deeds.shows(&gathered.engagements);
        access.deeds.shows(&gathered.commitments);
        access.tell();
        gathered.name(tx, access)?;
        Ok(gathered)
    }

    /// Keeps what is about the place, the issue and the period.
    fn limit(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let mut places: Vec<PlaceId> =
            self.commitments.iter().flat_map(|c| ids(&c.places)).collect();
        let looked = self.commitments.iter().flat_map(|each| &each.verifications);
        places.extend(looked.flat_map(|each| ids(&each.places)));
        let more = [&places[..], self.question.place.as_slice()].concat();
        self.places = lineages_of(tx, access, &self.engagements, &more)?;
        let place = self.question.place.and_then(|id| self.places.get(&id));
        let issue = self.question.issue;
        let is_meant = |own: Issue| issue.is_none_or(|it| lineage::contains(it.code(), own.code()));
        self.engagements.retain_mut(|engagement| {
            let is_here = is_about(&engagement.places, &self.places, place);
            let asks = |ask: &Ask| is_meant(ask.issue);
            if issue.is_some() {
                engagement.asks.retain(asks);
            }
            is_here && (issue.is_none() || !engagement.asks.is_empty())
        });
        let (from, until) = self.question.period;
        let period = Window { from: Some(from), until: Some(until) };
        self.commitments.retain(|each| {
            is_meant(each.issue)
                && each.window().meets(&period, 0)
                && is_about(&each.places, &self.places, place)
        });
        let ids: Vec<Uuid> = self.commitments.iter().map(entry_of).collect();
        self.owners = owners(tx, access, &ids)?;
        Ok(())
    }

    /// The topmost armed actor of each.
    fn find_tops(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let lineages = trees::armed_actors::lineages(tx, access.id(), &self.actors)?;
        let roots: BTreeSet<Lineage> = lineages.values().map(Lineage::root).collect();
        let roots = trees::armed_actors::with_all_above(tx, access.id(), &roots)?;
        let top = |lineage: &Lineage| roots.get(&lineage.root()).copied();
        self.tops =
            lineages.iter().map(|(id, lineage)| (*id, top(lineage).unwrap_or(*id))).collect();
        self.actor_lineages = lineages;
        Ok(())
    }

    /// The area of the first level in which each place of a commitment lies; a country stands for
    /// itself.
    fn find_areas(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let area = |lineage: &Lineage| {
            Lineage::new(lineage.up().take(2).last().unwrap_or_default().to_owned())
        };
        let areas: BTreeSet<Lineage> = self.places.values().map(area).collect();
        let areas = trees::places::with_all_above(tx, access.id(), &areas)?;
        let lies_in = |(id, lineage): (&PlaceId, &Lineage)| {
            (*id, areas.get(&area(lineage)).copied().unwrap_or(*id))
        };
        self.areas = self.places.iter().map(lies_in).collect();
        Ok(())
    }

    /// The protection risks that none of the engagements addresses.
    fn find_risks(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let Question { actor, place, issue, period: (from, until), .. } = self.question;
        let limits = Limits {
            actor: actor.and_then(|id| self.actor_lineages.get(&id)),
            place: place.and_then(|id| self.places.get(&id)),
            issue,
            window: Window { from: Some(from), until: Some(until) },
        };
        self.risks = unaddressed(tx, access, &self.engagements, &limits)?;
        Ok(())
    }

    /// The flags of these engagements that were raised in the period.
    fn find_flags(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let (from, until) = self.question.period;
        let Question { actor, place, issue, .. } = self.question;
        let is_limited = actor.is_some() || place.is_some() || issue.is_some();
        let entries = self.engagements.iter().map(|engagement| engagement.identity.id.0).collect();
        let filter = Filter { entries: is_limited.then_some(entries), ..Filter::default() };
        let kept = flags::list(tx, access.id(), &access.scope, &filter, FLAGS_MAX)?;
        let within = |flag: &KeptFlag| (from..=until).contains(&flag.raised_at.date());
        let kept: Vec<KeptFlag> = kept.into_iter().filter(within).collect();
        let ids: Vec<Uuid> = kept.iter().map(|flag| flag.id).collect();
        let settled = flags::entered_at(tx, access.id(), &ids, FlagState::Resolved)?;
        let mut resting = flags::entries_of(tx, access.id(), &ids)?;
        let entries: BTreeSet<Uuid> = resting.values().flatten().copied().collect();
        access.deeds.names_entries(entries.iter().copied());
        let owners = owners(tx, access, &entries.into_iter().collect::<Vec<_>>())?;
        let raised = |flag: KeptFlag| {
            let entries = resting.remove(&flag.id).unwrap_or_default();
            Raised {
                settled_at: settled.get(&flag.id).copied(),
                owners: entries.iter().filter_map(|id| owners.get(id).copied()).collect(),
                flag,
            }
        };
        self.flags = kept.into_iter().map(raised).collect();
        Ok(())
    }

    fn name(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let mut wanted = Wanted::default();
        wanted.actors.extend(self.tops.values().map(|id| id.0));
        wanted.actors.extend(self.engagements.iter().map(|each| each.armed_actor.0.0));
        wanted.actors.extend(self.commitments.iter().map(|each| each.armed_actor.0.0));
        wanted.actors.extend(self.question.actor.map(Uuid::from));
        wanted.places.extend(self.question.place.map(Uuid::from));
        wanted.places.extend(self.areas.values().map(|id| id.0));
        for commitment in &self.commitments {
            wanted.places.extend(ids(&commitment.places).into_iter().map(Uuid::from));
            let looked = commitment.verifications.iter();
            wanted.organizations.extend(looked.map(|each| each.organization.0.0));
        }
        for engagement in &self.engagements {
            wanted.organizations.insert(engagement.organization.0.0);
            wanted.organizations.extend(ids(&engagement.partners).into_iter().map(Uuid::from));
        }
        self.names = wanted.load(tx, access.id())?;
        Ok(())
    }

    const fn voice(&self) -> Voice<'_> {
        Voice { language: self.language, names: &self.names }
    }

    fn report(&self, app: &App, access: &Access) -> Report {
        let (from, until) = self.question.period;
        let voice = self.voice();
        Report {
            edition: "full".to_owned(),
            handling: handling(app, access, app.today(), ("document.mark", "report.covers")),
            from: from.to_string(),
            until: until.to_string(),
            armed_actor: self.question.actor.map(|id| voice.named(id)),
            place: self.question.place.map(|id| voice.named(id)),
            issue: self.question.issue.map(|issue| voice.term(issue)),
            totals: self.totals(),
            coverage: self.coverage(),
            gaps: self.gaps(),
            answers: self.answers(),
            commitments: self.commitments.iter().map(|each| self.commitment(each)).collect(),
            areas: self.area_rows(),
            flags: self.flag_rows(),
            outcomes: self.outcomes(),
            failures: self.failures(),
            lessons: self.lessons(),
            contributors: self.contributors(),
            stale: self.stale(),
        }
    }

    /// The contacts of an engagement in the period.
    fn contacts<'e>(&self, engagement: &'e Engagement) -> impl Iterator<Item = Day> + 'e {
        let (from, until) = self.question.period;
        engagement
            .contacts
            .iter()
            .map(|contact| contact.on)
            .filter(move |on| (from..=until).contains(on))
    }

    fn is_live(&self, engagement: &Engagement, day: Day) -> bool {
        engagement.status.0.is_live() && !engagement.window().is_over(day, self.slack_days)
    }

    fn totals(&self) -> Totals {
        let (_, until) = self.question.period;
        let organizations: BTreeSet<_> =
            self.engagements.iter().map(|engagement| engagement.organization.0).collect();
        let actors: BTreeSet<_> =
            self.engagements.iter().map(|engagement| engagement.armed_actor.0).collect();
        let is_open = |raised: &&Raised| {
            raised.flag.standing.holds && raised.flag.standing.state != FlagState::Resolved
        };
        Totals {
            engagements: self.engagements.len(),
            live: self.engagements.iter().filter(|each| self.is_live(each, until)).count(),
            contacts: self.engagements.iter().map(|each| self.contacts(each).count()).sum(),
            asks: self.engagements.iter().map(|engagement| engagement.asks.len()).sum(),
            organizations: organizations.len(),
            armed_actors: actors.len(),
            open_flags: self.flags.iter().filter(is_open).count(),
        }
    }
}

/// The issues whose codes have two parts.
fn families() -> impl Iterator<Item = &'static concord_domain::vocabulary::Entry> {
    vocabulary().entries("issue").iter().filter(|entry| entry.code.matches('.').count() == 1)
}

/// The entry whose audience a commitment has.
fn entry_of(commitment: &Commitment) -> Uuid {
    commitment.engagement.map_or(commitment.identity.id.0, |to| to.0.0)
}

/// Whose entries these are.
fn owners(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<HashMap<Uuid, OrganizationId>> {
    let told = entries::disclosures(tx, access.id(), ids)?;
    Ok(told.into_iter().filter_map(|(id, owner, _)| Some((id, owner?))).collect())
}

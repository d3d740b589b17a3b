//! The coordination report, for a period and a scope, as far as the caller may read.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    document::{Commitment, Engagement, To, ids},
    fault::FaultCode,
    id::{ArmedActorId, OrganizationId, PlaceId},
    language::Language,
    lineage::Lineage,
    policy::Action,
    vocabulary::{Closed, FlagKind, FlagState, Issue, Level, Side, vocabulary},
    window::{Day, Window, later},
};
use concord_reports::report::{
    Answers, CommitmentRow, Contributor, Coverage, FlagRow, Outcome, Report, Totals,
};
use concord_store::{
    Tx,
    documents::armed_actors,
    engagements,
    flags::{self, Filter, KeptFlag},
    trees,
};
use serde_json::Value;
use uuid::Uuid;

use super::{closed, handling, is_about, lineages_of, named, read_question, tallies, term, when};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
    names::{Names, Wanted},
    resources,
};

/// The longest period, in days.
const PERIOD_DAYS_MAX: u32 = 3 * 366;
/// The most flags that are counted.
const FLAGS_MAX: i64 = 20_000;

/// What is asked for.
struct Question {
    period: (Day, Day),
    actor: Option<ArmedActorId>,
    place: Option<PlaceId>,
}

/// The coordination report for a period, limited to an armed actor with all below it and to a
/// place with all inside it, if they are named.
///
/// # Errors
/// All that is wrong with the question; [`Error::Forbidden`] for whom who reads no entries.
pub fn report(app: &App, person: Person, operation: &str, body: &Value) -> Result<Report> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let members = ["from", "until", "armed_actor", "place"];
        let question = resources::read_body(app, tx, access, body, |body, reader| {
            read_question(body, reader, &members, |object, at, reader| {
                let from: Option<Day> = reader.required(object, at, "from");
                let until: Option<Day> = reader.required(object, at, "until");
                let actor: Option<Option<To<ArmedActorId>>> =
                    reader.optional(object, at, "armed_actor");
                let place: Option<Option<To<PlaceId>>> = reader.optional(object, at, "place");
                Some(Question {
                    period: (from?, until?),
                    actor: actor?.map(|to| to.0),
                    place: place?.map(|to| to.0),
                })
            })
        })?;
        let (from, until) = question.period;
        if until < from {
            let detail = "the period ends before it begins";
            return Err(Error::at("until", FaultCode::ReversedWindow, detail));
        }
        if until > later(from, PERIOD_DAYS_MAX) {
            let detail = format!("a period has at most {PERIOD_DAYS_MAX} days");
            return Err(Error::at("until", FaultCode::OutOfRange, detail));
        }
        Ok(Gathered::gather(tx, access, question)?.report(app, access))
    })
}

/// Everything that a report is made of.
struct Gathered {
    question: Question,
    engagements: Vec<Engagement>,
    commitments: Vec<Commitment>,
    flags: Vec<(KeptFlag, Option<chrono::NaiveDateTime>)>,
    actors: Vec<ArmedActorId>,
    tops: BTreeMap<ArmedActorId, ArmedActorId>,
    names: Names,
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
        let within: Option<Vec<Uuid>> =
            under.as_ref().map(|ids| ids.iter().map(|id| id.0).collect());
        let place = match question.place {
            Some(id) => trees::places::lineages(tx, operation, &[id])?.remove(&id),
            None => None,
        };
        let found =
            engagements::with_actors(tx, operation, scope, within.as_deref(), question.period)?;
        let mut all = engagements::load(tx, operation, scope, &found)?;
        let lineages = lineages_of(tx, access, &all, &[])?;
        all.retain(|engagement| is_about(&engagement.places, &lineages, place.as_ref()));

        let found = engagements::commitments_with_actors(tx, operation, scope, within.as_deref())?;
        let mut commitments = engagements::load_commitments(tx, operation, scope, &found)?;
        let (from, until) = question.period;
        let period = Window { from: Some(from), until: Some(until) };
        commitments.retain(|each| each.window().meets(&period, 0));

        let mut gathered = Self {
            flags: raised(tx, access, &all, &question)?,
            actors: match under {
                Some(under) => under,
                None => armed_actors::ids(tx, operation)?.into_iter().map(ArmedActorId).collect(),
            },
            engagements: all,
            commitments,
            tops: BTreeMap::new(),
            names: Names::default(),
            question,
        };
        gathered.find_tops(tx, access)?;
        gathered.name(tx, access)?;
        Ok(gathered)
    }

    /// The topmost armed actor of each.
    fn find_tops(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let lineages = trees::armed_actors::lineages(tx, access.id(), &self.actors)?;
        let roots: BTreeMap<&str, ArmedActorId> = lineages
            .iter()
            .filter(|(_, lineage)| lineage.depth() == 1)
            .map(|(id, lineage)| (lineage.as_str(), *id))
            .collect();
        let top = |lineage: &Lineage| lineage.up().next().and_then(|root| roots.get(root).copied());
        self.tops =
            lineages.iter().map(|(id, lineage)| (*id, top(lineage).unwrap_or(*id))).collect();
        Ok(())
    }

    fn name(&mut self, tx: &mut Tx, access: &Access) -> Result<()> {
        let mut wanted = Wanted::default();
        wanted.actors.extend(self.actors.iter().map(|id| id.0));
        wanted.actors.extend(self.question.actor.map(Uuid::from));
        wanted.places.extend(self.question.place.map(Uuid::from));
        for engagement in &self.engagements {
            wanted.organizations.insert(engagement.organization.0.0);
            wanted.organizations.extend(ids(&engagement.partners).into_iter().map(Uuid::from));
        }
        self.names = wanted.load(tx, access.id())?;
        Ok(())
    }

    fn report(&self, app: &App, access: &Access) -> Report {
        let (from, until) = self.question.period;
        let note = "It counts what its reader may read, and nothing else. It is not for handing \
                    round: it names organisations and armed actors.";
        let tallied = tallies(&self.engagements);
        Report {
            handling: handling(app, access, app.today(), note),
            from: from.to_string(),
            until: until.to_string(),
            armed_actor: self.question.actor.map(|id| named(&self.names, id)),
            place: self.question.place.map(|id| named(&self.names, id)),
            totals: self.totals(access),
            coverage: self.coverage(),
            gaps: self.gaps(),
            answers: self.answers(),
            commitments: self.commitments.iter().map(|each| self.commitment(each)).collect(),
            flags: self.flag_rows(),
            outcomes: tallied
                .into_iter()
                .map(|(list, means, tally)| Outcome {
                    means,
                    list: list.to_owned(),
                    granted: tally.granted,
                    refused: tally.refused,
                    withdrawn: tally.withdrawn,
                    open: tally.open,
                })
                .collect(),
            contributors: self.contributors(),
        }
    }

    fn contacts(&self, engagement: &Engagement) -> usize {
        let (from, until) = self.question.period;
        let within = |contact: &&concord_domain::document::Contact| {
            from <= contact.on && contact.on <= until
        };
        engagement.contacts.iter().filter(within).count()
    }

    fn totals(&self, access: &Access) -> Totals {
        let (_, until) = self.question.period;
        let slack = access.operation.operation.slack_days.0;
        let is_live = |engagement: &&Engagement| {
            engagement.status.0.is_live() && !engagement.window().is_over(until, slack)
        };
        let organizations: BTreeSet<_> =
            self.engagements.iter().map(|engagement| engagement.organization.0).collect();
        let actors: BTreeSet<_> =
            self.engagements.iter().map(|engagement| engagement.armed_actor.0).collect();
        let is_open =
            |flag: &KeptFlag| flag.standing.holds && flag.standing.state != FlagState::Resolved;
        Totals {
            engagements: self.engagements.len(),
            live: self.engagements.iter().filter(is_live).count(),
            contacts: self.engagements.iter().map(|each| self.contacts(each)).sum(),
            asks: self.engagements.iter().map(|engagement| engagement.asks.len()).sum(),
            organizations: organizations.len(),
            armed_actors: actors.len(),
            open_flags: self.flags.iter().filter(|(flag, _)| is_open(flag)).count(),
        }
    }

    fn coverage(&self) -> Vec<Coverage> {
        type Cell = (OrganizationId, ArmedActorId, Option<Issue>, Level);
        let mut cells: BTreeMap<Cell, usize> = BTreeMap::new();
        for engagement in &self.engagements {
            let issues: BTreeSet<Issue> = engagement.asks.iter().map(|ask| ask.issue).collect();
            let none = issues.is_empty().then_some(None);
            for issue in issues.into_iter().map(Some).chain(none) {
                let cell = (
                    engagement.organization.0,
                    engagement.armed_actor.0,
                    issue,
                    engagement.level.0,
                );
                *cells.entry(cell).or_default() += 1;
            }
        }
        let row = |((organization, actor, issue, level), engagements): (Cell, usize)| Coverage {
            organization: named(&self.names, organization),
            armed_actor: named(&self.names, actor),
            issue: issue.map(term),
            level: closed(level),
            engagements,
        };
        let mut rows: Vec<Coverage> = cells.into_iter().map(row).collect();
        rows.sort_by(|a, b| {
            let key = |row: &Coverage| {
                (row.organization.name.clone(), row.armed_actor.name.clone(), row.issue.clone())
            };
            key(a).cmp(&key(b)).then_with(|| a.level.cmp(&b.level))
        });
        rows
    }

    fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for level in Level::ALL {
            if !self.engagements.iter().any(|engagement| engagement.level.0 == *level) {
                gaps.push(format!("Nobody speaks at this level: {}.", level.label_in(Language::English)));
            }
        }
        let engaged: BTreeSet<ArmedActorId> = self
            .engagements
            .iter()
            .filter_map(|engagement| self.tops.get(&engagement.armed_actor.0).copied())
            .collect();
        let tops: BTreeSet<ArmedActorId> = self.tops.values().copied().collect();
        for actor in tops.difference(&engaged) {
            let name = self.names.of(*actor);
            gaps.push(format!("Nobody speaks with this armed actor or any unit of it: {name}."));
        }
        let asked: BTreeSet<&str> = self
            .engagements
            .iter()
            .flat_map(|engagement| engagement.asks.iter().map(|ask| ask.issue.family()))
            .collect();
        let families = vocabulary().entries("issue").iter().filter(|entry| {
            entry.code.matches('.').count() == 1 && !asked.contains(entry.code.as_str())
        });
        gaps.extend(
            families.map(|entry| format!("Nothing is asked about: {}.", entry.label_in(Language::English))),
        );
        gaps
    }

    fn answers(&self) -> Vec<Answers> {
        let mut counted: BTreeMap<(String, &str), Answers> = BTreeMap::new();
        for engagement in &self.engagements {
            for demand in &engagement.demands {
                let began = demand.from.unwrap_or(engagement.from);
                let month = began.format("%Y-%m").to_string();
                let row =
                    counted.entry((month.clone(), demand.kind.code())).or_insert_with(|| Answers {
                        month,
                        demand: term(demand.kind),
                        accepting: 0,
                        refusing: 0,
                        undecided: 0,
                    });
                match demand.response.side() {
                    Side::Accepting => row.accepting += 1,
                    Side::Refusing => row.refusing += 1,
                    Side::Undecided => row.undecided += 1,
                }
            }
        }
        counted.into_values().collect()
    }

    fn commitment(&self, commitment: &Commitment) -> CommitmentRow {
        CommitmentRow {
            armed_actor: named(&self.names, commitment.armed_actor.0),
            kind: term(commitment.kind),
            action: term(commitment.action),
            issue: term(commitment.issue),
            when: when(commitment.window()),
            status: closed(commitment.status.0),
        }
    }

    fn flag_rows(&self) -> Vec<FlagRow> {
        let of_kind = |kind: FlagKind| {
            let flags: Vec<_> = self.flags.iter().filter(|(flag, _)| flag.kind == kind).collect();
            let in_state =
                |state| flags.iter().filter(|(flag, _)| flag.standing.state == state).count();
            let (settled, lapsed) = (in_state(FlagState::Resolved), in_state(FlagState::Lapsed));
            let mut days: Vec<i64> = flags
                .iter()
                .filter(|(flag, _)| flag.standing.state == FlagState::Resolved)
                .filter_map(|(flag, at)| at.map(|at| (at - flag.raised_at).num_days()))
                .collect();
            days.sort_unstable();
            let class = flags.first().map(|(flag, _)| flag.class)?;
            Some(FlagRow {
                kind: closed(kind),
                class: closed(class),
                raised: flags.len(),
                settled,
                lapsed,
                open: flags.len() - settled - lapsed,
                median_days_to_settle: days.get(days.len() / 2).copied(),
            })
        };
        FlagKind::ALL.iter().filter_map(|kind| of_kind(*kind)).collect()
    }

    fn contributors(&self) -> Vec<Contributor> {
        let mut counted: BTreeMap<OrganizationId, (usize, usize)> = BTreeMap::new();
        for engagement in &self.engagements {
            let counts = counted.entry(engagement.organization.0).or_default();
            counts.0 += 1;
            counts.1 += self.contacts(engagement);
        }
        let row = |(organization, (engagements, contacts))| Contributor {
            organization: named(&self.names, organization),
            engagements,
            contacts,
        };
        let mut rows: Vec<Contributor> = counted.into_iter().map(row).collect();
        rows.sort_by(|a, b| {
            b.engagements
                .cmp(&a.engagements)
                .then_with(|| a.organization.name.cmp(&b.organization.name))
        });
        rows
    }
}

/// The flags of these engagements that were raised in the period, with when they were settled.
fn raised(
    tx: &mut Tx,
    access: &Access,
    all: &[Engagement],
    question: &Question,
) -> Result<Vec<(KeptFlag, Option<chrono::NaiveDateTime>)>> {
    let (from, until) = question.period;
    let is_limited = question.actor.is_some() || question.place.is_some();
    let entries: Vec<Uuid> = all.iter().map(|engagement| engagement.identity.id.0).collect();
    let filter = Filter { entries: is_limited.then_some(entries), ..Filter::default() };
    let kept = flags::list(tx, access.id(), &access.scope, &filter, FLAGS_MAX)?;
    let within = |flag: &KeptFlag| {
        let day = flag.raised_at.date();
        from <= day && day <= until
    };
    let kept: Vec<KeptFlag> = kept.into_iter().filter(within).collect();
    let ids: Vec<Uuid> = kept.iter().map(|flag| flag.id).collect();
    let settled = flags::settled_at(tx, access.id(), &ids)?;
    Ok(kept
        .into_iter()
        .map(|flag| {
            let at = settled.get(&flag.id).copied();
            (flag, at)
        })
        .collect())
}

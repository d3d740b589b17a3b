//! Who talks to whom: the graph, the two tables, and what is missing in them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use concord_domain::{
    document::{Engagement, ProtectionRisk, To, ids},
    id::{ArmedActorId, OrganizationId, PlaceId},
    language::Language,
    lineage::Lineage,
    policy::Action,
    vocabulary::{Closed, Code, Issue, Level},
    window::{Day, Window, earlier},
};
use concord_reports::{
    Named, Term,
    disclosed::Disclosed,
    network::{Edge, IssueCell, Network, NetworkActor, NetworkGap, OrganizationCell},
};
use concord_store::{Tx, documents::protection_risks, engagements, trees};
use serde_json::Value;
use uuid::Uuid;

use super::{Question, Search, read};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::Result,
    names::{Names, Wanted},
};

/// How far back it is looked unless a period is said, in days.
const PERIOD_DAYS: u32 = 90;
/// The most engagements that are looked at.
const ENGAGEMENTS_MAX: usize = 5_000;
/// The most gaps that are named.
const GAPS_MAX: usize = 500;

/// Who talks to whom on what, as far as the caller may read, with the gaps.
///
/// # Errors
/// All that is wrong with the question; [`Error::Forbidden`](crate::Error::Forbidden) for whom who
/// reads no entries.
pub fn network(app: &App, person: Person, operation: &str, body: &Value) -> Result<Network> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let (mut question, _) = read(app, tx, access, body)?;
        let until = *question.until.get_or_insert(app.today());
        let from = *question.from.get_or_insert(earlier(until, PERIOD_DAYS));
        let period = (from, until);
        let disclosed = super::disclosed(tx, access, &question, (period, app.today()))?;
        let gathered = Gathered::gather(tx, access, &question, period)?;
        Ok(gathered.network(disclosed))
    })
}

/// Everything that the network is made of.
struct Gathered {
    period: (Day, Day),
    lines: Vec<Arc<Engagement>>,
    risks: Vec<ProtectionRisk>,
    /// All armed actors that the question is about.
    lineages: HashMap<ArmedActorId, Lineage>,
    roots: HashMap<String, ArmedActorId>,
    /// The topmost of those, by name.
    tops: Vec<ArmedActorId>,
    places: HashMap<PlaceId, Lineage>,
    names: Names,
    language: Language,
    cut: bool,
}

impl Gathered {
    fn gather(
        tx: &mut Tx,
        access: &Access,
        question: &Question,
        period: (Day, Day),
    ) -> Result<Self> {
        let operation = access.id();
        let search = Search::new(tx, access, question)?;
        let (lines, cut) = lines(tx, access, (&search, period))?;
        access.deeds.shows(lines.iter().map(AsRef::as_ref));
        let mut lineages = trees::actors(tx, operation)?;
        let roots: HashMap<String, ArmedActorId> = lineages
            .iter()
            .filter(|(_, lineage)| lineage.depth() == 1)
            .map(|(id, lineage)| (lineage.as_str().to_owned(), *id))
            .collect();
        if let Some(actor) = &search.filter.actor {
            lineages.retain(|_, lineage| lineage.in_line(actor));
        }
        let risk_ids = protection_risks::ids(tx, operation)?;
        let window = Window { from: Some(period.0), until: Some(period.1) };
        let mut risks = protection_risks::load(tx, operation, &risk_ids)?;
        risks.retain(|risk| {
            let is_asked = search.issue.is_none_or(|issue| issue.is_related(risk.issue));
            is_asked && risk.window().meets(&window, 0)
        });
        let mut named: Vec<PlaceId> = risks.iter().flat_map(|risk| ids(&risk.places)).collect();
        named.extend(lines.iter().flat_map(|line| ids(&line.places)));
        named.sort_unstable();
        named.dedup();
        let places = trees::places::lineages(tx, operation, &named)?;
        if let Some(place) = &search.place {
            risks.retain(|risk| {
                let is_there =
                    |to: &To<PlaceId>| places.get(&to.0).is_some_and(|l| l.in_line(place));
                risk.places.is_empty() || risk.places.iter().any(is_there)
            });
        }
        let mut gathered = Self {
            period,
            lines,
            risks,
            lineages,
            roots,
            tops: Vec::new(),
            places,
            names: Names::default(),
            language: access.language,
            cut,
        };
        let tops: BTreeSet<ArmedActorId> =
            gathered.lineages.keys().map(|id| gathered.topmost(*id)).collect();
        gathered.names = gathered.wanted(&tops).load(tx, operation)?;
        gathered.tops = tops.into_iter().collect();
        gathered.tops.sort_by_key(|id| (gathered.names.of(*id), *id));
        Ok(gathered)
    }

    /// All that is shown by its name, beside the topmost armed actors.
    fn wanted(&self, tops: &BTreeSet<ArmedActorId>) -> Wanted {
        let mut wanted = Wanted::default();
        wanted.actors.extend(tops.iter().map(|id| id.0));
        for line in &self.lines {
            wanted.actors.insert(line.armed_actor.0.0);
            wanted.actors.insert(self.topmost(line.armed_actor.0).0);
            wanted.organizations.extend(carriers(line).map(|(id, _)| id.0));
        }
        let at_risk = self.risks.iter().filter_map(|risk| risk.armed_actor);
        wanted.actors.extend(at_risk.map(|to| to.0.0));
        wanted
    }

    fn network(self, disclosed: Disclosed) -> Network {
        let organizations: BTreeSet<OrganizationId> =
            self.lines.iter().flat_map(|line| carriers(line)).map(|(id, _)| id).collect();
        let actors: BTreeSet<ArmedActorId> =
            self.lines.iter().map(|line| line.armed_actor.0).collect();
        let mut gaps = self.gaps();
        let cut = self.cut || gaps.len() > GAPS_MAX;
        gaps.truncate(GAPS_MAX);
        Network {
            from: self.period.0.to_string(),
            until: self.period.1.to_string(),
            organizations: by_name(organizations.into_iter().map(|id| self.named(id))),
            armed_actors: {
                let actor = |id| NetworkActor {
                    armed_actor: self.named(id),
                    topmost: self.named(self.topmost(id)),
                };
                let mut actors: Vec<NetworkActor> = actors.into_iter().map(actor).collect();
                actors.sort_by(|a, b| a.armed_actor.name.cmp(&b.armed_actor.name));
                actors
            },
            edges: self.edges(),
            organization_by_actor: self.organization_by_actor(),
            actor_by_issue: self.actor_by_issue(),
            gaps,
            disclosed,
            cut,
            note: self.language.text("find.covers").to_owned(),
        }
    }

    fn named(&self, id: impl Into<Uuid>) -> Named {
        let id = id.into();
        Named { id, name: self.names.of(id) }
    }

    fn topmost(&self, actor: ArmedActorId) -> ArmedActorId {
        let root = self.lineages.get(&actor).and_then(|lineage| lineage.up().next());
        root.and_then(|root| self.roots.get(root).copied()).unwrap_or(actor)
    }

    fn level(&self, level: Level) -> Term {
        Term { code: level.code().to_owned(), label: level.label_in(self.language).to_owned() }
    }

    fn family(&self, issue: Issue) -> Term {
        let family = Issue::from_code(issue.family()).unwrap_or(issue);
        let label = family.entry().label_in(self.language).to_owned();
        Term { code: family.code().to_owned(), label }
    }

    fn met_on(&self, line: &Engagement) -> BTreeSet<Day> {
        let (from, until) = self.period;
        let days = line.contacts.iter().map(|contact| contact.on);
        days.filter(|on| from <= *on && *on <= until).collect()
    }

    fn edges(&self) -> Vec<Edge> {
        type Cell = (OrganizationId, ArmedActorId, Level);
        let mut cells: BTreeMap<Cell, (usize, usize, BTreeSet<Day>)> = BTreeMap::new();
        for line in &self.lines {
            for (organization, is_partner) in carriers(line) {
                let cell = (organization, line.armed_actor.0, line.level.0);
                let edge = cells.entry(cell).or_default();
                edge.0 += 1;
                edge.1 += usize::from(is_partner);
                edge.2.extend(self.met_on(line));
            }
        }
        let edge = |((organization, actor, level), (engagements, as_partner, days)): (Cell, _)| {
            let days: BTreeSet<Day> = days;
            Edge {
                organization: self.named(organization),
                armed_actor: self.named(actor),
                level: self.level(level),
                engagements,
                as_partner,
                contacts: days.len(),
                last_contact: days.last().map(Day::to_string),
            }
        };
        let mut edges: Vec<Edge> = cells.into_iter().map(edge).collect();
        edges.sort_by(|a, b| {
            (&a.organization.name, &a.armed_actor.name)
                .cmp(&(&b.organization.name, &b.armed_actor.name))
        });
        edges
    }

    fn organization_by_actor(&self) -> Vec<OrganizationCell> {
        let mut cells: BTreeMap<(OrganizationId, ArmedActorId), (usize, BTreeSet<Level>)> =
            BTreeMap::new();
        for line in &self.lines {
            for (organization, _) in carriers(line) {
                let cell = cells.entry((organization, line.armed_actor.0)).or_default();
                cell.0 += 1;
                cell.1.insert(line.level.0);
            }
        }
        type Pair = (OrganizationId, ArmedActorId);
        let cell =
            |((organization, actor), (engagements, levels)): (Pair, (usize, BTreeSet<Level>))| {
                OrganizationCell {
                    organization: self.named(organization),
                    armed_actor: self.named(actor),
                    engagements,
                    levels: levels.into_iter().map(|level| self.level(level)).collect(),
                }
            };
        let mut cells: Vec<OrganizationCell> = cells.into_iter().map(cell).collect();
        cells.sort_by(|a, b| {
            (&a.organization.name, &a.armed_actor.name)
                .cmp(&(&b.organization.name, &b.armed_actor.name))
        });
        cells
    }

    /// The armed actors that a risk is about: itself, or the topmost ones where it names none.
    fn actors_of(&self, risk: &ProtectionRisk) -> Vec<ArmedActorId> {
        match risk.armed_actor {
            Some(to) => self.lineages.contains_key(&to.0).then_some(to.0).into_iter().collect(),
            None => self.tops.clone(),
        }
    }

    fn actor_by_issue(&self) -> Vec<IssueCell> {
        type Cell = (ArmedActorId, Issue);
        let family = |issue: Issue| Issue::from_code(issue.family()).unwrap_or(issue);
        let mut cells: BTreeMap<Cell, (usize, BTreeSet<OrganizationId>, usize)> = BTreeMap::new();
        for line in &self.lines {
            for ask in &line.asks {
                let cell = cells.entry((line.armed_actor.0, family(ask.issue))).or_default();
                cell.0 += 1;
                cell.1.insert(line.organization.0);
            }
        }
        for risk in &self.risks {
            for actor in self.actors_of(risk) {
                cells.entry((actor, family(risk.issue))).or_default().2 += 1;
            }
        }
        let mut cells: Vec<IssueCell> = cells
            .into_iter()
            .map(|((actor, issue), (asks, organizations, risks))| IssueCell {
                armed_actor: self.named(actor),
                issue: self.family(issue),
                asks,
                organizations: organizations.len(),
                risks,
            })
            .collect();
        cells.sort_by(|a, b| {
            (&a.armed_actor.name, &a.issue.code).cmp(&(&b.armed_actor.name, &b.issue.code))
        });
        cells
    }

    fn is_below(&self, line: &Engagement, actor: ArmedActorId) -> bool {
        let lineage = |id: ArmedActorId| self.lineages.get(&id);
        let (of_line, of_actor) = (lineage(line.armed_actor.0), lineage(actor));
        of_line.zip(of_actor).is_some_and(|(line, actor)| actor.contains(line))
    }

    fn addresses(&self, line: &Engagement, risk: &ProtectionRisk, actor: ArmedActorId) -> bool {
        let is_about = line.armed_actor.0 == actor || self.is_below(line, actor);
        let stands = |to: &To<PlaceId>| self.places.get(&to.0);
        let meets = |a: &To<PlaceId>| {
            line.places.iter().any(|b| stands(a).zip(stands(b)).is_some_and(|(a, b)| a.in_line(b)))
        };
        let is_there =
            risk.places.is_empty() || line.places.is_empty() || risk.places.iter().any(meets);
        is_about && is_there && line.asks.iter().any(|ask| ask.issue.is_related(risk.issue))
    }

    fn gaps(&self) -> Vec<NetworkGap> {
        let gap = |kind, actor: ArmedActorId| NetworkGap {
            kind,
            armed_actor: self.named(actor),
            issue: None,
            risk: None,
            level: None,
        };
        let mut gaps = Vec::new();
        for risk in &self.risks {
            for actor in self.actors_of(risk) {
                if !self.lines.iter().any(|line| self.addresses(line, risk, actor)) {
                    let (issue, label) = (risk.issue, risk.issue.entry().label_in(self.language));
                    gaps.push(NetworkGap {
                        issue: Some(Term {
                            code: issue.code().to_owned(),
                            label: label.to_owned(),
                        }),
                        risk: Some(Named {
                            id: risk.identity.id.0,
                            name: risk.title.as_str().to_owned(),
                        }),
                        ..gap("issue", actor)
                    });
                }
            }
        }
        let mut spoken_at: HashMap<ArmedActorId, BTreeSet<Level>> = HashMap::new();
        for line in &self.lines {
            let top = self.topmost(line.armed_actor.0);
            spoken_at.entry(top).or_default().insert(line.level.0);
        }
        for top in self.tops.iter().copied() {
            let Some(levels) = spoken_at.get(&top) else {
                gaps.push(gap("armed_actor", top));
                continue;
            };
            for level in Level::ALL.iter().filter(|level| !levels.contains(level)) {
                gaps.push(NetworkGap { level: Some(self.level(*level)), ..gap("level", top) });
            }
        }
        gaps
    }
}

/// The lead and the partners of a line, each with whether it is a partner.
fn carriers(line: &Engagement) -> impl Iterator<Item = (OrganizationId, bool)> + '_ {
    let partners = line.partners.iter().map(|to| (to.0, true));
    [(line.organization.0, false)].into_iter().chain(partners)
}

fn by_name(things: impl Iterator<Item = Named>) -> Vec<Named> {
    let mut things: Vec<Named> = things.collect();
    things.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    things
}

/// The engagements that are asked for and go on in a period, the latest first and perhaps without
/// their free texts, and whether there are more than can be looked at. Those that were over before are
/// not walked through to find them.
pub(super) fn lines(
    tx: &mut Tx,
    access: &Access,
    (search, period): (&Search, (Day, Day)),
) -> Result<(Vec<Arc<Engagement>>, bool)> {
    let (operation, scope) = (access.id(), &access.scope);
    let in_line = match &search.filter.actor {
        Some(lineage) => {
            let up = trees::armed_actors::up(tx, operation, lineage)?;
            let under = trees::armed_actors::under(tx, operation, lineage)?;
            let all: BTreeSet<Uuid> = up.into_iter().chain(under).map(|id| id.0).collect();
            Some(all.into_iter().collect::<Vec<Uuid>>())
        }
        None => None,
    };
    let mut ids = engagements::with_actors(tx, operation, scope, in_line.as_deref(), period)?;
    let are_more = ids.len() > ENGAGEMENTS_MAX;
    ids.truncate(ENGAGEMENTS_MAX);
    let mut found = if search.words.is_empty() {
        engagements::load_for_rules(tx, operation, &ids)?
    } else {
        let whole = engagements::load(tx, operation, scope, &ids)?;
        whole.into_iter().map(Arc::new).collect()
    };
    found.retain(|line| search.admits(line));
    found.sort_unstable_by_key(|line| (Reverse(line.from), line.identity.id));
    Ok((search.sift(tx, access, found)?, are_more))
}

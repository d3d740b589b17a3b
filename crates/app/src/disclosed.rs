//! What others disclose of lines that the caller may not read: looked up here, and cut by
//! [`concord_domain::disclosed`]. All that is limited or counted is what is shown, never the row.

use std::collections::{BTreeSet, HashMap, HashSet};

use concord_domain::{
    disclosed::{Dialogue, Outline, month},
    document::{Engagement, To},
    id::{ArmedActorId, CommitmentId, EngagementId, OrganizationId, PlaceId},
    lineage::Lineage,
    policy::{Action, Scope},
    vocabulary::{Closed, Code, Issue, Role, vocabulary},
    window::{Day, earlier, first_of_month, last_of_month},
};
use concord_reports::{
    Named, Term,
    disclosed::{Disclosed, DisclosedDialogue, DisclosedSummary},
};
use concord_store::{Tx, accounts, documents::places, engagements, trees};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::Result,
    find as asking,
    names::{Names, Wanted},
};

/// How far back it is looked unless a period is said, in days.
const PERIOD_DAYS: u32 = 365;
/// The level of an area of which a summary tells.
const AREA_LEVEL: u32 = 1;

/// What is looked for among what others disclose. What is not said limits nothing.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// In the tree of this armed actor.
    pub tree: Option<Lineage>,
    /// Of this organisation.
    pub organization: Option<OrganizationId>,
    /// About this issue, one above or one below it.
    pub issue: Option<Issue>,
    /// Begun in the months of these days; dialogues are those of today.
    pub period: (Day, Day),
}

/// What others disclose of lines that the caller may not read.
///
/// # Errors
/// All that is wrong with the question; [`Error::Forbidden`](crate::Error::Forbidden) for whom who
/// reads no entries.
pub fn find(app: &App, person: Person, operation: &str, body: &Value) -> Result<Disclosed> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let asked = asking::read_disclosed(app, tx, access, body)?;
        let until = asked.until.unwrap_or(app.today());
        let from = asked.from.unwrap_or(earlier(until, PERIOD_DAYS));
        let period = (from, until);
        asking::disclosed(tx, access, &asked, (period, app.today()))
    })
}

/// That others disclose nothing.
pub(crate) fn nothing(access: &Access) -> Disclosed {
    let note = access.language.text("find.disclosed").to_owned();
    Disclosed { note, ..Disclosed::default() }
}

/// What others disclose of lines that the caller may not read.
pub(crate) fn told(
    tx: &mut Tx,
    access: &Access,
    question: &Question,
    today: Day,
) -> Result<Disclosed> {
    if !access.scope.reads_entries {
        return Ok(nothing(access));
    }
    let (operation, tree) = (access.id(), question.tree.as_ref());
    let months = (first_of_month(question.period.0), last_of_month(question.period.1));
    let summarized = engagements::summarized(tx, operation, &access.scope, tree, months)?;
    let acknowledged = engagements::acknowledged(tx, operation, &access.scope, tree, today)?;
    let is_asked_of = |id: OrganizationId| question.organization.is_none_or(|asked| asked == id);
    let mut outlined = of_engagements(tx, operation, &summarized)?;
    outlined.retain(|_, each| {
        is_asked_of(each.organization) && question.issue.is_none_or(|issue| each.is_about(issue))
    });
    access.deeds.shows_entries(outlined.keys().copied());
    let mut summaries: Vec<Outline> =
        outlined.into_values().collect::<BTreeSet<_>>().into_iter().collect();
    summaries.sort_by(|a, b| b.month.cmp(&a.month).then_with(|| a.cmp(b)));
    // Of what an existence is about nothing is told, so whoever asks about an issue finds none.
    let dialogues: BTreeSet<Dialogue> = of_engagements(tx, operation, &acknowledged)?
        .into_values()
        .map(|each| each.dialogue())
        .filter(|each| is_asked_of(each.organization) && question.issue.is_none())
        .collect();
    let mut wanted = Wanted::default();
    summaries.iter().for_each(|each| add_outline(&mut wanted, each));
    wanted.organizations.extend(dialogues.iter().map(|each| each.organization.0));
    wanted.actors.extend(dialogues.iter().map(|each| each.armed_actor.0));
    let shown = Shown::load(tx, access, &wanted)?;
    Ok(Disclosed {
        summaries: summaries.iter().map(|each| shown.summary(each)).collect(),
        dialogues: dialogues.into_iter().map(|each| shown.dialogue(each)).collect(),
        ..nothing(access)
    })
}

/// The outlines of some entries, by their ids. One that belongs to no organisation has none.
pub(crate) fn outlines(
    tx: &mut Tx,
    operation: Uuid,
    entries: &[Uuid],
) -> Result<HashMap<Uuid, Outline>> {
    let engagements: Vec<EngagementId> = entries.iter().copied().map(EngagementId).collect();
    let mut found = of_engagements(tx, operation, &engagements)?;
    let rest: Vec<CommitmentId> =
        entries.iter().filter(|id| !found.contains_key(*id)).map(|id| CommitmentId(*id)).collect();
    let commitments = engagements::load_commitments(tx, operation, &Scope::server(), &rest)?;
    let parts = commitments.iter().filter_map(|commitment| {
        Some(Parts {
            entry: commitment.identity.id.0,
            organization: commitment.organization?.0,
            actor: commitment.armed_actor.0,
            issues: vec![commitment.issue],
            from: commitment.from,
            places: &commitment.places,
            engagement: None,
        })
    });
    found.extend(outlined(tx, operation, &parts.collect::<Vec<_>>())?);
    Ok(found)
}

fn of_engagements(
    tx: &mut Tx,
    operation: Uuid,
    ids: &[EngagementId],
) -> Result<HashMap<Uuid, Outline>> {
    let loaded = engagements::load_for_rules(tx, operation, ids)?;
    let parts: Vec<Parts<'_>> = loaded
        .iter()
        .map(|engagement| Parts {
            entry: engagement.identity.id.0,
            organization: engagement.organization.0,
            actor: engagement.armed_actor.0,
            issues: issues(engagement),
            from: Some(engagement.from),
            places: &engagement.places,
            engagement: Some(engagement),
        })
        .collect();
    outlined(tx, operation, &parts)
}

/// The issues of what is asked and of what is demanded.
fn issues(engagement: &Engagement) -> Vec<Issue> {
    let asked = engagement.asks.iter().map(|ask| ask.issue);
    let demanded = engagement
        .demands
        .iter()
        .filter_map(|demand| demand.kind.entry().issue.as_deref().and_then(Issue::from_code));
    asked.chain(demanded).collect()
}

/// What an outline is made of.
struct Parts<'e> {
    entry: Uuid,
    organization: OrganizationId,
    actor: ArmedActorId,
    issues: Vec<Issue>,
    from: Option<Day>,
    places: &'e [To<PlaceId>],
    engagement: Option<&'e Engagement>,
}

fn outlined(tx: &mut Tx, operation: Uuid, parts: &[Parts<'_>]) -> Result<HashMap<Uuid, Outline>> {
    let actors: BTreeSet<ArmedActorId> = parts.iter().map(|part| part.actor).collect();
    let topmost = topmost(tx, operation, &actors.into_iter().collect::<Vec<_>>())?;
    let places: BTreeSet<PlaceId> =
        parts.iter().flat_map(|part| part.places.iter().map(|to| to.0)).collect();
    let areas = areas(tx, operation, &places.into_iter().collect::<Vec<_>>())?;
    let outline = |part: &Parts<'_>| Outline {
        organization: part.organization,
        armed_actor: topmost.get(&part.actor).copied().unwrap_or(part.actor),
        level: part.engagement.map(|engagement| engagement.level.0),
        method: part.engagement.map(|engagement| engagement.method),
        families: part.issues.iter().map(|issue| issue.family()).collect(),
        month: part.from.map(month),
        areas: part.places.iter().filter_map(|to| areas.get(&to.0).copied()).collect(),
    };
    Ok(parts.iter().map(|part| (part.entry, outline(part))).collect())
}

/// The topmost armed actor above each of these.
fn topmost(
    tx: &mut Tx,
    operation: Uuid,
    actors: &[ArmedActorId],
) -> Result<HashMap<ArmedActorId, ArmedActorId>> {
    let lineages = trees::armed_actors::lineages(tx, operation, actors)?;
    let roots: HashSet<Lineage> = lineages.values().map(Lineage::root).collect();
    let tops = trees::armed_actors::with_all_above(tx, operation, &roots)?;
    let above = |(id, lineage): (ArmedActorId, Lineage)| Some((id, *tops.get(&lineage.root())?));
    Ok(lineages.into_iter().filter_map(above).collect())
}

/// The area of the first level in which each of these places lies, where it lies in one.
fn areas(tx: &mut Tx, operation: Uuid, ids: &[PlaceId]) -> Result<HashMap<PlaceId, PlaceId>> {
    let lineages = trees::places::lineages(tx, operation, ids)?;
    let above = trees::places::with_all_above(tx, operation, lineages.values())?;
    let all: Vec<Uuid> = above.values().map(|id| id.0).collect();
    let first: HashSet<PlaceId> = places::load(tx, operation, &all)?
        .iter()
        .filter(|place| place.level.is_some_and(|level| level.0 == AREA_LEVEL))
        .map(|place| place.identity.id)
        .collect();
    let area = |(id, lineage): (PlaceId, Lineage)| {
        let up = lineage.up().filter_map(|path| above.get(&Lineage::new(path)));
        Some((id, *up.into_iter().find(|place| first.contains(place))?))
    };
    Ok(lineages.into_iter().filter_map(area).collect())
}

/// Adds what an outline names.
pub(crate) fn add_outline(wanted: &mut Wanted, outline: &Outline) {
    wanted.organizations.insert(outline.organization.0);
    wanted.actors.insert(outline.armed_actor.0);
    wanted.places.extend(outline.areas.iter().map(|id| id.0));
}

/// What outlines are shown with.
pub(crate) struct Shown<'a> {
    names: Names,
    focal_points: HashMap<OrganizationId, Vec<String>>,
    access: &'a Access,
}

impl<'a> Shown<'a> {
    /// Looks up what things are called, and who the focal points of the organisations are.
    pub(crate) fn load(tx: &mut Tx, access: &'a Access, wanted: &Wanted) -> Result<Self> {
        let mut focal_points: HashMap<OrganizationId, Vec<String>> = HashMap::new();
        if !wanted.organizations.is_empty() {
            let found = accounts::all_memberships(tx, access.id())?;
            let ids: Vec<Uuid> = found.iter().map(|each| each.account).collect();
            let names: HashMap<Uuid, String> = accounts::load(tx, &ids)?
                .into_iter()
                .map(|account| (account.id, account.name))
                .collect();
            for each in found.into_iter().filter(|each| each.role == Role::FocalPoint) {
                if let (Some(id), Some(name)) = (each.organization, names.get(&each.account)) {
                    focal_points.entry(id).or_default().push(name.clone());
                }
            }
        }
        focal_points.values_mut().for_each(|names| names.sort());
        Ok(Self { names: wanted.load(tx, access.id())?, focal_points, access })
    }

    fn named(&self, id: impl Into<Uuid>) -> Named {
        let id = id.into();
        Named { id, name: self.names.of(id) }
    }

    /// The names of the focal points of an organisation.
    pub(crate) fn people(&self, id: OrganizationId) -> Vec<String> {
        self.focal_points.get(&id).cloned().unwrap_or_default()
    }

    /// An organisation by its name.
    pub(crate) fn organization(&self, id: OrganizationId) -> Named {
        self.named(id)
    }

    /// An outline in words.
    pub(crate) fn summary(&self, outline: &Outline) -> DisclosedSummary {
        let language = self.access.language;
        let term =
            |code: &str, label: &str| Term { code: code.to_owned(), label: label.to_owned() };
        let family = |code: &&str| {
            let entry = vocabulary().entry(Issue::LIST, code);
            term(code, entry.map_or(*code, |entry| entry.label_in(language)))
        };
        DisclosedSummary {
            organization: self.named(outline.organization),
            focal_points: self.people(outline.organization),
            armed_actor: self.named(outline.armed_actor),
            level: outline.level.map(|level| term(level.code(), level.label_in(language))),
            method: outline
                .method
                .map(|method| term(method.code(), method.entry().label_in(language))),
            issues: outline.families.iter().map(family).collect(),
            month: outline.month.clone(),
            areas: outline.areas.iter().map(|id| self.named(*id)).collect(),
        }
    }

    fn dialogue(&self, dialogue: Dialogue) -> DisclosedDialogue {
        DisclosedDialogue {
            organization: self.named(dialogue.organization),
            focal_points: self.people(dialogue.organization),
            armed_actor: self.named(dialogue.armed_actor),
        }
    }
}

//! Finding what is in the registry: engagements by what they are about, and who talks to whom.
//! Questions come in bodies, since an address may be logged by what lies between.

use std::borrow::Borrow;

use concord_domain::{
    document::{Count, Engagement, Form, Line, Member, Of, Reader, Schemas, To},
    fault::{FaultCode, Pointer},
    id::{ArmedActorId, OrganizationId, PlaceId},
    lineage::{self, Lineage},
    vocabulary::{Code, EngagementStatus, Issue, Level, Method},
    window::Day,
};
use concord_reports::disclosed::Disclosed;
use concord_store::{Tx, engagements::Filter, trees};
use serde_json::{Value, json};

use crate::{
    App,
    access::Access,
    cursor::Page,
    disclosed,
    error::{Error, Result},
    resources,
};

mod changes;
mod engagements;
mod network;
mod timeline;

pub use changes::changes;
pub use engagements::{EXAMINED_MAX, search};
pub use network::network;
pub use timeline::timeline;

/// What is looked for. What is not said limits nothing.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// An armed actor, with all above and below it.
    pub armed_actor: Option<ArmedActorId>,
    /// A place, with all that it lies in and that lies in it.
    pub place: Option<PlaceId>,
    /// An issue, with all below it.
    pub issue: Option<Issue>,
    /// An organisation, as the lead or as a partner.
    pub organization: Option<OrganizationId>,
    /// A level.
    pub level: Option<Level>,
    /// A method.
    pub method: Option<Method>,
    /// A status.
    pub status: Option<EngagementStatus>,
    /// The first day of a period.
    pub from: Option<Day>,
    /// The last day of a period.
    pub until: Option<Day>,
    /// Words, all of which stand in what may be read of it.
    pub words: Option<Line>,
}

/// The most items of a page.
const PAGE_MAX: u32 = 200;

/// The members by which engagements can be found.
const MEMBERS: [&str; 12] = [
    "armed_actor",
    "place",
    "issue",
    "organization",
    "level",
    "method",
    "status",
    "from",
    "until",
    "words",
    "limit",
    "cursor",
];

/// Reads a question and which page of its answer is asked for, or names every fault in it.
///
/// # Errors
/// All faults at once.
fn read(app: &App, tx: &mut Tx, access: &Access, body: &Value) -> Result<(Question, Page)> {
    read_these(app, tx, access, (body, &MEMBERS))
}

/// The members by which it can be found what others disclose: what they disclose it by.
const DISCLOSED_MEMBERS: [&str; 5] = ["armed_actor", "issue", "organization", "from", "until"];

/// Reads a question about what others disclose, or names every fault in it.
///
/// # Errors
/// All faults at once.
pub(crate) fn read_disclosed(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    body: &Value,
) -> Result<Question> {
    Ok(read_these(app, tx, access, (body, &DISCLOSED_MEMBERS))?.0)
}

fn read_these(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (body, members): (&Value, &[&str]),
) -> Result<(Question, Page)> {
    let (question, page) = resources::read_body(app, tx, access, body, |body, reader| {
        let at = Pointer::ROOT;
        let object = reader.object(body, &at, members)?;
        let question = read_members(object, &at, reader);
        let limit: Option<Option<Count<PAGE_MAX>>> = reader.optional(object, &at, "limit");
        let cursor: Option<Option<Line>> = reader.optional(object, &at, "cursor");
        let limit = limit?.map(|limit| i64::from(limit.0));
        Some((question?, Page { limit, cursor: cursor?.map(|line| line.as_str().to_owned()) }))
    })?;
    if let (Some(from), Some(until)) = (question.from, question.until)
        && until < from
    {
        let detail = "the period ends before it begins";
        return Err(Error::at("until", FaultCode::ReversedWindow, detail));
    }
    Ok((question, page))
}

fn read_members(
    object: &serde_json::Map<String, Value>,
    at: &Pointer<'_>,
    reader: &mut Reader<'_>,
) -> Option<Question> {
    let armed_actor: Option<Option<To<ArmedActorId>>> = reader.optional(object, at, "armed_actor");
    let place: Option<Option<To<PlaceId>>> = reader.optional(object, at, "place");
    let issue = reader.optional(object, at, "issue");
    let organization: Option<Option<To<OrganizationId>>> =
        reader.optional(object, at, "organization");
    let level: Option<Option<Of<Level>>> = reader.optional(object, at, "level");
    let method = reader.optional(object, at, "method");
    let status: Option<Option<Of<EngagementStatus>>> = reader.optional(object, at, "status");
    let from = reader.optional(object, at, "from");
    let until = reader.optional(object, at, "until");
    let words = reader.optional(object, at, "words");
    Some(Question {
        armed_actor: armed_actor?.map(|to| to.0),
        place: place?.map(|to| to.0),
        issue: issue?,
        organization: organization?.map(|to| to.0),
        level: level?.map(|level| level.0),
        method: method?,
        status: status?.map(|status| status.0),
        from: from?,
        until: until?,
        words: words?,
    })
}

/// A question whose references were looked up: what the database answers of it, and what is
/// looked for in the documents.
struct Search {
    filter: Filter,
    place: Option<Lineage>,
    issue: Option<Issue>,
    method: Option<Method>,
    words: Vec<String>,
}

impl Search {
    fn new(tx: &mut Tx, access: &Access, question: &Question) -> Result<Self> {
        let actor = match question.armed_actor {
            Some(id) => {
                let found = trees::armed_actors::lineages(tx, access.id(), &[id])?.remove(&id);
                Some(found.ok_or(Error::NotFound)?)
            }
            None => None,
        };
        let place = match question.place {
            Some(id) => {
                let found = trees::places::lineages(tx, access.id(), &[id])?.remove(&id);
                Some(found.ok_or(Error::NotFound)?)
            }
            None => None,
        };
        let words = question.words.as_ref().map(|words| folded(words.as_str()));
        Ok(Self {
            filter: Filter {
                actor,
                organization: question.organization,
                level: question.level,
                status: question.status,
                from: question.from,
                until: question.until,
            },
            place,
            issue: question.issue,
            method: question.method,
            words: words
                .map(|words| words.split_whitespace().map(str::to_owned).collect())
                .unwrap_or_default(),
        })
    }

    /// Whether an engagement is of the organisation, at the level and in the status that is looked for.
    fn admits(&self, engagement: &Engagement) -> bool {
        let Filter { organization, level, status, .. } = &self.filter;
        let takes_part = |id: OrganizationId| {
            engagement.organization.0 == id || engagement.partners.iter().any(|to| to.0 == id)
        };
        organization.is_none_or(takes_part)
            && level.is_none_or(|level| engagement.level.0 == level)
            && status.is_none_or(|status| engagement.status.0 == status)
    }

    /// Those of some engagements that are looked for.
    fn sift<E: Borrow<Engagement>>(
        &self,
        tx: &mut Tx,
        access: &Access,
        mut found: Vec<E>,
    ) -> Result<Vec<E>> {
        let is_method = |e: &Engagement| self.method.is_none_or(|method| e.method == method);
        found.retain(|each| is_method(each.borrow()) && self.is_on_issue(each.borrow()));
        if let Some(place) = &self.place {
            let places = found.iter().flat_map(|each| &each.borrow().places);
            let ids: Vec<PlaceId> = places.map(|to| to.0).collect();
            let lineages = trees::places::lineages(tx, access.id(), &ids)?;
            let is_there = |to: &To<PlaceId>| {
                lineages.get(&to.0).is_some_and(|lineage| lineage.in_line(place))
            };
            found.retain(|each| {
                let places = &each.borrow().places;
                places.is_empty() || places.iter().any(is_there)
            });
        }
        if !self.words.is_empty() {
            found.retain(|each| has_words(each.borrow(), &self.words));
        }
        Ok(found)
    }

    fn is_on_issue(&self, engagement: &Engagement) -> bool {
        let Some(issue) = self.issue else { return true };
        let below = |code: &str| lineage::contains(issue.code(), code);
        let demanded = engagement.demands.iter().filter_map(|d| d.kind.entry().issue.as_deref());
        engagement.asks.iter().any(|ask| below(ask.issue.code())) || demanded.into_iter().any(below)
    }
}

/// A text as words are looked for in it.
fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Whether all of some words stand in the texts of an engagement.
fn has_words(engagement: &Engagement, words: &[String]) -> bool {
    let mut text = concord_domain::document::texts_of(engagement).join("\n");
    for line in engagement.strategy.iter().chain(engagement.sources.iter().map(|s| &s.title)) {
        text.push('\n');
        text.push_str(line.as_str());
    }
    let text = folded(&text);
    words.iter().all(|word| text.contains(word.as_str()))
}

/// What others disclose in answer to a question, as far as they disclose what it is about: to whom
/// asks for a place, a level, a method, a status or words, nothing.
pub(crate) fn disclosed(
    tx: &mut Tx,
    access: &Access,
    question: &Question,
    (period, today): ((Day, Day), Day),
) -> Result<Disclosed> {
    let Question { place, level, method, status, words, .. } = question;
    let finer = [place.is_some(), level.is_some(), method.is_some(), status.is_some()];
    if finer.contains(&true) || words.is_some() {
        return Ok(disclosed::nothing(access));
    }
    let tree = match question.armed_actor {
        Some(id) => trees::armed_actors::lineages(tx, access.id(), &[id])?.remove(&id),
        None => None,
    };
    let (organization, issue) = (question.organization, question.issue);
    disclosed::told(tx, access, &disclosed::Question { tree, organization, issue, period }, today)
}

/// The JSON Schema of a question about what others disclose.
#[must_use]
pub fn disclosed_schema() -> Value {
    let mut schema = schema();
    if let Some(members) = schema["properties"].as_object_mut() {
        members.retain(|name, _| DISCLOSED_MEMBERS.contains(&name.as_str()));
    }
    schema
}

/// The JSON Schema of a question.
#[must_use]
pub fn schema() -> Value {
    let mut schemas = Schemas::new(Form::New, "#/components/schemas/");
    let or_null = |schema: Value| json!({"anyOf": [schema, {"type": "null"}]});
    let day = or_null(Day::schema(&mut schemas));
    json!({
        "type": "object",
        "description": "What is looked for. What is not said limits nothing.",
        "properties": {
            "armed_actor": or_null(To::<ArmedActorId>::schema(&mut schemas)),
            "place": or_null(To::<PlaceId>::schema(&mut schemas)),
            "issue": or_null(Issue::schema(&mut schemas)),
            "organization": or_null(To::<OrganizationId>::schema(&mut schemas)),
            "level": or_null(Of::<Level>::schema(&mut schemas)),
            "method": or_null(Method::schema(&mut schemas)),
            "status": or_null(Of::<EngagementStatus>::schema(&mut schemas)),
            "from": day,
            "until": day,
            "words": or_null(Line::schema(&mut schemas)),
            "limit": or_null(json!({"type": "integer", "minimum": 1, "maximum": PAGE_MAX})),
            "cursor": or_null(Line::schema(&mut schemas)),
        },
        "additionalProperties": false,
    })
}

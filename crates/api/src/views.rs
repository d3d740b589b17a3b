//! What is shown of things that are no documents: flags, people, lists.

mod suggested;

pub use suggested::SuggestedArmedActor;

use concord_app::{
    flags::{FlagWithHistory, RestrictedLine, ShownFlag},
    people::PersonInOperation,
};
use concord_domain::{
    flag::Subject,
    language::Language,
    reason::Detail,
    rules,
    vocabulary::{Closed, in_language},
};
use concord_reports::{Named, disclosed::DisclosedSummary};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, Schema, schema::Type},
};
use uuid::Uuid;

mod contact_requests;
mod notifications;
mod queue;

pub use contact_requests::{ContactRequest, ReceivedContactRequest};
pub use notifications::Notification;
pub use queue::{Queue, QueuedFlag};

fn flag_kind() -> Ref {
    Ref::from_schema_name("FlagKind")
}

fn flag_class() -> Ref {
    Ref::from_schema_name("FlagClass")
}

fn severity() -> Ref {
    Ref::from_schema_name("Severity")
}

fn flag_state() -> Ref {
    Ref::from_schema_name("FlagState")
}

fn role() -> Ref {
    Ref::from_schema_name("Role")
}

fn or_null(code: Ref) -> Schema {
    let null = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new().item(code).item(null).into()
}

fn flag_kind_or_null() -> Schema {
    or_null(flag_kind())
}

fn severity_or_null() -> Schema {
    or_null(severity())
}

fn level_or_null() -> Schema {
    or_null(Ref::from_schema_name("Level"))
}

fn flag_state_or_null() -> Schema {
    or_null(flag_state())
}

fn resolution_or_null() -> Schema {
    or_null(Ref::from_schema_name("Resolution"))
}

/// A flag.
#[derive(Debug, Serialize, ToSchema)]
pub struct Flag {
    /// Its id; null for one that only says what goes well, which has no life.
    pub id: Option<Uuid>,
    /// Which rule raised it.
    #[schema(schema_with = flag_kind)]
    pub kind: &'static str,
    /// What it is about, in one word.
    #[schema(schema_with = flag_class)]
    pub class: &'static str,
    /// How much it matters.
    #[schema(schema_with = severity)]
    pub severity: &'static str,
    /// Whether the facts raise it now.
    pub holds: bool,
    /// What people have made of it.
    #[schema(schema_with = flag_state_or_null)]
    pub state: Option<&'static str>,
    /// How it was settled.
    #[schema(schema_with = resolution_or_null)]
    pub resolution: Option<&'static str>,
    /// When it was first raised, in UTC.
    #[schema(format = DateTime)]
    pub raised_at: Option<String>,
    /// What it is between.
    pub between: Vec<FlagSubject>,
    /// The organisations whose lines it is about.
    pub organizations: Vec<Organisation>,
    /// Why it holds, each fact readable alone.
    pub because: Vec<Because>,
    /// What the kind of flag asks, and what usually settles it.
    pub about: About,
}

/// Something that a flag is between.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagSubject {
    /// What it is: `ask`, `demand`, `engagement`, `lead`, `common_position`, `commitment`,
    /// `armed_actor` or `level`.
    pub kind: &'static str,
    /// Its id; null for a level.
    pub id: Option<Uuid>,
    /// The engagement that an ask or a demand is part of.
    pub engagement: Option<Uuid>,
    /// The code of a level.
    #[schema(schema_with = level_or_null)]
    pub level: Option<&'static str>,
}

/// An organisation by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// A fact that made a rule hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct Because {
    /// Which fact.
    #[schema(example = "term_differs")]
    pub code: &'static str,
    /// What it is about, by name: ids, codes, days and values.
    #[schema(value_type = Object)]
    pub parameters: Value,
    /// The fact as a sentence.
    #[schema(example = "Notice, in hours: 72 against 24.")]
    pub sentence: String,
}

/// What a kind of flag asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct About {
    /// What it says, in one line.
    pub title: &'static str,
    /// When it holds.
    pub holds_when: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What usually settles it.
    pub settled_by: &'static str,
}

/// That there is a flag with an entry that you may not read. Ask the desk.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestrictedFlag {
    /// An id of its own.
    pub id: Uuid,
    /// What it is about, in one word.
    #[schema(schema_with = flag_class)]
    pub class: &'static str,
    /// Your own entry.
    pub entry: Uuid,
    /// Which rule raised it, if the other side is told of in outline.
    #[schema(schema_with = flag_kind_or_null)]
    pub kind: Option<&'static str>,
    /// How much it matters, if the other side is told of in outline.
    #[schema(schema_with = severity_or_null)]
    pub severity: Option<&'static str>,
    /// Whose the other side is, if that is told.
    pub organizations: Vec<Named>,
    /// The other side in outline, if that is told.
    pub summaries: Vec<DisclosedSummary>,
}

/// A step in the life of a flag.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagStep {
    /// When, in UTC.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who took it; null if the flag took it by itself.
    pub by: Option<String>,
    /// From which state.
    #[schema(schema_with = flag_state_or_null)]
    pub from: Option<&'static str>,
    /// To which state.
    #[schema(schema_with = flag_state)]
    pub to: &'static str,
    /// With which resolution.
    #[schema(schema_with = resolution_or_null)]
    pub resolution: Option<&'static str>,
    /// Why, or what was noted.
    pub note: Option<String>,
}

/// A flag with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagDetail {
    /// The flag.
    pub flag: Flag,
    /// Its steps, the first first.
    pub steps: Vec<FlagStep>,
}

/// Flags, and lines about those that may not be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagList {
    /// The flags, the worst first.
    pub items: Vec<Flag>,
    /// Where the list goes on; null at its end.
    pub next: Option<String>,
    /// One line for each of your entries and class with which there is more.
    pub restricted: Vec<RestrictedFlag>,
}

/// A person in an operation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// The id of the membership.
    pub id: Uuid,
    /// What the person signs in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What the person is.
    #[schema(schema_with = role)]
    pub role: &'static str,
    /// For which organisation.
    pub organization: Option<Uuid>,
    /// Whether an invitation is still open.
    pub invited: bool,
}

/// A time as RFC 3339 in UTC.
pub fn time(at: chrono::NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

impl From<ShownFlag> for Flag {
    fn from(flag: ShownFlag) -> Self {
        Self {
            id: flag.id,
            kind: flag.kind.code(),
            class: flag.class.code(),
            severity: flag.severity.code(),
            holds: flag.holds,
            state: flag.state.map(Closed::code),
            resolution: flag.resolution.map(Closed::code),
            raised_at: flag.raised_at.map(time),
            between: flag.between.into_iter().map(FlagSubject::from).collect(),
            organizations: flag
                .organizations
                .into_iter()
                .map(|(id, name)| Organisation { id: id.0, name })
                .collect(),
            because: flag
                .because
                .into_iter()
                .map(|(reason, sentence)| Because {
                    code: reason.code.code(),
                    parameters: reason
                        .details
                        .iter()
                        .map(|(name, detail)| {
                            ((*name).to_owned(), parameter(detail, flag.language))
                        })
                        .collect(),
                    sentence,
                })
                .collect(),
            about: flag.about.into(),
        }
    }
}

impl From<rules::About> for About {
    fn from(about: rules::About) -> Self {
        let rules::About { title, holds_when, why, settled_by } = about;
        Self { title, holds_when, why, settled_by }
    }
}

fn parameter(detail: &Detail, language: Language) -> Value {
    match detail {
        Detail::Actor(id) => json!(id.0),
        Detail::Places(ids) => ids.iter().map(|id| json!(id.0)).collect(),
        Detail::Organization(id) => json!(id.0),
        Detail::Mechanism(id) => json!(id.0),
        Detail::Engagement(id) => json!(id.0),
        Detail::Window(window) => json!({
            "from": window.from.map(|day| day.to_string()),
            "until": window.until.map(|day| day.to_string()),
        }),
        Detail::Day(day) => json!(day.to_string()),
        Detail::Code(_, code) => json!(code),
        Detail::Value(value) => json!(value.to_string()),
        Detail::Number(number) => json!(number),
        Detail::Why(why) => json!(in_language(why, language)),
    }
}

impl From<Subject> for FlagSubject {
    fn from(subject: Subject) -> Self {
        let (kind, id) = concord_app::flags::subject_kind(subject);
        let level = match subject {
            Subject::Level(level) => Some(level.code()),
            _ => None,
        };
        let part_of = match subject {
            Subject::Ask(_, engagement) | Subject::Demand(_, engagement) => Some(engagement.0),
            _ => None,
        };
        Self { kind, id: (!id.is_nil()).then_some(id), engagement: part_of, level }
    }
}

impl From<RestrictedLine> for RestrictedFlag {
    fn from(line: RestrictedLine) -> Self {
        Self {
            id: line.id,
            class: line.class.code(),
            entry: line.entry,
            kind: line.kind.map(Closed::code),
            severity: line.severity.map(Closed::code),
            organizations: line.organizations,
            summaries: line.summaries,
        }
    }
}

impl From<FlagWithHistory> for FlagDetail {
    fn from(found: FlagWithHistory) -> Self {
        let steps = found.steps.into_iter().map(|(step, by)| FlagStep {
            at: time(step.at),
            by,
            from: step.from.map(Closed::code),
            to: step.to.code(),
            resolution: step.resolution.map(Closed::code),
            note: step
                .note
                .or_else(|| step.cause.map(|cause| cause.sentence(found.flag.language).to_owned())),
        });
        Self { steps: steps.collect(), flag: found.flag.into() }
    }
}

impl From<PersonInOperation> for Person {
    fn from(person: PersonInOperation) -> Self {
        Self {
            id: person.id,
            login: person.login,
            name: person.name,
            role: person.role.code(),
            organization: person.organization.map(|id| id.0),
            invited: person.is_invited,
        }
    }
}

/// Views of many things.
pub fn each<T, V: From<T>>(things: impl IntoIterator<Item = T>) -> Vec<V> {
    things.into_iter().map(V::from).collect()
}

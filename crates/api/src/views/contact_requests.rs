//! What each side sees of a request to be put in touch.

use concord_app::contact_requests::{AskedRequest, ReachedSide, ReceivedRequest as Received};
use concord_domain::{contact_request::Answer, vocabulary::Closed};
use concord_reports::{Named, disclosed::DisclosedSummary};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{Ref, Schema},
};
use uuid::Uuid;

use super::{flag_class, or_null, time};

fn asked_state() -> Ref {
    Ref::from_schema_name("ContactRequestState")
}

fn received_state() -> Ref {
    Ref::from_schema_name("ReceivedContactRequestState")
}

fn answer_or_null() -> Schema {
    or_null(Ref::from_schema_name("ContactAnswer"))
}

/// A request of yours to be put in touch.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactRequest {
    /// Its id.
    pub id: Uuid,
    /// The restricted line that it is about, if it is about one.
    pub restricted: Option<Uuid>,
    /// The flag that it is about, if you read it when you asked.
    pub flag: Option<Uuid>,
    /// What the flag is about, in one word.
    #[schema(schema_with = flag_class)]
    pub class: &'static str,
    /// Your organisation's entries in it, which those who are asked see in outline.
    pub entries: Vec<Uuid>,
    /// Your organisation.
    pub organization: Named,
    /// When it was asked, in UTC.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// Who asked.
    pub asked_by: Option<String>,
    /// Why, for those who are asked to read.
    pub reason: Option<String>,
    /// How you can be reached, for those who say yes.
    pub contact: Option<String>,
    /// The day with whose start, in UTC, it closes.
    #[schema(format = Date)]
    pub closes_on: String,
    /// What has come of it.
    #[schema(schema_with = asked_state)]
    pub state: &'static str,
    /// Those with whom contact is arranged; empty unless somebody has said yes.
    pub with: Vec<ReachedContact>,
}

/// Somebody with whom contact is arranged.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReachedContact {
    /// The organisation; null for the desk.
    pub organization: Option<Named>,
    /// The names of its focal points, or of the people of the desk.
    pub focal_points: Vec<String>,
    /// How they can be reached, as they wrote it.
    pub contact: Option<String>,
    /// When they said yes, in UTC.
    #[schema(format = DateTime)]
    pub at: String,
}

/// A request of others to be put in touch with you.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedContactRequest {
    /// Its id, which is not that of those who ask.
    pub id: Uuid,
    /// Who asks.
    pub organization: Named,
    /// What the flag is about in which both of you are, in one word.
    #[schema(schema_with = flag_class)]
    pub class: &'static str,
    /// Your own entries in it.
    pub entries: Vec<Uuid>,
    /// The entries of those who ask.
    pub about: Vec<AskingEntry>,
    /// Why they ask.
    pub reason: Option<String>,
    /// When it was asked, in UTC.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// The day with whose start, in UTC, it closes.
    #[schema(format = Date)]
    pub closes_on: String,
    /// What has come of it.
    #[schema(schema_with = received_state)]
    pub state: &'static str,
    /// What was answered.
    #[schema(schema_with = answer_or_null)]
    pub answer: Option<&'static str>,
    /// When it was answered, in UTC.
    #[schema(format = DateTime)]
    pub answered_at: Option<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// Why it was answered so, which stays with you.
    pub answer_reason: Option<String>,
    /// How you can be reached, as you wrote it.
    pub own_contact: Option<String>,
    /// The names of the focal points of those who ask, once you have said yes.
    pub focal_points: Vec<String>,
    /// How those who ask can be reached, once you have said yes.
    pub contact: Option<String>,
}

/// An entry of those who ask.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskingEntry {
    /// Its id, which leads no further than its audience goes.
    pub id: Uuid,
    /// It in outline; null once the request has closed, or if it may not be told of now.
    pub summary: Option<DisclosedSummary>,
}

impl From<AskedRequest> for ContactRequest {
    fn from(asked: AskedRequest) -> Self {
        let AskedRequest { request, organization, asked_by, state, with } = asked;
        Self {
            id: request.id,
            restricted: request.about.line(),
            flag: request.about.flag(),
            class: request.class.code(),
            entries: request.entries,
            organization,
            asked_at: time(request.asked_at),
            asked_by,
            reason: request.words.reason,
            contact: request.words.contact,
            closes_on: request.closes_on.to_string(),
            state: state.code(),
            with: with.into_iter().map(ReachedContact::from).collect(),
        }
    }
}

impl From<ReachedSide> for ReachedContact {
    fn from(side: ReachedSide) -> Self {
        let ReachedSide { organization, people, contact, at } = side;
        Self { organization, focal_points: people, contact, at: time(at) }
    }
}

impl From<Received> for ReceivedContactRequest {
    fn from(found: Received) -> Self {
        let about = found.about.into_iter().map(|(id, summary)| AskingEntry { id, summary });
        let answered = found.side.answered;
        Self {
            id: found.side.id,
            organization: found.organization,
            class: found.class.code(),
            entries: found.side.entries,
            about: about.collect(),
            reason: found.reason,
            asked_at: time(found.side.asked_at),
            closes_on: found.closes_on.to_string(),
            state: found.state.code(),
            answer: answered.as_ref().map(|it| Answer::code(it.answer)),
            answered_at: answered.as_ref().map(|it| time(it.at)),
            answered_by: found.answered_by,
            answer_reason: answered.as_ref().and_then(|it| it.words.reason.clone()),
            own_contact: answered.and_then(|it| it.words.contact),
            focal_points: found.people,
            contact: found.contact,
        }
    }
}

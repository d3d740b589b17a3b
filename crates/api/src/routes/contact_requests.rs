//! Asking to be put in touch, and answering.

use actix_web::http::Method;
use concord_app::resources::etag;
use concord_app::{
    Error,
    contact_requests::{self, About, Wish, Words, received, received::Reply},
    guard::{self, Sorted},
    once::Sent,
};
use concord_domain::{
    contact_request::Answer as Said,
    document::{Line, Prose, Reader},
    fault::{Fault, FaultCode, Pointer},
    guard::Noted,
    vocabulary::Closed,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{PAGE, Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    views::{ContactRequest, ReceivedContactRequest, each},
};

const ASKED: &str = "contact-requests";
const RECEIVED: &str = "received-contact-requests";

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = asking();
    routes.extend(answering());
    routes
}

fn asking() -> Vec<Route> {
    let (asked, one) = (within(ASKED), format!("{}/{{id}}", within(ASKED)));
    let tag = "contact";
    vec![
        Route::new(
            Method::GET,
            &asked,
            ("list_contact_requests", tag),
            "List what your organisation has asked for, the latest first",
            list,
        )
        .query(PAGE)
        .answers(200, Schema::PageOf("ContactRequest".to_owned())),
        Route::new(
            Method::POST,
            &asked,
            ("ask_for_contact", tag),
            "Ask to be put in touch with whoever else is in a flag",
            ask,
        )
        .about(
            "You say yes by asking: those who are asked see your organisation, your entry in outline \
             and why you ask. You learn who they are once they have said yes. If they say no, or \
             nothing, you learn when the request closes that no contact was arranged, and not why.",
        )
        .takes_key()
        .body(
            Schema::named("NewContactRequest"),
            json!({"restricted": "00000000-0000-4000-8000-000000000000", "reason": "We would both \
                gain from going there one after the other.", "contact": "access@rtw.example"}),
        )
        .answers(201, Schema::named("ContactRequest")),
        Route::new(
            Method::GET,
            &one,
            ("get_contact_request", tag),
            "Read what has come of a request of your organisation",
            get,
        )
        .tagged()
        .answers(200, Schema::named("ContactRequest")),
    ]
}

fn answering() -> Vec<Route> {
    let (received, one) = (within(RECEIVED), format!("{}/{{id}}", within(RECEIVED)));
    let tag = "contact";
    vec![
        Route::new(
            Method::GET,
            &received,
            ("list_received_contact_requests", tag),
            "List who asks to be put in touch with your organisation, the latest first",
            list_received,
        )
        .query(PAGE)
        .answers(200, Schema::PageOf("ReceivedContactRequest".to_owned())),
        Route::new(
            Method::GET,
            &one,
            ("get_received_contact_request", tag),
            "Read who asks to be put in touch, and why",
            get_received,
        )
        .tagged()
        .answers(200, Schema::named("ReceivedContactRequest")),
        Route::new(
            Method::POST,
            format!("{one}/answer"),
            ("answer_contact_request", tag),
            "Say whether to be put in touch",
            answer,
        )
        .about(
            "With a yes both sides learn who the other is. Nobody is ever told of a no, nor of its \
             reason; until the request closes it can become a yes.",
        )
        .takes_key()
        .body(
            Schema::named("NewContactAnswer"),
            json!({"answer": "yes", "contact": "Ask for the access desk at the office in Alpha."}),
        )
        .answers(200, Schema::named("ReceivedContactRequest")),
    ]
}

fn list(call: &Call) -> Result<Answer> {
    let found = contact_requests::list(&call.app, call.person()?, call.operation(), &call.page()?)?;
    let items: Vec<ContactRequest> = each(found.items);
    Ok(Answer::json(&json!({"items": items, "next": found.next})))
}

fn ask(call: &Call) -> Result<Answer> {
    let wish = read_wish(call)?;
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let made = contact_requests::ask(&call.app, call.person()?, call.operation(), (&wish, sent))?;
    let at = call.below(made.request.id);
    Ok(Answer::created(&ContactRequest::from(made), at))
}

fn get(call: &Call) -> Result<Answer> {
    let found = contact_requests::get(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(tagged(&json!(ContactRequest::from(found))))
}

fn tagged(body: &Value) -> Answer {
    Answer::json(body).tagged(etag(body))
}

fn list_received(call: &Call) -> Result<Answer> {
    let found = received::list(&call.app, call.person()?, call.operation(), &call.page()?)?;
    let items: Vec<ReceivedContactRequest> = each(found.items);
    Ok(Answer::json(&json!({"items": items, "next": found.next})))
}

fn get_received(call: &Call) -> Result<Answer> {
    let found = received::get(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(tagged(&json!(ReceivedContactRequest::from(found))))
}

fn answer(call: &Call) -> Result<Answer> {
    let reply = read_reply(call)?;
    let (person, operation, id) = (call.person()?, call.operation(), call.id()?);
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let found = received::answer(&call.app, person, operation, id, (&reply, sent))?;
    Ok(Answer::json(&ReceivedContactRequest::from(found)))
}

/// Reads a body with the members of which `read` makes something, its texts looked over.
fn read_body<T>(
    call: &Call,
    members: &[&'static str],
    read: impl FnOnce(&Map<String, Value>, &mut Reader<'_>) -> Option<T>,
) -> Result<(T, Vec<Noted>, guard::Confirmation)> {
    let mut nothing = concord_app::resources::Nothing;
    let mut reader = Reader::of_request(&mut nothing, call.app.today());
    let Sorted { body, confirmation, fault } = guard::sorted(&call.body);
    let object = reader.object(&body, &Pointer::ROOT, members);
    let found = object.and_then(|object| read(object, &mut reader));
    let noted = reader.noted.take().unwrap_or_default();
    reader.faults.extend(fault);
    match found {
        Some(found) if reader.faults.is_empty() => Ok((found, noted, confirmation)),
        _ => Err(Error::Invalid(reader.faults).into()),
    }
}

fn read_wish(call: &Call) -> Result<Wish> {
    let members = ["restricted", "flag", "reason", "contact"];
    let ((about, words), noted, confirmation) = read_body(call, &members, |object, reader| {
        let at = Pointer::ROOT;
        let line = id_of(object, reader, "restricted");
        let flag = id_of(object, reader, "flag");
        let reason: Option<Prose> = reader.required(object, &at, "reason");
        let contact: Option<Option<Line>> = reader.optional(object, &at, "contact");
        let about = match (line?, flag?) {
            (Some(id), None) => Some(About::Line(id)),
            (None, Some(id)) => Some(About::Flag(id)),
            _ => {
                let detail =
                    "say which restricted line, or which flag, you ask about, and one alone";
                reader.faults.push(Fault::new(
                    &at.member("restricted"),
                    FaultCode::Inconsistent,
                    detail,
                ));
                None
            }
        };
        let reason = reason.filter(|reason| !reason.as_str().trim().is_empty()).or_else(|| {
            let detail = "say why you ask, for those who are asked to read";
            reader.fault(&at.member("reason"), FaultCode::Missing, detail);
            None
        });
        let reason = Some(reason?.as_str().to_owned());
        let contact = contact?.map(|line| line.as_str().to_owned());
        Some((about?, Words { reason, contact }))
    })?;
    Ok(Wish { about, words, noted, confirmation })
}

/// An id that may be left out.
#[expect(clippy::option_option, reason = "what is wrong is another thing than what is left out")]
fn id_of(
    object: &Map<String, Value>,
    reader: &mut Reader<'_>,
    member: &'static str,
) -> Option<Option<Uuid>> {
    let fault = match object.get(member) {
        None | Some(Value::Null) => return Some(None),
        Some(Value::String(text)) => match Uuid::parse_str(text) {
            Ok(id) => return Some(Some(id)),
            Err(_) => (FaultCode::Malformed, "an id is expected here"),
        },
        Some(_) => (FaultCode::WrongType, "an id is expected here, as a text"),
    };
    reader.fault(&Pointer::ROOT.member(member), fault.0, fault.1);
    None
}

fn read_reply(call: &Call) -> Result<Reply> {
    let members = ["answer", "reason", "contact"];
    let ((answer, words), noted, confirmation) = read_body(call, &members, |object, reader| {
        let at = Pointer::ROOT;
        let answer: Option<Line> = reader.required(object, &at, "answer");
        let reason: Option<Option<Prose>> = reader.optional(object, &at, "reason");
        let contact: Option<Option<Line>> = reader.optional(object, &at, "contact");
        let answer = answer.and_then(|code| {
            let said = Said::from_code(code.as_str());
            if said.is_none() {
                let detail = "an answer is `yes` or `no`";
                reader.fault(&at.member("answer"), FaultCode::UnknownCode, detail);
            }
            said
        });
        let reason = reason?.map(|reason| reason.as_str().to_owned());
        let contact = contact?.map(|line| line.as_str().to_owned());
        Some((answer?, Words { reason, contact }))
    })?;
    Ok(Reply { answer, words, noted, confirmation })
}

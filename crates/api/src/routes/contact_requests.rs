//! Asking to be put in touch, and answering.

use actix_web::http::Method;
use concord_app::{
    contact_requests::{self, Wish, received, received::Reply},
    once::Sent,
    resources::etag,
};
use serde_json::{Value, json};

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
    let wish = Wish::read(&call.app, &call.body)?;
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
    let reply = Reply::read(&call.app, &call.body)?;
    let (person, operation, id) = (call.person()?, call.operation(), call.id()?);
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let found = received::answer(&call.app, person, operation, id, (&reply, sent))?;
    Ok(Answer::json(&ReceivedContactRequest::from(found)))
}

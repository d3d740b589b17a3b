//! What waits for the caller.

use std::collections::HashSet;

use actix_web::http::Method;
use concord_app::{
    Error,
    notifications::{self, SEEN_MAX},
    resources::Nothing,
};
use concord_domain::{
    document::Reader,
    fault::{FaultCode, Pointer},
    notification::NotificationKind,
    vocabulary::Closed,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PAGE, Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    views::{Notification, each},
};

const LIST: &str = "notifications";

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            within(LIST),
            ("list_notifications", LIST),
            "List what waits for you and you have not seen",
            list,
        )
        .about(
            "That there is something, by kind, the latest day first; what it holds is where you \
             open it. It is found anew each time from what you may see now, so what was settled, \
             retracted or closed to you waits no more.",
        )
        .query(PAGE)
        .answers(200, Schema::PageOf("Notification".to_owned())),
        Route::new(
            Method::POST,
            format!("{}/read", within(LIST)),
            ("read_notifications", LIST),
            "Say what you have seen of what waits for you",
            read,
        )
        .about(
            "It waits no more for you, and goes on to wait for others. Ids of what does not wait \
             are passed over. What waits anew, as a flag that opens again, has another id.",
        )
        .body(
            Schema::named("SeenNotifications"),
            json!({"notifications": ["00000000-0000-4000-8000-000000000000"]}),
        )
        .answers_nothing(),
    ]
}

/// The schemas of what has no type of its own.
pub fn schemas() -> [(String, Value); 2] {
    let codes: Vec<&str> = NotificationKind::ALL.iter().map(|kind| kind.code()).collect();
    let kind = json!({
        "type": "string",
        "enum": codes,
        "description": "What sort of thing waits, and so what it is about. `contact_requested`: a \
            received contact request without an answer. `contact_arranged`, `contact_closed`: a \
            contact request of yours that was answered with yes, or has closed without one. \
            `flag_raised`: a flag with an entry of yours that nobody has taken up. \
            `restricted_line`: an entry of yours with a restricted line, shown with its flags. \
            `desk_queue`: a flag in the desk's queue. `desk_change`: a change of who is on the \
            desk that you can confirm. `entry_stale`: an engagement of yours that nobody touched \
            for long. `commitment_due`: a commitment of yours that ends soon.",
    });
    let seen = json!({
        "type": "object",
        "properties": {"notifications": {
            "type": "array",
            "description": "The ids of those that you have seen.",
            "items": {"type": "string", "format": "uuid"},
            "minItems": 1,
            "maxItems": SEEN_MAX,
        }},
        "required": ["notifications"],
        "additionalProperties": false,
    });
    [("NotificationKind".to_owned(), kind), ("SeenNotifications".to_owned(), seen)]
}

fn list(call: &Call) -> Result<Answer> {
    let found = notifications::list(&call.app, call.person()?, call.operation(), &call.page()?)?;
    let items: Vec<Notification> = each(found.items);
    Ok(Answer::json(&json!({"items": items, "next": found.next})))
}

fn read(call: &Call) -> Result<Answer> {
    let ids = ids(call)?;
    notifications::read(&call.app, call.person()?, call.operation(), &ids)?;
    Ok(Answer::nothing())
}

fn ids(call: &Call) -> Result<HashSet<Uuid>> {
    let mut nothing = Nothing;
    let mut reader = Reader::of_request(&mut nothing, call.app.today());
    let at = Pointer::ROOT.member(LIST);
    let object = reader.object(&call.body, &Pointer::ROOT, &[LIST]);
    let written = match object.map(|object| object.get(LIST)) {
        None => Vec::new(),
        Some(Some(Value::Array(written))) if (1..=SEEN_MAX).contains(&written.len()) => {
            written.clone()
        }
        Some(None) => {
            reader.fault(&at, FaultCode::Missing, "say what you have seen");
            Vec::new()
        }
        Some(Some(Value::Array(_))) => {
            let detail = format!("a list of 1 to {SEEN_MAX} ids is expected here");
            reader.fault(&at, FaultCode::OutOfRange, detail);
            Vec::new()
        }
        Some(Some(_)) => {
            reader.fault(&at, FaultCode::WrongType, "a list of ids is expected here");
            Vec::new()
        }
    };
    let mut ids = HashSet::new();
    for (index, each) in written.iter().enumerate() {
        let id = each.as_str().map(Uuid::parse_str);
        match id {
            Some(Ok(id)) => {
                ids.insert(id);
            }
            Some(Err(_)) => {
                reader.fault(&at.item(index), FaultCode::Malformed, "an id is expected here");
            }
            None => {
                let detail = "an id is expected here, as a text";
                reader.fault(&at.item(index), FaultCode::WrongType, detail);
            }
        }
    }
    if reader.faults.is_empty() { Ok(ids) } else { Err(Error::Invalid(reader.faults).into()) }
}

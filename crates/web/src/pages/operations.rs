//! Where one begins, and the choice of an operation.

use askama::Template;
use concord_app::{operations, people};
use serde_json::Value;

use crate::{
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

#[derive(Template)]
#[template(path = "operations.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// Each with its key and its name.
    operations: Vec<(String, String)>,
    /// Whether the visitor makes operations.
    makes_them: bool,
}

/// The operations of the visitor, each with its key and its name.
fn own(visit: &Visit) -> Result<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = operations::list(&visit.app, visit.person()?)?.into_iter();
    Ok(all.map(|shown| (text(&shown.body["key"]), text(&shown.body["name"]))).collect())
}

/// Goes to the one operation of the visitor, or asks to choose.
pub fn start(visit: &Visit) -> Result<Reply> {
    match own(visit)?.as_slice() {
        [(key, _)] => Ok(Reply::go_to(format!("/operations/{key}"))),
        _ => Ok(Reply::go_to("/operations")),
    }
}

/// The operations of the visitor.
pub fn list(visit: &Visit) -> Result<Reply> {
    let (w, frame) = (visit.words, Frame::outside(visit));
    let makes_them = people::me(&visit.app, visit.person()?)?.account.is_administrator;
    Reply::page(&Page { w, frame, operations: own(visit)?, makes_them })
}

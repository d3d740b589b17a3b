//! Making an operation, for whoever runs the installation.

use askama::Template;
use concord_app::{once::Sent, operations};

use super::kept::text;
use crate::{
    form::{self, Field, Form, Kind, Refused},
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

const PATH: &str = "/new-operation";

#[derive(Template)]
#[template(path = "new_operation.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    form: Form,
}

/// The form.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Makes it, and goes there.
pub fn make(visit: &Visit) -> Result<Reply> {
    let body = form::body(visit, &["name", "key", "country"], &[]);
    let sent = Sent { body: &body, idempotency_key: form::once(visit) };
    match operations::create(&visit.app, visit.person()?, sent) {
        Ok(made) => Ok(Reply::go_to(format!("/operations/{}", text(&made.body["key"])))),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let w = visit.words;
    let key = Field::new(visit, "key", "kept.key", Kind::Code(64));
    let country = Field::new(visit, "country", "new_operation.country", Kind::Code(3));
    let form = Form::new(visit, PATH, "new_operation.do")
        .with(Field::new(visit, "name", "kept.name", Kind::Line(300)))
        .with(key.about(w.text("new_operation.key_about")))
        .with(country.about(w.text("new_operation.country_about")).optional())
        .refused(w, refused);
    form.answer(|form| Page { w, frame: Frame::outside(visit), form })
}

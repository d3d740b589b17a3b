//! Another password.

use askama::Template;
use concord_app::auth;

use crate::{
    form::{Field, Form, Kind, Refused},
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

#[derive(Template)]
#[template(path = "password.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    form: Form,
}

/// The form.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Changes the password.
pub fn change(visit: &Visit) -> Result<Reply> {
    let (old, new) = (visit.field_as_typed("password"), visit.field_as_typed("new_password"));
    match auth::change_password(&visit.app, visit.person()?, (old, new)) {
        Ok(()) => Ok(Reply::go_to("/account?done=password")),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let w = visit.words;
    let current = Kind::Password("current-password");
    let new = Kind::Password("new-password");
    let form = Form::new(visit, "/account/password", "password.do")
        .with(Field::new(visit, "password", "password.old", current))
        .with(Field::new(visit, "new_password", "password.new", new).about(w.text("password.rule")))
        .refused(w, refused);
    form.answer(|form| Page { w, frame: Frame::outside(visit), form })
}

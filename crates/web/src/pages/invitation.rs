//! Taking up an invitation. Its code is typed or pasted, and stands in no address.

use askama::Template;
use concord_app::{Error, auth};
use concord_domain::fault::FaultCode;

use super::sign_in::{require_private, signed_in};
use crate::{
    form::{Field, Form, Kind, Refused},
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

#[derive(Template)]
#[template(path = "invitation.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    form: Form,
}

/// The form.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Takes it up: the person chooses a password, and is signed in.
pub fn accept(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    let (code, password) = (visit.field("code"), visit.field_as_typed("password"));
    let refused = match auth::accept_invitation(&visit.app, code.unwrap_or_default(), password) {
        Ok(tokens) => return signed_in(visit, &tokens),
        Err(Error::SignInRefused) => {
            let detail = "it was taken up, or has ended, or is not written like this";
            Refused::at("code", FaultCode::WrongCode, detail)
        }
        Err(error) => Refused::of(visit.words, error)?,
    };
    page(visit, Some(refused))
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let w = visit.words;
    let code = Field::new(visit, "code", "invitation.code", Kind::Code(100));
    let password = Field::new(visit, "password", "password.new", Kind::Password("new-password"));
    let form = Form::new(visit, "/invitation", "invitation.do")
        .with(code.about(w.text("invitation.code_about")))
        .with(password.about(w.text("password.rule")))
        .refused(w, refused);
    form.answer(|form| Page { w, frame: Frame::bare("/invitation", None), form })
}

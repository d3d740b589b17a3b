//! Passkeys: signing in with one, and the list of one's own. Only a script can ask a device for one:
//! without it, one signs in with the password.

use askama::Template;
use concord_app::{
    Error,
    auth::{self, KeptPasskey, Made, Shown},
};

use super::{
    sign_in::{self, Wrong, require_private},
    within,
};
use crate::{
    assets,
    form::{Field, Form, Kind, Refused},
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

const PATH: &str = "/account/passkeys";
/// How long the name of one may be.
const NAME_CHARS_MAX: usize = 100;

/// A passkey, in words.
struct Kept {
    /// Where the form that removes it goes.
    remove: String,
    name: String,
    made: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "passkeys.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    kept: Vec<Kept>,
    form: Form,
    /// Whether this installation has an address for passkeys.
    has_address: bool,
}

#[derive(Template)]
#[template(path = "passkey.html", whitespace = "minimize")]
struct AskPage {
    w: Words,
    frame: Frame,
    script: String,
    /// What the device is asked.
    options: String,
    /// Whether it is asked to make one.
    is_new: bool,
    /// Where what it answers goes.
    action: &'static str,
    carried: Vec<(&'static str, String)>,
    /// What the device tells, which the script fills in.
    told: &'static [&'static str],
}

/// A page that asks a device, and has the script that can.
fn ask(page: &AskPage) -> Result<Reply> {
    Ok(Reply::page(page)?.with_script())
}

/// Asks whoever signs in for a passkey.
pub fn sign_in(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    let options = auth::begin_passkey_sign_in(&visit.app)?;
    ask(&AskPage {
        w: visit.words,
        frame: Frame::bare("/sign-in", None),
        script: assets::passkey(),
        options: options.to_string(),
        is_new: false,
        action: "/sign-in/passkey/answer",
        carried: vec![("to", within(visit.field("to")).to_owned())],
        told: &["raw_id", "client_data", "authenticator_data", "signature", "user_handle"],
    })
}

/// Signs in whose passkey was shown.
pub fn signed_in(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    let told = |name| visit.field(name).unwrap_or_default();
    let shown = Shown {
        raw_id: told("raw_id"),
        client_data: told("client_data"),
        authenticator_data: told("authenticator_data"),
        signature: told("signature"),
        user_handle: visit.field("user_handle"),
    };
    match auth::sign_in_by_passkey(&visit.app, &shown) {
        Ok(tokens) => sign_in::signed_in(visit, &tokens),
        Err(error) => {
            let wrong = Wrong::of(visit, error, "passkeys.refused")?;
            sign_in::first_page(visit, Some(wrong))
        }
    }
}

/// The list.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Asks the visitor's device to make one.
pub fn begin(visit: &Visit) -> Result<Reply> {
    let options = auth::begin_passkey(&visit.app, visit.person()?)?;
    let token = visit.form_token().unwrap_or_default().to_owned();
    ask(&AskPage {
        w: visit.words,
        frame: Frame::bare(PATH, visit.form_token()),
        script: assets::passkey(),
        options: options.to_string(),
        is_new: true,
        action: PATH,
        carried: vec![
            ("form_token", token),
            ("name", visit.field("name").unwrap_or_default().to_owned()),
        ],
        told: &["raw_id", "client_data", "attestation"],
    })
}

/// Keeps what the device has made.
pub fn add(visit: &Visit) -> Result<Reply> {
    let told = |name| visit.field(name).unwrap_or_default();
    let made = Made {
        raw_id: told("raw_id"),
        client_data: told("client_data"),
        attestation: told("attestation"),
    };
    match auth::add_passkey(&visit.app, visit.person()?, told("name"), &made) {
        Ok(_) => Ok(Reply::go_to(PATH)),
        Err(error @ Error::Invalid(_)) => page(visit, Some(Refused::of(visit.words, error)?)),
        Err(error) => Err(error.into()),
    }
}

/// Removes one, at once.
pub fn remove(visit: &Visit) -> Result<Reply> {
    auth::remove_passkey(&visit.app, visit.person()?, visit.id()?)?;
    Ok(Reply::go_to(PATH))
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let w = visit.words;
    let all = auth::passkeys(&visit.app, visit.person()?)?.into_iter();
    let shown = |kept: KeptPasskey| Kept {
        remove: format!("{PATH}/{}/removal", kept.id),
        made: w.day(kept.made_at.date()),
        used: kept.used_at.map(|at| w.day(at.date())),
        name: kept.name,
    };
    let name = Field::new(visit, "name", "passkeys.name", Kind::Line(NAME_CHARS_MAX));
    let form = Form::new(visit, "/account/passkeys/new", "passkeys.do")
        .with(name.about(w.text("passkeys.name_about")));
    let (kept, has_address) = (all.map(shown).collect(), visit.app.relying_party.is_some());
    let frame = Frame { here: PATH.to_owned(), ..Frame::outside(visit) };
    form.refused(w, refused).answer(|form| Page { w, frame, kept, form, has_address })
}

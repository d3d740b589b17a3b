//! One's second factor: brought in with a secret that is shown once, confirmed by a code, removed.

use askama::Template;
use concord_app::auth::{self, Enrolled};

use crate::{
    form::{Field, Form, Kind, Refused},
    frame::Frame,
    qr::{self, Drawing},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

const PATH: &str = "/account/second-factor";
const CONFIRMATION: &str = "/account/second-factor/confirmation";
const RECOVERY_CODES: &str = "/account/second-factor/recovery-codes";
const REMOVAL: &str = "/account/second-factor/removal";

/// What is shown once, to be put into an app.
struct Secret {
    /// The address that apps on this device open.
    address: String,
    /// What is typed into one, in groups.
    typed: String,
    drawing: Option<Drawing>,
}

/// How far it is brought in.
enum Stage {
    /// There is none.
    None { begin: Form },
    /// It waits for a code; with the secret, if that was just made.
    Unconfirmed { secret: Option<Secret>, confirm: Form, begin: Form },
    /// Its recovery codes were made, and are shown once.
    Codes(Vec<String>),
    /// It is asked for.
    Standing { since: String, left: usize, renew: Form, remove: Form },
}

#[derive(Template)]
#[template(path = "own_second_factor.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    stage: Stage,
}

fn page(visit: &Visit, stage: Stage) -> Page {
    let frame = Frame { here: PATH.to_owned(), ..Frame::outside(visit) };
    Page { w: visit.words, frame, stage }
}

/// How it stands.
pub fn show(visit: &Visit) -> Result<Reply> {
    let standing = auth::second_factor(&visit.app, visit.person()?)?;
    let stage = match standing.since {
        None => Stage::None { begin: Form::new(visit, PATH, "own_second_factor.begin") },
        Some(since) => Stage::Standing {
            since: visit.words.day(since.date()),
            left: usize::try_from(standing.recovery_codes_left).unwrap_or_default(),
            renew: Form::new(visit, RECOVERY_CODES, "own_second_factor.renew"),
            remove: Form::new(visit, REMOVAL, "own_second_factor.remove"),
        },
    };
    Reply::page(&page(visit, stage))
}

/// Makes the secret, and shows it once.
pub fn enrol(visit: &Visit) -> Result<Reply> {
    let Enrolled { uri, secret } = auth::enrol(&visit.app, visit.person()?)?;
    let groups: Vec<&str> = (0..secret.len())
        .step_by(4)
        .filter_map(|at| secret.get(at..secret.len().min(at + 4)))
        .collect();
    let secret = Secret { drawing: qr::drawn(&uri), typed: groups.join(" "), address: uri };
    unconfirmed(visit, Some(secret), None)
}

fn unconfirmed(visit: &Visit, secret: Option<Secret>, refused: Option<Refused>) -> Result<Reply> {
    let code = Field::new(visit, "code", "sign_in.code", Kind::OneTimeCode);
    let code = code.about(visit.words.text("own_second_factor.code_about"));
    let confirm = Form::new(visit, CONFIRMATION, "own_second_factor.confirm").with(code);
    confirm.refused(visit.words, refused).answer(|confirm| {
        let begin = Form::new(visit, PATH, "own_second_factor.again");
        page(visit, Stage::Unconfirmed { secret, confirm, begin })
    })
}

/// Takes the first code of it, and shows the recovery codes once.
pub fn confirm(visit: &Visit) -> Result<Reply> {
    let code = visit.field("code").unwrap_or_default();
    match auth::confirm(&visit.app, visit.person()?, code) {
        Ok(codes) => Reply::page(&page(visit, Stage::Codes(codes))),
        Err(error) => unconfirmed(visit, None, Some(Refused::of(visit.words, error)?)),
    }
}

/// Shows other recovery codes, once.
pub fn renew_recovery_codes(visit: &Visit) -> Result<Reply> {
    let codes = auth::renew_recovery_codes(&visit.app, visit.person()?)?;
    Reply::page(&page(visit, Stage::Codes(codes)))
}

/// Removes it.
pub fn remove(visit: &Visit) -> Result<Reply> {
    auth::remove_second_factor(&visit.app, visit.person()?)?;
    Ok(Reply::go_to("/account?done=second-factor"))
}

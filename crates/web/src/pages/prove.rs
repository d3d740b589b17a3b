//! Proving again that it is oneself: on a page of its own, or where a form was sent that needs it.
//! The form is kept on the page, and carried out with the proof, so that nothing is typed twice.

use actix_web::http::{Method, StatusCode};
use askama::Template;
use concord_app::{App, Error, audit::Doing, auth};

use super::{elsewhere, sign_in::Wrong, within};
use crate::{
    frame::Frame,
    reply::Reply,
    routes::{Route, Who},
    visit::{Result, Trouble, Visit},
    words::Words,
};

/// The field that holds the password or the code.
const PROOF: &str = "proof";
/// The field that every form carries anew.
const FORM_TOKEN: &str = "form_token";

#[derive(Template)]
#[template(path = "prove.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// Where the form goes.
    action: String,
    /// What it carries of the form that needs the proof.
    carried: Vec<(String, String)>,
    /// Whether a code is asked for, and not the password.
    has_second_factor: bool,
    /// Whether the visitor can prove it at the identity provider.
    is_linked: bool,
    problem: Option<String>,
}

impl Page {
    /// Whether something is carried out with the proof.
    fn does_something(&self) -> bool {
        self.action != "/prove"
    }
}

/// Makes a page. Who has to prove first that it is them is asked for that; a form with the proof is
/// carried out once that is found to be good.
pub fn or_proved(route: &Route, visit: &Visit) -> Result<Reply> {
    let is_form = route.method == Method::POST && route.who == Who::SignedIn;
    if let Some(typed) = visit.typed(PROOF).filter(|_| is_form)
        && let Some(wrong) = wrong(visit, typed)?
    {
        return asked(visit, Some(wrong));
    }
    match (route.page)(visit) {
        Err(Trouble::Refused(Error::StepUpRequired)) if is_form => asked(visit, None),
        Err(Trouble::Refused(Error::StepUpRequired)) => {
            Ok(Reply::go_to(format!("/prove?to={}", visit.path)))
        }
        made => made,
    }
}

/// What is wrong with a proof; nothing if it is good, and the session counts as fresh.
fn wrong(visit: &Visit, typed: &str) -> Result<Option<Wrong>> {
    let doing = Doing { action: "step_up", about: None };
    let app = App { doing, ..visit.app.clone() };
    let proof = Some(typed).filter(|typed| !typed.trim().is_empty());
    match auth::step_up(&app, visit.person()?, (proof, proof)) {
        Ok(()) => Ok(None),
        Err(Error::Invalid(_)) => Wrong::of(visit, Error::SignInRefused, "prove.refused").map(Some),
        Err(error) => Wrong::of(visit, error, "prove.refused").map(Some),
    }
}

/// The page for who sent a form that needs a proof, with all that was sent.
fn asked(visit: &Visit, wrong: Option<Wrong>) -> Result<Reply> {
    let is_kept = |name: &str| name != PROOF && name != FORM_TOKEN;
    let carried = visit.sent().iter().filter(|(name, _)| is_kept(name)).cloned().collect();
    let status = wrong.as_ref().map_or(StatusCode::FORBIDDEN, |wrong| wrong.status);
    page(visit, carried, (status, wrong))
}

fn page(
    visit: &Visit,
    carried: Vec<(String, String)>,
    (status, wrong): (StatusCode, Option<Wrong>),
) -> Result<Reply> {
    let seconds = wrong.as_ref().and_then(|wrong| wrong.seconds);
    let standing = auth::second_factor(&visit.app, visit.person()?)?;
    let page = Page {
        w: visit.words,
        // What was sent cannot be asked for anew in another language.
        frame: Frame::bare("/prove", visit.form_token()),
        action: visit.path.clone(),
        carried,
        has_second_factor: standing.since.is_some(),
        is_linked: is_linked(visit)?,
        problem: wrong.map(|wrong| wrong.said),
    };
    Ok(Reply::with_status(status, &page)?.after(seconds))
}

fn is_linked(visit: &Visit) -> Result<bool> {
    let is_there = || auth::identities(&visit.app, visit.person()?).map_err(Trouble::from);
    Ok(elsewhere::is_there(&visit.app) && !is_there()?.is_empty())
}

/// The page by itself.
pub fn show(visit: &Visit) -> Result<Reply> {
    let to = within(visit.field("to")).to_owned();
    page(visit, vec![("to".to_owned(), to)], (StatusCode::OK, None))
}

/// Goes back, once the proof was found to be good.
pub fn back(visit: &Visit) -> Result<Reply> {
    match visit.typed(PROOF) {
        Some(_) => Ok(Reply::go_to(within(visit.field("to")))),
        None => show(visit),
    }
}

//! Logging an engagement: the form, what it would raise, and the check; then the entry.

use actix_web::http::{StatusCode, header};
use askama::Template;
use concord_app::{
    Error,
    access::Entered,
    checks::{self, Checked},
    once::Sent,
    resources::{self, Resource, preview::preview},
};
use concord_domain::{
    checking::Word,
    document::{ArmedActor, Engagement, Mechanism, Organization, Place},
    fault::Fault,
    id::OrganizationId,
    policy::Action,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    choosing::{self, Chosen, Meant, actors, chosen, places},
    kept::{self, text},
    raised::Raised,
};
use crate::{
    assets,
    form::Problem,
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

mod fields;
mod typed;

use fields::{Field, Kind, Making, field_of, has_problem};
use typed::{Named, Typed};

/// What has been found of what stands in the form.
#[derive(Default)]
enum Found {
    /// Nothing has been looked for.
    #[default]
    Nothing,
    /// What it would raise with what the visitor may read.
    Previewed(Vec<Raised>),
    /// That, and the word for all else, made up to the length of the longest.
    Checked(Vec<Raised>, String, (usize, usize)),
}

#[derive(Template)]
#[template(path = "log.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    /// Where the words of the form are explained.
    words: String,
    key: String,
    /// What keeps drafts, and the key with which.
    draft: (String, String),
    /// Whether a draft is offered: nothing was typed yet.
    is_blank: bool,
    found: Found,
    organization: Option<Field>,
    actor: Chosen,
    level: Vec<Field>,
    place: Chosen,
    after_place: Vec<Field>,
    terms: Vec<Field>,
    more: Vec<Field>,
    /// Whether what is folded away is shown.
    is_unfolded: bool,
    /// What is wrong that stands in no field.
    problems: Vec<Problem>,
    /// Whether something was found in a text that can be confirmed to be none.
    can_confirm: bool,
    check_purpose: String,
}

impl Page {
    const fn is_found(&self) -> bool {
        !matches!(self.found, Found::Nothing)
    }
}

/// The empty form.
pub fn ask(visit: &Visit) -> Result<Reply> {
    form(visit, &frame::enter(visit)?, &Typed::blank(visit), Tried::default())
}

/// The form with what a former entry holds.
pub fn again(visit: &Visit) -> Result<Reply> {
    let (person, operation) = (visit.person()?, visit.operation());
    let former = resources::get::<Engagement>(&visit.app, person, operation, visit.id()?)?.body;
    let id_of = |value: &Value| value.as_str().and_then(|id| Uuid::parse_str(id).ok());
    let mut typed = Typed::again(visit, &former);
    let mut tried = Tried::default();
    if let Some(id) = id_of(&former["armed_actor"]) {
        let shown = resources::get::<ArmedActor>(&visit.app, person, operation, id)?;
        typed = typed.with("actor", text(&shown.body["name"]));
        tried.actor = Meant::One(id);
    }
    if let Some(id) = id_of(&former["places"][0]) {
        let shown = resources::get::<Place>(&visit.app, person, operation, id)?;
        typed = typed.with("place", text(&shown.body["name"]));
        tried.place = Meant::One(id);
    }
    form(visit, &frame::enter(visit)?, &typed, tried)
}

/// What the form was sent for.
enum Wish {
    Preview,
    Check,
    Log,
}

/// What came of trying what was typed.
#[derive(Default)]
struct Tried {
    actor: Meant,
    place: Meant,
    faults: Vec<Fault>,
    found: Found,
}

/// Shows what it would raise, checks it, or logs it.
pub fn send(visit: &Visit) -> Result<Reply> {
    let typed = Typed::of(visit);
    let entered = frame::enter(visit)?;
    let actor = choosing::meant(visit, "actor", actors)?;
    let place = choosing::meant(visit, "place", places)?;
    let named = named(visit, &entered, &typed, (&actor, &place))?;
    let wish = match visit.field("do") {
        // Nothing is done as long as it is not clear what is meant.
        _ if actor.limit().is_none() || place.limit().is_none() => {
            let tried = Tried { actor, place, ..Tried::default() };
            return form(visit, &entered, &typed, tried);
        }
        Some("log") => Wish::Log,
        Some("check") => Wish::Check,
        _ => Wish::Preview,
    };
    let tried = |faults, found| Tried { actor, place, faults, found };
    match carried_out(visit, (&typed, &named), &wish) {
        Ok(Done::Logged(id)) => {
            let at = format!("/operations/{}/entries/{id}", visit.operation());
            Ok(Reply::go_to(at))
        }
        Ok(Done::Found(found)) => form(visit, &entered, &typed, tried(Vec::new(), found)),
        Err(Error::Invalid(faults)) => form(visit, &entered, &typed, tried(faults, Found::Nothing)),
        Err(error) => Err(error.into()),
    }
}

enum Done {
    Logged(Uuid),
    Found(Found),
}

fn carried_out(
    visit: &Visit,
    (typed, named): (&Typed, &Named),
    wish: &Wish,
) -> std::result::Result<Done, Error> {
    let (app, operation) = (&visit.app, visit.operation());
    let person = visit.person().map_err(|_| Error::Unauthenticated)?;
    let mut body = match wish {
        Wish::Check => typed.question(named),
        Wish::Preview | Wish::Log => typed.engagement(named),
    };
    if visit.field("confirm_text").is_some() {
        body["confirm_text"] = json!(true);
    }
    let shown = |flags: &[_]| flags.iter().map(|flag| Raised::of(visit, flag)).collect();
    match wish {
        Wish::Preview => {
            let flags = preview(app, person, operation, &body)?;
            Ok(Done::Found(Found::Previewed(shown(&flags))))
        }
        Wish::Check => {
            let sent = Sent { body: &body, idempotency_key: None };
            let Checked { flags, word, left, .. } = checks::check(app, person, operation, sent)?;
            let word = word_of(visit.words, word);
            let count = |left: u32| usize::try_from(left).unwrap_or(usize::MAX);
            let left = (count(left.0), count(left.1));
            Ok(Done::Found(Found::Checked(shown(&flags), word, left)))
        }
        Wish::Log => {
            let sent = Sent { body: &body, idempotency_key: visit.field("key") };
            let (logged, ..) = resources::log(app, person, operation, sent)?;
            Ok(Done::Logged(logged.id))
        }
    }
}

/// What a word says, made up to the length of the longest, so that no answer is shorter.
fn word_of(w: Words, word: Word) -> String {
    let said = |word: Word| match word {
        Word::CoordinateFirst => w.text("log.word_coordinate_first"),
        Word::Possible => w.text("log.word_possible"),
        Word::NoneKnown => w.text("log.word_none_known"),
    };
    let longest = Word::ALL.into_iter().map(|word| said(word).len()).max().unwrap_or_default();
    let said = said(word);
    format!("{said}{}", " ".repeat(longest.saturating_sub(said.len())))
}

/// What the entry refers to, as far as it is clear; what is not clear is left as it was typed.
fn named(
    visit: &Visit,
    entered: &Entered,
    typed: &Typed,
    (actor, place): (&Meant, &Meant),
) -> Result<Named> {
    let one = |meant: &Meant| meant.one().map(|id| id.to_string());
    let chosen = Some(typed.get("organization")).filter(|chosen| !chosen.is_empty());
    let own = entered.organizations.first().map(ToString::to_string);
    let mut places: Vec<String> = one(place).into_iter().collect();
    places.extend(listed::<Place>(visit, typed.get("more_places"))?);
    Ok(Named {
        organization: chosen.map(str::to_owned).or(own),
        actor: one(actor),
        places,
        partners: listed::<Organization>(visit, typed.get("partners"))?,
        informed: listed::<Mechanism>(visit, typed.get("informed"))?,
        readers: listed::<Organization>(visit, typed.get("readers"))?,
    })
}

/// What is meant by names or keys with commas between them; an unknown one stays as it was typed.
fn listed<T: Resource>(visit: &Visit, typed: &str) -> Result<Vec<String>> {
    let wanted: Vec<&str> = typed
        .split([',', '،', ';', '؛', '\n'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let all = kept::all::<T>(visit)?;
    let known = |name: &str| {
        let name = name.to_lowercase();
        all.iter().find(|shown| {
            [&shown.body["name"], &shown.body["key"]]
                .into_iter()
                .any(|called| text(called).to_lowercase() == name)
        })
    };
    let meant = |name: &str| known(name).map_or_else(|| name.to_owned(), |it| it.id.to_string());
    Ok(wanted.into_iter().map(meant).collect())
}

fn form(visit: &Visit, entered: &Entered, typed: &Typed, tried: Tried) -> Result<Reply> {
    if entered.organizations.is_empty() || !may(entered, Action::ReadEntries) {
        return Err(Error::Forbidden("only people of an organisation log for it").into());
    }
    let w = visit.words;
    let Tried { actor, place, faults, found } = tried;
    let making = Making { w, typed, faults: &faults };
    let actor_problem = making.problem("actor").or_else(|| unknown(w, &actor, "log.actor_none"));
    let place_problem = making.problem("place").or_else(|| unknown(w, &place, "log.place_none"));
    let is_unclear = [&actor, &place].into_iter().any(|it| it.limit().is_none());
    let is_wrong = !faults.is_empty() || is_unclear;
    let more = making.more();
    let page = Page {
        w,
        frame: Frame { here: address(visit), ..Frame::within(visit, entered) },
        address: address(visit),
        words: format!("/operations/{}/learn#words", visit.operation()),
        key: visit.field("key").map_or_else(|| visit.new_key(), str::to_owned),
        draft: (assets::draft(), visit.draft_key().to_owned()),
        is_blank: visit.field("do").is_none() && faults.is_empty(),
        organization: making.organization(own_organizations(visit, entered)?),
        actor: chosen::<ArmedActor>(visit, typed.get("actor"), actor, actor_problem)?,
        level: vec![making.level()],
        place: chosen::<Place>(visit, typed.get("place"), place, place_problem)?,
        after_place: making.after_place(),
        terms: making.terms(),
        is_unfolded: has_problem(&more),
        more,
        problems: elsewhere(w, &faults),
        can_confirm: faults.iter().any(|fault| fault.finding.is_some()),
        check_purpose: match typed.get("check_purpose") {
            "" => w.text("log.check_purpose_usual").to_owned(),
            typed => typed.to_owned(),
        },
        found,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let reply = Reply::with_status(status, &page)?;
    // Compressed, it would be shorter with some words than with others.
    Ok(reply.with_script().with_header(header::CONTENT_ENCODING, "identity".to_owned()))
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/log", visit.operation())
}

/// That nothing is called what was typed.
fn unknown(w: Words, meant: &Meant, said: &'static str) -> Option<Problem> {
    meant.is_unknown().then(|| Problem::plain(w.text(said)))
}

/// The organisations for which the visitor logs, where there is more than one.
fn own_organizations(visit: &Visit, entered: &Entered) -> Result<Vec<(String, String)>> {
    if entered.organizations.len() < 2 {
        return Ok(Vec::new());
    }
    let (person, operation) = (visit.person()?, visit.operation());
    let named = |id: &OrganizationId| {
        let shown = resources::get::<Organization>(&visit.app, person, operation, id.0)?;
        Ok((id.to_string(), text(&shown.body["name"])))
    };
    entered.organizations.iter().map(named).collect()
}

/// What is wrong that stands in no field of the form.
fn elsewhere(w: Words, faults: &[Fault]) -> Vec<Problem> {
    let typed = Typed::names();
    let is_in_a_field = |fault: &Fault| {
        let field = field_of(&fault.pointer);
        field.starts_with("term_") || typed.contains(&field.as_str())
    };
    Problem::each(w, faults.iter().filter(|fault| !is_in_a_field(fault)))
}

//! Tokens that one gives to tools: made, shown once, revoked.

use askama::Template;
use concord_app::{
    Error,
    auth::{self, ToolToken, Wanted},
};
use concord_domain::{
    credential::ToolScope,
    fault::{Fault, FaultCode, Pointer},
    vocabulary::Closed,
    window::parse_day,
};

use crate::{
    form::{Choice, Field, Form, Kind, Refused},
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

const PATH: &str = "/account/tools";

/// A token, in words.
struct Tool {
    /// Where the form that revokes it goes.
    revoke: String,
    name: String,
    scope: &'static str,
    made: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "tools.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// What was made just now, and is shown once.
    told: Option<String>,
    tools: Vec<Tool>,
    form: Form,
}

/// The tokens.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None, None)
}

/// Makes one, and shows it once.
pub fn make(visit: &Visit) -> Result<Reply> {
    let person = visit.person()?;
    let made = wanted(visit).and_then(|it| auth::make_tool_token(&visit.app, person, &it));
    match made {
        Ok((_, told)) => page(visit, Some(told), None),
        Err(error) => page(visit, None, Some(Refused::of(visit.words, error)?)),
    }
}

/// What the form asks for.
fn wanted(visit: &Visit) -> Result<Wanted<'_>, Error> {
    let scope = visit.field("scope").and_then(ToolScope::from_code);
    let ends_on = visit.field("ends_on").and_then(parse_day);
    match (scope, ends_on) {
        (Some(scope), Some(ends_on)) => {
            Ok(Wanted { name: visit.field("name").unwrap_or_default(), scope, ends_on })
        }
        _ => {
            let root = Pointer::ROOT;
            let missing = |name| Fault::new(&root.member(name), FaultCode::Missing, "needed");
            let scope = scope.is_none().then(|| missing("scope"));
            let ends_on = ends_on.is_none().then(|| missing("ends_on"));
            Err(Error::Invalid(scope.into_iter().chain(ends_on).collect()))
        }
    }
}

/// Revokes one, at once.
pub fn revoke(visit: &Visit) -> Result<Reply> {
    auth::revoke_tool_token(&visit.app, visit.person()?, visit.id()?)?;
    Ok(Reply::go_to(PATH))
}

const fn label(scope: ToolScope) -> &'static str {
    match scope {
        ToolScope::Read => "tools.reads",
        ToolScope::Log => "tools.logs",
    }
}

fn form(visit: &Visit) -> Form {
    let w = visit.words;
    let choice = |scope: &ToolScope| Choice {
        code: scope.code().to_owned(),
        label: w.text(label(*scope)).to_owned(),
        is_chosen: visit.field("scope") == Some(scope.code()),
    };
    let scopes = Kind::One(ToolScope::ALL.iter().map(choice).collect());
    let name = Kind::Line(auth::TOOL_NAME_CHARS_MAX);
    Form::new(visit, PATH, "tools.do")
        .with(Field::new(visit, "name", "tools.name", name).about(w.text("tools.name_about")))
        .with(Field::new(visit, "scope", "tools.scope", scopes))
        .with(
            Field::new(visit, "ends_on", "tools.ends_on", Kind::Day)
                .about(w.text("tools.ends_on_about")),
        )
}

fn page(visit: &Visit, told: Option<String>, refused: Option<Refused>) -> Result<Reply> {
    let w = visit.words;
    let all = auth::tool_tokens(&visit.app, visit.person()?)?.into_iter();
    let shown = |kept: ToolToken| Tool {
        revoke: format!("{PATH}/{}/revoke", kept.id),
        scope: w.text(label(kept.scope)),
        made: w.day(kept.made_at.date()),
        // It holds until the beginning of that day.
        ends: w.day(kept.ends_at.date().pred_opt().unwrap_or_default()),
        name: kept.name,
    };
    let tools = all.map(shown).collect();
    let frame = Frame { here: PATH.to_owned(), ..Frame::outside(visit) };
    form(visit).refused(w, refused).answer(|form| Page { w, frame, told, tools, form })
}

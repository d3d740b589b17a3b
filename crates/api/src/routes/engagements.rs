//! Engagements, with their parts, their sharing and their flags.

use actix_web::http::Method;
use concord_app::{
    flags::{self, RestrictedLine, ShownFlag},
    resources::{self, Sent, Shown, parts, parts::Parts, preview, renewal},
};
use concord_domain::document::Engagement;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Route, Schema, bulk,
    resources::{Kind, of_kind},
    within,
};
use crate::{
    call::{Answer, Call, Result},
    views::{Flag, RestrictedFlag, each},
};

/// What to log: nine fields.
fn example() -> Value {
    json!({
        "organization": "rtw",
        "armed_actor": "ufv-sefa",
        "level": "tactical",
        "method": "negotiation",
        "status": "ongoing",
        "from": "2026-11-20",
        "until": "2026-12-20",
        "places": ["XT030102"],
        "asks": [{
            "issue": "access.movement.checkpoints",
            "action": "remove_checkpoint",
            "terms": {"route": "Sefa bridge road"}
        }],
        "audience": "operation"
    })
}

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = log_routes();
    routes.extend(part_routes());
    routes.extend(line_routes());
    routes
}

/// Logging and amending, which answer with the flags.
fn log_routes() -> Vec<Route> {
    let kind = Kind {
        path: "engagements",
        tag: "engagements",
        one: "an engagement",
        many: "engagements",
        new: example(),
        change: json!({"status": "suspended"}),
    };
    let mut routes = of_kind::<Engagement>(kind);
    for route in &mut routes {
        if route.method == Method::POST && route.path.ends_with("engagements") {
            route.summary = "Log an engagement, and learn what it meets".to_owned();
            route.endpoint = log;
            route.answer = (201, Some(Schema::named("LoggedEngagement")));
        } else if route.method == Method::PATCH {
            route.endpoint = amend;
            route.answer = (200, Some(Schema::named("LoggedEngagement")));
        }
    }
    let one = routes.iter().find(|route| route.id == "create_engagements");
    let many = one.map(|log| bulk::of(log, "engagements, and learn what each meets", log_each));
    for route in &mut routes {
        if let Some(many) = many.as_ref().filter(|many| many.id == route.id) {
            (route.endpoint, route.answer) = (many.endpoint, many.answer.clone());
            route.summary.clone_from(&many.summary);
        }
    }
    routes
}

/// What is done with one engagement besides.
fn line_routes() -> Vec<Route> {
    let item = within("engagements/{id}");
    vec![
        Route::new(
            Method::POST,
            within("previews"),
            ("preview_engagement", "engagements"),
            "See what an engagement would raise with entries that you may read, without logging it",
            preview,
        )
        .about(
            "Nothing is kept or counted, and nothing is told of entries that you may not read: \
             for a word about those, check, which is counted; logging it tells too.",
        )
        .body(Schema::named("NewEngagement"), example())
        .answers(200, Schema::named("PreviewedFlags")),
        Route::new(
            Method::POST,
            format!("{item}/renewal"),
            ("renew_engagement", "engagements"),
            "Say that an engagement stands today as it is written",
            renew,
        )
        .needs_match()
        .answers(200, Schema::named("Engagement"))
        .tagged(),
        Route::new(
            Method::GET,
            within("renewals"),
            ("list_renewals", "engagements"),
            "List your live engagements that nobody touched for 60 days, the longest first",
            renewals,
        )
        .about("Renew each, conclude it, or bring it up to date.")
        .answers(200, Schema::ListOf("Engagement".to_owned())),
        Route::new(
            Method::GET,
            format!("{item}/flags"),
            ("list_flags_of_engagement", "engagements"),
            "Read the flags of an engagement, what goes well included",
            flags_of,
        )
        .answers(200, Schema::named("FoundFlags")),
    ]
}

fn part_routes() -> Vec<Route> {
    let item = within("engagements/{id}");
    let logged = || Schema::named("LoggedEngagement");
    let add = |part: &'static str, one: &str, endpoint, schema, example| {
        let path = format!("{item}/{part}");
        Route::new(Method::POST, path, (format!("add_{part}"), "engagements"), one, endpoint)
            .takes_key()
            .body(Schema::Named(schema), example)
            .answers(201, logged())
            .tagged()
    };
    let change = |part: &'static str, one: &str, endpoint, schema, example| {
        let path = format!("{item}/{part}/{{part}}");
        Route::new(Method::PATCH, path, (format!("amend_{part}"), "engagements"), one, endpoint)
            .needs_match()
            .body(Schema::Named(schema), example)
            .answers(200, logged())
            .tagged()
    };
    let named = str::to_owned;
    vec![
        add(
            "asks",
            "Add an ask",
            add_ask,
            named("AddedAsk"),
            json!({"issue": "access.movement.routes", "action": "open_route", "terms": {"route": "Sefa bridge road"}}),
        ),
        change("asks", "Amend an ask", amend_ask, named("AskChange"), json!({"status": "granted"})),
        add(
            "demands",
            "Add a demand and its answer",
            add_demand,
            named("AddedDemand"),
            json!({"kind": "fee", "response": "declined"}),
        ),
        change(
            "demands",
            "Amend a demand",
            amend_demand,
            named("DemandChange"),
            json!({"response": "referred_to_collective"}),
        ),
        add(
            "contacts",
            "Note a contact",
            add_contact,
            named("AddedContact"),
            json!({"on": "2026-11-20"}),
        ),
    ]
}

fn with_flags(call: &Call, shown: &Shown) -> Result<Value> {
    let (found, restricted) =
        flags::of_engagement(&call.app, call.person()?, call.operation(), shown.id)?;
    Ok(logged(shown, found, restricted))
}

fn logged(shown: &Shown, found: Vec<ShownFlag>, restricted: Vec<RestrictedLine>) -> Value {
    json!({
        "engagement": shown.body,
        "flags": each::<_, Flag>(found),
        "restricted": each::<_, RestrictedFlag>(restricted),
    })
}

fn log(call: &Call) -> Result<Answer> {
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let (person, operation) = (call.person()?, call.operation());
    let (made, found, restricted) = resources::log(&call.app, person, operation, sent)?;
    let body = logged(&made, found, restricted);
    Ok(Answer::created(&body, call.below(made.id)).tagged(made.etag()))
}

fn log_each(call: &Call) -> Result<Answer> {
    bulk::each(call, log)
}

fn amend(call: &Call) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let shown = resources::amend::<Engagement>(&call.app, person, operation, which, &call.body)?;
    Ok(Answer::json(&with_flags(call, &shown)?).tagged(shown.etag()))
}

fn renew(call: &Call) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let shown = renewal::renew(&call.app, call.person()?, call.operation(), which)?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

fn renewals(call: &Call) -> Result<Answer> {
    let stale = renewal::stale(&call.app, call.person()?, call.operation())?;
    let items: Vec<Value> = stale.into_iter().map(|shown| shown.body).collect();
    Ok(Answer::json(&json!({ "items": items })))
}

fn flags_of(call: &Call) -> Result<Answer> {
    let (found, restricted) =
        flags::of_engagement(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(Answer::json(&json!({
        "flags": each::<_, Flag>(found),
        "restricted": each::<_, RestrictedFlag>(restricted),
    })))
}

fn preview(call: &Call) -> Result<Answer> {
    let found = preview::preview(&call.app, call.person()?, call.operation(), &call.body)?;
    let note = call.language.text("check.no_clearance");
    Ok(Answer::json(&json!({"flags": each::<_, Flag>(found), "note": note})))
}

fn add(call: &Call, parts: Parts) -> Result<Answer> {
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let to = (call.id()?, parts);
    let shown = parts::add(&call.app, call.person()?, call.operation(), to, sent)?;
    let body = with_flags(call, &shown)?;
    let location = call.up();
    Ok(Answer::created(&body, location).tagged(shown.etag()))
}

fn amend_part(call: &Call, parts: Parts) -> Result<Answer> {
    let part = Uuid::parse_str(call.segment("part")).map_err(|_| concord_app::Error::NotFound)?;
    let which = ((call.id()?, part), parts, call.if_match());
    let shown = parts::amend(&call.app, call.person()?, call.operation(), which, &call.body)?;
    Ok(Answer::json(&with_flags(call, &shown)?).tagged(shown.etag()))
}

fn add_ask(call: &Call) -> Result<Answer> {
    add(call, Parts::Asks)
}

fn add_demand(call: &Call) -> Result<Answer> {
    add(call, Parts::Demands)
}

fn add_contact(call: &Call) -> Result<Answer> {
    add(call, Parts::Contacts)
}

fn amend_ask(call: &Call) -> Result<Answer> {
    amend_part(call, Parts::Asks)
}

fn amend_demand(call: &Call) -> Result<Answer> {
    amend_part(call, Parts::Demands)
}

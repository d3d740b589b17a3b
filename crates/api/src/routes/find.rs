//! Finding engagements, and who talks to whom.

use actix_web::http::Method;
use concord_app::{disclosed, find};
use serde_json::{Value, json};

use super::{Route, Schema, within};
use crate::call::{Answer, Call, Result};

/// The routes. Questions come in bodies, since addresses are logged.
pub fn routes() -> Vec<Route> {
    let mut routes = lines();
    routes.extend(overviews());
    routes
}

fn question() -> Schema {
    Schema::named("Search")
}

fn lines() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            within("search"),
            ("search_engagements", "find"),
            "Find engagements by what they are about, the latest first",
            search,
        )
        .about(
            "By armed actor with all above and below it, place with all around and inside it, issue \
             with all below it, organisation as lead or partner, level, method, status, period, and \
             words that all stand in what you may read. A page may hold fewer items than asked for \
             and still have a `next`: so far it was looked.",
        )
        .body(
            question(),
            json!({"armed_actor": "ufv", "issue": "access.movement", "words": "bridge"}),
        )
        .answers(200, Schema::PageOf("Engagement".to_owned())),
        Route::new(
            Method::POST,
            within("timelines"),
            ("create_timeline", "find"),
            "Read what happened with an armed actor, the latest first",
            timeline,
        )
        .about("The last 365 days, unless a period is said.")
        .body(question(), json!({"armed_actor": "ufv"}))
        .answers(200, Schema::named("Timeline")),
        Route::new(
            Method::GET,
            within("changes"),
            ("list_changes", "find"),
            "Read what changed in the last seven days in what your organisations keep",
            changes,
        )
        .about(
            "Lines that began or ended, meetings, asks and demands that moved, commitments and how \
             far they are kept, leads, and flags that were raised or went on and that you may read.",
        )
        .answers(200, Schema::named("Changes")),
    ]
}

fn overviews() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            within("networks"),
            ("create_network", "find"),
            "See who talks to whom, as a graph and as two tables with their gaps",
            network,
        )
        .about("The last 90 days, unless a period is said.")
        .body(question(), json!({"armed_actor": "ufv"}))
        .answers(200, Schema::named("Network")),
        Route::new(
            Method::POST,
            within("disclosures"),
            ("find_disclosed", "find"),
            "See what others disclose of lines that you may not read",
            disclosed,
        )
        .about(
            "Lines in outline whose owner discloses a summary, begun in the last 365 days unless a \
             period is said, and who is in dialogue today where the owner discloses that alone. \
             Months are told, never days, and topmost armed actors, never units.",
        )
        .body(Schema::named("DisclosedSearch"), json!({"armed_actor": "ufv"}))
        .answers(200, Schema::named("Disclosed")),
    ]
}

fn search(call: &Call) -> Result<Answer> {
    let page = find::search(&call.app, call.person()?, call.operation(), &call.body)?;
    let items: Vec<Value> = page.items.into_iter().map(|shown| shown.body).collect();
    Ok(Answer::json(&json!({"items": items, "next": page.next})))
}

fn timeline(call: &Call) -> Result<Answer> {
    let found = find::timeline(&call.app, call.person()?, call.operation(), &call.body)?;
    Ok(Answer::json(&found))
}

fn changes(call: &Call) -> Result<Answer> {
    let found = find::changes(&call.app, call.person()?, call.operation())?;
    Ok(Answer::json(&found))
}

fn network(call: &Call) -> Result<Answer> {
    let found = find::network(&call.app, call.person()?, call.operation(), &call.body)?;
    Ok(Answer::json(&found))
}

fn disclosed(call: &Call) -> Result<Answer> {
    let found = disclosed::find(&call.app, call.person()?, call.operation(), &call.body)?;
    Ok(Answer::json(&found))
}

//! What the desk alone sees.

use actix_web::http::Method;
use concord_app::desk;

use super::{PAGE, Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    views::{Queue, each},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    let id = ("list_queue", "flags");
    let summary =
        "List what waits for the desk: of every flag what it needs to bring sides together";
    vec![
        Route::new(Method::GET, within("queue"), id, summary, queue)
            .about(
                "The worst first: kind, severity, organisations and topmost armed actors, not the \
                 entries behind them. What rests on an entry that discloses nothing is not in it.",
            )
            .query(PAGE)
            .answers(200, Schema::named("Queue")),
    ]
}

fn queue(call: &Call) -> Result<Answer> {
    let found = desk::queue(&call.app, call.person()?, call.operation(), &call.page()?)?;
    Ok(Answer::json(&Queue { items: each(found.items), next: found.next }))
}

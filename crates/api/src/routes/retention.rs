//! For how long entries are kept.

use actix_web::http::Method;
use concord_app::retention::{self, Kept, Retained};
use concord_domain::{
    document::{Commitment, Engagement},
    retention::Periods,
    vocabulary::Closed,
};
use serde_json::{Value, json};

use super::{Route, Schema, within};
use crate::call::{Answer, Call, Endpoint, Result};

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::new(
            Method::GET,
            within("retention"),
            ("get_retention", "operations"),
            "Read for how long an operation keeps entries of each class",
            get,
        )
        .answers(200, Schema::named("Retention")),
        Route::new(
            Method::PUT,
            within("retention"),
            ("set_retention", "operations"),
            "Say for how long an operation keeps entries of each class, with a reason",
            set,
        )
        .about(
            "After so many days without what it tells of, an entry is retracted by the registry, \
             once a day. It counts from the last day of an engagement, or from when it was last \
             touched; of a commitment from its end, or from when somebody last looked.",
        )
        .body(
            Schema::named("NewRetention"),
            json!({"community_days": 120, "engagement_days": 365, "commitment_days": 730, "reason": "The elders asked for four months."}),
        )
        .answers(200, Schema::named("Retention")),
    ];
    routes.extend(of_one("engagements", "engagement", get_one::<Engagement>, keep::<Engagement>));
    routes.extend(of_one("commitments", "commitment", get_one::<Commitment>, keep::<Commitment>));
    routes
}

fn of_one(of: &'static str, one: &str, get: Endpoint, keep: Endpoint) -> [Route; 2] {
    let path = within(&format!("{of}/{{id}}/retention"));
    let kept = || Schema::named("KeptEntry");
    let read =
        format!("Read for how long an {one} is kept").replace("an commitment", "a commitment");
    let longer = format!("Keep an {one} to a day, with a reason, whatever its class says")
        .replace("an commitment", "a commitment");
    [
        Route::new(Method::GET, path.clone(), (format!("get_retention_of_{one}"), of), read, get)
            .answers(200, kept()),
        Route::new(Method::PUT, path, (format!("keep_{one}"), of), longer, keep)
            .needs_match()
            .body(
                Schema::named("KeepEntry"),
                json!({"until": "2028-06-30", "reason": "The inquiry into the closure asks for it."}),
            )
            .answers(200, kept()),
    ]
}

fn days(periods: Periods) -> Answer {
    Answer::json(&json!({
        "community_days": periods.community,
        "engagement_days": periods.engagement,
        "commitment_days": periods.commitment,
    }))
}

fn shown(kept: Kept) -> Value {
    json!({"class": kept.class.code(), "ends_on": kept.ends_on, "kept_until": kept.kept_until})
}

fn get(call: &Call) -> Result<Answer> {
    Ok(days(retention::periods(&call.app, call.person()?, call.operation())?))
}

fn set(call: &Call) -> Result<Answer> {
    Ok(days(retention::set_periods(&call.app, call.person()?, call.operation(), &call.body)?))
}

fn get_one<T: Retained>(call: &Call) -> Result<Answer> {
    let kept = retention::of::<T>(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(Answer::json(&shown(kept)))
}

fn keep<T: Retained>(call: &Call) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let kept = retention::keep::<T>(&call.app, person, operation, which, &call.body)?;
    Ok(Answer::json(&shown(kept)))
}

//! Bundles in and out.

use actix_web::http::Method;
use concord_app::{bundles, guard::Confirmation};
use serde_json::json;

use super::{Is, Parameter, Route, Schema, within};
use crate::{
    BUNDLE_BYTES_MAX,
    call::{Answer, Call, Result},
};

const IMPORT: &[Parameter] = &[
    Parameter {
        name: "dry_run",
        about: "Say what it would do, and do none of it.",
        is: Is::Boolean,
    },
    Parameter {
        name: "confirm_text",
        about: "Say that no free text holds what is never stored, though some look so.",
        is: Is::Boolean,
    },
];

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            within("bundles"),
            ("import_bundle", "bundles"),
            "Take a bundle in, all or nothing",
            import,
        )
        .about(
            "What stands already under the same key is brought to the bundle's values where you \
             may change it; of that, members that are left out stay.",
        )
        .query(IMPORT)
        .at_most(BUNDLE_BYTES_MAX)
        .body(
            Schema::named("BundleToImport"),
            json!({"format": "concord.bundle/1", "operation": {"key": "exercise", "name": "Exercise"}, "places": [{"key": "XT0398", "name": "Nyombe Landing", "level": 2, "parent": "XT03"}]}),
        )
        .answers(200, Schema::named("Imported")),
        Route::new(
            Method::GET,
            within("bundle"),
            ("export_bundle", "bundles"),
            "Take the operation out, as far as you may read it",
            export,
        )
        .answers(200, Schema::named("Bundle")),
    ]
}

fn import(call: &Call) -> Result<Answer> {
    let is_dry_run = call.flag("dry_run")?.unwrap_or_default();
    let (person, operation) = (call.person()?, call.operation());
    let confirmation = Confirmation::from(call.flag("confirm_text")?.unwrap_or_default());
    let how = (confirmation, is_dry_run);
    let done = bundles::import(&call.app, person, operation, &call.body, how)?;
    Ok(Answer::json(&json!({
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "dry_run": is_dry_run,
    })))
}

fn export(call: &Call) -> Result<Answer> {
    let bundle = bundles::export(&call.app, call.person()?, call.operation())?;
    Ok(Answer::json(&bundle))
}

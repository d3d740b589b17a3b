//! Making, reading, amending and listing, the same way for every kind of thing.

use actix_web::http::Method;
use concord_app::resources::{self, Resource, Sent};
use concord_domain::document::{
    ArmedActor, Commitment, CommonPosition, Lead, Mechanism, Organization, Place, ProtectionRisk,
    Strategy,
};
use serde_json::{Value, json};

use super::{PAGE, Route, Schema, bulk, within};
use crate::call::{Answer, Call, Result};

/// A kind of thing: its part of the path, its group, and examples of bodies.
pub struct Kind {
    /// The part of the path.
    pub path: &'static str,
    /// The group in the document.
    pub tag: &'static str,
    /// One of them, in a sentence.
    pub one: &'static str,
    /// Many of them.
    pub many: &'static str,
    /// The body that makes one.
    pub new: Value,
    /// The body that amends one.
    pub change: Value,
}

/// The four routes of a kind.
pub fn of_kind<T: Resource>(kind: Kind) -> Vec<Route> {
    let Kind { path, tag, one, many, new, change } = kind;
    let list = within(path);
    let item = format!("{list}/{{id}}");
    let id = |verb: &str| format!("{verb}_{}", path.replace('-', "_"));
    let view = || Schema::named(T::NAME);
    let create =
        Route::new(Method::POST, &list, (id("create"), tag), format!("Make {one}"), create::<T>)
            .takes_key()
            .body(Schema::Named(format!("New{}", T::NAME)), new)
            .answers(201, view())
            .tagged();
    let bulk = bulk::of(&create, many, create_each::<T>);
    vec![
        Route::new(Method::GET, &list, (id("list"), tag), format!("List {many}"), list_of::<T>)
            .query(PAGE)
            .answers(200, Schema::PageOf(T::NAME.to_owned())),
        create,
        // Before what has an id in its place.
        bulk,
        Route::new(Method::GET, &item, (id("get"), tag), format!("Read {one}"), get::<T>)
            .answers(200, view())
            .tagged(),
        Route::new(Method::PATCH, &item, (id("amend"), tag), format!("Amend {one}"), amend::<T>)
            .about("A member that is given replaces, lists whole; null takes away; what is left out stays.")
            .needs_match()
            .body(Schema::Named(format!("{}Change", T::NAME)), change)
            .answers(200, view())
            .tagged(),
    ]
}

fn list_of<T: Resource>(call: &Call) -> Result<Answer> {
    let page = resources::list::<T>(&call.app, call.person()?, call.operation(), &call.page()?)?;
    let items: Vec<Value> = page.items.into_iter().map(|shown| shown.body).collect();
    Ok(Answer::json(&json!({"items": items, "next": page.next})))
}

fn create<T: Resource>(call: &Call) -> Result<Answer> {
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let made = resources::create::<T>(&call.app, call.person()?, call.operation(), sent)?;
    let etag = made.etag();
    Ok(Answer::created(&made.body, call.below(made.id)).tagged(etag))
}

fn create_each<T: Resource>(call: &Call) -> Result<Answer> {
    bulk::each(call, create::<T>)
}

fn get<T: Resource>(call: &Call) -> Result<Answer> {
    let shown = resources::get::<T>(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

fn amend<T: Resource>(call: &Call) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let shown = resources::amend::<T>(&call.app, person, operation, which, &call.body)?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

/// The routes of all kinds but the engagement.
pub fn routes() -> Vec<Route> {
    let mut routes = of_kind::<Place>(Kind {
        path: "places",
        tag: "places",
        one: "a place",
        many: "places",
        new: json!({"key": "XT0399", "name": "Nyombe Crossing", "level": 2, "parent": "XT03"}),
        change: json!({"names": {"fr": "Passage de Nyombe"}}),
    });
    routes.extend(of_kind::<Mechanism>(Kind {
        path: "mechanisms",
        tag: "mechanisms",
        one: "a mechanism",
        many: "mechanisms",
        new: json!({"key": "poc", "name": "Protection of Civilians Group", "kind": "protection_of_civilians_group"}),
        change: json!({"name": "Protection of Civilians Working Group"}),
    }));
    routes.extend(of_kind::<Organization>(Kind {
        path: "organizations",
        tag: "organizations",
        one: "an organisation",
        many: "organisations",
        new: json!({"key": "lantern", "name": "Lantern Relief", "kind": "ingo", "mechanisms": ["awg"]}),
        change: json!({"acronym": "LR"}),
    }));
    routes.extend(of_kind::<ArmedActor>(Kind {
        path: "armed-actors",
        tag: "armed actors",
        one: "an armed actor",
        many: "armed actors",
        new: json!({"key": "ufv-nyombe", "name": "UFV Nyombe post", "kind": "non_state_armed_group", "parent": "ufv"}),
        change: json!({"aliases": ["The crossing post"]}),
    }));
    routes.extend(agreements());
    routes
}

/// What was agreed, planned or feared.
fn agreements() -> Vec<Route> {
    let mut routes = of_kind::<Lead>(Kind {
        path: "leads",
        tag: "agreements",
        one: "a lead",
        many: "leads",
        new: json!({"armed_actor": "ufv", "organization": "fra", "mechanism": "awg", "issue": "access"}),
        change: json!({"until": "2027-06-30"}),
    });
    routes.extend(of_kind::<CommonPosition>(Kind {
        path: "common-positions",
        tag: "agreements",
        one: "a common position",
        many: "common positions",
        new: json!({"title": "No payment for passage", "issue": "access", "mechanism": "awg", "excludes_offers": ["payment"], "refuses_demands": ["fee"]}),
        change: json!({"refuses_demands": ["fee", "escort"]}),
    }));
    routes.extend(of_kind::<Commitment>(Kind {
        path: "commitments",
        tag: "commitments",
        one: "a commitment",
        many: "commitments",
        new: json!({"armed_actor": "ufv", "kind": "verbal_assurance", "issue": "access.movement.checkpoints", "action": "allow_passage", "terms": {"notice_hours": 24}, "from": "2026-11-01"}),
        change: json!({"status": "breached"}),
    }));
    routes.push(verification());
    routes.extend(of_kind::<Strategy>(Kind {
        path: "strategies",
        tag: "strategies",
        one: "a strategy",
        many: "strategies",
        new: json!({"key": "bridge-plan", "organization": "rtw", "title": "One voice at the bridge", "armed_actor": "ufv", "issues": ["access.movement"], "mechanism": "awg", "outcome_sought": "The bridge stays open to all who flee or bring aid."}),
        change: json!({"until": "2027-03-31"}),
    }));
    routes.extend(of_kind::<ProtectionRisk>(Kind {
        path: "protection-risks",
        tag: "protection risks",
        one: "a protection risk",
        many: "protection risks",
        new: json!({"title": "Boys are recruited at the crossing", "issue": "protection.children.recruitment", "armed_actor": "ufv", "places": ["XT03"], "from": "2026-09-01"}),
        change: json!({"until": "2027-03-31"}),
    }));
    routes
}

/// Whoever may read a commitment may say what they found.
fn verification() -> Route {
    let path = within("commitments/{id}/verifications");
    let id = ("add_verifications", "commitments");
    Route::new(Method::POST, path, id, "Tell whether a commitment is kept, and where", verify)
        .about("For whoever may read the commitment, in the name of an organisation of their own.")
        .takes_key()
        .body(
            Schema::named("AddedVerification"),
            json!({"on": "2026-11-20", "finding": "partly_kept", "organization": "rtw", "places": ["XT0301"]}),
        )
        .answers(201, Schema::named("Commitment"))
        .tagged()
}

fn verify(call: &Call) -> Result<Answer> {
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let (person, operation) = (call.person()?, call.operation());
    let shown = resources::commitments::verify(&call.app, person, operation, call.id()?, sent)?;
    Ok(Answer::created(&shown.body, call.up()).tagged(shown.etag()))
}

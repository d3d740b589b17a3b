//! The consent of those who carry the risk of an entry: noted, renewed and taken back, each with a
//! reason. It ends by itself after its last day. What is disclosed by it is disclosed no more from
//! then on, and is not disclosed again by a new consent: somebody loosens it anew.

use concord_domain::{
    document::{Checked, Consent, Engagement, Form, Member, Prose, Reader, Via},
    fault::Pointer,
    window::Day,
};
use concord_store::entries::ChangeKind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    App, access,
    auth::Person,
    error::Result,
    guard,
    resources::{self, Resource, Shown},
    sharing::{read_reason, write_shared},
};

fn read_given(body: &Value, reader: &mut Reader<'_>) -> Option<(Consent, Prose)> {
    let at = Pointer::ROOT;
    let object = reader.object(body, &at, &["given", "until", "reason"])?;
    let given: Option<Day> = reader.required(object, &at, "given");
    let until: Option<Day> = reader.required(object, &at, "until");
    let reason = read_reason(object, reader, "say who consented to what, by their part in it");
    let consent = Consent { given: given?, until: until? };
    consent.check(&at, reader);
    Some((consent, reason?))
}

fn read_taken_back(body: &Value, reader: &mut Reader<'_>) -> Option<Prose> {
    let object = reader.object(body, &Pointer::ROOT, &["reason"])?;
    read_reason(object, reader, "say why the consent is over")
}

/// Notes that those who carry the risk have consented, or consented anew: whose entry it is, if
/// they are led by the community, and the intermediary, if there is one.
///
/// # Errors
/// As amending an engagement.
pub fn give(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    body: &Value,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Engagement = resources::load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        resources::expect(&resources::shown(tx, access, &before)?, if_match)?;
        let (consent, reason) = resources::read_body(app, tx, access, body, read_given)?;
        let after = with_consent(&before, Some(consent));
        write_shared(app, tx, access, (&before, after), (ChangeKind::Consented, &reason))
    })
}

/// Notes that a consent is taken back. From then on nobody learns more than without one.
///
/// # Errors
/// As amending an engagement.
pub fn take_back(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    body: &Value,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Engagement = resources::load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        resources::expect(&resources::shown(tx, access, &before)?, if_match)?;
        let reason = resources::read_body(app, tx, access, body, read_taken_back)?;
        let after = with_consent(&before, None);
        write_shared(app, tx, access, (&before, after), (ChangeKind::Revoked, &reason))
    })
}

fn with_consent(before: &Engagement, consent: Option<Consent>) -> Engagement {
    let has_consent = consent.is_some();
    let via = before.via.clone().map(|via| Via { consent: has_consent, ..via });
    Engagement { consent, via, ..before.clone() }
}

/// The JSON Schema of the body with which a consent is noted.
#[must_use]
pub fn schema() -> Value {
    let mut schemas = concord_domain::document::Schemas::new(Form::New, "#/components/schemas/");
    json!({
        "type": "object",
        "description": "That those who carry the risk consented, and why that is noted.",
        "properties": {
            "given": Day::schema(&mut schemas),
            "until": Day::schema(&mut schemas),
            "reason": Prose::schema(&mut schemas),
            guard::MEMBER: guard::schema(),
        },
        "required": ["given", "until", "reason"],
        "additionalProperties": false,
    })
}

/// The JSON Schema of a body that says nothing but why.
#[must_use]
pub fn reason_schema() -> Value {
    let mut schemas = concord_domain::document::Schemas::new(Form::New, "#/components/schemas/");
    json!({
        "type": "object",
        "description": "Why it is done.",
        "properties": {
            "reason": Prose::schema(&mut schemas),
            guard::MEMBER: guard::schema(),
        },
        "required": ["reason"],
        "additionalProperties": false,
    })
}

//! Who may read an engagement: changed by a call of its own, with a reason.

use concord_domain::{
    document::{Engagement, Form, Member, Of, Prose, Reader, To},
    fault::{FaultCode, Pointer},
    id::{MechanismId, OrganizationId},
    vocabulary::{Audience, Disclosure},
};
use concord_store::entries::{self, SharingChange};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    App, access, asking,
    auth::Person,
    error::{Error, Result},
    guard,
    resources::{self, Resource, Shown, Touched},
};

/// The members of the body.
pub const MEMBERS: [&str; 6] = [
    "audience",
    "audience_organizations",
    "audience_mechanisms",
    "disclosure",
    "partners",
    "reason",
];

/// What is to be shared with whom, as it was sent.
struct Wish {
    audience: Of<Audience>,
    organizations: Vec<To<OrganizationId>>,
    mechanisms: Vec<To<MechanismId>>,
    disclosure: Of<Disclosure>,
    partners: Vec<To<OrganizationId>>,
    reason: Prose,
}

fn read(body: &Value, reader: &mut Reader<'_>) -> Option<Wish> {
    let at = Pointer::ROOT;
    let object = reader.object(body, &at, &MEMBERS)?;
    let audience = reader.required(object, &at, "audience");
    let organizations = reader.optional(object, &at, "audience_organizations");
    let mechanisms = reader.optional(object, &at, "audience_mechanisms");
    let disclosure = reader.required(object, &at, "disclosure");
    let partners = reader.optional(object, &at, "partners");
    let reason: Option<Prose> = reader.required(object, &at, "reason");
    if reason.as_ref().is_some_and(|reason| reason.as_str().trim().is_empty()) {
        let detail = "say why who may read this is changed";
        reader.fault(&at.member("reason"), FaultCode::Missing, detail);
    }
    Some(Wish {
        audience: audience?,
        organizations: organizations?,
        mechanisms: mechanisms?,
        disclosure: disclosure?,
        partners: partners?,
        reason: reason?,
    })
}

/// Changes who may read an engagement.
///
/// # Errors
/// As amending an engagement.
pub fn change(
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
        let wish = resources::read_body(app, tx, access, body, read)?;
        let after = Engagement {
            audience: Some(wish.audience),
            audience_organizations: wish.organizations,
            audience_mechanisms: wish.mechanisms,
            disclosure: Some(wish.disclosure),
            partners: wish.partners,
            ..before.clone()
        };
        if let Some(index) = after.partners.iter().position(|to| *to == after.organization) {
            let at = Pointer::ROOT;
            let list = at.member("partners");
            let detail = "the organisation that leads is no partner of itself";
            let fault = concord_domain::fault::Fault::new(
                &list.item(index),
                FaultCode::SelfReference,
                detail,
            );
            return Err(Error::Invalid(vec![fault]));
        }
        let mut touched = Touched::default();
        let after = resources::write_one(tx, access, Some(&before), after, &mut touched)?;
        let change = SharingChange {
            at: app.now(),
            account: access.account,
            audience: after.audience.map_or(Audience::Own, |audience| audience.0),
            disclosure: after.disclosure.map_or(Disclosure::Match, |each| each.0),
            reason: wish.reason.as_str(),
        };
        entries::keep_change(tx, access.id(), id, &change)?;
        asking::settle(app, tx, access, (touched, None))?;
        let present: Engagement = resources::load_one(tx, access, id)?;
        resources::shown(tx, access, &present)
    })
}

/// The JSON Schema of the body.
#[must_use]
pub fn schema() -> Value {
    let mut schemas = concord_domain::document::Schemas::new(Form::New, "#/components/schemas/");
    json!({
        "type": "object",
        "description": "Who may read an engagement from now on, and why that is changed.",
        "properties": {
            "audience": Of::<Audience>::schema(&mut schemas),
            "audience_organizations": Vec::<To<OrganizationId>>::schema(&mut schemas),
            "audience_mechanisms": Vec::<To<MechanismId>>::schema(&mut schemas),
            "disclosure": Of::<Disclosure>::schema(&mut schemas),
            "partners": Vec::<To<OrganizationId>>::schema(&mut schemas),
            "reason": Prose::schema(&mut schemas),
            guard::MEMBER: guard::schema(),
        },
        "required": ["audience", "disclosure", "reason"],
        "additionalProperties": false,
    })
}

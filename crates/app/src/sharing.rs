//! Who may read an engagement, and what everybody else may learn of it: loosened and tightened by a
//! call each, with a reason. Nobody loosens by a slip, and nothing keeps anybody from tightening.

use concord_domain::{
    document::{Engagement, Form, Member, Of, Prose, Reader, To},
    fault::{Fault, FaultCode, Pointer},
    id::{MechanismId, OrganizationId},
    policy::{Action, Turn, discloses_more},
    vocabulary::{Audience, Disclosure},
};
use concord_store::{
    Tx,
    entries::{self, ChangeKind, SharingChange},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    asking,
    auth::Person,
    error::{Error, Result},
    guard,
    resources::{self, Resource, Shown, Touched, turn_between},
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
    let reason = read_reason(object, reader, "say why who may learn of this is changed");
    Some(Wish {
        audience: audience?,
        organizations: organizations?,
        mechanisms: mechanisms?,
        disclosure: disclosure?,
        partners: partners?,
        reason: reason?,
    })
}

/// The reason for a change, which is more than blanks.
pub(crate) fn read_reason(
    object: &Map<String, Value>,
    reader: &mut Reader<'_>,
    wanted: &str,
) -> Option<Prose> {
    let at = Pointer::ROOT;
    let reason: Option<Prose> = reader.required(object, &at, "reason");
    if reason.as_ref().is_some_and(|reason| reason.as_str().trim().is_empty()) {
        reader.fault(&at.member("reason"), FaultCode::Missing, wanted);
    }
    reason
}

/// Lets more people learn of an engagement, or learn more of it. What is looser in part is looser.
///
/// # Errors
/// As amending an engagement; [`Error::StepUpRequired`]; [`Error::Invalid`] if nobody learns more.
pub fn loosen(
    app: &App,
    person: Person,
    operation: &str,
    which: (Uuid, Option<&str>),
    body: &Value,
) -> Result<Shown> {
    change(app, person, operation, which, (ChangeKind::Loosened, body))
}

/// Lets fewer people learn of an engagement, or learn less of it.
///
/// # Errors
/// As amending an engagement; [`Error::Invalid`] if somebody learns more.
pub fn tighten(
    app: &App,
    person: Person,
    operation: &str,
    which: (Uuid, Option<&str>),
    body: &Value,
) -> Result<Shown> {
    change(app, person, operation, which, (ChangeKind::Tightened, body))
}

fn change(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    (kind, body): (ChangeKind, &Value),
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Engagement = resources::load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        if kind == ChangeKind::Loosened {
            access.require(Action::LoosenSharing, Some(before.organization.0))?;
        }
        resources::expect(&resources::shown(tx, access, &before)?, if_match)?;
        let wish = resources::read_body(app, tx, access, body, read)?;
        let wanted = Engagement {
            audience: Some(wish.audience),
            audience_organizations: wish.organizations,
            audience_mechanisms: wish.mechanisms,
            disclosure: Some(wish.disclosure),
            partners: wish.partners,
            ..before.clone()
        };
        let after = wanted.completed(tx, access)?;
        let mut faults = after.faults(tx, access, Some(&before))?;
        faults.extend(faults_of(&before, &after, (wish.disclosure.0, kind)));
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        write_shared(app, tx, access, (&before, after), (kind, &wish.reason))
    })
}

/// What is wrong with sharing an engagement so, by a call of this kind.
fn faults_of(
    before: &Engagement,
    after: &Engagement,
    (wanted, kind): (Disclosure, ChangeKind),
) -> Vec<Fault> {
    let root = Pointer::ROOT;
    let mut faults = Vec::new();
    if let Some(index) = after.partners.iter().position(|to| *to == after.organization) {
        let list = root.member("partners");
        let detail = "the organisation that leads is no partner of itself";
        faults.push(Fault::new(&list.item(index), FaultCode::SelfReference, detail));
    }
    let mut fault = |member: &'static str, detail: &str| {
        faults.push(Fault::new(&root.member(member), FaultCode::Inconsistent, detail));
    };
    let given = after.disclosure.map_or(Disclosure::Match, |each| each.0);
    if given != wanted {
        let detail = "those who carry the risk have not consented to this; note their consent \
                      first, with PUT …/consent";
        fault("disclosure", detail);
        return faults;
    }
    match (kind, turn_between(before, after)) {
        (ChangeKind::Tightened, Turn::Looser) => {
            let former = before.disclosure.map_or(Disclosure::Match, |each| each.0);
            let member = if discloses_more(given, former) { "disclosure" } else { "audience" };
            fault(member, "somebody would learn more by this; send it to POST …/loosening");
        }
        (ChangeKind::Loosened, Turn::Tighter) => {
            fault("audience", "nobody would learn more by this; send it to POST …/tightening");
        }
        _ => {}
    }
    faults
}

/// Writes an engagement of which others may learn something else from now on, and why.
pub(crate) fn write_shared(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (before, after): (&Engagement, Engagement),
    (kind, reason): (ChangeKind, &Prose),
) -> Result<Shown> {
    let id = before.id();
    let mut touched = Touched::default();
    let after = resources::write_one(tx, access, Some(before), after, &mut touched)?;
    let change = SharingChange {
        kind,
        at: app.now(),
        account: access.account,
        audience: after.audience.map_or(Audience::Own, |audience| audience.0),
        disclosure: after.disclosure.map_or(Disclosure::Match, |each| each.0),
        reason: reason.as_str(),
    };
    entries::keep_change(tx, access.id(), id, &change)?;
    access.deeds.changed("sharing", id);
    asking::settle(app, tx, access, (touched, None))?;
    let present: Engagement = resources::load_one(tx, access, id)?;
    resources::shown(tx, access, &present)
}

/// The JSON Schema of the body.
#[must_use]
pub fn schema() -> Value {
    let mut schemas = concord_domain::document::Schemas::new(Form::New, "#/components/schemas/");
    json!({
        "type": "object",
        "description": "What others may learn of an engagement from now on, and why that is changed.",
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

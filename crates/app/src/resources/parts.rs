//! Asks, demands and contacts one at a time: each is an amendment of its engagement, so that
//! nothing is checked or settled in another way.

use concord_domain::{
    document::{Engagement, Form, Member, Writer},
    fault::{Fault, FaultCode, Pointer},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Resource, Sent, Shown, expect, load_one, put, read_amended, show, shown};
use crate::{
    App, access,
    auth::Person,
    error::{Error, Result},
    guard,
    once::once,
};

/// Which parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// What is asked.
    Asks,
    /// What is demanded, and the answers.
    Demands,
    /// When the armed actor was met.
    Contacts,
}

impl Parts {
    const fn member(self) -> &'static str {
        match self {
            Self::Asks => "asks",
            Self::Demands => "demands",
            Self::Contacts => "contacts",
        }
    }
}

/// The parts of an engagement as they would be sent.
fn as_sent(engagement: &Engagement, parts: Parts) -> Vec<Value> {
    let writer = Writer::new(&|_, id| Some(id.to_string()), Form::Bundle);
    let mut written = engagement.write(&writer);
    match written[parts.member()].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// Adds a part to an engagement.
///
/// # Errors
/// As amending the engagement; pointers begin at the engagement.
pub fn add(
    app: &App,
    person: Person,
    operation: &str,
    (id, parts): (Uuid, Parts),
    sent: Sent<'_>,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Engagement = load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        let what = format!("{id} {}", parts.member());
        once(app, tx, access, (&what, sent), |tx| {
            let mut items = as_sent(&before, parts);
            let sorted = guard::sorted(sent.body);
            items.push(sorted.body.into_owned());
            let body = with_confirmation(parts, items, sent.body);
            let after = read_amended(app, tx, access, &before, &body)?;
            put(app, tx, access, Some(&before), after)?;
            Ok(id)
        })?;
        show::<Engagement>(tx, access, id)
    })
}

/// Brings an ask or a demand of an engagement to the values that are given.
///
/// # Errors
/// As amending the engagement; pointers begin at the engagement.
pub fn amend(
    app: &App,
    person: Person,
    operation: &str,
    ((id, part), parts, if_match): ((Uuid, Uuid), Parts, Option<&str>),
    body: &Value,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before: Engagement = load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        let known = before.parts();
        let key = known.iter().find(|(.., id)| *id == part).map(|(_, key, _)| key.as_str());
        let mut items = as_sent(&before, parts);
        let at = items.iter().position(|item| item["key"].as_str() == key && key.is_some());
        let at = at.ok_or(Error::NotFound)?;
        expect(&shown(tx, access, &before)?, if_match)?;
        merge(&mut items[at], &guard::sorted(body).body).map_err(|detail| {
            let root = Pointer::ROOT;
            let list = root.member(parts.member());
            let item = list.item(at);
            Error::Invalid(vec![Fault::new(&item.member("key"), FaultCode::Inconsistent, detail)])
        })?;
        let body = with_confirmation(parts, items, body);
        let after = read_amended(app, tx, access, &before, &body)?;
        put(app, tx, access, Some(&before), after)?;
        show::<Engagement>(tx, access, id)
    })
}

/// The body that amends an engagement by its parts, with what was said of the texts of one.
fn with_confirmation(parts: Parts, items: Vec<Value>, sent: &Value) -> Value {
    let said = sent.get(guard::MEMBER).map(|said| (guard::MEMBER.to_owned(), said.clone()));
    Value::from_iter(said.into_iter().chain([(parts.member().to_owned(), Value::from(items))]))
}

/// Members that are given replace, and null takes away; the key stays. What is no object is put
/// in its place, to be refused there.
fn merge(item: &mut Value, body: &Value) -> Result<(), &'static str> {
    let (Some(members), Some(given)) = (item.as_object_mut(), body.as_object()) else {
        *item = body.clone();
        return Ok(());
    };
    if given.get("key").is_some_and(|key| Some(key) != members.get("key")) {
        return Err("a key cannot be changed; leave it out");
    }
    members.extend(given.clone());
    Ok(())
}

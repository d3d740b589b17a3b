//! What was found in free texts that is never stored: refused, unless it stands already or its
//! author says that it is none. Nothing of the confirmation is kept in the document.

use std::borrow::Cow;

use concord_domain::{
    fault::{Fault, FaultCode, Pointer},
    guard::{Detail, Noted},
};
use serde_json::{Value, json};

use crate::access::Access;

/// The member of a body by which its author says so.
pub const MEMBER: &str = "confirm_text";

/// Whether the author says that free texts hold none of what was found in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing was said.
    #[default]
    NotGiven,
    /// The texts are to be taken as they are.
    Given,
}

impl From<bool> for Confirmation {
    fn from(is_given: bool) -> Self {
        if is_given { Self::Given } else { Self::NotGiven }
    }
}

/// The JSON Schema of that member.
#[must_use]
pub fn schema() -> Value {
    let about = "That no free text of it holds what is never stored, though some look so: names of \
                 persons, telephone numbers, addresses, coordinates, times of day, sums of money.";
    json!({"type": ["boolean", "null"], "description": about})
}

/// A body, and apart from it what its author says of its texts.
pub struct Sorted<'b> {
    /// The body without that member.
    pub body: Cow<'b, Value>,
    /// What was said.
    pub confirmation: Confirmation,
    /// What is wrong with how it was said.
    pub fault: Option<Fault>,
}

/// Takes what its author says of the texts out of a body.
#[must_use]
pub fn sorted(body: &Value) -> Sorted<'_> {
    let said = body.get(MEMBER);
    let (confirmation, fault) = match said {
        None | Some(Value::Null) => (Confirmation::NotGiven, None),
        Some(Value::Bool(is_given)) => (Confirmation::from(*is_given), None),
        Some(_) => {
            let (root, detail) = (Pointer::ROOT, "`confirm_text` is true or false");
            let fault = Fault::new(&root.member(MEMBER), FaultCode::WrongType, detail);
            (Confirmation::NotGiven, Some(fault))
        }
    };
    let mut body = Cow::Borrowed(body);
    if said.is_some()
        && let Some(members) = body.to_mut().as_object_mut()
    {
        members.remove(MEMBER);
    }
    Sorted { body, confirmation, fault }
}

/// What is refused of what was found: nothing of texts that stand already, and nothing that is
/// confirmed, of which the record is kept.
pub fn judged(
    access: &Access,
    mut noted: Vec<Noted>,
    (standing, confirmation): (&[String], Confirmation),
) -> Vec<Fault> {
    noted.retain(|each| !standing.contains(&each.text));
    if noted.is_empty() {
        return Vec::new();
    }
    match confirmation {
        Confirmation::NotGiven => noted.iter().map(|each| each.fault(access.language)).collect(),
        Confirmation::Given => {
            keep_confirmation(access, &noted);
            Vec::new()
        }
    }
}

/// Keeps that somebody confirmed texts in which this was found. Every confirmation comes through
/// here, within the transaction of the change, so this is where the record of the change takes
/// it; the log tells what it seemed to be, never the text.
fn keep_confirmation(access: &Access, noted: &[Noted]) {
    access.deeds.changed("confirmed_text", access.id());
    let mut seemed: Vec<&str> =
        noted.iter().map(|each| each.finding.detail).map(Detail::code).collect();
    seemed.sort_unstable();
    seemed.dedup();
    tracing::info!(
        operation = %access.id(),
        account = %access.account,
        texts = noted.len(),
        seemed = seemed.join(" "),
        "free texts were confirmed"
    );
}

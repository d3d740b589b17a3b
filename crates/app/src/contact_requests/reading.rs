//! What is sent, read into what is asked for or answered, its texts looked over.

use concord_domain::{
    contact_request::Answer as Said,
    document::{Line, Prose, Reader},
    fault::{Fault, FaultCode, Pointer},
    guard::Noted,
    vocabulary::Closed,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{About, Wish, Words, received::Reply};
use crate::{
    App,
    error::{Error, Result},
    guard::{self, Sorted},
    resources::Nothing,
};

impl Wish {
    /// What a body asks for.
    ///
    /// # Errors
    /// Every fault in it.
    pub fn read(app: &App, body: &Value) -> Result<Self> {
        let members = ["restricted", "flag", "reason", "contact"];
        let ((about, words), noted, confirmation) = read_body(
            (app, body),
            &members,
            |object, reader| {
                let at = Pointer::ROOT;
                let line = id_of(object, reader, "restricted");
                let flag = id_of(object, reader, "flag");
                let reason: Option<Prose> = reader.required(object, &at, "reason");
                let contact: Option<Option<Line>> = reader.optional(object, &at, "contact");
                let about = match (line?, flag?) {
                    (Some(id), None) => Some(About::Line(id)),
                    (None, Some(id)) => Some(About::Flag(id)),
                    _ => {
                        let detail = "say which restricted line, or which flag, you ask about, and one alone";
                        reader.faults.push(Fault::new(
                            &at.member("restricted"),
                            FaultCode::Inconsistent,
                            detail,
                        ));
                        None
                    }
                };
                let reason =
                    reason.filter(|reason| !reason.as_str().trim().is_empty()).or_else(|| {
                        let detail = "say why you ask, for those who are asked to read";
                        reader.fault(&at.member("reason"), FaultCode::Missing, detail);
                        None
                    });
                let reason = Some(reason?.as_str().to_owned());
                let contact = contact?.map(|line| line.as_str().to_owned());
                Some((about?, Words { reason, contact }))
            },
        )?;
        Ok(Self { about, words, noted, confirmation })
    }
}

impl Reply {
    /// What a body answers.
    ///
    /// # Errors
    /// Every fault in it.
    pub fn read(app: &App, body: &Value) -> Result<Self> {
        let members = ["answer", "reason", "contact"];
        let ((answer, words), noted, confirmation) =
            read_body((app, body), &members, |object, reader| {
                let at = Pointer::ROOT;
                let answer: Option<Line> = reader.required(object, &at, "answer");
                let reason: Option<Option<Prose>> = reader.optional(object, &at, "reason");
                let contact: Option<Option<Line>> = reader.optional(object, &at, "contact");
                let answer = answer.and_then(|code| {
                    let said = Said::from_code(code.as_str());
                    if said.is_none() {
                        let detail = "an answer is `yes` or `no`";
                        reader.fault(&at.member("answer"), FaultCode::UnknownCode, detail);
                    }
                    said
                });
                let reason = reason?.map(|reason| reason.as_str().to_owned());
                let contact = contact?.map(|line| line.as_str().to_owned());
                Some((answer?, Words { reason, contact }))
            })?;
        Ok(Self { answer, words, noted, confirmation })
    }
}

/// Reads a body with the members of which `read` makes something, its texts looked over.
fn read_body<T>(
    (app, body): (&App, &Value),
    members: &[&'static str],
    read: impl FnOnce(&Map<String, Value>, &mut Reader<'_>) -> Option<T>,
) -> Result<(T, Vec<Noted>, guard::Confirmation)> {
    let mut nothing = Nothing;
    let mut reader = Reader::of_request(&mut nothing, app.today());
    let Sorted { body: sorted, confirmation, fault } = guard::sorted(body);
    let object = reader.object(&sorted, &Pointer::ROOT, members);
    let found = object.and_then(|object| read(object, &mut reader));
    let noted = reader.noted.take().unwrap_or_default();
    reader.faults.extend(fault);
    match found {
        Some(found) if reader.faults.is_empty() => Ok((found, noted, confirmation)),
        _ => Err(Error::Invalid(reader.faults)),
    }
}

/// An id that may be left out.
#[expect(clippy::option_option, reason = "what is wrong is another thing than what is left out")]
fn id_of(
    object: &Map<String, Value>,
    reader: &mut Reader<'_>,
    member: &'static str,
) -> Option<Option<Uuid>> {
    let fault = match object.get(member) {
        None | Some(Value::Null) => return Some(None),
        Some(Value::String(text)) => match Uuid::parse_str(text) {
            Ok(id) => return Some(Some(id)),
            Err(_) => (FaultCode::Malformed, "an id is expected here"),
        },
        Some(_) => (FaultCode::WrongType, "an id is expected here, as a text"),
    };
    reader.fault(&Pointer::ROOT.member(member), fault.0, fault.1);
    None
}

//! The steps that people take on flags.

use concord_domain::{
    document::{Of, Prose, Reader},
    fault::{FaultCode, Pointer},
    flag::check_step,
    guard::Noted,
    policy::Action,
    vocabulary::{FlagState, Resolution},
};
use concord_store::{
    Tx,
    flags::{self, KeptFlag, Step},
};
use serde_json::Value;
use uuid::Uuid;

use super::{FlagWithHistory, readable, with_history};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
    guard::{self, Confirmation},
    once::{Sent, once},
    resources::Nothing,
};

/// A step that somebody takes on a flag.
#[derive(Clone, Debug)]
pub struct Taken {
    /// To which state.
    pub state: FlagState,
    /// With which resolution.
    pub resolution: Option<Resolution>,
    /// What is noted.
    pub note: Option<String>,
    /// What was found in the note that is never stored.
    pub noted: Vec<Noted>,
    /// Whether the note is confirmed to hold none of it.
    pub confirmation: Confirmation,
}

impl Taken {
    /// The step that a body says: `state`, `resolution`, `note` and what is confirmed of the note.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn read(app: &App, body: &Value) -> Result<Self> {
        let mut nothing = Nothing;
        let mut reader = Reader::of_request(&mut nothing, app.today());
        let at = Pointer::ROOT;
        let sorted = guard::sorted(body);
        let object = reader.object(&sorted.body, &at, &["state", "resolution", "note"]);
        let taken = object.and_then(|object| {
            let state: Option<Of<FlagState>> = reader.required(object, &at, "state");
            let resolution: Option<Option<Of<Resolution>>> =
                reader.optional(object, &at, "resolution");
            let note: Option<Option<Prose>> = reader.optional(object, &at, "note");
            Some(Self {
                state: state?.0,
                resolution: resolution?.map(|each| each.0),
                note: note?.map(|note| note.as_str().to_owned()),
                noted: Vec::new(),
                confirmation: sorted.confirmation,
            })
        });
        let noted = reader.noted.unwrap_or_default();
        reader.faults.extend(sorted.fault);
        match taken {
            Some(taken) if reader.faults.is_empty() => Ok(Self { noted, ..taken }),
            _ => Err(Error::Invalid(reader.faults)),
        }
    }
}

/// Takes a step on a flag.
///
/// # Errors
/// [`Error::NotFound`], and [`Error::Invalid`] if the flag does not go that way.
pub fn step(
    app: &App,
    person: Person,
    operation: &str,
    id: Uuid,
    (taken, sent): (&Taken, Sent<'_>),
) -> Result<FlagWithHistory> {
    access::write(app, person, operation, |tx, access| {
        access.require(Action::StepFlag, None)?;
        let flag = readable(tx, access, id)?;
        once(app, tx, access, (&format!("{id} step"), sent), |tx| {
            access.deeds.changed("flag", id);
            take(app, tx, access, (flag, taken)).map(|()| id)
        })?;
        with_history(tx, access, id)
    })
}

fn take(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (mut flag, taken): (KeptFlag, &Taken),
) -> Result<()> {
    let from = flag.standing.state;
    check_step(from, taken.state, taken.resolution)
        .map_err(|detail| Error::at("state", FaultCode::Inconsistent, detail))?;
    let noted = taken.noted.clone();
    let faults = guard::judged(access, noted, (&[], taken.confirmation));
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let step = Step {
        at: app.now(),
        account: Some(access.account),
        from: Some(from),
        to: taken.state,
        resolution: taken.resolution,
        cause: None,
        note: taken.note.clone(),
    };
    flag.standing.state = taken.state;
    flag.resolution = taken.resolution;
    flags::set_state(tx, access.id(), &flag)?;
    Ok(flags::keep_step(tx, access.id(), flag.id, &step)?)
}

//! Checking before a meeting, without logging an engagement.

use concord_domain::{
    document::{Intention, Member},
    evaluate::{Focus, evaluate},
    fault::Pointer,
    id::EngagementId,
    policy::Action,
};
use serde_json::Value;

use crate::{
    App, access,
    audit::met,
    auth::Person,
    coherence,
    error::Result,
    flags::{self, ShownFlag},
    resources,
};

/// What is told with every answer.
pub const NO_CLEARANCE: &str = "This covers what you may read. Finding none is no clearance: \
                                others may have lines here that you may not know of. Ask the desk.";

/// The flags that an intended engagement would raise with entries that the caller may read, the
/// worst first. What it would raise with others is not told here.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) unless the caller acts for the organisation; all
/// that is wrong with the question.
pub fn check(app: &App, person: Person, operation: &str, body: &Value) -> Result<Vec<ShownFlag>> {
    access::read(app, person, operation, |tx, access| {
        let intention = resources::read_body(app, tx, access, body, |body, reader| {
            Intention::read(body, &Pointer::ROOT, reader)
        })?;
        access.require(Action::RecordEntry, Some(intention.organization.0))?;
        access.tell();
        let id = EngagementId(app.ids.id());
        let engagement = intention.engagement(id);
        let facts = coherence::gather_around(tx, access.id(), &engagement)?;
        let focus = Focus { engagements: [id].into(), ..Focus::default() };
        let found = met::cut(tx, access, (&facts, id.0), evaluate(&facts, &focus))?;
        flags::show_found(tx, access, &facts, found, Some(id))
    })
}

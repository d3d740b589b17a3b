//! What an engagement would raise if it were logged, as far as its writer may read what it meets.

use std::collections::HashSet;

use concord_domain::{
    document::Engagement,
    evaluate::{Focus, evaluate},
};
use concord_store::{Tx, entries};
use serde_json::Value;
use uuid::Uuid;

use super::{Resource, reading::read_new};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    coherence,
    error::{Error, Result},
    flags::{self, ShownFlag},
};

/// The flags that an engagement would raise with entries that the caller may read. The rules are
/// given nothing else, so that nothing can be told of what is hidden: nothing is counted against a
/// budget, and nothing is kept.
///
/// # Errors
/// All that is wrong with it, as if it were logged.
pub fn preview(app: &App, person: Person, operation: &str, body: &Value) -> Result<Vec<ShownFlag>> {
    access::read(app, person, operation, |tx, access| {
        let engagement = read(app, tx, access, body)?;
        let id = engagement.identity.id;
        let mut facts = coherence::gather_around(tx, access.id(), &engagement)?;
        let mut readable: HashSet<Uuid> = {
            let all: Vec<Uuid> = facts.entries().into_iter().collect();
            entries::readable(tx, access.id(), &access.scope, &all)?
        };
        readable.insert(id.0);
        facts.keep_entries(|entry| readable.contains(&entry));
        let mut focus = Focus::default();
        facts.engagements.get(&id).into_iter().for_each(|own| focus.add_engagement(own));
        let mut found = evaluate(&facts, &focus);
        found.retain(|flag| {
            let between = flag.between.iter().copied();
            coherence::entries_of(between, &facts).contains(&id.0)
        });
        flags::show_found(tx, access, &facts, found, Some(id))
    })
}

fn read(app: &App, tx: &mut Tx, access: &Access, body: &Value) -> Result<Engagement> {
    let engagement = read_new::<Engagement>(app, tx, access, body)?;
    engagement.require_write(tx, access)?;
    let engagement = engagement.completed(tx, access)?;
    let faults = engagement.faults(tx, access, None)?;
    if faults.is_empty() { Ok(engagement) } else { Err(Error::Invalid(faults)) }
}

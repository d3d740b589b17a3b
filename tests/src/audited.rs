//! What the audit log of a registry holds.

use std::collections::HashMap;

use concord_app::{Error, audit::INSTALLATION};
use concord_domain::policy::Scope;
use concord_store::{
    Tx,
    audit::{self, Part},
    engagements::{self, Filter},
    operations,
};
use serde_json::Value;
use uuid::Uuid;

use crate::Registry;

/// More records than any test makes.
const RECORDS_MAX: i64 = 100_000;

impl Registry {
    /// The records of an operation and of the installation, the latest first.
    pub fn audit_records(&self, operation: &str) -> Vec<Value> {
        let read = self.app.store.read(|tx| {
            let mut all = records(tx, INSTALLATION)?;
            if let Some(kept) = operations::find(tx, operation)? {
                all.extend(records(tx, kept.id)?);
            }
            Ok::<_, Error>(all)
        });
        read.expect("read")
    }

    /// Whose each engagement of an operation is, by its id.
    pub fn owners(&self, operation: &str) -> HashMap<String, String> {
        let read = self.app.store.read(|tx| {
            let Some(kept) = operations::find(tx, operation)? else { return Ok(HashMap::new()) };
            let all = (None, RECORDS_MAX);
            let all = engagements::page(tx, kept.id, &Scope::server(), &Filter::default(), all)?;
            let owner = |e: &concord_domain::document::Engagement| {
                (e.identity.id.to_string(), e.organization.0.to_string())
            };
            Ok::<_, Error>(all.iter().map(owner).collect())
        });
        read.expect("read")
    }
}

fn records(tx: &mut Tx, log: Uuid) -> Result<Vec<Value>, Error> {
    let found = audit::page(tx, log, &Part::Whole, (None, RECORDS_MAX))?;
    let read = |(.., text): &audit::Listed| serde_json::from_str(text).expect("a record");
    Ok(found.iter().map(read).collect())
}

//! Operations: the people, places and dialogue of one country or crisis.

use concord_domain::{
    credential::Deed,
    document::{Document, Form, Member, Operation, Reader, Writer},
    evaluate::Focus,
    fault::{FaultCode, Pointer},
    policy::Action,
};
use concord_store::{
    Area, Tx, accounts, idempotency,
    operations::{self, KeptOperation},
};
use serde_json::Value;

use crate::{
    App, access, audit,
    auth::{self, Person},
    coherence::{self, Changed},
    error::{Error, Result},
    once::{self, Sent},
    resources::{self, Shown},
};

fn shown(kept: &KeptOperation) -> Shown {
    let mut body = kept.operation.write(&Writer::new(&|_, _| None, Form::View));
    body["id"] = kept.id.to_string().into();
    body["evaluated_on"] = kept.evaluated_on.to_string().into();
    Shown { id: kept.id, body }
}

/// The operations in which the caller is anything.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub fn list(app: &App, person: Person) -> Result<Vec<Shown>> {
    app.store.read(|tx| {
        let account = auth::known(app, tx, person)?.account;
        let own = accounts::operations_of(tx, account.id)?;
        let ids = (!account.is_administrator).then_some(own.as_slice());
        Ok(operations::load(tx, ids)?.iter().map(shown).collect())
    })
}

/// Makes an operation.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators; all that is wrong with it.
pub fn create(app: &App, person: Person, sent: Sent<'_>) -> Result<Shown> {
    let done = audit::write(app, Area::Installation, |tx, deeds| {
        let known = auth::known(app, tx, person)?;
        deeds.by(known.account.id);
        if !known.account.is_administrator {
            return Err(Error::Forbidden("an administrator makes operations"));
        }
        known.require(Deed::MakeOperation)?;
        let account = known.account;
        let request_hash = once::hash("operation", sent);
        if let Some(key) = sent.idempotency_key
            && let Some((known, id)) = idempotency::find_operation(tx, account.id, key)?
        {
            let made = operations::load(tx, Some(&[id]))?.pop().ok_or(Error::NotFound)?;
            let same = known == request_hash;
            return if same { Ok(shown(&made)) } else { Err(Error::IdempotencyKeyReused) };
        }
        let kept = insert(app, tx, read_new(app, sent.body)?)?;
        if let Some(key) = sent.idempotency_key {
            let used = idempotency::Used {
                account: account.id,
                key,
                request_hash: &request_hash,
                resource: kept.id,
                at: app.now(),
            };
            idempotency::keep(tx, kept.id, &used)?;
        }
        deeds.changed("operation", kept.id);
        Ok(shown(&kept))
    });
    audit::or_refused(app, (person, ""), done)
}

fn read_new(app: &App, body: &Value) -> Result<Operation> {
    let mut references = resources::Nothing;
    let mut reader = Reader::of_request(&mut references, app.today());
    match Operation::read(body, &Pointer::ROOT, &mut reader) {
        Some(operation) if reader.faults.is_empty() => Ok(operation),
        _ => Err(Error::Invalid(reader.faults)),
    }
}

/// Puts an operation there.
pub(crate) fn insert(app: &App, tx: &mut Tx, operation: Operation) -> Result<KeptOperation> {
    if operations::find(tx, operation.key.as_str())?.is_some() {
        let detail = format!("there is an operation `{}` already", operation.key.as_str());
        return Err(Error::at("key", FaultCode::DuplicateKey, detail));
    }
    let kept = KeptOperation { id: app.ids.id(), operation, evaluated_on: app.today() };
    operations::insert(tx, &kept)?;
    Ok(kept)
}

/// One operation.
///
/// # Errors
/// [`Error::NotFound`] for strangers.
pub fn get(app: &App, person: Person, operation: &str) -> Result<Shown> {
    access::read(app, person, operation, |_, access| Ok(shown(&access.operation)))
}

/// Brings an operation to the values that are given.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Stale`], and all that is wrong with the values.
pub fn amend(
    app: &App,
    person: Person,
    operation: &str,
    if_match: Option<&str>,
    body: &Value,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        access.require(Action::KeepOperation, None)?;
        let mut kept = access.operation.clone();
        resources::expect(&shown(&kept), if_match)?;
        let mut references = resources::Nothing;
        let mut reader = Reader::of_request(&mut references, app.today());
        kept.operation.amend(body, &Pointer::ROOT, &mut reader);
        if !reader.faults.is_empty() {
            return Err(Error::Invalid(reader.faults));
        }
        update(app, tx, &access.operation, &kept)?;
        access.deeds.changed("operation", kept.id);
        Ok(shown(&kept))
    })
}

/// Writes an operation; another slack is read by everything that is live.
pub(crate) fn update(
    app: &App,
    tx: &mut Tx,
    before: &KeptOperation,
    after: &KeptOperation,
) -> Result<()> {
    if before.operation.key != after.operation.key
        && operations::find(tx, after.operation.key.as_str())?.is_some()
    {
        let detail = format!("there is an operation `{}` already", after.operation.key.as_str());
        return Err(Error::at("key", FaultCode::DuplicateKey, detail));
    }
    operations::update(tx, after)?;
    if before.operation.slack_days == after.operation.slack_days {
        return Ok(());
    }
    // A longer slack brings back what was over, so all that is carried on is looked at.
    let server = concord_domain::policy::Scope::server();
    let all = concord_store::engagements::carried_on(tx, after.id, &server)?;
    coherence::reindex(tx, after.id, &all)?;
    coherence::settle(app, tx, after.id, Focus::everything(), &Changed::default())?;
    Ok(())
}

//! Checking before a meeting, without logging an engagement: what the asker may read is answered
//! in full, and of the rest one word. The question and the word are kept as a receipt.
//!
//! Whatever is hidden, the same is done in the same order; what differs is how many entries the
//! rules have before them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDateTime;
use concord_domain::{
    checking::{Word, faults},
    document::{Form, Intention, Member, Writer},
    evaluate::{Focus, evaluate},
    fault::Pointer,
    flag::Flag,
    id::{EngagementId, Kind as Thing, OrganizationId, PlaceId},
    policy::Action,
    vocabulary::{Disclosure, Role},
    window::Day,
};
use concord_store::{
    Tx, accounts,
    checks::{self, Receipt, Whose},
    documents::places,
    entries, withheld,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    asking::Room,
    audit::met::{self, Cut},
    auth::{Person, sha256},
    coherence,
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
    flags::{self, ShownFlag},
    once::{Sent, once},
    resources,
};

/// What a check is answered.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The id of its receipt.
    pub receipt: Uuid,
    /// The flags that the intended engagement would raise with entries that the caller may read,
    /// the worst first.
    pub flags: Vec<ShownFlag>,
    /// What is told of all others.
    pub word: Word,
    /// What the word does not mean, in the caller's language.
    pub note: &'static str,
    /// How many questions the person and the organisation have left today.
    pub left: (u32, u32),
}

/// What an intended engagement would raise.
struct Outcome {
    flags: Vec<ShownFlag>,
    word: Word,
    /// The entries that it would meet, readable or not.
    met: BTreeSet<Uuid>,
}

/// Checks an intended engagement against all that is logged.
///
/// # Errors
/// [`Error::Forbidden`] unless the caller acts for the organisation; all that is wrong with the
/// question; [`Error::BudgetSpent`].
pub fn check(app: &App, person: Person, operation: &str, sent: Sent<'_>) -> Result<Checked> {
    access::write(app, person, operation, |tx, access| {
        let question = read(app, tx, access, sent.body)?;
        let who = (access.account, question.organization.0);
        let mut room = Room::of(tx, &access.operation, who, app.today())?;
        let mut outcome = None;
        let receipt = once(app, tx, access, ("check", sent), |tx| {
            room.require(app)?;
            let found = evaluated(app, tx, access, &question)?;
            access.deeds.meets(found.met.iter().copied());
            let told = u32::from(found.word != Word::NoneKnown);
            room.count(tx, &digest(sent.body), told)?;
            let receipt = keep(app, tx, access, &question, found.word)?;
            outcome = Some(found);
            Ok(receipt)
        })?;
        // Sent again, the word is the one that was told.
        let (flags, word) = match outcome {
            Some(outcome) => (outcome.flags, outcome.word),
            None => {
                let told = one(tx, access, receipt)?.word;
                (evaluated(app, tx, access, &question)?.flags, told)
            }
        };
        let note = access.language.text("check.no_clearance");
        Ok(Checked { receipt, flags, word, note, left: room.left() })
    })
}

/// What stands for a question: why it is asked makes no other one of it.
fn digest(body: &Value) -> String {
    let mut asked = body.clone();
    if let Some(members) = asked.as_object_mut() {
        members.remove("purpose");
    }
    sha256(asked.to_string().as_bytes())
}

/// Reads a question, and refuses what is out of its bounds.
fn read(app: &App, tx: &mut Tx, access: &Access, body: &Value) -> Result<Intention> {
    let question = resources::read_body(app, tx, access, body, |body, reader| {
        Intention::read(body, &Pointer::ROOT, reader)
    })?;
    access.require(Action::RecordEntry, Some(question.organization.0))?;
    access.tell();
    let parts = question.asks.iter().flat_map(|ask| &ask.places);
    let parts = parts.chain(question.demands.iter().flat_map(|demand| &demand.places));
    let named: BTreeSet<Uuid> = question.places.iter().chain(parts).map(|to| to.0.0).collect();
    let named: Vec<Uuid> = named.into_iter().collect();
    let has_level: BTreeMap<PlaceId, bool> = places::load(tx, access.id(), &named)?
        .into_iter()
        .map(|place| {
            let level = place.level.map_or(u32::from(place.parent.is_some()), |level| level.0);
            (place.identity.id, level >= 1)
        })
        .collect();
    let faults = faults(&question, &has_level);
    if faults.is_empty() { Ok(question) } else { Err(Error::Invalid(faults)) }
}

fn evaluated(app: &App, tx: &mut Tx, access: &Access, question: &Intention) -> Result<Outcome> {
    let id = EngagementId(app.ids.id());
    let engagement = question.clone().engagement(id);
    let facts = coherence::gather_around(tx, access.id(), &engagement)?;
    let focus = Focus { engagements: [id].into(), ..Focus::default() };
    let found = evaluate(&facts, &focus);
    let own = HashSet::from([id.0]);
    let Cut { shown, hidden, met } = met::cut(tx, access, (&facts, &own), found)?;
    let all: Vec<Uuid> = met.iter().copied().collect();
    let silent: HashSet<Uuid> = entries::disclosures(tx, access.id(), &all)?
        .into_iter()
        .filter_map(|(entry, _, disclosure)| (disclosure == Disclosure::None).then_some(entry))
        .collect();
    let is_told = |flag: &Flag| {
        let resting = coherence::entries_of(flag.between.iter().copied(), &facts);
        !resting.iter().any(|entry| silent.contains(entry))
    };
    let told = hidden.iter().filter(|flag| is_told(flag));
    let word = Word::of(&told.map(|flag| flag.class).collect());
    let open = shown.iter().flat_map(|flag| flag.between.iter().copied());
    let met = met.into_iter().chain(coherence::entries_of(open, &facts)).collect();
    let flags = flags::show_found(tx, access, &facts, shown, Some(id))?;
    Ok(Outcome { flags, word, met })
}

/// Keeps the receipt.
fn keep(app: &App, tx: &mut Tx, access: &Access, question: &Intention, word: Word) -> Result<Uuid> {
    let receipt = Receipt {
        id: app.ids.id(),
        account: access.account,
        asked_at: app.now(),
        question: question.clone(),
        word,
    };
    checks::keep(tx, access.id(), &receipt)?;
    access.deeds.checked(receipt.id, question.organization.0);
    Ok(receipt.id)
}

/// A receipt as it is shown.
#[derive(Clone, Debug)]
pub struct ShownReceipt {
    /// Its id.
    pub id: Uuid,
    /// When it was asked, in UTC.
    pub asked_at: NaiveDateTime,
    /// The name of who asked.
    pub asked_by: String,
    /// What was asked.
    pub question: Value,
    /// The word that answered it then.
    pub word: Word,
    /// What the word does not mean, in the caller's language.
    pub note: &'static str,
}

/// The receipts of the caller, and those of organisations whose focal point the caller is; the
/// newest first.
///
/// # Errors
/// When the cursor or the limit is wrong.
pub fn list(
    app: &App,
    person: Person,
    operation: &str,
    page: &Page,
) -> Result<Items<ShownReceipt>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let of = ListOf { account: access.account, list: format!("{} checks", access.id()) };
        let limit = page.size()?;
        let after = page.position(app, &of)?.as_deref().and_then(position_of);
        let found = checks::list(tx, access.id(), &whose(access), (None, after), limit + 1)?;
        let Items { items, next } = cursor::page(app, &of, found, limit, position);
        Ok(Items { items: shown(tx, access, items)?, next })
    })
}

fn position(receipt: &Receipt) -> String {
    format!("{} {}", receipt.asked_at.and_utc().timestamp_micros(), receipt.id)
}

fn position_of(text: &str) -> Option<(NaiveDateTime, Uuid)> {
    let (at, id) = text.split_once(' ')?;
    let at = chrono::DateTime::from_timestamp_micros(at.parse().ok()?)?;
    Some((at.naive_utc(), Uuid::parse_str(id).ok()?))
}

/// One receipt: the word that was told, which is not found anew.
///
/// # Errors
/// [`Error::NotFound`], whether it is somebody else's or missing.
pub fn get(app: &App, person: Person, operation: &str, id: Uuid) -> Result<ShownReceipt> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let receipt = one(tx, access, id)?;
        shown(tx, access, vec![receipt])?.pop().ok_or(Error::NotFound)
    })
}

fn one(tx: &mut Tx, access: &Access, id: Uuid) -> Result<Receipt> {
    let found = checks::list(tx, access.id(), &whose(access), (Some(id), None), 1)?.pop();
    found.ok_or(Error::NotFound)
}

fn whose(access: &Access) -> Whose {
    let kept =
        |(role, of): &(Role, Option<OrganizationId>)| of.filter(|_| *role == Role::FocalPoint);
    Whose {
        account: access.account,
        acting_for: access.scope.organizations.clone(),
        kept_for: access.caller.roles.iter().filter_map(kept).collect(),
    }
}

fn shown(tx: &mut Tx, access: &Access, receipts: Vec<Receipt>) -> Result<Vec<ShownReceipt>> {
    let follows = receipts.iter().flat_map(|receipt| &receipt.question.follows);
    let follows: BTreeSet<Uuid> = follows.map(|to| to.0.0).collect();
    let follows: Vec<Uuid> = follows.into_iter().collect();
    let readable = entries::readable(tx, access.id(), &access.scope, &follows)?;
    let askers: BTreeSet<Uuid> = receipts.iter().map(|receipt| receipt.account).collect();
    let askers: Vec<Uuid> = askers.into_iter().collect();
    let names: HashMap<Uuid, String> = accounts::load(tx, &askers)?
        .into_iter()
        .map(|account| (account.id, account.name))
        .collect();
    let name = |kind: Thing, id: Uuid| {
        (kind != Thing::Engagement || readable.contains(&id)).then(|| id.to_string())
    };
    let show = |receipt: Receipt| ShownReceipt {
        id: receipt.id,
        asked_at: receipt.asked_at,
        asked_by: names.get(&receipt.account).cloned().unwrap_or_default(),
        question: receipt.question.write(&Writer::new(&name, Form::View)),
        word: receipt.word,
        note: access.language.text("check.no_clearance"),
    };
    Ok(receipts.into_iter().map(show).collect())
}

/// The entries of an organisation whose restricted lines follow on a later day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub organization: OrganizationId,
    /// How many.
    pub entries: i64,
    /// The day on which the first of them was written.
    pub since: Day,
}

/// What the desk is told when entries were written beyond a budget.
///
/// # Errors
/// [`Error::Forbidden`] for all but the desk.
pub fn waiting(app: &App, person: Person, operation: &str) -> Result<Vec<Waiting>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadQueue, None)?;
        let waiting = withheld::waiting(tx, access.id())?.into_iter();
        let each = |(organization, entries, since): (OrganizationId, i64, NaiveDateTime)| Waiting {
            organization,
            entries,
            since: since.date(),
        };
        Ok(waiting.map(each).collect())
    })
}

//! For how long entries are kept. Each class of entries has a period, which an operation says within
//! bounds; after it an entry is retracted by the registry itself. Only a recorded reason keeps one
//! longer, to a day.

use std::collections::{HashMap, HashSet};

use concord_domain::{
    document::{Commitment, Count, Engagement, Form, Member, Prose, Reader},
    fault::{FaultCode, Pointer},
    id::{CommitmentId, EngagementId, OrganizationId},
    policy::{Action, Scope},
    retention::{
        KEPT_DAYS_MAX, Periods, RETENTION_DAYS_MAX, RETENTION_DAYS_MIN, RetentionClass,
        RetractionReason, class_of, commitment_over_on, kept_to,
    },
    vocabulary::Closed,
    window::{Day, earlier, later},
};
use concord_store::{
    Area, Tx,
    documents::organizations,
    engagements,
    entries::{self, ChangeKind, SharingChange},
    operations, retention as kept, retractions,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    audit::{self, Doing},
    auth::Person,
    error::{Error, Result},
    guard,
    resources::{self, Resource},
    retractions::{erase_commitment, erase_engagement, let_go_of_erased},
    sharing::read_reason,
};

mod receipts;

/// How many entries are retracted at a time at most, so that nobody waits for long.
const AT_ONCE: usize = 50;
/// How many are looked at together.
const LOOKED_AT: i64 = 500;

/// For how long an operation keeps entries of each class.
///
/// # Errors
/// [`Error::NotFound`] for strangers.
pub fn periods(app: &App, person: Person, operation: &str) -> Result<Periods> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        Ok(kept::periods(tx, access.id())?)
    })
}

/// Lets an operation keep entries for other periods from now on.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] beyond the bounds.
pub fn set_periods(app: &App, person: Person, operation: &str, body: &Value) -> Result<Periods> {
    access::write(app, person, operation, |tx, access| {
        access.require(Action::KeepOperation, None)?;
        let (periods, reason) = resources::read_body(app, tx, access, body, read_periods)?;
        let by = (access.account, app.now(), reason.as_str());
        kept::set_periods(tx, access.id(), &periods, by)?;
        access.deeds.changed("retention", access.id());
        Ok(periods)
    })
}

/// The members that say for how many days each class is kept.
const MEMBERS: [(&str, RetentionClass); 3] = [
    ("community_days", RetentionClass::Community),
    ("engagement_days", RetentionClass::Engagement),
    ("commitment_days", RetentionClass::Commitment),
];

fn read_periods(body: &Value, reader: &mut Reader<'_>) -> Option<(Periods, Prose)> {
    let at = Pointer::ROOT;
    let names = ["community_days", "engagement_days", "commitment_days", "reason"];
    let object = reader.object(body, &at, &names)?;
    let days = MEMBERS.map(|(member, class)| read_days(object, reader, (member, class)));
    let reason = read_reason(object, reader, "say why entries are kept for so long");
    let [community, engagement, commitment] = days;
    let periods =
        Periods { community: community?, engagement: engagement?, commitment: commitment? };
    Some((periods, reason?))
}

fn read_days(
    object: &Map<String, Value>,
    reader: &mut Reader<'_>,
    (member, class): (&'static str, RetentionClass),
) -> Option<u32> {
    let at = Pointer::ROOT;
    let Count(days): Count<RETENTION_DAYS_MAX> = reader.required(object, &at, member)?;
    let bounds = RETENTION_DAYS_MIN..=class.days_max();
    if !bounds.contains(&days) {
        let detail = format!("from {RETENTION_DAYS_MIN} to {} days", class.days_max());
        reader.fault(&at.member(member), FaultCode::OutOfRange, detail);
    }
    Some(days)
}

/// For how long one entry is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its class.
    pub class: RetentionClass,
    /// Its last day as things stand.
    pub ends_on: Day,
    /// The day to which somebody said that it is kept in any case.
    pub kept_until: Option<Day>,
}

/// An entry that is kept for a period of its class.
pub trait Retained: Resource {
    /// Its class, and its last day as its class has it.
    ///
    /// # Errors
    /// The store's own.
    fn term(&self, tx: &mut Tx, access: &Access, logged_on: Day) -> Result<(RetentionClass, Day)>;

    /// The entry whose audience it has.
    fn entry(&self) -> Uuid {
        self.id()
    }
}

impl Retained for Engagement {
    fn term(&self, tx: &mut Tx, access: &Access, logged_on: Day) -> Result<(RetentionClass, Day)> {
        Terms::begin(tx, access, std::slice::from_ref(self))?.of(tx, access, (self, logged_on))
    }
}

impl Retained for Commitment {
    fn term(&self, tx: &mut Tx, access: &Access, logged_on: Day) -> Result<(RetentionClass, Day)> {
        if let Some(origin) = self.engagement {
            let found = engagements::load(tx, access.id(), &Scope::server(), &[origin.0])?.pop();
            return found.ok_or(Error::NotFound)?.term(tx, access, logged_on);
        }
        let days = kept::periods(tx, access.id())?.commitment;
        Ok((RetentionClass::Commitment, later(commitment_over_on(self, logged_on), days)))
    }

    fn entry(&self) -> Uuid {
        self.engagement.map_or(self.id(), |origin| origin.0.0)
    }
}

/// For how long an entry is kept.
///
/// # Errors
/// [`Error::NotFound`], whether it is hidden or missing; [`Error::Retracted`].
pub fn of<T: Retained>(app: &App, person: Person, operation: &str, id: Uuid) -> Result<Kept> {
    access::read(app, person, operation, |tx, access| {
        T::require_read(access)?;
        let document: T = resources::load_one(tx, access, id)?;
        access.deeds.shows(std::slice::from_ref(&document));
        kept_of(tx, access, &document)
    })
}

fn kept_of<T: Retained>(tx: &mut Tx, access: &Access, document: &T) -> Result<Kept> {
    let (logged_on, kept_until) = kept::days(tx, access.id(), document.entry())?;
    let logged_on = logged_on.unwrap_or(access.operation.evaluated_on);
    let (class, by_class) = document.term(tx, access, logged_on)?;
    let ends_on = kept_until.map_or(by_class, |kept| by_class.max(kept));
    Ok(Kept { class, ends_on, kept_until })
}

/// Keeps an entry to a day, whatever its class says, for a reason.
///
/// # Errors
/// As amending the entry; [`Error::Conflict`] for a commitment that came from an engagement.
pub fn keep<T: Retained>(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    body: &Value,
) -> Result<Kept> {
    access::write(app, person, operation, |tx, access| {
        let document: T = resources::load_one(tx, access, id)?;
        document.require_write(tx, access)?;
        resources::expect(&resources::shown(tx, access, &document)?, if_match)?;
        let today = access.operation.evaluated_on;
        let (until, reason) = resources::read_body(app, tx, access, body, |body, reader| {
            read_kept(body, reader, today)
        })?;
        let shared = entries::sharing(tx, access.id(), id)?;
        let Some((sharing, disclosure)) = shared else {
            let detail = "it came from an engagement and is kept as long as that";
            return Err(Error::Conflict(detail.to_owned()));
        };
        kept::keep_until(tx, access.id(), id, until)?;
        let change = SharingChange {
            kind: ChangeKind::Kept,
            at: app.now(),
            account: access.account,
            audience: sharing.audience,
            disclosure,
            reason: reason.as_str(),
        };
        entries::keep_change(tx, access.id(), id, &change)?;
        access.deeds.retracted("kept_longer", id, document.whose());
        kept_of(tx, access, &document)
    })
}

fn read_kept(body: &Value, reader: &mut Reader<'_>, today: Day) -> Option<(Day, Prose)> {
    let at = Pointer::ROOT;
    let object = reader.object(body, &at, &["until", "reason"])?;
    let until: Option<Day> = reader.required(object, &at, "until");
    let last = later(today, KEPT_DAYS_MAX);
    if until.is_some_and(|until| until < today || until > last) {
        let detail = format!("a day from {today} to {last}");
        reader.fault(&at.member("until"), FaultCode::OutOfRange, detail);
    }
    let reason = read_reason(object, reader, "say why it is kept for longer");
    Some((until?, reason?))
}

/// By what the last day of engagements is found.
struct Terms {
    periods: Periods,
    community_led: HashSet<OrganizationId>,
}

impl Terms {
    fn begin<'e>(
        tx: &mut Tx,
        access: &Access,
        engagements: impl IntoIterator<Item = &'e Engagement>,
    ) -> Result<Self> {
        let leads: HashSet<Uuid> =
            engagements.into_iter().map(|engagement| engagement.organization.0.0).collect();
        let leads: Vec<Uuid> = leads.into_iter().collect();
        let leads = organizations::load(tx, access.id(), &leads)?;
        let led = leads.into_iter().filter(|lead| lead.kind.is_community_led());
        let community_led = led.map(|lead| lead.identity.id).collect();
        Ok(Self { periods: kept::periods(tx, access.id())?, community_led })
    }

    fn of(
        &self,
        tx: &mut Tx,
        access: &Access,
        (engagement, logged_on): (&Engagement, Day),
    ) -> Result<(RetentionClass, Day)> {
        let is_led = self.community_led.contains(&engagement.organization.0);
        let class = class_of(engagement, is_led);
        let from = retractions::commitments_from(tx, access.id(), engagement.id())?;
        let from = engagements::load_commitments_for_rules(tx, access.id(), &from)?;
        let days = (logged_on, access.operation.evaluated_on);
        Ok((class, kept_to((engagement, &from), (class, &self.periods), days)))
    }
}

/// The entries of an operation that are past what they are kept for, some at a time.
struct Past {
    engagements: Vec<EngagementId>,
    commitments: Vec<CommitmentId>,
}

/// Retracts the entries that are past what they are kept for, in all operations. Answers how many,
/// by the operation's key. One operation that fails keeps none of the others from it.
///
/// # Errors
/// The store's own, once all operations were tried.
pub fn run(app: &App) -> Result<Vec<(String, usize)>> {
    let app = &App { doing: Doing::own(audit::RETENTION), ..app.clone() };
    let all = app.store.read(|tx| Ok::<_, Error>(operations::load(tx, None)?))?;
    let (mut done, mut failed) = (Vec::new(), None);
    for operation in all {
        match run_in(app, operation.id) {
            Ok(count) => done.push((operation.operation.key.as_str().to_owned(), count)),
            Err(error) => failed = Some(error),
        }
    }
    if done.iter().any(|(_, count)| *count > 0) {
        let_go_of_erased(app);
    }
    failed.map_or(Ok(done), Err)
}

fn run_in(app: &App, operation: Uuid) -> Result<usize> {
    access::bring_up_to_today(app, operation)?;
    let mut all = 0;
    loop {
        // Where nothing is past, no writer is kept from its work, and nothing is recorded.
        let is_past = app.store.read(|tx| {
            let access = server(tx, operation)?;
            let past = past(tx, &access, 1)?;
            Ok::<_, Error>(!past.engagements.is_empty() || !past.commitments.is_empty())
        })?;
        if !is_past {
            receipts::erase(app, operation)?;
            return Ok(all);
        }
        all += audit::write(app, Area::Operation(operation), |tx, deeds| {
            let access = Access { deeds: std::rc::Rc::clone(deeds), ..server(tx, operation)? };
            let past = past(tx, &access, AT_ONCE)?;
            retract(app, tx, &access, &past)
        })?;
    }
}

fn server(tx: &mut Tx, operation: Uuid) -> Result<Access> {
    let present = operations::load(tx, Some(&[operation]))?.pop().ok_or(Error::NotFound)?;
    Ok(Access::of_server(present))
}

fn retract(app: &App, tx: &mut Tx, access: &Access, past: &Past) -> Result<usize> {
    let reason = RetractionReason::PastRetention;
    let (operation, scope) = (access.id(), Scope::server());
    let mut count = 0;
    for engagement in engagements::load(tx, operation, &scope, &past.engagements)? {
        erase_engagement(app, tx, access, (&engagement, reason))?;
        count += 1;
    }
    for commitment in engagements::load_commitments(tx, operation, &scope, &past.commitments)? {
        erase_commitment(app, tx, access, (&commitment, reason))?;
        count += 1;
    }
    Ok(count)
}

/// At most `limit` entries of each kind that are past what they are kept for.
fn past(tx: &mut Tx, access: &Access, limit: usize) -> Result<Past> {
    let (operation, today) = (access.id(), access.operation.evaluated_on);
    let shortest = kept::periods(tx, operation)?.shortest();
    let rested = (earlier(today, shortest), today);
    let mut past = Past { engagements: Vec::new(), commitments: Vec::new() };
    let mut after = EngagementId(Uuid::nil());
    while past.engagements.len() < limit {
        let found = kept::rested_since(tx, operation, rested, (after, LOOKED_AT))?;
        let Some((last, _)) = found.last() else { break };
        after = *last;
        let logged: HashMap<EngagementId, Day> = found.into_iter().collect();
        let ids: Vec<EngagementId> = logged.keys().copied().collect();
        let documents = engagements::load_for_rules(tx, operation, &ids)?;
        let terms = Terms::begin(tx, access, documents.iter().map(AsRef::as_ref))?;
        for document in documents {
            let logged_on = logged.get(&document.identity.id).copied().unwrap_or(today);
            let (_, last) = terms.of(tx, access, (&document, logged_on))?;
            if past.engagements.len() < limit && last < today {
                past.engagements.push(document.identity.id);
            }
        }
    }
    let days = kept::periods(tx, operation)?.commitment;
    let mut after = CommitmentId(Uuid::nil());
    while past.commitments.len() < limit {
        let found = kept::own_commitments(tx, operation, rested, (after, LOOKED_AT))?;
        let Some((last, _)) = found.last() else { break };
        after = *last;
        let logged: HashMap<CommitmentId, Day> = found.into_iter().collect();
        let ids: Vec<CommitmentId> = logged.keys().copied().collect();
        for document in engagements::load_commitments_for_rules(tx, operation, &ids)? {
            let logged_on = logged.get(&document.identity.id).copied().unwrap_or(today);
            let last = later(commitment_over_on(&document, logged_on), days);
            if past.commitments.len() < limit && last < today {
                past.commitments.push(document.identity.id);
            }
        }
    }
    Ok(past)
}

/// The JSON Schemas of the bodies and the answers, by name.
#[must_use]
pub fn schemas() -> Vec<(String, Value)> {
    let mut schemas = concord_domain::document::Schemas::new(Form::New, "#/components/schemas/");
    let mut periods = Map::new();
    for (member, class) in MEMBERS {
        let schema = json!({
            "type": "integer",
            "minimum": RETENTION_DAYS_MIN,
            "maximum": class.days_max(),
        });
        periods.insert(member.to_owned(), schema);
    }
    let names = || MEMBERS.iter().map(|(member, _)| *member);
    let shown = json!({
        "type": "object",
        "description": "For how many days an operation keeps entries of each class after what they \
                        tell of is over.",
        "properties": periods.clone(),
        "required": names().collect::<Vec<_>>(),
        "additionalProperties": false,
    });
    periods.insert("reason".to_owned(), Prose::schema(&mut schemas));
    periods.insert(guard::MEMBER.to_owned(), guard::schema());
    let new = json!({
        "type": "object",
        "description": "For how many days entries are to be kept, and why.",
        "properties": periods,
        "required": names().chain(["reason"]).collect::<Vec<_>>(),
        "additionalProperties": false,
    });
    let keep = json!({
        "type": "object",
        "description": "To which day an entry is kept whatever its class says, and why.",
        "properties": {
            "until": Day::schema(&mut schemas),
            "reason": Prose::schema(&mut schemas),
            guard::MEMBER: guard::schema(),
        },
        "required": ["until", "reason"],
        "additionalProperties": false,
    });
    let classes: Vec<&str> = RetentionClass::ALL.iter().map(|class| class.code()).collect();
    let kept = json!({
        "type": "object",
        "description": "For how long an entry is kept.",
        "properties": {
            "class": {"type": "string", "enum": classes},
            "ends_on": {
                "type": "string", "format": "date", "description": "Its last day as things stand.",
            },
            "kept_until": {
                "type": ["string", "null"], "format": "date",
                "description": "The day to which somebody said that it is kept in any case.",
            },
        },
        "required": ["class", "ends_on", "kept_until"],
        "additionalProperties": false,
    });
    [("Retention", shown), ("NewRetention", new), ("KeepEntry", keep), ("KeptEntry", kept)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .into()
}

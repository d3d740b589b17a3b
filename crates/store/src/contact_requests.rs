//! Requests to be put in touch. Each side's is a row of its own, with an id and the entries of its
//! own; whoever asks for rows says for whom, and is given no others.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use concord_domain::{
    id::OrganizationId,
    vocabulary::{Closed, FlagClass},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx, insert_all},
    documents::IDS_MAX,
    entries::closed,
    error::{Result, StoreError},
    lists::{Among, id_list},
    retractions,
    schema::contact::{
        contact_request_entries as e, contact_requests as t, received_contact_requests as r,
    },
    sealing::{TextOf, seal, unseal},
    sql::RowId,
};

mod received;

pub use received::{Answered, Received, answer, received, sides};

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A restricted line, by its id.
    Line(Uuid),
    /// A flag that could be read.
    Flag(Uuid),
}

impl About {
    /// The restricted line, if it is about one.
    #[must_use]
    pub const fn line(self) -> Option<Uuid> {
        match self {
            Self::Line(id) => Some(id),
            Self::Flag(_) => None,
        }
    }

    /// The flag, if it is about one that could be read.
    #[must_use]
    pub const fn flag(self) -> Option<Uuid> {
        match self {
            Self::Flag(id) => Some(id),
            Self::Line(_) => None,
        }
    }
}

/// What somebody writes to the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Why.
    pub reason: Option<String>,
    /// How to reach them, for the other side once both have said yes.
    pub contact: Option<String>,
}

/// A request as those who ask know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// Who asks.
    pub organization: OrganizationId,
    /// Who of them.
    pub account: Uuid,
    /// What it is about.
    pub about: About,
    /// The class of the flags.
    pub class: FlagClass,
    /// When it was asked, in UTC.
    pub asked_at: NaiveDateTime,
    /// The UTC day with whose start it closes.
    pub closes_on: NaiveDate,
    /// What is written.
    pub words: Words,
    /// The entries of those who ask.
    pub entries: Vec<Uuid>,
}

/// Which requests are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// The one with this id.
    pub id: Option<Uuid>,
    /// Those that come after this one, the latest first.
    pub before: Option<(NaiveDateTime, Uuid)>,
}

fn written(words: &Words) -> String {
    serde_json::json!([words.reason, words.contact]).to_string()
}

fn read(tx: &mut Tx, of: &TextOf, stored: &[u8]) -> Result<Words> {
    let text = unseal(tx, of, stored)?;
    let (reason, contact) = serde_json::from_str(&text)
        .map_err(|_| StoreError::Corrupt("what was written to the other side".to_owned()))?;
    Ok(Words { reason, contact })
}

fn of_request(operation: Uuid, id: Uuid, organization: OrganizationId) -> TextOf {
    TextOf::row("contact_requests", operation, id, Some(organization.0))
}

/// Keeps a request, with what each of those is given who are asked.
///
/// # Errors
/// The store's own.
pub fn insert(
    tx: &mut Tx,
    operation: Uuid,
    request: &Request,
    received: &[Received],
) -> Result<()> {
    let of = of_request(operation, request.id, request.organization);
    let texts = seal(tx, &of, &written(&request.words))?;
    let (line, flag) = match request.about {
        About::Line(id) => (Some(RowId(id)), None),
        About::Flag(id) => (None, Some(RowId(id))),
    };
    let row = (
        t::operation_id.eq(RowId(operation)),
        t::id.eq(RowId(request.id)),
        t::organization_id.eq(RowId::from(request.organization)),
        t::account_id.eq(RowId(request.account)),
        (t::line_id.eq(line), t::flag_id.eq(flag)),
        t::class.eq(request.class.code()),
        t::asked_at.eq(request.asked_at),
        t::closes_on.eq(request.closes_on),
        t::texts.eq(Some(texts)),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    let rows = received.iter().map(|each| {
        (
            r::operation_id.eq(RowId(operation)),
            r::id.eq(RowId(each.id)),
            r::request_id.eq(RowId(request.id)),
            r::organization_id.eq(each.organization.map(RowId::from)),
            r::asked_at.eq(each.asked_at),
        )
    });
    insert_all!(tx, r::table, rows);
    let own = request.entries.iter().map(|entry| (request.id, *entry));
    let theirs =
        received.iter().flat_map(|each| each.entries.iter().map(|entry| (each.id, *entry)));
    let entries = own.chain(theirs).map(|(side, entry)| {
        (
            e::operation_id.eq(RowId(operation)),
            e::side_id.eq(RowId(side)),
            e::entry_id.eq(RowId(entry)),
        )
    });
    insert_all!(tx, e::table, entries);
    Ok(())
}

/// A row as it stands: the operation, the id, who asks, who of them, the line, the flag, the class,
/// when it was asked and closes, what is written.
type Row = (
    RowId,
    RowId,
    RowId,
    RowId,
    Option<RowId>,
    Option<RowId>,
    String,
    NaiveDateTime,
    NaiveDate,
    Option<Vec<u8>>,
);

fn requests(tx: &mut Tx, operation: Uuid, rows: Vec<Row>) -> Result<Vec<Request>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.1.0).collect();
    let mut entries = entries(tx, operation, &ids)?;
    rows.into_iter()
        .map(|(_, id, organization, account, line, flag, class, asked_at, closes_on, texts)| {
            let organization = OrganizationId(organization.0);
            let of = of_request(operation, id.0, organization);
            let about = match (line, flag) {
                (Some(line), _) => About::Line(line.0),
                (None, Some(flag)) => About::Flag(flag.0),
                (None, None) => {
                    return Err(StoreError::Corrupt("a request about nothing".to_owned()));
                }
            };
            Ok(Request {
                id: id.0,
                organization,
                account: account.0,
                about,
                class: closed(&class)?,
                asked_at,
                closes_on,
                words: texts.map(|texts| read(tx, &of, &texts)).transpose()?.unwrap_or_default(),
                entries: entries.remove(&id.0).unwrap_or_default(),
            })
        })
        .collect()
}

/// The entries of each of these sides, in the order of their ids.
fn entries(tx: &mut Tx, operation: Uuid, sides: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for sides in sides.chunks(IDS_MAX) {
        let rows: Vec<(RowId, RowId)> = e::table
            .filter(e::operation_id.eq(RowId(operation)))
            .filter(e::side_id.among(id_list(sides.iter().copied())))
            .order((e::side_id, e::entry_id))
            .select((e::side_id, e::entry_id))
            .load(tx)?;
        for (side, entry) in rows {
            found.entry(side.0).or_default().push(entry.0);
        }
    }
    Ok(found)
}

/// The requests with these ids.
fn load(tx: &mut Tx, operation: Uuid, ids: &[Uuid]) -> Result<Vec<Request>> {
    let mut found = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<Row> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::id.among(id_list(ids.iter().copied())))
            .load(tx)?;
        found.extend(requests(tx, operation, rows)?);
    }
    Ok(found)
}

/// At most `limit` of the requests that these organisations have made, the latest first.
///
/// # Errors
/// The store's own.
pub fn asked(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    filter: Filter,
    limit: i64,
) -> Result<Vec<Request>> {
    let mut query = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::organization_id.among(id_list(organizations.iter().copied())))
        .order((t::asked_at.desc(), t::id.desc()))
        .limit(limit)
        .into_boxed::<MultiBackend>();
    if let Some(id) = filter.id {
        query = query.filter(t::id.eq(RowId(id)));
    }
    if let Some((at, id)) = filter.before {
        query = query.filter(t::asked_at.lt(at).or(t::asked_at.eq(at).and(t::id.lt(RowId(id)))));
    }
    let rows: Vec<Row> = query.load(tx)?;
    requests(tx, operation, rows)
}

/// The requests that these organisations have made and that are open on a day.
///
/// # Errors
/// The store's own.
pub fn open(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    today: NaiveDate,
) -> Result<Vec<OpenRequest>> {
    let rows: Vec<(RowId, Option<RowId>, Option<RowId>, String)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::organization_id.among(id_list(organizations.iter().copied())))
        .filter(t::closes_on.gt(today))
        .order(t::id)
        .select((t::id, t::line_id, t::flag_id, t::class))
        .load(tx)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0.0).collect();
    let mut entries = entries(tx, operation, &ids)?;
    let one = |(id, line, flag, class): (RowId, Option<RowId>, Option<RowId>, String)| {
        let about = line.map(|id| About::Line(id.0)).or(flag.map(|id| About::Flag(id.0)));
        let entries = entries.remove(&id.0).unwrap_or_default();
        Ok(OpenRequest { about, class: closed(&class)?, entries })
    };
    rows.into_iter().map(one).collect()
}

/// Of a request that is open what decides whether another may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// What it is about.
    pub about: Option<About>,
    /// The class of the flags.
    pub class: FlagClass,
    /// The entries of those who ask.
    pub entries: Vec<Uuid>,
}

/// How many requests an organisation has made since a moment.
///
/// # Errors
/// The store's own.
pub fn count_since(
    tx: &mut Tx,
    operation: Uuid,
    organization: OrganizationId,
    since: NaiveDateTime,
) -> Result<i64> {
    Ok(t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::organization_id.eq(RowId::from(organization)))
        .filter(t::asked_at.ge(since))
        .count()
        .get_result(tx)?)
}

/// Erases what was said in requests about an entry, by those who asked and those who were asked, and
/// that they were about it. That somebody asked somebody stays.
///
/// # Errors
/// The store's own.
pub(crate) fn forget_entry(tx: &mut Tx, operation: Uuid, entry: Uuid) -> Result<()> {
    let about = e::table.filter(e::operation_id.eq(RowId(operation)));
    let about = about.filter(e::entry_id.eq(RowId(entry)));
    let sides: Vec<RowId> = about.select(e::side_id).load(tx)?;
    for side in sides {
        let received: Vec<RowId> = r::table
            .filter(r::operation_id.eq(RowId(operation)))
            .filter(r::request_id.eq(side).or(r::id.eq(side)))
            .select(r::id)
            .load(tx)?;
        for id in received.into_iter().chain([side]) {
            let nothing: Option<Vec<u8>> = None;
            let there = r::table.filter(r::operation_id.eq(RowId(operation))).filter(r::id.eq(id));
            diesel::update(there).set(r::texts.eq(nothing.clone())).execute(tx)?;
            let there = t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::id.eq(id));
            diesel::update(there).set(t::texts.eq(nothing)).execute(tx)?;
            retractions::forget_made(tx, operation, id.0)?;
        }
    }
    diesel::delete(about).execute(tx)?;
    Ok(())
}

//! Requests to be put in touch as those know them who are asked.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use concord_domain::{
    contact_request::Answer, id::OrganizationId, policy::Scope, vocabulary::Closed,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, QueryDsl, RunQueryDsl, sql_types::Bool,
};
use uuid::Uuid;

use super::{Filter, Request, Words, entries, read, written};
use crate::{
    connection::{MultiBackend, Tx},
    documents::IDS_MAX,
    entries::closed,
    error::Result,
    lists::{Among, id_list},
    schema::contact::received_contact_requests as r,
    sealing::{TextOf, seal},
    sql::RowId,
};

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Which.
    pub answer: Answer,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Who gave it.
    pub account: Uuid,
    /// What is written; the reason stays with those who wrote it.
    pub words: Words,
}

/// A request as one of those who were asked knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: Uuid,
    /// Of which request.
    pub request: Uuid,
    /// Who is asked; none is the desk.
    pub organization: Option<OrganizationId>,
    /// When it was asked, in UTC.
    pub asked_at: NaiveDateTime,
    /// The answer.
    pub answered: Option<Answered>,
    /// The entries of those who are asked.
    pub entries: Vec<Uuid>,
}

fn of_received(operation: Uuid, id: Uuid, organization: Option<OrganizationId>) -> TextOf {
    TextOf::row("received_contact_requests", operation, id, organization.map(|id| id.0))
}

/// A row as it stands: the operation, the id, the request, who is asked, when; the answer, when it was
/// given and by whom, what is written.
type Row = (
    RowId,
    RowId,
    RowId,
    Option<RowId>,
    NaiveDateTime,
    Option<String>,
    Option<NaiveDateTime>,
    Option<RowId>,
    Option<Vec<u8>>,
);

fn received_of(tx: &mut Tx, operation: Uuid, rows: Vec<Row>) -> Result<Vec<Received>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.1.0).collect();
    let mut entries = entries(tx, operation, &ids)?;
    rows.into_iter()
        .map(|(_, id, request, organization, asked_at, answer, answered_at, account, texts)| {
            let organization = organization.map(|id| OrganizationId(id.0));
            let of = of_received(operation, id.0, organization);
            let answered = match (answer, answered_at, account) {
                (Some(answer), Some(at), Some(account)) => Some(Answered {
                    answer: closed(&answer)?,
                    at,
                    account: account.0,
                    words: texts.map(|it| read(tx, &of, &it)).transpose()?.unwrap_or_default(),
                }),
                _ => None,
            };
            Ok(Received {
                id: id.0,
                request: request.0,
                organization,
                asked_at,
                answered,
                entries: entries.remove(&id.0).unwrap_or_default(),
            })
        })
        .collect()
}

/// At most `limit` of the requests that were put to those for whom somebody acts, each with what
/// those who ask know of it, the latest first.
///
/// # Errors
/// The store's own.
pub fn received(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    filter: Filter,
    limit: i64,
) -> Result<Vec<(Received, Request)>> {
    let of_the_desk = r::organization_id.is_null().and(scope.is_desk.into_sql::<Bool>());
    let mut query = r::table
        .filter(r::operation_id.eq(RowId(operation)))
        .filter(
            r::organization_id.among(id_list(scope.organizations.iter().copied())).or(of_the_desk),
        )
        .order((r::asked_at.desc(), r::id.desc()))
        .limit(limit)
        .into_boxed::<MultiBackend>();
    if let Some(id) = filter.id {
        query = query.filter(r::id.eq(RowId(id)));
    }
    if let Some((at, id)) = filter.before {
        query = query.filter(r::asked_at.lt(at).or(r::asked_at.eq(at).and(r::id.lt(RowId(id)))));
    }
    let rows: Vec<Row> = query.load(tx)?;
    let found = received_of(tx, operation, rows)?;
    let ids: Vec<Uuid> = found.iter().map(|each| each.request).collect();
    let by_id: HashMap<Uuid, Request> =
        super::load(tx, operation, &ids)?.into_iter().map(|each| (each.id, each)).collect();
    Ok(found
        .into_iter()
        .filter_map(|each| {
            let request = by_id.get(&each.request)?.clone();
            Some((each, request))
        })
        .collect())
}

/// What those were given who were asked by these requests: for the server alone, which tells of it
/// to who asked no more than that somebody has said yes.
///
/// # Errors
/// The store's own.
pub fn sides(tx: &mut Tx, operation: Uuid, requests: &[Uuid]) -> Result<Vec<Received>> {
    let mut found = Vec::new();
    for ids in requests.chunks(IDS_MAX) {
        let rows: Vec<Row> = r::table
            .filter(r::operation_id.eq(RowId(operation)))
            .filter(r::request_id.among(id_list(ids.iter().copied())))
            .order(r::id)
            .load(tx)?;
        found.extend(received_of(tx, operation, rows)?);
    }
    Ok(found)
}

/// Keeps an answer.
///
/// # Errors
/// The store's own.
pub fn answer(
    tx: &mut Tx,
    operation: Uuid,
    (id, organization): (Uuid, Option<OrganizationId>),
    answered: &Answered,
) -> Result<()> {
    let of = of_received(operation, id, organization);
    let texts = seal(tx, &of, &written(&answered.words))?;
    let there = r::table.filter(r::operation_id.eq(RowId(operation))).filter(r::id.eq(RowId(id)));
    let values = (
        r::answer.eq(Some(answered.answer.code())),
        r::answered_at.eq(Some(answered.at)),
        r::account_id.eq(Some(RowId(answered.account))),
        r::texts.eq(Some(texts)),
    );
    diesel::update(there).set(values).execute(tx)?;
    Ok(())
}

//! The receipts of checks: the question and the word that answered it. They are never changed.

use chrono::NaiveDateTime;
use concord_domain::{checking::Word, document::Intention, id::OrganizationId};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx},
    documents::{restored, stored},
    error::{Result, StoreError},
    lists::{Among, id_list},
    retractions,
    schema::checks as t,
    sealing::TextOf,
    sql::RowId,
};

/// A receipt.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// Its id.
    pub id: Uuid,
    /// Who asked.
    pub account: Uuid,
    /// When, in UTC.
    pub asked_at: NaiveDateTime,
    /// What was asked.
    pub question: Intention,
    /// The word that answered it.
    pub word: Word,
}

/// Keeps a receipt.
///
/// # Errors
/// The store's own.
pub fn keep(tx: &mut Tx, operation: Uuid, receipt: &Receipt) -> Result<()> {
    let organization = receipt.question.organization.0;
    let of = TextOf::row("checks", operation, receipt.id, Some(organization.0));
    let (document, texts) = stored(tx, &of, &receipt.question)?;
    let row = (
        t::operation_id.eq(RowId(operation)),
        t::id.eq(RowId(receipt.id)),
        t::account_id.eq(RowId(receipt.account)),
        t::organization_id.eq(RowId::from(receipt.question.organization.0)),
        t::asked_at.eq(receipt.asked_at),
        t::word.eq(receipt.word.code()),
        t::document.eq(document),
        t::texts.eq(texts),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// Erases the receipts from before a time, at most `limit` of them; their ids.
///
/// # Errors
/// The store's own.
pub fn erase_before(
    tx: &mut Tx,
    operation: Uuid,
    (before, limit): (NaiveDateTime, i64),
) -> Result<Vec<Uuid>> {
    let rows: Vec<RowId> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::asked_at.lt(before))
        .order(t::asked_at)
        .limit(limit)
        .select(t::id)
        .load(tx)?;
    let ids: Vec<Uuid> = rows.into_iter().map(|id| id.0).collect();
    let of_operation = t::table.filter(t::operation_id.eq(RowId(operation)));
    diesel::delete(of_operation.filter(t::id.among(id_list(ids.iter().copied())))).execute(tx)?;
    for id in &ids {
        retractions::forget_made(tx, operation, *id)?;
    }
    Ok(ids)
}

/// Whether there are receipts from before a time.
///
/// # Errors
/// The store's own.
pub fn any_before(tx: &mut Tx, operation: Uuid, before: NaiveDateTime) -> Result<bool> {
    let old = t::table.filter(t::operation_id.eq(RowId(operation))).filter(t::asked_at.lt(before));
    Ok(diesel::select(diesel::dsl::exists(old)).get_result(tx)?)
}

/// Whose receipts are asked for.
#[derive(Clone, Debug)]
pub struct Whose {
    /// Those that this person asked for.
    pub account: Uuid,
    /// For these organisations.
    pub acting_for: Vec<OrganizationId>,
    /// And all of these organisations.
    pub kept_for: Vec<OrganizationId>,
}

/// Receipts, the newest first: the one with this id, or at most `limit` that come after one.
///
/// # Errors
/// The store's own.
pub fn list(
    tx: &mut Tx,
    operation: Uuid,
    whose: &Whose,
    (id, after): (Option<Uuid>, Option<(NaiveDateTime, Uuid)>),
    limit: i64,
) -> Result<Vec<Receipt>> {
    let own = t::account_id.eq(RowId(whose.account));
    let acting_for = id_list(whose.acting_for.iter().copied());
    let kept_for = id_list(whose.kept_for.iter().copied());
    let own = own.and(t::organization_id.among(acting_for));
    let mut query = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(own.or(t::organization_id.among(kept_for)))
        .order((t::asked_at.desc(), t::id.desc()))
        .limit(limit)
        .select((
            t::id,
            t::account_id,
            t::organization_id,
            t::asked_at,
            t::word,
            t::document,
            t::texts,
        ))
        .into_boxed::<MultiBackend>();
    if let Some(id) = id {
        query = query.filter(t::id.eq(RowId(id)));
    }
    if let Some((asked_at, id)) = after {
        let same = t::asked_at.eq(asked_at).and(t::id.lt(RowId(id)));
        query = query.filter(t::asked_at.lt(asked_at).or(same));
    }
    type Row = (RowId, RowId, RowId, NaiveDateTime, String, String, Option<Vec<u8>>);
    let rows: Vec<Row> = query.load(tx)?;
    rows.into_iter()
        .map(|(id, account, organization, asked_at, word, document, texts)| {
            let of = TextOf::row("checks", operation, id.0, Some(organization.0));
            let known = Word::from_code(&word);
            Ok(Receipt {
                id: id.0,
                account: account.0,
                asked_at,
                question: restored(tx, &of, (document, texts))?,
                word: known.ok_or_else(|| StoreError::Corrupt("no such word".to_owned()))?,
            })
        })
        .collect()
}

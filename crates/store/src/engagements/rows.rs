//! Engagements and commitments as they stand in their rows.

use concord_domain::{
    document::{self, Commitment, Engagement},
    id::CommitmentId,
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    documents::{IDS_MAX, restored},
    error::{Result, StoreError},
    lists::{Among, id_list},
    schema::commitments as c,
    sealing::TextOf,
    sql::RowId,
};

/// The id, the organisation, the document and its texts.
pub(super) type EngagementRow = (RowId, RowId, String, Option<Vec<u8>>);

/// The engagement of a row.
pub(super) fn engagement(
    tx: &mut Tx,
    operation: Uuid,
    (id, organization, document, texts): EngagementRow,
) -> Result<Engagement> {
    let of = TextOf::row("engagements", operation, id.0, Some(organization.0));
    restored(tx, &of, (document, texts))
}

/// The id, the organisation if it has one, the document and its texts.
pub(super) type CommitmentRow = (RowId, Option<RowId>, String, Option<Vec<u8>>);

/// The commitment of a row.
pub(super) fn commitment(
    tx: &mut Tx,
    operation: Uuid,
    (id, owner, document, texts): CommitmentRow,
) -> Result<Commitment> {
    let of = TextOf::row("commitments", operation, id.0, owner.map(|id| id.0));
    restored(tx, &of, (document, texts))
}

/// The commitments with these ids for the rules, which skip nothing, and read no free texts: what
/// is answered is never to be shown or saved.
///
/// # Errors
/// The store's own.
pub fn load_commitments_for_rules(
    tx: &mut Tx,
    operation: Uuid,
    ids: &[CommitmentId],
) -> Result<Vec<Commitment>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<String> = c::table
            .filter(c::operation_id.eq(RowId(operation)))
            .filter(c::id.among(id_list(ids.iter().copied())))
            .order(c::id)
            .select(c::document)
            .load(tx)?;
        for row in rows {
            let read = document::restore_without_texts(&row);
            found
                .push(read.map_err(|fault| StoreError::Corrupt(format!("a commitment: {fault}")))?);
        }
    }
    Ok(found)
}

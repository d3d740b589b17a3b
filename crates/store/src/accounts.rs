//! People: accounts, and what they are in an operation.

use chrono::NaiveDateTime;
use concord_domain::{
    id::OrganizationId,
    vocabulary::{Closed, Role},
};
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    entries::closed,
    error::Result,
    lists::{Among, id_list},
    schema::{accounts as t, memberships as m, sessions as s},
    sql::{RowId, as_clear, in_clear},
};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// What the person signs in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The hash of the password, once there is one.
    pub password_hash: Option<String>,
    /// The hash of an invitation that is open.
    pub invitation_hash: Option<String>,
    /// Until when it is open, in UTC.
    pub invitation_until: Option<NaiveDateTime>,
    /// Whether the person manages the installation.
    pub is_administrator: bool,
    /// Whether the account is closed.
    pub is_disabled: bool,
}

/// What a person is in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// What.
    pub role: Role,
    /// For which organisation.
    pub organization: Option<OrganizationId>,
}

type Row =
    (RowId, String, Vec<u8>, Option<String>, Option<String>, Option<NaiveDateTime>, bool, bool);

fn account(row: Row) -> Result<Account> {
    Ok(Account {
        id: row.0.0,
        login: row.1,
        name: in_clear(&row.2)?,
        password_hash: row.3,
        invitation_hash: row.4,
        invitation_until: row.5,
        is_administrator: row.6,
        is_disabled: row.7,
    })
}

/// The account with this login.
///
/// # Errors
/// The store's own.
pub fn with_login(tx: &mut Tx, login: &str) -> Result<Option<Account>> {
    // No login holds what PostgreSQL keeps in no text.
    if login.contains('\0') {
        return Ok(None);
    }
    let row: Option<Row> = t::table.filter(t::login.eq(login)).first(tx).optional()?;
    row.map(account).transpose()
}

/// The account with an open invitation of this hash.
///
/// # Errors
/// The store's own.
pub fn with_invitation(tx: &mut Tx, hash: &str) -> Result<Option<Account>> {
    let row: Option<Row> = t::table.filter(t::invitation_hash.eq(hash)).first(tx).optional()?;
    row.map(account).transpose()
}

/// The account of a session that has not been ended, and when its person last proved within it
/// who they are.
///
/// # Errors
/// The store's own.
pub fn of_session(
    tx: &mut Tx,
    id: Uuid,
    session: Uuid,
) -> Result<Option<(Account, NaiveDateTime)>> {
    let row: Option<(Row, NaiveDateTime)> = t::table
        .inner_join(s::table.on(s::account_id.eq(t::id)))
        .filter(s::id.eq(RowId(session)))
        .filter(t::id.eq(RowId(id)))
        .select((t::all_columns, s::proved_at))
        .first(tx)
        .optional()?;
    row.map(|(row, proved_at)| Ok((account(row)?, proved_at))).transpose()
}

/// The accounts with these ids.
///
/// # Errors
/// The store's own.
pub fn load(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Account>> {
    let mut found = Vec::new();
    for ids in ids.chunks(crate::documents::IDS_MAX) {
        let rows: Vec<Row> =
            t::table.filter(t::id.among(id_list(ids.iter().copied()))).order(t::login).load(tx)?;
        for row in rows {
            found.push(account(row)?);
        }
    }
    Ok(found)
}

/// How many accounts there are.
///
/// # Errors
/// The store's own.
pub fn count(tx: &mut Tx) -> Result<i64> {
    Ok(t::table.count().get_result(tx)?)
}

/// Puts an account there, or brings the one that is there to these values.
///
/// # Errors
/// The store's own; [`Taken`](crate::StoreError::Taken) if its login is.
pub fn save(tx: &mut Tx, account: &Account) -> Result<()> {
    let values = (
        t::login.eq(&account.login),
        t::name.eq(as_clear(&account.name)),
        t::password_hash.eq(account.password_hash.as_deref()),
        t::invitation_hash.eq(account.invitation_hash.as_deref()),
        t::invitation_until.eq(account.invitation_until),
        t::is_administrator.eq(account.is_administrator),
        t::is_disabled.eq(account.is_disabled),
    );
    let there = t::table.filter(t::id.eq(RowId(account.id)));
    if diesel::update(there).set(values.clone()).execute(tx)? == 0 {
        let row = (t::id.eq(RowId(account.id)), values);
        diesel::insert_into(t::table).values(row).execute(tx)?;
    }
    Ok(())
}

type MembershipRow = (RowId, RowId, String, Option<RowId>);

fn membership((id, account, role, organization): MembershipRow) -> Result<Membership> {
    let organization = organization.map(|id| OrganizationId(id.0));
    Ok(Membership { id: id.0, account: account.0, role: closed(&role)?, organization })
}

/// What a person is in an operation.
///
/// # Errors
/// The store's own.
pub fn memberships(tx: &mut Tx, operation: Uuid, account: Uuid) -> Result<Vec<Membership>> {
    let rows: Vec<MembershipRow> = m::table
        .filter(m::operation_id.eq(RowId(operation)))
        .filter(m::account_id.eq(RowId(account)))
        .order(m::id)
        .select((m::id, m::account_id, m::role, m::organization_id))
        .load(tx)?;
    rows.into_iter().map(membership).collect()
}

/// What everybody is in an operation.
///
/// # Errors
/// The store's own.
pub fn all_memberships(tx: &mut Tx, operation: Uuid) -> Result<Vec<Membership>> {
    let rows: Vec<MembershipRow> = m::table
        .filter(m::operation_id.eq(RowId(operation)))
        .order(m::id)
        .select((m::id, m::account_id, m::role, m::organization_id))
        .load(tx)?;
    rows.into_iter().map(membership).collect()
}

/// The operations in which a person is anything.
///
/// # Errors
/// The store's own.
pub fn operations_of(tx: &mut Tx, account: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<RowId> = m::table
        .filter(m::account_id.eq(RowId(account)))
        .select(m::operation_id)
        .distinct()
        .load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// Makes a person something in an operation.
///
/// # Errors
/// The store's own.
pub fn insert_membership(tx: &mut Tx, operation: Uuid, membership: &Membership) -> Result<()> {
    let row = (
        m::operation_id.eq(RowId(operation)),
        m::id.eq(RowId(membership.id)),
        m::account_id.eq(RowId(membership.account)),
        m::role.eq(membership.role.code()),
        m::organization_id.eq(membership.organization.map(RowId::from)),
    );
    diesel::insert_into(m::table).values(row).execute(tx)?;
    Ok(())
}

/// Ends what a person is in an operation.
///
/// # Errors
/// The store's own.
pub fn delete_membership(tx: &mut Tx, operation: Uuid, id: Uuid) -> Result<()> {
    let there = m::table.filter(m::operation_id.eq(RowId(operation))).filter(m::id.eq(RowId(id)));
    diesel::delete(there).execute(tx)?;
    Ok(())
}

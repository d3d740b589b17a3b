//! What was asked about lines that the asker may not read, on which day, by whom: what budgets are
//! counted from. No content of an entry stands here.

use concord_domain::{id::OrganizationId, window::Day};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, TextExpressionMethods,
};
use uuid::Uuid;

use crate::{connection::Tx, error::Result, schema::questions as t, sql::RowId};

/// How something was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By a check.
    Check,
    /// By an entry that was logged or changed.
    Entry,
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Entry => "entry",
        }
    }
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id.
    pub id: Uuid,
    /// How it was asked.
    pub kind: Kind,
    /// On which UTC day.
    pub asked_on: Day,
    /// By whom.
    pub account: Uuid,
    /// For which organisation.
    pub organization: OrganizationId,
    /// Whether it was answered then, and counts.
    pub is_counted: bool,
    /// How much its answer told of restricted lines.
    pub matches: u32,
    /// What stands for the question.
    pub digest: String,
    /// The organisations whose lines it met.
    pub touched: Vec<OrganizationId>,
}

/// Keeps a question.
///
/// # Errors
/// The store's own.
pub fn keep(tx: &mut Tx, operation: Uuid, question: &Question) -> Result<()> {
    let touched: Vec<String> = question.touched.iter().map(|id| id.0.to_string()).collect();
    let row = (
        t::operation_id.eq(RowId(operation)),
        t::id.eq(RowId(question.id)),
        t::kind.eq(question.kind.code()),
        t::asked_on.eq(question.asked_on),
        t::account_id.eq(RowId(question.account)),
        t::organization_id.eq(RowId::from(question.organization)),
        t::is_counted.eq(question.is_counted),
        t::matches.eq(i32::try_from(question.matches).unwrap_or(i32::MAX)),
        t::digest.eq(question.digest.as_str()),
        t::touched.eq(touched.join(" ")),
    );
    diesel::insert_into(t::table).values(row).execute(tx)?;
    Ok(())
}

/// A question that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Whether the person asked it.
    pub is_persons: bool,
    /// Whether it was asked for the organisation.
    pub is_organizations: bool,
    /// On which day.
    pub asked_on: Day,
    /// How much its answer told of restricted lines.
    pub matches: u32,
    /// What stands for the question.
    pub digest: String,
}

type Row = (RowId, RowId, Day, i32, String);

/// What counts against the budgets of a person and an organisation: all that was asked today, and
/// what was told something since a day.
///
/// # Errors
/// The store's own.
pub fn counted(
    tx: &mut Tx,
    operation: Uuid,
    (account, organization): (Uuid, OrganizationId),
    (today, since): (Day, Day),
) -> Result<Vec<Counted>> {
    let persons = t::account_id.eq(RowId(account));
    let rows: Vec<Row> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::asked_on.ge(since))
        .filter(persons.or(t::organization_id.eq(RowId::from(organization))))
        .filter(t::is_counted.eq(true))
        .filter(t::asked_on.eq(today).or(t::matches.gt(0)))
        .order((t::asked_on, t::id))
        .select((t::account_id, t::organization_id, t::asked_on, t::matches, t::digest))
        .load(tx)?;
    let counted = |(by, of, asked_on, matches, digest): Row| Counted {
        is_persons: by.0 == account,
        is_organizations: of.0 == organization.0,
        asked_on,
        matches: matches.unsigned_abs(),
        digest,
    };
    Ok(rows.into_iter().map(counted).collect())
}

/// The days from one to before another on which checks and new entries met lines of an
/// organisation, each with whether it was a check.
///
/// # Errors
/// The store's own.
pub fn touching(
    tx: &mut Tx,
    operation: Uuid,
    organization: OrganizationId,
    (from, before): (Day, Day),
) -> Result<Vec<(Day, bool)>> {
    let rows: Vec<(Day, String)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::asked_on.ge(from))
        .filter(t::asked_on.lt(before))
        .filter(t::touched.like(format!("%{}%", organization.0)))
        .select((t::asked_on, t::kind))
        .load(tx)?;
    Ok(rows.into_iter().map(|(day, kind)| (day, kind == Kind::Check.code())).collect())
}

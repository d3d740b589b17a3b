//! What a database tells whoever seizes it without the server's key: what stands in it in the
//! clear, in plain words, and how much of what.
//!
//! Each column of each table is in one of the two lists. A test compares them with the databases,
//! so whoever adds a column says here what it tells.

use chrono::NaiveDate;
use concord_domain::vocabulary::{Audience, Disclosure};
use diesel::{
    ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::{count_star, min},
};

use crate::{
    accounts,
    connection::Tx,
    entries::closed,
    error::Result,
    schema::{credentials::second_factors, engagements, entries, sessions},
};

/// Columns of a table that stand in the clear, and what they tell.
#[derive(Clone, Copy, Debug)]
pub struct InClear {
    /// The table.
    pub table: &'static str,
    /// The columns.
    pub columns: &'static [&'static str],
    /// What they tell.
    pub tells: &'static str,
}

/// The lines of a list, each a table, its columns, what they tell.
macro_rules! in_clear {
    ($($table:literal [$($column:literal)*] $tells:literal;)*) => {
        &[$(InClear { table: $table, columns: &[$($column),*], tells: $tells }),*]
    };
}

/// All that stands in the clear.
pub const IN_CLEAR: &[InClear] = in_clear! {
    "engagements" ["operation_id" "id" "key" "organization_id" "armed_actor_id" "level" "status"
        "starts_on" "ends_on" "strategy" "document" "touched_on"]
        "of each engagement all but its free texts: its key; which organisation, with which \
         partners, is in dialogue with which armed actor, at which level, by which method and \
         channel; its first and last day, its places, the days of its contacts; the kind of its \
         intermediary, and whether they consented; what is asked and demanded, with the terms, what \
         is offered, how it was answered, and what that was before; the strategy that it names, \
         which mechanisms were told, why it failed, its public sources; who may read it";
    "commitments" ["operation_id" "id" "key" "organization_id" "entry_id" "engagement_id"
        "armed_actor_id" "status" "ends_on" "document"]
        "of each commitment all but its free texts: who made it about what, with its terms, days \
         and places, whether it is kept, and which organisation found so";
    "strategies" ["operation_id" "id" "key" "organization_id" "armed_actor_id" "document"]
        "of each strategy its key, title, organisation, armed actor, issues, mechanism and days";
    "entries" ["operation_id" "id" "organization_id" "audience" "disclosure" "retracted_on"
        "logged_on" "kept_until"]
        "whose each entry is, and who may read it; of one that was retracted, whose it was, who \
         could read it, and on which day it was retracted; on which day it was logged, and to \
         which one is kept longer";
    "retention_periods" ["operation_id" "number" "community_days" "engagement_days"
        "commitment_days" "changed_at" "account_id"]
        "for how long entries are kept, and who said so, when";
    "links" ["operation_id" "owner_id" "role" "target_id"]
        "partners, the organisations and mechanisms that an audience names, members of mechanisms, \
         which engagement follows which, places";
    "parts" ["operation_id" "id" "organization_id" "key" "engagement_id"]
        "the keys of asks and demands";
    "live_lines" ["operation_id" "actor_lineage" "ends_on" "engagement_id" "starts_on"
        "organization_id" "place_lineage"]
        "which engagements are going on now, with whom, where and until when";
    "live_ties" ["operation_id" "organization_id" "tie" "engagement_id"]
        "of each of those its partners, what it follows and the strategy that it names";
    "due" ["operation_id" "due_on" "kind" "thing_id"]
        "the days on which something ends";
    "flags" ["operation_id" "id" "identity" "kind" "class" "severity" "holds" "state" "resolution"
        "raised_at"]
        "where lines meet: the kind of each flag, how severe it is, whether it holds, how it was \
         settled";
    "flag_subjects" ["operation_id" "flag_id" "kind" "subject_id" "engagement_id" "level"]
        "what each flag is between";
    "flag_entries" ["operation_id" "flag_id" "entry_id" "organization_id"]
        "the entries that each flag rests on, and whose they are";
    "flag_steps" ["operation_id" "flag_id" "number" "taken_at" "account_id" "from_state" "to_state"
        "resolution" "cause"]
        "who took which step on a flag, and when";
    "sharing_changes" ["operation_id" "entry_id" "number" "kind" "changed_at" "account_id"
        "audience" "disclosure"]
        "who changed who may read an entry, to what, and when; when those who carry the risk \
         consented, and when they took it back";
    "contact_requests" ["operation_id" "id" "organization_id" "account_id" "line_id" "flag_id"
        "class" "asked_at" "closes_on"]
        "which organisation asked to be put in touch, who asked for it, about what sort of flag, and \
         when";
    "received_contact_requests" ["operation_id" "id" "request_id" "organization_id" "asked_at"
        "answer" "answered_at" "account_id"]
        "which organisation was asked by which, whether it said yes or no, who said it, and when";
    "contact_request_entries" ["operation_id" "side_id" "entry_id"]
        "the entries of each side about which they asked to be put in touch";
    "desk_changes" ["operation_id" "id" "change" "membership_id" "account_id" "proposed_at"
        "closes_on"]
        "who proposed that somebody joins or leaves the desk, and when";
    "leads" ["operation_id" "id" "key" "armed_actor_id" "organization_id" "ends_on" "document"]
        "the leads: which organisation leads with which armed actor, on what, where and when";
    "common_positions" ["operation_id" "id" "key" "armed_actor_id" "ends_on" "document"]
        "the common positions: title, armed actor, issue, what is excluded and refused";
    "protection_risks" ["operation_id" "id" "key" "armed_actor_id" "document"]
        "of each protection risk its title, issue, armed actor, places, days and sources";
    "armed_actors" ["operation_id" "id" "key" "lineage" "merged_into" "document"]
        "the armed actors: names, what they are part of, the titles of their positions, where they \
         are";
    "organizations" ["operation_id" "id" "key" "is_community_led" "document"]
        "the organisations: names, kinds, mechanisms";
    "places" ["operation_id" "id" "key" "lineage" "document"]
        "the places: names, levels, centres";
    "mechanisms" ["operation_id" "id" "key" "document"]
        "the mechanisms: names and kinds";
    "operations" ["id" "key" "document" "slack_days" "evaluated_on"]
        "the operations: names and countries";
    "accounts" ["id" "login" "name" "password_hash" "invitation_hash" "invitation_until"
        "is_administrator" "is_disabled"]
        "the logins and names of the people who sign in, hashes of their passwords and open \
         invitations, who is an administrator";
    "memberships" ["operation_id" "id" "account_id" "role" "organization_id"]
        "what each person is, for which organisation";
    "sessions" ["id" "account_id" "family_hash" "token_hash" "former_hash" "former_until"
        "began_at" "idle_until" "ends_at" "carried_on_at" "proved_at" "began_by" "second_factor"]
        "who is signed in, since when and by what, when they proved last who they are, and hashes \
         of refresh tokens";
    "second_factors" ["account_id" "secret" "confirmed_at" "used_step" "wrong_tries" "server_key"]
        "who has a second factor, since when, how often it was tried in vain, and its secret, sealed \
         with the server's key";
    "recovery_codes" ["account_id" "code_hash"]
        "hashes of the codes that stand in for a second factor";
    "challenges" ["challenge_hash" "account_id" "began_by" "ends_at"]
        "who has taken the first of two steps of signing in";
    "identities" ["id" "account_id" "issuer" "subject_hash" "linked_at"]
        "who is known to which identity provider, since when, and hashes of what it calls them, by \
         which somebody who guesses that sees that the guess is right";
    "attempts" ["state_hash" "secret_hash" "purpose" "account_id" "session_id" "ends_at"]
        "who was sent to the identity provider lately, and what for";
    "passkeys" ["id" "account_id" "credential_id" "public_key" "algorithm" "sign_count" "name"
        "made_at" "used_at"]
        "who signs in with which devices, what people call them, since when and when last; the \
         public halves of their keys, and what they call themselves, with which nobody can sign in";
    "passkey_challenges" ["challenge_hash" "purpose" "account_id" "session_id" "ends_at"]
        "who was asked lately to show a passkey, and what for";
    "tool_tokens" ["id" "account_id" "token_hash" "name" "scope" "made_at" "ends_at"]
        "which tools people gave a token to, what those may do and until when, and hashes of them";
    "idempotency_keys" ["operation_id" "account_id" "key" "request_hash" "resource_id" "used_at"]
        "who made what and when, with a hash of the whole request, by which somebody who guesses \
         all of it sees that the guess is right";
    "audit_records" ["id" "operation_id" "recorded_at" "organization_id" "deed" "action" "record"]
        "who did what and was shown which entries of whom, and when, as ids and codes";
    "audit_waiting" ["record_id"] "which records are in no order yet";
    "audit_sequence" ["operation_id" "number" "record_id" "record_hash" "chain_hash"]
        "the order of the records, and hashes of them";
    "audit_checkpoints" ["operation_id" "size" "made_at" "note"] "signed hashes of the audit log";
    "audit_salts" ["operation_id" "object_id" "record_id" "salt"]
        "salts, by which somebody who guesses the content of an entry sees that the guess is right";
    "audit_sequencer" ["id"] "nothing";
    "questions" ["operation_id" "account_id" "organization_id" "asked_on" "digest" "asked" "told"]
        "who asked how often, and was told how much of hidden entries, on which day; a hash of each \
         check that was told something";
    "checks" ["operation_id" "id" "account_id" "organization_id" "asked_at" "word" "document"]
        "of each check all but its purpose: who asked about which armed actor, places, days and \
         issues, and the word that answered it";
    "withheld_lines" ["operation_id" "entry_id" "organization_id" "account_id" "since" "told"]
        "which entries were written beyond a budget, by whom, and the classes shown of them before";
    "seen_notifications" ["operation_id" "account_id" "id" "thing_id"]
        "which of the flags, entries and requests that wait for them people have seen";
    "email_addresses" ["account_id" "address" "server_key" "language" "sends" "confirmed_at"
        "digest_on" "morning_on" "owed" "failures" "try_at"]
        "who is told by e-mail that something waits, in which language and how often, and whose \
         messages were not taken; the address itself is sealed with the server's key";
    "email_codes" ["code_hash" "account_id" "sent_at" "wrong_tries"]
        "who gave an address lately, and hashes of the codes that were sent there";
    "emailed_notifications" ["operation_id" "account_id" "id" "thing_id"]
        "about which of the flags, entries and requests that wait for them people were sent a \
         message";
    "organization_keys" ["operation_id" "owner_id" "id" "wrapped" "server_key"]
        "which organisations have written free texts, and their keys, wrapped";
    "installation" ["id" "server_key" "locked_at"]
        "the name of the server's key, from which nothing follows, and whether the installation is \
         locked down";
    "lock_down_calls" ["account_id" "called_at"]
        "who called for a lock-down lately";
    "__diesel_schema_migrations" ["version" "run_on"]
        "when this database was made, and brought up to date";
};

/// The tables with a column `texts`, and what is sealed there.
pub const TEXTS: &[(&str, &str)] = &[
    (
        "engagements",
        "summary, purpose, plan, outcome, lessons, and the notes of asks, demands and contacts",
    ),
    ("commitments", "arrangements, notes, and those of verifications"),
    ("strategies", "the outcome that is sought, and notes"),
    ("checks", "what a check is for"),
    ("flag_steps", "notes on flags"),
    ("sharing_changes", "why it was changed who may read an entry, and by whom consent was given"),
    ("retention_periods", "why entries are kept for so long"),
    ("contact_requests", "why somebody asks to be put in touch, and how to reach them"),
    ("received_contact_requests", "why it was answered so, and how to reach who said yes"),
    ("desk_changes", "login and name of who is to join the desk"),
    ("armed_actors", "what influences an armed actor, and how it decides"),
    ("protection_risks", "descriptions"),
    ("leads", "nothing so far"),
    ("common_positions", "nothing so far"),
    ("organizations", "nothing so far"),
    ("places", "nothing so far"),
    ("mechanisms", "nothing so far"),
];

/// How many texts of a table there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The table.
    pub table: &'static str,
    /// That are sealed.
    pub sealed: i64,
    /// That stand in the clear.
    pub clear: i64,
}

/// How many entries of a kind of sensitivity there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensitivity {
    /// Who reads all of them.
    pub audience: Audience,
    /// What everybody else may learn.
    pub disclosure: Disclosure,
    /// How many.
    pub entries: i64,
}

/// How much of what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The entries, by sensitivity.
    pub entries: Vec<Sensitivity>,
    /// The first day of the oldest engagement.
    pub oldest: Option<NaiveDate>,
    /// The free texts.
    pub texts: Vec<Texts>,
    /// The accounts of people.
    pub people: i64,
    /// The sessions that stand.
    pub sessions: i64,
    /// The secrets of second factors that stand in the clear, from before they were sealed.
    pub clear_secrets: i64,
}

/// Counts the texts of these tables.
macro_rules! counted {
    ($tx:expr, $($table:ident)*) => {
        vec![$({
            use crate::schema::$table as t;
            // The first byte says the form, and bytes are compared from the first on.
            let first = vec![crate::sql::PLAIN + 1];
            let all: i64 = t::table.filter(t::texts.is_not_null()).count().get_result($tx)?;
            let clear: i64 = t::table.filter(t::texts.lt(first)).count().get_result($tx)?;
            Texts { table: stringify!($table), sealed: all - clear, clear }
        }),*]
    };
}

/// Counts what there is.
///
/// # Errors
/// The store's own.
pub fn counted(tx: &mut Tx) -> Result<Counted> {
    let rows: Vec<(String, String, i64)> = entries::table
        .filter(entries::retracted_on.is_null())
        .group_by((entries::audience, entries::disclosure))
        .select((entries::audience, entries::disclosure, count_star()))
        .order((entries::audience, entries::disclosure))
        .load(tx)?;
    let sensitivity = |(audience, disclosure, entries): (String, String, i64)| {
        let (audience, disclosure) = (closed(&audience)?, closed(&disclosure)?);
        Ok(Sensitivity { audience, disclosure, entries })
    };
    Ok(Counted {
        entries: rows.into_iter().map(sensitivity).collect::<Result<_>>()?,
        oldest: engagements::table.select(min(engagements::starts_on)).first(tx)?,
        texts: counted!(tx, engagements commitments strategies checks flag_steps sharing_changes
            retention_periods contact_requests received_contact_requests desk_changes armed_actors
            protection_risks leads common_positions organizations places mechanisms),
        people: accounts::count(tx)?,
        sessions: sessions::table.count().get_result(tx)?,
        clear_secrets: second_factors::table
            .filter(second_factors::server_key.is_null())
            .count()
            .get_result(tx)?,
    })
}

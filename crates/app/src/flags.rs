//! Flags as people see them: why they hold, found anew when they are read, and their life.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use concord_domain::{
    evaluate::{Focus, evaluate},
    facts::Facts,
    flag::{Flag, Subject},
    id::{EngagementId, OrganizationId},
    language::Language,
    policy::Action,
    reason::Reason,
    rules::{About, rule},
    vocabulary::{Closed, FlagClass, FlagKind, FlagState, Resolution, Severity},
};
use concord_store::{
    Tx, entries,
    flags::{self, Filter, KeptFlag},
};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    coherence::{self, Settled},
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
    names::{Names, Wanted},
};

pub use concord_store::flags::{Step, subject_kind};
pub use restricted::RestrictedLine;
pub(crate) use restricted::{Behind, behind, restricted, restricted_lines, standing_lines};
pub use steps::{Taken, step};

mod restricted;
mod steps;

/// The most flags that are described in one answer.
const FLAGS_MAX: i64 = 1_000;

/// A flag as somebody who may read all of its entries sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownFlag {
    /// Its id; none for one that only says what goes well, which has no life.
    pub id: Option<Uuid>,
    /// Which rule raised it.
    pub kind: FlagKind,
    /// What it is about, in one word.
    pub class: FlagClass,
    /// How much it matters, or did when it last held.
    pub severity: Severity,
    /// Whether it holds.
    pub holds: bool,
    /// What people have made of it.
    pub state: Option<FlagState>,
    /// How it was settled.
    pub resolution: Option<Resolution>,
    /// When it was first raised, in UTC.
    pub raised_at: Option<NaiveDateTime>,
    /// What it is between.
    pub between: Vec<Subject>,
    /// The organisations whose lines it is about, with their names.
    pub organizations: Vec<(OrganizationId, String)>,
    /// Why it holds, each fact with its sentence; empty if it does not.
    pub because: Vec<(Reason, String)>,
    /// What the kind of flag asks, and what usually settles it.
    pub about: About,
    /// What its reader reads.
    pub language: Language,
}

/// The flags of a page, and the lines about what may not be shown.
pub struct FlagList {
    /// The flags.
    pub flags: Items<ShownFlag>,
    /// The lines.
    pub restricted: Vec<RestrictedLine>,
}

/// Which flags are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Those in this state.
    pub state: Option<FlagState>,
    /// Those that hold, or those that do not.
    pub holds: Option<bool>,
    /// Those that were settled or lapsed, or those that still wait for somebody.
    pub over: Option<bool>,
    /// Whose.
    pub whose: Whose,
}

/// Whose flags are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// All that the caller may read.
    #[default]
    Anybodys,
    /// Those that rest on an entry of an organisation for which the caller acts.
    Own,
}

/// The flags that the caller may read, the worst first.
///
/// # Errors
/// When the cursor or the limit is wrong.
pub fn list(
    app: &App,
    person: Person,
    operation: &str,
    wish: Wish,
    page: &Page,
) -> Result<FlagList> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let state = wish.state.map(Closed::code).unwrap_or_default();
        let whose = match wish.whose {
            Whose::Anybodys => "",
            Whose::Own => "own",
        };
        let (holds, over) = (wish.holds, wish.over);
        let list = format!("{} flags {state} {holds:?} {over:?} {whose}", access.id());
        let of = ListOf { account: access.account, list };
        let limit = page.size()?;
        let after = page.position(app, &of)?.as_deref().and_then(position_of);
        let own = (wish.whose == Whose::Own).then(|| access.scope.organizations.clone());
        let state = wish.state;
        let filter = Filter { state, holds, over, of: own, after, ..Filter::default() };
        let kept = flags::list(tx, access.id(), &access.scope, &filter, limit + 1)?;
        let Items { items, next } = cursor::page(app, &of, kept, limit, position);
        let items = describe(tx, access, items)?;
        let restricted = restricted(tx, access, None)?;
        Ok(FlagList { flags: Items { items, next }, restricted })
    })
}

pub(crate) fn position(flag: &KeptFlag) -> String {
    let at = flag.raised_at.and_utc().timestamp_micros();
    format!("{} {at} {}", flag.standing.severity.code(), flag.id)
}

pub(crate) fn position_of(text: &str) -> Option<(Severity, NaiveDateTime, Uuid)> {
    let mut parts = text.split(' ');
    let severity = Severity::from_code(parts.next()?)?;
    let at = chrono::DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
    Some((severity, at.naive_utc(), Uuid::parse_str(parts.next()?).ok()?))
}

/// A flag with its history.
pub struct FlagWithHistory {
    /// The flag.
    pub flag: ShownFlag,
    /// Its steps, with the names of those who took them.
    pub steps: Vec<(Step, Option<String>)>,
}

/// One flag.
///
/// # Errors
/// [`Error::NotFound`], whether it is hidden or missing.
pub fn get(app: &App, person: Person, operation: &str, id: Uuid) -> Result<FlagWithHistory> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        with_history(tx, access, id)
    })
}

/// A flag that the caller may read.
pub(crate) fn readable(tx: &mut Tx, access: &Access, id: Uuid) -> Result<KeptFlag> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    flags::list(tx, access.id(), &access.scope, &filter, 1)?.pop().ok_or(Error::NotFound)
}

fn with_history(tx: &mut Tx, access: &Access, id: Uuid) -> Result<FlagWithHistory> {
    let kept = readable(tx, access, id)?;
    let steps = flags::history(tx, access.id(), id)?;
    let who: BTreeSet<Uuid> = steps.iter().filter_map(|step| step.account).collect();
    let accounts = concord_store::accounts::load(tx, &who.into_iter().collect::<Vec<_>>())?;
    let names: HashMap<Uuid, String> =
        accounts.into_iter().map(|account| (account.id, account.name)).collect();
    let named = |step: Step| {
        let name = step.account.and_then(|account| names.get(&account).cloned());
        (step, name)
    };
    let flag = describe(tx, access, vec![kept])?.pop().ok_or(Error::NotFound)?;
    Ok(FlagWithHistory { flag, steps: steps.into_iter().map(named).collect() })
}

/// Why each of these flags holds, found anew from what it rests on.
pub(crate) fn describe(
    tx: &mut Tx,
    access: &Access,
    kept: Vec<KeptFlag>,
) -> Result<Vec<ShownFlag>> {
    let subjects = kept.iter().flat_map(|flag| flag.between.iter().copied());
    let facts = coherence::gather_subjects(tx, access.id(), subjects)?;
    let mut found: HashMap<String, Flag> = evaluate(&facts, &Focus::everything())
        .into_iter()
        .map(|flag| (flag.identity().as_str().to_owned(), flag))
        .collect();
    let found: Vec<(Option<KeptFlag>, Option<Flag>)> = kept
        .into_iter()
        .map(|kept| {
            let flag = found.remove(&kept.identity).filter(|_| kept.standing.holds);
            (Some(kept), flag)
        })
        .collect();
    shown(tx, access, &facts, found)
}

fn shown(
    tx: &mut Tx,
    access: &Access,
    facts: &Facts,
    flags: Vec<(Option<KeptFlag>, Option<Flag>)>,
) -> Result<Vec<ShownFlag>> {
    let mut wanted = Wanted::default();
    wanted.add_flags(flags.iter().filter_map(|(_, flag)| flag.as_ref()));
    wanted.organizations.extend(facts.engagements.values().map(|e| e.organization.0));
    let names = wanted.load(tx, access.id())?;
    for (kept, flag) in &flags {
        let kept = kept.iter().flat_map(|kept| kept.between.iter().copied());
        let between = kept.chain(flag.iter().flat_map(|flag| flag.between.iter().copied()));
        access.deeds.names_entries(coherence::entries_of(between, facts));
    }
    Ok(flags
        .into_iter()
        .filter_map(|(kept, flag)| show_one(facts, (&names, access.language), kept.as_ref(), flag))
        .collect())
}

fn show_one(
    facts: &Facts,
    (names, language): (&Names, Language),
    kept: Option<&KeptFlag>,
    flag: Option<Flag>,
) -> Option<ShownFlag> {
    let between: Vec<Subject> = match (&flag, kept) {
        (Some(flag), _) => flag.between.iter().copied().collect(),
        (None, Some(kept)) => kept.between.clone(),
        (None, None) => return None,
    };
    let (kind, class, severity) = match (&flag, kept) {
        (Some(flag), _) => (flag.kind, flag.class, flag.severity),
        (None, Some(kept)) => (kept.kind, kept.class, kept.standing.severity),
        (None, None) => return None,
    };
    let led = |entry: Uuid| {
        facts.engagements.get(&EngagementId(entry)).map(|engagement| engagement.organization)
    };
    let entries = coherence::entries_of(between.iter().copied(), facts);
    let organizations: BTreeSet<OrganizationId> = entries.into_iter().filter_map(led).collect();
    let because = flag.map(|flag| flag.because).unwrap_or_default();
    Some(ShownFlag {
        id: kept.map(|kept| kept.id),
        kind,
        class,
        severity,
        holds: kept.is_none_or(|kept| kept.standing.holds),
        state: kept.map(|kept| kept.standing.state),
        resolution: kept.and_then(|kept| kept.resolution),
        raised_at: kept.map(|kept| kept.raised_at),
        between,
        organizations: organizations.into_iter().map(|id| (id, names.of(id))).collect(),
        about: rule(kind).about(language),
        language,
        because: because
            .into_iter()
            .map(|reason| {
                let sentence = reason.sentence(names, language);
                (reason, sentence)
            })
            .collect(),
    })
}

/// The flags that some found ones are, as far as all their entries may be read; the worst first.
pub(crate) fn show_found(
    tx: &mut Tx,
    access: &Access,
    facts: &Facts,
    found: Vec<Flag>,
    hypothetical: Option<EngagementId>,
) -> Result<Vec<ShownFlag>> {
    let entries = |flag: &Flag| coherence::entries_of(flag.between.iter().copied(), facts);
    let all: BTreeSet<Uuid> = found.iter().flat_map(&entries).collect();
    let all: Vec<Uuid> = all.into_iter().collect();
    let mut readable = entries::readable(tx, access.id(), &access.scope, &all)?;
    readable.extend(hypothetical.map(Uuid::from));
    let found: Vec<Flag> = found
        .into_iter()
        .filter(|flag| entries(flag).iter().all(|entry| readable.contains(entry)))
        .collect();
    // What is only intended is between no flag that is kept.
    let mut kept: HashMap<String, KeptFlag> = HashMap::new();
    if hypothetical.is_none() {
        let identities = found.iter().map(|flag| flag.identity().as_str().to_owned()).collect();
        let filter = Filter { identities: Some(identities), ..Filter::default() };
        let there = flags::list(tx, access.id(), &access.scope, &filter, FLAGS_MAX)?;
        kept.extend(there.into_iter().map(|flag| (flag.identity.clone(), flag)));
    }
    let paired =
        found.into_iter().map(|flag| (kept.remove(flag.identity().as_str()), Some(flag))).collect();
    let mut flags = shown(tx, access, facts, paired)?;
    flags.sort_by_key(|flag| (flag.severity, flag.raised_at, flag.kind));
    Ok(flags)
}

/// The flags of an engagement that the caller may read, what goes well included, and the lines
/// about what may not be shown.
///
/// # Errors
/// The store's own.
pub fn of_engagement(
    app: &App,
    person: Person,
    operation: &str,
    id: Uuid,
) -> Result<(Vec<ShownFlag>, Vec<RestrictedLine>)> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let readable = entries::readable(tx, access.id(), &access.scope, &[id])?;
        if !readable.contains(&id) {
            return Err(Error::NotFound);
        }
        of_lines(tx, access, &[EngagementId(id)])
    })
}

/// The flags of some engagements, and the lines about what may not be shown.
pub(crate) fn of_lines(
    tx: &mut Tx,
    access: &Access,
    ids: &[EngagementId],
) -> Result<(Vec<ShownFlag>, Vec<RestrictedLine>)> {
    let mut focus = Focus { engagements: ids.iter().copied().collect(), ..Focus::default() };
    let documents = concord_store::engagements::load_for_rules(tx, access.id(), ids)?;
    focus.visits.extend(documents.iter().map(|e| (e.armed_actor.0, e.level.0)));
    let facts = coherence::gather(tx, access.id(), &mut focus)?;
    let found = evaluate(&facts, &focus);
    of_found(tx, access, ids, Settled { found, facts })
}

/// Of what was found the flags of some engagements, and the lines about what may not be shown.
pub(crate) fn of_found(
    tx: &mut Tx,
    access: &Access,
    ids: &[EngagementId],
    Settled { mut found, facts }: Settled,
) -> Result<(Vec<ShownFlag>, Vec<RestrictedLine>)> {
    found.retain(|flag| {
        coherence::entries_of(flag.between.iter().copied(), &facts)
            .iter()
            .any(|entry| ids.contains(&EngagementId(*entry)))
    });
    let flags = show_found(tx, access, &facts, found, None)?;
    let own: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok((flags, restricted(tx, access, Some(&own))?))
}

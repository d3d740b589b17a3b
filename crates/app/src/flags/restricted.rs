//! What the owner of an entry learns of flags that rest on others' entries as well, which the owner
//! may not read: cut to the least that those disclose.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use concord_domain::{
    disclosed::{Told, least},
    id::{EngagementId, OrganizationId},
    policy::Scope,
    vocabulary::{Closed, Disclosure, FlagClass, FlagKind, Severity},
    window::Day,
};
use concord_reports::{Named, disclosed::DisclosedSummary};
use concord_store::{
    Tx,
    contact_requests::{self, About},
    engagements, entries, flags, withheld,
};
use uuid::Uuid;

use crate::{
    access::Access,
    disclosed::{Shown, add_outline, outlines},
    error::Result,
    names::Wanted,
};

/// That there is a flag with lines that the reader may not know. Of flags of one class with one
/// own entry, of which no more is told, there is one line, however many they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictedLine {
    /// An id of its own, made of what is told and of nothing else.
    pub id: Uuid,
    /// What it is about, in one word.
    pub class: FlagClass,
    /// The reader's own entry.
    pub entry: Uuid,
    /// Which rule raised it, if the other side is told of in outline.
    pub kind: Option<FlagKind>,
    /// How much it matters, if the other side is told of in outline.
    pub severity: Option<Severity>,
    /// Whose the other side is, if that is told.
    pub organizations: Vec<Named>,
    /// The other side in outline, if that is told.
    pub summaries: Vec<DisclosedSummary>,
}

/// What distinguishes one line from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    class: FlagClass,
    day: Option<Day>,
    entry: Uuid,
    told: Told,
    /// Only with an outline.
    rule: Option<(FlagKind, Severity)>,
}

impl Line {
    fn id(&self) -> Uuid {
        let mut name = self.class.code().to_owned();
        match &self.told {
            Told::Match => {}
            Told::Existence(organizations) => {
                name.extend(organizations.iter().map(|id| format!(" {id}")));
            }
            Told::Summary(outlines) => {
                let kind = self.rule.map_or("", |(kind, _)| kind.code());
                name.push_str(&format!(" {kind} {outlines:?}"));
            }
        }
        Uuid::new_v5(&self.entry, name.as_bytes())
    }
}

/// The lines about what may not be shown of the caller's own entries, or of those named; by class
/// and by the first day of the own entry. Of an entry that was written beyond a budget the lines are
/// those that were shown before, until a later day.
pub(crate) fn restricted(
    tx: &mut Tx,
    access: &Access,
    own: Option<&[Uuid]>,
) -> Result<Vec<RestrictedLine>> {
    let lines = standing(tx, access, own)?;
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    shown(tx, access, &lines)
}

/// The lines that are shown now.
fn standing(tx: &mut Tx, access: &Access, own: Option<&[Uuid]>) -> Result<BTreeSet<Line>> {
    let mut found = lines(tx, access.id(), &access.scope, own)?;
    let organizations = &access.scope.organizations;
    let waiting = withheld::of_organizations(tx, access.id(), organizations, own)?;
    found.retain(|line, _| !waiting.contains_key(&line.entry));
    let mut kept = asked_about(tx, access, own)?;
    for (entry, told) in waiting {
        kept.extend(told.into_iter().map(|class| (class, entry)));
    }
    let mut standing: BTreeSet<Line> = found.into_keys().collect();
    let entries: BTreeSet<Uuid> = kept.iter().map(|(_, entry)| *entry).collect();
    let days = first_days(tx, access.id(), &entries.into_iter().collect::<Vec<_>>())?;
    standing.extend(kept.into_iter().map(|(class, entry)| match_line(class, entry, &days)));
    Ok(standing)
}

/// The caller's lines that are shown now, each as its id and the own entry.
pub(crate) fn standing_lines(tx: &mut Tx, access: &Access) -> Result<Vec<(Uuid, Uuid)>> {
    let lines = standing(tx, access, None)?;
    Ok(lines.iter().map(|line| (line.id(), line.entry)).collect())
}

/// A line that says only that there is a match.
fn match_line(class: FlagClass, entry: Uuid, days: &BTreeMap<Uuid, Day>) -> Line {
    Line { class, day: days.get(&entry).copied(), entry, told: Told::Match, rule: None }
}

/// The classes of the lines of own entries in a scope, were nothing withheld.
pub(crate) fn restricted_lines(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    own: Option<&[Uuid]>,
) -> Result<BTreeSet<(FlagClass, Uuid)>> {
    let lines = lines(tx, operation, scope, own)?;
    Ok(lines.into_keys().map(|line| (line.class, line.entry)).collect())
}

/// What is behind a line, for the server alone.
pub(crate) struct Behind {
    /// What the line is about, in one word.
    pub class: FlagClass,
    /// The caller's own entry.
    pub entry: Uuid,
    /// The entries that the caller may not read; none if the line only stands for a while yet.
    pub hidden: BTreeSet<Uuid>,
    /// Whether the line stands as it was until a budget has room.
    pub is_frozen: bool,
}

/// What is behind the line with this id, if the caller is shown it now.
pub(crate) fn behind(tx: &mut Tx, access: &Access, id: Uuid) -> Result<Option<Behind>> {
    let shown = standing(tx, access, None)?.into_iter().find(|line| line.id() == id);
    let Some(line) = shown else { return Ok(None) };
    // What an entry meets that waits is not told yet, and so not by who is asked about it either.
    let is_frozen = withheld::of(tx, access.id(), &[line.entry])?.contains_key(&line.entry);
    let found = lines(tx, access.id(), &access.scope, Some(&[line.entry]))?;
    let hidden = found.into_iter().find(|(line, _)| line.id() == id).map(|(_, hidden)| hidden);
    let hidden = hidden.unwrap_or_default();
    Ok(Some(Behind { class: line.class, entry: line.entry, hidden, is_frozen }))
}

/// The lines about which the caller has asked to be put in touch and still waits, as far as they
/// tell of a match alone: they stand until the request closes, so that one that vanishes tells
/// nothing of how it was answered.
fn asked_about(
    tx: &mut Tx,
    access: &Access,
    own: Option<&[Uuid]>,
) -> Result<Vec<(FlagClass, Uuid)>> {
    let today = access.operation.evaluated_on;
    let open = contact_requests::open(tx, access.id(), &access.scope.organizations, today)?;
    let asked = open.into_iter().filter_map(|request| {
        let (Some(About::Line(line)), [entry]) = (request.about, request.entries.as_slice()) else {
            return None;
        };
        let is_match = match_line(request.class, *entry, &BTreeMap::new()).id() == line;
        (is_match && own.is_none_or(|own| own.contains(entry))).then_some((request.class, *entry))
    });
    Ok(asked.collect())
}

/// The lines, each with the entries behind it that the caller may not read.
fn lines(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    own: Option<&[Uuid]>,
) -> Result<BTreeMap<Line, BTreeSet<Uuid>>> {
    let found = flags::restricted(tx, operation, scope, own)?;
    if found.is_empty() {
        return Ok(BTreeMap::new());
    }
    let all: BTreeSet<Uuid> = found.iter().flat_map(|flag| flag.entries.iter().copied()).collect();
    let all: Vec<Uuid> = all.into_iter().collect();
    let readable: HashSet<Uuid> = entries::readable(tx, operation, scope, &all)?;
    let shared: HashMap<Uuid, (Option<OrganizationId>, Disclosure)> =
        entries::disclosures(tx, operation, &all)?
            .into_iter()
            .map(|(id, owner, disclosure)| (id, (owner, disclosure)))
            .collect();
    let is_told_of = |id: &Uuid| {
        let disclosure = shared.get(id).map(|(_, disclosure)| *disclosure);
        !readable.contains(id)
            && matches!(disclosure, Some(Disclosure::Summary | Disclosure::Existence))
    };
    let outlined: Vec<Uuid> = all.iter().copied().filter(is_told_of).collect();
    let outlined = outlines(tx, operation, &outlined)?;
    let is_own = |entry: &Uuid| {
        let owner = shared.get(entry).and_then(|(owner, _)| *owner);
        owner.is_some_and(|owner| scope.organizations.contains(&owner))
            && own.is_none_or(|own| own.contains(entry))
    };
    let own: Vec<Uuid> = all.iter().copied().filter(is_own).collect();
    let days = first_days(tx, operation, &own)?;
    let mut lines: BTreeMap<Line, BTreeSet<Uuid>> = BTreeMap::new();
    for flag in &found {
        let others = flag.entries.iter().filter(|entry| !readable.contains(*entry));
        let told = least(others.clone().map(|entry| {
            let disclosure = shared.get(entry).map_or(Disclosure::None, |(_, each)| *each);
            (outlined.get(entry), disclosure)
        }));
        let Some(told) = told else { continue };
        let rule = matches!(told, Told::Summary(_)).then_some((flag.kind, flag.severity));
        for entry in flag.entries.iter().copied().filter(is_own) {
            let (class, day) = (flag.class, days.get(&entry).copied());
            let line = Line { class, day, entry, told: told.clone(), rule };
            lines.entry(line).or_default().extend(others.clone().copied());
        }
    }
    Ok(lines)
}

/// The first day of each of these that is an engagement.
fn first_days(tx: &mut Tx, operation: Uuid, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Day>> {
    let ids: Vec<EngagementId> = ids.iter().copied().map(EngagementId).collect();
    let loaded = engagements::load_for_rules(tx, operation, &ids)?;
    Ok(loaded.iter().map(|each| (each.identity.id.0, each.from)).collect())
}

fn shown(tx: &mut Tx, access: &Access, lines: &BTreeSet<Line>) -> Result<Vec<RestrictedLine>> {
    let mut wanted = Wanted::default();
    for line in lines {
        match &line.told {
            Told::Match => {}
            Told::Existence(ids) => wanted.organizations.extend(ids.iter().map(|id| id.0)),
            Told::Summary(all) => all.iter().for_each(|each| add_outline(&mut wanted, each)),
        }
    }
    let shown = Shown::load(tx, access, &wanted)?;
    let show = |line: &Line| {
        let mut restricted = RestrictedLine {
            id: line.id(),
            class: line.class,
            entry: line.entry,
            kind: line.rule.map(|(kind, _)| kind),
            severity: line.rule.map(|(_, severity)| severity),
            organizations: Vec::new(),
            summaries: Vec::new(),
        };
        match &line.told {
            Told::Match => {}
            Told::Existence(ids) => {
                restricted.organizations.extend(ids.iter().map(|id| shown.organization(*id)));
            }
            Told::Summary(all) => {
                let ids: BTreeSet<OrganizationId> =
                    all.iter().map(|outline| outline.organization).collect();
                restricted.organizations.extend(ids.into_iter().map(|id| shown.organization(id)));
                restricted.summaries.extend(all.iter().map(|outline| shown.summary(outline)));
            }
        }
        restricted
    };
    Ok(lines.iter().map(show).collect())
}

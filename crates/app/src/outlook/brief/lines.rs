//! Agreements and flags, a line of the brief each.

use concord_domain::{
    document::{CommonPosition, Lead, TermValue},
    language::Language,
    rules,
    vocabulary::Code,
};
use concord_reports::{
    Named,
    brief::{FlagLine, LeadLine, PositionLine},
};

use crate::{
    flags::ShownFlag,
    names::Names,
    outlook::{closed, named, term},
};

pub(super) fn position(names: &Names, position: &CommonPosition) -> PositionLine {
    let labels = |list: &mut dyn Iterator<Item = String>| list.collect::<Vec<_>>().join(", ");
    let actions = labels(&mut position.excludes_actions.iter().map(|each| term(*each).label));
    let offers = labels(&mut position.excludes_offers.iter().map(|each| term(*each).label));
    let demands = labels(&mut position.refuses_demands.iter().map(|each| term(*each).label));
    let terms = labels(&mut position.excludes_terms.iter().map(|(term, values)| {
        let values: Vec<String> = values.iter().map(TermValue::to_string).collect();
        format!("{}: {}", term.entry().label_in(Language::English), values.join(" or "))
    }));
    let parts = [
        ("not asked for", actions),
        ("not offered", offers),
        ("not agreed", terms),
        ("not accepted", demands),
    ];
    let said = parts.into_iter().filter(|(_, what)| !what.is_empty());
    PositionLine {
        title: position.title.as_str().to_owned(),
        issue: term(position.issue),
        rules_out: said.map(|(how, what)| format!("{how}: {what}")).collect::<Vec<_>>().join("; "),
        mechanism: position.mechanism.map(|to| named(names, to.0)),
    }
}

pub(super) fn lead(names: &Names, lead: &Lead) -> LeadLine {
    LeadLine {
        organization: named(names, lead.organization.0),
        armed_actor: named(names, lead.armed_actor.0),
        level: lead.level.map(|level| closed(level.0)),
        issue: lead.issue.map(term),
        mechanism: lead.mechanism.map(|to| named(names, to.0)),
    }
}

pub(super) fn flag(flag: &ShownFlag) -> FlagLine {
    let organizations = flag.organizations.iter();
    FlagLine {
        kind: closed(flag.kind),
        severity: closed(flag.severity),
        state: flag.state.map(closed),
        organizations: organizations
            .map(|(id, name)| Named { id: id.0, name: name.clone() })
            .collect(),
        because: flag.because.iter().map(|(_, sentence)| sentence.clone()).collect(),
        settled_by: rules::rule(flag.kind).settled_by.to_owned(),
    }
}

//! Agreements and flags, a line of the brief each.

use concord_domain::{
    document::{CommonPosition, Lead, TermValue},
    language::Language,
    vocabulary::Code,
};
use concord_reports::{
    Named,
    brief::{FlagLine, LeadLine, PositionLine},
};

use crate::{
    flags::ShownFlag,
    outlook::{Voice, closed},
};

impl Voice<'_> {
    pub(super) fn position(self, position: &CommonPosition) -> PositionLine {
        let list = |labels: &mut dyn Iterator<Item = String>| {
            self.language.list(&labels.collect::<Vec<_>>())
        };
        let actions = list(&mut position.excludes_actions.iter().map(|it| self.term(*it).label));
        let offers = list(&mut position.excludes_offers.iter().map(|it| self.term(*it).label));
        let demands = list(&mut position.refuses_demands.iter().map(|it| self.term(*it).label));
        let terms = list(&mut position.excludes_terms.iter().map(|(term, values)| {
            let values: Vec<String> = values.iter().map(TermValue::to_string).collect();
            let (name, or) =
                (term.entry().label_in(self.language), self.language.text("advice.or"));
            self.say("advice.named", &[("name", name), ("value", &values.join(or))])
        }));
        let parts = [
            ("advice.not_asked", actions),
            ("advice.not_offered", offers),
            ("advice.not_agreed", terms),
            ("advice.not_accepted", demands),
        ];
        let said = parts.into_iter().filter(|(_, what)| !what.is_empty());
        PositionLine {
            title: position.title.as_str().to_owned(),
            issue: self.term(position.issue),
            rules_out: said
                .map(|(key, what)| self.say(key, &[("what", &what)]))
                .collect::<Vec<_>>()
                .join("; "),
            mechanism: position.mechanism.map(|to| self.named(to.0)),
        }
    }

    pub(super) fn lead(self, lead: &Lead) -> LeadLine {
        LeadLine {
            organization: self.named(lead.organization.0),
            armed_actor: self.named(lead.armed_actor.0),
            level: lead.level.map(|level| self.closed(level.0)),
            issue: lead.issue.map(|issue| self.term(issue)),
            mechanism: lead.mechanism.map(|to| self.named(to.0)),
        }
    }
}

pub(super) fn flag(flag: &ShownFlag, language: Language) -> FlagLine {
    let organizations = flag.organizations.iter();
    FlagLine {
        kind: closed(flag.kind, language),
        severity: closed(flag.severity, language),
        state: flag.state.map(|state| closed(state, language)),
        organizations: organizations
            .map(|(id, name)| Named { id: id.0, name: name.clone() })
            .collect(),
        because: flag.because.iter().map(|(_, sentence)| sentence.clone()).collect(),
        settled_by: flag.about.settled_by.to_owned(),
    }
}

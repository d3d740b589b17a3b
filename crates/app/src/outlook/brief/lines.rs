//! A flag, in a line of the brief.

use concord_domain::language::Language;
use concord_reports::{Named, brief::FlagLine};

use crate::{flags::ShownFlag, outlook::closed};

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

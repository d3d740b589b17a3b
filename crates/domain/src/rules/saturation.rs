//! `saturation`: too many visits.

use std::collections::BTreeSet;

use super::{Check, Finding, Register, Rule, Visited, because};
use crate::{
    facts::Engagement,
    flag::Subject,
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Level, Severity},
    window::{Day, later},
};

/// How many days in a row are looked at together.
const DAYS: u32 = 7;
/// From how many contacts on they are too many.
const CONTACTS_MIN: usize = 4;
/// Of how many lead organisations at least.
const ORGANIZATIONS_MIN: usize = 3;

pub const RULE: Rule = Rule {
    kind: FlagKind::Saturation,
    class: FlagClass::Overlap,
    title: "One unit is visited by many organisations within a week",
    holds_when: "Within some 7 days in a row, one armed actor was met at one level at least 4 \
                 times by at least 3 lead organisations, in engagements that were not cancelled.",
    why: "A commander who hosts a delegation every other day hears none of them, and asks what \
          each will give.",
    settled_by: "The organisations share out the meetings, or send one delegation for all.",
    check: Check::Visits(check),
};

fn check(register: &Register<'_>, level: Level, engagements: &[&Engagement]) -> Option<Visited> {
    let mut contacts: Vec<(Day, &Engagement)> = engagements
        .iter()
        .flat_map(|engagement| engagement.contacts.iter().map(move |day| (*day, *engagement)))
        .filter(|(day, _)| register.facts.contact_counts(*day))
        .collect();
    contacts.sort_unstable_by_key(|(day, engagement)| (*day, engagement.id));

    let mut named = BTreeSet::new();
    let mut because = Vec::new();
    // Any 7 days hold no more than the 7 days that begin at their own first contact.
    for (index, (first_day, _)) in contacts.iter().enumerate() {
        let last_day = later(*first_day, DAYS - 1);
        let until = contacts.partition_point(|(day, _)| *day <= last_day);
        let within = &contacts[index..until];
        let organizations: BTreeSet<_> = within.iter().map(|(_, e)| e.organization).collect();
        if within.len() < CONTACTS_MIN || organizations.len() < ORGANIZATIONS_MIN {
            continue;
        }
        named.extend(within.iter().map(|(_, engagement)| Subject::Engagement(engagement.id)));
        if because.is_empty() {
            because.push(Reason::new(
                ReasonCode::Visits,
                [
                    ("day", Detail::Day(*first_day)),
                    ("contacts", Detail::Number(within.len())),
                    ("organizations", Detail::Number(organizations.len())),
                    ("level", because::closed(level)),
                ],
            ));
        }
    }
    let found = Finding { severity: Severity::Medium, because };
    (!named.is_empty()).then_some((found, named))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::story::{flags, line};

    fn visits(days: [&str; 4], organizations: [&str; 4]) -> Vec<String> {
        let lines: Vec<_> = days
            .iter()
            .zip(organizations)
            .enumerate()
            .map(|(n, (day, organization))| {
                line(&format!("e{n}"), organization, []).with("contacts", json!([{"on": day}]))
            })
            .collect();
        flags(&lines)
    }

    #[test]
    fn four_visits_by_three_organisations_in_seven_days_are_too_many() {
        let of_three = ["ingo-a", "ingo-b", "un-a", "un-a"];
        let week = ["2026-02-01", "2026-02-03", "2026-02-05", "2026-02-07"];
        assert_eq!(visits(week, of_three), ["saturation medium e0 e1 e2 e3 tactical tg"]);
        let eight_days = ["2026-02-01", "2026-02-03", "2026-02-05", "2026-02-08"];
        assert_eq!(visits(eight_days, of_three), [""; 0]);
        assert_eq!(visits(week, ["ingo-a", "ingo-b", "ingo-a", "ingo-b"]), [""; 0]);
    }
}

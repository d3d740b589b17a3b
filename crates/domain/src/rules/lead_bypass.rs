//! `lead_bypass`: a line that passes by the agreed lead.

use super::{Check, Finding, Register, Rule, because};
use crate::{
    facts::{Engagement, Lead},
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Level, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::LeadBypass,
    class: FlagClass::Process,
    title: "A line passes by the organisation that was agreed to lead",
    holds_when: "A lead covers a live engagement by actor, level, issue, place and day; the lead's \
                 organisation is no part of it, the lead's mechanism was not told, and it is \
                 coordinated with no live engagement of the lead. It is high at strategic level.",
    why: "A lead that is passed by cannot answer for what is said, and the armed actor learns \
          that it can choose whom to hear.",
    settled_by: "The organisation tells the lead or its mechanism, follows the lead's line, or a \
                 second lead is agreed.",
    check: Check::Lead(check),
};

fn covers(register: &Register<'_>, lead: &Lead, engagement: &Engagement) -> bool {
    lead.actor.lineage.contains(&engagement.actor.lineage)
        && lead.level.is_none_or(|level| level == engagement.level)
        && lead.places.intersect(&engagement.places)
        && lead.window.meets(&engagement.window, 0)
        && lead.issue.is_none_or(|issue| {
            register.facts.live_asks(engagement).any(|ask| ask.issue.is_related(issue))
        })
}

fn check(register: &Register<'_>, engagement: &Engagement, lead: &Lead) -> Option<Finding> {
    let takes_part = engagement.organizations().any(|each| each == lead.organization)
        || lead.mechanism.is_some_and(|mechanism| engagement.informed.contains(&mechanism));
    if takes_part || !covers(register, lead, engagement) {
        return None;
    }
    let lines_of_lead = register.live_of(lead.organization);
    if lines_of_lead.iter().any(|line| engagement.is_coordinated_with(line)) {
        return None;
    }
    let agreed = [
        ("organization", Detail::Organization(lead.organization)),
        ("actor", Detail::Actor(lead.actor.id)),
    ];
    let mut because = vec![Reason::new(ReasonCode::AgreedLead, agreed)];
    because.extend(because::meeting(
        (&engagement.actor, &lead.actor),
        (&engagement.places, &lead.places),
        (engagement.window, lead.window),
    ));
    because.push(Reason::new(ReasonCode::LeadNotPart, []));
    because.extend(lead.mechanism.map(|mechanism| {
        let detail = Detail::Mechanism(mechanism);
        Reason::new(ReasonCode::MechanismNotTold, [("mechanism", detail)])
    }));
    let strategic = engagement.level == Level::Strategic;
    let severity = if strategic { Severity::High } else { Severity::Medium };
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line, thing};

    #[test]
    fn passing_by_the_lead_is_medium_and_high_at_strategic_level() {
        let lead = thing("leads", "l1").with("armed_actor", "tg").with("organization", "un-a");
        let below = line("e1", "ingo-a", []).with("armed_actor", "tg-unit");
        assert_eq!(flags([&lead, &below]), ["lead_bypass medium e1 l1"]);
        let strategic = below.with("level", "strategic");
        assert_eq!(flags([&lead, &strategic]), ["lead_bypass high e1 l1"]);
    }

    #[test]
    fn a_line_coordinated_with_a_live_line_of_the_lead_does_not_pass_by_it() {
        let lead = thing("leads", "l1").with("armed_actor", "tg").with("organization", "un-a");
        let of_lead = line("e2", "un-a", []);
        let follows = line("e1", "ingo-a", []).with("follows", ["e2"]);
        assert_eq!(flags([&lead, &of_lead, &follows]), [""; 0]);
        let ended = of_lead.with("status", "concluded");
        assert_eq!(flags([&lead, &ended, &follows]), ["lead_bypass medium e1 l1"]);
    }

    #[test]
    fn a_lead_on_another_issue_level_or_unit_covers_nothing_here() {
        let lead = thing("leads", "l1").with("armed_actor", "tg-unit").with("organization", "un-a");
        let line = line("e1", "ingo-a", [ask("a1", "access.denial", "stop")]);
        assert_eq!(flags([&lead, &line]), [""; 0]);
        let on_unit = line.with("armed_actor", "tg-unit");
        assert_eq!(flags([&lead.with("issue", "protection"), &on_unit]), [""; 0]);
        assert_eq!(flags([&lead.with("level", "strategic"), &on_unit]), [""; 0]);
        assert_eq!(flags([&lead.with("issue", "access"), &on_unit]), ["lead_bypass medium e1 l1"]);
    }
}

//! `community_bypass`: a line that steps past the community's own.

use super::{Asks, Check, Finding, Lines, Rule, because, contradiction};
use crate::{
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::CommunityBypass,
    class: FlagClass::Process,
    title: "A line from outside steps past the community's own",
    holds_when: "Two live engagements that meet and are not coordinated have asks on related \
                 issues, and exactly one of the organisations is community-led. It is high when \
                 their asks are opposed, and low when the community's line begins later.",
    why: "The community lives with what is agreed. Going round it takes away what it has built, \
          and puts those who speak for it at risk.",
    settled_by: "The organisation from outside asks the community how it can support its line, \
                 and follows it.",
    check: Check::Lines(check),
};

/// How severe it is, if it holds.
pub fn severity(lines: &Lines<'_>) -> Option<Severity> {
    let (first, second) = (lines.first, lines.second);
    let holds = lines.organizations_differ()
        && first.community_led != second.community_led
        && lines.meet()
        && !lines.are_coordinated()
        && lines.asks().any(|asks| asks.are_related());
    if !holds {
        return None;
    }
    let (community, other) = if first.community_led { (first, second) } else { (second, first) };
    Some(match (are_opposed(lines), community.window.from > other.window.from) {
        (true, _) => Severity::High,
        (false, true) => Severity::Low,
        (false, false) => Severity::Medium,
    })
}

fn are_opposed(lines: &Lines<'_>) -> bool {
    lines.asks().any(|asks| asks.meet() && contradiction::opposed(&asks).is_some())
}

fn check(lines: &Lines<'_>) -> Option<Finding> {
    let severity = lines.community_bypass()?;
    let related = lines.asks().find(Asks::are_related)?;
    let community = if lines.first.community_led { lines.first } else { lines.second };
    let organization = Detail::Organization(community.organization);
    let mut because = vec![
        Reason::new(ReasonCode::CommunityLine, [("organization", organization)]),
        because::related(related.first.issue, related.second.issue),
    ];
    if are_opposed(lines) {
        because.push(Reason::new(ReasonCode::AsksOpposed, []));
    }
    if let (Severity::Low, Some(day)) = (severity, community.window.from) {
        because.push(Reason::new(ReasonCode::CommunityLater, [("day", Detail::Day(day))]));
    }
    because.extend(because::lines_meet(lines));
    because.push(because::not_coordinated(lines));
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn stepping_past_the_community_takes_the_place_of_duplication() {
        let elders = line("e1", "elders", [ask("a1", "protection.movement", "allow_movement")]);
        let outside = line("e2", "ingo-a", [ask("a2", "protection.movement", "allow_movement")]);
        assert_eq!(flags([&elders, &outside]), ["community_bypass medium e1 e2"]);
        let later = elders.with("from", "2026-02-02");
        assert_eq!(flags([&later, &outside]), ["community_bypass low e1 e2"]);
    }

    #[test]
    fn asking_the_opposite_is_high() {
        let elders =
            line("e1", "elders", [ask("a1", "protection.displacement", "protect_in_place")]);
        let outside = line("e2", "ingo-a", [ask("a2", "protection.displacement", "evacuate")]);
        let both = ["community_bypass high e1 e2", "contradiction critical a1 a2"];
        assert_eq!(flags([&elders, &outside]), both);
    }

    #[test]
    fn following_the_community_two_communities_or_another_issue_are_none() {
        let elders = line("e1", "elders", [ask("a1", "protection.movement", "allow_movement")]);
        let outside = line("e2", "ingo-a", [ask("a2", "protection.movement", "allow_movement")]);
        let follows = outside.with("follows", ["e1"]);
        assert_eq!(flags([&elders, &follows]), ["reinforcing info a1 a2"]);
        let women = outside.with("organization", "women");
        assert_eq!(flags([&elders, &women]), ["duplication medium a1 a2"]);
        let unrelated = line("e2", "ingo-a", [ask("a2", "protection.family", "refrain")]);
        assert_eq!(flags([&elders, &unrelated]), [""; 0]);
    }
}

//! `method_clash`: one in public, one in quiet.

use super::{Check, Finding, Lines, Rule, because};
use crate::{
    reason::{Reason, ReasonCode},
    vocabulary::{FlagClass, FlagKind, Severity, Stance},
};

pub const RULE: Rule = Rule {
    kind: FlagKind::MethodClash,
    class: FlagClass::Conflict,
    title: "One organisation speaks in public where another speaks in quiet",
    holds_when: "Two live engagements that meet, of organisations that differ and are not \
                 coordinated, use the one a public and the other a quiet method; for a campaign \
                 their asks must also be on related issues.",
    why: "Public words can end a quiet dialogue, and a quiet dialogue can be held up against \
          public words.",
    settled_by: "They agree on the time of publication and on what is left unsaid, or divide the \
                 issues.",
    check: Check::Lines(check),
};

fn check(lines: &Lines<'_>) -> Option<Finding> {
    let (public, quiet) = match (lines.first.method.stance(), lines.second.method.stance()) {
        (Stance::Public, Stance::Quiet) => (lines.first, lines.second),
        (Stance::Quiet, Stance::Public) => (lines.second, lines.first),
        _ => return None,
    };
    let related = lines.asks().find(super::Asks::are_related);
    let severity = match (public.method.is_denunciation(), related.is_some()) {
        (true, true) => Severity::High,
        (true, false) => Severity::Low,
        (false, true) => Severity::Medium,
        (false, false) => return None,
    };
    let methods =
        [("public", because::code(public.method)), ("quiet", because::code(quiet.method))];
    let mut because = vec![Reason::new(ReasonCode::PublicAndQuiet, methods)];
    because.extend(related.map(|asks| because::related(asks.first.issue, asks.second.issue)));
    because.extend(because::lines_meet(lines));
    because.push(because::not_coordinated(lines));
    Some(Finding { severity, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags_of, line};

    #[test]
    fn denouncing_beside_a_quiet_line_is_high_on_related_issues_and_else_low() {
        let quiet = line("e1", "ingo-a", [ask("a1", "protection.attacks.health", "stop")]);
        let denounces = line("e2", "ingo-b", [ask("a2", "protection.attacks", "stop")])
            .with("method", "public_denunciation");
        let kind = "method_clash";
        assert_eq!(flags_of(kind, [&quiet, &denounces]), ["method_clash high e1 e2"]);
        let other = line("e2", "ingo-b", []).with("method", "public_denunciation");
        assert_eq!(flags_of(kind, [&quiet, &other]), ["method_clash low e1 e2"]);
    }

    #[test]
    fn a_campaign_is_medium_on_related_issues_and_else_none() {
        let quiet = line("e1", "ingo-a", [ask("a1", "protection.attacks.health", "stop")]);
        let campaign = |issue| {
            line("e2", "ingo-b", [ask("a2", issue, "stop")]).with("method", "public_advocacy")
        };
        let kind = "method_clash";
        let same = campaign("protection.attacks.health");
        assert_eq!(flags_of(kind, [&quiet, &same]), ["method_clash medium e1 e2"]);
        assert_eq!(flags_of(kind, [&quiet, &campaign("protection.gbv")]), [""; 0]);
        assert_eq!(flags_of(kind, [&quiet, &same.with("follows", ["e1"])]), [""; 0]);
    }
}

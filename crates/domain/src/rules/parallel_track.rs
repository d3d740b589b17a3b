//! `parallel_track`: the same ask at two levels.

use super::{Asks, Check, Finding, Rule, because, duplication::twice};
use crate::vocabulary::{FlagClass, FlagKind, Severity};

pub const RULE: Rule = Rule {
    kind: FlagKind::ParallelTrack,
    class: FlagClass::Overlap,
    title: "Two organisations ask for the same at different levels",
    holds_when: "Two live asks that meet have one issue, action and object, at different levels, \
                 of organisations that differ and are not coordinated.",
    why: "Two levels can carry one ask well, if each knows what the other has heard; if not, a \
          commander is overruled or goes round his superior.",
    settled_by: "The two tell each other when they meet and what they hear; one sequence is agreed.",
    check: Check::Asks(check),
};

fn check(asks: &Asks<'_>) -> Option<Finding> {
    if asks.lines.same_level() || !twice(asks) {
        return None;
    }
    let mut because = vec![because::same_ask(asks.first), because::not_coordinated(asks.lines)];
    because.extend(because::asks_meet(asks));
    Some(Finding { severity: Severity::Low, because })
}

#[cfg(test)]
mod tests {
    use crate::rules::story::{ask, flags, line};

    #[test]
    fn one_ask_at_two_levels_is_low_and_at_one_level_something_else() {
        let first = line("e1", "ingo-a", [ask("a1", "access.denial", "stop")]);
        let second = line("e2", "ingo-b", [ask("a2", "access.denial", "stop")]);
        let above = second.with("level", "strategic");
        assert_eq!(flags([&first, &above]), ["parallel_track low a1 a2"]);
        assert_eq!(flags([&first, &second]), ["duplication medium a1 a2"]);
        let joined = above.with("strategy", "one plan");
        let first = first.with("strategy", "one plan");
        assert_eq!(flags([&first, &joined]), ["reinforcing info a1 a2"]);
    }
}

//! The reasons that several rules give.

use super::{Asks, Comparable, Lines};
use crate::{
    facts::{Actor, Places},
    reason::{Detail, Reason, ReasonCode},
    vocabulary::{Closed, Code, Issue, Level},
    window::Window,
};

/// A code of an open list as a detail.
pub fn code<T: Code>(code: T) -> Detail {
    Detail::Code(T::LIST, &code.entry().code)
}

/// A code of a closed list as a detail.
pub fn closed<T: Closed>(code: T) -> Detail {
    Detail::Code(T::LIST, code.code())
}

/// Who, where and when two things meet.
pub fn meeting(
    (first, second): (&Actor, &Actor),
    (first_places, second_places): (&Places, &Places),
    (first_window, second_window): (Window, Window),
) -> Vec<Reason> {
    vec![
        actors(first, second),
        places(first_places, second_places),
        Reason::new(
            ReasonCode::Windows,
            [("first", Detail::Window(first_window)), ("second", Detail::Window(second_window))],
        ),
    ]
}

/// That two armed actors are in line.
pub fn actors(first: &Actor, second: &Actor) -> Reason {
    let (above, below) =
        if first.lineage.contains(&second.lineage) { (first, second) } else { (second, first) };
    if above.id == below.id {
        return Reason::new(ReasonCode::SameActor, [("actor", Detail::Actor(above.id))]);
    }
    let details = [("below", Detail::Actor(below.id)), ("above", Detail::Actor(above.id))];
    Reason::new(ReasonCode::InLine, details)
}

fn places(first: &Places, second: &Places) -> Reason {
    let mut shared: Vec<_> = first.shared(second).collect();
    shared.sort_unstable();
    shared.dedup();
    if shared.is_empty() {
        return Reason::new(ReasonCode::WholeOperation, []);
    }
    Reason::new(ReasonCode::SharedPlaces, [("places", Detail::Places(shared))])
}

/// Where two asks meet, and at which levels.
pub fn asks_meet(asks: &Asks<'_>) -> Vec<Reason> {
    let (first, second) = (asks.lines.first, asks.lines.second);
    let mut because = meeting(
        (&first.actor, &second.actor),
        (&asks.first.places, &asks.second.places),
        (asks.first.window, asks.second.window),
    );
    because.push(levels(first.level, second.level));
    because
}

/// Where two engagements meet.
pub fn lines_meet(lines: &Lines<'_>) -> Vec<Reason> {
    let (first, second) = (lines.first, lines.second);
    meeting(
        (&first.actor, &second.actor),
        (&first.places, &second.places),
        (first.window, second.window),
    )
}

/// One level or two.
pub fn levels(first: Level, second: Level) -> Reason {
    if first == second {
        return Reason::new(ReasonCode::SameLevel, [("level", closed(first))]);
    }
    Reason::new(ReasonCode::TwoLevels, [("first", closed(first)), ("second", closed(second))])
}

/// That two engagements are not coordinated.
pub fn not_coordinated(lines: &Lines<'_>) -> Reason {
    let organization = |id| Detail::Organization(id);
    Reason::new(
        ReasonCode::NotCoordinated,
        [
            ("first", organization(lines.first.organization)),
            ("second", organization(lines.second.organization)),
        ],
    )
}

/// That two asks ask for the same.
pub fn same_ask(ask: &impl Comparable) -> Reason {
    let (issue, action, _) = ask.content();
    Reason::new(ReasonCode::SameAsk, [("action", code(action)), ("issue", code(issue))])
}

/// Each term that differs.
pub fn differing_terms(first: &impl Comparable, second: &impl Comparable) -> Vec<Reason> {
    let reason =
        |(term, first, second): (_, &crate::document::TermValue, &crate::document::TermValue)| {
            Reason::new(
                ReasonCode::TermDiffers,
                [
                    ("term", code::<crate::vocabulary::Term>(term)),
                    ("first", Detail::Value(first.clone())),
                    ("second", Detail::Value(second.clone())),
                ],
            )
        };
    first.differing_terms(second).map(reason).collect()
}

/// That two issues are related.
pub fn related(first: Issue, second: Issue) -> Reason {
    if first == second {
        return Reason::new(ReasonCode::SameIssue, [("issue", code(first))]);
    }
    Reason::new(ReasonCode::RelatedIssues, [("first", code(first)), ("second", code(second))])
}

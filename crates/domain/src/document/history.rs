//! What asks, demands and parents were before: kept by the registry itself when they change, so
//! that nobody has to think of it.

use super::{
    ArmedActor, Ask, AskStep, Demand, DemandStep, Engagement, FormerParent, LIST_ITEMS_MAX,
};
use crate::window::Day;

/// Adds to a history, of which the oldest goes when it is full.
fn push<T>(history: &mut Vec<T>, step: T) {
    if history.len() >= LIST_ITEMS_MAX {
        history.remove(0);
    }
    history.push(step);
}

/// Brings a history to what a thing is now. One that was never changed has none.
fn remember<T: Clone>(
    history: &mut Vec<T>,
    before: Option<&T>,
    now: &T,
    is_same: impl Fn(&T, &T) -> bool,
) {
    match (history.last(), before) {
        (Some(last), _) if is_same(last, now) => return,
        (Some(_), _) => {}
        (None, Some(before)) if !is_same(before, now) => push(history, before.clone()),
        (None, _) => return,
    }
    push(history, now.clone());
}

impl Ask {
    /// What it is, as a step of its history.
    fn step(&self, on: Day) -> AskStep {
        let (status, terms, offer) = (self.status, self.terms.clone(), self.offer);
        AskStep { on, status, terms, offer, note: None }
    }

    /// Whoever sends the ask anew without its history does not mean to lose it.
    fn remember(&mut self, before: Option<&Self>, began: Day, today: Day) {
        if let (true, Some(before)) = (self.history.is_empty(), before) {
            self.history.clone_from(&before.history);
        }
        let now = self.step(today);
        let before = before.map(|before| before.step(began.min(today)));
        let is_same = |a: &AskStep, b: &AskStep| {
            (a.status, &a.terms, a.offer) == (b.status, &b.terms, b.offer)
        };
        remember(&mut self.history, before.as_ref(), &now, is_same);
    }
}

impl Demand {
    /// How it is answered, as a step of its history.
    fn step(&self, on: Day) -> DemandStep {
        DemandStep { on, response: self.response, note: None }
    }

    fn remember(&mut self, before: Option<&Self>, began: Day, today: Day) {
        if let (true, Some(before)) = (self.history.is_empty(), before) {
            self.history.clone_from(&before.history);
        }
        let now = self.step(today);
        let before = before.map(|before| before.step(began.min(today)));
        let is_same = |a: &DemandStep, b: &DemandStep| a.response == b.response;
        remember(&mut self.history, before.as_ref(), &now, is_same);
    }
}

impl Engagement {
    /// Adds to the histories of its asks and demands what has changed since it was `before`.
    pub fn remember(&mut self, before: Option<&Self>, today: Day) {
        let from = self.from;
        for ask in &mut self.asks {
            let was = before.and_then(|b| b.asks.iter().find(|a| a.identity.id == ask.identity.id));
            ask.remember(was, ask.from.unwrap_or(from), today);
        }
        for demand in &mut self.demands {
            let id = demand.identity.id;
            let was = before.and_then(|b| b.demands.iter().find(|d| d.identity.id == id));
            demand.remember(was, demand.from.unwrap_or(from), today);
        }
    }
}

impl ArmedActor {
    /// Adds to its former parents the one that it had `before`, if it has another now.
    pub fn remember(&mut self, before: &Self, today: Day) {
        if before.parent == self.parent {
            return;
        }
        let from = self.former_parents.iter().map(|former| former.until).max();
        let former = FormerParent { parent: before.parent, from, until: today };
        push(&mut self.former_parents, former);
    }
}

impl super::Commitment {
    /// Which of the five points that make it operational are settled: who sees to it, what is
    /// done, where, when, and how it is seen that it is.
    #[must_use]
    pub fn settled_points(&self) -> [bool; 5] {
        let points = self.arrangements.as_ref();
        let said = |point: Option<&Option<super::Prose>>| {
            point.and_then(Option::as_ref).is_some_and(|text| !text.as_str().trim().is_empty())
        };
        [
            said(points.map(|each| &each.responsible)),
            !self.terms.is_empty() || said(points.map(|each| &each.procedure)),
            !self.places.is_empty() || said(points.map(|each| &each.location)),
            self.until.is_some() || said(points.map(|each| &each.timing)),
            said(points.map(|each| &each.verification)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        document::Of,
        vocabulary::{AskStatus, Closed},
    };

    fn line() -> Engagement {
        struct Fresh(u128);
        impl crate::bundle::Standing for Fresh {
            fn fresh(&mut self) -> uuid::Uuid {
                self.0 += 1;
                uuid::Uuid::from_u128(self.0)
            }
        }
        let bundle = serde_json::json!({
            "format": "concord.bundle/1",
            "operation": {"key": "o", "name": "O"},
            "organizations": [{"key": "a", "name": "A", "kind": "ingo"}],
            "armed_actors": [{"key": "g", "name": "G", "kind": "militia"}],
            "engagements": [{
                "key": "e", "organization": "a", "armed_actor": "g", "level": "tactical",
                "method": "negotiation", "status": "ongoing", "from": "2026-02-01",
                "asks": [{"key": "k", "issue": "access", "action": "stop"}],
            }],
        });
        let bundle = crate::bundle::read(&bundle, &mut Fresh(0), None).unwrap();
        bundle.engagements.into_iter().next().unwrap()
    }

    fn steps(line: &Engagement) -> Vec<String> {
        let step = |step: &AskStep| format!("{} {}", step.on, step.status.0.code());
        line.asks[0].history.iter().map(step).collect()
    }

    #[test]
    fn an_ask_remembers_what_it_was_once_it_changes() {
        let day = |text| crate::window::parse_day(text).unwrap();
        let before = line();
        let mut same = before.clone();
        same.remember(Some(&before), day("2026-02-10"));
        assert_eq!(same, before);
        let mut granted = before.clone();
        granted.asks[0].status = Of(AskStatus::Granted);
        granted.remember(Some(&before), day("2026-02-10"));
        assert_eq!(steps(&granted), ["2026-02-01 open", "2026-02-10 granted"]);
        let mut withdrawn = granted.clone();
        withdrawn.asks[0].status = Of(AskStatus::Withdrawn);
        withdrawn.remember(Some(&granted), day("2026-02-20"));
        let all = ["2026-02-01 open", "2026-02-10 granted", "2026-02-20 withdrawn"];
        assert_eq!(steps(&withdrawn), all);
        let mut again = withdrawn.clone();
        again.remember(Some(&withdrawn), day("2026-02-21"));
        assert_eq!(again, withdrawn);
    }

    #[test]
    fn a_full_history_stays_one_that_can_be_read() {
        let day = |text| crate::window::parse_day(text).unwrap();
        let mut now = line();
        for turn in 0..LIST_ITEMS_MAX + 5 {
            let before = now.clone();
            let granted = turn % 2 == 0;
            now.asks[0].status = Of(if granted { AskStatus::Granted } else { AskStatus::Open });
            now.remember(Some(&before), day("2026-02-10"));
        }
        assert_eq!(now.asks[0].history.len(), LIST_ITEMS_MAX);
    }
}

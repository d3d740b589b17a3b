//! Two worlds, and whether one person is answered the same in both.

use std::collections::BTreeMap;

use concord_tests::{
    Answer, Registry,
    tape::{Sent, Step, first_id},
};

use crate::{
    calls::{Call, calls},
    compared::differing,
    hidden::{Hidden, Plan, Planting, Side},
    random::Random,
    stage::{Base, Stage},
};

/// Where the ids of questions begin, far from those of all steps.
const IDS: u64 = 1 << 56;
/// Where one's second factor is.
const FACTOR: &str = "/v1/me/second-factor";
/// How many pages of a list are read.
const PAGES_MAX: usize = 3;

/// That somebody is answered differently.
#[derive(Clone, Debug)]
pub struct Leak {
    /// The operation.
    pub call: String,
    /// The request, and how the answers differ.
    pub what: String,
}

/// Which of the calls are made in a pair of worlds.
#[derive(Clone, Copy, Debug)]
pub enum Share {
    /// All of them.
    All,
    /// One third, by turns: so that many worlds are compared in little time.
    Third(usize),
}

impl Share {
    const fn has(self, at: usize) -> bool {
        match self {
            Self::All => true,
            Self::Third(turn) => at % 3 == turn % 3,
        }
    }
}

/// What came of comparing two worlds.
#[derive(Default)]
pub struct Outcome {
    pub leaks: Vec<Leak>,
    /// How many answers were compared of each operation, and how many of them were good.
    pub compared: BTreeMap<String, (usize, usize)>,
    /// Whether whose it is was told of what is hidden, and of it not being there.
    pub is_told_to_owner: Option<bool>,
}

struct Pair<'s> {
    plan: &'s Plan,
    left: Registry,
    right: Registry,
    asked: u64,
    outcome: Outcome,
}

/// Makes two worlds by a plan, and compares all that somebody is answered in them.
pub fn compared(base: &Base, stage: &Stage, plan: &Plan, share: Share) -> Outcome {
    let (left, right) = (stage.world(), stage.world());
    let plant = |world: &Registry, side: Side| {
        let (hiders, manager, hidden) = (&base.hiders[..], &base.manager, Hidden::default());
        let mut planting = Planting { world, side, hiders, manager, number: 0, hidden };
        planting.plant(plan);
        planting.hidden
    };
    let mut hidden = plant(&left, Side::Left);
    let other = plant(&right, Side::Right);
    hidden.ids.extend(other.ids);
    hidden.keys.extend(other.keys);
    hidden.line = hidden.line.or(other.line);
    let mut pair = Pair { plan, left, right, asked: 0, outcome: Outcome::default() };
    let told = hidden.line.clone().map(|(id, who)| {
        let sent = Sent {
            method: "GET".to_owned(),
            path: format!("/v1/operations/{}/engagements/{id}", concord_tests::walk::OPERATION),
            token: base.hiders[who].token.clone(),
            ..Sent::default()
        };
        let (left, right) = pair.both(&sent);
        (left.status < 300 || right.status < 300) && left.text != right.text
    });
    pair.outcome.is_told_to_owner = told;
    pair.all((base, stage), share, &hidden);
    pair.outcome
}

impl Pair<'_> {
    fn all(&mut self, (base, stage): (&Base, &Stage), share: Share, hidden: &Hidden) {
        let all = calls(&stage.tape, &base.operations);
        // What needs a second factor needs what brought it in.
        let has = |at: usize| share.has(at) || all[at].operation.path.starts_with(FACTOR);
        let tape = stage.tape.iter().enumerate().filter(|(at, _)| has(*at)).map(|(_, steps)| steps);
        let calls =
            || all.iter().enumerate().filter(|(at, _)| share.has(*at)).map(|(_, call)| call);
        let mut random = Random::of(self.plan.seed ^ 0x5eed);
        let token = stage.token.as_ref();
        // What changes nothing first, while all that is hidden is as it was hidden.
        for call in calls() {
            if call.is_question() {
                for sent in call.forms(token, &mut random) {
                    self.ask(call, &sent);
                }
                for sent in call.asked(token, hidden, &mut random) {
                    self.ask(call, &sent);
                }
            }
            for sent in call.about(token, hidden, &mut random) {
                self.ask(call, &sent);
            }
            if random.below(4) == 0
                && let Some(sent) = call.elsewhere(token)
            {
                self.ask(call, &sent);
            }
        }
        for (number, step) in tape.flatten() {
            let answers = (self.left.again(*number, step), self.right.again(*number, step));
            if let ((Some(left), Some(right)), Step::Request(sent)) = (answers, step) {
                let call = sent.call.clone().unwrap_or_default();
                self.compare(&call, sent, (&left, &right));
            }
        }
        let last = all.iter().rev().find(|call| call.sent.token.is_some());
        let token = last.and_then(|call| call.sent.token.as_ref());
        for call in calls() {
            for sent in call.naming(token, hidden, &mut random) {
                self.ask(call, &sent);
            }
        }
    }

    fn both(&mut self, sent: &Sent) -> (Answer, Answer) {
        self.asked += 1;
        let id = IDS + first_id(0) * self.asked;
        let ask = |world: &Registry| {
            world.ids.continue_at(id);
            world.send(sent)
        };
        (ask(&self.left), ask(&self.right))
    }

    /// Asks in both worlds, and for the pages that follow.
    fn ask(&mut self, call: &Call<'_>, sent: &Sent) {
        let mut sent = sent.clone();
        for _ in 0..PAGES_MAX {
            let (left, right) = self.both(&sent);
            self.compare(&call.operation.id, &sent, (&left, &right));
            match call.next(&sent, &left.body) {
                Some(next) if left.text == right.text && sent.method == "GET" => sent = next,
                _ => break,
            }
        }
    }

    fn compare(&mut self, call: &str, sent: &Sent, (left, right): (&Answer, &Answer)) {
        let (compared, good) = self.outcome.compared.entry(call.to_owned()).or_default();
        *compared += 1;
        *good += usize::from((200..300).contains(&left.status));
        assert!(left.status < 500, "{call} breaks: {sent:?} {}", left.text);
        if let Some(how) = differing(self.plan, call, (left, right)) {
            let headers: Vec<String> =
                sent.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            let body = String::from_utf8_lossy(&sent.body);
            let what =
                format!("{} {} [{}] {body}\n  {how}", sent.method, sent.path, headers.join(", "));
            self.outcome.leaks.push(Leak { call: call.to_owned(), what });
        }
    }
}

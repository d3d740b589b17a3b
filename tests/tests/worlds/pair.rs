//! Two worlds, and whether one person is answered the same in both.

use std::collections::BTreeMap;

use concord_app::retention;
use concord_tests::{
    Answer, Registry,
    tape::{Sent, Step, first_id},
    walk::{Caller, OPERATION},
};

use crate::{
    calls::{Call, calls},
    compared::differing,
    hidden::{Plan, Side},
    planting::{Hidden, Planting},
    random::Random,
    stage::{Base, Stage},
};

/// Where the ids of questions begin, far from those of all steps.
const IDS: u64 = 1 << 56;
/// Where those begin of what is done as days pass.
const IDS_OF_DAYS: u64 = 1 << 55;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// All of them.
    All,
    /// One of so many parts, by turns: so that many worlds are compared in little time.
    Part { of: usize, turn: usize },
}

impl Share {
    /// Whether a call is of it.
    pub const fn has(self, at: usize) -> bool {
        match self {
            Self::All => true,
            Self::Part { of, turn } => at % of == turn % of,
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

/// Two worlds.
pub struct Pair<'s> {
    plan: &'s Plan,
    left: Registry,
    right: Registry,
    asked: u64,
    outcome: Outcome,
}

/// Makes two worlds by a plan, and compares all that somebody is answered in them.
pub fn compared(base: &Base, stage: &Stage, plan: &Plan, share: Share) -> Outcome {
    let (left, right) = (stage.world(), stage.world());
    let mut hidden = Planting::of(plan, base, (&left, Side::Left));
    let other = Planting::of(plan, base, (&right, Side::Right));
    hidden.ids.extend(other.ids);
    hidden.keys.extend(other.keys);
    hidden.line = hidden.line.or(other.line);
    let mut pair = Pair { plan, left, right, asked: 0, outcome: Outcome::default() };
    let told = hidden.line.clone().map(|(id, who)| {
        let sent = Sent {
            method: "GET".to_owned(),
            path: format!("/v1/operations/{OPERATION}/engagements/{id}"),
            token: base.hiders[who].token.clone(),
            ..Sent::default()
        };
        let (left, right) = pair.both(&sent);
        (left.status < 300 || right.status < 300) && left.text != right.text
    });
    pair.outcome.is_told_to_owner = told;
    let all = calls(&stage.tape, &base.operations);
    let of_share: Vec<(usize, &Call<'_>)> =
        all.iter().enumerate().filter(|(at, _)| share.has(*at)).collect();
    // What changes nothing first, while all that is hidden is as it was hidden.
    let token = pair.pass(stage);
    pair.ask_all(&of_share, (token.as_ref(), &hidden));
    pair.look_at_pages((base, stage), &hidden, share);
    if plan.days == 0 {
        pair.do_all(stage, &all, share);
        let last = all.iter().rev().find(|call| call.sent.token.is_some());
        let token = last.and_then(|call| call.sent.token.as_ref());
        pair.name_all(&of_share, (token, &hidden));
    } else {
        pair.name_all(&of_share, (token.as_ref(), &hidden));
    }
    pair.outcome
}

impl Pair<'_> {
    /// Lets the days of the plan pass in both worlds, with what is done as they pass; answers the
    /// token of the caller after that.
    fn pass(&self, stage: &Stage) -> Option<String> {
        if self.plan.days == 0 {
            return stage.token.clone();
        }
        let pass = |world: &Registry| {
            world.pass_days(self.plan.days);
            world.ids.continue_at(IDS_OF_DAYS);
            retention::run(&world.app).expect("what is past is retracted");
            world.ids.continue_at(IDS_OF_DAYS + first_id(0));
            match stage.caller {
                Caller::Tool | Caller::Anonymous | Caller::Disabled => stage.token.clone(),
                _ => world.signed_in(&stage.login, OPERATION).token,
            }
        };
        // Each is good in both, since it is of the same session.
        pass(&self.right);
        pass(&self.left)
    }

    /// Asks all questions, in every form, and everything about what is hidden.
    fn ask_all(
        &mut self,
        calls: &[(usize, &Call<'_>)],
        (token, hidden): (Option<&String>, &Hidden),
    ) {
        for (at, call) in calls {
            let (mut random, mut all) = (self.random(*at, 0), Vec::new());
            if call.is_question() {
                all.extend(call.forms(token, &mut random));
                all.extend(call.asked(token, hidden, &mut random));
            }
            all.extend(call.about(token, hidden, &mut random));
            if random.below(4) == 0 {
                all.extend(call.elsewhere(token));
            }
            all.iter().for_each(|sent| self.ask(call, sent));
        }
    }

    /// Chance of its own for each call and each pass, so that the same is asked whichever part of the
    /// calls are made.
    pub fn random(&self, call: usize, pass: u64) -> Random {
        Random::of(self.plan.seed ^ ((call as u64 + 1) << 32) ^ (pass << 60))
    }

    /// Makes the calls as they were made once.
    fn do_all(&mut self, stage: &Stage, all: &[Call<'_>], share: Share) {
        // What needs a second factor needs what brought it in.
        let has = |at: usize| share.has(at) || all[at].operation.path.starts_with(FACTOR);
        let tape = stage.tape.iter().enumerate().filter(|(at, _)| has(*at));
        for (number, step) in tape.flat_map(|(_, steps)| steps) {
            let answers = (self.left.again(*number, step), self.right.again(*number, step));
            if let ((Some(left), Some(right)), Step::Request(sent)) = (answers, step) {
                let call = sent.call.clone().unwrap_or_default();
                self.compare(&call, sent, (&left, &right));
            }
        }
    }

    /// Makes each call with something in it that names what is hidden.
    fn name_all(
        &mut self,
        calls: &[(usize, &Call<'_>)],
        (token, hidden): (Option<&String>, &Hidden),
    ) {
        for (at, call) in calls {
            for sent in call.naming(token, hidden, &mut self.random(*at, 1)) {
                self.ask(call, &sent);
            }
        }
    }

    /// Asks in both worlds.
    pub fn both(&mut self, sent: &Sent) -> (Answer, Answer) {
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

    /// Compares two answers.
    pub fn compare(&mut self, call: &str, sent: &Sent, (left, right): (&Answer, &Answer)) {
        let (compared, good) = self.outcome.compared.entry(call.to_owned()).or_default();
        *compared += 1;
        *good += usize::from((200..400).contains(&left.status));
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

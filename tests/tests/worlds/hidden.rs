//! What may not be seen: deeds of others, made up from a seed, to be done in one world, in the other,
//! or in both with other content.

use concord_domain::vocabulary::Role;
use concord_tests::walk::Caller;
use serde_json::{Value, json};

use crate::random::Random;

/// Organisations that do not share with the one that the callers act for, and that lead nothing:
/// that a rule depends on hidden lines of a lead is known, and said in SECURITY.md.
pub const HIDERS: [&str; 4] = ["harbour", "noor", "ort", "lvd"];
/// Mechanisms that the callers' organisation is not in.
const MECHANISMS: [&str; 3] = ["hct", "pc", "ctfmr"];
const ACTORS: [&str; 12] = [
    "ufv-sefa",
    "ufv-valley",
    "ufv-moukara",
    "ufv",
    "hrm-zallun",
    "hrm-north",
    "hrm",
    "taf-plateau",
    "guard",
    "lenga-relief",
    "quay",
    "gend",
];
const PLACES: [&str; 8] =
    ["XT030102", "XT0301", "XT03", "XT020202", "XT0202", "XT040102", "XT0501", "XT0101"];
/// Armed actors with whom the callers' organisation has no line, and about whom no example of the
/// document is: what discloses a match there is met by nothing of theirs.
const REMOTE: [&str; 3] = ["guard", "gend", "lenga-relief"];
pub const ASKS: [(&str, &str); 8] = [
    ("access.movement.checkpoints", "staff_checkpoint"),
    ("access.movement.checkpoints", "remove_checkpoint"),
    ("access.movement.goods", "allow_passage"),
    ("access.security.escorts", "provide_escort"),
    ("access.security.escorts", "forgo_escort"),
    ("protection.mines", "clear_ordnance"),
    ("protection.displacement", "defer_return"),
    ("access.interference.data", "forgo_lists"),
];
const DEMANDS: [&str; 2] = ["fee", "staff_list"];
const LEVELS: [&str; 3] = ["tactical", "operational", "strategic"];

/// What stands in a plan for the line of the callers' organisation that hidden lines follow.
pub const FOLLOWED: &str = "00000000-0000-4000-8000-000000000001";

/// How two worlds differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// What is hidden is in one of them alone.
    Presence,
    /// What is hidden differs in everything but its ids.
    Content,
    /// What is hidden differs in its keys and texts alone, so that what it discloses, and what the
    /// audit log tells of it, is the same in both.
    Texts,
}

/// Which of the two worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// A line that is hidden.
#[derive(Clone, Debug)]
pub struct Line {
    pub who: usize,
    /// The same line as it is in the left world and in the right one.
    pub bodies: [Value; 2],
    /// What is done with it after, each with the world in which it is done, if in one alone.
    pub then: Vec<(Then, Option<Side>)>,
}

/// What is done with a line that is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Amend,
    Ask,
    Promise,
    Look,
    Step,
    Contact,
    Tighten,
    Loosen,
    Renew,
    Keep,
    /// A consent is noted and taken back.
    Consent,
    Retract,
}

/// What comes of a request to be put in touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Yes,
    No,
    Silence,
    /// The line that it is about comes to disclose nothing.
    None,
    /// The line that it is about is retracted.
    Retracted,
}

/// Two hidden lines that contradict each other, and a request of one side to be put in touch.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Who is asked, and who asks.
    pub who: [usize; 2],
    /// The line of each, in each world.
    pub bodies: [[Value; 2]; 2],
    pub outcome: Outcome,
}

#[derive(Clone, Debug)]
pub enum Deed {
    Line(Line),
    Promise(usize, [Value; 2]),
    Strategy(usize, [Value; 2]),
    Check(usize, [Value; 2]),
    /// Checks until no more is answered.
    Spend(usize, [Value; 2]),
    Touch(Touch),
    /// What others were asked by the callers' organisation before is answered.
    Answer(Outcome),
    Document(usize, &'static str),
    /// Somebody says that they have seen what waits for them.
    Seen(usize),
    SignIn(usize),
    Tool(usize),
    Factor(usize),
    Invite(usize, u64),
    Refused(usize),
    Member(u64),
    /// Somebody of the desk proposes that somebody joins it.
    Desk(u64),
    Elsewhere,
}

impl Deed {
    /// Which of the hiders does it; the first if it is none of them.
    pub const fn who(&self) -> usize {
        match self {
            Self::Line(line) => line.who,
            Self::Promise(who, _)
            | Self::Strategy(who, _)
            | Self::Check(who, _)
            | Self::Spend(who, _)
            | Self::Document(who, _)
            | Self::Seen(who)
            | Self::SignIn(who)
            | Self::Tool(who)
            | Self::Factor(who)
            | Self::Invite(who, _)
            | Self::Refused(who) => *who,
            Self::Touch(touch) => touch.who[0],
            Self::Answer(_) | Self::Member(_) | Self::Desk(_) | Self::Elsewhere => 0,
        }
    }

    /// What kinds of hidden things it is, in words.
    pub fn kinds(&self) -> Vec<String> {
        let word = match self {
            Self::Line(line) => {
                let disclosure = line.bodies[0]["disclosure"].as_str().unwrap_or_default();
                let then = line.then.iter().map(|(then, _)| format!("line: {then:?}"));
                return then.chain([format!("line that discloses {disclosure}")]).collect();
            }
            Self::Promise(..) => "commitment",
            Self::Strategy(..) => "strategy",
            Self::Check(..) => "check",
            Self::Spend(..) => "spent budget",
            Self::Touch(touch) => return vec![format!("request: {:?}", touch.outcome)],
            Self::Answer(outcome) => return vec![format!("answer: {outcome:?}")],
            Self::Document(..) => "document",
            Self::Seen(_) => "seen notifications",
            Self::SignIn(_) => "sign-in",
            Self::Tool(_) => "tool",
            Self::Factor(_) => "second factor",
            Self::Invite(..) => "invitation",
            Self::Refused(_) => "refusal",
            Self::Member(_) => "member",
            Self::Desk(_) => "change of the desk",
            Self::Elsewhere => "operation",
        };
        vec![word.to_owned()]
    }
}

/// What differs between two worlds, for whom.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub caller: Caller,
    pub difference: Difference,
    /// How many days pass before anything is asked.
    pub days: i64,
    /// Each with the world in which it is done, if it is done in one alone.
    pub deeds: Vec<(Deed, Option<Side>)>,
}

/// Whether somebody reads entries at all.
pub const fn reads_entries(caller: Caller) -> bool {
    match caller {
        Caller::Is(Role::Member | Role::FocalPoint | Role::Desk)
        | Caller::Standing
        | Caller::Tool => true,
        Caller::Is(Role::Auditor | Role::Administrator)
        | Caller::Installation
        | Caller::Stranger
        | Caller::Disabled
        | Caller::Anonymous => false,
    }
}

/// Whether somebody reads the whole of the audit log.
pub const fn reads_all_records(caller: Caller) -> bool {
    matches!(caller, Caller::Is(Role::Auditor) | Caller::Standing)
}

/// Whether somebody acts for the organisation that the callers act for.
const fn acts(caller: Caller) -> bool {
    reads_entries(caller) && !matches!(caller, Caller::Is(Role::Desk))
}

/// Whether somebody may be of the desk, and reads its queue.
const fn reads_queue(caller: Caller) -> bool {
    matches!(caller, Caller::Is(Role::Desk) | Caller::Standing | Caller::Tool)
}

/// Whether somebody knows who is to join the desk.
const fn knows_desk(caller: Caller) -> bool {
    reads_queue(caller) || matches!(caller, Caller::Is(Role::Administrator) | Caller::Installation)
}

/// Whether somebody knows which operations there are.
const fn knows_operations(caller: Caller) -> bool {
    matches!(caller, Caller::Installation | Caller::Standing | Caller::Tool)
}

/// How many kinds of deeds there are, and how often lines come among those that are chosen by chance.
const KINDS: usize = 17;
const LINES: usize = 6;

impl Plan {
    pub fn of(seed: u64, caller: Caller) -> Self {
        let mut random = Random::of(seed);
        let difference = match random.below(4) {
            0 | 1 => Difference::Presence,
            2 if !reads_all_records(caller) => Difference::Content,
            _ => Difference::Texts,
        };
        let mut plan = Self { seed, caller, difference, days: 0, deeds: Vec::new() };
        let count = 1 + random.below(3);
        plan.add(&mut random, 0);
        // Each kind in its turn, whoever reads, and others by chance.
        let seed = usize::try_from(seed).unwrap_or_default();
        plan.add(&mut random, (seed + seed / 20) % KINDS);
        for _ in 0..count {
            let what = random.below(KINDS + LINES);
            plan.add(&mut random, what.saturating_sub(LINES));
        }
        // Who has spent a budget is told no more of what they meet, and could not ask about it.
        plan.deeds.sort_by_key(|(deed, _)| matches!(deed, Deed::Spend(..)));
        plan
    }

    /// The same, after so many days.
    pub fn after(mut self, days: i64) -> Self {
        self.days = days;
        self
    }

    /// Whether a line with this armed actor in this place is the first thing that is hidden, in one
    /// of the worlds alone, as it was logged.
    pub fn hides_at(&self, armed_actor: &str, place: &str) -> bool {
        let Some((Deed::Line(line), Some(_))) = self.deeds.first() else { return false };
        let body = &line.bodies[0];
        line.then.is_empty()
            && body["status"] == "ongoing"
            && body["armed_actor"] == armed_actor
            && body["places"][0].as_str().is_some_and(|at| at.starts_with(place))
    }

    fn add(&mut self, random: &mut Random, what: usize) {
        let who = random.below(HIDERS.len());
        let side = if random.below(2) == 0 { Side::Left } else { Side::Right };
        let mut side = (self.difference == Difference::Presence).then_some(side);
        let deed = match what {
            0 => Deed::Line(self.line(random, who, &mut side)),
            1 => Deed::Promise(who, self.promise(random, who)),
            2 => Deed::Strategy(who, self.strategy(random, who)),
            3 => Deed::Check(who, self.check(random, who)),
            4 => Deed::Spend(who, self.check(random, who)),
            5 | 6 if !reads_queue(self.caller) => Deed::Touch(self.touch(random, who)),
            7 => Deed::Answer(self.answer(random)),
            // Who was shown their entries is told to focal points: that is granted.
            8 if self.caller != Caller::Is(Role::FocalPoint) => {
                Deed::Document(who, random.pick(&["brief", "report", "bundle", "timeline"]))
            }
            9 => Deed::Seen(who),
            10 => Deed::SignIn(who),
            11 => Deed::Tool(who),
            12 => Deed::Factor(who),
            13 => Deed::Invite(who, random.next()),
            14 => Deed::Refused(who),
            15 if !knows_desk(self.caller) => Deed::Desk(random.next()),
            16 if self.caller == Caller::Stranger || self.caller == Caller::Anonymous => {
                Deed::Member(random.next())
            }
            _ if !knows_operations(self.caller) => Deed::Elsewhere,
            _ => Deed::Seen(who),
        };
        self.deeds.push((deed, side));
    }

    /// What is answered to a request of the callers' organisation: to those who act for it a no, which
    /// is told as silence is.
    fn answer(&self, random: &mut Random) -> Outcome {
        if acts(self.caller) { Outcome::No } else { random.pick(&[Outcome::Yes, Outcome::No]) }
    }

    /// Two lines about which nothing is known to those who do not meet them.
    fn touch(&self, random: &mut Random, who: usize) -> Touch {
        let other = (who + 1 + random.below(HIDERS.len() - 1)) % HIDERS.len();
        let (actor, left) = (random.pick(&REMOTE), random.next());
        let body = |who: usize, action: &str, seed: u64| {
            json!({"key": format!("touch-{}", Random::of(seed).word()),
                "organization": HIDERS[who], "armed_actor": actor, "level": "tactical",
                "method": "negotiation", "status": "ongoing", "from": "2026-11-01",
                "until": "2027-01-10", "audience": "own", "disclosure": "match",
                "asks": [{"issue": "access.movement.routes", "action": action}],
                "summary": "Two who go the same way"})
        };
        let both = |who: usize, action: &str| {
            let mut right = body(who, action, left);
            if self.difference != Difference::Presence {
                reword(&mut right);
            }
            [body(who, action, left), right]
        };
        let outcome = random.pick(&[
            Outcome::Yes,
            Outcome::No,
            Outcome::Silence,
            Outcome::None,
            Outcome::Retracted,
        ]);
        Touch {
            who: [who, other],
            bodies: [both(who, "open_route"), both(other, "close_route")],
            outcome,
        }
    }

    /// What a hidden entry discloses: nothing that anybody else sees, unless the same is seen of it
    /// in both worlds, or no entries are, or nothing of theirs meets it.
    fn disclosure(&self, random: &mut Random) -> &'static str {
        match self.difference {
            _ if !reads_entries(self.caller) => {}
            Difference::Texts => {}
            _ if reads_queue(self.caller) => return "none",
            _ => return random.pick(&["none", "none", "match"]),
        }
        random.pick(&["none", "match", "existence", "summary"])
    }

    fn audience(&self, random: &mut Random) -> Value {
        match random.below(if reads_entries(self.caller) { 3 } else { 4 }) {
            0 => json!({"audience": "own"}),
            1 => {
                json!({"audience": "organizations", "audience_organizations": [random.pick(&HIDERS)]})
            }
            2 => {
                json!({"audience": "mechanisms", "audience_mechanisms": [random.pick(&MECHANISMS)]})
            }
            _ => json!({"audience": "operation"}),
        }
    }

    /// A body for each world: the same, with other texts, or another.
    fn both(&self, random: &mut Random, make: impl Fn(&mut Random) -> Value) -> [Value; 2] {
        let left = make(random);
        let mut right =
            if self.difference == Difference::Content { make(random) } else { left.clone() };
        for member in ["disclosure", "audience", "audience_organizations", "audience_mechanisms"] {
            if let Some(shared) = left.get(member) {
                right[member] = shared.clone();
            } else if let Some(right) = right.as_object_mut() {
                right.remove(member);
            }
        }
        if self.difference == Difference::Texts {
            reword(&mut right);
        }
        [left, right]
    }

    fn line(&self, random: &mut Random, who: usize, side: &mut Option<Side>) -> Line {
        let (disclosure, audience) = (self.disclosure(random), self.audience(random));
        let is_through = random.below(3) == 0;
        let is_remote = disclosure == "match" && reads_entries(self.caller);
        let is_over = random.below(4) == 0;
        let follows = random.below(4) == 0;
        let bodies = self.both(random, |random| {
            let ask = |random: &mut Random, key: &str| {
                let (issue, action) = random.pick(&ASKS);
                json!({"key": format!("{key}-{}", random.word()), "issue": issue, "action": action})
            };
            let asks = [ask(random, "ask"), ask(random, "other")];
            let actor = if is_remote { random.pick(&REMOTE) } else { random.pick(&ACTORS) };
            let mut body = json!({
                "key": format!("hidden-{}", random.word()),
                "organization": HIDERS[who],
                "armed_actor": actor,
                "level": random.pick(&LEVELS),
                "method": "negotiation",
                "status": "ongoing",
                "from": random.pick(&["2026-11-01", "2026-11-10", "2026-11-20"]),
                "until": random.pick(&["2026-11-30", "2026-12-15", "2027-01-10"]),
                "places": [random.pick(&PLACES)],
                "asks": asks,
                "demands": [{"key": format!("demand-{}", random.word()),
                    "kind": random.pick(&DEMANDS), "response": "declined"}],
                "summary": format!("What is hidden, {}", random.word()),
                "disclosure": disclosure,
            });
            merge(&mut body, &audience);
            if follows {
                body["follows"] = json!([FOLLOWED]);
            }
            if is_over {
                let over =
                    json!({"status": "concluded", "from": "2026-10-01", "until": "2026-11-10"});
                merge(&mut body, &over);
            }
            if is_through {
                let via =
                    json!({"kind": "community_leader", "consent": true, "risk_assessed": true});
                let consent = json!({"given": "2026-11-10", "until": "2027-01-10"});
                merge(&mut body, &json!({"via": via, "consent": consent}));
            }
            body
        });
        // In a third of the worlds that differ in what there is both have the line, and what is done
        // with it is done in one.
        let of_one = if side.is_some() && random.below(3) == 0 { side.take() } else { None };
        let mut all = vec![Then::Look, Then::Step, Then::Tighten, Then::Keep];
        if !is_over {
            all.extend([Then::Amend, Then::Ask, Then::Promise, Then::Renew]);
        }
        if bodies[0]["audience"] == "own" {
            all.push(Then::Loosen);
        }
        if is_through {
            all.push(Then::Consent);
        }
        // That contacts of hidden lines count in `saturation` is known.
        if !reads_entries(self.caller) && !is_over {
            all.push(Then::Contact);
        }
        let mut then: Vec<(Then, Option<Side>)> =
            (0..random.below(3)).map(|_| (random.pick(&all), of_one)).collect();
        if random.below(4) == 0 {
            then.push((Then::Retract, of_one));
        }
        Line { who, bodies, then }
    }

    fn promise(&self, random: &mut Random, who: usize) -> [Value; 2] {
        let disclosure = self.disclosure(random);
        let is_open = !reads_entries(self.caller) && random.below(2) == 0;
        let is_remote = disclosure == "match" && reads_entries(self.caller);
        self.both(random, |random| {
            let (issue, action) = random.pick(&ASKS);
            let actor = if is_remote { random.pick(&REMOTE) } else { random.pick(&ACTORS) };
            json!({
                "key": format!("promise-{}", random.word()),
                "organization": HIDERS[who],
                "armed_actor": actor,
                "kind": "verbal_assurance",
                "issue": issue,
                "action": action,
                "note": format!("What was promised, {}", random.word()),
                "audience": if is_open { "operation" } else { "own" },
                "disclosure": disclosure,
            })
        })
    }

    fn strategy(&self, random: &mut Random, who: usize) -> [Value; 2] {
        self.both(random, |random| {
            json!({"key": format!("plan-{}", random.word()), "organization": HIDERS[who],
                "armed_actor": random.pick(&ACTORS), "issues": ["access.movement"],
                "title": format!("A plan {}", random.word())})
        })
    }

    fn check(&self, random: &mut Random, who: usize) -> [Value; 2] {
        self.both(random, |random| {
            let (issue, action) = random.pick(&ASKS);
            json!({"organization": HIDERS[who], "armed_actor": random.pick(&ACTORS),
                "level": "tactical", "method": "negotiation", "from": "2026-11-21",
                "until": "2026-12-10", "places": [random.pick(&PLACES)],
                "asks": [{"issue": issue, "action": action}], "purpose": "A meeting"})
        })
    }
}

fn merge(body: &mut Value, members: &Value) {
    if let (Some(body), Some(members)) = (body.as_object_mut(), members.as_object()) {
        body.extend(members.clone());
    }
}

/// Other keys and other free texts of the same lengths or not.
fn reword(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("key", Value::String(key)) => key.push_str("-b"),
                    ("summary" | "title" | "note", Value::String(text)) => {
                        *text = "Something quite different".to_owned();
                    }
                    (_, member) => reword(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(reword),
        _ => {}
    }
}

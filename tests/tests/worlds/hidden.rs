//! What may not be seen: deeds of others, made up from a seed, and done in one world, in the other,
//! or in both with other content.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Registry,
    tape::{Sent, first_id},
    walk::{Caller, OPERATION, text},
};
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
const ASKS: [(&str, &str); 8] = [
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

/// Somebody of an organisation that hides things.
pub struct Hider {
    pub organization: &'static str,
    pub login: String,
    pub token: Option<String>,
}

/// A line that is hidden.
#[derive(Clone, Debug)]
pub struct Line {
    who: usize,
    /// The same line as it is in the left world and in the right one.
    bodies: [Value; 2],
    /// What is done with it after.
    then: Vec<Then>,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    Amend,
    Ask,
    Promise,
    Look,
    Step,
    Contact,
    Share,
}

#[derive(Clone, Debug)]
pub enum Deed {
    Line(Line),
    Promise(usize, [Value; 2]),
    Strategy(usize, [Value; 2]),
    Check(usize, [Value; 2]),
    Document(usize, &'static str),
    SignIn(usize),
    Tool(usize),
    Factor(usize),
    Invite(usize, u64),
    Refused(usize),
    Member(u64),
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
            | Self::Document(who, _)
            | Self::SignIn(who)
            | Self::Tool(who)
            | Self::Factor(who)
            | Self::Invite(who, _)
            | Self::Refused(who) => *who,
            Self::Member(_) | Self::Elsewhere => 0,
        }
    }
}

/// What differs between two worlds, for whom.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub caller: Caller,
    pub difference: Difference,
    /// Each with the world in which it is done, if it is done in one alone.
    pub deeds: Vec<(Deed, Option<Side>)>,
}

/// What was hidden in a world.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Ids, each with the list that it is found in.
    pub ids: Vec<(String, String)>,
    pub keys: Vec<String>,
    /// The first line, and whose it is.
    pub line: Option<(String, usize)>,
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

/// Whether somebody knows which operations there are.
const fn knows_operations(caller: Caller) -> bool {
    matches!(caller, Caller::Installation | Caller::Standing | Caller::Tool)
}

impl Plan {
    pub fn of(seed: u64, caller: Caller) -> Self {
        let mut random = Random::of(seed);
        let difference = match random.below(4) {
            0 | 1 => Difference::Presence,
            2 if !reads_all_records(caller) => Difference::Content,
            _ => Difference::Texts,
        };
        let mut plan = Self { seed, caller, difference, deeds: Vec::new() };
        let count = 2 + random.below(4);
        plan.add(&mut random, 0);
        for _ in 0..count {
            let what = random.below(16);
            plan.add(&mut random, what);
        }
        plan
    }

    /// Whether a line with this armed actor in this place is the first thing that is hidden.
    pub fn hides_at(&self, armed_actor: &str, place: &str) -> bool {
        let Some((Deed::Line(line), _)) = self.deeds.first() else { return false };
        let at = &line.bodies[0]["places"][0];
        line.bodies[0]["armed_actor"] == armed_actor
            && at.as_str().is_some_and(|at| at.starts_with(place))
    }

    fn add(&mut self, random: &mut Random, what: usize) {
        let who = random.below(HIDERS.len());
        let deed = match what {
            0..=4 => Deed::Line(self.line(random, who)),
            5 => Deed::Promise(who, self.promise(random, who)),
            6 => Deed::Strategy(who, self.strategy(random, who)),
            7 => Deed::Check(who, self.check(random, who)),
            // Who was shown their entries is told to focal points: that is granted.
            8 if self.caller != Caller::Is(Role::FocalPoint) => {
                Deed::Document(who, random.pick(&["brief", "report", "bundle", "timeline"]))
            }
            9 => Deed::SignIn(who),
            10 => Deed::Tool(who),
            11 => Deed::Factor(who),
            12 => Deed::Invite(who, random.next()),
            13 => Deed::Refused(who),
            14 if self.caller == Caller::Stranger || self.caller == Caller::Anonymous => {
                Deed::Member(random.next())
            }
            _ if !knows_operations(self.caller) => Deed::Elsewhere,
            _ => Deed::SignIn(who),
        };
        let side = if random.below(2) == 0 { Side::Left } else { Side::Right };
        let is_in_one = self.difference == Difference::Presence;
        self.deeds.push((deed, is_in_one.then_some(side)));
    }

    /// What a hidden entry discloses: nothing that anybody else sees, unless the same is seen of it
    /// in both worlds, or no entries are.
    fn disclosure(&self, random: &mut Random) -> &'static str {
        if reads_entries(self.caller) && self.difference != Difference::Texts {
            return "none";
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

    fn line(&self, random: &mut Random, who: usize) -> Line {
        let (disclosure, audience) = (self.disclosure(random), self.audience(random));
        let bodies = self.both(random, |random| {
            let ask = |random: &mut Random, key: &str| {
                let (issue, action) = random.pick(&ASKS);
                json!({"key": format!("{key}-{}", random.word()), "issue": issue, "action": action})
            };
            let asks = [ask(random, "ask"), ask(random, "other")];
            let mut body = json!({
                "key": format!("hidden-{}", random.word()),
                "organization": HIDERS[who],
                "armed_actor": random.pick(&ACTORS),
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
            body
        });
        let mut then = Vec::new();
        for _ in 0..random.below(3) {
            let mut all =
                vec![Then::Amend, Then::Ask, Then::Promise, Then::Look, Then::Step, Then::Share];
            // That contacts of hidden lines count in `saturation` is known.
            if !reads_entries(self.caller) {
                all.push(Then::Contact);
            }
            then.push(random.pick(&all));
        }
        Line { who, bodies, then }
    }

    fn promise(&self, random: &mut Random, who: usize) -> [Value; 2] {
        let disclosure = self.disclosure(random);
        let is_open = !reads_entries(self.caller) && random.below(2) == 0;
        self.both(random, |random| {
            let (issue, action) = random.pick(&ASKS);
            json!({
                "key": format!("promise-{}", random.word()),
                "organization": HIDERS[who],
                "armed_actor": random.pick(&ACTORS),
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

/// Does deeds in a world.
pub struct Planting<'w> {
    pub world: &'w Registry,
    pub side: Side,
    pub hiders: &'w [Hider],
    /// Somebody who manages the installation.
    pub manager: &'w Option<String>,
    pub number: u64,
    pub hidden: Hidden,
}

/// Where the ids of what is hidden begin, far from those of everything else.
const IDS: u64 = 1 << 52;

impl Planting<'_> {
    /// Does what the plan has for this world.
    pub fn plant(&mut self, plan: &Plan) {
        for (at, (deed, side)) in plan.deeds.iter().enumerate() {
            // Each deed has ids of its own, whatever was done before it.
            self.number = (at as u64) << 6;
            if side.is_none_or(|side| side == self.side) {
                self.do_it(deed);
            }
        }
    }

    fn send(&mut self, token: &Option<String>, method: &str, path: &str, body: &Value) -> Answer {
        self.number += 1;
        self.world.ids.continue_at(IDS + first_id(0) * self.number);
        let path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("/v1/operations/{OPERATION}/{path}"),
        };
        let headers = [
            ("content-type", "application/json"),
            ("if-match", "*"),
            ("idempotency-key", &format!("hidden-{}", self.number)),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (body, take) = match method {
            "GET" | "DELETE" => (Vec::new(), 0),
            "POST" => (body.to_string().into_bytes(), 3),
            _ => (body.to_string().into_bytes(), 2),
        };
        let headers = headers.into_iter().take(take).collect();
        let (method, token) = (method.to_owned(), token.clone());
        self.world.send(&Sent { call: None, method, path, headers, body, token })
    }

    /// The same, which fails unless it is done.
    fn done(&mut self, who: usize, method: &str, path: &str, body: &Value) -> Answer {
        let token = self.hiders[who].token.clone();
        let answer = self.send(&token, method, path, body);
        assert!(answer.status < 300, "{method} {path} {body}: {} {}", answer.status, answer.text);
        answer
    }

    /// Keeps the ids and keys of something that is found in a list, and of what is in it.
    fn keep(&mut self, list: &str, thing: &Value) {
        match thing {
            Value::Object(members) => {
                if let Some(id) = members.get("id") {
                    self.hidden.ids.push((list.to_owned(), text(id)));
                }
                if let Some(key) = members.get("key").filter(|key| key.is_string()) {
                    self.hidden.keys.push(text(key));
                }
                members.iter().for_each(|(name, member)| self.keep(name, member));
            }
            Value::Array(items) => items.iter().for_each(|item| self.keep(list, item)),
            _ => {}
        }
    }

    fn do_it(&mut self, deed: &Deed) {
        let side = usize::from(self.side == Side::Right);
        match deed {
            Deed::Line(line) => self.line(line, side),
            Deed::Promise(who, bodies) => {
                let made = self.done(*who, "POST", "commitments", &bodies[side]).body;
                self.keep("commitments", &made);
            }
            Deed::Strategy(who, bodies) => {
                let made = self.done(*who, "POST", "strategies", &bodies[side]).body;
                self.keep("strategies", &made);
            }
            Deed::Check(who, bodies) => drop(self.done(*who, "POST", "checks", &bodies[side])),
            Deed::Document(who, which) => self.document(*who, which),
            Deed::SignIn(who) => {
                let login =
                    json!({"login": self.hiders[*who].login, "password": concord_tests::PASSWORD});
                self.done(*who, "POST", "/v1/tokens", &login);
            }
            Deed::Tool(who) => {
                let tool = json!({"name": "Hidden", "scope": "read", "ends_on": "2026-12-20"});
                let made = self.done(*who, "POST", "/v1/me/tool-tokens", &tool).body;
                self.keep("tool-tokens", &made);
            }
            Deed::Factor(who) => {
                drop(self.done(*who, "POST", "/v1/me/second-factor", &json!({})));
            }
            Deed::Invite(who, number) => {
                let invited = json!({"login": format!("hidden-{number}@nowhere"), "name": "Hidden",
                    "role": "member", "organization": self.hiders[*who].organization});
                self.done(*who, "POST", "people", &invited);
            }
            Deed::Refused(who) => {
                let token = self.hiders[*who].token.clone();
                let missing = "engagements/00000000-0000-4000-8000-000000000000";
                assert_eq!(self.send(&token, "GET", missing, &Value::Null).status, 404);
            }
            Deed::Member(number) => {
                let login = format!("hidden-{number}@nowhere");
                self.world.ids.continue_at(IDS + first_id(0) * (self.number + 1));
                self.world.account(&login, false);
                self.world.role(OPERATION, &login, Role::Member, Some(HIDERS[0]));
            }
            Deed::Elsewhere => {
                let operation = json!({"key": "elsewhere", "name": "Elsewhere", "country": "SSD"});
                let made = self.send(self.manager, "POST", "/v1/operations", &operation);
                // A second one of the plan is refused as taken, in the same way in both worlds.
                assert!([201, 409, 422].contains(&made.status), "{}", made.text);
                self.keep("operations", &made.body);
            }
        }
    }

    fn line(&mut self, line: &Line, side: usize) {
        let made = self.done(line.who, "POST", "engagements", &line.bodies[side]).body;
        self.keep("engagements", &made["engagement"]);
        self.keep("flags", &made["flags"]);
        let id = text(&made["engagement"]["id"]);
        let path = format!("engagements/{id}");
        if self.hidden.line.is_none() {
            self.hidden.line = Some((id, line.who));
        }
        let who = line.who;
        for then in &line.then {
            match then {
                Then::Amend => {
                    drop(self.done(who, "PATCH", &path, &json!({"status": "suspended"})));
                }
                Then::Ask => {
                    let ask = json!({"issue": "access.movement.goods", "action": "allow_passage"});
                    let made = self.done(who, "POST", &format!("{path}/asks"), &ask).body;
                    self.keep("asks", &made["ask"]);
                }
                Then::Promise => {
                    let (issue, action) = ASKS[0];
                    let promise = json!({"engagement": made["engagement"]["id"], "issue": issue,
                        "armed_actor": line.bodies[side]["armed_actor"], "action": action,
                        "kind": "verbal_assurance"});
                    let made = self.done(who, "POST", "commitments", &promise).body;
                    self.keep("commitments", &made);
                }
                Then::Look => {
                    self.done(who, "GET", &path, &Value::Null);
                    self.done(who, "GET", &format!("{path}/flags"), &Value::Null);
                }
                Then::Step => {
                    // A flag of this line, if its owner reads one: an owner works on what is hidden.
                    let flags = self.done(who, "GET", &format!("{path}/flags"), &Value::Null).body;
                    let own = |flag: &&Value| {
                        let between = flag["between"].as_array().into_iter().flatten();
                        let mut entries = between.filter_map(|side| side["engagement"].as_str());
                        entries.all(|entry| self.hidden.ids.iter().any(|(_, id)| id == entry))
                    };
                    let flags = flags["items"].as_array().cloned().unwrap_or_default();
                    if let Some(flag) = flags.iter().find(own) {
                        let path = format!("flags/{}/steps", text(&flag["id"]));
                        self.done(who, "POST", &path, &json!({"state": "acknowledged"}));
                    }
                }
                Then::Contact => {
                    let contact = json!({"on": "2026-11-19"});
                    self.done(who, "POST", &format!("{path}/contacts"), &contact);
                }
                Then::Share => {
                    let mut sharing = json!({"audience": "own", "reason": "Closer",
                        "disclosure": line.bodies[side]["disclosure"]});
                    if line.bodies[side]["audience"] == "operation" {
                        sharing["audience"] = "operation".into();
                    }
                    self.done(who, "PUT", &format!("{path}/sharing"), &sharing);
                }
            }
        }
    }

    fn document(&mut self, who: usize, which: &str) {
        match which {
            "bundle" => drop(self.done(who, "GET", "bundle", &Value::Null)),
            "brief" => {
                let token = self.hiders[who].token.clone();
                self.send(&token, "POST", "briefs", &json!({"armed_actor": "ufv"}));
            }
            "report" => {
                let token = self.hiders[who].token.clone();
                let period = json!({"from": "2026-10-01", "until": "2026-11-20"});
                self.send(&token, "POST", "reports", &period);
            }
            _ => {
                let token = self.hiders[who].token.clone();
                self.send(&token, "POST", "timelines", &json!({}));
            }
        }
    }
}

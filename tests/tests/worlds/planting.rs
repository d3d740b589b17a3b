//! Doing what is hidden, in a world.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, PASSWORD, Registry,
    tape::{Sent, first_id},
    walk::{OPERATION, text},
};
use serde_json::{Value, json};

use crate::{
    hidden::{ASKS, Deed, Difference, FOLLOWED, HIDERS, Line, Outcome, Plan, Side, Then, Touch},
    stage::Base,
};

/// What was hidden in a world.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Ids, each with the list that it is found in.
    pub ids: Vec<(String, String)>,
    pub keys: Vec<String>,
    /// The first line that differs between the worlds, and whose it is.
    pub line: Option<(String, usize)>,
}

/// Does deeds in a world.
pub struct Planting<'w> {
    base: &'w Base,
    world: &'w Registry,
    side: Side,
    number: u64,
    /// Whether those who were asked before have answered.
    is_answered: bool,
    hidden: Hidden,
}

/// Where the ids of what is hidden begin, far from those of everything else.
const IDS: u64 = 1 << 52;

/// How many requests a deed makes at most, and each thing that is done with a line.
const OF_A_DEED: u64 = 128;
const OF_A_THEN: u64 = 16;
/// How many checks are answered in a day, unless the operation says otherwise.
const CHECKS_A_DAY: usize = 20;

impl<'w> Planting<'w> {
    /// Does what a plan has for this world.
    pub fn of(plan: &Plan, base: &'w Base, (world, side): (&'w Registry, Side)) -> Hidden {
        let hidden = Hidden::default();
        let mut planting = Self { base, world, side, number: 0, is_answered: false, hidden };
        for (at, (deed, of)) in plan.deeds.iter().enumerate() {
            // Each deed has ids of its own, whatever was done before it.
            planting.number = at as u64 * OF_A_DEED;
            if of.is_none_or(|of| of == side) {
                let differs = of.is_some() || plan.difference != Difference::Presence;
                planting.do_it(deed, differs);
            }
        }
        planting.hidden
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
        let take = match method {
            "GET" | "DELETE" => 0,
            "POST" => 3,
            _ => 2,
        };
        // What takes no body is told of no type of one.
        let skipped = usize::from(body.is_null());
        let headers = headers.into_iter().take(take).skip(skipped).collect();
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let (method, token) = (method.to_owned(), token.clone());
        self.world.send(&Sent { call: None, method, path, headers, body, token })
    }

    /// The same, which fails unless it is done.
    fn done(&mut self, who: usize, method: &str, path: &str, body: &Value) -> Answer {
        let token = self.base.hiders[who].token.clone();
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

    fn do_it(&mut self, deed: &Deed, differs: bool) {
        let side = usize::from(self.side == Side::Right);
        match deed {
            Deed::Line(line) => self.line(line, side, differs),
            Deed::Promise(who, bodies) => {
                let made = self.done(*who, "POST", "commitments", &bodies[side]).body;
                self.keep("commitments", &made);
            }
            Deed::Strategy(who, bodies) => {
                let made = self.done(*who, "POST", "strategies", &bodies[side]).body;
                self.keep("strategies", &made);
            }
            Deed::Check(who, bodies) => {
                let made = self.done(*who, "POST", "checks", &bodies[side]).body;
                self.hidden.ids.push(("checks".to_owned(), text(&made["receipt"])));
            }
            Deed::Spend(who, bodies) => self.spend(*who, &bodies[side]),
            Deed::Touch(touch) => self.touch(touch, side),
            Deed::Answer(outcome) => self.answer_all(*outcome),
            Deed::Document(who, which) => self.document(*who, which),
            Deed::Seen(who) => self.see(*who),
            Deed::SignIn(who) => {
                let login = json!({"login": self.base.hiders[*who].login, "password": PASSWORD});
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
                let organization = self.base.hiders[*who].organization;
                let invited = json!({"login": format!("hidden-{number}@nowhere"), "name": "Hidden",
                    "role": "member", "organization": organization});
                self.done(*who, "POST", "people", &invited);
            }
            Deed::Refused(who) => {
                let token = self.base.hiders[*who].token.clone();
                let missing = "engagements/00000000-0000-4000-8000-000000000000";
                assert_eq!(self.send(&token, "GET", missing, &Value::Null).status, 404);
            }
            Deed::Member(number) => {
                let login = format!("hidden-{number}@nowhere");
                self.world.ids.continue_at(IDS + first_id(0) * (self.number + 1));
                self.world.account(&login, false);
                self.world.role(OPERATION, &login, Role::Member, Some(HIDERS[0]));
            }
            Deed::Desk(number) => {
                let login = format!("hidden-{number}@desk");
                let change = json!({"change": "add", "login": login, "name": "Hidden"});
                let made = self.send(&self.base.keeper.clone(), "POST", "desk/changes", &change);
                assert_eq!(made.status, 201, "{}", made.text);
                self.keep("changes", &made.body);
            }
            Deed::Elsewhere => {
                let operation = json!({"key": "elsewhere", "name": "Elsewhere", "country": "SSD"});
                let manager = self.base.manager.clone();
                let made = self.send(&manager, "POST", "/v1/operations", &operation);
                // A second one of the plan is refused as taken, in the same way in both worlds.
                assert!([201, 409, 422].contains(&made.status), "{}", made.text);
                self.keep("operations", &made.body);
            }
        }
    }

    /// A body as it is sent here.
    fn body(&self, body: &Value) -> Value {
        let mut body = body.clone();
        if body["follows"] == json!([FOLLOWED]) {
            body["follows"] = json!([self.base.followed]);
        }
        body
    }

    fn line(&mut self, line: &Line, side: usize, differs: bool) {
        let body = self.body(&line.bodies[side]);
        let made = self.done(line.who, "POST", "engagements", &body).body;
        self.keep("engagements", &made["engagement"]);
        self.keep("flags", &made["flags"]);
        let id = text(&made["engagement"]["id"]);
        let is_retracted_alike =
            !differs || line.then.iter().any(|(then, _)| *then == Then::Retract);
        if self.hidden.line.is_none() && !is_retracted_alike {
            self.hidden.line = Some((id.clone(), line.who));
        }
        let number = self.number;
        for (at, (then, of)) in line.then.iter().enumerate() {
            self.number = number + (at as u64 + 1) * OF_A_THEN;
            if of.is_none_or(|of| of == self.side) {
                self.then(line, (&id, &body), *then);
            }
        }
    }

    fn then(&mut self, line: &Line, (id, body): (&str, &Value), then: Then) {
        let (who, path) = (line.who, format!("engagements/{id}"));
        match then {
            Then::Amend => drop(self.done(who, "PATCH", &path, &json!({"status": "suspended"}))),
            Then::Ask => {
                let ask = json!({"issue": "access.movement.goods", "action": "allow_passage"});
                let made = self.done(who, "POST", &format!("{path}/asks"), &ask).body;
                self.keep("asks", &made["ask"]);
            }
            Then::Promise => {
                let (issue, action) = ASKS[0];
                let promise = json!({"engagement": id, "issue": issue, "action": action,
                    "armed_actor": body["armed_actor"], "kind": "verbal_assurance"});
                let made = self.done(who, "POST", "commitments", &promise).body;
                self.keep("commitments", &made);
            }
            Then::Look => {
                self.done(who, "GET", &path, &Value::Null);
                self.done(who, "GET", &format!("{path}/flags"), &Value::Null);
            }
            Then::Step => {
                // It rests on what is hidden, if on other lines too.
                if let Some(flag) = self.flag_of(who, &path) {
                    let step = json!({"state": "acknowledged"});
                    self.done(who, "POST", &format!("flags/{flag}/steps"), &step);
                }
            }
            Then::Contact => {
                let contact = json!({"on": "2026-11-19"});
                self.done(who, "POST", &format!("{path}/contacts"), &contact);
            }
            Then::Tighten => self.tighten(who, &path),
            Then::Loosen => {
                let other = HIDERS[(who + 1) % HIDERS.len()];
                let disclosure = if body["disclosure"] == "none" { "none" } else { "match" };
                let sharing = json!({"audience": "organizations", "audience_organizations": [other],
                    "disclosure": disclosure, "reason": "They go there too"});
                self.done(who, "POST", &format!("{path}/loosening"), &sharing);
            }
            Then::Renew => drop(self.done(who, "POST", &format!("{path}/renewal"), &Value::Null)),
            Then::Keep => {
                let kept = json!({"until": "2027-06-30", "reason": "It is asked about"});
                self.done(who, "PUT", &format!("{path}/retention"), &kept);
            }
            Then::Consent => {
                let given = json!({"given": "2026-11-20", "until": "2027-02-10",
                    "reason": "It was agreed anew"});
                self.done(who, "PUT", &format!("{path}/consent"), &given);
                let back = json!({"reason": "It was taken back"});
                self.done(who, "POST", &format!("{path}/consent/revocation"), &back);
            }
            Then::Retract => self.retract(who, &path),
        }
    }

    fn tighten(&mut self, who: usize, path: &str) {
        let sharing = json!({"audience": "own", "disclosure": "none", "reason": "Closer"});
        self.done(who, "POST", &format!("{path}/tightening"), &sharing);
    }

    fn retract(&mut self, who: usize, path: &str) {
        self.done(who, "POST", &format!("{path}/retraction"), &json!({"reason": "asked_for"}));
    }

    /// A flag of a line, as its owner reads it.
    fn flag_of(&mut self, who: usize, path: &str) -> Option<String> {
        let flags = self.done(who, "GET", &format!("{path}/flags"), &Value::Null).body;
        let ids = flags["items"].as_array()?.iter().map(|flag| text(&flag["id"]));
        ids.into_iter().find(|id| !id.is_empty())
    }

    fn spend(&mut self, who: usize, body: &Value) {
        let token = self.base.hiders[who].token.clone();
        for _ in 0..=CHECKS_A_DAY {
            if self.send(&token, "POST", "checks", body).status == 429 {
                return;
            }
        }
        panic!("{} may ask without end", HIDERS[who]);
    }

    /// One side asks to be put in touch with the other, and something comes of it.
    fn touch(&mut self, touch: &Touch, side: usize) {
        let [asked, asks] = touch.who;
        let mut line = |who: usize, body: &Value| {
            let made = self.done(who, "POST", "engagements", body).body;
            self.keep("engagements", &made["engagement"]);
            made
        };
        let theirs = text(&line(asked, &touch.bodies[0][side])["engagement"]["id"]);
        let own = line(asks, &touch.bodies[1][side]);
        let restricted = own["restricted"].as_array().into_iter().flatten();
        let mut met =
            restricted.filter(|line| line["class"] == "conflict").map(|line| text(&line["id"]));
        let Some(met) = met.next_back() else { panic!("they meet: {own}") };
        let wish = json!({"restricted": met, "reason": "We go the same way"});
        let request = self.done(asks, "POST", "contact-requests", &wish).body;
        self.keep("contact-requests", &request);
        let received = self.done(asked, "GET", "received-contact-requests", &Value::Null).body;
        self.keep("received-contact-requests", &received["items"]);
        let path = format!("engagements/{theirs}");
        match touch.outcome {
            Outcome::Silence => {}
            Outcome::None => self.tighten(asked, &path),
            Outcome::Retracted => self.retract(asked, &path),
            Outcome::Yes | Outcome::No => {
                let about = |item: &&Value| item["entries"].to_string().contains(&theirs);
                let items = received["items"].as_array().cloned().unwrap_or_default();
                let Some(item) = items.iter().find(about) else { panic!("asked: {received}") };
                self.answer(asked, &text(&item["id"]), touch.outcome);
            }
        }
    }

    fn answer(&mut self, who: usize, id: &str, outcome: Outcome) {
        let answer = json!({"answer": if outcome == Outcome::Yes { "yes" } else { "no" },
            "reason": "As things are"});
        self.done(who, "POST", &format!("received-contact-requests/{id}/answer"), &answer);
    }

    /// Answers what the hiders were asked before, by the callers' organisation.
    fn answer_all(&mut self, outcome: Outcome) {
        let mut count = 0;
        for who in 0..HIDERS.len() {
            let received = self.done(who, "GET", "received-contact-requests", &Value::Null).body;
            for item in received["items"].as_array().into_iter().flatten() {
                if item["answer"].is_null() && item["organization"]["name"] == self.base.asking {
                    self.answer(who, &text(&item["id"]), outcome);
                    count += 1;
                }
            }
        }
        assert!(count > 0 || self.is_answered, "nobody was asked by {}", self.base.asking);
        self.is_answered = true;
    }

    fn see(&mut self, who: usize) {
        let waiting = self.done(who, "GET", "notifications", &Value::Null).body;
        let ids: Vec<&Value> =
            waiting["items"].as_array().into_iter().flatten().map(|each| &each["id"]).collect();
        if !ids.is_empty() {
            self.done(who, "POST", "notifications/read", &json!({"notifications": ids}));
        }
    }

    fn document(&mut self, who: usize, which: &str) {
        let (method, path, body) = match which {
            "bundle" => ("GET", "bundle", Value::Null),
            "brief" => ("POST", "briefs", json!({"armed_actor": "ufv"})),
            "report" => ("POST", "reports", json!({"from": "2026-10-01", "until": "2026-11-20"})),
            _ => ("POST", "timelines", json!({"armed_actor": "ufv"})),
        };
        self.done(who, method, path, &body);
    }
}

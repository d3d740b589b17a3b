//! A made-up operation, the same from the same seed: what clients would send to log it, as JSON.
//!
//! What is live today is the same at every size, number by number: a larger world has more history
//! and nothing else. History proper lies further back than any document for people looks.

use chrono::TimeDelta;
use concord_domain::{
    vocabulary::vocabulary,
    window::{Day, earlier, later},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    random::{Random, Zipf},
    trees::{ACTORS, PLACES, actor_above, actor_key, home, place_above, place_key, step},
};

/// Changing it changes everything.
const SEED: u64 = 20_260_101;
/// How many organisations.
pub const ORGANIZATIONS: usize = 200;
const MECHANISMS: usize = 12;
const LEADS: usize = 150;
const POSITIONS: usize = 40;
/// For how many days engagements are recent, and before that history.
const RECENT_DAYS: usize = 150;
/// How long ago the newest of history began: further back than the two years of a brief.
const HISTORY_DAYS: u32 = 900;
/// How many engagements began on each day of history.
const HISTORY_PER_DAY: usize = 600;

/// How a world is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many engagements.
    pub engagements: usize,
    /// How many are logged in a day: what decides how many are live.
    pub per_day: usize,
}

/// The operation.
pub struct World {
    /// The day that it is.
    pub day: Day,
    shape: Shape,
    actor_ranks: Vec<usize>,
    actor_zipf: Zipf,
    organization_zipf: Zipf,
    issue_zipf: Zipf,
    place_zipf: Zipf,
}

/// What is made in the order of its number.
#[derive(Clone, Copy)]
enum Kind {
    Organization = 2,
    Actor,
    Lead,
    Position,
    Engagement,
    Commitment,
    Request,
}

fn chance(kind: Kind, number: usize) -> Random {
    Random::of(SEED.wrapping_add(kind as u64), number as u64)
}

impl World {
    /// The world of a day.
    pub fn new(day: Day, shape: Shape) -> Self {
        let mut random = Random::of(SEED, 0);
        let all: usize = ACTORS.iter().sum();
        let mut ranked: Vec<(f64, usize)> = (0..all)
            .map(|actor| (random.unit() + 0.35 * step(&ACTORS, actor).0 as f64, actor))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self {
            day,
            shape,
            actor_ranks: ranked.into_iter().map(|(_, actor)| actor).collect(),
            actor_zipf: Zipf::new(all, 1.0),
            organization_zipf: Zipf::new(ORGANIZATIONS, 0.8),
            issue_zipf: Zipf::new(vocabulary().entries("issue").len(), 0.7),
            place_zipf: Zipf::new(48, 0.9),
        }
    }

    /// The operation itself, as a bundle.
    pub fn operation(&self) -> Value {
        json!({
            "format": "concord.bundle/1",
            "operation": {
                "key": OPERATION, "name": "Speed", "country": "SSD",
                // The budgets of months are spent within minutes.
                "questions_per_person": 10_000, "questions_per_organization": 10_000,
                "matches_per_person": 10_000, "matches_per_organization": 10_000,
            },
        })
    }

    /// The places, each after the one that it lies in.
    pub fn places(&self) -> impl Iterator<Item = Value> {
        (0..PLACES.iter().sum()).map(|place| {
            let (level, _) = step(&PLACES, place);
            json!({
                "key": place_key(place), "name": format!("Place {place}"), "level": level + 1,
                "parent": place_above(place).map(place_key),
            })
        })
    }

    /// The mechanisms.
    pub fn mechanisms(&self) -> impl Iterator<Item = Value> {
        let kinds = ["access_working_group", "cmcoord", "protection_cluster", "ngo_forum"];
        (0..MECHANISMS).map(move |each| {
            json!({
                "key": mechanism_key(each), "name": format!("Mechanism {each}"),
                "kind": kinds[each % kinds.len()],
            })
        })
    }

    /// The organisations; one in forty is led by a community.
    pub fn organizations(&self) -> impl Iterator<Item = Value> {
        let kinds = ["ingo", "national_ngo", "un_agency", "faith_based", "peacebuilding"];
        (0..ORGANIZATIONS).map(move |each| {
            let mut random = chance(Kind::Organization, each);
            let kind = if each % 40 == 39 { "community" } else { *random.one(&kinds) };
            json!({
                "key": organization_key(each), "name": format!("Organisation {each}"),
                "acronym": format!("O{each}"), "kind": kind, "mechanisms": mechanisms_of(each),
            })
        })
    }

    /// The armed actors, each after the one that it is a unit of.
    pub fn actors(&self) -> impl Iterator<Item = Value> {
        let kinds = ["non_state_armed_group", "militia", "state_armed_forces"];
        (0..ACTORS.iter().sum()).map(move |actor| {
            let mut random = chance(Kind::Actor, actor);
            json!({
                "key": actor_key(actor), "name": format!("Armed actor {actor}"),
                "kind": random.one(&kinds), "parent": actor_above(actor).map(actor_key),
                "influences": random.chance(0.2).then(|| prose(&mut random, 30)),
            })
        })
    }

    /// The leads.
    pub fn leads(&self) -> impl Iterator<Item = Value> {
        (0..LEADS).map(|each| {
            let mut random = chance(Kind::Lead, each);
            let issue = random.chance(0.8).then(|| self.issue(&mut random).0);
            json!({
                "armed_actor": actor_key(self.actor_ranks[each * 7]),
                "organization": organization_key(self.organization_zipf.draw(&mut random)),
                "mechanism": mechanism_key(random.below(MECHANISMS)),
                "level": random.one(&["tactical", "operational"]), "issue": issue,
                "from": earlier(self.day, 200),
                "until": later(self.day, 20 + random.days(60.0, 1.0, 400)),
            })
        })
    }

    /// The common positions; one in ten is towards all.
    pub fn positions(&self) -> impl Iterator<Item = Value> {
        (0..POSITIONS).map(|each| {
            let mut random = chance(Kind::Position, each);
            let towards = each % 10 != 0;
            let (issue, action) = self.issue(&mut random);
            json!({
                "title": format!("Position {each}"), "issue": issue,
                "mechanism": mechanism_key(random.below(MECHANISMS)),
                "armed_actor": towards.then(|| actor_key(self.actor_ranks[each * 9])),
                "excludes_actions": [action], "excludes_offers": ["payment"],
                "refuses_demands": [random.one(&DEMANDS)], "from": earlier(self.day, 300),
            })
        })
    }

    /// The engagements with their ids, the oldest first.
    pub fn engagements(&self) -> impl Iterator<Item = (Uuid, Value)> {
        (0..self.shape.engagements).rev().map(|number| {
            let mut random = chance(Kind::Engagement, number);
            let id = random.id();
            let lead = self.organization_zipf.draw(&mut random);
            (id, self.logged(&mut random, number, lead))
        })
    }

    /// The commitments: one engagement in thirty has brought one about.
    pub fn commitments(&self) -> impl Iterator<Item = Value> {
        (0..self.shape.engagements).rev().filter(|number| number % 30 == 7).map(|number| {
            let mut random = chance(Kind::Engagement, number);
            let id = random.id();
            let lead = self.organization_zipf.draw(&mut random);
            let origin = self.logged(&mut random, number, lead);
            let mut random = chance(Kind::Commitment, number);
            let (issue, action) = self.issue(&mut random);
            let from = self.starts_on(number);
            let recent = number < self.recent();
            let status = if recent && random.chance(0.7) { "in_force" } else { "ended" };
            json!({
                "armed_actor": origin["armed_actor"], "kind": "verbal_assurance",
                "issue": issue, "action": action, "places": origin["places"],
                "from": from, "until": later(from, 30 + random.days(90.0, 0.8, 700)),
                "status": status, "engagement": id.to_string(),
            })
        })
    }

    /// What a member of an organisation logs today, and asks beforehand.
    pub fn request(&self, number: usize, organization: usize) -> Value {
        let mut random = chance(Kind::Request, number);
        let ahead = random.below(10) as u32;
        let back = random.below(14) as u32;
        let from = earlier(later(self.day, ahead), back);
        let mut body = self.body(&mut random, from, organization);
        body["status"] = if from > self.day { "planned" } else { "ongoing" }.into();
        body
    }

    /// A question before a meeting.
    pub fn intention(&self, number: usize, organization: usize) -> Value {
        let mut body = self.request(number, organization);
        let kept =
            ["organization", "armed_actor", "level", "method", "from", "asks", "demands", "places"];
        if let Some(members) = body.as_object_mut() {
            members.retain(|name, _| kept.contains(&name.as_str()));
        }
        for ask in body["asks"].as_array_mut().into_iter().flatten() {
            (ask["from"], ask["until"]) = (Value::Null, Value::Null);
        }
        body["until"] = json!(later(self.day, 16));
        body["places"] = json!([body["places"][0].as_str().map_or(place_key(0), str::to_owned)]);
        body["purpose"] = "A meeting on Thursday".into();
        body
    }

    /// What a brief is asked for: an armed actor, and mostly a place.
    pub fn question(&self, number: usize) -> Value {
        let mut random = chance(Kind::Request, number);
        let actor = self.actor(&mut random);
        let place = random.chance(0.6).then(|| place_key(self.place(&mut random, actor)));
        json!({"armed_actor": actor_key(actor), "place": place, "day": self.day})
    }

    /// What a report of thirty days is asked for: everything, an armed actor, or a place.
    pub fn period(&self, number: usize) -> Value {
        let mut random = chance(Kind::Request, number);
        let actor = self.actor(&mut random);
        let place = place_key(self.place(&mut random, actor));
        let (actor, place) = match number % 3 {
            0 => (None, None),
            1 => (Some(actor_key(actor)), None),
            _ => (None, Some(place)),
        };
        let from = earlier(self.day, 29);
        json!({"from": from, "until": self.day, "armed_actor": actor, "place": place})
    }

    fn starts_on(&self, number: usize) -> Day {
        match number.checked_sub(self.recent()) {
            None => earlier(later(self.day, 8), (number / self.shape.per_day) as u32),
            Some(back) => earlier(self.day, HISTORY_DAYS + (back / HISTORY_PER_DAY) as u32),
        }
    }

    /// How many of the newest engagements are no history.
    const fn recent(&self) -> usize {
        self.shape.per_day * RECENT_DAYS
    }

    fn logged(&self, random: &mut Random, number: usize, lead: usize) -> Value {
        let from = self.starts_on(number);
        let mut body = self.body(random, from, lead);
        let until: Option<Day> = body["until"].as_str().and_then(|day| day.parse().ok());
        let is_over = until.is_some_and(|until| until < self.day);
        let status = match (from > self.day, is_over || from < earlier(self.day, 365)) {
            (true, _) => "planned",
            (false, true) => *random.one(&["concluded", "concluded", "concluded", "ongoing"]),
            (false, false) => random.weighted(&[
                (0.84, "ongoing"),
                (0.07, "suspended"),
                (0.05, "concluded"),
                (0.04, "cancelled"),
            ]),
        };
        body["status"] = status.into();
        // What is long over without an end was ended by hand, on some day.
        if from < earlier(self.day, 365) {
            if status == "ongoing" {
                body["status"] = "concluded".into();
            }
            if until.is_none() {
                body["until"] = json!(later(from, 60));
            }
        }
        body
    }

    /// Everything of an engagement but its status.
    fn body(&self, random: &mut Random, from: Day, lead: usize) -> Value {
        let actor = self.actor(random);
        let open = random.chance(0.02);
        let until = later(from, random.days(14.0, 1.2, 720) - 1);
        let places: Vec<String> = match random.chance(0.06) {
            true => Vec::new(),
            false => (0..1 + usize::from(random.chance(0.25)))
                .map(|_| place_key(self.place(random, actor)))
                .collect(),
        };
        let asks: Vec<Value> = (0..3).map(|_| self.ask(random, from, actor)).collect();
        let demands = if random.chance(0.3) { 1 + random.below(2) } else { 0 };
        let demands: Vec<Value> = (0..demands)
            .map(|_| json!({"kind": random.one(&DEMANDS), "response": random.one(&RESPONSES)}))
            .collect();
        let last = until.min(self.day);
        let span = (last - from).num_days().max(-1) as usize + 1;
        let meetings = if span == 0 { 0 } else { random.below(4) };
        let contacts: Vec<Value> = (0..meetings)
            .map(|_| json!({"on": from + TimeDelta::days(random.below(span) as i64)}))
            .collect();
        let audience = *random.one(&AUDIENCES);
        let audience_organizations: Vec<String> = match audience {
            "organizations" => {
                vec![organization_key((lead + 1 + random.below(20)) % ORGANIZATIONS)]
            }
            _ => Vec::new(),
        };
        let audience_mechanisms =
            if audience == "mechanisms" { mechanisms_of(lead) } else { Vec::new() };
        let partners: Vec<String> = match random.chance(0.05) {
            true => vec![organization_key((lead + 7) % ORGANIZATIONS)],
            false => Vec::new(),
        };
        json!({
            "organization": organization_key(lead), "partners": partners,
            "armed_actor": actor_key(actor),
            "level": random.weighted(&[(0.06, "strategic"), (0.24, "operational"), (0.6, "tactical"), (0.1, "community")]),
            "method": random.weighted(&[(0.75, "negotiation"), (0.1, "mediation"), (0.12, "humanitarian_diplomacy"), (0.03, "public_denunciation")]),
            "approaches": [random.one(&["ihl", "local_norms", "common_interest"])],
            "from": from, "until": (!open).then_some(until),
            "places": places, "asks": asks, "demands": demands, "contacts": contacts,
            "summary": random.chance(0.4).then(|| prose(random, 35)),
            "plan": random.chance(0.1).then(|| json!({"risks": prose(random, 25), "outcome_sought": prose(random, 15)})),
            "strategy": random.chance(0.04).then(|| format!("Strategy {}", random.below(20))),
            "audience": audience, "audience_organizations": audience_organizations,
            "audience_mechanisms": audience_mechanisms,
        })
    }

    fn ask(&self, random: &mut Random, from: Day, actor: usize) -> Value {
        let (issue, action) = self.issue(random);
        let own = random.chance(0.5).then(|| later(from, random.below(10) as u32));
        let until = own.map(|own| later(own, random.days(14.0, 1.2, 720)));
        let known = vocabulary().entries("action").iter().find(|entry| entry.code == action);
        let taken = known.map(|entry| entry.terms.as_slice()).unwrap_or_default();
        let term = taken.iter().find(|term| NUMBERS.contains(&term.as_str()));
        let terms: Value = match term.filter(|_| random.chance(0.6)) {
            Some(term) => json!({ term.as_str(): random.one(&[7, 14, 24, 48]) }),
            None => json!({}),
        };
        let places: Vec<String> = match random.chance(0.3) {
            true => vec![place_key(self.place(random, actor))],
            false => Vec::new(),
        };
        json!({
            "issue": issue, "action": action, "terms": terms, "places": places,
            "from": own, "until": until,
            "note": random.chance(0.15).then(|| prose(random, 15)),
        })
    }

    fn actor(&self, random: &mut Random) -> usize {
        self.actor_ranks[self.actor_zipf.draw(random)]
    }

    /// An issue, and one of three actions that are asked for about it.
    fn issue(&self, random: &mut Random) -> (&'static str, &'static str) {
        let issues = vocabulary().entries("issue");
        let actions = vocabulary().entries("action");
        let issue = (self.issue_zipf.draw(random) * 17) % issues.len();
        let which = random.weighted(&[(0.6, 0), (0.3, 1), (0.1, 2)]);
        (&issues[issue].code, &actions[(issue * 5 + which * 11) % actions.len()].code)
    }

    /// A place where an armed actor is: in its district, mostly far down.
    fn place(&self, random: &mut Random, actor: usize) -> usize {
        let district = home(random, actor);
        let [first, second, third, _] = PLACES;
        let level = random.weighted(&[(0.12, 2), (0.35, 3), (0.53, 4)]);
        let area = district * 10 + random.below(10);
        match level {
            2 => first + district,
            3 => first + second + area,
            _ => first + second + third + area + third * self.place_zipf.draw(random),
        }
    }
}

/// What the operation is called.
pub const OPERATION: &str = "speed";

const DEMANDS: [&str; 6] =
    ["fee", "registration", "staff_list", "beneficiary_data", "escort", "activity_limit"];
const RESPONSES: [&str; 5] =
    ["declined", "negotiating", "accepted_with_conditions", "accepted", "referred_to_collective"];
const AUDIENCES: [&str; 10] = [
    "own",
    "own",
    "own",
    "organizations",
    "mechanisms",
    "mechanisms",
    "operation",
    "operation",
    "operation",
    "operation",
];
const NUMBERS: [&str; 5] =
    ["notice_hours", "frequency_days", "duration_hours", "duration_days", "distance_km"];

fn mechanisms_of(organization: usize) -> Vec<String> {
    let own = [organization % MECHANISMS, (organization * 7 + 3) % MECHANISMS];
    let count = 1 + usize::from(own[0] != own[1] && organization.is_multiple_of(3));
    own[..count].iter().map(|each| mechanism_key(*each)).collect()
}

fn mechanism_key(mechanism: usize) -> String {
    format!("mechanism-{mechanism}")
}

/// What an organisation is called.
pub fn organization_key(organization: usize) -> String {
    format!("organization-{organization}")
}

/// Some words that say nothing.
fn prose(random: &mut Random, words: usize) -> String {
    const WORDS: [&str; 12] = [
        "the",
        "checkpoint",
        "was",
        "spoken",
        "of",
        "with",
        "those",
        "who",
        "decide",
        "at",
        "market",
        "again",
    ];
    (0..words).map(|_| *random.one(&WORDS)).collect::<Vec<_>>().join(" ")
}

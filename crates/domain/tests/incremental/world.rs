//! A small, dense world as the rules read it, and what can become of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use concord_domain::{
    document::{TermValue, Terms},
    facts::{
        Actor, Ask, Commitment, CommonPosition, Demand, Engagement, Facts, Intermediary, Lead,
        Places,
    },
    id::{
        ArmedActorId, AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId,
        MechanismId, OrganizationId, PlaceId,
    },
    lineage::Lineage,
    vocabulary::{
        AskStatus::{Granted, Open},
        Code,
        CommitmentStatus::{Ended, InForce},
        EngagementStatus::{self, Concluded, Ongoing, Planned, Suspended},
        Level,
    },
    window::{Day, Window, later},
};
use serde_json::Number;
use uuid::Uuid;

pub const ACTORS: u8 = 5;
pub const LINES: u8 = 10;

const LEVELS: [Level; 3] = [Level::Tactical, Level::Tactical, Level::Strategic];
const STATUSES: [EngagementStatus; 6] = [Ongoing, Ongoing, Ongoing, Planned, Suspended, Concluded];
const METHODS: [&str; 4] = ["negotiation", "negotiation", "public_advocacy", "public_denunciation"];

/// Where choices come from; when it runs out, the first of everything.
pub struct Dice<'d>(pub &'d [u8]);

impl Dice<'_> {
    pub fn below(&mut self, sides: u8) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % sides
    }

    pub fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.below(u8::MAX)) % choices.len()].clone()
    }

    pub fn one_in(&mut self, sides: u8) -> bool {
        self.below(sides) == sides - 1
    }

    fn code<T: Code>(&mut self, codes: &[&str]) -> T {
        let code = self.of(codes);
        T::from_code(code).unwrap_or_else(|| panic!("no code {code}"))
    }
}

pub fn id<T: From<Uuid>>(space: u8, number: u8) -> T {
    // The order of ids has nothing to do with the order of what they stand for.
    let spread = u128::from(number.wrapping_mul(151).wrapping_add(space)) << 64;
    Uuid::from_u128(spread | u128::from(space) << 8 | u128::from(number)).into()
}

pub fn first_day() -> Day {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default()
}

fn window(dice: &mut Dice<'_>) -> Window {
    let from = later(first_day(), u32::from(dice.below(30)));
    let until = (!dice.one_in(2)).then(|| later(from, u32::from(dice.below(25))));
    Window { from: Some(from), until }
}

/// The whole operation, a province, or one of its two districts.
fn places(dice: &mut Dice<'_>) -> Places {
    let place = |number: u8, lineage: &str| (id::<PlaceId>(1, number), Lineage::new(lineage));
    Places(match dice.below(6) {
        0..=2 => Vec::new(),
        3 => vec![place(1, "1")],
        4 => vec![place(2, "1.2")],
        _ => vec![place(3, "1.3"), place(2, "1.2")],
    })
}

fn terms(dice: &mut Dice<'_>) -> Terms {
    let mut terms = Terms::new();
    if dice.one_in(2) {
        let hours = dice.of(&[24, 72]);
        let notice = dice.code(&["notice_hours"]);
        terms.insert(notice, TermValue::Number(Number::from(hours)));
    }
    if dice.one_in(3) {
        let road = dice.of(&["Leer to Adok", " leer to ADOK", "Koch to Bentiu"]);
        terms.insert(dice.code(&["route"]), TermValue::Text(road.to_owned()));
    }
    terms
}

fn issue<T: Code>(dice: &mut Dice<'_>) -> T {
    dice.code(&[
        "access.movement.convoys",
        "access.movement.convoys",
        "access.movement",
        "protection.movement",
        "protection.gbv",
    ])
}

fn action<T: Code>(dice: &mut Dice<'_>) -> T {
    dice.code(&["allow_passage", "allow_passage", "open_route", "close_route", "waive_fee"])
}

fn ask(dice: &mut Dice<'_>, number: u8, whole: (Window, &Places)) -> Ask {
    Ask {
        id: id::<AskId>(2, number),
        issue: issue(dice),
        action: action(dice),
        terms: terms(dice),
        offer: dice.code(&["none", "none", "none", "payment", "information"]),
        status: dice.of(&[Open, Open, Open, Open, Granted]),
        window: if dice.one_in(4) { window(dice) } else { whole.0 },
        places: if dice.one_in(4) { places(dice) } else { whole.1.clone() },
    }
}

fn demand(dice: &mut Dice<'_>, number: u8, whole: (Window, &Places)) -> Demand {
    Demand {
        id: id::<DemandId>(3, number),
        kind: dice.code(&["fee", "fee", "escort"]),
        response: dice.code(&["accepted", "declined", "negotiating"]),
        window: if dice.one_in(4) { window(dice) } else { whole.0 },
        places: if dice.one_in(4) { places(dice) } else { whole.1.clone() },
    }
}

/// The world with its tree of armed actors; who is above whom stands here once.
#[derive(Clone)]
pub struct World {
    pub facts: Facts,
    pub parents: [Option<u8>; ACTORS as usize],
    pub merged: BTreeSet<u8>,
    pub community_led: [bool; 4],
}

impl World {
    pub fn new() -> Self {
        let as_of = Some(later(first_day(), 10));
        Self {
            facts: Facts { slack_days: 7, as_of, ..Facts::default() },
            parents: [None, Some(0), Some(1), None, Some(3)],
            merged: BTreeSet::new(),
            community_led: [false, false, false, true],
        }
    }

    pub fn lineage(&self, actor: u8) -> Lineage {
        let above = self.parents[usize::from(actor)].map(|parent| self.lineage(parent));
        Lineage::child(above.as_ref(), &id::<ArmedActorId>(4, actor).0.simple().to_string())
    }

    pub fn actor(&self, number: u8) -> Actor {
        Actor { id: id(4, number), lineage: self.lineage(number) }
    }

    fn some_actor(&self, dice: &mut Dice<'_>) -> Actor {
        let mut number = dice.of(&[0, 1, 1, 1, 2, 3, 4]);
        while self.merged.contains(&number) {
            number = (number + 1) % ACTORS;
        }
        self.actor(number)
    }

    pub fn line(&self, dice: &mut Dice<'_>, number: u8) -> Engagement {
        let organization = dice.below(4);
        let (window, places) = (window(dice), places(dice));
        let asks = (0..dice.below(3)).map(|n| ask(dice, number * 4 + n, (window, &places)));
        let asks: Vec<Ask> = asks.collect();
        let demands = (0..dice.below(2)).map(|n| demand(dice, number * 4 + n, (window, &places)));
        let demands: Vec<Demand> = demands.collect();
        let others = (0..4).filter(|other| *other != organization).map(|other| id(5, other));
        let others: Vec<OrganizationId> = others.collect();
        let follows: EngagementId = id(6, dice.below(LINES));
        let via = dice.one_in(4).then(|| Intermediary {
            kind: dice.code(&["community_member", "business_person", "diplomat"]),
            consent: dice.one_in(2),
            consent_until: dice.one_in(2).then(|| later(first_day(), dice.below(40).into())),
            risk_assessed: !dice.one_in(3),
        });
        let contact = |dice: &mut Dice<'_>| later(first_day(), dice.below(14).into());
        let contacts = (0..dice.below(4)).map(|_| contact(dice)).collect();
        Engagement {
            id: id(6, number),
            organization: id(5, organization),
            community_led: self.community_led[usize::from(organization)],
            partners: if dice.one_in(6) { vec![dice.of(&others)] } else { Vec::new() },
            actor: self.some_actor(dice),
            level: dice.of(&LEVELS),
            method: dice.code(&METHODS),
            trades: dice.one_in(6),
            status: dice.of(&STATUSES),
            window,
            places,
            informed: if dice.one_in(3) { vec![id::<MechanismId>(7, 0)] } else { Vec::new() },
            follows: if dice.one_in(5) && follows != id(6, number) {
                vec![follows]
            } else {
                vec![]
            },
            strategy: dice.one_in(8).then(|| "a joint plan".to_owned()),
            via,
            asks,
            demands,
            contacts,
        }
    }

    pub fn lead(&self, dice: &mut Dice<'_>, number: u8) -> Lead {
        Lead {
            id: id::<LeadId>(8, number),
            actor: self.some_actor(dice),
            organization: id(5, dice.below(4)),
            mechanism: dice.one_in(2).then(|| id(7, 0)),
            level: dice.one_in(3).then(|| dice.of(&LEVELS)),
            issue: dice.one_in(3).then(|| issue(dice)),
            window: window(dice),
            places: places(dice),
        }
    }

    pub fn position(&self, dice: &mut Dice<'_>, number: u8) -> CommonPosition {
        let mut position = CommonPosition {
            id: id::<CommonPositionId>(9, number),
            issue: issue(dice),
            actor: dice.one_in(2).then(|| self.some_actor(dice)),
            excludes_actions: Vec::new(),
            excludes_offers: Vec::new(),
            excludes_terms: Default::default(),
            refuses_demands: Vec::new(),
            window: window(dice),
            places: places(dice),
        };
        match dice.below(4) {
            0 => position.excludes_actions = vec![action(dice)],
            1 => position.excludes_offers = vec![dice.code(&["payment"])],
            2 => {
                drop(position.excludes_terms.insert(
                    dice.code(&["notice_hours"]),
                    vec![TermValue::Number(Number::from(72))],
                ))
            }
            _ => position.refuses_demands = vec![dice.code(&["fee"])],
        }
        position
    }

    pub fn commitment(&self, dice: &mut Dice<'_>, number: u8) -> Commitment {
        let known: Vec<EngagementId> = self.facts.engagements.keys().copied().collect();
        // Few are alike unless most are about one thing.
        let usual = !dice.one_in(4);
        Commitment {
            id: id::<CommitmentId>(10, number),
            actor: self.some_actor(dice),
            issue: if usual { dice.code(&["access.movement.convoys"]) } else { issue(dice) },
            action: if usual { dice.code(&["allow_passage"]) } else { action(dice) },
            terms: terms(dice),
            status: dice.of(&[InForce, InForce, InForce, Ended]),
            window: window(dice),
            places: places(dice),
            engagement: (!known.is_empty() && !dice.one_in(3)).then(|| dice.of(&known)),
        }
    }
}

//! What is found does not rest on the order of ids.

use std::collections::BTreeSet;

use concord_domain::{
    evaluate::Focus,
    facts::Facts,
    flag::Subject,
    id::{AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId},
    vocabulary::Closed,
};
use proptest::{collection::vec, prelude::any};
use uuid::Uuid;

use crate::{
    flags, runner,
    world::{Dice, World},
};

/// The same id, in an order turned round.
fn other(id: Uuid) -> Uuid {
    Uuid::from_u128(!id.as_u128())
}

fn relabelled(facts: &Facts) -> Facts {
    let mut turned = Facts { slack_days: facts.slack_days, as_of: facts.as_of, ..Facts::default() };
    for line in facts.engagements.values() {
        let mut line = line.clone();
        line.id = EngagementId(other(line.id.0));
        for follows in &mut line.follows {
            *follows = EngagementId(other(follows.0));
        }
        for ask in &mut line.asks {
            ask.id = AskId(other(ask.id.0));
        }
        for demand in &mut line.demands {
            demand.id = DemandId(other(demand.id.0));
        }
        line.asks.reverse();
        line.demands.reverse();
        line.contacts.reverse();
        turned.engagements.insert(line.id, line);
    }
    for lead in facts.leads.values() {
        let id = LeadId(other(lead.id.0));
        turned.leads.insert(id, concord_domain::facts::Lead { id, ..lead.clone() });
    }
    for position in facts.positions.values() {
        let id = CommonPositionId(other(position.id.0));
        let position = concord_domain::facts::CommonPosition { id, ..position.clone() };
        turned.positions.insert(id, position);
    }
    for commitment in facts.commitments.values() {
        let id = CommitmentId(other(commitment.id.0));
        let engagement = commitment.engagement.map(|origin| EngagementId(other(origin.0)));
        let commitment = concord_domain::facts::Commitment { id, engagement, ..commitment.clone() };
        turned.commitments.insert(id, commitment);
    }
    turned
}

fn turned_back(subject: Subject) -> Subject {
    match subject {
        Subject::Ask(id, of) => Subject::Ask(AskId(other(id.0)), EngagementId(other(of.0))),
        Subject::Demand(id, of) => {
            Subject::Demand(DemandId(other(id.0)), EngagementId(other(of.0)))
        }
        Subject::Engagement(id) => Subject::Engagement(EngagementId(other(id.0))),
        Subject::Lead(id) => Subject::Lead(LeadId(other(id.0))),
        Subject::CommonPosition(id) => Subject::CommonPosition(CommonPositionId(other(id.0))),
        Subject::Commitment(id) => Subject::Commitment(CommitmentId(other(id.0))),
        actor_or_level => actor_or_level,
    }
}

type Told = BTreeSet<(&'static str, &'static str, BTreeSet<Subject>, usize)>;

#[test]
fn what_is_found_is_the_same_under_other_ids_in_another_order() {
    let changes = vec(vec(any::<u8>(), 48), 25..=40);
    let ran = runner(128).run(&changes, |changes| {
        let mut world = World::new();
        for choices in &changes {
            world.change(&mut Dice(choices));
        }
        let told = |facts: &Facts, turn: fn(Subject) -> Subject| -> Told {
            let found = flags(facts, &Focus::everything());
            let one = |flag: &concord_domain::flag::Flag| {
                let between = flag.between.iter().copied().map(turn).collect();
                (flag.kind.code(), flag.severity.code(), between, flag.because.len())
            };
            found.values().map(one).collect()
        };
        let as_it_is = told(&world.facts, |subject| subject);
        let turned = told(&relabelled(&world.facts), turned_back);
        let differing: Vec<_> = as_it_is.symmetric_difference(&turned).collect();
        proptest::prop_assert!(differing.is_empty(), "{differing:#?}");
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    Term,
    handed_round::{Counted, HandedRound, HandlingRound, Sheet},
};

fn term(code: &str, label: &str) -> Term {
    Term { code: code.to_owned(), label: label.to_owned() }
}

fn who(organizations: &[u128]) -> BTreeSet<Uuid> {
    organizations.iter().map(|number| Uuid::from_u128(0xfeed_0000 + number)).collect()
}

/// An edition for handing round in which something is not shown.
pub fn handed_round() -> HandedRound {
    let mut lines = Sheet::new(
        vec![term("feed0000-a", "United Front of the Valleys"), term("feed0000-b", "Lenga")],
        vec![term("strategic", "Strategic"), term("tactical", "Tactical")],
    );
    for organization in 0..4 {
        lines.count("feed0000-a", "tactical", &who(&[organization]));
        lines.count("feed0000-a", "strategic", &who(&[organization]));
        lines.count("feed0000-b", "strategic", &who(&[organization]));
    }
    lines.count("feed0000-b", "tactical", &who(&[1]));
    lines.count("nowhere", "tactical", &who(&[9]));
    let mut asks = Sheet::new(vec![term("access.movement", "Movement")], vec![]);
    for organization in 0..3 {
        asks.count("access.movement", "", &who(&[organization]));
    }
    HandedRound {
        edition: "handed_round".to_owned(),
        handling: HandlingRound {
            language: "en".to_owned(),
            mark: super::MARK.to_owned(),
            operation: "Talmira".to_owned(),
            true_at: "2026-03-11T18:04:05Z".to_owned(),
            expires_on: "2026-03-14".to_owned(),
            note: "A note.".to_owned(),
        },
        watermark: "FOR HANDING ROUND".to_owned(),
        from: "2026-01-01".to_owned(),
        until: "2026-03-31".to_owned(),
        armed_actor: None,
        place: None,
        issue: None,
        tables: vec![lines.shown(Counted::Lines), asks.shown(Counted::OpenAsks)],
    }
}

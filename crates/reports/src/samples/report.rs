use super::Sample;
use crate::report::{
    Answers, AreaRow, CommitmentRow, Contributor, Coverage, Failure, FlagRow, Gap, Lesson, Outcome,
    Report, StaleLine, Totals,
};

impl Sample<'_> {
    pub fn report(&self) -> Report {
        Report {
            edition: "full".to_owned(),
            handling: self.handling(),
            from: self.text("2026-01-01"),
            until: self.text("2026-03-31"),
            armed_actor: None,
            place: Some(self.named("Sefa Valley")),
            issue: None,
            totals: Totals {
                engagements: 45,
                live: 31,
                contacts: 88,
                asks: 97,
                organizations: 13,
                armed_actors: 16,
                open_flags: 21,
            },
            coverage: self.coverage(),
            gaps: vec![
                self.gap(
                    "protection_risk",
                    "Forced recruitment of children in Upper Lenga",
                    "No line addresses this protection risk: Forced recruitment of children.",
                ),
                self.gap("level", "tactical", "Nobody speaks at this level: Tactical."),
            ],
            answers: self.answers(),
            commitments: self.commitment_rows(),
            areas: vec![AreaRow {
                area: Some(self.named("Sefa Valley")),
                name: self.text("Sefa Valley"),
                commitments: 4,
                in_force: 3,
                operational: 1,
                kept: 2,
                partly_kept: 1,
                broken: 1,
                not_verified: 0,
            }],
            flags: self.flag_rows(),
            outcomes: self.outcomes(),
            failures: vec![Failure { reason: self.term("mistrust", "Mistrust"), engagements: 2 }],
            lessons: vec![Lesson {
                organization: self.named("FRA"),
                armed_actor: self.named("UFV Valley Zone"),
                lesson: self.text("Bring the stamped copy to the post, and leave one there."),
            }],
            stale: vec![StaleLine {
                organization: self.named("FRA"),
                armed_actor: self.named("UFV Valley Zone"),
                touched_on: self.text("2026-01-02"),
            }],
            contributors: self.contributors(),
        }
    }

    fn gap(&self, kind: &str, name: &str, sentence: &str) -> Gap {
        Gap { kind: kind.to_owned(), name: self.text(name), sentence: self.text(sentence) }
    }

    fn contributors(&self) -> Vec<Contributor> {
        vec![
            Contributor { organization: self.named("FRA"), engagements: 6, contacts: 12 },
            Contributor {
                organization: self.named("نور سيفا للإغاثة"),
                engagements: 4,
                contacts: 9,
            },
        ]
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![
            Coverage {
                organization: self.named("FRA"),
                armed_actor: self.named("UFV Valley Zone"),
                issue: Some(self.term("access.movement", "Movement of people and goods")),
                level: self.term("operational", "Regional or zone command"),
                engagements: 2,
            },
            Coverage {
                organization: self.named("نور سيفا للإغاثة"),
                armed_actor: self.named("UFV Sefa Post"),
                issue: None,
                level: self.term("tactical", "Local commander, unit or checkpoint"),
                engagements: 1,
            },
        ]
    }

    fn answers(&self) -> Vec<Answers> {
        let row = |code, label, counts: [usize; 3]| Answers {
            month: self.text("2026-02"),
            demand: self.term(code, label),
            accepting: counts[0],
            refusing: counts[1],
            undecided: counts[2],
        };
        vec![
            row("fee", "A fee, tax, toll or levy", [3, 4, 1]),
            row("escort", "An armed escort", [0, 2, 2]),
        ]
    }

    fn commitment_rows(&self) -> Vec<CommitmentRow> {
        vec![CommitmentRow {
            armed_actor: self.named("UFV Valley Zone"),
            kind: self.term("written_agreement", "Written agreement"),
            action: self.term("allow_passage", "Let people or goods pass"),
            issue: self.term("access.movement.checkpoints", "Checkpoints"),
            places: self.text("Sefa Bridge"),
            when: self.text("12 October 2025 to 9 July 2026"),
            status: self.term("in_force", "In force"),
            arranged: vec![self.term("who", "who")],
            finding: Some(self.term("kept", "Kept")),
        }]
    }

    fn flag_rows(&self) -> Vec<FlagRow> {
        vec![
            FlagRow {
                kind: self.term("contradiction", "Asks that cannot both be granted"),
                class: self.term("conflict", "Possible conflict"),
                raised: 5,
                settled: 3,
                lapsed: 1,
                open: 1,
                median_days_to_settle: Some(6),
            },
            FlagRow {
                kind: self.term("duplication", "Same ask, same level"),
                class: self.term("overlap", "Possible overlap"),
                raised: 2,
                settled: 0,
                lapsed: 0,
                open: 2,
                median_days_to_settle: None,
            },
        ]
    }

    fn outcomes(&self) -> Vec<Outcome> {
        let row = |code, label, list: &str, counts: [usize; 4]| Outcome {
            means: self.term(code, label),
            list: list.to_owned(),
            granted: counts[0],
            refused: counts[1],
            withdrawn: counts[2],
            open: counts[3],
        };
        vec![
            row("negotiation", "Direct dialogue: negotiation", "method", [7, 3, 1, 12]),
            row("ihl", "Referring to international humanitarian law", "approach", [2, 4, 0, 3]),
        ]
    }
}

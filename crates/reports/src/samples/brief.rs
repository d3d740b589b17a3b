use super::Sample;
use crate::{
    brief::{
        ActorOutline, AskLine, Brief, CommitmentLine, DemandLine, FlagLine, GuidanceLine, LeadLine,
        LevelLines, Line, Office, Placed, PositionLine, Verified, Worked,
    },
    disclosed::{Disclosed, DisclosedDialogue, DisclosedSummary},
};

/// As much as is expected on one page: 20 lines with 3 asks each, and 15 flags.
pub fn long_brief() -> Brief {
    let sample = Sample { suffix: "" };
    let mut brief = sample.brief();
    let lines = brief.levels.iter().flat_map(|step| step.lines.clone());
    let lines: Vec<Line> = lines
        .cycle()
        .take(20)
        .map(|line| Line { asks: line.asks.iter().cycle().take(3).cloned().collect(), ..line })
        .collect();
    for (step, lines) in brief.levels.iter_mut().zip(lines.chunks(5)) {
        step.lines = lines.to_vec();
    }
    brief.flags = brief.flags.iter().cycle().take(15).cloned().collect();
    brief
}

impl Sample<'_> {
    pub fn brief(&self) -> Brief {
        Brief {
            handling: self.handling(),
            armed_actor: self.actor(),
            place: Some(self.named("Sefa Bridge")),
            day: self.text("2026-03-12"),
            levels: self.levels(),
            disclosed: self.disclosed(),
            commitments: self.commitments(),
            common_positions: self.positions(),
            leads: self.leads(),
            community_lines: self
                .all_named(&["Sefa Valley Council of Elders: market days at the bridge"]),
            worked: self.worked(),
            worked_from: self.text("2024-03-12"),
            cautions: self.texts(&[
                "The head of the post asks to be thanked on the radio: decline, and say why once.",
                "Asking for trained men at the barrier can be read as blessing it.",
            ]),
            flags: self.flags(),
            restricted: vec![self.term("conflict", "Possible conflict")],
            best_placed: self.best_placed(),
            call_first: vec![
                self.placed("FRA", &["Agreed lead on movement in the valley."]),
                self.placed("نور سيفا للإغاثة", &["Its ask and yours cannot both be granted."]),
            ],
            silences: self.texts(&[
                "Nobody speaks to its national leadership on this.",
                "The line of Solace Field Medicine was last touched 74 days ago.",
                "The 72 hours of notice at the bridge end on 5 April 2026.",
            ]),
            guidance: vec![GuidanceLine {
                code: "cchn-field-manual".to_owned(),
                title: self.text("Field Manual on Frontline Humanitarian Negotiation"),
                publisher: Some(self.text("CCHN")),
                year: Some(2018),
                kind: self.term("manual", "Manual"),
                address: None,
                issues: vec![self.term("access", "Access")],
                methods: vec![self.term("negotiation", "Direct dialogue: negotiation")],
            }],
        }
    }

    fn actor(&self) -> ActorOutline {
        ActorOutline {
            actor: self.named("UFV Sefa Bridge Post"),
            kind: self.term("non_state_armed_group", "Non-State armed group"),
            aliases: self.texts(&["the Bridge", "Poste du Pont", "مركز جسر سيفا"]),
            above: self.all_named(&["United Front of the Valleys", "UFV Valley Zone"]),
            units_below: 2,
            influences: Some(self.text(
                "The market feeds the post, and its own families trade there. The elders have said \
                 in public that robbery at the bridge shames the Front.",
            )),
            decisions: Some(self.text(
                "The head of the post can try a thing; only the zone command can make it last.",
            )),
            positions: vec![Office {
                role: self.term("gatekeeper", "Gatekeeper"),
                title: self.text("head of the post"),
            }],
        }
    }

    fn placed(&self, organization: &str, because: &[&str]) -> Placed {
        Placed { organization: self.named(organization), because: self.texts(because) }
    }

    fn best_placed(&self) -> Vec<Placed> {
        vec![
            self.placed(
                "Sefa Valley Council of Elders",
                &["Community-led.", "Last contact 3 days ago.", "Two of three asks granted."],
            ),
            self.placed(
                "SHPN",
                &["Follows the elders.", "Last contact 6 days ago, at the same level."],
            ),
        ]
    }

    fn levels(&self) -> Vec<LevelLines> {
        let step = |code, label, lines| LevelLines { level: self.term(code, label), lines };
        vec![
            step("strategic", "National or senior leadership, at home or abroad", vec![]),
            step(
                "operational",
                "Regional or zone command",
                vec![
                    self.line("FRA", "UFV Valley Zone", 2),
                    self.line("HCO", "UFV Valley Zone", 1),
                ],
            ),
            step(
                "tactical",
                "Local commander, unit or checkpoint",
                vec![
                    self.line("SHPN", "UFV Sefa Bridge Post", 2),
                    self.line("نور سيفا للإغاثة", "UFV Sefa Bridge Post", 1),
                    self.line("RTW", "UFV Sefa Bridge Post", 1),
                ],
            ),
            step(
                "community",
                "Armed actor's members and affiliates within the community",
                vec![self.line("Sefa Valley Council of Elders", "UFV Sefa Bridge Post", 1)],
            ),
        ]
    }

    fn line(&self, organization: &str, armed_actor: &str, asks: usize) -> Line {
        let passage = AskLine {
            action: self.term("allow_passage", "Let people or goods pass"),
            issue: self.term("access.movement.checkpoints", "Checkpoints"),
            terms: self.text("route: Sefa bridge road; notice: 24 hours"),
            offer: None,
            status: self.term("open", "Open"),
        };
        let roster = AskLine {
            action: self.term("staff_checkpoint", "Keep a checkpoint staffed by trained men"),
            issue: self.term("protection.movement", "Freedom of movement of civilians"),
            terms: self.text("route: Sefa bridge road"),
            offer: Some(self.term("service", "A service, such as medical care for the wounded")),
            status: self.term("granted", "Granted"),
        };
        Line {
            engagement: self.named(&format!("Market days, {armed_actor}")),
            organization: self.named(organization),
            partners: self.all_named(&["SFM"]),
            armed_actor: self.named(armed_actor),
            method: self.term("negotiation", "Direct dialogue: negotiation"),
            status: self.term("ongoing", "Ongoing"),
            when: self.text("31 January 2026 to 30 April 2026"),
            places: self.text("Sefa Bridge, Moukara"),
            last_contact: Some(self.text("2026-03-05")),
            asks: [passage, roster].into_iter().take(asks).collect(),
            demands: vec![DemandLine {
                kind: self.term("fee", "A fee, tax, toll or levy"),
                response: self.term("declined", "Declined"),
            }],
        }
    }

    fn disclosed(&self) -> Disclosed {
        Disclosed {
            summaries: vec![DisclosedSummary {
                organization: self.named("Upper Sefa Health Trust"),
                focal_points: self.texts(&["R. Adan"]),
                armed_actor: self.named("Unity Forces of the Valley"),
                level: Some(self.term("operational", "Operational")),
                method: Some(self.term("negotiation", "Negotiation")),
                issues: vec![self.term("access.movement", "Movement")],
                month: Some("2026-01".to_owned()),
                areas: self.all_named(&["Sefa Valley"]),
            }],
            dialogues: vec![DisclosedDialogue {
                organization: self.named("Lantern Relief"),
                focal_points: self.texts(&["L. Moreau"]),
                armed_actor: self.named("Unity Forces of the Valley"),
            }],
            note: String::new(),
        }
    }

    fn commitments(&self) -> Vec<CommitmentLine> {
        vec![CommitmentLine {
            armed_actor: self.named("UFV Valley Zone"),
            kind: self.term("written_agreement", "Written agreement"),
            action: self.term("allow_passage", "Let people or goods pass"),
            issue: self.term("access.movement.checkpoints", "Checkpoints"),
            terms: self.text("notice: 24 hours"),
            places: self.text("Sefa Valley"),
            when: self.text("12 October 2025 to 9 July 2026"),
            status: self.term("in_force", "In force"),
            obtained_by: Some(self.named("FRA")),
            arranged: vec![self.term("who", "who"), self.term("where", "where")],
            verified: Some(Verified {
                on: self.text("2026-02-20"),
                finding: self.term("partly_kept", "Partly kept"),
                organization: self.named("RTW"),
            }),
        }]
    }

    fn positions(&self) -> Vec<PositionLine> {
        vec![PositionLine {
            title: self.text("No payment for passage, in money or in kind"),
            issue: self.term("access", "Humanitarian access"),
            rules_out: self.text("Offering payment; accepting a fee, tax, toll or levy."),
            mechanism: Some(self.named("Humanitarian Country Team")),
        }]
    }

    fn leads(&self) -> Vec<LeadLine> {
        vec![LeadLine {
            organization: self.named("FRA"),
            armed_actor: self.named("UFV Valley Zone"),
            level: None,
            issue: Some(self.term("access.movement", "Movement of people and goods")),
            mechanism: Some(self.named("Access Working Group")),
        }]
    }

    fn worked(&self) -> Vec<Worked> {
        let row = |code, label, granted, refused| Worked {
            means: self.term(code, label),
            list: "method".to_owned(),
            granted,
            refused,
            open: 3,
        };
        vec![
            row(
                "mediation",
                "Direct dialogue: mediation between communities and armed actors",
                2,
                1,
            ),
            row("common_interest", "Common interest, humanity and empathy", 4, 1),
            row("ihl", "Referring to international humanitarian law", 1, 3),
        ]
    }

    fn flag(&self, kind: &str, severity: (&str, &str), because: &[&str]) -> FlagLine {
        FlagLine {
            kind: self.term("kind", kind),
            severity: self.term(severity.0, severity.1),
            state: Some(self.term("open", "Open")),
            organizations: self.all_named(&["SHPN", "نور سيفا للإغاثة"]),
            because: self.texts(because),
            settled_by: self.text(
                "The two organisations agree which ask stands, or in which order; one withdraws or \
                 narrows its own.",
            ),
        }
    }

    fn flags(&self) -> Vec<FlagLine> {
        let meet = "Both are about Sefa Bridge.";
        vec![
            self.flag(
                "Asks that cannot both be granted",
                ("critical", "Critical"),
                &[
                    "To staff a checkpoint and to remove it are opposed: it cannot be kept and go.",
                    "Both address UFV Sefa Bridge Post.",
                    meet,
                    "31 January to 30 April 2026 meets 20 February 2026 onward.",
                ],
            ),
            self.flag(
                "Same demand, different answers",
                ("high", "High"),
                &["To the demand of a fee one answer is Accepted, the other Declined.", meet],
            ),
            self.flag(
                "Same ask, different terms",
                ("high", "High"),
                &["Notice: 24 hours against 72 hours.", "UFV Sefa is part of UFV Valley Zone."],
            ),
            self.flag(
                "Agreed lead to inform",
                ("medium", "Medium"),
                &["Food Relief Agency was agreed to lead towards UFV Valley Zone."],
            ),
            self.flag(
                "Same ask, different levels",
                ("low", "Low"),
                &["One is at the level Operational, the other at Tactical.", meet],
            ),
        ]
    }
}

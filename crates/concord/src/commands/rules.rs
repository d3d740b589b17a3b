//! `concord rules`.

use clap::Args;
use concord_domain::{rules::RULES, vocabulary::Closed};

/// Print the kinds of flag: when each holds, why it matters, what usually settles it
#[derive(Args)]
pub struct Rules {
    /// One kind alone
    kind: Option<String>,
}

impl Rules {
    /// Prints them.
    pub fn run(self) -> Result<(), String> {
        let wanted = |code: &str| self.kind.as_deref().is_none_or(|kind| kind == code);
        let mut found = false;
        for rule in RULES.iter().filter(|rule| wanted(rule.kind.code())) {
            found = true;
            let (kind, class) = (rule.kind.code(), rule.class.code());
            let text = format!(
                "{kind} ({class})\n  {}.\n  Holds when: {}\n  Why it matters: {}\n  What usually settles it: {}\n",
                rule.title, rule.holds_when, rule.why, rule.settled_by
            );
            super::print(&text)?;
        }
        if found { Ok(()) } else { Err("there is no such kind of flag".to_owned()) }
    }
}

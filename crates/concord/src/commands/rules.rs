//! `concord rules`.

use clap::Args;
use concord_domain::{language::Language, rules::RULES, vocabulary::Closed};

/// Print the kinds of flag: when each holds, why it matters, what usually settles it
#[derive(Args)]
pub struct Rules {
    /// One kind alone
    kind: Option<String>,
    /// In which language: en, fr, es or ar
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
}

fn language(tag: &str) -> Result<Language, String> {
    let codes = Language::ALL.map(Language::code).join(", ");
    Language::from_tag(tag).ok_or_else(|| format!("a language is one of {codes}"))
}

impl Rules {
    /// Prints them.
    pub fn run(self) -> Result<(), String> {
        let wanted = |code: &str| self.kind.as_deref().is_none_or(|kind| kind == code);
        let mut found = false;
        for rule in RULES.iter().filter(|rule| wanted(rule.kind.code())) {
            found = true;
            let (kind, class) = (rule.kind.code(), rule.class.code());
            let about = rule.about(self.language);
            let text = format!(
                "{kind} ({class})\n  {}.\n  Holds when: {}\n  Why it matters: {}\n  What usually settles it: {}\n",
                about.title, about.holds_when, about.why, about.settled_by
            );
            super::print(&text)?;
        }
        if found { Ok(()) } else { Err("there is no such kind of flag".to_owned()) }
    }
}

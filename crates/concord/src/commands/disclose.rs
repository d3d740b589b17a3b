//! `concord disclose`: what this database would tell whoever seized it.

use std::fmt::Write;

use clap::Args;
use concord_domain::vocabulary::Closed;
use concord_store::{
    StoreError,
    disclosed::{self, Counted, IN_CLEAR, TEXTS},
};
use serde_json::{Value, json};

use crate::setup::Place;

/// Print what this database tells whoever has it without the server's key
#[derive(Args)]
pub struct Disclose {
    #[command(flatten)]
    place: Place,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Disclose {
    /// Prints it.
    pub fn run(self) -> Result<(), String> {
        let store = self.place.store()?;
        let counted = store.read(disclosed::counted);
        let counted = counted.map_err(|error: StoreError| error.to_string())?;
        if self.json {
            return super::print_json(&as_json(&counted));
        }
        super::print(&in_words(&counted).trim_end())
    }
}

fn as_json(counted: &Counted) -> Value {
    let entries = counted.entries.iter().map(|each| {
        json!({
            "audience": each.audience.code(),
            "disclosure": each.disclosure.code(),
            "entries": each.entries,
        })
    });
    let holds = |table: &str| TEXTS.iter().find(|(name, _)| *name == table).map(|(_, what)| what);
    let texts = counted.texts.iter().map(|each| {
        let (table, sealed, clear) = (each.table, each.sealed, each.clear);
        json!({"table": table, "holds": holds(table), "sealed": sealed, "in_the_clear": clear})
    });
    let clear = IN_CLEAR
        .iter()
        .map(|each| json!({"table": each.table, "columns": each.columns, "tells": each.tells}));
    json!({
        "entries": entries.collect::<Vec<_>>(),
        "oldest_entry": counted.oldest,
        "people": counted.people,
        "sessions": counted.sessions,
        "second_factors_in_the_clear": counted.clear_secrets,
        "free_texts": texts.collect::<Vec<_>>(),
        "in_the_clear": clear.collect::<Vec<_>>(),
    })
}

fn in_words(counted: &Counted) -> String {
    let mut text = String::from(
        "What this database tells whoever has it, or a copy of it, without the server's key.\n\n\
         Entries, by who reads all of them and what everybody else may learn. Whoever has the \
         database sees all of them, whatever stands here:\n",
    );
    for each in &counted.entries {
        let (audience, disclosure) = (each.audience.code(), each.disclosure.code());
        let _ = writeln!(text, "{:>8}  {audience}, {disclosure}", each.entries);
    }
    let total: i64 = counted.entries.iter().map(|each| each.entries).sum();
    let _ = writeln!(text, "{total:>8}  together");
    if let Some(day) = counted.oldest {
        let _ = writeln!(text, "The oldest engagement began on {day}.");
    }
    let (people, sessions) = (counted.people, counted.sessions);
    let _ = writeln!(text, "{people} people have an account; {sessions} sessions stand.\n");
    if counted.clear_secrets > 0 {
        let count = counted.clear_secrets;
        let _ = writeln!(
            text,
            "{count} secrets of second factors stand in the clear, and whoever reads them makes \
             their codes: run `concord keys seal`.\n"
        );
    }
    text.push_str(&texts_in_words(counted));
    text.push_str("\nIn the clear, whatever the audience:\n");
    for each in IN_CLEAR {
        let _ = writeln!(text, "- {} ({})", each.tells, each.table);
    }
    text.push_str(
        "\nAbout how long each sealed text is can be seen as well. Whoever has the server's key \
         besides reads everything.\n",
    );
    text
}

fn texts_in_words(counted: &Counted) -> String {
    let sealed: i64 = counted.texts.iter().map(|each| each.sealed).sum();
    let clear: i64 = counted.texts.iter().map(|each| each.clear).sum();
    let mut text = match clear {
        0 => format!("All {sealed} rows with free texts are sealed:\n"),
        _ => format!(
            "{clear} rows with free texts stand in the clear: run `concord keys seal`. {sealed} are \
             sealed:\n"
        ),
    };
    for (table, what) in TEXTS {
        let found = counted.texts.iter().find(|each| each.table == *table);
        let Some(each) = found.filter(|each| each.sealed + each.clear > 0) else { continue };
        let _ = write!(text, "- {what} ({table}): {} sealed", each.sealed);
        if each.clear > 0 {
            let _ = write!(text, ", {} in the clear", each.clear);
        }
        text.push('\n');
    }
    text
}

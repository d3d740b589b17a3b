//! `concord import`.

use clap::Args;
use concord_app::{bundles, bundles::Defaults, guard::Confirmation, samples::Sample};
use concord_domain::vocabulary::{Audience, Closed, Disclosure};

use crate::setup::{Place, Standing};

/// Take a bundle in, all or nothing, making its operation if it is not there
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// The bundle; `-` reads standard input
    #[arg(required_unless_present = "sample")]
    file: Option<String>,
    /// A sample that the product ships: `exercise`, `sudan` or `yemen`
    #[arg(long, conflicts_with = "file")]
    sample: Option<String>,
    /// Say what it would do, and do none of it
    #[arg(long)]
    dry_run: bool,
    /// Who reads the engagements that do not say so: `own` unless said, or `operation`
    #[arg(long)]
    audience: Option<String>,
    /// What everybody else may learn of those: `match` unless said
    #[arg(long)]
    disclosure: Option<String>,
    /// Say that no free text holds what is never stored, though some look so
    #[arg(long)]
    confirm_text: bool,
}

impl Import {
    /// Takes the bundle in.
    pub fn run(self) -> Result<(), String> {
        let defaults = Defaults {
            audience: code::<Audience>(self.audience.as_deref())?,
            disclosure: code::<Disclosure>(self.disclosure.as_deref())?,
            confirmation: Confirmation::from(self.confirm_text),
        };
        let app = self.place.open("command_import", Standing::Open)?;
        let bundle = match (&self.sample, &self.file) {
            (Some(name), _) => Sample::named(name)
                .ok_or_else(|| format!("there is no sample `{name}`"))?
                .bundle(app.today())
                .map_err(super::told)?,
            (None, Some(file)) => super::read_json(file)?,
            (None, None) => return Err("name a file or a sample".to_owned()),
        };
        let done = bundles::import_as_server(&app, &bundle, defaults, self.dry_run)
            .map_err(super::told)?;
        let how = if self.dry_run { "It would make" } else { "Made" };
        let (made, changed, same) = (done.created, done.changed, done.unchanged);
        super::print(&format!("{how} {made}, change {changed}, leave {same} as they are."))
    }
}

fn code<T: Closed>(written: Option<&str>) -> Result<Option<T>, String> {
    let Some(written) = written else { return Ok(None) };
    let codes: Vec<&str> = T::ALL.iter().map(|each| each.code()).collect();
    let read = T::from_code(written);
    read.map(Some).ok_or_else(|| format!("`{written}` is none of {}", codes.join(", ")))
}

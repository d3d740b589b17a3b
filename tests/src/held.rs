//! The flags that a registry holds, told by the keys of what they are between, and the same as a
//! replay tells them.

use std::collections::{BTreeSet, HashMap};

use concord_app::{Error, access, bundles};
use concord_domain::{
    evaluate::Focus,
    flag::Subject,
    id::{CommitmentId, EngagementId},
    policy::Scope,
    replay::replay,
    vocabulary::Closed,
};
use concord_store::{Tx, documents, engagements, flags, operations};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Registry;

/// A flag as its kind, its severity and the sorted keys of what it is between.
pub type Told = (String, String, Vec<String>);

/// The flags of a list, as a replay prints them or a scenario expects them.
pub fn told(flags: &Value) -> Vec<Told> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |flag: &Value| {
        let mut between: Vec<String> =
            flag["between"].as_array().into_iter().flatten().map(text).collect();
        between.sort_unstable();
        (text(&flag["kind"]), text(&flag["severity"]), between)
    };
    let mut all: Vec<Told> = flags.as_array().into_iter().flatten().map(one).collect();
    all.sort_unstable();
    all
}

/// The flags that a replay of a bundle as of a day tells, those that say what goes well aside.
pub fn replayed(bundle: &Value, as_of: Option<&str>) -> Vec<Told> {
    let mut bundle = bundle.clone();
    if let Some(day) = as_of {
        bundle["as_of"] = json!(day);
    }
    let flags = replay(&bundle).unwrap_or_else(|faults| panic!("{faults:#?}"));
    told(&flags["flags"]).into_iter().filter(|(_, severity, _)| severity != "info").collect()
}

impl Registry {
    /// Today, as the registry knows it.
    pub fn today(&self) -> String {
        self.app.today().to_string()
    }

    /// The whole of an operation.
    pub fn export(&self, operation: &str) -> Value {
        bundles::export_as_server(&self.app, operation).expect("exported")
    }

    /// Brings an operation up to today, as its first request of a day does.
    pub fn bring_up_to_today(&self, operation: &str) {
        let found = self.app.store.read(|tx| Ok::<_, Error>(operations::find(tx, operation)?));
        let id = found.expect("read").expect("the operation is there").id;
        access::bring_up_to_today(&self.app, id).expect("brought up to today");
    }

    /// The flags of an operation that hold.
    pub fn held(&self, operation: &str) -> Vec<Told> {
        let told = self.app.store.read(|tx| held(tx, operation));
        told.expect("read")
    }

    /// Fails unless the flags that hold are those of a replay of what is exported.
    #[track_caller]
    pub fn holds_what_replay_tells(&self, operation: &str) {
        let replayed = replayed(&self.export(operation), Some(&self.today()));
        let held = self.held(operation);
        let (database, today) = (self.database, self.today());
        assert_eq!(held, replayed, "{operation} on {database:?} as of {today}");
    }
}

fn held(tx: &mut Tx, operation: &str) -> Result<Vec<Told>, Error> {
    let operation = operations::find(tx, operation)?.ok_or(Error::NotFound)?.id;
    let mut kept = flags::touched(tx, operation, &Focus::everything())?;
    kept.retain(|flag| flag.standing.holds);
    let subjects: BTreeSet<Subject> =
        kept.iter().flat_map(|flag| flag.between.iter().copied()).collect();
    let keys = keys_of(tx, operation, &subjects)?;
    let one = |flag: &flags::KeptFlag| {
        let name = |subject: &Subject| {
            let name = subject.name();
            keys.get(&name).cloned().unwrap_or(name)
        };
        let mut between: Vec<String> = flag.between.iter().map(name).collect();
        between.sort_unstable();
        let severity = flag.standing.severity.code().to_owned();
        (flag.kind.code().to_owned(), severity, between)
    };
    let mut all: Vec<Told> = kept.iter().map(one).collect();
    all.sort_unstable();
    Ok(all)
}

/// The keys of things, by their ids as text.
fn keys_of(
    tx: &mut Tx,
    operation: Uuid,
    subjects: &BTreeSet<Subject>,
) -> Result<HashMap<String, String>, Error> {
    let lines: BTreeSet<EngagementId> = subjects.iter().filter_map(|s| s.engagement()).collect();
    let lines: Vec<EngagementId> = lines.into_iter().collect();
    let ids: Vec<Uuid> = subjects.iter().map(|s| flags::subject_kind(*s).1).collect();
    let commitments: Vec<CommitmentId> = ids.iter().copied().map(CommitmentId).collect();
    let mut keys = HashMap::new();
    macro_rules! note {
        ($things:expr) => {
            for thing in $things {
                let key = thing.identity.key.as_str().to_owned();
                keys.insert(thing.identity.id.to_string(), key);
            }
        };
    }
    for line in engagements::load_for_rules(tx, operation, &lines)? {
        note!(&line.asks);
        note!(&line.demands);
        note!([&line]);
    }
    note!(engagements::load_commitments(tx, operation, &Scope::server(), &commitments)?);
    note!(documents::leads::load(tx, operation, &ids)?);
    note!(documents::common_positions::load(tx, operation, &ids)?);
    note!(documents::armed_actors::load(tx, operation, &ids)?);
    Ok(keys)
}

//! Makes the data through the product's own functions, once for each shape, and keeps it for
//! later runs as an SQLite file.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use concord_app::{
    App, Error, access::Access, auth, bundles, coherence, people, resources, resources::Resource,
};
use concord_domain::{
    document::{
        ArmedActor, Commitment, CommonPosition, Document, Engagement, Key, Lead, Mechanism,
        Organization, Place, Reader, References,
    },
    evaluate::Focus,
    fault::{FaultCode, Pointer},
    id::Kind,
    vocabulary::Role,
    window::Day,
};
use concord_store::{Area, Tx, operations};
use diesel::connection::SimpleConnection;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    maker::open,
    world::{OPERATION, ORGANIZATIONS, Shape, World, organization_key},
};

/// For how many days a data set is used: afterwards much of what was live is over.
const DAYS_MAX: i64 = 3;
/// How many engagements are written in one transaction.
const ENGAGEMENTS_AT_ONCE: usize = 50_000;
/// The members who make requests: one of each of the organisations that log the most.
pub const MEMBERS: usize = 8;
/// The password of all of them.
pub const PASSWORD: &str = "a long pass phrase";

/// What the data is made of; if any of it changes, the data is made anew.
const MADE_OF: [&str; 6] = [
    include_str!("world.rs"),
    include_str!("random.rs"),
    include_str!("trees.rs"),
    include_str!("data.rs"),
    include_str!("../../../migrations/common/0001_registry.sql"),
    include_str!("../../../crates/app/src/coherence/index.rs"),
];

/// A data set that is ready.
pub struct Data {
    /// The SQLite file.
    pub file: PathBuf,
    /// The day as of which it was made.
    pub day: Day,
    /// What it is called, in files and databases.
    pub name: String,
}

/// The login of a member.
pub fn login(member: usize) -> String {
    format!("member-{member}")
}

/// The data of a shape, made unless it is there.
pub fn ready(folder: &Path, today: Day, shape: Shape) -> Data {
    let hash = &auth::sha256(MADE_OF.concat().as_bytes())[..8];
    let Shape { engagements, per_day } = shape;
    let set = format!("e{engagements}_d{per_day}");
    for back in 0..=DAYS_MAX {
        let day = today - chrono::TimeDelta::days(back);
        let name = format!("{set}_{hash}_{}", day.format("%Y%m%d"));
        let file = folder.join(format!("{name}.sqlite"));
        if file.exists() {
            return Data { file, day, name };
        }
    }
    for old in fs::read_dir(folder).expect("the folder").flatten() {
        if old.file_name().to_string_lossy().starts_with(&format!("{set}_")) {
            fs::remove_file(old.path()).expect("an old data set is removed");
        }
    }
    let name = format!("{set}_{hash}_{}", today.format("%Y%m%d"));
    let file = folder.join(format!("{name}.sqlite"));
    let unfinished = folder.join(format!("{set}_unfinished.sqlite"));
    make(&unfinished, &World::new(today, shape));
    fs::rename(&unfinished, &file).expect("the data set is kept");
    Data { file, day: today, name }
}

fn make(file: &Path, world: &World) {
    let begun = Instant::now();
    let app = open(file, world.day);
    bundles::import_as_server(&app, &world.operation(), bundles::Defaults::default(), false)
        .expect("the operation is made");
    let writing = Writing { app: &app, keys: RefCell::default(), today: world.day };
    writing.all::<Place>(world.places());
    writing.all::<Mechanism>(world.mechanisms());
    writing.all::<Organization>(world.organizations());
    writing.all::<ArmedActor>(world.actors());
    writing.all::<Lead>(world.leads());
    writing.all::<CommonPosition>(world.positions());
    eprintln!("  references: {:.0?}", begun.elapsed());
    let mut engagements = world.engagements().peekable();
    while engagements.peek().is_some() {
        let some: Vec<(Uuid, Value)> = engagements.by_ref().take(ENGAGEMENTS_AT_ONCE).collect();
        writing.some::<Engagement>(&some);
        eprintln!("  {} engagements more: {:.0?}", some.len(), begun.elapsed());
    }
    writing.all::<Commitment>(world.commitments());
    writing.write(|tx, access| {
        let (everything, unchanged) = (Focus::everything(), coherence::Changed::default());
        coherence::settle(&app, tx, access.id(), everything, &unchanged)?;
        Ok(())
    });
    for member in 0..MEMBERS.min(ORGANIZATIONS) {
        let name = login(member);
        people::create_account(&app, (&name, "Somebody"), PASSWORD, false).expect("an account");
        let organization = organization_key(member);
        people::give_role(&app, OPERATION, &name, Role::Member, Some(&organization))
            .expect("a role");
    }
    eprintln!("  evaluated: {:.0?}", begun.elapsed());
}

/// Fails unless the flags of a data set are those of evaluating everything afresh.
pub fn verify(data: &Data) {
    for (operation, differing) in coherence::verify(&open(&data.file, data.day)).expect("verified")
    {
        assert!(differing.is_empty(), "{operation}: {} flags differ", differing.len());
    }
}

/// Writes things as requests and bundles do, but for settling their flags each by itself.
struct Writing<'w> {
    app: &'w App,
    keys: RefCell<HashMap<(Kind, String), Uuid>>,
    today: Day,
}

impl Writing<'_> {
    #[expect(clippy::disallowed_methods, reason = "a data set is made and not used")]
    fn write(&self, work: impl Fn(&mut Tx, &Access) -> Result<(), Error>) {
        let found = self.app.store.read(|tx| Ok::<_, Error>(operations::find(tx, OPERATION)?));
        let kept = found.expect("it is read").expect("the operation");
        let access = Access::of_server(kept);
        let done = self.app.store.write(Area::Operation(access.id()), |tx| {
            if let Tx::Sqlite(connection) = tx {
                // Random ids fall everywhere in every index.
                connection
                    .batch_execute("PRAGMA cache_size = -1500000")
                    .map_err(concord_store::StoreError::from)?;
            }
            work(tx, &access)
        });
        done.expect("it is written");
    }

    fn all<T: Resource>(&self, bodies: impl Iterator<Item = Value>) {
        let ids = |body| (self.app.ids.id(), body);
        self.some::<T>(&bodies.map(ids).collect::<Vec<_>>());
    }

    fn some<T: Resource>(&self, bodies: &[(Uuid, Value)]) {
        self.write(|tx, access| {
            for (id, body) in bodies {
                let thing: T = self.read(*id, body);
                let mut touched = resources::Touched::default();
                resources::write_one(tx, access, None, thing, &mut touched)?;
            }
            Ok(())
        });
    }

    fn read<T: Document>(&self, id: Uuid, body: &Value) -> T {
        let mut known = Made { writing: self, own: Some(id), made: None };
        let mut reader = Reader::of_request(&mut known, self.today);
        let read = T::read(body, &Pointer::ROOT, &mut reader);
        assert!(reader.faults.is_empty(), "{}: {:#?}\n{body:#}", T::NAME, reader.faults);
        if let (Some(kind), Some(key)) = (known.made, body["key"].as_str()) {
            self.keys.borrow_mut().insert((kind, key.to_owned()), id);
        }
        read.expect("it has no faults")
    }
}

/// What the world's own keys stand for.
struct Made<'m, 'w> {
    writing: &'m Writing<'w>,
    /// The id of what is read, until its identity is asked for: the first of all.
    own: Option<Uuid>,
    made: Option<Kind>,
}

impl References for Made<'_, '_> {
    fn resolve(&mut self, kind: Kind, written: &str) -> Option<Uuid> {
        let known = self.writing.keys.borrow().get(&(kind, written.to_owned())).copied();
        known.or_else(|| Uuid::parse_str(written).ok())
    }

    fn identify(&mut self, kind: Kind, _: Option<&Key>) -> Result<Uuid, (FaultCode, String)> {
        self.made.get_or_insert(kind);
        Ok(self.own.take().unwrap_or_else(|| self.writing.app.ids.id()))
    }

    fn nearest(&mut self, _: Kind, _: &str) -> Vec<String> {
        Vec::new()
    }
}

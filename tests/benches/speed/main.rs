//! Speed, measured beside plain SQL: the product's own binary on real data, and in the same run
//! the statements of the same requests by pgbench. What counts is the ratio of the two, since
//! both run on the same machine in the same minutes.
//!
//! `make bench`, or with sizes of its own: `make bench SIZES="10000 100000"`. It makes the data
//! once, keeps it in `target/bench`, and writes `docs/benchmarks.md`. Further words: `dense` for
//! the dense set besides, `prepare` to make the data and measure nothing.

mod data;
mod databases;
mod http;
mod load;
mod maker;
mod measure;
mod pages;
mod pgbench;
mod random;
mod report;
mod server;
mod statements;
mod trees;
mod world;

use std::{env, fs};

use concord_tests::postgres::Cluster;

use crate::{databases::Database, measure::Measured, world::Shape};

/// What PostgreSQL runs with: as safe as in use, and nothing that happens by itself in between.
pub const SETTINGS: [&str; 14] = [
    "listen_addresses=127.0.0.1",
    "max_connections=150",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=1GB",
    "autovacuum=off",
    "max_wal_size=4GB",
    "timezone=UTC",
    "logging_collector=on",
    "log_destination=jsonlog",
    "log_filename=statements.log",
    "log_rotation_age=0",
    "log_rotation_size=0",
];
/// The sizes that are measured unless others are asked for.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// How many engagements begin on a day, so that about 2,000 are live.
const PER_DAY: usize = 62;
/// Up to this size the flags of a data set are compared with evaluating everything afresh.
const VERIFIED_MAX: usize = 10_000;
/// Ten times as many are live here, out of this many.
const DENSE: Shape = Shape { engagements: 100_000, per_day: 10 * PER_DAY };

#[expect(clippy::disallowed_methods, reason = "the binary that is measured has the same clock")]
fn main() {
    let folder = concord_tests::file("../target/bench");
    fs::create_dir_all(&folder).expect("the folder");
    let asked: Vec<String> = env::args().skip(1).collect();
    let mut sizes: Vec<usize> = asked.iter().filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    sizes.sort_unstable();
    let even =
        sizes.iter().map(|engagements| Shape { engagements: *engagements, per_day: PER_DAY });
    let dense = asked.iter().any(|word| word == "dense").then_some(DENSE);
    let shapes: Vec<Shape> = even.chain(dense).collect();

    let cluster = Cluster::kept(&folder.join("postgres"), &SETTINGS);
    let today = chrono::Utc::now().date_naive();
    let mut all: Vec<Measured> = Vec::new();
    for shape in shapes {
        let data = data::ready(&folder, today, shape);
        if shape.engagements <= VERIFIED_MAX {
            data::verify(&data);
        }
        let postgres = databases::on_postgres(&cluster, &folder, &data);
        if asked.iter().any(|word| word == "prepare") {
            continue;
        }
        for database in [&postgres, &Database::Sqlite(&data.file)] {
            all.push(measure::measure(&folder, database, (today, shape)));
        }
    }
    if all.is_empty() {
        return cluster.stop();
    }
    let version = cluster.query("postgres", "SHOW server_version").trim().to_owned();
    cluster.stop();
    let text = report::written(&all, &version);
    println!("{text}");
    fs::write(concord_tests::file("../docs/benchmarks.md"), text).expect("it is written");
}

//! The same statements by pgbench, with as many clients.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use concord_tests::postgres::Cluster;

use crate::load::{Operation, Round};

/// How many transactions of a client prepare its statements, and are not counted: with posts, that
/// are few, so many that almost every script was among them.
pub const fn warm_up(operation: Operation) -> usize {
    match operation {
        Operation::Post => 40,
        _ => 20,
    }
}

/// One line of its log for each transaction.
struct Logged {
    client: usize,
    latency: Duration,
    ended: f64,
}

/// Runs the scripts of an operation, each as often as another, with so many clients.
pub fn round(
    cluster: &Cluster,
    database: &str,
    scripts: &Path,
    (operation, seed, clients): (Operation, usize, usize),
) -> Round {
    let logs = scripts.join("log");
    let _ = fs::remove_dir_all(&logs);
    fs::create_dir(&logs).expect("a folder");
    let warm_up = warm_up(operation);
    let each = warm_up + operation.requests().div_ceil(clients);
    let mut pgbench = cluster.program("pgbench");
    pgbench.args(["-n", "-M", "prepared", "-D", "done=0", "-l", "-j", "2"]);
    pgbench.args(["-c", &clients.to_string(), "-t", &each.to_string()]);
    pgbench.arg(format!("--random-seed={seed}"));
    pgbench.arg(format!("--log-prefix={}", logs.join("l").display()));
    for script in fs::read_dir(scripts).expect("the scripts").flatten() {
        if script.path().extension().is_some_and(|extension| extension == "sql") {
            pgbench.arg("-f").arg(script.path());
        }
    }
    // As the server's own connections are set.
    pgbench.env("PGOPTIONS", "-c max_parallel_workers_per_gather=0 -c jit=off");
    let output = pgbench.arg(cluster.url(database)).output().expect("pgbench runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("aborted"), "pgbench: {said}");
    let mut all: Vec<Logged> = Vec::new();
    for log in fs::read_dir(&logs).expect("the logs").flatten() {
        let text = fs::read_to_string(log.path()).expect("a log");
        all.extend(text.lines().filter_map(logged));
    }
    measured(all, warm_up)
}

/// `client transaction microseconds script seconds microseconds`
fn logged(line: &str) -> Option<Logged> {
    let fields: Vec<f64> = line.split(' ').filter_map(|field| field.parse().ok()).collect();
    let [client, _, latency, _, seconds, micros] = fields.get(..6)?.try_into().ok()?;
    let latency = Duration::from_micros(latency as u64);
    Some(Logged { client: client as usize, latency, ended: seconds + micros / 1e6 })
}

/// What each client did after its warm-up, and how fast all of them together.
fn measured(all: Vec<Logged>, warm_up: usize) -> Round {
    let mut clients: BTreeMap<usize, Vec<Logged>> = BTreeMap::new();
    for logged in all {
        clients.entry(logged.client).or_default().push(logged);
    }
    let mut round = Round::default();
    for of_client in clients.values_mut() {
        of_client.sort_by(|a, b| a.ended.total_cmp(&b.ended));
        let counted = &of_client[warm_up..];
        let begun = of_client[warm_up - 1].ended;
        let ended = counted.last().map_or(f64::INFINITY, |last| last.ended);
        round.per_second += counted.len() as f64 / (ended - begun);
        round.latencies.extend(counted.iter().map(|logged| logged.latency));
    }
    round
}

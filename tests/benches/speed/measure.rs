//! The rounds: ours, the same by pgbench, ours again, each beginning with the same data.

use std::{fs, path::Path};

use concord_domain::window::Day;
use concord_tests::postgres::Cluster;

use crate::{
    databases::Database,
    http::Connection,
    load::{self, Operation, Round},
    pages, pgbench,
    server::Server,
    statements,
    world::{Shape, World},
};

/// How many rounds are measured; what counts is their median.
const ROUNDS: usize = 3;
/// How many requests of an operation are traced.
const TRACED: usize = 12;

/// Where the scripts stand without what the audit log writes.
const UNAUDITED: &str = "unaudited";

/// The most connections.
const CONNECTIONS_MAX: usize = 32;

/// What was measured on one database.
pub struct Measured {
    /// What is in it.
    pub shape: Shape,
    /// Whether it is PostgreSQL.
    pub is_postgres: bool,
    /// Each operation from so many connections.
    pub lines: Vec<Line>,
    /// Pages, one after the other.
    pub pages: Vec<(&'static str, Round)>,
    /// The most memory that the server held, in MB.
    pub memory_mb: f64,
}

/// One operation from so many connections.
pub struct Line {
    /// Which.
    pub operation: Operation,
    /// How many connections.
    pub connections: usize,
    /// The requests.
    pub ours: Round,
    /// The same statements by pgbench.
    pub plain: Option<Round>,
    /// The same again but for what the audit log writes, where that is much.
    pub unaudited: Option<Round>,
    /// How many statements a request has.
    pub statements: Option<usize>,
}

/// What is measured on which database, and from how many connections.
fn plan(is_postgres: bool) -> Vec<(Operation, usize)> {
    let with = |connections: usize| move |operation: Operation| (operation, connections);
    if !is_postgres {
        let alone = Operation::ALL.into_iter().map(with(1));
        return alone.chain([Operation::Post, Operation::Check].map(with(8))).collect();
    }
    let many = [Operation::Post, Operation::Check].map(with(CONNECTIONS_MAX));
    Operation::ALL.into_iter().map(with(8)).chain(many).collect()
}

/// Measures every operation on a database.
pub fn measure(folder: &Path, database: &Database<'_>, (today, shape): (Day, Shape)) -> Measured {
    let world = World::new(today, shape);
    let mut server = Server::start(&database.url());
    let cursors = load::cursors(&server, &world);
    database.remember();
    let is_postgres = matches!(database, Database::Postgres(..));
    let mut lines = Vec::new();
    for (operation, connections) in plan(is_postgres) {
        server.sign_all_in();
        let ask = |round: usize| {
            let asked = (operation, round, connections);
            let round = load::round(&server, &world, &cursors, asked);
            database.restore(operation);
            round
        };
        let scripts = match database {
            // Many connections are there to see what the server makes of them.
            Database::Postgres(cluster, name) if connections < CONNECTIONS_MAX => {
                let scripts = folder.join(format!("pgbench-{operation:?}"));
                let statements = trace(cluster, name, &world, operation, &scripts);
                database.restore(operation);
                Some((cluster, name, scripts, statements))
            }
            _ => None,
        };
        ask(1);
        let (mut ours, mut plain, mut unaudited) = (Vec::new(), Vec::new(), Vec::new());
        for round in 2..2 + ROUNDS {
            ours.push(ask(round));
            let Some((cluster, name, scripts, _)) = &scripts else { continue };
            let by_pgbench = |scripts: &Path| {
                let done = pgbench::round(cluster, name, scripts, (operation, round, connections));
                database.restore(operation);
                done
            };
            plain.push(by_pgbench(scripts));
            if operation == Operation::Post {
                unaudited.push(by_pgbench(&scripts.join(UNAUDITED)));
            }
        }
        let line = Line {
            operation,
            connections,
            ours: median(ours).expect("a round"),
            plain: median(plain),
            unaudited: median(unaudited),
            statements: scripts.map(|(.., statements)| statements),
        };
        let said = crate::report::said(&line);
        eprintln!("  {shape:?} {said}; {:.0} MB", server.memory_mb());
        lines.push(line);
    }
    let memory_mb = server.memory_mb();
    server.sign_all_in();
    let pages = pages::measure(&server);
    for (name, round) in &pages {
        let (p50, p99) = (round.quantile_ms(0.5), round.quantile_ms(0.99));
        eprintln!("  {shape:?} page, {name}: p50 {p50:.1} ms, p99 {p99:.1} ms");
    }
    Measured { shape, is_postgres, lines, pages, memory_mb }
}

/// Traces requests, and writes what each does as a script; how many statements a request has.
fn trace(
    cluster: &Cluster,
    name: &str,
    world: &World,
    operation: Operation,
    scripts: &Path,
) -> usize {
    let server = Server::start(&format!("{}{}", cluster.url(name), statements::TRACED));
    let cursors = load::cursors(&server, world);
    let mut connection = Connection::open(&server.address);
    let mut send = |number: usize| {
        let prepared = load::prepared(&server, world, &cursors, (operation, 0, number));
        let answer = connection.send(&prepared.request);
        assert!(answer.status < 300, "{}", answer.text());
        prepared.key
    };
    // A connection to the database first learns what it needs to know of it.
    send(1_000);
    statements::forget(cluster);
    let mut keys = Vec::new();
    for number in 0..TRACED {
        statements::mark(cluster, name);
        keys.push(send(number));
    }
    drop(server);
    let requests = statements::logged(cluster);
    assert_eq!(requests.len(), TRACED, "every request is traced");
    let types = statements::types(cluster, name, &requests);
    let _ = fs::remove_dir_all(scripts);
    fs::create_dir_all(scripts.join(UNAUDITED)).expect("a folder");
    for (number, (statements, key)) in requests.iter().zip(&keys).enumerate() {
        let warm_up = pgbench::warm_up(operation);
        let unaudited = statements::unaudited(statements);
        for (folder, statements) in [("", statements), (UNAUDITED, &unaudited)] {
            let script = statements::script(statements, key.as_deref(), &types, warm_up);
            let file = scripts.join(folder).join(format!("{number:02}.sql"));
            fs::write(file, script).expect("a script");
        }
    }
    requests.iter().map(Vec::len).sum::<usize>() / TRACED
}

/// The round in the middle.
fn median(mut rounds: Vec<Round>) -> Option<Round> {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    (!rounds.is_empty()).then(|| rounds.swap_remove(rounds.len() / 2))
}

//! What was measured, as a page: tables, and which targets are met.

use std::{fmt::Write, fs, thread};

use crate::{
    load::{Operation, Round},
    measure::{Line, Measured},
};

/// The least share of the rate of plain SQL that posting with flags is to reach, and checking.
const POST_RATIO_MIN: f64 = 0.5;
const CHECK_RATIO_MIN: f64 = 0.3;
/// How many times as long a request may take with the longest history as with the shortest.
const GROWTH_MAX: f64 = 1.5;
/// How much memory the server may hold with 32 connections, in MB.
const MEMORY_MB_MAX: f64 = 150.0;
/// How long half of the requests for any page may take, in milliseconds.
const PAGE_MS_MAX: f64 = 30.0;
/// How long almost every check may take on SQLite, in milliseconds.
const SQLITE_CHECK_MS_MAX: f64 = 5.0;

/// One line in words.
pub fn said(line: &Line) -> String {
    let rate = |round: &Round| {
        let (p50, p99) = (round.quantile_ms(0.5), round.quantile_ms(0.99));
        format!("{:.0}/s, p50 {p50:.1} ms, p99 {p99:.1} ms", round.per_second)
    };
    let plain = line.plain.as_ref().map(|plain| {
        let (statements, ratio) = (line.statements.unwrap_or_default(), ratio(line, plain));
        format!("; {statements} statements by pgbench: {}; ratio {ratio:.2}", rate(plain))
    });
    let (name, connections) = (line.operation.name(), line.connections);
    format!("{name}, {connections} at once: {}{}", rate(&line.ours), plain.unwrap_or_default())
}

fn ratio(line: &Line, plain: &Round) -> f64 {
    line.ours.per_second / plain.per_second
}

/// The page.
pub fn written(all: &[Measured], postgres: &str) -> String {
    let mut page = String::from(INTRODUCTION);
    let _ = write!(page, "{}", machine(postgres));
    page.push_str("\n## Targets\n\n| target | measured | met |\n| --- | --- | --- |\n");
    for (target, measured, is_met) in targets(all) {
        let met = if is_met { "yes" } else { "no" };
        let _ = writeln!(page, "| {target} | {measured} | {met} |");
    }
    for measured in all {
        page.push_str(&section(measured));
    }
    page
}

const INTRODUCTION: &str = "# Benchmarks

Written by `make bench`, which measures again and replaces this page.

Requests go over HTTP to the release binary, from members of eight organisations. Beside them, in
the same run, pgbench executes the statements that the same requests were seen to execute: with
their literals, prepared, in the same transactions, from as many clients. So the ratio says how
much of plain SQL is left once a request is read, the rules are evaluated and an answer is written;
it says little about how much SQL there is, which is what the number of statements is for. Rounds
alternate, and the median of three is shown; what a round has written is taken away before the next.

An operation here has 3,000 armed actors, 50,000 places and 200 organisations. About 2,000 lines are
live in every size, the very same: what grows is history, of more than two years ago. The dense set
has ten times as many. Compare ratios with other machines, not rates.
";

fn machine(postgres: &str) -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = memory.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok());
    let settings: Vec<String> = crate::SETTINGS
        .iter()
        .filter(|setting| !setting.starts_with("log") && !setting.starts_with("listen"))
        .map(|setting| format!("`{setting}`"))
        .collect();
    format!(
        "\nMachine: {cores} cores, {:.0} GB of memory, shared by the server, the database and the \
         load. PostgreSQL {postgres}: {}. SQLite: WAL, `synchronous=FULL`.\n",
        kilobytes.unwrap_or(f64::NAN) / 1024.0 / 1024.0,
        settings.join(", ")
    )
}

const fn kind(measured: &Measured) -> &'static str {
    if measured.is_postgres { "PostgreSQL" } else { "SQLite" }
}

fn section(measured: &Measured) -> String {
    let kind = kind(measured);
    let live = if measured.shape.per_day > crate::PER_DAY { "20,000" } else { "2,000" };
    let mut text = format!(
        "\n## {kind}, {} engagements, about {live} live\n\n\
         | request | at once | requests/s | p50 ms | p99 ms | statements | pgbench/s | p50 ms | p99 ms | ratio |\n\
         | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n",
        grouped(measured.shape.engagements)
    );
    for line in &measured.lines {
        let cells = |round: &Round| {
            let (p50, p99) = (round.quantile_ms(0.5), round.quantile_ms(0.99));
            format!("{:.0} | {p50:.1} | {p99:.1}", round.per_second)
        };
        let plain = line.plain.as_ref().map(|plain| {
            let statements = line.statements.unwrap_or_default();
            format!("{statements} | {} | **{:.2}**", cells(plain), ratio(line, plain))
        });
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            line.operation.name(),
            line.connections,
            cells(&line.ours),
            plain.unwrap_or_else(|| " | | | | ".to_owned())
        );
    }
    let _ = writeln!(text, "\nThe server held {:.0} MB at most.", measured.memory_mb);
    text.push_str("\n| page, one at once | p50 ms | p99 ms |\n| --- | --: | --: |\n");
    for (name, round) in &measured.pages {
        let (p50, p99) = (round.quantile_ms(0.5), round.quantile_ms(0.99));
        let _ = writeln!(text, "| {name} | {p50:.1} | {p99:.1} |");
    }
    text.push('\n');
    for line in &measured.lines {
        let (Some(plain), Some(unaudited)) = (&line.plain, &line.unaudited) else { continue };
        let _ = writeln!(
            text,
            "Without what the audit log writes, pgbench reaches {:.0}/s with {}: the log leaves \
             {:.2} of that.",
            unaudited.per_second,
            line.operation.name(),
            plain.per_second / unaudited.per_second
        );
    }
    text
}

/// Each target, what was measured, and whether it is met.
fn targets(all: &[Measured]) -> Vec<(String, String, bool)> {
    let even: Vec<&Measured> =
        all.iter().filter(|measured| measured.shape.per_day == crate::PER_DAY).collect();
    let of = |is_postgres: bool| even.iter().filter(move |each| each.is_postgres == is_postgres);
    let (Some(least), Some(most), Some(sqlite)) =
        (of(true).next(), of(true).next_back(), of(false).next_back())
    else {
        return Vec::new();
    };
    let size = grouped(most.shape.engagements);
    let mut targets = Vec::new();
    for (operation, min) in [(Operation::Post, POST_RATIO_MIN), (Operation::Check, CHECK_RATIO_MIN)]
    {
        let line = line(most, operation);
        let ratio = line.plain.as_ref().map_or(f64::NAN, |plain| ratio(line, plain));
        let target = format!("{} at {size}: at least {min} of plain SQL", operation.name());
        targets.push((target, format!("{ratio:.2}"), ratio >= min));
    }
    for operation in Operation::ALL {
        let (after, before) = (line(most, operation), line(least, operation));
        let growth = after.ours.quantile_ms(0.5) / before.ours.quantile_ms(0.5);
        let from = grouped(least.shape.engagements);
        let target = format!(
            "{}: p50 at {size} at most {GROWTH_MAX} times that at {from}",
            operation.name()
        );
        targets.push((target, format!("{growth:.2}"), growth <= GROWTH_MAX));
    }
    let memory = most.memory_mb;
    let target = format!("memory with 32 connections at {size}: below {MEMORY_MB_MAX} MB");
    targets.push((target, format!("{memory:.0} MB"), memory < MEMORY_MB_MAX));
    let p99 = line(sqlite, Operation::Check).ours.quantile_ms(0.99);
    let target =
        format!("check on SQLite at {size}, one at once: p99 at most {SQLITE_CHECK_MS_MAX} ms");
    targets.push((target, format!("{p99:.1} ms"), p99 <= SQLITE_CHECK_MS_MAX));
    for measured in &even {
        let times = measured.pages.iter().map(|(name, round)| (round.quantile_ms(0.5), name));
        let Some((slowest, name)) = times.max_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        let (size, kind) = (grouped(measured.shape.engagements), kind(measured));
        let target = format!("the slowest page on {kind} at {size}: p50 at most {PAGE_MS_MAX} ms");
        targets.push((target, format!("{slowest:.1} ms ({name})"), slowest <= PAGE_MS_MAX));
    }
    targets
}

/// The first line of an operation: from the fewest connections.
fn line(measured: &Measured, operation: Operation) -> &Line {
    let lines = &measured.lines;
    lines.iter().find(|line| line.operation == operation).expect("every operation is measured")
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if first > 0 {
        groups.push(&digits[..first]);
    }
    groups.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    groups.join(",")
}

//! The statements of real requests, as PostgreSQL has logged them, and the same as scripts of
//! pgbench: literals as they were, ids that a request made made anew in each transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use concord_tests::postgres::Cluster;
use serde_json::Value;

/// A statement as it was executed.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: String,
    parameters: Vec<Option<String>>,
}

/// Begins what belongs to the next request.
const MARK: &str = "SELECT 'next request'";

/// What only the transactions speak of that put the audit log in order.
const SEQUENCE: &str = "audit_sequence";

/// What counts a question for the first time.
const COUNTED: &str = "INSERT INTO \"questions\"";

/// What the audit log writes.
const AUDITED: &str = "INSERT INTO \"audit_";

/// How long an id is, written out.
const ID_LENGTH: usize = 36;

/// What makes the server log the statements of a connection, at the end of its address.
pub const TRACED: &str = "?options=-c%20log_statement%3Dall";

/// Marks in the log that the next request begins.
pub fn mark(cluster: &Cluster, database: &str) {
    cluster.query(&format!("{database}{TRACED}"), MARK);
}

/// Empties the log.
pub fn forget(cluster: &Cluster) {
    let log = cluster.directory().join("data/log/statements.json");
    fs::OpenOptions::new().write(true).open(log).and_then(|log| log.set_len(0)).expect("the log");
}

/// The statements of each request since the log was emptied, without what the server does by
/// itself meanwhile: putting the audit log in order.
pub fn logged(cluster: &Cluster) -> Vec<Vec<Statement>> {
    let log = cluster.directory().join("data/log/statements.json");
    let log = fs::read_to_string(log).expect("the log");
    let mut requests: Vec<Vec<Statement>> = Vec::new();
    let mut open: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
    for line in log.lines() {
        let Ok(entry) = serde_json::from_str::<Value>(line.trim_start_matches('\0')) else {
            continue;
        };
        let message = entry["message"].as_str().unwrap_or_default();
        let is_statement = message.starts_with("statement: ") || message.starts_with("execute ");
        let Some((_, sql)) = message.split_once(": ").filter(|_| is_statement) else { continue };
        if sql.contains(MARK) {
            requests.push(Vec::new());
            continue;
        }
        let session = entry["session_id"].as_str().expect("a session").to_owned();
        let statements = open.entry(session).or_default();
        // What began before the log was emptied belongs to no request.
        if statements.is_empty() && !sql.starts_with("BEGIN") {
            continue;
        }
        let parameters = parameters(entry["detail"].as_str().unwrap_or_default());
        statements.push(Statement { sql: sql.to_owned(), parameters });
        if ["COMMIT", "ROLLBACK"].contains(&sql) {
            let done = std::mem::take(statements);
            let by_itself = done.iter().any(|statement| statement.sql.contains(SEQUENCE));
            if let Some(request) = requests.last_mut().filter(|_| !by_itself) {
                request.extend(done);
            }
        }
    }
    requests
}

/// The statements of a request but for what the audit log writes.
pub fn unaudited(statements: &[Statement]) -> Vec<Statement> {
    let is_audit = |statement: &&Statement| statement.sql.starts_with(AUDITED);
    statements.iter().filter(|statement| !is_audit(statement)).cloned().collect()
}

/// Reads `parameters: $1 = 'it''s', $2 = NULL`.
fn parameters(detail: &str) -> Vec<Option<String>> {
    let mut parameters = Vec::new();
    let mut rest = detail;
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(quoted) = after.strip_prefix('\'') {
            let mut value = String::new();
            let mut chars = quoted.char_indices().peekable();
            let mut end = quoted.len();
            while let Some((at, c)) = chars.next() {
                if c != '\'' {
                    value.push(c);
                } else if chars.peek().is_some_and(|(_, next)| *next == '\'') {
                    chars.next();
                    value.push('\'');
                } else {
                    end = at + 1;
                    break;
                }
            }
            parameters.push(Some(value));
            rest = &quoted[end..];
        } else {
            parameters.push(None);
            rest = after.strip_prefix("NULL").expect("a text or nothing");
        }
    }
    parameters
}

/// The types that PostgreSQL finds the parameters of these statements to have.
pub fn types(
    cluster: &Cluster,
    database: &str,
    requests: &[Vec<Statement>],
) -> BTreeMap<String, Vec<String>> {
    let all: BTreeSet<&str> = requests
        .iter()
        .flatten()
        .filter(|statement| !statement.parameters.is_empty())
        .map(|statement| statement.sql.as_str())
        .collect();
    let mut script = String::new();
    for (number, statement) in all.iter().enumerate() {
        script.push_str(&format!("PREPARE s{number} AS {statement};\n"));
    }
    script.push_str(
        "SELECT substr(name, 2), array_to_string(parameter_types, ',') FROM pg_prepared_statements;",
    );
    // Some are too long for an argument.
    let file = concord_tests::file("../target/bench/prepare.sql");
    fs::write(&file, &script).expect("the script is written");
    let output = cluster.psql(database).arg("-f").arg(&file).output().expect("psql runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer = String::from_utf8_lossy(&output.stdout);
    let all: Vec<&str> = all.into_iter().collect();
    let line = |line: &str| {
        let (number, types) = line.split_once('|')?;
        let statement = all.get(number.parse::<usize>().ok()?)?;
        Some(((*statement).to_owned(), types.split(',').map(str::to_owned).collect()))
    };
    answer.lines().filter_map(line).collect()
}

/// A script that does in each transaction what a request did. What comes before the last `COMMIT`
/// of the first `warm_up` transactions of a client is rolled back: it only prepares.
pub fn script(
    statements: &[Statement],
    key: Option<&str>,
    types: &BTreeMap<String, Vec<String>>,
    warm_up: usize,
) -> String {
    let mut fresh: BTreeSet<&str> = statements.iter().flat_map(inserted_ids).collect();
    fresh.extend(key);
    let mut script = String::new();
    script.push_str("\\set first random(10000000, 99999999)\n");
    script.push_str("\\set last random(100000000000, 999999999999)\n");
    script.push_str("\\set done :done + 1\n");
    let writes = !fresh.is_empty();
    for statement in statements {
        if writes && statement.sql == "COMMIT" {
            script.push_str(&format!("\\if :done <= {warm_up}\n"));
            script.push_str("ROLLBACK;\n\\else\nCOMMIT;\n\\endif\n");
            continue;
        }
        let types = types.get(&statement.sql);
        let literal = |number: usize| {
            let value = statement.parameters.get(number - 1).expect("a parameter");
            let of_type = types.and_then(|types| types.get(number - 1)).expect("its type");
            literal(value.as_deref(), of_type, &fresh)
        };
        script.push_str(&with_few_variables(filled(&statement.sql, literal)));
        if statement.sql.starts_with(COUNTED) {
            // Of a script's transactions only the first is the first of its day.
            script.push_str(" ON CONFLICT DO NOTHING");
        }
        script.push_str(";\n");
    }
    script
}

/// The statement with each variable of pgbench named once, where it would name more than pgbench
/// takes in one statement.
fn with_few_variables(sql: String) -> String {
    const VARIABLES_MAX: usize = 255;
    if sql.matches(":first").count() + sql.matches(":last").count() <= VARIABLES_MAX {
        return sql;
    }
    let sql =
        sql.replace(":first", "(SELECT f FROM fresh)").replace(":last", "(SELECT l FROM fresh)");
    format!("WITH fresh(f, l) AS (SELECT (:first)::text, (:last)::text) {sql}")
}

/// The ids of rows that a statement puts there, and what stands for a question.
fn inserted_ids(statement: &Statement) -> Vec<&str> {
    let inner =
        |text: &str| -> Option<(usize, usize)> { Some((text.find('(')? + 1, text.find(')')?)) };
    let Some((columns, mut values)) = statement.sql.split_once(" VALUES ") else {
        return Vec::new();
    };
    let Some((start, end)) = inner(columns).filter(|_| columns.starts_with("INSERT")) else {
        return Vec::new();
    };
    let is_fresh = |column: &str| ["\"id\"", "\"digest\""].contains(&column);
    let at = columns[start..end].split(", ").position(is_fresh);
    let mut found = Vec::new();
    while let (Some(at), Some((start, end))) = (at, inner(values)) {
        let value = values[start..end].split(", ").nth(at).unwrap_or_default();
        let number = value.strip_prefix('$').and_then(|number| number.parse::<usize>().ok());
        let parameter = number.and_then(|number| statement.parameters.get(number - 1));
        let value = parameter.and_then(|value| value.as_deref());
        found.extend(value.filter(|value| value.len() >= ID_LENGTH));
        values = &values[end + 1..];
    }
    found
}

/// The statement with a text in the place of each parameter.
fn filled(sql: &str, literal: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('$') {
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        text.push_str(before);
        text.push_str(&literal(after[..digits].parse().expect("a number")));
        rest = &after[digits..];
    }
    text + rest
}

/// A value as SQL, in which an id that the request made is made anew: its beginning and its end
/// are random in each transaction, so that new rows fall everywhere in an index, as they do.
fn literal(value: Option<&str>, of_type: &str, fresh: &BTreeSet<&str>) -> String {
    let Some(value) = value else { return format!("NULL::{of_type}") };
    let mut parts: Vec<String> = Vec::new();
    let mut rest = value;
    while let Some((at, id)) = fresh.iter().filter_map(|id| Some((rest.find(*id)?, *id))).min() {
        parts.push(quoted(&rest[..at]));
        parts.push(":first".to_owned());
        parts.push(quoted(&id[8..24]));
        parts.push(":last".to_owned());
        rest = &rest[at + id.len()..];
    }
    parts.push(quoted(rest));
    format!("({})::{of_type}", parts.join(" || "))
}

/// A text as SQL, without what pgbench takes for a variable.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\072");
    format!("E'{}'", escaped.replace('\n', "\\n"))
}

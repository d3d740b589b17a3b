//! Hostile input in every text of every operation of the document: formulas of spreadsheets, also
//! behind what cannot be seen, scripts, lines that would be headers or lines of the log, and bodies
//! that are too large or too deep. Nothing of it breaks the server, and nothing that is answered
//! or logged lets it act. A new operation is in this test without anybody adding it.

use std::{
    io::Write,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use concord_app::samples::{SAMPLES, Sample};
use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Database, Person, Registry, office::parts};
use serde_json::{Value, json};

mod walk;

use walk::{Field, Operation, operations};

/// Stands in every hostile text, and in nothing else.
pub const MARK: &str = "zq7";

/// What a text field may be sent. `{}` is where the mark stands.
const HOSTILE: [&str; 27] = [
    "={}()",
    "+{}",
    "-{}",
    "@{}",
    "\u{200b}={}()",
    "\u{2060}+{}",
    "\u{200f}={}()",
    " ={}",
    "＝{}()",
    "\"={}()",
    ";={}()",
    "{},={}()",
    "={}|' /C calc'!A0",
    "\t={}",
    "\r={}",
    "\n={}",
    "\0={}",
    "\u{feff}={}",
    "\u{202e}={}",
    "<script>{}</script>",
    "\"><img src={} onerror={}()>",
    "</style><b>{}",
    "javascript:{}()",
    "{{{}}}",
    "{}\r\nSet-Cookie: {}=1",
    "\u{1b}[31m{}\n{\"level\":\"ERROR\"}",
    "{}'; DROP TABLE entries; --",
];

/// The operation that it is tried in, and the day that the examples are written for.
const OPERATION: &str = "exercise";
const DAY: &str = "2026-11-20";

/// What the server logs while this runs.
static LOG: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
    let log = Log(Arc::default());
    let written = Arc::clone(&log.0);
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || log.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("nothing else listens");
    written
});

#[derive(Clone)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged() -> String {
    String::from_utf8(LOG.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("UTF-8")
}

/// A registry with the sample in it, and those who may do something there.
fn with_people(database: Database, test: impl Fn(&Registry, &[Person<'_>])) {
    LazyLock::force(&LOG);
    let registry = Registry::on(database);
    registry.set_day(DAY);
    let sample = Sample::named(OPERATION).unwrap_or(SAMPLES[0]);
    registry.import(&sample.bundle(registry.app.today()).expect("the sample"));
    let people = [
        registry.person(OPERATION, Role::FocalPoint, Some("rtw")),
        registry.desk(OPERATION),
        registry.person(OPERATION, Role::Administrator, None),
        registry.administrator(),
    ];
    test(&registry, &people);
}

/// What is wrong with an answer to something hostile.
fn wrong(answer: &Answer) -> Option<String> {
    let kind = answer.header("content-type").unwrap_or_default();
    let headers =
        answer.headers.iter().any(|(name, value)| value.contains(MARK) || name == "set-cookie");
    if answer.status >= 500 {
        return Some(format!("{}", answer.status));
    }
    if headers {
        return Some("a header has it".to_owned());
    }
    if answer.header("x-content-type-options") != Some("nosniff") {
        return Some("its kind may be guessed".to_owned());
    }
    match kind.split(';').next().unwrap_or_default() {
        "text/csv" => {
            formula(&answer.text).map(|cell| format!("a cell begins a formula: {cell:?}"))
        }
        office if office.contains("openxmlformats") => {
            runs(answer).map(|part| format!("a file has {part}"))
        }
        "text/html" => acts(&answer.text).map(|part| format!("a page holds {part}")),
        _ if kind.contains("json") => answer.body.is_null().then(|| "it is no JSON".to_owned()),
        _ => None,
    }
}

/// A cell that a spreadsheet would work out.
fn formula(table: &str) -> Option<String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
    let cells: Vec<String> = reader
        .records()
        .flat_map(|record| {
            record.expect("it is a table").iter().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let begins = |cell: &String| {
        let seen = cell.trim_start_matches(unseen);
        seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
            && cell.parse::<f64>().is_err()
    };
    cells.into_iter().find(begins)
}

/// What an office would work out, fetch or run.
fn runs(answer: &Answer) -> Option<String> {
    let parts = parts(answer);
    let of =
        |name: &str| ["vba", "macro", "externalLink", "embed"].iter().any(|it| name.contains(it));
    let names = parts.keys().find(|name| of(name)).cloned();
    let runs = ["<f>", "<f ", "<hyperlink", "TargetMode=\"External\"", "DDE", "<script"];
    names.or_else(|| {
        // A picture may have any bytes.
        let mut texts = parts.iter().filter(|(name, _)| !name.ends_with(".png"));
        texts.find_map(|(name, text)| {
            let part = runs.iter().find(|part| text.contains(**part))?;
            Some(format!("{part} in {name}"))
        })
    })
}

/// What a browser would act upon.
fn acts(page: &str) -> Option<&'static str> {
    let page = page.to_lowercase();
    ["<script>zq7", "<img src=zq7", "</style><b>zq7", "href=\"javascript:", "src=\"javascript:"]
        .into_iter()
        .find(|part| page.contains(part))
}

/// A hostile text with a number, so that no two are the same.
fn hostile(pattern: &str, number: usize) -> String {
    format!("{} {number}", pattern.replacen("{}", MARK, 9))
}

/// Sends hostile texts to an operation, one kind after the other, in all of its fields that take
/// texts. Answers how many of them were taken.
fn attack(
    people: &[Person<'_>],
    operation: &Operation,
    every: usize,
    told: &mut Vec<String>,
) -> usize {
    let mut number = 0;
    let mut send = |person: &Person<'_>, fields: &[&Field], text: &str| {
        number += 1;
        let body = operation.body(fields, text, number);
        let answer = walk::send(person, operation, &body);
        told.extend(wrong(&answer).map(|what| {
            let at: Vec<String> = fields.iter().map(|field| field.to_string()).collect();
            format!("{} with {text:?} at {}: {what}", operation.id, at.join(" "))
        }));
        answer
    };
    let is_fine = |answer: &Answer| answer.status < 300;
    // Whoever may do it at all; the first if nobody may.
    let person = people.iter().find(|person| is_fine(&send(person, &[], ""))).unwrap_or(&people[0]);
    // Each item of many is answered by itself, within an answer that is always good: there only
    // what the document allows is tried.
    let is_bulk = operation.id.ends_with("_bulk");
    let mut fields = operation.fields();
    fields.retain(|field| field.is_plain || !is_bulk);
    let free: Vec<&Field> =
        fields.iter().filter(|field| is_fine(&send(person, &[*field], "harmless"))).collect();
    let mut taken = 0;
    for (at, pattern) in HOSTILE.iter().enumerate().filter(|(at, _)| at % every == 0) {
        let mut fields: Vec<&Field> = free.clone();
        let answer = send(person, &fields, &hostile(pattern, at));
        // Without those that take no such text, so that the others are tried.
        let refused: Vec<String> =
            answer.faults().into_iter().map(|(pointer, _)| pointer).collect();
        fields.retain(|field| !refused.contains(&field.to_string()));
        let answer =
            if refused.is_empty() { answer } else { send(person, &fields, &hostile(pattern, at)) };
        taken += usize::from(is_fine(&answer) && !fields.is_empty());
    }
    for (at, field) in fields.iter().enumerate() {
        send(person, &[field], &hostile(HOSTILE[at % HOSTILE.len()], at));
    }
    taken
}

fn everything(database: Database, every: usize) {
    with_people(database, |registry, people| {
        let (mut told, mut taken) = (Vec::new(), 0);
        for operation in operations(&people[..2]) {
            taken += attack(people, &operation, every, &mut told);
        }
        assert!(told.is_empty(), "{}", told.join("\n"));
        assert!(taken > 100 / every, "{taken}");
        // Whatever was taken, in every form in which it can be had.
        let mut forms = 0;
        for (person, (method, path, accept, body)) in people[..2]
            .iter()
            .flat_map(|person| walk::outputs(person).into_iter().map(move |o| (person, o)))
        {
            let headers = [("accept", &*accept), ("content-type", "application/json")];
            let body = body.map(|body| body.to_string());
            let headers = if body.is_some() { &headers[..] } else { &headers[..1] };
            let answer =
                person.request(&method, &path, headers, body.as_deref().map(str::as_bytes));
            assert_eq!(wrong(&answer), None, "{method} {path} as {accept}");
            forms += usize::from(answer.text.contains(MARK));
        }
        assert!(forms > 10, "hostile texts came out in {forms} answers alone");
        registry.verify();
    });
    let log = logged();
    assert!(!log.contains(MARK), "the log has it");
    let lines: Vec<&str> = log.lines().collect();
    assert!(
        lines.len() > 100 && lines.iter().all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
}

#[test]
fn nothing_hostile_acts_with_sqlite() {
    everything(Database::Sqlite, 1);
}

#[test]
fn nothing_hostile_acts_with_postgres() {
    everything(Database::Postgres, 3);
}

#[test]
fn bodies_that_are_too_large_or_too_deep_are_refused() {
    with_people(Database::Sqlite, |_, people| {
        let deep = |open: &str, close: &str, depth: usize| {
            format!("{}1{}", open.repeat(depth), close.repeat(depth))
        };
        let bodies = [
            deep("[", "]", 100_000),
            deep("{\"a\":", "}", 100_000),
            deep("[", "]", 120),
            "[".repeat(500_000),
            format!("{{\"key\": {}}}", "9".repeat(400)),
            "{\"key\": 1e999999}".to_owned(),
            format!("{{{}\"key\":\"{MARK}\"}}", "\"key\":1,".repeat(2)),
            format!("{{\"{}\": 1}}", MARK.repeat(50_000)),
        ];
        let large = "x".repeat(33 << 20);
        for operation in operations(&people[..2]) {
            for body in &bodies {
                let answer = walk::send_bytes(&people[0], &operation, body.as_bytes());
                assert!((400..500).contains(&answer.status), "{}: {}", operation.id, answer.status);
                assert_eq!(wrong(&answer), None, "{}", operation.id);
                assert!(
                    answer.text.len() < 2 * body.len() + 10_000,
                    "{} answers much",
                    operation.id
                );
            }
            let answer =
                walk::send_bytes(&people[0], &operation, json!(large).to_string().as_bytes());
            assert!(
                [401, 403, 404, 413].contains(&answer.status),
                "{}: {}",
                operation.id,
                answer.status
            );
        }
    });
}

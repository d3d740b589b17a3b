//! One file for each command. What went wrong is said in a sentence that says what to do.

use std::{
    fmt::Display,
    fs::File,
    io::{self, Read, Write},
};

use concord_app::Error;
use concord_domain::fault::Fault;
use serde_json::Value;

pub mod audit;
pub mod disclose;
pub mod doctor;
pub mod export;
pub mod import;
pub mod keys;
pub mod lock_down;
pub mod migrate;
pub mod notifications;
pub mod openapi;
pub mod replay;
pub mod retention;
pub mod rules;
pub mod serve;
pub mod user;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// The JSON in a file, or on standard input if it is called `-`.
fn read_json(path: &str) -> Result<Value, String> {
    let mut text = Vec::new();
    let read = if path == "-" {
        io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text))
    };
    let read = read.map_err(|error| format!("{path} cannot be read: {error}"))?;
    if read as u64 > FILE_BYTES_MAX {
        return Err(format!("{path} is larger than {FILE_BYTES_MAX} bytes"));
    }
    serde_json::from_slice(&text).map_err(|error| format!("{path} is not JSON: {error}"))
}

/// All faults of an input, one a line.
fn list(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}

/// What a use case says went wrong, in words.
fn told(error: Error) -> String {
    match error {
        Error::Invalid(faults) => list(&faults),
        other => other.to_string(),
    }
}

/// Prints a line; that nobody reads on is no failure.
fn print(text: &impl Display) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("the output cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

/// Prints JSON for people.
fn print_json(value: &Value) -> Result<(), String> {
    print(&serde_json::to_string_pretty(value).map_err(|error| error.to_string())?)
}

/// Says on standard error what went wrong.
pub fn complain(message: &str) {
    // Nobody is left to tell if this cannot be written.
    let _ = writeln!(io::stderr(), "{message}");
}

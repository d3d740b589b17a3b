//! The `concord` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod commands;

/// The registry of who talks to which armed actor, and of where those lines meet.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Evaluate a bundle in memory and print the flags that it raises
    Replay(commands::replay::Replay),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Replay(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            use std::io::Write;
            // Nobody is left to tell if this cannot be written.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::from(2)
        }
    }
}

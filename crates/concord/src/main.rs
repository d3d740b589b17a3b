//! The `concord` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod commands;
mod identity_provider;
mod keys;
mod public_address;
mod server_key;
mod setup;
mod smtp_server;

/// What many threads give back is used again by others, so that memory does not grow with them.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The registry of who talks to which armed actor, and of where those lines meet.
#[derive(Parser)]
#[command(name = "concord", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(Box<commands::serve::Serve>),
    Migrate(commands::migrate::Migrate),
    Replay(commands::replay::Replay),
    Import(commands::import::Import),
    Export(commands::export::Export),
    User(commands::user::User),
    Keys(commands::keys::Keys),
    Audit(commands::audit::Audit),
    Disclose(commands::disclose::Disclose),
    LockDown(commands::lock_down::LockDown),
    Retention(commands::retention::Retention),
    Notifications(commands::notifications::Notifications),
    Openapi(commands::openapi::Openapi),
    Rules(commands::rules::Rules),
    Doctor(commands::doctor::Doctor),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Replay(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Keys(command) => command.run(),
        Command::Audit(command) => command.run(),
        Command::Disclose(command) => command.run(),
        Command::LockDown(command) => command.run(),
        Command::Retention(command) => command.run(),
        Command::Notifications(command) => command.run(),
        Command::Openapi(command) => command.run(),
        Command::Rules(command) => command.run(),
        Command::Doctor(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            commands::complain(&message);
            ExitCode::from(2)
        }
    }
}

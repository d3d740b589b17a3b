//! `concord user`: the first accounts come from here, and from nowhere else.

use clap::{Args, Subcommand};
use concord_app::people;
use concord_domain::vocabulary::{Closed, Role};

use crate::setup::{Place, Standing};

/// Make and keep accounts
#[derive(Args)]
pub struct User {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make an account; the password is read from standard input
    Add {
        /// What the person signs in with
        login: String,
        /// The person's name
        name: String,
        /// The person manages the installation, and reads no entries
        #[arg(long)]
        administrator: bool,
    },
    /// Make an account something in an operation
    Grant {
        /// Whose account
        login: String,
        /// The operation, by its key or id
        operation: String,
        /// `member`, `focal_point`, `desk`, `auditor` or `administrator`
        role: String,
        /// The organisation, by its key or id, of a member or a focal point
        organization: Option<String>,
    },
    /// Give an account another password, read from standard input, and end its sessions
    ResetPassword {
        /// Whose account
        login: String,
    },
    /// Take the second factor of an account away and end its sessions, for somebody who has lost it
    /// and the recovery codes: make sure first who asks
    RemoveSecondFactor {
        /// Whose account
        login: String,
    },
    /// Close an account and end its sessions
    Disable {
        /// Whose account
        login: String,
    },
    /// Open an account again
    Enable {
        /// Whose account
        login: String,
    },
}

impl Action {
    /// What is recorded of it.
    const fn code(&self) -> &'static str {
        match self {
            Self::Add { .. } => "command_user_add",
            Self::Grant { .. } => "command_user_grant",
            Self::ResetPassword { .. } => "command_user_reset_password",
            Self::Disable { .. } => "command_user_disable",
            Self::Enable { .. } => "command_user_enable",
            Self::RemoveSecondFactor { .. } => "command_user_remove_second_factor",
        }
    }
}

impl User {
    /// Does it.
    pub fn run(self) -> Result<(), String> {
        let app = self.place.open(self.action.code(), Standing::Open)?;
        let told = super::told;
        match self.action {
            Action::Add { login, name, administrator } => {
                let password = read_password()?;
                people::create_account(&app, (&login, &name), &password, administrator)
                    .map_err(told)?;
                super::print(&"The account is made.")
            }
            Action::Grant { login, operation, role, organization } => {
                let role = Role::from_code(&role)
                    .ok_or_else(|| format!("`{role}` is no role; see --help"))?;
                people::give_role(&app, &operation, &login, role, organization.as_deref())
                    .map_err(told)?;
                super::print(&"It is done.")
            }
            Action::ResetPassword { login } => {
                people::reset_password(&app, &login, &read_password()?).map_err(told)?;
                super::print(&"The password is changed, and all sessions have ended.")
            }
            Action::RemoveSecondFactor { login } => {
                people::remove_second_factor(&app, &login).map_err(told)?;
                super::print(&"The second factor is removed, and all sessions have ended.")
            }
            Action::Disable { login } => {
                people::set_disabled(&app, &login, true).map_err(told)?;
                super::print(&"The account is closed, and all its sessions have ended.")
            }
            Action::Enable { login } => {
                people::set_disabled(&app, &login, false).map_err(told)?;
                super::print(&"The account is open.")
            }
        }
    }
}

fn read_password() -> Result<String, String> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| format!("the password cannot be read: {error}"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

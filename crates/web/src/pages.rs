//! The pages, a file each, which has the same name as its template.

use crate::{
    reply::Reply,
    visit::{Result, Visit},
};

pub mod account;
pub mod armed_actor;
pub mod armed_actors;
pub mod audit;
mod choosing;
pub mod common_positions;
pub mod contact;
pub mod desk;
pub mod elsewhere;
pub mod email;
pub mod entry;
pub mod flag;
pub mod flags;
mod guide;
pub mod home;
pub mod identities;
pub mod invitation;
mod kept;
pub mod language;
pub mod leads;
pub mod learn;
mod line;
pub mod log;
pub mod mechanisms;
pub mod meeting;
pub mod network;
pub mod new_operation;
pub mod operations;
pub mod organizations;
pub mod own_second_factor;
pub mod passkeys;
pub mod password;
pub mod people;
pub mod prove;
pub mod queue;
mod raised;
pub mod report;
pub mod retention;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod timeline;
pub mod tools;

/// What a page does.
pub type Page = fn(&Visit) -> Result<Reply>;

/// An address within this installation; the start where it is none.
fn within(address: Option<&str>) -> &str {
    let is_within = |address: &&str| {
        let rest = address.strip_prefix('/');
        rest.is_some_and(|rest| !rest.starts_with(['/', '\\']))
            && address.bytes().all(|byte| byte.is_ascii_graphic())
    };
    address.filter(is_within).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn nobody_is_sent_away_from_this_installation() {
        for away in ["https://x.example", "//x.example", "/\\x.example", "x", "", "/a b", "/a\r\nb"]
        {
            assert_eq!(within(Some(away)), "/", "{away:?}");
        }
        assert_eq!(within(Some("/operations/demo/flags")), "/operations/demo/flags");
        assert_eq!(within(None), "/");
    }
}

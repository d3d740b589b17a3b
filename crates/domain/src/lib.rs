//! What the registry knows and decides: values, vocabulary, coherence rules, policy, disclosure.
//!
//! Nothing here reads a clock, draws a random number, or touches a file, a socket or a database:
//! days, ids and facts are passed in, and what comes out depends on nothing else.

pub mod bundle;
pub mod checking;
pub mod contact_request;
pub mod credential;
pub mod desk;
pub mod disclosed;
pub mod document;
pub mod email;
pub mod evaluate;
pub mod exercise;
pub mod facts;
pub mod fault;
pub mod flag;
pub mod guard;
pub mod guidance;
pub mod id;
pub mod language;
pub mod lineage;
pub mod names;
pub mod notification;
pub mod policy;
pub mod reason;
pub mod replay;
pub mod retention;
pub mod rules;
pub mod text;
pub mod vocabulary;
pub mod window;

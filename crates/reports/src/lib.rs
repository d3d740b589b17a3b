//! Turns loaded facts into documents, the brief and the coordination report, and documents into
//! JSON, CSV, pages to print, and files for offices.
//!
//! It loads nothing and decides nothing: what stands in a document is what its reader may know.

use concord_domain::language::Language;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub mod brief;
pub mod chart;
pub mod disclosed;
mod filters;
pub mod forms;
pub mod handed_round;
mod letter;
pub mod network;
mod paper;
mod picture;
mod print;
pub mod problems;
pub mod report;
#[cfg(test)]
mod samples;
pub mod suppression;
pub mod timeline;
mod typeset;
mod workbook;

/// A code of the vocabulary with what people call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = Coded)]
pub struct Term {
    /// The code.
    pub code: String,
    /// What people call it.
    pub label: String,
}

/// A thing with its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// What may be done with a document, and until when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Handling {
    /// The language that it is in.
    pub language: String,
    /// How it is to be handled.
    pub mark: String,
    /// The operation that it is about.
    pub operation: Named,
    /// When it was true, in UTC, as RFC 3339.
    pub true_at: String,
    /// The last day on which it is to be relied on.
    pub expires_on: String,
    /// What it covers and what it does not.
    pub note: String,
}

/// A level in one word.
pub(crate) fn level_in(code: &str, language: Language) -> &str {
    match code {
        "strategic" => language.text("level.strategic"),
        "operational" => language.text("level.operational"),
        "tactical" => language.text("level.tactical"),
        "community" => language.text("level.community"),
        other => other,
    }
}

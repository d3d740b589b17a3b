//! The kinds of problem, as a page for whoever follows the address that a problem document gives.

use askama::Template;

/// A kind of problem.
pub struct Kind {
    /// Where it is described.
    pub address: String,
    /// The HTTP status with its name.
    pub status: String,
    /// In a few words.
    pub title: &'static str,
    /// When it is met and what to do.
    pub meaning: &'static str,
    /// A problem document of this kind.
    pub example: String,
}

#[derive(Template)]
#[template(path = "problems.html", whitespace = "minimize")]
struct Page<'a> {
    title: &'a str,
    kinds: &'a [Kind],
}

/// One kind or all of them as a page that needs nothing but itself.
///
/// # Errors
///
/// None is known: askama reports what a formatter does.
pub fn html(title: &str, kinds: &[Kind]) -> Result<String, askama::Error> {
    Page { title, kinds }.render()
}

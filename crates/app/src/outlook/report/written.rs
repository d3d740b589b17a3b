//! A report in the forms in which it is handed out.

use concord_domain::language::Language;
use concord_reports::{
    brief::WayBack,
    forms::{Form, Unwritten},
    handed_round, report,
};

use super::Made;

impl Made {
    /// The report in a form, in the language in which it was made.
    ///
    /// # Errors
    /// None is known: the writers of the forms report what a writer does.
    pub fn written(&self, form: Form, language: Language) -> Result<Vec<u8>, Unwritten> {
        match self {
            Self::Full(full) => match form {
                Form::Html => Ok(report::html(full, language)?.into_bytes()),
                Form::Csv => Ok(report::csv(full)?),
                Form::Xlsx => report::xlsx(full, language),
                Form::Docx => report::docx(full, language),
                Form::Pdf => report::pdf(full, language),
            },
            Self::HandedRound(round) => match form {
                Form::Html => Ok(handed_round::html(round, language)?.into_bytes()),
                Form::Csv => Ok(handed_round::csv(round)?),
                Form::Xlsx => handed_round::xlsx(round, language),
                Form::Docx => handed_round::docx(round, language),
                Form::Pdf => handed_round::pdf(round, language),
            },
        }
    }

    /// The report as pages with a way back above them, which is not printed.
    ///
    /// # Errors
    /// None is known: the writer of pages reports what a writer does.
    pub fn page(&self, language: Language, way_back: WayBack<'_>) -> Result<String, Unwritten> {
        let way_back = Some(way_back);
        Ok(match self {
            Self::Full(full) => report::html_with_way_back(full, language, way_back)?,
            Self::HandedRound(round) => {
                handed_round::html_with_way_back(round, language, way_back)?
            }
        })
    }
}

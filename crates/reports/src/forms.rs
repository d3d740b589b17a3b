//! The forms in which a report can be had besides JSON, and why one cannot be written.

use std::fmt;

/// A form in which a report can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Pages to print.
    Html,
    /// One long table with HXL hashtags.
    Csv,
    /// A workbook with a sheet for each table.
    Xlsx,
    /// A document for word processors.
    Docx,
    /// Pages to print, as a file.
    Pdf,
}

impl Form {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 5] = [Self::Html, Self::Csv, Self::Xlsx, Self::Docx, Self::Pdf];

    /// What programs call it, and how the name of a file ends.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
        }
    }

    /// Its media type as it stands in an answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx | Self::Docx | Self::Pdf => self.media_type(),
        }
    }

    /// How a report is called as a file: always the same, since names of files are seen by many.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Html => "coordination-report.html",
            Self::Csv => "coordination-report.csv",
            Self::Xlsx => "coordination-report.xlsx",
            Self::Docx => "coordination-report.docx",
            Self::Pdf => "coordination-report.pdf",
        }
    }
}

/// Why a document was not written. Nothing that stands in one is a reason.
#[derive(Debug)]
pub struct Unwritten(String);

impl Unwritten {
    pub(crate) fn because(why: &str) -> Self {
        Self(why.to_owned())
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a document was not written: {}", self.0)
    }
}

impl std::error::Error for Unwritten {}

impl From<askama::Error> for Unwritten {
    fn from(error: askama::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<csv::Error> for Unwritten {
    fn from(error: csv::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<rust_xlsxwriter::XlsxError> for Unwritten {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self(error.to_string())
    }
}

impl From<zip::result::ZipError> for Unwritten {
    fn from(error: zip::result::ZipError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Unwritten {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

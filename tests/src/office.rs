//! Files for offices, workbooks and documents, as archives of XML and as an independent reader of
//! such files sees them.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use zip::ZipArchive;

use crate::{
    Answer, file,
    serving::{run, tool},
};

/// The media types of files for offices begin so.
const KIND: &str = "application/vnd.openxmlformats-officedocument.";
/// That of pages to print.
const PDF: &str = "application/pdf";

/// Whether a media type is one of files that are no text.
fn is_file(kind: &str) -> bool {
    kind.starts_with(KIND) || kind == PDF
}

/// A body as a text; in base64, if it is such a file.
///
/// # Panics
/// When it is none, and not in UTF-8 either.
#[track_caller]
pub fn text_of(headers: &[(String, String)], body: Vec<u8>) -> String {
    let kind = headers.iter().find(|(name, _)| name == "content-type");
    if kind.is_some_and(|(_, kind)| is_file(kind)) {
        STANDARD.encode(body)
    } else {
        String::from_utf8(body).expect("a body in UTF-8")
    }
}

/// The file that somebody was answered.
#[track_caller]
pub fn bytes(answer: &Answer) -> Vec<u8> {
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(is_file(kind), "{kind}: {}", answer.text);
    STANDARD.decode(&answer.text).expect("base64")
}

/// The parts of the file that somebody was answered, by their names.
#[track_caller]
pub fn parts(answer: &Answer) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes(answer))).expect("an archive");
    let count = archive.len();
    let read = |at| {
        let mut part = archive.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut body = Vec::new();
        part.read_to_end(&mut body).expect("it is whole");
        // All but pictures is XML.
        let text = match name.ends_with(".png") {
            true => STANDARD.encode(body),
            false => String::from_utf8(body).expect("XML in UTF-8"),
        };
        (name, text)
    };
    (0..count).map(read).collect()
}

/// What an independent reader finds in the file: `tests/clients/office.py` says what that is.
#[track_caller]
pub fn read(answer: &Answer) -> Value {
    let ending = if answer.header("content-type").is_some_and(|kind| kind.contains("sheet")) {
        "xlsx"
    } else {
        "docx"
    };
    let said = opened(answer, ending, |path| {
        let mut command = Command::new(tool("python/bin/python"));
        run(command.arg("-B").arg(file("clients/office.py")).arg(path))
    });
    serde_json::from_str(&said).expect("JSON")
}

/// What a program says that opens the file that somebody was answered.
fn opened(answer: &Answer, ending: &str, open: impl FnOnce(&Path) -> String) -> String {
    static OPENED: AtomicUsize = AtomicUsize::new(0);
    let number = OPENED.fetch_add(1, Ordering::Relaxed);
    let name = format!("concord-{}-{number}.{ending}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, bytes(answer)).expect("the file is written");
    let said = open(&path);
    std::fs::remove_file(&path).expect("the file is removed");
    said
}

/// What stands on the pages, and how many pictures, that LibreOffice makes of each document.
#[track_caller]
pub fn pages_of_libreoffice(documents: &[Answer]) -> Vec<(String, usize)> {
    let folder = std::env::temp_dir().join(format!("concord-office-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let name = |at: usize, ending: &str| folder.join(format!("{at}.{ending}"));
    for (at, document) in documents.iter().enumerate() {
        std::fs::write(name(at, "docx"), bytes(document)).expect("the file is written");
    }
    let home = format!("-env:UserInstallation=file://{}/home", folder.display());
    let mut office = Command::new("soffice");
    office.args([&*home, "--headless", "--convert-to", "pdf", "--outdir"]).arg(&folder);
    run(office.args((0..documents.len()).map(|at| name(at, "docx"))));
    let found = |at| {
        let pages = name(at, "pdf");
        let text = run(Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&pages).arg("-"));
        let pictures = run(Command::new("pdfimages").arg("-list").arg(&pages));
        // What is seen through each is listed as well, as a picture of another type.
        let is_picture = |line: &&str| line.split_whitespace().nth(2) == Some("image");
        (text, pictures.lines().filter(is_picture).count())
    };
    let found = (0..documents.len()).map(found).collect();
    std::fs::remove_dir_all(&folder).expect("the folder is removed");
    found
}

/// What poppler finds in pages to print: what stands on them, what the file says of itself, and how it
/// is to be read aloud.
#[track_caller]
pub fn printed(answer: &Answer) -> [String; 3] {
    let ask = |program: &str, how: &[&str], to: &[&str]| {
        opened(answer, "pdf", |path| run(Command::new(program).args(how).arg(path).args(to)))
    };
    [
        ask("pdftotext", &["-enc", "UTF-8"], &["-"]),
        ask("pdfinfo", &["-enc", "UTF-8"], &[]),
        ask("pdfinfo", &["-enc", "UTF-8", "-struct-text"], &[]),
    ]
}

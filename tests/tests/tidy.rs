//! How the repository is kept: who depends on whom, what is listed, how long files grow.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use concord_domain::rules::RULES;
use concord_tests::file;

fn root() -> PathBuf {
    file("..").canonicalize().expect("the repository")
}

/// All files below a folder with an ending, without what is built or hidden.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && name != "var" && !name.starts_with('.') {
                files(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

fn sources(of: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root().join(of), ".rs", &mut found);
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a crate depends on when it is built, not when it is tested.
fn dependencies(of: &str) -> BTreeSet<String> {
    let text = read(&root().join("crates").join(of).join("Cargo.toml"));
    let of_section = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = of_section.take_while(|line| !line.starts_with('['));
    let name = |line: &str| {
        let end = line.find(['.', ' ', '='])?;
        (!line.starts_with('#')).then(|| line[..end].to_owned())
    };
    lines.filter_map(name).collect()
}

#[test]
fn crates_depend_on_each_other_in_one_direction_alone() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &[][..]),
        ("oidc", &[]),
        ("reports", &["domain"]),
        ("store", &["domain"]),
        ("smtp", &[]),
        ("app", &["domain", "store", "reports", "oidc", "smtp"]),
        ("api", &["domain", "app", "reports"]),
        ("web", &["domain", "app", "reports"]),
        ("concord", &["domain", "store", "app", "api", "web", "reports", "oidc", "smtp"]),
    ]);
    let there: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .expect("the crates")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(there.iter().eq(allowed.keys()), "{there:?}");
    for (of, allowed) in allowed {
        for dependency in dependencies(of) {
            if let Some(own) = dependency.strip_prefix("concord-") {
                assert!(allowed.contains(&own), "{of} depends on {own}");
            }
        }
    }
}

#[test]
fn what_talks_to_the_world_stays_out_of_what_decides() {
    for (of, kept_out) in [
        ("domain", &["diesel", "actix-web", "utoipa", "tokio", "getrandom", "askama", "clap"][..]),
        ("reports", &["diesel", "actix-web", "tokio", "getrandom", "clap"]),
        ("oidc", &["diesel", "actix-web", "getrandom", "clap"]),
        ("smtp", &["diesel", "actix-web", "getrandom", "clap"]),
        ("store", &["actix-web", "utoipa", "jsonwebtoken", "askama", "clap"]),
        ("app", &["actix-web", "utoipa", "diesel", "clap", "ureq", "lettre"]),
        ("api", &["diesel", "argon2", "jsonwebtoken", "clap"]),
        ("web", &["diesel", "argon2", "jsonwebtoken", "utoipa", "getrandom", "clap"]),
    ] {
        let found = dependencies(of);
        assert!(!found.is_empty(), "{of}");
        let wrong: Vec<_> = kept_out.iter().filter(|name| found.contains(**name)).collect();
        assert!(wrong.is_empty(), "{of} depends on {wrong:?}");
    }
}

#[test]
fn one_rule_is_one_file_with_its_tests_and_stands_in_the_list() {
    let listed: BTreeSet<String> = RULES
        .iter()
        .map(|rule| concord_domain::vocabulary::Closed::code(rule.kind).to_owned())
        .collect();
    let mut there = BTreeSet::new();
    for path in sources("crates/domain/src/rules") {
        let text = read(&path);
        if text.contains("pub const RULE: Rule") {
            assert!(text.contains("mod tests {"), "{} has no tests", path.display());
            there.insert(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    assert_eq!(there, listed);
}

/// The longest file, not counting the tests at its end.
const LINES_MAX: usize = 450;

#[test]
fn files_stay_short() {
    let crates = root().join("crates");
    let mut long = BTreeSet::new();
    for path in sources("crates") {
        let text = read(&path);
        let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        if text[..tests].lines().count() > LINES_MAX {
            let name = path.strip_prefix(&crates).expect("it lies there");
            long.insert(name.display().to_string());
        }
    }
    assert!(long.is_empty(), "longer than {LINES_MAX} lines: {long:?}");
}

#[test]
fn nothing_is_left_to_do_in_the_code() {
    // Put together, so that this file does not find itself.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    for path in ["crates", "tests"].into_iter().flat_map(sources) {
        let text = read(&path);
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{} has {mark}", path.display());
        }
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut documents = Vec::new();
    files(&root(), ".md", &mut documents);
    for document in documents {
        let text = read(&document);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links {
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let to = document.parent().expect("a folder").join(path);
            assert!(to.exists(), "{} links to {link}", document.display());
        }
    }
}

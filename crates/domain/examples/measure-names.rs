//! How well armed actors are found by their names, and how fast: reads a folder of CSV files and
//! prints what `docs/finding-names.md` tells. It keeps nothing of them.
//!
//! `cargo run --release -p concord-domain --example measure-names -- DIR [--misses]`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use concord_domain::names::{Field, Names, folded};

type Row = BTreeMap<String, String>;
type Outcome<T> = Result<T, Box<dyn Error>>;

/// An armed actor: its countries and its names.
#[derive(Clone, Debug, Default)]
struct Actor {
    countries: BTreeSet<String>,
    names: Vec<(Field, String)>,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("the folder with the CSV files is missing")?);
    let shows_misses = arguments.next().as_deref() == Some("--misses");
    let actors = actors(&folder)?;
    let names: usize = actors.values().map(|actor| actor.names.len()).sum();
    println!("{} armed actors with {names} names", actors.len());
    of_aliases(&folder, &actors, shows_misses)?;
    of_reports(&folder, &actors, shows_misses)?;
    of_mistakes(&actors);
    of_homonyms(&folder, &actors)
}

fn rows(path: &Path) -> Outcome<Vec<Row>> {
    let mut reader = csv::Reader::from_path(path)?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

/// The first file of this name in the folder or in one beside it called `reference`.
fn file(folder: &Path, name: &str) -> PathBuf {
    let here = folder.join(name);
    if here.exists() { here } else { folder.join("../reference").join(name) }
}

fn listed(row: &Row, column: &str) -> BTreeSet<String> {
    let text = row.get(column).map_or("", String::as_str);
    text.split('|').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Every armed actor by its id. One that stands in both lists is one.
fn actors(folder: &Path) -> Outcome<BTreeMap<String, Actor>> {
    let mut actors: BTreeMap<String, Actor> = BTreeMap::new();
    let same = in_both_lists(folder)?;
    for row in rows(&file(folder, "actors_ucdp.csv"))? {
        let actor = actors.entry(row["actor_id"].clone()).or_default();
        actor.countries = listed(&row, "countries_iso3");
        let columns = ["name", "name_full_en", "name_original", "name_full_native"];
        for (column, field) in
            columns.into_iter().zip([Field::Name, Field::Alias, Field::Alias, Field::Alias])
        {
            add(actor, field, &row[column]);
        }
    }
    for row in rows(&file(folder, "actor_aliases.csv"))? {
        add(actors.entry(row["actor_id"].clone()).or_default(), Field::Alias, &row["alias"]);
    }
    for row in rows(&file(folder, "actors_curated_multilingual.csv"))? {
        let id = format!("cur:{}", row["id"]);
        let id = same.get(&id).unwrap_or(&id).clone();
        let actor = actors.entry(id).or_default();
        actor.countries.extend(listed(&row, "countries_iso3"));
        add(actor, Field::Name, &row["name_en"]);
        add(actor, Field::Alias, &row["acronym"]);
        for language in ["fr", "ar", "es", "ru", "uk"] {
            add(actor, Field::Language(language.to_owned()), &row[&format!("name_{language}")]);
        }
        for other in listed(&row, "name_other") {
            let (language, name) = other.split_once(':').unwrap_or(("", &other));
            add(actor, Field::Language(language.to_owned()), name);
        }
        for alias in listed(&row, "aliases") {
            add(actor, Field::Alias, &alias);
        }
    }
    Ok(actors)
}

/// Of those that stand in both lists, the id in the one by that in the other.
fn in_both_lists(folder: &Path) -> Outcome<BTreeMap<String, String>> {
    let rows = rows(&file(folder, "actors_curated_multilingual.csv"))?;
    let in_both = rows.iter().filter(|row| !row["ucdp_actor_id"].is_empty());
    let ids = |row: &Row| (format!("cur:{}", row["id"]), format!("ucdp:{}", row["ucdp_actor_id"]));
    Ok(in_both.map(ids).collect())
}

fn add(actor: &mut Actor, field: Field, name: &str) {
    let name = name.trim();
    if !name.is_empty() && actor.names.iter().all(|(_, known)| known != name) {
        actor.names.push((field, name.to_owned()));
    }
}

/// The actors whose number is in the list, as names to be searched.
fn index<'a>(actors: impl IntoIterator<Item = (&'a String, &'a Actor)>) -> Names<&'a str> {
    let mut names = Names::default();
    for (id, actor) in actors {
        for (field, name) in &actor.names {
            names.add(id.as_str(), field.clone(), name.as_str());
        }
    }
    names
}

/// What was found: how many of how many at the first place, and among the first five; how long.
#[derive(Default)]
struct Tally {
    asked: usize,
    first: usize,
    five: usize,
    /// How many were not suggested at any place.
    nowhere: usize,
    times: Vec<Duration>,
}

impl Tally {
    fn note(&mut self, place: Option<usize>, took: Duration) {
        self.asked += 1;
        self.first += usize::from(place == Some(0));
        self.five += usize::from(place.is_some_and(|place| place < 5));
        self.nowhere += usize::from(place.is_none());
        self.times.push(took);
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    fn print(&mut self, what: &str) {
        self.times.sort();
        let at = |share: usize| {
            let place = (self.times.len() * share / 100).min(self.times.len().saturating_sub(1));
            self.times.get(place).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
        };
        let share = |count: usize| 100.0 * count as f64 / self.asked.max(1) as f64;
        println!(
            "{what}: {} queries, recall at 1 {:.1} %, at 5 {:.1} %, not at all {:.1} %, median {:.1} ms, p99 {:.1} ms",
            self.asked,
            share(self.first),
            share(self.five),
            share(self.nowhere),
            at(50),
            at(99),
        );
    }
}

/// The best place of one of the targets, and how long it took to find it.
fn place(
    names: &Names<&str>,
    written: &str,
    targets: &BTreeSet<String>,
) -> (Option<usize>, Duration) {
    let begun = Instant::now();
    let found = names.search(written, 10);
    let took = begun.elapsed();
    let place = found.iter().position(|one| targets.contains(one.of));
    let below =
        || names.search(written, usize::MAX).iter().position(|one| targets.contains(one.of));
    (place.or_else(below), took)
}

/// The names without those of the targets that fold to the same text.
fn without(
    actors: &BTreeMap<String, Actor>,
    targets: &BTreeSet<String>,
    written: &str,
) -> BTreeMap<String, Actor> {
    let same = folded(written);
    let kept = |(id, actor): (&String, &Actor)| {
        let mut actor = actor.clone();
        if targets.contains(id) {
            actor.names.retain(|(_, name)| folded(name) != same);
        }
        (id.clone(), actor)
    };
    actors.iter().map(kept).collect()
}

/// Every alias, looked for with the alias itself taken away from its actor.
fn of_aliases(folder: &Path, actors: &BTreeMap<String, Actor>, shows_misses: bool) -> Outcome<()> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut alone = 0;
    for row in rows(&file(folder, "actor_aliases.csv"))? {
        let targets = BTreeSet::from([row["actor_id"].clone()]);
        let rest = without(actors, &targets, &row["alias"]);
        if rest[&row["actor_id"]].names.is_empty() {
            alone += 1;
            continue;
        }
        let names = index(&rest);
        let (found, took) = place(&names, &row["alias"], &targets);
        if shows_misses && found.is_none_or(|place| place > 4) {
            let known: Vec<&str> =
                rest[&row["actor_id"]].names.iter().map(|(_, name)| name.as_str()).collect();
            println!("  miss {} {:?} of {known:?}", row["kind"], row["alias"]);
        }
        for kind in [
            "all",
            row["kind"].as_str(),
            if row["script"] == "Latin" { "in Latin script" } else { "in another script" },
        ] {
            tallies.entry(kind.to_owned()).or_default().note(found, took);
        }
    }
    println!("aliases, each taken away ({alone} were the only name of theirs and are not asked):");
    for (kind, mut tally) in tallies {
        tally.print(&format!("  {kind}"));
    }
    Ok(())
}

/// Names as reports write them, with what they match exactly left in and taken away.
fn of_reports(folder: &Path, actors: &BTreeMap<String, Actor>, shows_misses: bool) -> Outcome<()> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let all = index(actors);
    let same = in_both_lists(folder)?;
    let mut unanswered = (0, 0);
    for row in rows(&file(folder, "perpetrator_name_strings_for_matching.csv"))? {
        let (written, mut targets) =
            (&row["name_as_reported"], listed(&row, "exact_normalised_match"));
        targets = targets.iter().map(|id| same.get(id).unwrap_or(id).clone()).collect();
        if targets.is_empty() {
            unanswered.0 += 1;
            let found = all.search(written, 1);
            unanswered.1 += usize::from(found.iter().any(|one| one.score >= 0.8));
            continue;
        }
        let (found, took) = place(&all, written, &targets);
        tallies.entry("  as they are").or_default().note(found, took);
        let rest = without(actors, &targets, written);
        if targets.iter().all(|id| rest[id].names.is_empty()) {
            continue;
        }
        let names = index(&rest);
        let (found, took) = place(&names, written, &targets);
        if shows_misses && found.is_none_or(|place| place > 4) {
            let known: Vec<_> =
                targets.iter().flat_map(|id| &rest[id].names).map(|(_, name)| name).collect();
            println!("  miss {written:?} of {known:?}");
        }
        tallies.entry("  the same name taken away").or_default().note(found, took);
        let country = &row["country_iso3"];
        let here = rest
            .iter()
            .filter(|(id, actor)| actor.countries.contains(country) || targets.contains(*id));
        let (found, took) = place(&index(here), written, &targets);
        tallies.entry("  the same, among those of the country").or_default().note(found, took);
    }
    println!("names as reported:");
    for (what, mut tally) in tallies {
        tally.print(what);
    }
    println!(
        "  of {} without a known answer, {} get a suggestion of 0.8 or more",
        unanswered.0, unanswered.1
    );
    Ok(())
}

/// Every name, changed as people change them.
fn of_mistakes(actors: &BTreeMap<String, Actor>) {
    let names = index(actors);
    type Change = fn(&str) -> Option<String>;
    let changes: [(&str, Change); 5] = [
        ("  one letter left out", |name| without_letter(name)),
        ("  two letters exchanged", |name| exchanged(name)),
        ("  words in another order", |name| {
            let mut words: Vec<&str> = name.split(' ').collect();
            words.reverse();
            (words.len() > 1).then(|| words.join(" "))
        }),
        ("  written together", |name| {
            name.contains([' ', '-']).then(|| name.replace([' ', '-'], ""))
        }),
        ("  the last word left out", |name| {
            let (start, _) = name.rsplit_once(' ')?;
            start.contains(' ').then(|| start.to_owned())
        }),
    ];
    println!("every seventh name, changed:");
    for (what, change) in changes {
        let mut tally = Tally::default();
        let all = actors
            .iter()
            .flat_map(|(id, actor)| actor.names.iter().map(move |(_, name)| (id, name)));
        for (id, name) in all.step_by(7) {
            if let Some(written) = change(name) {
                // Others may have the very same name.
                let same = folded(name);
                let has = |(_, other): &(Field, String)| folded(other) == same;
                let targets = actors
                    .iter()
                    .filter(|(other, actor)| *other == id || actor.names.iter().any(has));
                let targets = targets.map(|(id, _)| id.clone()).collect();
                let (found, took) = place(&names, &written, &targets);
                tally.note(found, took);
            }
        }
        tally.print(what);
    }
}

fn without_letter(name: &str) -> Option<String> {
    let letters: Vec<char> = name.chars().collect();
    let middle = letters.len() / 2;
    (letters.len() >= 6 && letters[middle].is_alphabetic()).then(|| {
        letters.iter().enumerate().filter(|(at, _)| *at != middle).map(|(_, c)| *c).collect()
    })
}

fn exchanged(name: &str) -> Option<String> {
    let mut letters: Vec<char> = name.chars().collect();
    let middle = letters.len() / 2;
    let is_letter = |at: usize| letters.get(at).is_some_and(|c| c.is_alphabetic());
    (letters.len() >= 6 && is_letter(middle) && is_letter(middle + 1)).then(|| {
        letters.swap(middle, middle + 1);
        letters.into_iter().collect()
    })
}

/// Names that several have: all of them are to be among the suggestions.
fn of_homonyms(folder: &Path, actors: &BTreeMap<String, Actor>) -> Outcome<()> {
    let names = index(actors);
    let (mut names_asked, mut wanted, mut found_first, mut complete) = (0, 0, 0, 0);
    for row in rows(&file(folder, "actor_homonyms.csv"))? {
        let targets = listed(&row, "actor_ids");
        let found = names.search(&row["normalised_name"], 10);
        let there = |id: &&String| found.iter().any(|one| one.of == id.as_str());
        let here = targets.iter().filter(there).count();
        let among_first =
            found.iter().take(targets.len()).filter(|one| targets.contains(one.of)).count();
        names_asked += 1;
        wanted += targets.len();
        found_first += among_first;
        complete += usize::from(here == targets.len());
        if here < targets.len() {
            println!("  incomplete {:?}: {here} of {}", row["normalised_name"], targets.len());
        }
    }
    println!(
        "homonyms: {names_asked} names of {wanted}; complete among ten {complete}; {found_first} of {wanted} at the very top"
    );
    Ok(())
}

use super::*;

fn figure(form: Form) -> Figure {
    let row = |label: &str, values: [Option<u64>; 3]| FigureRow {
        label: label.to_owned(),
        values: values.to_vec(),
    };
    Figure {
        name: "asks".to_owned(),
        title: "What became of asks".to_owned(),
        about: "How many were granted, refused and are open.".to_owned(),
        form,
        rows_are: "Method".to_owned(),
        columns: vec!["Granted".to_owned(), "Refused".to_owned(), "Open".to_owned()],
        rows: vec![
            row("Direct dialogue: negotiation", [Some(7), Some(3), Some(12)]),
            row("Education and training", [Some(4), None, Some(1)]),
            row("Public advocacy", [None, None, None]),
        ],
    }
}

const FORMS: [Form; 4] = [Form::Bars, Form::Stacked, Form::Lines, Form::Matrix];

/// The texts of an SVG element with where they stand.
fn texts(svg: &str) -> Vec<(f64, &str)> {
    svg.split("<text x=\"")
        .skip(1)
        .map(|part| {
            let x = part.split('"').next().unwrap().parse().unwrap();
            let rest = part.split_once('>').unwrap().1;
            (x, rest.split('<').next().unwrap())
        })
        .collect()
}

#[test]
fn a_chart_has_a_title_a_description_and_no_colour() {
    for form in FORMS {
        let svg = svg(&figure(form), Direction::LeftToRight);
        assert!(svg.contains("role=\"img\" aria-labelledby=\"asks-title asks-about\""));
        assert!(svg.contains("<title id=\"asks-title\">What became of asks</title>"));
        assert!(svg.contains("<desc id=\"asks-about\">How many were granted"));
        let colours = svg.split("fill=\"").chain(svg.split("stroke=\"")).skip(1);
        for colour in colours.filter_map(|rest| rest.split('"').next()) {
            let known = ["#000", "#fff", "#999", "none"].contains(&colour);
            assert!(known || !colour.starts_with('#'), "{colour}");
        }
        assert!(!svg.contains("style") && !svg.contains("<script"));
    }
}

#[test]
fn every_pattern_that_is_used_is_there() {
    for form in FORMS {
        let svg = svg(&figure(form), Direction::LeftToRight);
        for used in svg.split("url(#").skip(1) {
            let id = used.split(')').next().unwrap();
            assert!(svg.contains(&format!("<pattern id=\"{id}\"")), "{id}");
        }
    }
}

#[test]
fn figures_stand_where_they_belong_and_what_is_not_shown_is_said() {
    let stacked = svg(&figure(Form::Stacked), Direction::LeftToRight);
    let told: Vec<&str> = texts(&stacked).into_iter().map(|(_, text)| text).collect();
    for text in ["7", "3", "12", "22", "5 + —", "—", "Granted"] {
        assert!(told.contains(&text), "{text} in {told:?}");
    }
    let matrix = svg(&figure(Form::Matrix), Direction::LeftToRight);
    let told: Vec<&str> = texts(&matrix).into_iter().map(|(_, text)| text).collect();
    assert_eq!(told.iter().filter(|text| **text == "—").count(), 4);
    assert!(["7", "3", "12", "4", "1"].iter().all(|text| told.contains(text)));
}

#[test]
fn it_is_mirrored_for_those_who_read_from_right_to_left() {
    for form in FORMS {
        let forth = svg(&figure(form), Direction::LeftToRight);
        let back = svg(&figure(form), Direction::RightToLeft);
        assert!(forth.contains("direction=\"ltr\"") && back.contains("direction=\"rtl\""));
        let (forth, back) = (texts(&forth), texts(&back));
        assert_eq!(forth.len(), back.len());
        for ((x, text), (mirrored, same)) in forth.into_iter().zip(back) {
            assert_eq!(text, same);
            assert!((x + mirrored - WIDTH).abs() < 0.2, "{text}: {x} and {mirrored}");
        }
    }
}

#[test]
fn hostile_texts_add_no_markup() {
    let hostile = "</text><script>alert(1)</script>\" onload='x' & \u{1}";
    for form in FORMS {
        let plain = figure(form);
        let mut figure = plain.clone();
        figure.title = hostile.to_owned();
        figure.about = hostile.to_owned();
        figure.name = "x\" onload=\"y".to_owned();
        figure.rows[0].label = hostile.to_owned();
        figure.columns[0] = hostile.to_owned();
        let svg = svg(&figure, Direction::LeftToRight);
        assert!(!svg.contains("<script") && !svg.contains("onload=\"") && !svg.contains('\u{1}'));
        assert_eq!(svg.matches("<svg").count(), 1);
        assert_eq!(svg.matches("</text>").count(), svg.matches("<text ").count());
    }
}

#[test]
fn nothing_is_drawn_of_nothing() {
    for form in FORMS {
        let mut empty = figure(form);
        empty.rows.clear();
        assert_eq!(svg(&empty, Direction::LeftToRight), "");
        let zero = FigureRow { label: "Zero".to_owned(), values: vec![Some(0), None, Some(0)] };
        empty.rows.push(zero);
        assert_eq!(svg(&empty, Direction::LeftToRight), "");
    }
}

#[test]
fn long_labels_are_cut_and_nothing_leaves_the_paper() {
    for form in FORMS {
        let mut figure = figure(form);
        figure.rows[0].label = "Mediation between communities and armed actors ".repeat(9);
        figure.columns[1] = "withoutanyspace".repeat(20);
        let svg = svg(&figure, Direction::LeftToRight);
        for (x, text) in texts(&svg) {
            assert!((-0.1..=WIDTH).contains(&x), "{text}");
            assert!(text.chars().count() <= 110, "{text}");
        }
    }
}

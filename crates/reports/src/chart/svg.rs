//! A drawing as an SVG element whose inline direction is that of the reader.

use std::fmt::Write;

use super::canvas::{Anchor, Area, Canvas, DISC_RADIUS, Shape, TEXT_SIZE, Weight};

/// What the patterns are made of, by their numbers; 0 is black and 1 is white.
const PATTERNS: [(usize, &str); 4] = [
    (2, "<path d=\"M-1 7L7 -1M-4 4L4 -4M2 10L10 2\" stroke=\"#000\" stroke-width=\"1.5\"/>"),
    (3, "<circle cx=\"3\" cy=\"3\" r=\"1.3\"/>"),
    (4, "<path d=\"M0 3H6M3 0V6\" stroke=\"#000\" stroke-width=\"1.1\"/>"),
    (5, "<path d=\"M0 3H6\" stroke=\"#000\" stroke-width=\"2.2\"/>"),
];

/// A drawing as an SVG element with what it shows.
pub fn element(canvas: &Canvas, title: &str, about: &str) -> String {
    let Canvas { width, height, is_mirrored, name, shapes } = canvas;
    let (title, about) = (escaped(title), escaped(about));
    let direction = if *is_mirrored { "rtl" } else { "ltr" };
    let mut body = String::new();
    for shape in shapes {
        // Writing to a text does not fail.
        let _ = write_shape(&mut body, name, shape, *is_mirrored);
    }
    let used = |pattern: &&(usize, &str)| body.contains(&format!("url(#{name}-{})", pattern.0));
    let patterns: String = PATTERNS
        .iter()
        .filter(used)
        .map(|(number, drawn)| {
            format!(
                "<pattern id=\"{name}-{number}\" width=\"6\" height=\"6\" \
                 patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" \
                 fill=\"#fff\"/>{drawn}</pattern>"
            )
        })
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         role=\"img\" aria-labelledby=\"{name}-title {name}-about\" direction=\"{direction}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"{TEXT_SIZE}\" fill=\"#000\">\
         <title id=\"{name}-title\">{title}</title><desc id=\"{name}-about\">{about}</desc>\
         <defs>{patterns}</defs><rect width=\"{width:.0}\" height=\"{height:.0}\" \
         fill=\"#fff\"/>{body}</svg>"
    )
}

fn write_shape(
    body: &mut String,
    name: &str,
    shape: &Shape,
    is_mirrored: bool,
) -> std::fmt::Result {
    match shape {
        Shape::Filled { area: Area { x, y, width, height }, series } => {
            let fill = match series {
                0 => "#000".to_owned(),
                1 => "#fff".to_owned(),
                pattern => format!("url(#{name}-{pattern})"),
            };
            write!(
                body,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
                 fill=\"{fill}\" stroke=\"#000\"/>"
            )
        }
        Shape::Blank(Area { x, y, width, height }) => write!(
            body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"#fff\"/>"
        ),
        Shape::Rule((x1, y1), (x2, y2)) => write!(
            body,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#999\" \
             stroke-width=\".7\"/>"
        ),
        Shape::Path { points, dashes } => {
            let dashes: Vec<String> = dashes.iter().map(f32::to_string).collect();
            let dashes = if dashes.is_empty() { "none".to_owned() } else { dashes.join(" ") };
            write!(
                body,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.6\" \
                 stroke-dasharray=\"{dashes}\"/>",
                written(points)
            )
        }
        Shape::Disc((x, y)) => {
            write!(body, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{DISC_RADIUS}\"/>")
        }
        Shape::Polygon { corners, is_black } => {
            let fill = if *is_black { "#000" } else { "#fff" };
            write!(
                body,
                "<polygon points=\"{}\" fill=\"{fill}\" stroke=\"#000\" stroke-width=\"1.3\"/>",
                written(corners)
            )
        }
        Shape::Text { .. } | Shape::Rising { .. } => write_text(body, shape, is_mirrored),
    }
}

/// The same of a text.
fn write_text(body: &mut String, shape: &Shape, is_mirrored: bool) -> std::fmt::Result {
    match shape {
        Shape::Text { at: (x, y), anchor, text, weight } => {
            // Seen from the direction of the element, which is the reader's.
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let weight = match weight {
                Weight::Less => " fill=\"#555\"",
                Weight::Usual => "",
                Weight::More => " font-weight=\"600\"",
            };
            let text = escaped(text);
            write!(body, "<text x=\"{x:.1}\" y=\"{y:.1}\"{anchor}{weight}>{text}</text>")
        }
        Shape::Rising { at: (x, y), text } => {
            // What is read from the right begins at its upper end.
            let anchor = if is_mirrored { " text-anchor=\"end\"" } else { "" };
            let text = escaped(text);
            write!(
                body,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" transform=\"rotate(-90 {x:.1} {y:.1})\"{anchor}>\
                 {text}</text>"
            )
        }
        _ => Ok(()),
    }
}

fn written(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    points.join(" ")
}

/// A text in which nothing is markup, and that no control character breaks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&#60;"),
            '>' => escaped.push_str("&#62;"),
            '&' => escaped.push_str("&#38;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

//! Charts, drawn from the very shapes of which the pages' are made.

use krilla::{
    geom::{Path, PathBuilder, Point, Rect, Transform},
    paint::{Fill, FillRule, Paint, Pattern, Stroke, StrokeDash},
    surface::Surface,
};

use super::typeset::{Style, Typesetter, grey};
use crate::chart::canvas::{Anchor, Area, Canvas, DISC_RADIUS, Shape, TEXT_SIZE, Weight};

/// How large the squares are of which patterns are made.
const TILE: f32 = 6.0;
/// How far the ends of curves that make a circle reach, in its radius.
const CIRCLE: f32 = 0.552_285;

/// Draws a chart with its corner at a point, so many times as large as it is.
pub fn draw(
    surface: &mut Surface<'_>,
    typesetter: &mut Typesetter,
    (drawing, at, scale): (&Canvas, (f32, f32), f32),
) {
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, at.0, at.1));
    for shape in &drawing.shapes {
        match shape {
            Shape::Text { at, anchor, text, weight } => {
                write(surface, typesetter, (text, *weight), (*at, *anchor));
            }
            Shape::Rising { at, text } => {
                let (x, y) = placed(*at);
                surface.push_transform(&Transform::from_rotate_at(-90.0, x, y));
                // On its side, it begins at the point in either direction.
                let set = typesetter.text(text, style(Weight::Usual), None);
                typesetter.draw(surface, &set, (0..set.lines(), (x, y - set.baseline())));
                surface.pop();
            }
            other => outline(surface, other),
        }
    }
    surface.pop();
}

fn style(weight: Weight) -> Style {
    let size = TEXT_SIZE as f32;
    let grey = if weight == Weight::Less { 85 } else { 0 };
    Style { size, is_bold: weight == Weight::More, grey, at_end: false }
}

fn write(
    surface: &mut Surface<'_>,
    typesetter: &mut Typesetter,
    (text, weight): (&str, Weight),
    (at, anchor): ((f64, f64), Anchor),
) {
    let set = typesetter.text(text, style(weight), None);
    let (x, y) = placed(at);
    let is_before = (anchor == Anchor::End) != typesetter.is_rtl();
    let left = match anchor {
        Anchor::Middle => x - set.width() / 2.0,
        Anchor::Start | Anchor::End if is_before => x - set.width(),
        Anchor::Start | Anchor::End => x,
    };
    typesetter.draw(surface, &set, (0..set.lines(), (left, y - set.baseline())));
}

/// Draws a shape that is no text.
fn outline(surface: &mut Surface<'_>, shape: &Shape) {
    let (fill, stroke, path) = match shape {
        Shape::Filled { area, series } => {
            (Some(filled(surface, *series)), Some(stroke(0, 1.0, &[])), rectangle(*area))
        }
        Shape::Blank(area) => (Some(grey(255)), None, rectangle(*area)),
        Shape::Rule(from, to) => (None, Some(stroke(153, 0.7, &[])), through(&[*from, *to], false)),
        Shape::Path { points, dashes } => {
            (None, Some(stroke(0, 1.6, dashes)), through(points, false))
        }
        Shape::Disc(at) => (Some(grey(0)), None, disc(placed(*at), DISC_RADIUS as f32)),
        Shape::Polygon { corners, is_black } => {
            let fill = grey(if *is_black { 0 } else { 255 });
            (Some(fill), Some(stroke(0, 1.3, &[])), through(corners, true))
        }
        Shape::Text { .. } | Shape::Rising { .. } => return,
    };
    if let Some(path) = path {
        surface.set_fill(fill);
        surface.set_stroke(stroke);
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

fn stroke(shade: u8, width: f32, dashes: &[f32]) -> Stroke {
    let dash = StrokeDash { array: dashes.to_vec(), offset: 0.0 };
    Stroke {
        paint: grey(shade).paint,
        width,
        dash: (!dashes.is_empty()).then_some(dash),
        ..Stroke::default()
    }
}

/// What the area of a series is filled with, as the pages have it: black, white, or a pattern.
fn filled(surface: &mut Surface<'_>, series: usize) -> Fill {
    let lines: &[[(f32, f32); 2]] = match series {
        0 => return grey(0),
        2 => &[[(-1.0, 7.0), (7.0, -1.0)], [(-4.0, 4.0), (4.0, -4.0)], [(2.0, 10.0), (10.0, 2.0)]],
        4 => &[[(0.0, 3.0), (6.0, 3.0)], [(3.0, 0.0), (3.0, 6.0)]],
        5 => &[[(0.0, 3.0), (6.0, 3.0)]],
        3 => &[],
        _ => return grey(255),
    };
    let mut builder = surface.stream_builder();
    let mut tile = builder.surface();
    let whole = Area { x: 0.0, y: 0.0, width: f64::from(TILE), height: f64::from(TILE) };
    if let Some(path) = rectangle(whole) {
        tile.set_fill(Some(grey(255)));
        tile.draw_path(&path);
    }
    if let (3, Some(dot)) = (series, disc((TILE / 2.0, TILE / 2.0), 1.3)) {
        tile.set_fill(Some(grey(0)));
        tile.draw_path(&dot);
    }
    tile.set_fill(None);
    let width = match series {
        2 => 1.5,
        4 => 1.1,
        _ => 2.2,
    };
    for [from, to] in lines {
        let points = [*from, *to].map(|(x, y)| (f64::from(x), f64::from(y)));
        if let Some(line) = through(&points, false) {
            tile.set_stroke(Some(stroke(0, width, &[])));
            tile.draw_path(&line);
        }
    }
    tile.finish();
    let stream = builder.finish();
    let pattern = Pattern { stream, transform: Transform::identity(), width: TILE, height: TILE };
    Fill { paint: Paint::from(pattern), rule: FillRule::default(), ..grey(0) }
}

fn placed((x, y): (f64, f64)) -> (f32, f32) {
    (x as f32, y as f32)
}

fn rectangle(Area { x, y, width, height }: Area) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(x as f32, y as f32, width as f32, height as f32)?);
    path.finish()
}

fn through(points: &[(f64, f64)], is_closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut points = points.iter().map(|point| Point::from_xy(point.0 as f32, point.1 as f32));
    let first = points.next()?;
    path.move_to(first.x, first.y);
    points.for_each(|point| path.line_to(point.x, point.y));
    if is_closed {
        path.close();
    }
    path.finish()
}

fn disc((x, y): (f32, f32), radius: f32) -> Option<Path> {
    let (mut path, far) = (PathBuilder::new(), radius * CIRCLE);
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + far, x + far, y + radius, x, y + radius);
    path.cubic_to(x - far, y + radius, x - radius, y + far, x - radius, y);
    path.cubic_to(x - radius, y - far, x - far, y - radius, x, y - radius);
    path.cubic_to(x + far, y - radius, x + radius, y - far, x + radius, y);
    path.close();
    path.finish()
}

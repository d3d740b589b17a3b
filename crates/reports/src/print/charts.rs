//! Charts, drawn from the very shapes of which the pages' are made.

use krilla::{
    geom::{Path, PathBuilder, Point, Rect, Transform},
    paint::{Fill, FillRule, Paint, Pattern, Stroke, StrokeDash},
    surface::Surface,
};

use crate::{
    chart::canvas::{Area, Canvas, DISC_RADIUS, Filling, Shape, TILE, Weight},
    typeset::{Style, Typesetter, grey},
};

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
                let set = typesetter.text(text, Style::of_chart(*weight), None);
                let (x, y) = placed(*at);
                let left = anchor.left(x, set.width(), typesetter.is_rtl());
                typesetter.draw(surface, &set, (0..set.lines(), (left, y - set.baseline())));
            }
            Shape::Rising { at, text } => {
                let (x, y) = placed(*at);
                surface.push_transform(&Transform::from_rotate_at(-90.0, x, y));
                // On its side, it begins at the point in either direction.
                let set = typesetter.text(text, Style::of_chart(Weight::Usual), None);
                typesetter.draw(surface, &set, (0..set.lines(), (x, y - set.baseline())));
                surface.pop();
            }
            other => outline(surface, other),
        }
    }
    surface.pop();
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
    let filling = Filling::of(series);
    if let Filling::Plain(shade) = filling {
        return grey(shade);
    }
    let mut builder = surface.stream_builder();
    let mut tile = builder.surface();
    if let Some(path) = rectangle(Area { x: 0.0, y: 0.0, width: TILE, height: TILE }) {
        tile.set_fill(Some(grey(255)));
        tile.draw_path(&path);
    }
    let side = TILE as f32;
    match filling {
        Filling::Plain(_) => {}
        Filling::Dots(radius) => {
            if let Some(dot) = disc((side / 2.0, side / 2.0), radius as f32) {
                tile.set_fill(Some(grey(0)));
                tile.draw_path(&dot);
            }
        }
        Filling::Lines(lines, width) => {
            tile.set_fill(None);
            for line in lines.iter().filter_map(|line| through(line, false)) {
                tile.set_stroke(Some(stroke(0, width as f32, &[])));
                tile.draw_path(&line);
            }
        }
    }
    tile.finish();
    let stream = builder.finish();
    let pattern = Pattern { stream, transform: Transform::identity(), width: side, height: side };
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

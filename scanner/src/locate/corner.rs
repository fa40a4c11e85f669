use super::Finder;
use crate::geometry::{Point, point};
use crate::symbol::Version;
use std::f32::consts::FRAC_1_SQRT_2;

/// Most corners that are looked at in one picture.
const MOST: usize = 100;

/// Most finder patterns of which pairs are looked at.
const MOST_OF_PAIRS: usize = 6;

/// Three finder patterns that may belong to one code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Corner {
    pub(crate) top_left: Point,
    pub(crate) top_right: Point,
    pub(crate) bottom_left: Point,
    /// Modules from the middle of one finder pattern to the next, estimated along the top and the left.
    pub(crate) modules: f32,
    /// How far from a square's corner this is; 0 is perfect.
    pub(crate) strain: f32,
    /// Which of the three is a guess.
    pub(crate) guessed: Option<Guessed>,
}

/// A finder pattern that is not seen: under glare, a thumb or a stain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guessed {
    TopLeft,
    TopRight,
    BottomLeft,
}

/// All threes that could be the corner of a square seen from somewhere, the likeliest first.
pub(crate) fn corners(finders: &[Finder]) -> Vec<Corner> {
    let mut corners = Vec::new();
    for (i, a) in finders.iter().enumerate() {
        for (j, b) in finders.iter().enumerate().skip(i + 1) {
            if !alike(a, b) {
                continue;
            }
            let thirds = finders
                .iter()
                .skip(j + 1)
                .filter(|c| alike(a, c) && alike(b, c));
            corners.extend(thirds.filter_map(|c| Corner::of([a, b, c])));
        }
    }
    corners.sort_by(|a, b| a.strain.total_cmp(&b.strain));
    corners.truncate(MOST);
    corners
}

/// The corners that two finder patterns may belong to, the third being hidden: as neighbours on either side of the
/// line between them, or as opposite ends of a diagonal.
pub(crate) fn corners_with_one_hidden(finders: &[Finder]) -> Vec<Corner> {
    let best = finders
        .get(..finders.len().min(MOST_OF_PAIRS))
        .unwrap_or_default();
    let pairs = best
        .iter()
        .enumerate()
        .flat_map(|(i, a)| best.iter().skip(i + 1).map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| (0.75..1.33).contains(&(a.width / b.width)))
        .flat_map(|(a, b)| Corner::of_two(a, b))
        .collect()
}

fn alike(a: &Finder, b: &Finder) -> bool {
    (0.45..2.2).contains(&(a.width / b.width))
}

impl Corner {
    fn of_two(a: &Finder, b: &Finder) -> Vec<Self> {
        let way = b.at - a.at;
        // A quarter turn to the right, as the picture's rows run downwards.
        let aside = point(-way.y, way.x);
        let (side, diagonal) = (modules(a, b), modules(a, b) * FRAC_1_SQRT_2);
        let corner = |top_left, top_right, bottom_left, modules, guessed| Self {
            top_left,
            top_right,
            bottom_left,
            modules,
            strain: 1.0,
            guessed: Some(guessed),
        };
        let middle = (a.at + b.at) * 0.5;
        let all = [
            corner(a.at, b.at, a.at + aside, side, Guessed::BottomLeft),
            corner(b.at, a.at, b.at - aside, side, Guessed::BottomLeft),
            corner(a.at, a.at - aside, b.at, side, Guessed::TopRight),
            corner(b.at, b.at + aside, a.at, side, Guessed::TopRight),
            corner(middle - aside * 0.5, b.at, a.at, diagonal, Guessed::TopLeft),
            corner(middle + aside * 0.5, a.at, b.at, diagonal, Guessed::TopLeft),
        ];
        all.into_iter()
            .filter(|corner| (13.0..100.0).contains(&corner.modules))
            .collect()
    }

    fn of(three: [&Finder; 3]) -> Option<Self> {
        let [a, b, c] = three;
        let sides = [
            (b.at - c.at).length(),
            (a.at - c.at).length(),
            (a.at - b.at).length(),
        ];
        // The corner is opposite to the longest side.
        let [corner, one, other] = match sides {
            [bc, ac, ab] if bc >= ac && bc >= ab => [a, b, c],
            [_, ac, ab] if ac >= ab => [b, a, c],
            _ => [c, a, b],
        };
        let (p, q) = (one.at - corner.at, other.at - corner.at);
        let (p_length, q_length) = (p.length(), q.length());
        let cosine = p.dot(q) / (p_length * q_length);
        let ratio = p_length.max(q_length) / p_length.min(q_length);
        if !(cosine.abs() < 0.6 && ratio < 2.5) {
            return None;
        }
        let (right, down) = if p.cross(q) > 0.0 {
            (one, other)
        } else {
            (other, one)
        };
        let along = modules(corner, right);
        let downwards = modules(corner, down);
        let modules = (along + downwards) / 2.0;
        let most = 4.0 * crate::geometry::real(Version::MAX) + 10.0;
        if !(10.0..most * 1.2).contains(&modules) {
            return None;
        }
        let widths = three.map(|f| f.width);
        let uneven = widths.iter().copied().fold(0.0, f32::max)
            / widths.iter().copied().fold(f32::MAX, f32::min)
            - 1.0;
        let faint: f32 = three.iter().map(|f| 1.0 - f.seen).sum();
        let strain =
            cosine.abs() + (along / downwards).ln().abs() + uneven + faint + modules * 0.004;
        Some(Self {
            top_left: corner.at,
            top_right: right.at,
            bottom_left: down.at,
            modules,
            strain,
            guessed: None,
        })
    }
}

/// Modules between the middles of two finder patterns. In perspective modules grow along the way such that their mean
/// size is the geometric mean of the sizes at both ends.
fn modules(from: &Finder, to: &Finder) -> f32 {
    let way = to.at - from.at;
    way.length() * 7.0 / (side_along(from, way) * side_along(to, way)).sqrt()
}

/// The side of a finder pattern in a direction: a row (or a column, where the way is steep) crosses a turned square on
/// a way that is longer than its side by the cosine of the turn.
fn side_along(finder: &Finder, way: Point) -> f32 {
    let row = 2.0 * finder.width / (1.0 + finder.stretch);
    let crossed = if way.x.abs() > way.y.abs() {
        row
    } else {
        row * finder.stretch
    };
    crossed * way.x.abs().max(way.y.abs()) / way.length()
}

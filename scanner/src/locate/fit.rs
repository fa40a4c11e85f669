use super::marks::{Mark, Marks};
use super::rings::Sums;
use super::{Corner, Guessed};
use crate::geometry::{Perspective, Point, point, real};
use crate::image::Plane;
use crate::symbol::Version;

/// How well the patterns that every code of a version has must be seen for the code to be read: the
/// correlation of the shades with dark and light as they should be.
const FAINTEST: f32 = 0.45;

/// Most versions that are tried for one corner.
const MOST_VERSIONS: usize = 3;

/// Middle of a finder pattern from the code's edge, in modules.
const MIDDLE: f32 = 3.5;

/// How the square of a code lies in the picture.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    pub(crate) version: Version,
    place: Place,
    /// Correlation with the patterns, up to 1.
    seen: f32,
}

impl Fit {
    /// Where in the picture a place in the code is; modules from the code's top left.
    pub(crate) fn pixel(&self, module: Point) -> Point {
        match self.place.lens(self.version) {
            Some(lens) => lens.pixel(module),
            None => self.place.points[0],
        }
    }

    /// The same square on paper that is not flat.
    pub(crate) fn bent(&self, plane: &Plane) -> Self {
        let marks = Marks::of(self.version);
        let mut climb = Climb {
            plane,
            marks: &marks.all,
            version: self.version,
            best: self.place,
            seen: self.seen,
        };
        for step in [0.7, 0.35, 0.18] {
            climb.sweep(step, 12);
            climb.sweep(step, 12);
        }
        Self {
            place: climb.best,
            seen: climb.seen,
            ..*self
        }
    }
}

/// The squares that may hang on a corner, best first.
pub(crate) fn fits(plane: &Plane, corner: &Corner) -> Vec<Fit> {
    let mut fits: Vec<Fit> = likely_versions(corner.modules)
        .filter_map(|version| fit(plane, corner, version))
        .collect();
    fits.sort_by(|a, b| b.seen.total_cmp(&a.seen));
    fits
}

/// The versions whose size is nearest to the estimate, which may be off by an eighth.
fn likely_versions(modules: f32) -> impl Iterator<Item = Version> {
    let off = |v: &Version| (real(v.side()) - 2.0 * MIDDLE - modules).abs();
    let mut likely: Vec<Version> = (1..=Version::MAX)
        .filter_map(Version::new)
        .filter(|v| off(v) < 2.5 + modules * 0.12)
        .collect();
    likely.sort_by(|a, b| off(a).total_cmp(&off(b)));
    likely.into_iter().take(MOST_VERSIONS)
}

fn fit(plane: &Plane, corner: &Corner, version: Version) -> Option<Fit> {
    let marks = Marks::of(version);
    let flat = Place::parallelogram(corner);
    if seen(plane, &marks.finders, flat.lens(version)?) < FAINTEST {
        return None;
    }
    let mut start = far_corner(plane, &marks, flat, version);
    if let Some(guessed) = corner.guessed {
        start = hidden_finder(plane, &marks, start, version, guessed);
    }
    let seen = seen(plane, &marks.all, start.lens(version)?);
    let mut climb = Climb {
        plane,
        marks: &marks.all,
        version,
        best: start,
        seen,
    };
    for step in [1.0, 0.5, 0.25, 0.12] {
        climb.sweep(step, 8);
        climb.sweep(step, 8);
    }
    (climb.seen > FAINTEST).then_some(Fit {
        version,
        place: climb.best,
        seen: climb.seen,
    })
}

/// Moves the fourth corner to where the alignment pattern near it is seen best.
fn far_corner(plane: &Plane, marks: &Marks, flat: Place, version: Version) -> Place {
    let search = if marks.far.is_empty() {
        Search {
            marks: &marks.all,
            reach: 3,
            step: 1.0,
        }
    } else {
        Search {
            marks: &marks.far,
            reach: i16::try_from(version.side() / 5).unwrap_or(3),
            step: 1.0,
        }
    };
    search.around(plane, flat, version, 2)
}

/// Moves the finder pattern that was guessed to where everything else is seen best.
fn hidden_finder(
    plane: &Plane,
    marks: &Marks,
    start: Place,
    version: Version,
    guessed: Guessed,
) -> Place {
    let number = match guessed {
        Guessed::TopLeft => 0,
        Guessed::TopRight => 1,
        Guessed::BottomLeft => 3,
    };
    Search {
        marks: &marks.all,
        reach: 5,
        step: 0.5,
    }
    .around(plane, start, version, number)
}

/// A search for the best place of one of the four points, on a lattice along the code's sides.
struct Search<'a> {
    marks: &'a [Mark],
    /// Steps each way.
    reach: i16,
    /// In modules.
    step: f32,
}

impl Search<'_> {
    fn around(&self, plane: &Plane, start: Place, version: Version, number: usize) -> Place {
        let [top_left, top_right, _, bottom_left] = start.points;
        let step = self.step / (real(version.side()) - 2.0 * MIDDLE);
        let (right, down) = (
            (top_right - top_left) * step,
            (bottom_left - top_left) * step,
        );
        let mut best = (f32::MIN, start);
        for i in -self.reach..=self.reach {
            for j in -self.reach..=self.reach {
                let (i, j) = (f32::from(i), f32::from(j));
                let moved = start.shifted(number, right * i + down * j);
                let Some(lens) = moved.lens(version) else {
                    continue;
                };
                // Nearer is likelier.
                let score = seen(plane, self.marks, lens) - 0.012 * self.step * (i.abs() + j.abs());
                if score > best.0 {
                    best = (score, moved);
                }
            }
        }
        best.1
    }
}

/// Where the middles of the three finder patterns and the fourth such place are, clockwise from the top left,
/// and how the sheet between them is bent, in fractions of the square.
#[derive(Clone, Copy, Debug)]
struct Place {
    points: [Point; 4],
    bends: [f32; 4],
}

impl Place {
    fn parallelogram(corner: &Corner) -> Self {
        let Corner {
            top_left,
            top_right,
            bottom_left,
            ..
        } = *corner;
        let far = top_right + bottom_left - top_left;
        Self {
            points: [top_left, top_right, far, bottom_left],
            bends: [0.0; 4],
        }
    }

    fn lens(&self, version: Version) -> Option<Lens> {
        let span = real(version.side()) - 2.0 * MIDDLE;
        Some(Lens {
            map: Perspective::of_unit_square(self.points)?,
            bends: self.bends,
            scale: 1.0 / span,
        })
    }

    fn shifted(mut self, number: usize, by: Point) -> Self {
        if let Some(p) = self.points.get_mut(number) {
            *p = *p + by;
        }
        self
    }

    /// One of the twelve numbers moved: first the points in pixels, then the bends as fractions of `size`.
    fn moved(mut self, number: usize, by: f32, size: f32) -> Self {
        if let Some(p) = self.points.get_mut(number / 2) {
            *(if number.is_multiple_of(2) {
                &mut p.x
            } else {
                &mut p.y
            }) += by;
        } else if let Some(bend) = self.bends.get_mut(number - 8) {
            *bend += by / size;
        }
        self
    }
}

/// From modules to pixels.
struct Lens {
    map: Perspective,
    bends: [f32; 4],
    scale: f32,
}

impl Lens {
    fn pixel(&self, module: Point) -> Point {
        let (u, v) = (
            (module.x - MIDDLE) * self.scale,
            (module.y - MIDDLE) * self.scale,
        );
        let [a, b, c, d] = self.bends;
        // A cylinder's arc, to the second order: lines bow, and spacing narrows to one side.
        let (arc_u, arc_v) = (4.0 * u * (1.0 - u), 4.0 * v * (1.0 - v));
        self.map
            .apply(point(u + a * arc_v + b * arc_u, v + c * arc_u + d * arc_v))
    }
}

/// Correlation of the shades at the marks with what they should be: 1 where all dark marks are equally dark
/// and all light ones equally light, around 0 where there is no code.
fn seen(plane: &Plane, marks: &[Mark], lens: Lens) -> f32 {
    let mut sums = Sums::default();
    for mark in marks {
        sums.add(f32::from(plane.nearest(lens.pixel(mark.at))), mark.sign());
    }
    sums.correlation()
}

/// Coordinate ascent on the correlation.
struct Climb<'a> {
    plane: &'a Plane,
    marks: &'a [Mark],
    version: Version,
    best: Place,
    seen: f32,
}

impl Climb<'_> {
    /// Tries to move each of the first `numbers` numbers by `step` modules both ways.
    fn sweep(&mut self, step: f32, numbers: usize) {
        let size = (self.best.points[1] - self.best.points[0]).length();
        let module = size / (real(self.version.side()) - 2.0 * MIDDLE);
        for number in 0..numbers {
            for by in [step * module, -step * module] {
                let moved = self.best.moved(number, by, size);
                let Some(lens) = moved.lens(self.version) else {
                    continue;
                };
                let seen = seen(self.plane, self.marks, lens);
                if seen > self.seen {
                    (self.best, self.seen) = (moved, seen);
                    break;
                }
            }
        }
    }
}

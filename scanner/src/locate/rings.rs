use std::f32::consts::FRAC_1_SQRT_2;

use crate::geometry::{Point, point};
use crate::image::Plane;

/// Circles around the middle of a finder pattern on which, however the pattern is turned, most is dark or most is
/// light: radius in modules, and +1 for light. (The outermost lies in the border of light modules.)
const CIRCLES: [(f32, f32); 6] = [
    (0.0, -1.0),
    (0.7, -1.0),
    (1.3, -1.0),
    (2.25, 1.0),
    (3.1, -1.0),
    (4.3, 1.0),
];

/// Cosine and sine of sixteen directions are made of these three.
const DIRECTIONS: [(f32, f32); 4] = [
    (1.0, 0.0),
    (0.923_88, 0.382_68),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.382_68, 0.923_88),
];

/// A row crosses a pattern that is turned on a longer way, up to √2 times: its size is between these parts of what
/// the row says.
const TURNS: [f32; 3] = [1.0, 0.86, 0.73];

/// Correlation of the shades around a place with the rings of a finder pattern that a row crosses in `width` pixels.
pub(super) fn seen(plane: &Plane, middle: Point, width: f32) -> f32 {
    TURNS
        .iter()
        .map(|turn| seen_at(plane, middle, width * turn / 7.0))
        .fold(0.0, f32::max)
}

fn seen_at(plane: &Plane, middle: Point, module: f32) -> f32 {
    let mut sums = Sums::default();
    for (radius, sign) in CIRCLES {
        for (cos, sin) in DIRECTIONS {
            let (x, y) = (cos * radius * module, sin * radius * module);
            for way in [point(x, y), point(-y, x), point(-x, -y), point(y, -x)] {
                sums.add(f32::from(plane.nearest(middle + way)), sign);
            }
        }
    }
    sums.correlation()
}

/// What a correlation of shades with signs is made of.
#[derive(Default)]
pub(super) struct Sums {
    count: f32,
    shades: f32,
    squares: f32,
    signs: f32,
    products: f32,
}

impl Sums {
    /// One more shade, and what it should be: −1 dark, +1 light.
    pub(super) fn add(&mut self, shade: f32, sign: f32) {
        self.count += 1.0;
        self.shades += shade;
        self.squares += shade * shade;
        self.signs += sign;
        self.products += sign * shade;
    }

    /// 1 where all that should be dark is equally dark and all that should be light equally light, around 0
    /// where there is no relation.
    pub(super) fn correlation(&self) -> f32 {
        let covariance = self.products * self.count - self.signs * self.shades;
        let spread = (self.squares * self.count - self.shades * self.shades)
            * (self.count * self.count - self.signs * self.signs);
        if spread > 0.0 {
            covariance / spread.sqrt()
        } else {
            0.0
        }
    }
}

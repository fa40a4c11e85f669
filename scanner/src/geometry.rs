use std::ops::{Add, Mul, Sub};

/// A place in a picture (pixels; the first pixel's centre is at 0.5, 0.5) or in a code (modules).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

pub(crate) const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Point {
    pub(crate) fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        point(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        point(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        point(self.x * by, self.y * by)
    }
}

/// Plain numbers become pixel positions here and nowhere else: what is negative or no number becomes 0, what
/// is too large the largest.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn whole(value: f32) -> usize {
    value as usize
}

/// The nearest shade.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn shade(value: f32) -> u8 {
    value.round() as u8
}

/// Exact up to 2²⁴, far beyond any picture's side.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn real(value: usize) -> f32 {
    value as f32
}

/// A perspective map of the plane, `[a b c; d e f; g h 1]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Perspective {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
    e: f32,
    f: f32,
    g: f32,
    h: f32,
}

impl Perspective {
    /// The map that takes (0,0), (1,0), (1,1), (0,1) to the four corners (Heckbert 1989), or `None` where
    /// three of them lie on a line.
    pub(crate) fn of_unit_square(corners: [Point; 4]) -> Option<Self> {
        let [p0, p1, p2, p3] = corners;
        let sum = p0 - p1 + p2 - p3;
        let (d1, d2) = (p1 - p2, p3 - p2);
        let area = d1.cross(d2);
        if area.abs() < f32::EPSILON || !area.is_finite() {
            return None;
        }
        let g = sum.cross(d2) / area;
        let h = d1.cross(sum) / area;
        Some(Self {
            a: p1.x - p0.x + g * p1.x,
            b: p3.x - p0.x + h * p3.x,
            c: p0.x,
            d: p1.y - p0.y + g * p1.y,
            e: p3.y - p0.y + h * p3.y,
            f: p0.y,
            g,
            h,
        })
    }

    #[cfg(feature = "testing")]
    pub(crate) const IDENTITY: Self = Self {
        a: 1.0,
        b: 0.0,
        c: 0.0,
        d: 0.0,
        e: 1.0,
        f: 0.0,
        g: 0.0,
        h: 0.0,
    };

    /// The map that undoes this one.
    #[cfg(feature = "testing")]
    pub(crate) fn inverse(&self) -> Option<Self> {
        let Self {
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
        } = *self;
        let last = a * e - b * d;
        (last.abs() > f32::EPSILON).then(|| Self {
            a: (e - f * h) / last,
            b: (c * h - b) / last,
            c: (b * f - c * e) / last,
            d: (f * g - d) / last,
            e: (a - c * g) / last,
            f: (c * d - a * f) / last,
            g: (d * h - e * g) / last,
            h: (b * g - a * h) / last,
        })
    }

    /// This map, then everything enlarged by `scale` and moved by `to`.
    #[cfg(feature = "testing")]
    pub(crate) fn then_scaled(&self, scale: f32, to: Point) -> Self {
        let Self {
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
        } = *self;
        Self {
            a: a * scale + to.x * g,
            b: b * scale + to.x * h,
            c: c * scale + to.x,
            d: d * scale + to.y * g,
            e: e * scale + to.y * h,
            f: f * scale + to.y,
            g,
            h,
        }
    }

    pub(crate) fn apply(&self, p: Point) -> Point {
        let w = self.g * p.x + self.h * p.y + 1.0;
        point(
            (self.a * p.x + self.b * p.y + self.c) / w,
            (self.d * p.x + self.e * p.y + self.f) / w,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_of_the_square_go_where_they_were_told() {
        let corners = [
            point(10.0, 12.0),
            point(90.0, 20.0),
            point(80.0, 99.0),
            point(5.0, 70.0),
        ];
        let map = Perspective::of_unit_square(corners).unwrap();
        let square = [
            point(0.0, 0.0),
            point(1.0, 0.0),
            point(1.0, 1.0),
            point(0.0, 1.0),
        ];
        for (from, to) in square.into_iter().zip(corners) {
            assert!((map.apply(from) - to).length() < 1e-3);
        }
        assert!(Perspective::of_unit_square([point(1.0, 1.0); 4]).is_none());
    }

    #[test]
    fn numbers_out_of_range_stay_in_range() {
        assert_eq!(whole(-3.0), 0);
        assert_eq!(whole(f32::NAN), 0);
        assert_eq!(whole(f32::INFINITY), usize::MAX);
        assert_eq!(shade(300.0), 255);
    }
}

use crate::geometry::{Point, real, shade, whole};
use crate::picture::Picture;

/// A picture of its own in shades of grey.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    width: usize,
    height: usize,
    luma: Vec<u8>,
}

impl Plane {
    /// A plane whose pixels are given by column and row.
    pub(crate) fn from_fn(
        width: usize,
        height: usize,
        mut at: impl FnMut(usize, usize) -> u8,
    ) -> Self {
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            luma.extend((0..width).map(|x| at(x, y)));
        }
        Self {
            width,
            height,
            luma,
        }
    }

    /// The part of a picture between the columns `x` and rows `y`, made smaller by averaging until no side
    /// is longer than `longest`. `None` where the part is empty.
    pub(crate) fn of_part(
        picture: &Picture<'_>,
        x: [usize; 2],
        y: [usize; 2],
        longest: usize,
    ) -> Option<Self> {
        let stride = usize::try_from(picture.width()).ok()?;
        let (width, height) = (x[1].checked_sub(x[0])?, y[1].checked_sub(y[0])?);
        let rows = picture.luma().chunks_exact(stride).skip(y[0]).take(height);
        let luma = rows
            .flat_map(|row| row.get(x[0]..x[1]).unwrap_or_default())
            .copied()
            .collect::<Vec<u8>>();
        if width == 0 || height == 0 || luma.len() != width * height {
            return None;
        }
        let part = Self {
            width,
            height,
            luma,
        };
        let side = width.max(height);
        Some(if side > longest {
            part.scaled(real(longest) / real(side))
        } else {
            part
        })
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn luma(&self) -> &[u8] {
        &self.luma
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.luma.chunks_exact(self.width)
    }

    fn row(&self, y: usize) -> &[u8] {
        self.luma
            .get(y * self.width..(y + 1) * self.width)
            .unwrap_or_default()
    }

    /// The shade of the pixel that holds the place; outside, that of the nearest pixel.
    pub(crate) fn nearest(&self, p: Point) -> u8 {
        let x = whole(p.x).min(self.width - 1);
        let y = whole(p.y).min(self.height - 1);
        self.luma.get(y * self.width + x).copied().unwrap_or(255)
    }

    /// The shade at a place, between the four pixels around it.
    pub(crate) fn between(&self, p: Point) -> f32 {
        let (x, y) = ((p.x - 0.5).max(0.0), (p.y - 0.5).max(0.0));
        let (left, top) = (whole(x).min(self.width - 1), whole(y).min(self.height - 1));
        let (right, bottom) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (fx, fy) = ((x - real(left)).min(1.0), (y - real(top)).min(1.0));
        let at = |x: usize, y: usize| {
            f32::from(self.luma.get(y * self.width + x).copied().unwrap_or(255))
        };
        let above = at(left, top) * (1.0 - fx) + at(right, top) * fx;
        let below = at(left, bottom) * (1.0 - fx) + at(right, bottom) * fx;
        above * (1.0 - fy) + below * fy
    }

    /// Half the size, each pixel the mean of four. `None` for what is too small to be halved.
    pub(crate) fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        if width == 0 || height == 0 {
            return None;
        }
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let pairs = self
                .row(2 * y)
                .as_chunks::<2>()
                .0
                .iter()
                .zip(self.row(2 * y + 1).as_chunks::<2>().0);
            luma.extend(pairs.map(|([a, b], [c, d])| mean_of_four(*a, *b, *c, *d)));
        }
        Some(Self {
            width,
            height,
            luma,
        })
    }

    /// Made larger or smaller by a factor; smaller by averaging.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        if factor < 0.5
            && let Some(half) = self.halved()
        {
            return half.scaled(factor * 2.0);
        }
        let width = whole(real(self.width) * factor).max(1);
        let height = whole(real(self.height) * factor).max(1);
        let (sx, sy) = (
            real(self.width) / real(width),
            real(self.height) / real(height),
        );
        Self::from_fn(width, height, |x, y| {
            let at = |dx: f32, dy: f32| {
                self.between(Point {
                    x: (real(x) + 0.5 + dx) * sx,
                    y: (real(y) + 0.5 + dy) * sy,
                })
            };
            // Between half and full size, two places on a diagonal stand for the pixel's area.
            shade(if factor < 1.0 {
                (at(-0.25, -0.25) + at(0.25, 0.25)) / 2.0
            } else {
                at(0.0, 0.0)
            })
        })
    }

    /// Dark becomes light.
    pub(crate) fn inverted(&self) -> Self {
        Self {
            luma: self.luma.iter().map(|v| 255 - v).collect(),
            ..*self
        }
    }

    /// Each pixel the mean of itself and its eight neighbours.
    pub(crate) fn blurred(&self) -> Self {
        let above = |y: usize| self.row(y.saturating_sub(1));
        let below = |y: usize| self.row((y + 1).min(self.height - 1));
        let mut luma = Vec::with_capacity(self.luma.len());
        for y in 0..self.height {
            let columns: Vec<u16> = above(y)
                .iter()
                .zip(self.row(y))
                .zip(below(y))
                .map(|((a, b), c)| u16::from(*a) + u16::from(*b) + u16::from(*c))
                .collect();
            let left = columns.first().into_iter().chain(&columns);
            let right = columns.iter().skip(1).chain(columns.last());
            let sums = left.zip(&columns).zip(right).map(|((a, b), c)| a + b + c);
            luma.extend(sums.map(|sum| u8::try_from(sum / 9).unwrap_or(u8::MAX)));
        }
        Self { luma, ..*self }
    }
}

fn mean_of_four(a: u8, b: u8, c: u8, d: u8) -> u8 {
    let sum = u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
    u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
}

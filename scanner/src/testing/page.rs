use super::random::Random;
use crate::geometry::{Point, point, real, whole};
use crate::image::Plane;
use qrcode::{EcLevel, QrCode, types::QrError};

/// Pixels for each millimetre of paper.
const DENSITY: f32 = 8.0;

/// An invoice form, 240 × 140 mm, with its code at the top left.
pub(super) struct Page {
    sheet: Plane,
    /// Where the code's corners are, in millimetres, clockwise from the top left.
    pub(super) code: [Point; 4],
    /// Modules on each side of the code.
    pub(super) modules: usize,
}

pub(super) const WIDTH: f32 = 240.0;
pub(super) const HEIGHT: f32 = 140.0;

impl Page {
    pub(super) fn print(
        text: &str,
        advert: Option<&str>,
        random: &mut Random,
    ) -> Result<Self, QrError> {
        let mut paper = Paper::blank();
        write_form(&mut paper, random);
        let code = QrCode::with_error_correction_level(text, level(text))?;
        // A long text is printed larger, so that it can be read at all.
        let size = random.between(19.0, 24.0).max(real(code.width()) * 0.5);
        let place = point(random.between(9.0, 14.0), random.between(7.0, 10.0));
        paper.stamp(&code, place, size);
        if let Some(advert) = advert {
            let beside = point(
                place.x + size + random.between(8.0, 20.0),
                place.y + random.between(-2.0, 4.0),
            );
            paper.stamp(
                &QrCode::with_error_correction_level(advert, EcLevel::M)?,
                beside,
                size * random.between(0.8, 1.2),
            );
        }
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            .map(|(x, y)| place + point(x * size, y * size));
        Ok(Self {
            sheet: paper.sheet(),
            code: corners,
            modules: code.width(),
        })
    }

    /// The shade at a place in millimetres; beyond the paper there is a desk.
    pub(super) fn shade(&self, at: Point) -> f32 {
        let inside = (0.0..WIDTH).contains(&at.x) && (0.0..HEIGHT).contains(&at.y);
        if inside {
            self.sheet.between(at * DENSITY)
        } else {
            desk(at)
        }
    }
}

/// Invoices are printed with M; what is too long for that, with less.
fn level(text: &str) -> EcLevel {
    if text.len() > 1200 {
        EcLevel::L
    } else {
        EcLevel::M
    }
}

/// Wood grain.
fn desk(at: Point) -> f32 {
    110.0
        + 18.0 * (at.y * 0.9 + (at.x * 0.05).sin() * 6.0).sin()
        + 7.0 * (at.y * 5.1 + at.x * 0.3).sin()
}

struct Paper {
    width: usize,
    height: usize,
    shades: Vec<u8>,
}

impl Paper {
    fn blank() -> Self {
        let (width, height) = (whole(WIDTH * DENSITY), whole(HEIGHT * DENSITY));
        Self {
            width,
            height,
            shades: vec![238; width * height],
        }
    }

    /// A rectangle, in millimetres.
    fn ink(&mut self, at: Point, size: Point, shade: u8) {
        let (left, right) = (
            whole(at.x * DENSITY),
            whole((at.x + size.x) * DENSITY).min(self.width),
        );
        for y in whole(at.y * DENSITY)..whole((at.y + size.y) * DENSITY).min(self.height) {
            if let Some(row) = self
                .shades
                .get_mut(y * self.width + left.min(right)..y * self.width + right)
            {
                row.fill(shade);
            }
        }
    }

    fn stamp(&mut self, code: &QrCode, at: Point, size: f32) {
        let side = code.width();
        let module = size / real(side);
        let quiet = point(module * 3.0, module * 3.0);
        self.ink(at - quiet, point(size, size) + quiet * 2.0, 242);
        for (i, color) in code.to_colors().into_iter().enumerate() {
            if color == qrcode::Color::Dark {
                let corner = at + point(real(i % side), real(i / side)) * module;
                self.ink(corner, point(module + 0.03, module + 0.03), 28);
            }
        }
    }

    fn sheet(self) -> Plane {
        Plane::from_fn(self.width, self.height, |x, y| {
            self.shades.get(y * self.width + x).copied().unwrap_or(238)
        })
    }
}

/// Title, table rules and lines of characters, each character a few strokes.
fn write_form(paper: &mut Paper, random: &mut Random) {
    write_line(paper, point(80.0, 12.0), 80.0, 7.0, random);
    paper.ink(point(84.0, 22.0), point(72.0, 0.6), 120);
    for y in [34.0, 58.0, 66.0, 96.0, 104.0, 126.0] {
        paper.ink(point(8.0, y), point(224.0, 0.35), 110);
    }
    for x in [8.0, 60.0, 110.0, 150.0, 200.0, 231.6] {
        paper.ink(point(x, 34.0), point(0.35, 92.0), 110);
    }
    for row in 0..18u8 {
        let y = 36.0 + f32::from(row) * 5.0;
        let mut x = 11.0;
        while x < 215.0 {
            let length = random.between(8.0, 36.0);
            write_line(paper, point(x, y), length, 3.0, random);
            x += length + random.between(4.0, 16.0);
        }
    }
}

fn write_line(paper: &mut Paper, at: Point, length: f32, size: f32, random: &mut Random) {
    let mut x = 0.0;
    while x + size < length {
        for _ in 0..4 {
            let stroke = size * 0.12;
            let along = random.between(0.3, 0.85) * size;
            let corner = at
                + point(
                    x + random.between(0.0, 0.15) * size,
                    random.between(0.0, 0.85) * size,
                );
            paper.ink(corner, point(along, stroke), 60);
            let upright = at
                + point(
                    x + random.between(0.0, 0.8) * size,
                    random.between(0.0, 0.2) * size,
                );
            paper.ink(upright, point(stroke, along), 60);
        }
        x += size * 1.15;
    }
}

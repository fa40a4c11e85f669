use super::Photo;
use super::damage;
use super::page::{HEIGHT, Page, WIDTH};
use super::random::Random;
use crate::geometry::{Perspective, Point, point, real, shade};
use crate::image::Plane;

/// What makes a photo hard to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Taken from the side.
    Perspective,
    /// Out of focus.
    Blur,
    /// The hand moved.
    Motion,
    /// Too little light for the sensor.
    Noise,
    /// A lamp mirrored in the paper.
    Glare,
    /// Compressed much, as messengers do.
    Compressed,
    /// Faded print.
    Faint,
    /// Taken from far away.
    Small,
    /// Turned by any angle.
    Turned,
    /// Light on dark, as a screen in dark mode shows it.
    Inverted,
    /// A payment code beside the invoice's, taken from the side and not quite in focus.
    SecondCode,
    /// Paper that is not flat.
    Curved,
    /// A hand's shadow across the code.
    Shadow,
    /// Several of these at once, each less.
    Mixed,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Perspective,
        Self::Blur,
        Self::Motion,
        Self::Noise,
        Self::Glare,
        Self::Compressed,
        Self::Faint,
        Self::Small,
        Self::Turned,
        Self::Inverted,
        Self::SecondCode,
        Self::Curved,
        Self::Shadow,
        Self::Mixed,
    ];

    pub(super) fn number(self) -> u64 {
        Self::ALL
            .iter()
            .zip(1..)
            .find(|(kind, _)| **kind == self)
            .map_or(0, |(_, number)| number)
    }
}

const FRAME: [usize; 2] = [1280, 960];

/// How one photo is taken.
struct Shot {
    /// Pixels for each module of the code.
    module: f32,
    /// Turned by this angle, radians.
    turn: f32,
    /// How much nearer one side of the paper is, along and across.
    tilt: [f32; 2],
    /// How far the paper bows, in millimetres.
    bow: f32,
    /// Light that falls off across the picture; 0 is even light.
    falloff: f32,
    shadow: bool,
    glare: f32,
    /// Contrast of the print, 1 is black on white.
    contrast: f32,
    blur: f32,
    /// Length in pixels and direction.
    motion: [f32; 2],
    noise: f32,
    /// Coarseness of compression; 0 is none.
    compression: f32,
    inverted: bool,
}

pub(super) fn shoot(page: &Page, kind: Kind, random: &mut Random) -> Photo {
    let shot = Shot::of(kind, random);
    let view = View::of(page, &shot, random);
    let plane = develop(expose(page, &shot, &view, random), &shot, random);
    Photo {
        plane,
        code: view.code,
    }
}

impl Shot {
    /// An ordinary photo by a careful person.
    fn ordinary(random: &mut Random) -> Self {
        Self {
            module: random.between(3.6, 6.0),
            turn: random.apart(0.0, 0.1),
            tilt: [random.apart(0.0, 0.06), random.apart(0.0, 0.06)],
            bow: 0.0,
            falloff: random.between(0.0, 0.25),
            shadow: false,
            glare: 0.0,
            contrast: random.between(0.75, 0.95),
            blur: random.between(0.5, 0.9),
            motion: [0.0, 0.0],
            noise: random.between(2.0, 5.0),
            compression: 0.4,
            inverted: false,
        }
    }

    fn of(kind: Kind, random: &mut Random) -> Self {
        let mut shot = Self::ordinary(random);
        match kind {
            Kind::Perspective => shot.tilt = [random.apart(0.2, 0.5), random.apart(0.2, 0.5)],
            Kind::Blur => shot.blur = shot.module * random.between(0.42, 0.72),
            Kind::Motion => {
                shot.motion = [
                    shot.module * random.between(0.9, 1.7),
                    random.between(0.0, 3.1),
                ]
            }
            Kind::Noise => shot.noise = random.between(22.0, 52.0),
            Kind::Glare => shot.glare = random.between(0.6, 1.3),
            Kind::Compressed => shot.compression = random.between(2.0, 4.5),
            Kind::Faint => shot.contrast = random.between(0.05, 0.18),
            Kind::Small => shot.module = random.between(1.5, 2.4),
            Kind::Turned => shot.turn = random.apart(0.2, 3.1),
            Kind::Inverted => shot.inverted = true,
            Kind::SecondCode => {
                shot.module = random.between(2.6, 4.0);
                shot.tilt = [random.apart(0.08, 0.2), random.apart(0.08, 0.2)];
                shot.blur = shot.module * random.between(0.25, 0.4);
            }
            Kind::Curved => shot.bow = random.apart(2.5, 6.0),
            Kind::Shadow => shot.shadow = true,
            Kind::Mixed => {
                shot.module = random.between(2.5, 4.0);
                shot.turn = random.apart(0.0, 3.1);
                shot.tilt = [random.apart(0.05, 0.25), random.apart(0.05, 0.25)];
                shot.blur = shot.module * random.between(0.25, 0.45);
                shot.noise = random.between(6.0, 16.0);
                shot.contrast = random.between(0.3, 0.7);
                shot.shadow = random.chance(0.5);
                shot.bow = random.apart(0.0, 2.0);
                shot.compression = random.between(0.5, 1.5);
            }
        }
        shot
    }
}

/// Light falls through the lens: for each pixel the place on the paper that it sees.
fn expose(page: &Page, shot: &Shot, view: &View, random: &mut Random) -> Plane {
    let [width, height] = FRAME;
    let lamp = Lamp::of(view, random);
    Plane::from_fn(width, height, |x, y| {
        let at = |dx: f32, dy: f32| view.shade(page, point(real(x) + dx, real(y) + dy));
        let seen = (at(0.25, 0.25) + at(0.75, 0.25) + at(0.25, 0.75) + at(0.75, 0.75)) / 4.0;
        shade(lamp.lit(seen, point(real(x), real(y)), shot))
    })
}

/// From pixels back to millimetres on the paper.
struct View {
    map: Perspective,
    bow: f32,
    /// The code's middle, in pixels.
    code: Point,
    /// The code's side, in pixels.
    size: f32,
}

impl View {
    fn of(page: &Page, shot: &Shot, random: &mut Random) -> Self {
        let [near, _, far, _] = page.code;
        let middle = (near + far) * 0.5;
        // A large code is photographed from further away, and nearer to the middle, so that all of it is seen.
        let [width, height] = FRAME.map(real);
        let size = (shot.module * real(page.modules)).min(height * 0.55);
        let millimetre = size / (far.x - near.x);
        let aside = if size < height * 0.3 { 0.2 } else { 0.03 };
        let mut off_centre = || 0.5 + random.between(-aside, aside);
        let code = point(width * off_centre(), height * off_centre());
        let (sin, cos) = shot.turn.sin_cos();
        // A square of 100 mm around the code, seen under the tilt, and its inverse by solving for the unit square.
        let half = 50.0;
        let seen =
            [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y): (f32, f32)| {
                let nearer =
                    1.0 / (1.0 + (shot.tilt[0] * x + shot.tilt[1] * y) * half / 40.0 * 0.5);
                let flat = point(
                    x * half * (1.0 - shot.tilt[0].abs() * 0.4),
                    y * half * (1.0 - shot.tilt[1].abs() * 0.4),
                );
                let turned = point(flat.x * cos - flat.y * sin, flat.x * sin + flat.y * cos);
                code + turned * (millimetre * nearer)
            });
        let map = back_to_paper(seen, middle, half);
        Self {
            map,
            bow: shot.bow,
            code,
            size,
        }
    }

    fn shade(&self, page: &Page, pixel: Point) -> f32 {
        let flat = self.map.apply(pixel);
        // The paper's arc lifts the middle of the sheet towards the camera: places shift along it.
        let along = (flat.x - WIDTH / 2.0 * 0.2) / 40.0;
        let across = (flat.y - HEIGHT / 2.0 * 0.2) / 40.0;
        page.shade(point(
            flat.x + self.bow * 0.35 * across * across,
            flat.y + self.bow * along * along,
        ))
    }
}

/// The perspective that takes pixels to millimetres, given where a square around `middle` is seen.
fn back_to_paper(seen: [Point; 4], middle: Point, half: f32) -> Perspective {
    Perspective::of_unit_square(seen)
        .and_then(|map| map.inverse())
        .map_or(Perspective::IDENTITY, |map| {
            map.then_scaled(half * 2.0, middle - point(half, half))
        })
}

struct Lamp {
    from: Point,
    code: Point,
    size: f32,
    edge: f32,
    slope: f32,
    spot: Point,
}

impl Lamp {
    fn of(view: &View, random: &mut Random) -> Self {
        Self {
            from: point(
                random.unit() * real(FRAME[0]),
                random.unit() * real(FRAME[1]),
            ),
            code: view.code,
            size: view.size,
            edge: random.between(-0.3, 0.3),
            slope: random.between(-1.0, 1.0),
            spot: view.code + point(random.apart(0.15, 0.5), random.apart(0.15, 0.5)) * view.size,
        }
    }

    fn lit(&self, paper: f32, pixel: Point, shot: &Shot) -> f32 {
        let faded = 128.0 + (paper - 128.0) * shot.contrast + 20.0 * (1.0 - shot.contrast);
        let print = if shot.inverted { 255.0 - faded } else { faded };
        let away = (pixel - self.from).length() / real(FRAME[0]);
        let mut light = 1.0 - shot.falloff * away;
        if shot.shadow {
            let across = (pixel.x - self.code.x) / self.size
                + (pixel.y - self.code.y) / self.size * self.slope;
            // A soft edge, a tenth of the code wide.
            light *= 1.0 - 0.62 / (1.0 + (-(across - self.edge) * 40.0).exp());
        }
        let spot = (pixel - self.spot).length() / (self.size * 0.32);
        print * light + 255.0 * shot.glare * (-spot * spot).exp()
    }
}

/// What lens, hand, sensor and file do to the picture.
fn develop(plane: Plane, shot: &Shot, random: &mut Random) -> Plane {
    let mut plane = damage::blurred(&plane, shot.blur);
    if shot.motion[0] > 0.0 {
        plane = damage::moved(&plane, shot.motion[0], shot.motion[1]);
    }
    plane = damage::noisy(&plane, shot.noise, random);
    if shot.compression > 0.0 {
        plane = damage::compressed(&plane, shot.compression);
    }
    plane
}

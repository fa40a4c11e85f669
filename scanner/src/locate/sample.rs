use super::Fit;
use crate::geometry::{Point, point, real};
use crate::image::Plane;
use crate::symbol::Grid;

/// Modules on each side of one whose mean parts dark from light.
const RADIUS: usize = 4;

/// Ways to undo blur before the modules are told apart: how much of its neighbours' shade a module gives back,
/// from left and right, and from above and below. Motion blurs one way only.
const SHARPENINGS: [(f32, f32); 6] = [
    (0.0, 0.0),
    (0.25, 0.25),
    (0.6, 0.6),
    (0.8, 0.0),
    (0.0, 0.8),
    (1.2, 1.2),
];

/// The square of modules as the picture shows it at the fit, in several readings of what is dark.
pub(crate) fn grids(plane: &Plane, fit: &Fit) -> impl Iterator<Item = Grid> {
    let shades = Shades::of(plane, fit);
    SHARPENINGS
        .into_iter()
        .map(move |(along, down)| shades.sharpened(along, down).parted())
}

/// One shade for each module.
struct Shades {
    side: usize,
    values: Vec<f32>,
}

impl Shades {
    fn of(plane: &Plane, fit: &Fit) -> Self {
        let side = fit.version.side();
        let mut values = Vec::with_capacity(side * side);
        for y in 0..side {
            values
                .extend((0..side).map(|x| module(plane, fit, point(real(x) + 0.5, real(y) + 0.5))));
        }
        Self { side, values }
    }

    /// The shade of a module; beyond the edge, that of the nearest.
    fn at(&self, x: usize, y: usize) -> f32 {
        let (x, y) = (x.min(self.side - 1), y.min(self.side - 1));
        self.values.get(y * self.side + x).copied().unwrap_or(255.0)
    }

    fn sharpened(&self, along: f32, down: f32) -> Self {
        let (side, mut values) = (self.side, Vec::with_capacity(self.values.len()));
        for y in 0..side {
            for x in 0..side {
                let here = self.at(x, y);
                let across = here - (self.at(x.saturating_sub(1), y) + self.at(x + 1, y)) / 2.0;
                let upright = here - (self.at(x, y.saturating_sub(1)) + self.at(x, y + 1)) / 2.0;
                values.push(here + along * across + down * upright);
            }
        }
        Self { side, values }
    }

    /// Dark is what is darker than the mean of the modules around it: the mask makes dark and light balance.
    fn parted(&self) -> Grid {
        let side = self.side;
        let mut grid = Grid::new(side);
        for y in 0..side {
            for x in 0..side {
                grid.set(x, y, self.at(x, y) < self.mean_around(x, y));
            }
        }
        grid
    }

    fn mean_around(&self, x: usize, y: usize) -> f32 {
        let window = |v: usize| v.saturating_sub(RADIUS)..(v + RADIUS + 1).min(self.side);
        let mut sum = 0.0;
        for row in window(y) {
            let from = row * self.side;
            let columns = window(x);
            sum += self
                .values
                .get(from + columns.start..from + columns.end)
                .unwrap_or_default()
                .iter()
                .sum::<f32>();
        }
        sum / real(window(x).len() * window(y).len())
    }
}

/// The mean of five places in the module.
fn module(plane: &Plane, fit: &Fit, middle: Point) -> f32 {
    const OFF: [(f32, f32); 5] = [
        (0.0, 0.0),
        (-0.2, -0.2),
        (0.2, -0.2),
        (-0.2, 0.2),
        (0.2, 0.2),
    ];
    OFF.iter()
        .map(|(x, y)| plane.between(fit.pixel(middle + point(*x, *y))))
        .sum::<f32>()
        / 5.0
}

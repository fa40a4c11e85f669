use super::Fit;
use crate::geometry::{Point, point, real};
use crate::image::Plane;
use crate::symbol::Grid;

/// Modules on each side of one whose mean parts dark from light.
const RADIUS: usize = 4;

/// Modules of the light border that are sampled with the code: blur carries their light into it.
const BORDER: usize = 2;

/// Blurs that are undone before the modules are told apart: the deviation in modules, along rows and along columns.
/// Motion blurs one way only.
const BLURS: [(f32, f32); 6] = [
    (0.0, 0.0),
    (0.45, 0.45),
    (0.6, 0.6),
    (0.75, 0.0),
    (0.0, 0.75),
    (0.75, 0.75),
];

/// Steps of the iteration that undoes a blur.
const STEPS: usize = 14;

/// The square of modules as the picture shows it at the fit, in several readings of what is dark.
pub(crate) fn grids(plane: &Plane, fit: &Fit) -> impl Iterator<Item = Grid> {
    let shades = Shades::of(plane, fit).levelled();
    BLURS
        .into_iter()
        .map(move |(along, down)| shades.unblurred(along, down).parted())
}

/// The square as it is seen, and how certain each module is.
pub(crate) fn grid_with_certainty(
    plane: &Plane,
    fit: &Fit,
) -> (Grid, impl Fn(usize, usize) -> f32) {
    let shades = Shades::of(plane, fit).levelled();
    (shades.parted(), move |x, y| {
        shades.certainty(x + BORDER, y + BORDER)
    })
}

/// One shade for each module of the code and its border; above zero is light once it is levelled.
struct Shades {
    side: usize,
    values: Vec<f32>,
}

impl Shades {
    fn of(plane: &Plane, fit: &Fit) -> Self {
        let side = fit.version.side() + 2 * BORDER;
        let middle = |i: usize| real(i) + 0.5 - real(BORDER);
        let mut values = Vec::with_capacity(side * side);
        for y in 0..side {
            values.extend((0..side).map(|x| module(plane, fit, point(middle(x), middle(y)))));
        }
        Self { side, values }
    }

    /// The shade of a module; beyond the edge, that of the nearest.
    fn at(&self, x: usize, y: usize) -> f32 {
        let (x, y) = (x.min(self.side - 1), y.min(self.side - 1));
        self.values.get(y * self.side + x).copied().unwrap_or(0.0)
    }

    fn map(&self, mut value: impl FnMut(usize, usize) -> f32) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for y in 0..self.side {
            values.extend((0..self.side).map(|x| value(x, y)));
        }
        Self {
            side: self.side,
            values,
        }
    }

    /// The difference to the mean of the modules around: the mask makes dark and light balance.
    fn levelled(&self) -> Self {
        self.map(|x, y| self.at(x, y) - self.mean_around(x, y))
    }

    fn mean_around(&self, x: usize, y: usize) -> f32 {
        // The border is all light, and would tip the balance.
        let window = |v: usize| {
            v.saturating_sub(RADIUS).max(BORDER)..(v + RADIUS + 1).min(self.side - BORDER)
        };
        let (columns, rows) = (window(x), window(y));
        let mut sum = 0.0;
        for row in rows.clone() {
            let from = row * self.side;
            sum += self
                .values
                .get(from + columns.start..from + columns.end)
                .unwrap_or_default()
                .iter()
                .sum::<f32>();
        }
        sum / real(columns.len() * rows.len())
    }

    /// What, blurred so, gives these shades, every module between fully dark and fully light (van Cittert's
    /// iteration with bounds).
    fn unblurred(&self, along: f32, down: f32) -> Self {
        let mut sharp = Self {
            side: self.side,
            values: self.values.clone(),
        };
        if along <= 0.0 && down <= 0.0 {
            return sharp;
        }
        let bound = self.strongest();
        for _ in 0..STEPS {
            let blurred = sharp.blurred(along, down);
            let rest = self
                .values
                .iter()
                .zip(&blurred.values)
                .map(|(seen, model)| seen - model);
            for (value, rest) in sharp.values.iter_mut().zip(rest) {
                *value = (*value + 1.5 * rest).clamp(-bound, bound);
            }
        }
        sharp
    }

    /// A shade that hardly any module exceeds.
    fn strongest(&self) -> f32 {
        let mut sizes: Vec<f32> = self.values.iter().map(|v| v.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        sizes
            .get(sizes.len() * 95 / 100)
            .copied()
            .unwrap_or(0.0)
            .max(f32::MIN_POSITIVE)
    }

    fn blurred(&self, along: f32, down: f32) -> Self {
        let [near, far] = weights(along);
        let rows = self.map(|x, y| {
            let pair = |off: usize| self.at(x.saturating_sub(off), y) + self.at(x + off, y);
            (1.0 - 2.0 * (near + far)) * self.at(x, y) + near * pair(1) + far * pair(2)
        });
        let [near, far] = weights(down);
        rows.map(|x, y| {
            let pair = |off: usize| rows.at(x, y.saturating_sub(off)) + rows.at(x, y + off);
            (1.0 - 2.0 * (near + far)) * rows.at(x, y) + near * pair(1) + far * pair(2)
        })
    }

    /// How far a shade is from the mean around it, or how far the shades next to it are from each other where that is
    /// less: glare and stains leave no differences.
    fn certainty(&self, x: usize, y: usize) -> f32 {
        let around = (y.saturating_sub(1)..=y + 1)
            .flat_map(|row| (x.saturating_sub(1)..=x + 1).map(move |column| (column, row)));
        let (low, high) = around
            .map(|(column, row)| self.at(column, row))
            .fold((f32::MAX, f32::MIN), |(low, high), shade| {
                (low.min(shade), high.max(shade))
            });
        self.at(x, y).abs().min((high - low) / 2.0)
    }

    fn parted(&self) -> Grid {
        let side = self.side - 2 * BORDER;
        let mut grid = Grid::new(side);
        for y in 0..side {
            for x in 0..side {
                grid.set(x, y, self.at(x + BORDER, y + BORDER) < 0.0);
            }
        }
        grid
    }
}

/// How much of a module's shade a Gaussian blur carries into the next module and the one after.
fn weights(deviation: f32) -> [f32; 2] {
    if deviation <= 0.0 {
        return [0.0; 2];
    }
    let [one, two] = [1.0f32, 2.0].map(|off| (-off * off / (2.0 * deviation * deviation)).exp());
    let total = 1.0 + 2.0 * (one + two);
    [one / total, two / total]
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

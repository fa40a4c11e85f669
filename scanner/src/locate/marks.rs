use crate::geometry::{Point, point, real};
use crate::symbol::Version;

/// A module whose colour is the same in every code of a version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Its middle, in modules.
    pub(super) at: Point,
    dark: bool,
}

impl Mark {
    /// +1 for light, −1 for dark, as shades grow.
    pub(super) fn sign(self) -> f32 {
        if self.dark { -1.0 } else { 1.0 }
    }
}

/// The modules by which a code of one version is recognised.
pub(super) struct Marks {
    /// The three finder patterns with the light border around each.
    pub(super) finders: Vec<Mark>,
    /// The alignment pattern nearest to the fourth corner; none in version 1.
    pub(super) far: Vec<Mark>,
    /// All of these, the timing patterns and the other alignment patterns.
    pub(super) all: Vec<Mark>,
}

impl Marks {
    pub(super) fn of(version: Version) -> Self {
        let side = version.side();
        let far_edge = real(side) - 3.5;
        let finders: Vec<Mark> = [point(3.5, 3.5), point(far_edge, 3.5), point(3.5, far_edge)]
            .into_iter()
            .flat_map(|middle| rings(middle, 4, |ring| ring != 2 && ring != 4))
            .collect();
        let centres = version.alignment_centres();
        let last = side - 7;
        let corner = |x: usize, y: usize| {
            (x == 6 || x == last) && (y == 6 || y == last) && (x, y) != (last, last)
        };
        let alignments = centres
            .iter()
            .flat_map(|y| centres.iter().map(move |x| (*x, *y)))
            .filter(|(x, y)| !corner(*x, *y))
            .flat_map(|(x, y)| alignment(x, y));
        let far = if centres.is_empty() {
            Vec::new()
        } else {
            alignment(last, last).collect()
        };
        let timing = (8..side - 8).flat_map(|i| {
            let along = real(i) + 0.5;
            [point(along, 6.5), point(6.5, along)].map(|at| Mark {
                at,
                dark: i % 2 == 0,
            })
        });
        let all = finders
            .iter()
            .copied()
            .chain(timing)
            .chain(alignments)
            .collect();
        Self { finders, far, all }
    }
}

fn alignment(x: usize, y: usize) -> impl Iterator<Item = Mark> {
    rings(point(real(x) + 0.5, real(y) + 0.5), 2, |ring| ring != 1)
}

/// Square rings of modules around a middle, dark or light by ring.
fn rings(middle: Point, reach: i8, dark: fn(u8) -> bool) -> impl Iterator<Item = Mark> {
    (-reach..=reach).flat_map(move |dy| {
        (-reach..=reach).map(move |dx| Mark {
            at: middle + point(f32::from(dx), f32::from(dy)),
            dark: dark(dx.unsigned_abs().max(dy.unsigned_abs())),
        })
    })
}

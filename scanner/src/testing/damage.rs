use super::random::Random;
use crate::geometry::{point, real, shade, whole};
use crate::image::Plane;
use std::f32::consts::PI;

/// Gaussian blur of the given deviation in pixels, as two one-way passes.
pub(super) fn blurred(plane: &Plane, deviation: f32) -> Plane {
    let reach = whole(deviation * 2.5).max(1);
    let weights: Vec<f32> = (0..=2 * reach)
        .map(|i| {
            let off = (real(i) - real(reach)) / deviation;
            (-off * off / 2.0).exp()
        })
        .collect();
    let total: f32 = weights.iter().sum();
    let pass = |plane: &Plane, dx: f32, dy: f32| {
        Plane::from_fn(plane.width(), plane.height(), |x, y| {
            let sum = weights.iter().enumerate().map(|(i, weight)| {
                let off = real(i) - real(reach);
                weight
                    * f32::from(
                        plane.nearest(point(real(x) + 0.5 + off * dx, real(y) + 0.5 + off * dy)),
                    )
            });
            shade(sum.sum::<f32>() / total)
        })
    };
    pass(&pass(plane, 1.0, 0.0), 0.0, 1.0)
}

/// The picture smeared along a straight way.
pub(super) fn moved(plane: &Plane, length: f32, direction: f32) -> Plane {
    let (sin, cos) = direction.sin_cos();
    let steps = whole(length).max(1) * 2;
    Plane::from_fn(plane.width(), plane.height(), |x, y| {
        let sum = (0..=steps).map(|i| {
            let off = (real(i) / real(steps) - 0.5) * length;
            plane.between(point(real(x) + 0.5 + off * cos, real(y) + 0.5 + off * sin))
        });
        shade(sum.sum::<f32>() / real(steps + 1))
    })
}

pub(super) fn noisy(plane: &Plane, deviation: f32, random: &mut Random) -> Plane {
    let mut luma = plane.luma().iter();
    Plane::from_fn(plane.width(), plane.height(), |_, _| {
        let value = luma.next().copied().unwrap_or(0);
        shade(f32::from(value) + deviation * random.normal())
    })
}

/// The luminance table of ITU-T T.81 annex K.
const QUANTA: [[u8; 8]; 8] = [
    [16, 11, 10, 16, 24, 40, 51, 61],
    [12, 12, 14, 19, 26, 58, 60, 55],
    [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62],
    [18, 22, 37, 56, 68, 109, 103, 77],
    [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101],
    [72, 92, 95, 98, 112, 100, 103, 99],
];

type Block = [[f32; 8]; 8];

/// What JPEG leaves of each block of 8 × 8 pixels when its coefficients are rounded to multiples of the
/// standard table times `coarseness`.
pub(super) fn compressed(plane: &Plane, coarseness: f32) -> Plane {
    let waves = waves();
    let across = plane.width().div_ceil(8);
    let blocks: Vec<Block> = (0..across * plane.height().div_ceil(8))
        .map(|i| {
            let (left, top) = (i % across * 8, i / across * 8);
            let pixels = block(|x, y| {
                f32::from(plane.nearest(point(real(left + x), real(top + y)))) - 128.0
            });
            let coefficients = transformed(&pixels, &waves, false);
            let rounded = block(|u, v| {
                let quantum = f32::from(QUANTA[v][u]) * coarseness;
                (coefficients[v][u] / quantum).round() * quantum
            });
            transformed(&rounded, &waves, true)
        })
        .collect();
    Plane::from_fn(plane.width(), plane.height(), |x, y| {
        let value = blocks
            .get(y / 8 * across + x / 8)
            .map_or(0.0, |block| block[y % 8][x % 8]);
        shade(value + 128.0)
    })
}

fn block(mut at: impl FnMut(usize, usize) -> f32) -> Block {
    let mut block = [[0.0; 8]; 8];
    for (y, row) in block.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            *value = at(x, y);
        }
    }
    block
}

/// The orthonormal cosines: `waves[u][x]`.
fn waves() -> Block {
    block(|x, u| {
        let scale = if u == 0 { (1.0f32 / 8.0).sqrt() } else { 0.5 };
        scale * ((real(x) + 0.5) * real(u) * PI / 8.0).cos()
    })
}

/// The cosine transform of a block, or its inverse.
fn transformed(values: &Block, waves: &Block, inverse: bool) -> Block {
    let wave = |i: usize, k: usize| if inverse { waves[k][i] } else { waves[i][k] };
    let rows = block(|x, y| (0..8).map(|k| wave(x, k) * values[y][k]).sum());
    block(|x, y| (0..8).map(|k| wave(y, k) * rows[k][x]).sum())
}

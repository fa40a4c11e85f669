use super::{Grid, Version};

/// The codewords in the order in which they wind up and down through the square, with the mask taken off.
pub(super) fn read(grid: &Grid, version: Version, mask: u8) -> Vec<u8> {
    let modules: Vec<(usize, usize)> = data_modules(version).collect();
    let bit = |(x, y): &(usize, usize)| u8::from(grid.dark(*x, *y) ^ masked(mask, *x, *y));
    modules
        .chunks_exact(8)
        .map(|word| {
            word.iter()
                .fold(0, |value, module| value << 1 | bit(module))
        })
        .collect()
}

/// How certain each codeword is: as certain as its least certain module.
pub(super) fn certainties(version: Version, certainty: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let modules: Vec<f32> = data_modules(version)
        .map(|(x, y)| certainty(x, y))
        .collect();
    modules
        .chunks_exact(8)
        .map(|word| word.iter().copied().fold(f32::MAX, f32::min))
        .collect()
}

fn data_modules(version: Version) -> impl Iterator<Item = (usize, usize)> {
    let centres = version.alignment_centres();
    winding(version.side()).filter(move |(x, y)| !version.is_function(*x, *y, &centres))
}

/// Columns in pairs from the right, alternately upwards and downwards; the vertical timing column is left out.
fn winding(side: usize) -> impl Iterator<Item = (usize, usize)> {
    let pairs = (side - 1) / 2;
    (0..pairs).flat_map(move |pair| {
        let right = side - 1 - 2 * pair;
        let right = if right <= 6 { right - 1 } else { right };
        let upwards = pair % 2 == 0;
        (0..side).flat_map(move |step| {
            let y = if upwards { side - 1 - step } else { step };
            [(right, y), (right - 1, y)]
        })
    })
}

/// Whether the mask pattern flips this module (ISO/IEC 18004 table 10).
fn masked(mask: u8, x: usize, y: usize) -> bool {
    let product = x * y;
    let rest = match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => product % 2 + product % 3,
        6 => (product % 2 + product % 3) % 2,
        _ => ((x + y) % 2 + product % 3) % 2,
    };
    rest == 0
}

use super::Grid;

/// Generator of the (15, 5) code that protects the format, and the mask laid over it (ISO/IEC 18004 annex C).
const FORMAT_GENERATOR: u32 = 0x537;
const FORMAT_MASK: u32 = 0x5412;

/// How much of the code may be damaged: about 7, 15, 25, 30 percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    L,
    M,
    Q,
    H,
}

impl Level {
    pub(super) fn row(self) -> usize {
        match self {
            Self::L => 0,
            Self::M => 1,
            Self::Q => 2,
            Self::H => 3,
        }
    }

    fn of_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => Self::M,
            1 => Self::L,
            2 => Self::H,
            _ => Self::Q,
        }
    }
}

/// What the format information around the finder patterns says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) level: Level,
    /// Which of the eight mask patterns lies over the data.
    pub(crate) mask: u8,
}

/// The format nearest to either copy, if no more than three bits are wrong.
pub(crate) fn read(grid: &Grid) -> Option<Format> {
    let copies = [bits_of(grid, first_copy), bits_of(grid, second_copy)];
    (0..32u8)
        .map(|data| {
            let wanted = pattern(u32::from(data));
            (
                data,
                copies
                    .iter()
                    .map(|bits| (bits ^ wanted).count_ones())
                    .min()
                    .unwrap_or(15),
            )
        })
        .min_by_key(|(_, distance)| *distance)
        .filter(|(_, distance)| *distance <= 3)
        .map(|(data, _)| Format {
            level: Level::of_bits(u32::from(data) >> 3),
            mask: data & 7,
        })
}

fn bits_of(grid: &Grid, place: fn(usize, usize) -> (usize, usize)) -> u32 {
    (0..15).rev().fold(0, |bits, i| {
        let (x, y) = place(i, grid.side());
        bits << 1 | u32::from(grid.dark(x, y))
    })
}

/// Column and row of bit `i` beside the top left finder pattern.
fn first_copy(i: usize, _side: usize) -> (usize, usize) {
    match i {
        0..=5 => (8, i),
        6 => (8, 7),
        7 => (8, 8),
        8 => (7, 8),
        _ => (14usize.saturating_sub(i), 8),
    }
}

/// Column and row of bit `i` beside the other two.
fn second_copy(i: usize, side: usize) -> (usize, usize) {
    if i < 8 {
        (side.saturating_sub(1 + i), 8)
    } else {
        (8, (side + i).saturating_sub(15))
    }
}

fn pattern(data: u32) -> u32 {
    let mut rest = data;
    for _ in 0..10 {
        rest = (rest << 1) ^ ((rest >> 9) * FORMAT_GENERATOR);
    }
    (data << 10 | rest) ^ FORMAT_MASK
}

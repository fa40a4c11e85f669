use super::format::Level;

/// Error correction codewords in each block, by level (L, M, Q, H) and version (ISO/IEC 18004 table 9).
const CORRECTION: [[u8; 40]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30,
        30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30,
        30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

/// Number of blocks, by level and version (same table).
const BLOCKS: [[u8; 40]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13,
        14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23,
        25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29,
        34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35,
        37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];

/// The size of a QR code: 1 (21 modules a side) to 40 (177).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version(usize);

impl Version {
    pub(crate) const MAX: usize = 40;

    pub(crate) fn new(number: usize) -> Option<Self> {
        (1..=Self::MAX).contains(&number).then_some(Self(number))
    }

    /// The version with this many modules a side.
    pub(crate) fn of_side(side: usize) -> Option<Self> {
        let beyond = side.checked_sub(17)?;
        if beyond % 4 == 0 {
            Self::new(beyond / 4)
        } else {
            None
        }
    }

    pub(crate) fn number(self) -> usize {
        self.0
    }

    pub(crate) fn side(self) -> usize {
        17 + 4 * self.0
    }

    /// Rows (and columns) of the alignment patterns' centres, ascending (ISO/IEC 18004 annex E).
    pub(crate) fn alignment_centres(self) -> Vec<usize> {
        if self.0 == 1 {
            return Vec::new();
        }
        let count = self.0 / 7 + 2;
        let step = if self.0 == 32 {
            26
        } else {
            (self.0 * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        };
        let mut centres: Vec<usize> = (0..count - 1).map(|i| self.side() - 7 - i * step).collect();
        centres.push(6);
        centres.reverse();
        centres
    }

    /// Codewords of any kind that fit beside the function patterns.
    pub(crate) fn codewords(self) -> usize {
        let v = self.0;
        let mut modules = (16 * v + 128) * v + 64;
        if v >= 2 {
            let alignments = v / 7 + 2;
            modules -= (25 * alignments - 10) * alignments - 55;
        }
        if v >= 7 {
            modules -= 36;
        }
        modules / 8
    }

    pub(crate) fn blocks(self, level: Level) -> usize {
        lookup(&BLOCKS, level, self)
    }

    pub(crate) fn correction_per_block(self, level: Level) -> usize {
        lookup(&CORRECTION, level, self)
    }

    /// Whether the module belongs to a pattern rather than to the data.
    pub(crate) fn is_function(self, x: usize, y: usize, centres: &[usize]) -> bool {
        let side = self.side();
        let (left, top) = (x < 9, y < 9);
        let (right, bottom) = (x + 8 >= side, y + 8 >= side);
        let finder = (left && (top || bottom)) || (right && top);
        let timing = x == 6 || y == 6;
        let version = self.0 >= 7 && ((x < 6 && y + 11 >= side) || (y < 6 && x + 11 >= side));
        finder || timing || version || self.in_alignment(x, y, centres)
    }

    fn in_alignment(self, x: usize, y: usize, centres: &[usize]) -> bool {
        let near = |v: usize| centres.iter().copied().find(|c| v.abs_diff(*c) <= 2);
        let (Some(cx), Some(cy)) = (near(x), near(y)) else {
            return false;
        };
        let far = self.side() - 7;
        // The three corners with finder patterns have no alignment pattern.
        !matches!((cx, cy), (6, 6)) && (cx, cy) != (6, far) && (cx, cy) != (far, 6)
    }
}

fn lookup(table: &[[u8; 40]; 4], level: Level, version: Version) -> usize {
    table
        .get(level.row())
        .and_then(|row| row.get(version.0 - 1))
        .copied()
        .map_or(1, usize::from)
}

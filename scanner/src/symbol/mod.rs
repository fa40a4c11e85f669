//! From a square of dark and light modules to the text of a QR code (ISO/IEC 18004), Model 2, versions 1 to 40.

mod bitstream;
mod blocks;
mod charset;
mod codewords;
mod format;
mod grid;
mod reed_solomon;
mod version;

#[cfg(test)]
mod tests;

pub(crate) use grid::Grid;
pub(crate) use version::Version;

/// The text of the code drawn on `grid`, or `None` where it cannot be read without guessing.
///
/// A code printed through a mirror (a film, a glass door) is read from the transposed square.
pub(crate) fn read(grid: &Grid) -> Option<String> {
    read_upright(grid).or_else(|| read_upright(&grid.transposed()))
}

fn read_upright(grid: &Grid) -> Option<String> {
    let version = Version::of_side(grid.side())?;
    let format = format::read(grid)?;
    let codewords = codewords::read(grid, version, format.mask);
    let data = blocks::corrected(&codewords, version, format.level)?;
    let pieces = bitstream::parse(&data, version)?;
    charset::text_of(&pieces)
}

/// The text of a code of which parts are hidden, given how certain each module is (by column and row; only the order
/// matters). Twice the damage can be repaired, since it is known where it is.
pub(crate) fn read_by_certainty(
    grid: &Grid,
    certainty: impl Fn(usize, usize) -> f32,
) -> Option<String> {
    let version = Version::of_side(grid.side())?;
    let format = format::read(grid)?;
    let codewords = codewords::read(grid, version, format.mask);
    let certainties = codewords::certainties(version, certainty);
    let data = blocks::corrected_by_certainty(&codewords, &certainties, version, format.level)?;
    let pieces = bitstream::parse_padded(&data, version)?;
    charset::text_of(&pieces)
}

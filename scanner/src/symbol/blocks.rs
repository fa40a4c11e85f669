use super::format::Level;
use super::{Version, reed_solomon};

/// The data codewords of all blocks, damage repaired, or `None` where a block is damaged beyond repair.
pub(super) fn corrected(codewords: &[u8], version: Version, level: Level) -> Option<Vec<u8>> {
    let correction = version.correction_per_block(level);
    let mut data = Vec::with_capacity(codewords.len());
    for mut block in untangled(codewords, version, level) {
        reed_solomon::correct(&mut block, correction)?;
        let length = block.len().checked_sub(correction)?;
        data.extend_from_slice(block.get(..length)?);
    }
    Some(data)
}

/// The blocks, whose codewords are dealt out in turn: first all data, then all correction. The later blocks
/// may hold one data codeword more than the first ones.
fn untangled(codewords: &[u8], version: Version, level: Level) -> Vec<Vec<u8>> {
    let count = version.blocks(level);
    let correction = version.correction_per_block(level);
    let short = version.codewords() / count - correction;
    let first_long = count - version.codewords() % count;
    let mut blocks = vec![Vec::with_capacity(short + 1 + correction); count];
    let mut rest = codewords.iter().copied();
    for row in 0..=short {
        let from = if row < short { 0 } else { first_long };
        deal(&mut rest, blocks.iter_mut().skip(from));
    }
    for _ in 0..correction {
        deal(&mut rest, blocks.iter_mut());
    }
    blocks
}

fn deal<'a>(
    codewords: &mut impl Iterator<Item = u8>,
    blocks: impl Iterator<Item = &'a mut Vec<u8>>,
) {
    for block in blocks {
        block.extend(codewords.next());
    }
}

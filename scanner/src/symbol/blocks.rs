use super::format::Level;
use super::{Version, reed_solomon};

/// Correction codewords that are kept for errors at places that were not doubted: with fewer, chance would make a code
/// out of anything.
const RESERVE: usize = 6;

/// The data codewords of all blocks, damage repaired, or `None` where a block is damaged beyond repair.
pub(super) fn corrected(codewords: &[u8], version: Version, level: Level) -> Option<Vec<u8>> {
    let correction = version.correction_per_block(level);
    joined(
        untangled(codewords, version, level),
        correction,
        |block, _| reed_solomon::correct(block, correction, &[]),
    )
}

/// The same, where it is known how certain each codeword is: the least certain are left out, a few at first, then
/// more and more.
pub(super) fn corrected_by_certainty(
    codewords: &[u8],
    certainties: &[f32],
    version: Version,
    level: Level,
) -> Option<Vec<u8>> {
    let correction = version.correction_per_block(level);
    let certainties = untangled(certainties, version, level);
    joined(
        untangled(codewords, version, level),
        correction,
        |block, number| {
            let certain = certainties.get(number)?;
            let mut order: Vec<usize> = (0..block.len()).collect();
            let certainty = |place: &usize| certain.get(*place).copied().unwrap_or(0.0);
            order.sort_by(|a, b| certainty(a).total_cmp(&certainty(b)));
            (0..=correction.saturating_sub(RESERVE))
                .step_by(2)
                .find_map(|doubtful| {
                    let mut repaired = block.to_vec();
                    reed_solomon::correct(&mut repaired, correction, order.get(..doubtful)?)?;
                    block.copy_from_slice(&repaired);
                    Some(())
                })
        },
    )
}

/// The data of all blocks one after the other, each repaired first.
fn joined(
    blocks: Vec<Vec<u8>>,
    correction: usize,
    repair: impl Fn(&mut [u8], usize) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    for (number, mut block) in blocks.into_iter().enumerate() {
        repair(&mut block, number)?;
        let length = block.len().checked_sub(correction)?;
        data.extend_from_slice(block.get(..length)?);
    }
    Some(data)
}

/// The blocks, whose codewords are dealt out in turn: first all data, then all correction. The later blocks
/// may hold one data codeword more than the first ones.
fn untangled<T: Copy>(codewords: &[T], version: Version, level: Level) -> Vec<Vec<T>> {
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

fn deal<'a, T: 'a>(
    codewords: &mut impl Iterator<Item = T>,
    blocks: impl Iterator<Item = &'a mut Vec<T>>,
) {
    for block in blocks {
        block.extend(codewords.next());
    }
}

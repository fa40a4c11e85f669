//! Reed–Solomon correction over GF(256) with the polynomial x⁸+x⁴+x³+x²+1 and roots α⁰, α¹, … (ISO/IEC 18004
//! annex A), by Berlekamp–Massey, Chien search and Forney's formula.

/// Powers of the generator α = 2, and their logarithms.
struct Field {
    exp: [u8; 255],
    log: [u8; 256],
}

const FIELD: Field = field();

const fn field() -> Field {
    let mut field = Field {
        exp: [0; 255],
        log: [0; 256],
    };
    let mut value = 1u8;
    let mut power = 0u8;
    while power < 255 {
        field.exp[power as usize] = value;
        field.log[value as usize] = power;
        value = (value << 1) ^ (if value >= 128 { 0x1d } else { 0 });
        power += 1;
    }
    field
}

fn exp(power: usize) -> u8 {
    FIELD.exp.get(power % 255).copied().unwrap_or(0)
}

fn log(value: u8) -> usize {
    FIELD
        .log
        .get(usize::from(value))
        .copied()
        .map_or(0, usize::from)
}

fn mul(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        0
    } else {
        exp(log(a) + log(b))
    }
}

/// `a / b`; `b` is not zero.
fn div(a: u8, b: u8) -> u8 {
    if a == 0 {
        0
    } else {
        exp(log(a) + 255 - log(b))
    }
}

/// Value at α^`power` of a polynomial, lowest coefficient first.
fn evaluate(polynomial: &[u8], power: usize) -> u8 {
    polynomial
        .iter()
        .rev()
        .fold(0, |sum, c| mul(sum, exp(power)) ^ c)
}

/// Repairs a block in place whose last `correction` codewords are there for it. Each codeword at one of the `doubtful`
/// places costs one of them, whatever it holds, each wrong one elsewhere two. `None` where they are too few.
pub(super) fn correct(block: &mut [u8], correction: usize, doubtful: &[usize]) -> Option<()> {
    let syndromes = syndromes(block, correction);
    if syndromes.iter().all(|s| *s == 0) {
        return Some(());
    }
    let last = block.len().checked_sub(1)?;
    let powers: Vec<usize> = doubtful
        .iter()
        .filter_map(|place| last.checked_sub(*place))
        .collect();
    let locator = locator(&syndromes, &powers);
    let errors = locator.len() - 1;
    // Twice the errors elsewhere, and once the doubtful ones.
    if (2 * errors).checked_sub(powers.len())? > correction {
        return None;
    }
    let evaluator = product(&syndromes, &locator, correction);
    let mut repaired = 0;
    for (from_end, word) in block.iter_mut().rev().enumerate() {
        let inverse = 255 - from_end % 255;
        if evaluate(&locator, inverse) == 0 {
            *word ^= magnitude(&locator, &evaluator, inverse)?;
            repaired += 1;
        }
    }
    (repaired == errors && self::syndromes(block, correction).iter().all(|s| *s == 0)).then_some(())
}

fn syndromes(block: &[u8], correction: usize) -> Vec<u8> {
    (0..correction)
        .map(|power| {
            block
                .iter()
                .fold(0, |sum, word| mul(sum, exp(power)) ^ word)
        })
        .collect()
}

/// The shortest polynomial that has the inverses of α to the `known` powers among its roots and generates the
/// syndromes (Berlekamp–Massey), without trailing zeros.
fn locator(syndromes: &[u8], known: &[usize]) -> Vec<u8> {
    let start = known.iter().fold(vec![1u8], |so_far, power| {
        let shifted: Vec<u8> = std::iter::once(0).chain(so_far.iter().copied()).collect();
        sum(&so_far, &shifted, exp(*power))
    });
    let mut current = start.clone();
    let mut previous = start;
    let mut length = known.len();
    for n in known.len()..syndromes.len() {
        previous.insert(0, 0);
        let wrong = discrepancy(&current, syndromes, n);
        if wrong == 0 {
            continue;
        }
        let next = sum(&current, &previous, wrong);
        if 2 * length <= n + known.len() {
            previous = current.iter().map(|c| div(*c, wrong)).collect();
            length = n + 1 + known.len() - length;
        }
        current = next;
    }
    while current.len() > 1 && current.last() == Some(&0) {
        current.pop();
    }
    current
}

fn discrepancy(locator: &[u8], syndromes: &[u8], n: usize) -> u8 {
    let recent = syndromes.iter().take(n + 1).rev();
    locator
        .iter()
        .zip(recent)
        .fold(0, |sum, (c, s)| sum ^ mul(*c, *s))
}

/// `a + factor · b`
fn sum(a: &[u8], b: &[u8], factor: u8) -> Vec<u8> {
    let coefficient = |p: &[u8], i: usize| p.get(i).copied().unwrap_or(0);
    (0..a.len().max(b.len()))
        .map(|i| coefficient(a, i) ^ mul(factor, coefficient(b, i)))
        .collect()
}

/// `a · b`, the first `terms` coefficients.
fn product(a: &[u8], b: &[u8], terms: usize) -> Vec<u8> {
    (0..terms)
        .map(|n| {
            b.iter()
                .zip(a.iter().take(n + 1).rev())
                .fold(0, |sum, (x, y)| sum ^ mul(*x, *y))
        })
        .collect()
}

/// Forney's formula at the root α^`inverse` of the locator; the first root of the code is α⁰.
fn magnitude(locator: &[u8], evaluator: &[u8], inverse: usize) -> Option<u8> {
    let derivative: Vec<u8> = locator
        .iter()
        .skip(1)
        .enumerate()
        .map(|(i, c)| if i % 2 == 0 { *c } else { 0 })
        .collect();
    let below = evaluate(&derivative, inverse);
    (below != 0).then(|| {
        mul(
            exp(255 - inverse % 255),
            div(evaluate(evaluator, inverse), below),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appends the remainder of division by the generator polynomial: a second way to the same code.
    fn encode(data: &[u8], correction: usize) -> Vec<u8> {
        let mut generator = vec![1u8];
        for power in 0..correction {
            let shifted: Vec<u8> = generator.iter().copied().chain([0]).collect();
            generator.insert(0, 0);
            generator = sum(
                &shifted.into_iter().rev().collect::<Vec<_>>(),
                &generator.iter().rev().copied().collect::<Vec<_>>(),
                exp(power),
            )
            .into_iter()
            .rev()
            .collect();
        }
        // Highest coefficient first from here on.
        let mut rest = vec![0u8; correction];
        for byte in data {
            let factor = byte ^ rest.remove(0);
            rest.push(0);
            for (r, g) in rest.iter_mut().zip(generator.iter().skip(1)) {
                *r ^= mul(*g, factor);
            }
        }
        data.iter().copied().chain(rest).collect()
    }

    #[test]
    fn as_many_errors_as_half_the_correction_are_repaired_and_one_more_is_not() {
        let data: Vec<u8> = (0..40u8).map(|i| i.wrapping_mul(37) ^ 5).collect();
        for correction in [7usize, 10, 17, 30] {
            let sent = encode(&data, correction);
            for errors in 0..=correction / 2 {
                let mut received = sent.clone();
                for e in 0..errors {
                    received[(e * 7) % 40] ^= 0x5a + e as u8;
                }
                assert_eq!(
                    correct(&mut received, correction, &[]),
                    Some(()),
                    "{errors} of {correction}"
                );
                assert_eq!(received, sent);
            }
            let mut received = sent.clone();
            for e in 0..=correction / 2 + 1 {
                received[(e * 7) % 40] ^= 0x31 + e as u8;
            }
            assert!(correct(&mut received, correction, &[]).is_none() || received != sent);
        }
    }

    #[test]
    fn twice_as_many_errors_are_repaired_where_it_is_known_which_are_doubtful() {
        let data: Vec<u8> = (0..30u8).map(|i| i.wrapping_mul(91) ^ 17).collect();
        let sent = encode(&data, 18);
        let places: Vec<usize> = (0..12).map(|i| (i * 5 + 2) % 48).collect();
        let mut received = sent.clone();
        for place in &places {
            received[*place] ^= 0xa5;
        }
        // Three more, and one doubtful place that is right after all.
        for place in [0, 1, 3] {
            received[place] ^= 0x11;
        }
        received[places[0]] = sent[places[0]];
        assert_eq!(correct(&mut received.clone(), 18, &[]), None);
        assert_eq!(correct(&mut received, 18, &places), Some(()));
        assert_eq!(received, sent);
    }
}

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

/// Repairs up to half as many codewords as there are `correction` codewords at the block's end, in place.
/// `None` where there are more.
pub(super) fn correct(block: &mut [u8], correction: usize) -> Option<()> {
    let syndromes = syndromes(block, correction);
    if syndromes.iter().all(|s| *s == 0) {
        return Some(());
    }
    let locator = locator(&syndromes);
    let errors = locator.len() - 1;
    if 2 * errors > correction {
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

/// The shortest polynomial that generates the syndromes (Berlekamp–Massey), without trailing zeros.
fn locator(syndromes: &[u8]) -> Vec<u8> {
    let mut current = vec![1u8];
    let mut previous = vec![1u8];
    let mut length = 0;
    for n in 0..syndromes.len() {
        previous.insert(0, 0);
        let wrong = discrepancy(&current, syndromes, n);
        if wrong == 0 {
            continue;
        }
        let next = sum(&current, &previous, wrong);
        if 2 * length <= n {
            previous = current.iter().map(|c| div(*c, wrong)).collect();
            length = n + 1 - length;
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
                    correct(&mut received, correction),
                    Some(()),
                    "{errors} of {correction}"
                );
                assert_eq!(received, sent);
            }
            let mut received = sent.clone();
            for e in 0..=correction / 2 + 1 {
                received[(e * 7) % 40] ^= 0x31 + e as u8;
            }
            assert!(correct(&mut received, correction).is_none() || received != sent);
        }
    }
}

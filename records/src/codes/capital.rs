//! Amounts in capital Chinese numerals (大写), as finance staff compare them.
//!
//! Zero rules follow 支付结算办法 (annex, rules on writing bills): a gap of zeros between two figures is
//! read as one 零, zeros at the end are not read, and 整 closes an amount that has no 分.

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

/// The amount of `fen` in capitals: 壹仟贰佰捌拾陆圆整; a negative one begins with `(负数)`.
pub fn capital(fen: i64) -> String {
    let mut out = String::from(if fen < 0 { "(负数)" } else { "" });
    let (yuan, jiao, rest) = split(fen.unsigned_abs());
    if yuan > 0 {
        push_integer(&mut out, yuan);
        out.push('圆');
    }
    if jiao > 0 {
        push_digit(&mut out, jiao);
        out.push('角');
    } else if yuan > 0 && rest > 0 {
        out.push('零');
    }
    if rest > 0 {
        push_digit(&mut out, rest);
        out.push('分');
    } else {
        out.push_str(if yuan == 0 && jiao == 0 {
            "零圆整"
        } else {
            "整"
        });
    }
    out
}

fn split(fen: u64) -> (u64, u64, u64) {
    (fen / 100, fen / 10 % 10, fen % 10)
}

/// Writes `n` > 0, splitting at 亿, then at 万, then by places.
fn push_integer(out: &mut String, n: u64) {
    for (size, unit) in [
        (100_000_000, "亿"),
        (10_000, "万"),
        (1_000, "仟"),
        (100, "佰"),
        (10, "拾"),
    ] {
        if n < size {
            continue;
        }
        push_integer(out, n / size);
        out.push_str(unit);
        let rest = n % size;
        if rest == 0 {
            return;
        }
        if rest < size / 10 {
            out.push('零');
        }
        return push_integer(out, rest);
    }
    push_digit(out, n);
}

fn push_digit(out: &mut String, digit: u64) {
    let name = usize::try_from(digit).ok().and_then(|d| DIGITS.get(d));
    out.push_str(name.copied().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_bills_print_them() {
        for (fen, text) in [
            (128_600, "壹仟贰佰捌拾陆圆整"),
            (10_000, "壹佰圆整"),
            (0, "零圆整"),
            (5, "伍分"),
            (50, "伍角整"),
            (55, "伍角伍分"),
            (150, "壹圆伍角整"),
            (153, "壹圆伍角叁分"),
            (103, "壹圆零叁分"),
            (1_000, "壹拾圆整"),
            (1_200, "壹拾贰圆整"),
            (140_950, "壹仟肆佰零玖圆伍角整"),
            (600_714, "陆仟零柒圆壹角肆分"),
            (1_640_902, "壹万陆仟肆佰零玖圆零贰分"),
            (10_700_053, "壹拾万柒仟圆伍角叁分"),
            (1_050_000, "壹万零伍佰圆整"),
            (10_050_000, "壹拾万零伍佰圆整"),
            (1_000_500, "壹万零伍圆整"),
            (10_000_000_000, "壹亿圆整"),
            (10_000_000_100, "壹亿零壹圆整"),
            (10_010_000_000, "壹亿零壹拾万圆整"),
            (100_000_000_000_000, "壹万亿圆整"),
            (-10_000, "(负数)壹佰圆整"),
        ] {
            assert_eq!(capital(fen), text, "{fen}");
        }
    }

    #[test]
    fn the_extremes_have_a_reading() {
        assert_eq!(
            capital(i64::MIN),
            "(负数)玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌圆零捌分"
        );
    }
}

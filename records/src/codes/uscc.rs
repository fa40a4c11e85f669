//! The unified social credit code (统一社会信用代码) of a seller or buyer, GB 32100-2015.
//!
//! A person may be the buyer, with an old id of 15 to 20 characters or just 个人: what does not check
//! out is a warning beside the field, never a reason to refuse a document.

/// The alphabet of GB 32100: no I, O, Z, S, V. A character's value is its position.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i−1) mod 31 (GB 32100-2015, 4.2).
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Weights of the organisation code's check digit (GB 11714-1997).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// How an id compares with GB 32100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsccCheck {
    /// 18 characters of the alphabet, both check digits right.
    Valid,
    /// The shape of a credit code, but a check digit is wrong: a warning.
    WrongCheckDigit,
    /// Not a credit code at all, such as the id of a person.
    OtherId,
}

crate::names!(UsccCheck { Valid "valid", WrongCheckDigit "wrong_check_digit", OtherId "other_id" });

/// Checks the organisation code's digit (17th character) and the code's own (18th). Letters of
/// either case are taken.
pub fn check(id: &str) -> UsccCheck {
    let id = id.to_ascii_uppercase();
    if !has_shape(&id) {
        return UsccCheck::OtherId;
    }
    let own = check_digit(&id);
    let organisation = id.get(8..).and_then(organisation_digit);
    if own.is_some() && own == id.chars().nth(17) && organisation == id.chars().nth(16) {
        UsccCheck::Valid
    } else {
        UsccCheck::WrongCheckDigit
    }
}

/// Whether `text` is 18 characters of the alphabet of GB 32100.
pub(super) fn has_shape(text: &str) -> bool {
    text.len() == 18 && text.chars().all(|c| ALPHABET.contains(c))
}

/// The 18th character that follows the first 17 of `code`; `None` for fewer or other characters.
pub fn check_digit(code: &str) -> Option<char> {
    let sum = weighted_sum(code, &WEIGHTS, |c| u32::try_from(ALPHABET.find(c)?).ok())?;
    let value = usize::try_from((31 - sum % 31) % 31).ok()?;
    ALPHABET.chars().nth(value)
}

/// The check character that follows the first 8 of an organisation code (letters count A = 10 to Z
/// = 35).
pub fn organisation_digit(code: &str) -> Option<char> {
    let sum = weighted_sum(code, &ORGANISATION_WEIGHTS, |c| c.to_digit(36))?;
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

fn weighted_sum(text: &str, weights: &[u32], value: fn(char) -> Option<u32>) -> Option<u32> {
    let mut chars = text.chars();
    weights.iter().try_fold(0, |sum, weight| {
        let value = chars.next().and_then(value)?;
        Some(sum + value * weight)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_are_valid() {
        for code in [
            "91440300708437873H",
            "91350100M000100Y43",
            "91320621MA1MRHG205",
            "91440300708437873h",
        ] {
            assert_eq!(check(code), UsccCheck::Valid, "{code}");
        }
    }

    /// The counter-example of the standard itself.
    #[test]
    fn the_standards_counter_example_is_not_valid() {
        assert_ne!(check("91350100M000100Y4Z"), UsccCheck::Valid);
    }

    #[test]
    fn a_changed_character_is_noticed() {
        let code = "91440300708437873H";
        for at in 0..18 {
            for c in ALPHABET.chars() {
                let mut changed: Vec<char> = code.chars().collect();
                if changed[at] == c {
                    continue;
                }
                changed[at] = c;
                let changed: String = changed.into_iter().collect();
                assert_eq!(check(&changed), UsccCheck::WrongCheckDigit, "{changed}");
            }
        }
    }

    /// The 17th character is changed and the 18th made to fit.
    #[test]
    fn a_wrong_organisation_digit_is_noticed_behind_a_right_check_digit() {
        let start = "91440300708437874";
        let code = format!("{start}{}", check_digit(start).unwrap());
        assert_eq!(check(&code), UsccCheck::WrongCheckDigit);
    }

    #[test]
    fn ids_of_persons_are_other_ids() {
        for id in [
            "",
            "个人",
            "440301800101123",
            "44030119800101123SX",
            "91440300708437873О",
        ] {
            assert_eq!(check(id), UsccCheck::OtherId, "{id}");
        }
    }
}

//! Names of people and organisations that do not exist, and their ids with correct check digits.

use super::random::Random;
use records::codes::uscc;

const SURNAMES: [&str; 40] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨",
    "朱", "秦", "许", "何", "吕", "张", "孔", "曹", "严", "华", "金", "魏", "陶", "姜", "戚", "谢",
    "邹", "柏", "苏", "潘", "葛", "范", "彭", "鲁",
];
const GIVEN: [&str; 36] = [
    "若兰", "明川", "晚舟", "一鸣", "思远", "雨桐", "志诚", "静怡", "浩然", "佳宁", "文博", "嘉禾",
    "清和", "书瑶", "立群", "春晓", "国栋", "玉珍", "建平", "秀英", "子涵", "宇轩", "慧敏", "海波",
    "冬梅", "振华", "晓芸", "景行", "知夏", "怀瑾", "云帆", "以宁", "承志", "素心", "远山", "秋实",
];

/// A person's name. The same number gives the same name; 1440 in all.
pub fn person(number: usize) -> String {
    let surname = SURNAMES[number % SURNAMES.len()];
    format!(
        "{surname}{}",
        GIVEN[(number / SURNAMES.len() + number) * 5 % GIVEN.len()]
    )
}

/// A unified social credit code (GB 32100-2015) with both check digits right. Its region, 440399, is assigned to no place.
pub fn credit_code(name: &str, kind: &str) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut random = Random::new(&["uscc", name]);
    loop {
        let tail: String = (0..6).map(|_| char::from(*random.pick(ALPHABET))).collect();
        let organisation = format!("MA{tail}");
        let digit = uscc::organisation_digit(&organisation);
        let head = digit.map(|digit| format!("{kind}440399{organisation}{digit}"));
        let check = head.as_deref().and_then(uscc::check_digit);
        if let (Some(head), Some(check)) = (head, check) {
            return format!("{head}{check}");
        }
    }
}

/// Registration kinds in a credit code.
pub const ENTERPRISE: &str = "91";
/// 事业单位, such as public hospitals.
pub const INSTITUTION: &str = "12";

#[cfg(test)]
mod tests {
    use super::*;
    use records::codes::uscc::{UsccCheck, check};
    use std::collections::HashSet;

    #[test]
    fn made_up_credit_codes_check_out() {
        for n in 0..200 {
            let code = credit_code(&n.to_string(), ENTERPRISE);
            assert_eq!(check(&code), UsccCheck::Valid, "{code}");
        }
    }

    #[test]
    fn the_first_two_hundred_people_have_names_of_their_own() {
        let names: HashSet<String> = (0..200).map(person).collect();
        assert_eq!(names.len(), 200);
    }
}

//! An invoice's committed fields as typed values, and their comparison with a printed code.

use super::{SCHEMA, amounts::Line};
use crate::{
    Digest, canonical,
    codes::{Amount, AmountMeaning, Date, Declared},
    fields::{self, Opened, SALT},
};

/// What an issuer commits to, field by field of [`SCHEMA`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// 票种, as printed codes name it: `10`, `32`, …
    pub invoice_type: String,
    /// 金额 without tax, in fen.
    pub amount: i64,
    /// 税额 in fen.
    pub tax: i64,
    /// 价税合计 in fen.
    pub total: i64,
    /// 开票日期.
    pub date: Date,
    /// 销售方名称.
    pub seller_name: String,
    /// 销售方识别号.
    pub seller_id: String,
    /// 购买方名称.
    pub buyer_name: String,
    /// 购买方识别号; empty for a person.
    pub buyer_id: String,
    /// 货物或应税劳务.
    pub lines: Vec<Line>,
    /// 校验码, or the hash of a blockchain invoice; empty where there is none.
    pub check_code: String,
    /// Reference of the payment on which it was issued; empty where there is none.
    pub payment_ref: String,
    /// 备注.
    pub remarks: String,
}

/// The facts cannot be committed to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The lines have no canonical encoding.
    #[error(transparent)]
    Lines(#[from] canonical::Error),
    /// A value is too long.
    #[error(transparent)]
    Fields(#[from] fields::Error),
}

impl Facts {
    /// The commitment, with salts from this seed of 16 random bytes.
    pub fn commit(&self, seed: &[u8; SALT]) -> Result<Digest, Error> {
        let values = self.values()?;
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        Ok(Digest(SCHEMA.commit(seed, &values)?))
    }

    /// The full opening, for the invoice's file or link.
    pub fn open_all(&self, seed: &[u8; SALT]) -> Result<Vec<u8>, Error> {
        let values = self.values()?;
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        Ok(SCHEMA.open_all(seed, &values)?)
    }

    /// The values in the order of [`SCHEMA`].
    pub fn values(&self) -> Result<Vec<String>, canonical::Error> {
        let lines = canonical::encode(&self.lines)?;
        Ok(vec![
            self.invoice_type.clone(),
            self.amount.to_string(),
            self.tax.to_string(),
            self.total.to_string(),
            self.date.compact(),
            self.seller_name.clone(),
            self.seller_id.clone(),
            self.buyer_name.clone(),
            self.buyer_id.clone(),
            String::from_utf8_lossy(&lines).into_owned(),
            self.check_code.clone(),
            self.payment_ref.clone(),
            self.remarks.clone(),
        ])
    }
}

/// One fact of a printed code beside the committed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Name of the field in [`SCHEMA`].
    pub field: &'static str,
    /// The printed value, in the spelling of the field.
    pub printed: String,
    /// Whether the committed value is the same.
    pub agrees: bool,
}

/// Compares what a printed code declares with opened fields. A field that either side lacks is left
/// out: nothing is said about it. Code and number are the record's id and not compared here.
pub fn compare(declared: &Declared, opened: &Opened) -> Vec<Compared> {
    let texts = [
        ("kind", declared.invoice_type.clone()),
        ("date", declared.date.map(Date::compact)),
        ("seller_id", declared.seller.clone()),
        ("check_code", declared.check.clone()),
    ];
    let amount = declared
        .amount
        .and_then(|amount| compare_amount(amount, opened));
    let texts = texts.into_iter().filter_map(|(field, printed)| {
        let printed = printed?;
        let agrees = value(opened, field)?.eq_ignore_ascii_case(&printed);
        Some(Compared {
            field,
            printed,
            agrees,
        })
    });
    amount.into_iter().chain(texts).collect()
}

/// An amount of unknown meaning agrees with either amount, and disagrees only where both are open.
fn compare_amount(printed: Amount, opened: &Opened) -> Option<Compared> {
    let text = printed.fen.to_string();
    let compared = |field| {
        let agrees = value(opened, field)? == text;
        Some(Compared {
            field,
            printed: text.clone(),
            agrees,
        })
    };
    match printed.meaning {
        AmountMeaning::BeforeTax => compared("amount"),
        AmountMeaning::TaxInclusive => compared("total"),
        AmountMeaning::Unknown => match (compared("amount"), compared("total")) {
            (Some(amount), _) if amount.agrees => Some(amount),
            (_, Some(total)) if total.agrees => Some(total),
            (Some(_), Some(total)) => Some(total),
            _ => None,
        },
    }
}

fn value<'a>(opened: &'a Opened, field: &str) -> Option<&'a str> {
    let index = SCHEMA.index(field)?;
    let (_, value) = opened.iter().find(|(at, _)| *at == index)?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    const SEED: [u8; SALT] = [5; SALT];
    const ORDINARY: &str = "01,10,011001900311,26105568,5.45,20190602,69609999443421834136";

    fn facts() -> Facts {
        Facts {
            invoice_type: "10".into(),
            amount: 545,
            tax: 33,
            total: 578,
            date: Date::parse("20190602").expect("a day"),
            seller_name: "南国饭店".into(),
            seller_id: "91440300708437873H".into(),
            buyer_name: "宏图公司".into(),
            buyer_id: "91350100M000100Y43".into(),
            lines: vec![Line {
                amount: 545,
                item: "餐饮服务".into(),
                qty: "1".into(),
                rate: "6%".into(),
                tax: 33,
            }],
            check_code: "69609999443421834136".into(),
            payment_ref: String::new(),
            remarks: String::new(),
        }
    }

    fn opened() -> Opened {
        let root = facts().commit(&SEED).expect("commits");
        let opening = facts().open_all(&SEED).expect("opens");
        SCHEMA.open(&opening, &root.0).expect("fits")
    }

    /// Field and agreement, in order.
    fn compared(text: &str, opened: &Opened) -> Vec<(&'static str, bool)> {
        let declared = codes::read(text).declared().expect("an invoice");
        compare(&declared, opened)
            .iter()
            .map(|c| (c.field, c.agrees))
            .collect()
    }

    #[test]
    fn facts_fill_the_schema_in_its_order() {
        let opened = opened();
        assert_eq!(opened.len(), SCHEMA.fields.len());
        for (field, expected) in [
            ("kind", "10"),
            ("tax", "33"),
            ("total", "578"),
            ("date", "20190602"),
            ("seller_name", "南国饭店"),
            ("buyer_id", "91350100M000100Y43"),
            ("check_code", "69609999443421834136"),
            ("remarks", ""),
        ] {
            assert_eq!(value(&opened, field), Some(expected));
        }
        let lines = value(&opened, "lines").and_then(super::super::amounts::read_lines);
        assert_eq!(lines, Some(facts().lines));
    }

    #[test]
    fn a_printed_code_agrees_field_by_field() {
        let all = [
            ("amount", true),
            ("kind", true),
            ("date", true),
            ("check_code", true),
        ];
        assert_eq!(compared(ORDINARY, &opened()), all);
        let mut with_total = all;
        with_total[0].0 = "total";
        assert_eq!(
            compared(&ORDINARY.replace("5.45", "5.78"), &opened()),
            with_total
        );
    }

    #[test]
    fn every_altered_field_is_named() {
        for (from, to, field) in [
            ("5.45", "545.00", "total"),
            (",10,", ",04,", "kind"),
            ("20190602", "20190603", "date"),
            ("69609999443421834136", "69609999443421834137", "check_code"),
        ] {
            let compared = compared(&ORDINARY.replace(from, to), &opened());
            let altered: Vec<_> = compared.iter().filter(|(_, agrees)| !agrees).collect();
            assert_eq!(altered, [&(field, false)]);
        }
    }

    /// A special invoice prints the amount before tax, so its total in that place is an alteration.
    #[test]
    fn the_meaning_of_the_amount_decides_what_it_is_compared_with() {
        let special = |yuan| format!("01,01,1200154130,03630024,{yuan},20190602");
        let digital = |yuan| format!("01,32,,25432000000031411143,{yuan},20190602");
        assert_eq!(compared(&special("5.45"), &opened())[0], ("amount", true));
        assert_eq!(compared(&special("5.78"), &opened())[0], ("amount", false));
        assert_eq!(compared(&digital("5.78"), &opened())[0], ("total", true));
        assert_eq!(compared(&digital("5.45"), &opened())[0], ("total", false));
    }

    #[test]
    fn nothing_is_said_of_fields_that_stay_closed() {
        let only = |name: &str| -> Opened {
            let index = SCHEMA.index(name).expect("a field");
            opened()
                .into_iter()
                .filter(|(at, _)| *at == index)
                .collect()
        };
        assert_eq!(compared(ORDINARY, &Vec::new()), []);
        assert_eq!(compared(ORDINARY, &only("amount")), [("amount", true)]);
        // 5.45 may be the amount before tax: the total alone cannot contradict it.
        assert_eq!(compared(ORDINARY, &only("total")), []);
        assert_eq!(compared(ORDINARY, &only("buyer_name")), []);
    }
}

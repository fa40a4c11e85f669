//! What a code says by itself (码面所示): the parts of its number, the check digits of the ids, and whether the amounts agree with each other. Read by the
//! rules that codes are made by, and no proof; what disagrees is a caution and nothing more.

use crate::draw::prelude::*;
use crate::i18n::{Lang, field, small, words};
use crate::widget::{Mark, find, mark};
use records::{
    codes::{Form, InvoiceCode, NumberAnatomy, Travel, uscc},
    kinds::invoice::amounts::{self, Note},
};
use verifier::verdict::{Field, Verdict};

/// One thing that the code says.
#[derive(Debug, PartialEq)]
struct Said {
    name: String,
    value: String,
    /// Whether it disagrees with itself.
    off: bool,
}

/// The card; nothing where the code says nothing of this kind.
pub fn card(lang: Lang, verdict: &Verdict) -> Html {
    let said = said(lang, &verdict.id, &verdict.fields);
    if verdict.kind != "invoice" || said.is_empty() {
        return Html::default();
    }
    let off = said.iter().any(|one| one.off);
    html! {
        <section class="card stack" data-testid="said" data-off={off.to_string()}>
            <h3>{ lang.t(words::SAID) }</h3>
            if off { <p class="note warn">{ lang.t(words::SAID_OFF) }</p> }
            <dl class="fields">{ for said.iter().map(row) }</dl>
            <p class="caption">{ lang.t(words::SAID_SAY) }</p>
        </section>
    }
}

fn row(one: &Said) -> Html {
    html! { <><dt>{ &one.name }</dt><dd>if one.off { { mark(Mark::Dash, 14) }{ " " } }{ &one.value }</dd></> }
}

fn said(lang: Lang, id: &str, fields: &[Field]) -> Vec<Said> {
    let (code, number) = id.split_once('-').unwrap_or(("", id));
    let plain = |name: &str, value: String| Said {
        name: name.to_owned(),
        value,
        off: false,
    };
    let mut said = Vec::new();
    let parts = match (InvoiceCode::of(code), NumberAnatomy::of(number)) {
        (Some(code), _) => Some((code.region, code.year, form(code.form), code.batch)),
        (None, Some(number)) => Some((number.region, number.year, travel(number.travel), "")),
        (None, None) => None,
    };
    if let Some((place, year, kind, batch)) = parts {
        said.push(plain(lang.t(words::SAID_REGION), region(lang, place)));
        said.push(plain(lang.t(words::SAID_YEAR), year.to_string()));
        if let Some(kind) = kind {
            said.push(plain(&field(lang, "kind"), small(lang, kind)));
        }
        if !batch.is_empty() {
            said.push(plain(lang.t(words::SAID_BATCH), batch.to_owned()));
        }
    }
    said.extend(["seller_id", "buyer_id"].into_iter().filter_map(|name| {
        let (word, off) = match uscc::check(&find(fields, name)?.value) {
            uscc::UsccCheck::Valid => (words::SAID_ID, false),
            uscc::UsccCheck::WrongCheckDigit => (words::SAID_ID_OFF, true),
            // A person's.
            uscc::UsccCheck::OtherId => return None,
        };
        let (name, value) = (field(lang, name), lang.t(word).to_owned());
        Some(Said { name, value, off })
    }));
    said.extend(sums(lang, fields));
    said
}

/// Whether amount and tax are the total, and the lines add up to them; nothing where one of the three is not known.
fn sums(lang: Lang, fields: &[Field]) -> Vec<Said> {
    let fen = |name| find(fields, name)?.value.parse().ok();
    let (Some(amount), Some(tax), Some(total)) = (fen("amount"), fen("tax"), fen("total")) else {
        return Vec::new();
    };
    let lines = find(fields, "lines").and_then(|lines| amounts::read_lines(&lines.value));
    let notes = amounts::compare(amount, tax, total, &lines.unwrap_or_default());
    let said = |value: String, off| Said {
        name: field(lang, "total"),
        value,
        off,
    };
    if notes.is_empty() {
        return vec![said(lang.t(words::SAID_SUM).to_owned(), false)];
    }
    let notes = notes.into_iter().map(|note| match note {
        Note::TotalDiffers => lang.t(words::SAID_SUM_OFF).to_owned(),
        Note::LinesDiffer => lang.t(words::SAID_LINES_OFF).to_owned(),
        Note::LineTaxDiffers { line } => {
            lang.fill(words::SAID_TAX_OFF, &[("line", &(line + 1).to_string())])
        }
    });
    notes.map(|note| said(note, true)).collect()
}

/// The province's name by its two digits, and the digits.
fn region(lang: Lang, digits: &str) -> String {
    let code = ["region-", digits.get(..2).unwrap_or_default()].concat();
    let name = small(lang, &code);
    if name == code {
        digits.to_owned()
    } else {
        [&name, " ", digits].concat()
    }
}

/// The kind (票种) that a form is named by; none where the code's is not documented.
fn form(form: Form) -> Option<&'static str> {
    Some(match form {
        Form::Blockchain => "type-100",
        Form::ElectronicOrdinary => "type-10",
        Form::ElectronicSpecial => "type-08",
        Form::Toll => "type-14",
        Form::Roll => "type-11",
        Form::FoldedOrdinary | Form::Ordinary => "type-04",
        Form::Special => "type-01",
        Form::Freight => "type-02",
        Form::Other => return None,
    })
}

fn travel(travel: Option<Travel>) -> Option<&'static str> {
    Some(match travel? {
        Travel::Air => "type-61",
        Travel::Railway => "type-51",
        Travel::Toll => "type-59",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::verdict::Backing;

    fn told(id: &str, fields: &[(&str, &str)]) -> Vec<(String, String, bool)> {
        let fields: Vec<Field> = fields
            .iter()
            .map(|(name, value)| Field {
                name: (*name).into(),
                value: (*value).into(),
                backing: Backing::Claimed,
            })
            .collect();
        let said = said(Lang::Zh, id, &fields).into_iter();
        said.map(|one| (one.name, one.value, one.off)).collect()
    }

    fn row(name: &str, value: &str, off: bool) -> (String, String, bool) {
        (name.into(), value.into(), off)
    }

    /// Numbers of published codes: a blockchain invoice's, an ordinary one's on paper, and a train ticket's.
    #[test]
    fn a_code_tells_region_year_kind_and_batch() {
        let parts = |region, year, kind, batch| {
            vec![
                row("地区", region, false),
                row("年份", year, false),
                row("票种", kind, false),
                row("批次", batch, false),
            ]
        };
        assert_eq!(
            told("144031909110-01034285", &[]),
            parts("广东 4403", "2019", "区块链电子发票", "091")
        );
        assert_eq!(
            told("4200161350-00015045", &[]),
            parts("湖北 4200", "2016", "增值税普通发票", "1")
        );
        let ticket = told("26339132621000219582", &[]);
        assert_eq!(
            ticket,
            [
                row("地区", "浙江 33", false),
                row("年份", "2026", false),
                row("票种", "铁路电子客票", false)
            ]
        );
        // A fiscal bill's code is made by other rules, and a region may be unknown.
        assert_eq!(told("11010125-0488888987", &[]), []);
        assert_eq!(told("099901900311-26105568", &[])[0].1, "9990");
    }

    #[test]
    fn a_wrong_check_digit_is_a_caution_and_a_persons_id_says_nothing() {
        let ids = |seller, buyer| told("1", &[("seller_id", seller), ("buyer_id", buyer)]);
        assert_eq!(
            ids("91440300708437873H", "91350100M000100Y44"),
            [
                row("销售方税号", "校验位正确", false),
                row("购买方税号", "校验位不符", true)
            ]
        );
        assert_eq!(ids("440301800101123", "个人"), []);
    }

    #[test]
    fn amounts_that_do_not_add_up_are_a_caution_within_the_tolerance_of_a_fen_a_line() {
        const LINES: &str =
            r#"[{"amount":10000,"item":"餐饮服务","qty":"1","rate":"6%","tax":600}]"#;
        let sums = |amount, tax, total| {
            let fields = [
                ("amount", amount),
                ("tax", tax),
                ("total", total),
                ("lines", LINES),
            ];
            told("1", &fields)
                .into_iter()
                .map(|(_, value, off)| (value, off))
                .collect::<Vec<_>>()
        };
        let right = || vec![("等于金额加税额".to_owned(), false)];
        assert_eq!(sums("10000", "600", "10600"), right());
        assert_eq!(sums("10001", "600", "10601"), right());
        assert_eq!(
            sums("10000", "600", "10700"),
            [("不等于金额加税额".to_owned(), true)]
        );
        assert_eq!(
            sums("10002", "600", "10602"),
            [("明细合计与金额或税额不符".to_owned(), true)]
        );
        // A printed code carries one amount: nothing is said.
        assert_eq!(told("1", &[("amount", "10000")]), []);
    }
}

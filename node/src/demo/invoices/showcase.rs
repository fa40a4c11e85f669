//! The invoices that a visitor is shown: each stands for a verdict.

use super::{Desk, Form, Life, Made, Slot, Wish, goods::TRADES, portal_address};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use records::{codes::Link, kinds::invoice::SCHEMA};

/// What an invoice is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Genuine,
    Opened,
    Red,
    RedPart,
    Reimbursed,
    Locked,
    Void,
    Digital,
    Metro,
    Bill,
}

/// Invoices to show, and one that was never issued.
pub struct Showcase {
    shown: Vec<(Shown, Made)>,
    unknown: Made,
}

impl Showcase {
    /// The invoice shown as this.
    pub fn get(&self, shown: Shown) -> &Made {
        let found = self.shown.iter().find(|(as_what, _)| *as_what == shown);
        &found.expect("one of each").1
    }

    /// An invoice that looks like the others and that nobody wrote down.
    pub fn unknown(&self) -> &Made {
        &self.unknown
    }
}

impl Made {
    /// The text of its printed code.
    pub fn printed(&self) -> String {
        self.form.print(&self.number, &self.facts)
    }

    /// The address on a blockchain invoice.
    pub fn portal_address(&self) -> String {
        portal_address(&self.number, &self.facts)
    }

    /// The opening of who bought it, and of nothing else.
    pub fn buyer_opening(&self) -> String {
        let values = self.facts.values().expect("encodes");
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let buyer = SCHEMA.index("buyer_id").expect("a field");
        let opening = SCHEMA.open_some(&self.seed, &values, &[buyer]);
        BASE64_URL_SAFE_NO_PAD.encode(opening.expect("fits"))
    }

    /// Its own link with every field opened.
    pub fn link(&self) -> String {
        let opening = self.facts.open_all(&self.seed).expect("fits");
        Link::new("invoice", &self.number.id(), Some(opening))
            .expect("a link")
            .to_fragment()
    }
}

/// Issuer, form, lines as (item, pieces, unit, price with tax), life, slot of issue, remarks.
type Row = (
    Shown,
    &'static str,
    Form,
    &'static [(&'static str, i64, &'static str, i64)],
    Life,
    usize,
    &'static str,
);

const ROWS: [Row; 10] = [
    (
        Shown::Genuine,
        "skyline-restaurant",
        Form::Electronic,
        &[
            ("*餐饮服务*晚餐", 1, "次", 108_600),
            ("*餐饮服务*茶水", 4, "位", 5_000),
        ],
        Life::Held,
        198,
        "T18 桌",
    ),
    (
        Shown::Opened,
        "skyline-restaurant",
        Form::Blockchain,
        &[
            ("*餐饮服务*宴会", 1, "桌", 268_000),
            ("*餐饮服务*茶水", 10, "位", 5_000),
        ],
        Life::Held,
        190,
        "",
    ),
    (
        Shown::Red,
        "yunan-hotel",
        Form::DigitalOrdinary,
        &[("*住宿服务*住宿费", 2, "天", 56_800)],
        Life::RedWhole,
        150,
        "订单取消，已退款",
    ),
    (
        Shown::RedPart,
        "wentai-office",
        Form::Electronic,
        &[
            ("*纸制品*复印纸", 5, "箱", 18_600),
            ("*文具*办公文具", 1, "批", 24_500),
        ],
        Life::RedPart,
        120,
        "",
    ),
    (
        Shown::Reimbursed,
        "skyline-restaurant",
        Form::Blockchain,
        &[("*餐饮服务*工作午餐", 6, "位", 8_800)],
        Life::Reimbursed,
        140,
        "",
    ),
    (
        Shown::Locked,
        "jiangbin-taxi",
        Form::Electronic,
        &[("*运输服务*客运服务费", 1, "次", 8_640)],
        Life::Locked,
        175,
        "机场—会展中心",
    ),
    (
        Shown::Void,
        "huilin-market",
        Form::PaperOrdinary,
        &[("*日用杂品*清洁用品", 1, "批", 32_800)],
        Life::Void,
        160,
        "抬头有误",
    ),
    (
        Shown::Digital,
        "zhiyuan-electronics",
        Form::DigitalSpecial,
        &[
            ("*电子计算机*笔记本电脑", 2, "台", 689_900),
            ("*计算机外部设备*显示器", 2, "台", 159_900),
        ],
        Life::Held,
        185,
        "",
    ),
    (
        Shown::Metro,
        "jiangbin-metro",
        Form::Blockchain,
        &[("*运输服务*地铁乘车费", 1, "次", 600)],
        Life::Held,
        202,
        "桃源站—会展中心站",
    ),
    (
        Shown::Bill,
        "hospital-group",
        Form::Fiscal,
        &[
            ("诊查费", 1, "次", 3_000),
            ("CT 检查费", 1, "次", 32_000),
            ("西药费", 2, "盒", 4_680),
        ],
        Life::Held,
        188,
        "门诊号 3306-118",
    ),
];

/// Companies buy what is shown as held or claimed; these are for a person.
const FOR_PEOPLE: [Shown; 3] = [Shown::Metro, Shown::Bill, Shown::Void];

pub fn write(desk: &mut Desk<'_>) -> Showcase {
    let mut shown = Vec::new();
    for row in &ROWS {
        let made = desk.issue(wish(row));
        desk.live(&made, row.4);
        shown.push((row.0, made));
    }
    let time = desk.calendar.nth(196);
    let mut unknown = wish(&ROWS[0]);
    unknown.issued = Slot(196);
    let unknown = desk.make(unknown, time);
    Showcase { shown, unknown }
}

fn wish((shown, issuer, form, items, life, slot, remarks): &Row) -> Wish {
    let trade = TRADES.iter().position(|trade| trade.issuer == *issuer);
    let trade = trade.expect("a trade");
    let lines = items
        .iter()
        .map(|(name, pieces, unit, price)| TRADES[trade].priced(name, *pieces, unit, *price));
    Wish {
        trade,
        form: *form,
        issued: Slot(*slot),
        held: life.is_held(!FOR_PEOPLE.contains(shown)),
        buyer: FOR_PEOPLE.contains(shown).then_some(3),
        lines: lines.collect(),
        is_paid: true,
        remarks: (*remarks).into(),
    }
}

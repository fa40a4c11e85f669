//! What each issuer sells, at which rate, on which forms.

use super::{super::random::Random, forms::Form};
use records::kinds::invoice::amounts::Line;

/// Something sold: name, unit, price with tax in fen from and to, most pieces.
type Item = (&'static str, &'static str, i64, i64, i64);

/// An issuer's business.
pub struct Trade {
    /// The issuer's member id.
    pub issuer: &'static str,
    /// 税率 as printed, and in per mille.
    pub rate: (&'static str, i64),
    /// Forms that it issues, by turns.
    pub forms: &'static [Form],
    /// What it sells.
    pub items: &'static [Item],
    /// Most lines on one invoice.
    pub most_lines: u64,
    /// Invoices in the full set, and in the small one.
    pub count: (usize, usize),
    /// Share of invoices made out to companies, percent.
    pub to_companies: u64,
}

const VAT13: (&str, i64) = ("13%", 130);
const VAT9: (&str, i64) = ("9%", 90);
const VAT6: (&str, i64) = ("6%", 60);
const SIMPLE3: (&str, i64) = ("3%", 30);
const EXEMPT: (&str, i64) = ("免税", 0);

use Form::{
    Blockchain, DigitalOrdinary, DigitalSpecial, Electronic, Fiscal, PaperOrdinary, PaperSpecial,
};

const fn trade(
    issuer: &'static str,
    rate: (&'static str, i64),
    forms: &'static [Form],
    items: &'static [Item],
) -> Trade {
    Trade {
        issuer,
        rate,
        forms,
        items,
        most_lines: 3,
        count: (70, 10),
        to_companies: 60,
    }
}

/// All twenty.
pub const TRADES: [Trade; 20] = [
    Trade {
        count: (260, 40),
        to_companies: 75,
        ..trade(
            "skyline-restaurant",
            VAT6,
            &[Blockchain, Electronic, DigitalOrdinary, Blockchain],
            &[
                ("*餐饮服务*餐费", "次", 12_800, 238_800, 1),
                ("*餐饮服务*宴会", "桌", 168_000, 388_000, 3),
                ("*餐饮服务*观光下午茶", "位", 16_800, 26_800, 4),
            ],
        )
    },
    Trade {
        count: (700, 40),
        to_companies: 0,
        most_lines: 1,
        ..trade(
            "jiangbin-metro",
            SIMPLE3,
            &[Blockchain],
            &[("*运输服务*地铁乘车费", "次", 200, 1_400, 1)],
        )
    },
    Trade {
        count: (260, 30),
        to_companies: 0,
        most_lines: 4,
        ..trade(
            "hospital-group",
            EXEMPT,
            &[Fiscal],
            &[
                ("诊查费", "次", 1_500, 10_000, 1),
                ("检验费", "项", 2_400, 38_000, 3),
                ("CT 检查费", "次", 21_000, 64_000, 1),
                ("西药费", "盒", 980, 26_800, 5),
                ("中成药费", "盒", 1_850, 9_800, 4),
                ("治疗费", "次", 3_000, 48_000, 2),
            ],
        )
    },
    trade(
        "yunan-hotel",
        VAT6,
        &[DigitalSpecial, DigitalOrdinary, PaperSpecial],
        &[
            ("*住宿服务*住宿费", "天", 32_800, 88_800, 5),
            ("*会展服务*会议室租用", "场", 180_000, 560_000, 1),
        ],
    ),
    trade(
        "jiangbin-taxi",
        SIMPLE3,
        &[Electronic, DigitalOrdinary],
        &[("*运输服务*客运服务费", "次", 1_380, 16_800, 1)],
    ),
    trade(
        "huilin-market",
        VAT13,
        &[Electronic, DigitalOrdinary, PaperOrdinary],
        &[
            ("*纸制品*抽纸", "箱", 4_990, 12_900, 4),
            ("*日用杂品*清洁用品", "批", 3_600, 42_000, 1),
            ("*饮料*矿泉水", "箱", 2_800, 5_600, 10),
        ],
    ),
    trade(
        "zhixing-books",
        EXEMPT,
        &[Electronic, DigitalOrdinary],
        &[
            ("*印刷品*图书", "册", 2_800, 12_800, 12),
            ("*印刷品*期刊", "册", 1_500, 4_500, 6),
        ],
    ),
    trade(
        "wanlian-telecom",
        VAT9,
        &[DigitalOrdinary, DigitalSpecial],
        &[
            ("*电信服务*基础电信服务费", "月", 5_900, 29_900, 1),
            ("*电信服务*专线接入费", "月", 120_000, 480_000, 1),
        ],
    ),
    trade(
        "wentai-office",
        VAT13,
        &[DigitalSpecial, Electronic, PaperSpecial],
        &[
            ("*纸制品*复印纸", "箱", 14_500, 21_800, 10),
            ("*文具*办公文具", "批", 6_800, 98_000, 1),
            ("*计算机配套产品*硒鼓", "支", 28_900, 79_900, 4),
        ],
    ),
    trade(
        "jifeng-express",
        VAT6,
        &[DigitalOrdinary, DigitalSpecial],
        &[("*物流辅助服务*收派服务费", "单", 1_200, 9_600, 8)],
    ),
    trade(
        "anju-property",
        VAT6,
        &[DigitalOrdinary, PaperOrdinary],
        &[
            ("*企业管理服务*物业管理费", "月", 18_600, 168_000, 3),
            ("*经营租赁*车位管理费", "月", 30_000, 60_000, 1),
        ],
    ),
    trade(
        "jiangbin-power",
        VAT13,
        &[DigitalSpecial, DigitalOrdinary],
        &[("*供电*电费", "月", 8_600, 1_860_000, 1)],
    ),
    trade(
        "jiangbin-water",
        SIMPLE3,
        &[DigitalOrdinary, Electronic],
        &[("*水冰雪*自来水费", "月", 2_600, 86_000, 1)],
    ),
    trade(
        "haitong-fuel",
        VAT13,
        &[Electronic, DigitalSpecial],
        &[
            ("*汽油*95 号车用汽油", "升", 20_000, 48_000, 1),
            ("*汽油*92 号车用汽油", "升", 15_000, 42_000, 1),
        ],
    ),
    trade(
        "lingshang-tea",
        VAT9,
        &[Electronic, DigitalOrdinary],
        &[
            ("*茶及饮料原料*绿茶", "盒", 12_800, 58_800, 4),
            ("*茶及饮料原料*红茶", "盒", 9_800, 46_800, 4),
        ],
    ),
    trade(
        "zhiyuan-electronics",
        VAT13,
        &[DigitalSpecial, PaperSpecial, Electronic],
        &[
            ("*电子计算机*笔记本电脑", "台", 499_900, 1_299_900, 3),
            ("*计算机外部设备*显示器", "台", 99_900, 289_900, 4),
            ("*计算机外部设备*键盘鼠标套装", "套", 12_900, 59_900, 6),
        ],
    ),
    trade(
        "caiyun-printing",
        VAT13,
        &[DigitalSpecial, PaperSpecial],
        &[("*印刷服务*画册印刷", "批", 68_000, 860_000, 1)],
    ),
    trade(
        "boxue-training",
        SIMPLE3,
        &[DigitalOrdinary, Electronic],
        &[("*非学历教育服务*培训费", "人", 98_000, 398_000, 4)],
    ),
    trade(
        "lvye-gardens",
        VAT9,
        &[DigitalSpecial, PaperSpecial],
        &[
            ("*园林绿化服务*绿化养护", "月", 260_000, 980_000, 1),
            ("*花卉*绿植租摆", "月", 18_000, 96_000, 1),
        ],
    ),
    trade(
        "maixiang-bakery",
        VAT13,
        &[Electronic, DigitalOrdinary],
        &[
            ("*焙烤食品*糕点", "份", 2_800, 38_800, 3),
            ("*焙烤食品*面包", "份", 800, 6_800, 6),
        ],
    ),
];

impl Trade {
    /// A few of its items, with amounts that add up.
    pub fn lines(&self, random: &mut Random) -> Vec<Line> {
        let most = self.most_lines.min(self.items.len() as u64);
        let mut items: Vec<&Item> = self.items.iter().collect();
        random.shuffle(&mut items);
        items.truncate(1 + random.below(most) as usize);
        items
            .into_iter()
            .map(|item| self.line(item, random))
            .collect()
    }

    fn line(&self, (name, unit, low, high, most): &Item, random: &mut Random) -> Line {
        let pieces = random.between(1, *most);
        // Prices with tax end in whole ten fen, as on price lists.
        let price = random.between(low / 10, high / 10) * 10;
        self.priced(name, pieces, unit, price)
    }

    /// A line of so many pieces at this price with tax, in fen.
    pub fn priced(&self, name: &str, pieces: i64, unit: &str, price: i64) -> Line {
        let (rate, per_mille) = self.rate;
        let total = price * pieces;
        let amount = (total * 1000 * 2 + 1000 + per_mille) / (2 * (1000 + per_mille));
        Line {
            amount,
            item: name.into(),
            qty: format!("{pieces} {unit}"),
            rate: rate.into(),
            tax: total - amount,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_issuers_issue_two_thousand_invoices_in_full_and_all_of_them_a_few_in_small() {
        assert_eq!(TRADES.len(), 20);
        let full: usize = TRADES.iter().map(|trade| trade.count.0).sum();
        assert!(full >= 2_000, "{full}");
        assert!(TRADES.iter().all(|trade| trade.count.1 > 0));
    }
}

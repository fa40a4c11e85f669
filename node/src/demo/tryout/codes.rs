//! The codes that a visitor scans: genuine ones, altered ones, and such as nobody issued.

use crate::demo::invoices::{Made, Showcase, Shown};
use records::codes::{self, Link, Scanned};

/// A code to scan.
pub struct Code {
    pub name: &'static str,
    pub title: &'static str,
    pub title_en: &'static str,
    pub text: String,
}

/// All of them; links begin with the page's address.
pub fn all(showcase: &Showcase, page: &str) -> Vec<Code> {
    let link = |shown| format!("{page}{}", showcase.get(shown).link());
    let printed = |shown| showcase.get(shown).printed();
    let code = |name, title, title_en, text| Code {
        name,
        title,
        title_en,
        text,
    };
    vec![
        code(
            "genuine",
            "餐厅电子发票上印的二维码",
            "The code printed on a restaurant’s invoice",
            printed(Shown::Genuine),
        ),
        code(
            "altered",
            "同一张餐厅发票，金额被改",
            "The same invoice with another amount",
            altered_print(showcase.get(Shown::Genuine)),
        ),
        code(
            "genuine-link",
            "宴会发票，链接带全部内容",
            "A banquet’s invoice, a link with all fields",
            link(Shown::Opened),
        ),
        code(
            "altered-link",
            "同一张宴会发票，链接里的金额被改",
            "The same banquet’s invoice, the link altered",
            altered_link(showcase.get(Shown::Opened), page),
        ),
        code(
            "red",
            "酒店发票，已全额红冲",
            "A hotel’s invoice, red-flushed",
            link(Shown::Red),
        ),
        code(
            "red-part",
            "办公用品发票，部分红冲",
            "Office supplies, red-flushed in part",
            link(Shown::RedPart),
        ),
        code(
            "reimbursed",
            "工作午餐发票，已在别处报销",
            "A lunch, reimbursed elsewhere",
            link(Shown::Reimbursed),
        ),
        code(
            "locked",
            "出租车发票，已被一家公司锁定报销",
            "A taxi ride, locked for a company’s claim",
            printed(Shown::Locked),
        ),
        code(
            "void",
            "超市纸质发票，已作废",
            "A supermarket’s paper invoice, voided",
            printed(Shown::Void),
        ),
        code(
            "unknown",
            "链上没有的发票",
            "An invoice that nobody recorded",
            showcase.unknown().printed(),
        ),
        code(
            "digital",
            "数电专票，20 位号码",
            "A fully digital special invoice",
            printed(Shown::Digital),
        ),
        code(
            "metro",
            "地铁单程区块链发票",
            "One metro ride, a blockchain invoice",
            printed(Shown::Metro),
        ),
        code(
            "metro-portal",
            "同一张地铁发票上的网址二维码",
            "The same ride’s code as a portal address",
            showcase.get(Shown::Metro).portal_address(),
        ),
        code(
            "bill",
            "门诊收费电子票据",
            "A hospital’s fiscal e-bill",
            printed(Shown::Bill),
        ),
    ]
}

/// Three thousand yuan more; the check field follows, so that the copy itself looks clean.
fn altered_print(made: &Made) -> String {
    let Scanned::Classic(mut code) = codes::read(&made.printed()) else {
        unreachable!("an electronic invoice has the classic form")
    };
    code.fen = code.fen.map(|fen| fen + 300_000);
    code.write()
}

/// The openings of the link with another total.
fn altered_link(made: &Made, page: &str) -> String {
    let mut facts = made.facts.clone();
    facts.total += 900_000;
    facts.amount += 900_000;
    let opening = facts.open_all(&made.seed).expect("fits");
    let link = Link::new("invoice", &made.number.id(), Some(opening)).expect("a link");
    format!("{page}{}", link.to_fragment())
}

//! Invoices of twenty issuers, in every state.

mod forms;
mod goods;
mod lives;
mod showcase;

pub use forms::{Form, portal_address};
pub use lives::Life;
pub use showcase::{Showcase, Shown};

use super::{
    Size,
    book::Book,
    calendar::{Calendar, date},
    members::Members,
    parties::person,
    random::Random,
};
use forms::Number;
use goods::{TRADES, Trade};
use lives::{LIVES, company, first_holder, payment_digest};
use records::kinds::invoice::{Issue, amounts::Line, facts::Facts};

/// The issuer that has used up its quota.
pub const SCARCE: &str = "maixiang-bakery";
/// Slots of the script at which ordinary invoices are issued, from and to: after the first quotas, and early enough for what follows.
const FIRST: i64 = 5;
const LAST: i64 = 180;
/// Last slot of the last whole day.
const LAST_SLOT: usize = 204;

/// A slot of the calendar, numbered through.
#[derive(Clone, Copy, Debug)]
pub struct Slot(pub usize);

/// An invoice, as its issuer knows it.
#[derive(Clone)]
pub struct Made {
    pub issuer: &'static str,
    pub trade: usize,
    pub form: Form,
    pub number: Number,
    pub facts: Facts,
    /// Seed of the salts.
    pub seed: [u8; 16],
    pub issued: Slot,
    pub held: bool,
    /// The company that claims it, if any does.
    pub claimant: &'static str,
}

/// What an invoice is to say; the rest follows.
struct Wish {
    trade: usize,
    form: Form,
    issued: Slot,
    held: bool,
    /// Number of the person, where no company buys.
    buyer: Option<usize>,
    lines: Vec<Line>,
    is_paid: bool,
    remarks: String,
}

/// Where invoices are written.
pub struct Desk<'a> {
    book: &'a mut Book,
    members: &'a Members,
    calendar: &'a Calendar,
    random: Random,
    serials: [u64; TRADES.len()],
    issued: [u64; TRADES.len()],
    turn: usize,
}

/// Writes all invoices, and gives those that a visitor is shown.
pub fn write(book: &mut Book, members: &Members, calendar: &Calendar, size: Size) -> Showcase {
    let mut desk = Desk {
        book,
        members,
        calendar,
        random: Random::new(&["invoices"]),
        serials: [0; TRADES.len()],
        issued: [0; TRADES.len()],
        turn: 0,
    };
    let showcase = showcase::write(&mut desk);
    for (at, trade) in TRADES.iter().enumerate() {
        desk.write_trade(at, trade, size);
    }
    for (at, trade) in TRADES.iter().enumerate() {
        let is_fiscal = trade.forms == [Form::Fiscal];
        let (used, scarce) = (desk.issued[at], trade.issuer == SCARCE);
        desk.grant(trade.issuer, is_fiscal, used, scarce);
    }
    showcase
}

impl Desk<'_> {
    fn write_trade(&mut self, at: usize, trade: &Trade, size: Size) {
        let (full, small) = trade.count;
        let count = if size == Size::Full { full } else { small };
        for n in 0..count {
            let life = LIVES[(n * 7 + at * 3) % LIVES.len()];
            let to_company = self.random.chance(trade.to_companies);
            let wish = Wish {
                trade: at,
                form: trade.forms[n % trade.forms.len()],
                issued: Slot(self.random.between(FIRST, LAST) as usize),
                held: life.is_held(to_company),
                buyer: (!to_company).then(|| self.random.index(900)),
                lines: trade.lines(&mut self.random),
                is_paid: self.random.chance(35),
                remarks: String::new(),
            };
            let made = self.issue(wish);
            self.live(&made, life);
        }
    }

    fn next_serial(&mut self, trade: usize) -> u64 {
        self.serials[trade] += 1;
        self.serials[trade]
    }

    /// Up to so many slots later, at most at the end of the last whole day.
    fn later(&mut self, at: &mut Slot, most: i64) -> i64 {
        at.0 = (at.0 + self.random.between(1, most) as usize).min(LAST_SLOT);
        self.calendar.nth(at.0)
    }

    fn issue(&mut self, wish: Wish) -> Made {
        let time = self.calendar.nth(wish.issued.0);
        let made = self.make(wish, time);
        let payment = Some(&made.facts.payment_ref).filter(|text| !text.is_empty());
        let (prints, portal) = made.form.digests(&made.number, &made.facts);
        let body = Issue {
            issuer: made.issuer.into(),
            root: made.facts.commit(&made.seed).expect("fits"),
            prints,
            portal,
            holder: made.held.then(|| first_holder(&made.number.id())),
            payment: payment.map(|text| payment_digest(&made.seed, text)),
        };
        let key = self.members.key(made.issuer);
        self.book
            .write(time, "invoice.issue", &made.number.id(), &body, &[key]);
        self.issued[made.trade] += 1;
        made
    }

    fn make(&mut self, wish: Wish, time: i64) -> Made {
        let trade = &TRADES[wish.trade];
        let (day, serial) = (date(time), self.next_serial(wish.trade));
        self.turn += 1;
        let claimant = company(self.turn);
        let (buyer_name, buyer_id) = self.buyer(wish.buyer, claimant, wish.form);
        let seller = self.members.get(trade.issuer);
        let amount = wish.lines.iter().map(|line| line.amount).sum();
        let tax = wish.lines.iter().map(|line| line.tax).sum();
        let facts = Facts {
            invoice_type: wish.form.invoice_type().into(),
            amount,
            tax,
            total: amount + tax,
            date: day,
            seller_name: seller.member.name.clone(),
            seller_id: seller.credit_code.clone(),
            buyer_name,
            buyer_id,
            lines: wish.lines,
            check_code: wish.form.check_code(&mut self.random),
            payment_ref: if wish.is_paid {
                format!("4200{}", self.random.digits(24))
            } else {
                String::new()
            },
            remarks: wish.remarks,
        };
        Made {
            issuer: trade.issuer,
            trade: wish.trade,
            form: wish.form,
            number: wish.form.number(wish.trade, serial, day),
            facts,
            seed: self.random.bytes(),
            issued: wish.issued,
            held: wish.held,
            claimant,
        }
    }

    /// A company with its id, a person by name, or on a special invoice always a company.
    fn buyer(&self, person_number: Option<usize>, company: &str, form: Form) -> (String, String) {
        let is_special = matches!(form, Form::PaperSpecial | Form::DigitalSpecial);
        match person_number.filter(|_| !is_special) {
            Some(number) => (person(number), String::new()),
            None => {
                let company = self.members.get(company);
                (company.member.name.clone(), company.credit_code.clone())
            }
        }
    }
}

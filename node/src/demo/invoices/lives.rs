//! What becomes of an invoice after its issue.

use super::{Desk, Made, Slot};
use crate::demo::{
    book::Key,
    members::{COMPANIES, TAX, TREASURY},
    random::seed,
};
use records::{
    Digest, PublicKey, SecretKey,
    kinds::{
        invoice::{
            Close, Deliver, Lock, Outcome, Pass, Red, Unlock, Void, amounts::Line, facts::Facts,
        },
        quota,
    },
};
use std::sync::Arc;

/// Where an invoice ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// In nobody's hands.
    Issued,
    /// In nobody's hands at first, then in the buyer's.
    Delivered,
    /// In the buyer's hands.
    Held,
    /// Passed on to a colleague.
    Passed,
    /// In one company's claim.
    Locked,
    /// In a claim that was withdrawn.
    Unlocked,
    /// 报销.
    Reimbursed,
    /// 入账.
    Entered,
    /// 报税.
    Declared,
    /// 全额红冲.
    RedWhole,
    /// 部分红冲.
    RedPart,
    /// Partly red-flushed, and what was left reimbursed.
    RedPartReimbursed,
    /// Red-flushed after it was entered, with the company's confirmation.
    RedAfterEntry,
    /// 作废, in the month of issue; 红冲 where the form knows no voiding.
    Void,
}

use Life::{
    Declared, Delivered, Entered, Held, Issued, Locked, Passed, RedAfterEntry, RedPart,
    RedPartReimbursed, RedWhole, Reimbursed, Unlocked,
};

/// How fifty invoices end up. Common ends come often, rare ones once.
pub const LIVES: [Life; 50] = [
    Held,
    Reimbursed,
    Issued,
    Held,
    Locked,
    Passed,
    Entered,
    Held,
    Issued,
    Reimbursed,
    RedWhole,
    Held,
    Declared,
    Passed,
    Issued,
    Locked,
    Held,
    Reimbursed,
    Life::Void,
    Held,
    Delivered,
    Entered,
    Held,
    RedPart,
    Passed,
    Held,
    Reimbursed,
    Issued,
    Held,
    Unlocked,
    Held,
    Issued,
    Locked,
    RedAfterEntry,
    Held,
    Passed,
    Issued,
    Entered,
    Held,
    RedWhole,
    Held,
    Reimbursed,
    Issued,
    RedPartReimbursed,
    Held,
    Declared,
    Issued,
    Locked,
    Passed,
    Held,
];

impl Life {
    /// Whether somebody holds the invoice from its issue. What a company bought goes straight into its books or its declaration.
    pub fn is_held(self, to_company: bool) -> bool {
        match self {
            Issued | Delivered | RedWhole | Life::Void => false,
            Entered | Declared => !to_company,
            _ => true,
        }
    }
}

impl Desk<'_> {
    /// Writes what becomes of an invoice.
    pub fn live(&mut self, made: &Made, life: Life) {
        let mut at = made.issued;
        match life {
            Issued | Held => {}
            Delivered => self.deliver(made, &mut at),
            Passed => self.pass(made, &mut at),
            Locked => self.lock(made, &mut at),
            Unlocked => {
                self.lock(made, &mut at);
                self.unlock(made, &mut at);
            }
            Reimbursed => self.claim(made, Outcome::Reimbursed, &mut at),
            Entered => self.claim(made, Outcome::Entered, &mut at),
            Declared => self.claim(made, Outcome::Declared, &mut at),
            RedWhole => self.red(made, true, false, &mut at),
            RedPart => self.red(made, false, false, &mut at),
            RedPartReimbursed => {
                self.red(made, false, false, &mut at);
                self.claim(made, Outcome::Reimbursed, &mut at);
            }
            RedAfterEntry => {
                self.claim(made, Outcome::Entered, &mut at);
                self.red(made, true, true, &mut at);
            }
            Life::Void => self.void(made, &mut at),
        }
    }

    fn deliver(&mut self, made: &Made, at: &mut Slot) {
        let time = self.later(at, 10);
        let id = made.number.id();
        let body = Deliver {
            issuer: made.issuer.into(),
            to: first_holder(&id),
        };
        let key = self.members.key(made.issuer);
        self.book.write(time, "invoice.deliver", &id, &body, &[key]);
    }

    fn pass(&mut self, made: &Made, at: &mut Slot) {
        let to = holder(&made.number.id(), 1).public();
        let time = self.later(at, 8);
        let id = made.number.id();
        self.book
            .write(time, "invoice.pass", &id, &Pass { to }, &[&holder(&id, 0)]);
    }

    fn lock(&mut self, made: &Made, at: &mut Slot) {
        let serial = 200_000 + self.random.below(700_000);
        let time = self.later(at, 12);
        let body = Lock {
            buyer: (!made.held).then(|| made.buyer_opening()),
            by: made.claimant.into(),
            claim: format!("BX-{}-{serial}", made.facts.date.compact()),
        };
        let (id, company) = (made.number.id(), self.members.key(made.claimant));
        let mut keys = vec![company];
        let holder = holder(&id, 0);
        if made.held {
            keys.push(&holder);
        }
        self.book.write(time, "invoice.lock", &id, &body, &keys);
    }

    fn unlock(&mut self, made: &Made, at: &mut Slot) {
        let time = self.later(at, 6);
        let body = Unlock {
            by: made.claimant.into(),
        };
        let key = self.members.key(made.claimant);
        self.book
            .write(time, "invoice.unlock", &made.number.id(), &body, &[key]);
    }

    fn claim(&mut self, made: &Made, outcome: Outcome, at: &mut Slot) {
        self.lock(made, at);
        let time = self.later(at, 6);
        let body = Close {
            by: made.claimant.into(),
            outcome,
        };
        let key = self.members.key(made.claimant);
        self.book
            .write(time, "invoice.close", &made.number.id(), &body, &[key]);
    }

    /// `confirmed`: by the company in whose books it is.
    fn red(&mut self, made: &Made, whole: bool, confirmed: bool, at: &mut Slot) {
        let time = self.later(at, 15);
        let facts = self.red_facts(made, whole, time);
        let number = made
            .form
            .number(made.trade, self.next_serial(made.trade), facts.date);
        let (prints, portal) = made.form.digests(&number, &facts);
        let body = Red {
            issuer: made.issuer.into(),
            whole: u8::from(whole),
            id: number.id(),
            root: facts.commit(&self.random.bytes()).expect("fits"),
            prints,
            portal,
        };
        self.issued[made.trade] += 1;
        let mut keys = vec![self.members.key(made.issuer)];
        if confirmed {
            keys.push(self.members.key(made.claimant));
        }
        self.book
            .write(time, "invoice.red", &made.number.id(), &body, &keys);
    }

    /// A red invoice is negative; one in part takes back the first line.
    fn red_facts(&mut self, made: &Made, whole: bool, time: i64) -> Facts {
        let back = if whole { made.facts.lines.len() } else { 1 };
        let lines = made.facts.lines.iter().take(back).map(|line| Line {
            amount: -line.amount,
            tax: -line.tax,
            ..line.clone()
        });
        let mut facts = Facts {
            date: crate::demo::calendar::date(time),
            lines: lines.collect(),
            check_code: made.form.check_code(&mut self.random),
            payment_ref: String::new(),
            remarks: format!("对应正数发票 {}", made.number.id()),
            ..made.facts.clone()
        };
        facts.amount = facts.lines.iter().map(|line| line.amount).sum();
        facts.tax = facts.lines.iter().map(|line| line.tax).sum();
        facts.total = facts.amount + facts.tax;
        facts
    }

    fn void(&mut self, made: &Made, at: &mut Slot) {
        if !made.form.can_be_voided() {
            return self.red(made, true, false, at);
        }
        let later = self.calendar.nth(at.0 + 1);
        let same_month =
            crate::demo::calendar::date(later).compact()[..6] == made.facts.date.compact()[..6];
        let time = if same_month {
            later
        } else {
            self.calendar.nth(at.0)
        };
        let body = Void {
            issuer: made.issuer.into(),
        };
        let key = self.members.key(made.issuer);
        self.book
            .write(time, "invoice.void", &made.number.id(), &body, &[key]);
    }

    /// What the tax bureau grants an issuer of invoices, or the finance department one of bills: all that it needs and some to spare, or for `scarce`
    /// exactly what it used.
    pub fn grant(&mut self, issuer: &str, is_fiscal: bool, used: u64, scarce: bool) {
        let (by, event) = if is_fiscal {
            (TREASURY, "fiscal-quota.grant")
        } else {
            (TAX, "quota.grant")
        };
        let first = if scarce {
            used
        } else {
            used.next_multiple_of(50)
        };
        let second = (!scarce).then_some((self.calendar.at(20, 0), 50));
        for (time, count) in [(self.calendar.nth(0), first)].into_iter().chain(second) {
            let body = quota::Grant {
                by: by.into(),
                count: i64::try_from(count).expect("few"),
            };
            self.book
                .write(time, event, issuer, &body, &[self.members.key(by)]);
        }
    }
}

/// The key of an invoice's n-th holder; each invoice has its own.
pub fn holder(id: &str, n: usize) -> Key {
    Arc::new(SecretKey::from_seed(&seed(&["holder", id, &n.to_string()])))
}

/// The public half of the first holder's.
pub fn first_holder(id: &str) -> PublicKey {
    holder(id, 0).public()
}

/// The salted digest of a payment.
pub fn payment_digest(salt: &[u8; 16], reference: &str) -> Digest {
    Digest(records::hash::sha256(&[
        b"lianyan/payment/1",
        salt,
        reference.as_bytes(),
    ]))
}

/// A company by turns.
pub fn company(turn: usize) -> &'static str {
    COMPANIES[turn % COMPANIES.len()].0
}

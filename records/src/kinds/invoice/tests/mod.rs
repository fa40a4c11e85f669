//! The life of an invoice, and the attacks on it.

mod claims;
mod exits;
mod golden;
mod issuing;
mod life;
mod mechanism;
mod walk;

use super::*;
use crate::fields::SALT;
use crate::shape::Shape;
use crate::{
    Digest, Event, Fault, SecretKey, Stop,
    canonical::{self, Value},
    kinds::{
        portal::Portal,
        quota::{Grant, Quota},
    },
    registry,
    testing::{CHAIN, Ledger, SECOND, key, member},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// On paper, so that it can be voided.
const ID: &str = "011001900304-26105568";
const OTHER_ID: &str = "011001900304-26105569";
const DIGITAL_ID: &str = "25432000000031411143";
/// A fiscal e-bill.
const BILL_ID: &str = "11010125-0488888987";
const DAY: i64 = 24 * 3600 * SECOND;

fn root(of: u8) -> Digest {
    Digest([of; 32])
}

fn json(body: &impl Shape) -> Value {
    canonical::to_value(body).expect("encodes")
}

fn issue_body(issuer: &str) -> Issue {
    Issue {
        issuer: issuer.into(),
        root: root(1),
        prints: vec![root(2)],
        holder: Some(key("holder").public()),
        payment: None,
        portal: None,
    }
}

fn lock_body(by: &str) -> Lock {
    Lock {
        buyer: None,
        by: by.into(),
        claim: format!("BX-{by}-1"),
    }
}

fn red_body(id: &str, whole: u8) -> Red {
    Red {
        issuer: "shop".into(),
        whole,
        id: id.into(),
        root: root(3),
        prints: vec![root(4)],
        portal: None,
    }
}

fn void_body() -> Void {
    Void {
        issuer: "shop".into(),
    }
}

fn close_body(by: &str) -> Close {
    Close {
        by: by.into(),
        outcome: Outcome::Reimbursed,
    }
}

/// Members: a tax bureau, a finance department, two issuers, two companies. `shop` may issue three invoices, `metro`
/// none; red ones count.
struct World(Ledger);

impl World {
    fn new() -> Self {
        let mut ledger = Ledger::found(vec![
            member("tax", &["tax-bureau"]),
            member("finance", &["finance-department"]),
            member("hospital", &["hospital"]),
            member("housing", &["regulator"]),
            member("notary", &["notary"]),
            member("shop", &[ISSUER]),
            member("metro", &[ISSUER]),
            member("acme", &[COMPANY]),
            member("bolt", &[COMPANY]),
        ]);
        // Genesis is on 1 January; nine days on, both ends of the month are far.
        ledger.time += 9 * DAY;
        let mut world = Self(ledger);
        world.grant("shop", 3);
        world
    }

    /// With the invoice [`ID`] issued by `shop` to `holder`.
    fn with_invoice() -> Self {
        let mut world = Self::new();
        world.accept("issue", ID, &issue_body("shop"), &["shop"]);
        world
    }

    /// With [`ID`] issued to nobody, and bought by the organisation of this name. Gives the opening of `fields`, too.
    fn bought_by(buyer: &str, fields: &[&str]) -> (Self, String) {
        let mut values = SCHEMA.fields.to_vec();
        let at = |field: &str| SCHEMA.index(field).expect("a field");
        values[at("buyer_id")] = buyer;
        let body = Issue {
            root: Digest(SCHEMA.commit(&[7; SALT], &values).expect("fits")),
            holder: None,
            ..issue_body("shop")
        };
        let shown: Vec<usize> = fields.iter().map(|field| at(field)).collect();
        let opening = SCHEMA.open_some(&[7; SALT], &values, &shown);
        let mut world = Self::new();
        world.accept("issue", ID, &body, &["shop"]);
        (world, BASE64_URL_SAFE_NO_PAD.encode(opening.expect("fits")))
    }

    fn grant(&mut self, issuer: &str, count: i64) {
        self.grant_from(quota::NAME, "tax", issuer, count);
    }

    fn grant_from(&mut self, kind: &str, by: &str, issuer: &str, count: i64) {
        let by = by.to_owned();
        let keys = [&key(&by)];
        let (grant, event) = (json(&Grant { by, count }), format!("{kind}.grant"));
        let result = self.0.submit(&event, (kind, issuer), grant, &keys);
        assert_eq!(result, Ok(()));
    }

    fn submit(
        &mut self,
        verb: &str,
        id: &str,
        body: &impl Shape,
        signers: &[&str],
    ) -> Result<(), Stop> {
        let keys: Vec<SecretKey> = signers.iter().map(|name| key(name)).collect();
        let keys: Vec<&SecretKey> = keys.iter().collect();
        self.0
            .submit(&format!("invoice.{verb}"), (NAME, id), json(body), &keys)
    }

    #[track_caller]
    fn accept(&mut self, verb: &str, id: &str, body: &impl Shape, signers: &[&str]) {
        assert_eq!(self.submit(verb, id, body, signers), Ok(()));
    }

    /// The reason code; a refusal must leave the invoice as it was.
    #[track_caller]
    fn refuse(&mut self, verb: &str, id: &str, body: &impl Shape, signers: &[&str]) -> &str {
        let before = (verb != "issue").then(|| self.0.state_hash(NAME, id));
        let result = self.submit(verb, id, body, signers);
        let after = (verb != "issue").then(|| self.0.state_hash(NAME, id));
        assert_eq!(before, after);
        match result {
            Err(Stop::Refused(refusal)) => refusal.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn invoice(&self) -> Invoice {
        self.0.data(NAME, ID)
    }

    fn red_invoice(&self, id: &str) -> Invoice {
        self.0.data(NAME, id)
    }

    fn quota(&self, issuer: &str) -> Quota {
        self.0.data(quota::NAME, issuer)
    }
}

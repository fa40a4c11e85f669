//! A random walk: whatever is tried in whatever order by whomever, an invoice stays one that makes sense.

use super::*;

const PEOPLE: [&str; 6] = ["shop", "metro", "acme", "bolt", "holder", "colleague"];
const IDS: [&str; 3] = [ID, OTHER_ID, DIGITAL_ID];

/// A small seeded generator (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A verb with a body that may fit.
    fn event(&mut self, step: usize) -> (&'static str, Value) {
        let (company, issuer) = (self.pick(&["acme", "bolt"]), self.pick(&["shop", "metro"]));
        match self.below(7) {
            0 => {
                let holder = issue_body(issuer).holder.filter(|_| self.below(4) > 0);
                let body = Issue {
                    holder,
                    ..issue_body(issuer)
                };
                ("issue", json(&body))
            }
            1 if self.below(2) == 0 => {
                let (issuer, to) = (issuer.into(), key("holder").public());
                ("deliver", json(&Deliver { issuer, to }))
            }
            1 => {
                let to = key(self.pick(&["holder", "colleague"])).public();
                ("pass", json(&Pass { to }))
            }
            2 => ("lock", json(&lock_body(company))),
            3 => ("unlock", json(&Unlock { by: company.into() })),
            4 => ("close", json(&close_body(company))),
            5 => {
                let id = format!("011001900312-{step:08}");
                let whole = (self.below(8) == 0) as u8;
                (
                    "red",
                    json(&Red {
                        issuer: issuer.into(),
                        ..red_body(&id, whole)
                    }),
                )
            }
            _ if self.below(4) == 0 => (
                "void",
                json(&Void {
                    issuer: issuer.into(),
                }),
            ),
            _ => ("lock", json(&lock_body(company))),
        }
    }
}

fn require_sense(invoice: &Invoice) {
    let outcome = invoice.claim.as_ref().map(|claim| claim.outcome);
    match invoice.status {
        Status::Issued => assert_eq!(outcome, None),
        Status::Locked => assert_eq!(outcome, Some(None)),
        Status::Closed => assert!(matches!(outcome, Some(Some(_)))),
    }
    let is_red = matches!(invoice.tax, Tax::RedPart | Tax::RedFull);
    assert_eq!(is_red, !invoice.red.is_empty());
    assert!(invoice.tax != Tax::Void || invoice.status == Status::Issued);
}

#[test]
fn no_order_of_events_makes_nonsense_and_every_log_replays() {
    let mut accepted = 0;
    for seed in 0..12 {
        let (mut random, mut world) = (Random(seed), World::new());
        world.grant("shop", 200);
        let (mut issued, mut used) = (Vec::new(), 0);
        for step in 0..250 {
            let (id, (verb, body)) = (random.pick(&IDS), random.event(step));
            let signers = [
                random.pick(&PEOPLE),
                random.pick(&PEOPLE),
                random.pick(&PEOPLE),
            ];
            if (verb == "issue") == issued.contains(&id) {
                continue;
            }
            let result = world.submit(verb, id, &body, distinct(&signers).as_slice());
            if result.is_ok() {
                accepted += 1;
                issued.extend((verb == "issue").then_some(id));
                used += u64::from(verb == "issue" || verb == "red");
                require_sense(&world.0.data(NAME, id));
            }
        }
        assert_eq!(world.quota("shop").used, used);
        world.0.replay_all();
    }
    assert!(accepted > 100, "the walk went nowhere: {accepted}");
}

fn distinct<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    names
}

//! What an act rests on is proven: states, absence, time, and blobs by their hash.

mod common;

use common::{INVOICE, Lie, Net, chain, lie, now, verifier};
use records::{Ground, RecordName, testing::SECOND};
use std::rc::Rc;
use verifier::Unsent;

const NODES: [(&str, &str); 2] = [("http://a", "tax"), ("http://b", "notary")];

fn names() -> [RecordName; 2] {
    ["011001900311-26105568", "011001900311-00000000"]
        .map(|id| RecordName::new("invoice", id).expect("a name"))
}

fn ground(tell: fn() -> Lie) -> Result<Ground, Unsent> {
    let chain = Rc::new(chain());
    let mut net = Net::at(chain.time() + 5 * SECOND);
    for (url, _) in NODES {
        net = net.with(url, &chain, tell());
    }
    now(verifier(&chain, &NODES).ground(&net, &names(), false))
}

#[test]
fn states_and_absence_are_those_of_the_newest_block() {
    let ground = ground(|| Lie::None).expect("proven");
    let [here, absent] = names();
    assert_eq!(here.id(), INVOICE);
    let chain = chain();
    assert_eq!(ground.state(&here), chain.ledger.state(&here));
    assert!(ground.state(&here).is_some());
    assert!(ground.records.contains_key(&absent) && ground.state(&absent).is_none());
    assert_eq!(ground.chain, records::testing::CHAIN);
}

#[test]
fn nodes_that_bend_a_state_give_nothing_to_sign_on() {
    let bent = || {
        lie(|method, params, mut answer| {
            if method == "abci_query" && params["path"] == "/log" {
                answer["result"]["response"]["value"] = "".into();
            }
            answer
        })
    };
    assert!(ground(bent).is_err());
}

//! What every event is refused for, whatever it says.

use crate::{
    Table,
    world::{Alone, HASH, World, json, public},
};
use records::testing::{SECOND, key};

pub fn provoke(table: &mut Table) {
    let mut world = World::new();
    let body = format!(r#"{{"add":["{}"],"end":[]}}"#, public("tax 2"));
    let subject = ("member", "tax");
    let time = world.ledger.time;
    let payload = |event: &str| world.ledger.payload(event, subject, json(&body));
    let mut bent = [(); 5].map(|()| payload("member.rekey"));
    bent[0].chain = "dev-test-ffff".into();
    bent[1].until = time - 1;
    bent[2].until = time + 8 * 24 * 3600 * SECOND;
    bent[3].seq = 7;
    bent[4].event_type = "member.promote".into();
    for payload in bent {
        let envelope = payload.sign(&[&key("tax")]).expect("encodes");
        table.note(&payload.event_type, world.ledger.write(&envelope));
    }
    let found = format!(r#"{{"height":1,"offence":"duplicate-vote","power":20,"time":"{time}"}}"#);
    let address = ("misbehaviour", "00112233445566778899aabbccddeeff00112233");
    let event = "misbehaviour.found";
    world.refused(table, event, address, &found, &["tax"]);
    world.refused(table, event, ("misbehaviour", "nobody"), &found, &[]);
    world.refused(table, "member.rekey", subject, r#"{"add":[]}"#, &["tax"]);
    let nothing = "{}";
    let absent = ("document", "d9");
    world.refused(table, "document.confirm", absent, nothing, &["tax"]);

    let id = "25432000000031411143";
    let red = format!(r#"{{"id":"{id}","issuer":"shop","prints":[],"root":"{HASH}","whole":1}}"#);
    world.refused(table, "invoice.red", ("invoice", id), &red, &["shop"]);

    let event = world.signed("document.confirm", absent, nothing, &["tax"]);
    let alone = Alone {
        directory: &world.ledger.timeline,
        height: world.ledger.height,
        time,
    };
    let outcome = alone.judge(("portal", HASH), None, "subject", &event);
    table.note("document.confirm", outcome);
}

//! The nodes behind it: asked little, and left where they fail.

use super::*;

#[test]
fn many_who_ask_the_same_at_once_are_one_question_to_the_node() {
    let (node, asked) = stub(
        Duration::from_millis(300),
        StatusCode::OK,
        &ok(json!({"at": 1})),
    );
    let (gateway, _) = Setup::new([node.address]).serve();
    let gateway = Arc::new(gateway);
    let visitors = (0..20).map(|_| {
        let gateway = gateway.clone();
        thread::spawn(move || gateway.result("/status"))
    });
    for visitor in visitors.collect::<Vec<_>>() {
        assert_eq!(visitor.join().expect("answered"), json!({"at": 1}));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn where_a_node_fails_the_next_is_asked_but_nothing_is_handed_in_twice() {
    let (bad, asked_bad) = stub(Duration::ZERO, StatusCode::OK, &json!("garbage"));
    let (good, asked_good) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({"at": 1})));
    let tx =
        json!({"jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_sync", "params": {"tx": "AA=="}});
    let (gateway, _) = Setup::new([bad.address, good.address]).serve();
    let answer = gateway.call(&tx);
    assert_eq!(answer["error"]["data"], "no node answers", "{answer}");
    assert_eq!(asked_good.load(Ordering::SeqCst), 0);
    // The one that failed is now the last.
    assert_eq!(gateway.result("/status"), json!({"at": 1}));
    assert_eq!(gateway.call(&tx)["result"], json!({"at": 1}));
    assert_eq!(asked_bad.load(Ordering::SeqCst), 1);
}

/// A node may have forgotten what the next one still has, or be a block behind it.
#[test]
fn what_one_node_lacks_the_others_are_asked_for_once() {
    let lacks = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error", "data": "height 9 is not available"}});
    let (short, asked_short) = stub(Duration::ZERO, StatusCode::OK, &lacks);
    let header = json!({"header": {"height": "9"}});
    let (long, asked_long) = stub(Duration::ZERO, StatusCode::OK, &ok(header.clone()));
    let asked = || {
        let count = |asked: &AtomicUsize| asked.load(Ordering::SeqCst);
        (count(&asked_short), count(&asked_long))
    };
    let (gateway, _) = Setup::new([short.address, long.address]).serve();
    assert_eq!(gateway.result("/header?height=9"), header);
    assert_eq!(asked(), (1, 1));
    // What is about now is the first node's to answer.
    assert_eq!(gateway.get("/status").0, 500);
    assert_eq!(asked(), (2, 1));
    let (lonely, _) = Setup::new([short.address, short.address]).serve();
    let (status, body) = lonely.get("/header?height=9");
    assert!(
        status == 500 && body.contains("height 9 is not available"),
        "{body}"
    );
    assert_eq!(asked(), (4, 1));
}

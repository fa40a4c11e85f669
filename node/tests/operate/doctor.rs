//! Each mistake is played, and `doctor` names it. Before it there was none.

use super::{
    homes::{Homes, run},
    patient::{CONFIG, HEIGHT, Patient, SECOND},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use node::{comet, consortium::now};
use records::{
    State, canonical,
    kinds::rules::{Activation, Rules},
    registry::RULES_VERSION,
};
use serde_json::{Value, json};
use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, thread, time::Duration};

#[test]
fn another_genesis_is_found() {
    let patient = Patient::healthy();
    let emptied = "nothing in data but priv_validator_state.json";
    for word in ["genesis-differs", emptied] {
        let other = "0".repeat(64);
        patient.doctor(&["--sha256", &other]).ill(word);
    }
    let (other, url) = patient.other();
    other.change(|answers| {
        answers.results.get_mut("genesis").expect("one")["genesis"]["chain_id"] =
            "jiangbin-00000000".into()
    });
    for word in ["genesis-differs", emptied] {
        patient.doctor(&["--ask", &url]).ill(word);
    }
    // CometBFT goes on with the one that it began with.
    patient.answer("genesis", "/genesis/validators/0/power", "32".into());
    for word in ["runs on another genesis", emptied] {
        patient.doctor(&[]).ill(word);
    }
}

#[test]
fn a_clock_that_is_off_is_found() {
    let patient = Patient::healthy();
    let (other, url) = patient.other();
    other.change(|answers| answers.date = Some("Sun, 06 Nov 1994 08:49:37 GMT".into()));
    patient
        .doctor(&["--ask", &url])
        .ill("ahead of that of http");
    let commit = patient.commit(9 * SECOND);
    patient.answer("commit", "", commit);
    patient.doctor(&[]).ill("ahead of the others'");
    let time = comet::rfc3339(&comet::timestamp(now() + 60 * SECOND));
    patient.answer("status", "/sync_info/latest_block_time", time.into());
    patient.doctor(&[]).ill("behind the others'");
}

#[test]
fn a_key_without_a_vote_is_found() {
    let patient = Patient::healthy();
    patient.answer("status", "/validator_info/voting_power", "0".into());
    patient.doctor(&[]).ill("not in the validator set");
    fs::remove_file(patient.homes.home("tax").join("card.json")).expect("removes");
    assert!(
        patient.doctor(&[]).well().contains("no-vote"),
        "a full node has none by right"
    );
    patient.answer("abci_query", "/response/value", "e30=".into());
    patient.doctor(&[]).ill("suspended");
    patient.answer("status", "/validator_info/address", "00".into());
    patient.doctor(&[]).ill("CometBFT runs with the key");
}

#[test]
fn a_founders_key_that_was_replaced_behind_the_chains_back_is_found() {
    let patient = Patient::healthy();
    let key = patient
        .homes
        .text("hospital", "config/priv_validator_key.json");
    fs::write(
        patient
            .homes
            .home("tax")
            .join("config/priv_validator_key.json"),
        key.replace("priv_validator", ""),
    )
    .expect("writes");
    patient.doctor(&[]).ill("no-vote");
    let homes = Homes::founded();
    let out = homes.mail().join("new.json");
    run(["keys", "new", "--out", out.to_str().expect("UTF-8")]).well();
    fs::copy(
        out,
        homes.home("tax").join("config/priv_validator_key.json"),
    )
    .expect("copies");
    let home = homes.home("tax");
    run(["doctor", "--home", home.to_str().expect("UTF-8")]).ill("is not in the genesis");
}

#[test]
fn a_key_that_signs_on_another_machine_is_found() {
    let patient = Patient::healthy();
    let (other, url) = patient.other();
    let key = patient.engine_status("/validator_info/address");
    other.change(|answers| {
        answers.results.get_mut("status").expect("one")["validator_info"]["address"] = key
    });
    patient
        .doctor(&["--ask", &url])
        .ill("signs with this home's validator key");
    patient.homes.edit(
        "tax",
        "data/priv_validator_state.json",
        &HEIGHT.to_string(),
        &(HEIGHT - 1).to_string(),
    );
    let signed = patient.commit(SECOND);
    patient.answer("commit", "", signed);
    patient.doctor(&[]).ill("its key signs on another machine");
}

#[test]
fn a_validator_that_does_not_sign_is_found() {
    let patient = Patient::healthy();
    patient.answer(
        "commit",
        "/signed_header/commit/signatures/0/validator_address",
        "".into(),
    );
    patient.doctor(&[]).ill("not-signing");
    patient.signer();
    let asked = "reach this machine at tcp://0.0.0.0:26659";
    patient.doctor(&[]).ill(asked);
}

/// *Mistake: the signer's machine is lost, CometBFT waits for it and goes no further, and the operator telephones members whose nodes are well.*
#[test]
fn a_node_that_waits_for_its_signer_is_told_from_a_chain_that_stands_still() {
    let patient = Patient::healthy();
    let (other, url) = patient.other();
    let ahead = |height: u64| {
        other.change(|answers| {
            let status = answers.results.get_mut("status").expect("one");
            status["sync_info"]["latest_block_height"] = height.to_string().into();
        });
        patient.doctor(&["--ask", &url])
    };
    ahead(HEIGHT + 10).well();
    ahead(HEIGHT + 11).ill("the chain goes on without it");
    patient.answer("status", "/sync_info/catching_up", true.into());
    ahead(HEIGHT + 11).well();
    patient.answer("status", "/sync_info/catching_up", false.into());
    patient.signer();
    let asked = "reach this machine at tcp://0.0.0.0:26659";
    ahead(HEIGHT + 11).ill(asked);
    ahead(HEIGHT).well();
    let time = comet::rfc3339(&comet::timestamp(now() - 300 * SECOND));
    patient.answer("status", "/sync_info/latest_block_time", time.into());
    patient.doctor(&[]).ill(asked);
}

#[test]
fn a_port_that_another_program_has_is_found() {
    let patient = Patient::healthy();
    patient.answer("status", "/node_info/id", "00".into());
    patient.doctor(&[]).ill("answers another node");
    let homes = Homes::founded();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    homes.edit("tax", CONFIG, "0.0.0.0:26656", &address);
    let free = || {
        TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port")
            .to_string()
    };
    homes.edit("tax", CONFIG, "127.0.0.1:26657", &free());
    homes.edit("tax", CONFIG, "127.0.0.1:26660", &free());
    let home = homes.home("tax");
    let doctor = || run(["doctor", "--home", home.to_str().expect("UTF-8")]);
    doctor().ill("another program listens there");
    drop(taken);
    assert!(doctor().well().contains("not-running"));
    // Without its signer it never will.
    let awaited = "priv_validator_laddr = \"tcp://127.0.0.1:26659\"";
    homes.edit("tax", CONFIG, "priv_validator_laddr = \"\"", awaited);
    let said = doctor().well();
    assert!(
        said.contains("the signer that it awaits at tcp://127.0.0.1:26659"),
        "{said}"
    );
}

#[test]
fn a_key_that_others_may_read_is_found() {
    let patient = Patient::healthy();
    let file = patient.homes.home("tax").join("config/node_key.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("opens");
    patient.doctor(&[]).ill("key-readable");
}

#[test]
fn a_file_that_is_missing_or_damaged_is_named() {
    let patient = Patient::healthy();
    for (file, text) in [
        ("config/genesis.json", "{"),
        (CONFIG, "a ="),
        ("config/node_key.json", "{}"),
    ] {
        let (whole, path) = (
            patient.homes.text("tax", file),
            patient.homes.home("tax").join(file),
        );
        fs::write(&path, text).expect("writes");
        patient.doctor(&[]).ill("file-unreadable");
        fs::remove_file(&path).expect("removes");
        patient.doctor(&[]).ill(file);
        fs::write(&path, whole).expect("writes");
    }
}

#[test]
fn peers_that_cannot_be_reached_are_found() {
    let patient = Patient::healthy();
    let listening = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listening.local_addr().expect("an address").to_string();
    patient.answer("net_info", "/peers/0/node_info/id", "0".repeat(40).into());
    let hospital = patient.node_id("hospital");
    patient.config("127.0.0.1:26657", &address);
    patient
        .doctor(&[])
        .ill(&format!("it is not connected as {hospital}"));
    drop(listening);
    patient.doctor(&[]).ill("peer-unreachable");
}

#[test]
fn peers_that_are_written_wrongly_are_found() {
    let patient = Patient::healthy();
    let whole = patient.homes.text("tax", CONFIG);
    for (from, to, why) in [
        (
            "@127.0.0.1:26657",
            "@no-such-host.invalid:26657",
            "no such address",
        ),
        (
            "@127.0.0.1:26657",
            "00@127.0.0.1:26657",
            "40 hexadecimal digits",
        ),
        ("hospital", "tax", "the node itself"),
    ] {
        match from {
            "hospital" => patient.config(&patient.node_id(from), &patient.node_id(to)),
            _ => patient.config(from, to),
        }
        patient.doctor(&[]).ill(why);
        fs::write(patient.homes.home("tax").join(CONFIG), &whole).expect("writes");
    }
    let peers = whole
        .lines()
        .find(|line| line.starts_with("persistent_peers"))
        .expect("peers");
    patient.config(peers, "persistent_peers = \"\"");
    patient.doctor(&[]).ill("no persistent peer");
}

#[test]
fn settings_that_do_not_fit_the_chain_are_found() {
    let patient = Patient::healthy();
    let whole = patient.homes.text("tax", CONFIG);
    for (from, to, why) in [
        (
            "create_empty_blocks_interval = \"3s\"",
            "create_empty_blocks_interval = \"5m\"",
            "too seldom",
        ),
        (
            "timeout_commit = \"300ms\"",
            "timeout_commit = \"1m30s\"",
            "pause",
        ),
        (
            "timeout_commit",
            "create_empty_blocks = false\ntimeout_commit",
            "create_empty_blocks = true",
        ),
        (
            "max_tx_bytes = 65536",
            "max_tx_bytes = 1024",
            "max_tx_bytes",
        ),
        (
            "max_txs_bytes = 67108864",
            "max_txs_bytes = 1073741824",
            "mempool.max_txs_bytes = 67108864",
        ),
        ("max_txs_bytes = 67108864\n", "", "memory"),
        ("size = 5000", "size = 5", "mempool.size = 5000"),
        ("[mempool]", "[mempool]\ntype = \"app\"", "into no block"),
        (
            "[mempool]",
            "[tx_index]\nindexer = \"null\"\n\n[mempool]",
            "became of an event",
        ),
        (
            "[mempool]",
            "[storage]\ndiscard_abci_responses = true\n\n[mempool]",
            "outcomes",
        ),
        (
            "[mempool]",
            "[blocksync]\nadaptive_sync = true\n\n[mempool]",
            "sign twice",
        ),
    ] {
        patient.config(from, to);
        patient.doctor(&[]).ill(why);
        fs::write(patient.homes.home("tax").join(CONFIG), &whole).expect("writes");
    }
}

#[test]
fn a_disk_that_is_nearly_full_is_found() {
    Patient::healthy()
        .doctor(&["--free", "1000000000"])
        .ill("disk-full");
}

#[test]
fn an_application_that_is_elsewhere_is_found() {
    let patient = Patient::healthy();
    patient.answer("abci_info", "/response/last_block_height", "12".into());
    patient.doctor(&[]).ill("the application is at height 12");
    patient
        .engine
        .change(|answers| drop(answers.results.remove("abci_info")));
    patient.doctor(&[]).ill("no answer from the application");
    let answers = patient.answers("tax");
    patient.engine.change(|old| *old = answers);
    patient.answer("commit", "/signed_header/header/version/app", "2".into());
    patient.doctor(&[]).ill("install the newer lianyan-node");
}

#[test]
fn rules_to_come_that_this_program_does_not_know_are_found() {
    let patient = Patient::healthy();
    let rules = |version| {
        let versions = vec![
            Activation {
                from: 0,
                version: 1,
            },
            Activation {
                from: HEIGHT + 100,
                version,
            },
        ];
        let data = canonical::to_value(&Rules { versions }).expect("encodes");
        let state = State { data, seq: 1 }.encode().expect("encodes");
        Value::from(BASE64.encode(state))
    };
    let place = "/response/value";
    patient.answer("abci_query", place, rules(RULES_VERSION));
    patient.doctor(&[]).well();
    patient.answer("abci_query", place, rules(RULES_VERSION + 1));
    patient.doctor(&[]).ill("from block 1000 on");
}

/// *Attack: a member votes for no block, and a chain of both lines stands still for good.* v0.38 counts that vote's time.
#[test]
fn a_peer_that_reckons_time_otherwise_is_found() {
    let patient = Patient::healthy();
    let newer = "/peers/1/node_info/version";
    patient.answer("net_info", newer, "0.40.1".into());
    patient.doctor(&[]).well();
    patient.answer("net_info", newer, "0.38.26".into());
    patient
        .doctor(&[])
        .ill("runs CometBFT 0.38.26, and this one 0.39.0");
}

#[test]
fn a_chain_that_stands_still_is_told_from_a_node_that_is_behind() {
    let patient = Patient::healthy();
    let time = comet::rfc3339(&comet::timestamp(now() - 300 * SECOND));
    patient.answer("status", "/sync_info/latest_block_time", time.into());
    patient.doctor(&[]).ill("standing-still");
    patient.answer("status", "/sync_info/catching_up", true.into());
    assert!(patient.doctor(&[]).well().contains("still catching up"));
    // CometBFT waits for a snapshot without an end, and says nothing.
    let config = patient.homes.text("tax", CONFIG);
    patient.config("[mempool]", "[statesync]\nenable = true\n\n[mempool]");
    assert!(patient.doctor(&[]).well().contains("still catching up"));
    patient.answer("status", "/sync_info/latest_block_height", "0".into());
    patient.answer("abci_info", "/response/last_block_height", "0".into());
    let said = patient.doctor(&[]).well();
    assert!(said.contains("waits for a snapshot") && said.contains("every 10000 blocks"));
    fs::write(patient.homes.home("tax").join(CONFIG), config).expect("writes");
    patient.answer("status", "/sync_info/catching_up", false.into());
    patient.answer("status", "/sync_info/latest_block_height", "0".into());
    patient.doctor(&[]).ill("there is no block yet");
    // After a snapshot CometBFT calls itself caught up, and fetches the blocks since.
    thread::scope(|scope| {
        scope.spawn(|| {
            for height in HEIGHT..HEIGHT + 20 {
                let height = height.to_string();
                patient.answer(
                    "status",
                    "/sync_info/latest_block_height",
                    height.clone().into(),
                );
                patient.answer("abci_info", "/response/last_block_height", height.into());
                thread::sleep(Duration::from_millis(400));
            }
        });
        thread::sleep(Duration::from_millis(200));
        assert!(patient.doctor(&[]).well().contains("still catching up"));
    });
}

#[test]
fn an_rpc_that_is_open_to_the_world_is_found() {
    let patient = Patient::healthy();
    let address = patient.engine.address;
    patient.config(
        &format!("tcp://{address}"),
        &format!("tcp://0.0.0.0:{}", address.port()),
    );
    patient.doctor(&[]).ill("rpc-open");
    patient.config("pprof_laddr", "unsafe = true\npprof_laddr");
    patient.doctor(&[]).ill("rpc.unsafe = false");
}

/// *Mistake: the checkpoint is renewed by hand each week, and one day by nobody.*
#[test]
fn a_checkpoint_that_nobody_renews_is_found() {
    let patient = Patient::healthy();
    let genesis: Value =
        serde_json::from_str(&patient.homes.text("tax", "config/genesis.json")).expect("JSON");
    let file = patient.homes.home("tax").join("chains.json");
    let named = file.to_str().expect("UTF-8");
    let doctor = || patient.doctor(&["--chains", named]);
    assert!(doctor().well().contains("there is no"));
    let publish = |id: &Value, hash: &str, more: Value| {
        let mut chain = json!({ "id": id, "checkpoint": { "height": 1, "hash": hash } });
        let members = more.as_object().cloned().unwrap_or_default();
        chain.as_object_mut().expect("one").extend(members);
        fs::write(&file, json!({ "chains": [chain] }).to_string()).expect("writes");
    };
    let days_old = |days: i64| {
        let time = comet::rfc3339(&comet::timestamp(now() - days * 86_400 * SECOND));
        patient.answer("commit", "/signed_header/header/time", time.into());
    };
    publish(&genesis["chain_id"], "ab", json!({}));
    days_old(9);
    assert!(!doctor().well().contains("checkpoint"));
    days_old(10);
    doctor().ill("is 10 days old");
    let month = json!({ "trusting_period_seconds": 30 * 86_400 });
    publish(&genesis["chain_id"], "ab", month);
    assert!(!doctor().well().contains("checkpoint"));
    publish(&genesis["chain_id"], "cd", json!({}));
    doctor().ill("is not this chain's block 1");
    publish(&json!("another-chain"), "ab", json!({}));
    doctor().ill("has no checkpoint of");
}

#[test]
fn a_fork_is_found() {
    let patient = Patient::healthy();
    let (other, url) = patient.other();
    other.change(|answers| answers.results.get_mut("commit").expect("one")["signed_header"]["commit"]["block_id"]["hash"] = "CD".into());
    patient.doctor(&["--ask", &url]).ill("fork");
}

/// A gateway that is down hides nothing of what is wrong here.
#[test]
fn a_node_that_does_not_answer_is_one_finding_among_the_others() {
    let patient = Patient::healthy();
    let (_other, url) = patient.other();
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let closed = format!("http://{}", closed.expect("a port"));
    let said = patient.doctor(&["--ask", &closed, "--ask", &url]);
    said.ill("does not answer `status`");
    patient.config("timeout_commit = \"300ms\"", "timeout_commit = \"1m30s\"");
    patient.doctor(&["--ask", &closed]).ill("pause");
}

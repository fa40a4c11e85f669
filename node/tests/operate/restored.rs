//! Mistakes with a home that was put back, or touched by another user: `doctor` names each before it costs a key.

use super::{
    homes::{Homes, run},
    patient::{HEIGHT, Patient},
    rpc::Answers,
};
use node::consortium::now;
use serde_json::json;
use std::{
    fs,
    fs::File,
    net::TcpListener,
    os::unix::fs::chown,
    thread,
    time::{Duration, SystemTime},
};

const SIGNED: &str = "data/priv_validator_state.json";
const ANEW: &str = r#"{"height":"0","round":0,"step":0}"#;

/// *Mistake: the home is put back on a new machine while the old one still runs, and both sign.* It is said before the start, until ten blocks are
/// without a vote of the key.
#[test]
fn a_key_that_still_signs_while_its_home_rests_is_found() {
    let patient = Patient::healthy();
    let (other, url) = patient.other();
    let resting = Homes::founded();
    let doctor = || {
        let home = resting.home("tax");
        run([
            "doctor",
            "--home",
            home.to_str().expect("UTF-8"),
            "--ask",
            &url,
        ])
    };
    for port in ["127.0.0.1:26657", "0.0.0.0:26656", "127.0.0.1:26660"] {
        resting.edit("tax", "config/config.toml", port, "127.0.0.1:0");
    }
    fs::write(resting.home("tax").join(SIGNED), ANEW).expect("writes");
    doctor().ill("do not start this node");
    // It rests since its own last vote, as for a backup.
    let last = format!(r#"{{"height":"{HEIGHT}","round":0,"step":3}}"#);
    fs::write(resting.home("tax").join(SIGNED), last).expect("writes");
    doctor().well();
    // The machine that it replaces is off, and ten blocks have come since.
    fs::write(resting.home("tax").join(SIGNED), ANEW).expect("writes");
    other.change(|answers| {
        let commit = answers.results.get_mut("commit").expect("one");
        commit["signed_header"]["commit"]["signatures"][0]["validator_address"] = "".into();
    });
    doctor().well();
}

/// *Mistake: the signer's machine is lost, and the next one begins while the first still signs.*
#[test]
fn a_signer_that_still_signs_while_its_node_rests_is_found() {
    let patient = Patient::healthy();
    let (other, url) = patient.other();
    let resting = Homes::founded();
    for port in ["127.0.0.1:26657", "0.0.0.0:26656", "127.0.0.1:26660"] {
        resting.edit("tax", "config/config.toml", port, "127.0.0.1:0");
    }
    let awaited = "priv_validator_laddr = \"tcp://0.0.0.0:26659\"";
    resting.edit(
        "tax",
        "config/config.toml",
        "priv_validator_laddr = \"\"",
        awaited,
    );
    let home = resting.home("tax");
    let home = home.to_str().expect("UTF-8");
    let doctor = || run(["doctor", "--home", home, "--ask", &url]);
    doctor().ill("let no new one begin");
    other.change(|answers| {
        let commit = answers.results.get_mut("commit").expect("one");
        commit["signed_header"]["commit"]["signatures"][0]["validator_address"] = "".into();
    });
    doctor().well();
}

/// A home whose note was begun anew reads, while it catches up, what its key signed before.
#[test]
fn votes_from_before_the_home_was_put_back_alarm_nobody() {
    let patient = Patient::healthy();
    let file = patient.homes.home("tax").join(SIGNED);
    fs::write(&file, ANEW).expect("writes");
    let note = File::options().write(true).open(&file).expect("is there");
    let begun_anew = |at| note.set_modified(at).expect("sets its time");
    // Said outright: a machine's clock may be set back while a test runs.
    begun_anew(SystemTime::now() + Duration::from_secs(60));
    patient.doctor(&[]).well();
    begun_anew(SystemTime::UNIX_EPOCH);
    patient.doctor(&[]).ill("its key signs on another machine");
}

/// *Mistake: the backup is put back without what was signed last.*
#[test]
fn a_home_that_does_not_know_what_it_signed_is_found() {
    let patient = Patient::healthy();
    let file = patient.homes.home("tax").join(SIGNED);
    for half in ["", "{", "{}"] {
        fs::write(&file, half).expect("writes");
        patient.doctor(&[]).ill("ten blocks");
    }
    fs::remove_file(&file).expect("removes");
    patient.doctor(&[]).ill("ten blocks");
}

/// *Mistake: root types what the home's user should.*
#[test]
fn a_file_of_another_user_is_found() {
    let patient = Patient::healthy();
    let folder = patient.homes.home("tax").join("data/cs.wal");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("wal");
    fs::write(&file, now().to_string()).expect("writes");
    patient.doctor(&[]).well();
    if chown(&file, Some(65_534), None).is_err() {
        println!("SKIPPED: only root gives a file away");
        return;
    }
    patient.doctor(&[]).ill("chown -R --reference=");
}

/// *Mistake of the doctor's own: it is asked right after the start, and sends the operator to telephone members whose nodes are well.*
#[test]
fn a_peer_to_which_the_node_is_still_on_its_way_is_no_mistake() {
    let patient = Patient::healthy();
    let listening = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listening.local_addr().expect("an address").to_string();
    let config = "config/config.toml";
    patient
        .homes
        .edit("tax", config, "127.0.0.1:26657", &address);
    let whole = patient.answers("tax").results["net_info"].clone();
    patient.answer("net_info", "/peers/0/node_info/id", json!("0".repeat(40)));
    thread::scope(|scope| {
        scope.spawn(|| {
            let connected = |answers: &mut Answers| drop(answers.results.insert("net_info", whole));
            thread::sleep(Duration::from_secs(1));
            patient.engine.change(connected);
        });
        patient.doctor(&[]).well();
    });
}

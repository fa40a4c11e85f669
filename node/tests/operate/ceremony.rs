//! Four organisations found a chain by exchanging files.

use super::homes::{FOUNDERS, Homes, edit, run};
use node::{chain::Genesis, merkle::sha256};
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

#[test]
fn everybody_assembles_the_same_genesis_and_reads_the_same_numbers_aloud() {
    let homes = Homes::founded();
    let said: Vec<String> = FOUNDERS.map(|(id, ..)| homes.genesis(id).well()).to_vec();
    for word in ["chain ", "founding ", "sha256 "] {
        let line = |text: &String| {
            text.lines()
                .find(|line| line.starts_with(word))
                .map(str::to_owned)
        };
        let lines: Vec<_> = said.iter().map(line).collect();
        assert!(
            lines[0].is_some() && lines.iter().all(|line| *line == lines[0]),
            "{lines:?}"
        );
    }
    let genesis = FOUNDERS.map(|(id, ..)| homes.text(id, "config/genesis.json"));
    assert!(genesis.iter().all(|text| *text == genesis[0]));
    let aloud = said[0]
        .lines()
        .find_map(|line| line.strip_prefix("sha256"))
        .expect("a hash");
    let aloud: String = aloud.split_whitespace().collect();
    assert_eq!(aloud, hex::encode(sha256(genesis[0].as_bytes())));
    let genesis =
        Genesis::from_json(&serde_json::from_str(&genesis[0]).expect("JSON")).expect("a genesis");
    assert!(genesis.chain_id.starts_with("jiangbin-") && genesis.chain_id.len() == 17);
    assert_eq!(genesis.validators.len(), 4);
    let config = homes.text("tax", "config/config.toml");
    for (id, _, port) in &FOUNDERS[1..] {
        assert!(
            config.contains(&format!("@127.0.0.1:{}", 26_656 + port)),
            "{id}"
        );
    }
}

#[test]
fn private_keys_are_closed_to_others_and_shown_to_nobody() {
    let homes = Homes::founded();
    let shown = run([
        "keys",
        "show",
        "--home",
        homes.home("tax").to_str().expect("UTF-8"),
    ])
    .well();
    let identity: serde_json::Value =
        serde_json::from_str(&homes.text("tax", "member.json")).expect("JSON");
    assert!(!shown.contains(identity["seed"].as_str().expect("a seed")));
    assert!(shown.contains("ed25519:") && shown.contains("tax"));
    for file in [
        "config/priv_validator_key.json",
        "config/node_key.json",
        "member.json",
        "data/priv_validator_state.json",
    ] {
        let mode = fs::metadata(homes.home("tax").join(file))
            .expect(file)
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn keys_are_never_written_over() {
    let homes = Homes::new();
    let key = homes.text("tax", "config/priv_validator_key.json");
    homes.init("tax", 31, 0, &[]).ill("is a home already");
    assert_eq!(homes.text("tax", "config/priv_validator_key.json"), key);
    let file = homes.mail().join("key.json");
    let words = [
        "keys",
        "new",
        "--out",
        file.to_str().expect("UTF-8"),
        "--keys",
        "ml_dsa_65",
    ];
    run(words).well();
    let public = fs::read_to_string(homes.mail().join("key.json.pub")).expect("a public part");
    assert!(public.contains("cometbft/PubKeyMlDsa65") && !public.contains("priv"));
    run(words).ill("there already");
}

/// What is refused leaves nothing behind that refuses the next try.
#[test]
fn a_home_beside_an_older_identity_is_made_once_it_is_named() {
    let homes = Homes::new();
    let home = homes.home("bank");
    let identity = home.join("member.json");
    fs::create_dir(&home).expect("a folder");
    let older = homes
        .text("tax", "member.json")
        .replace("\"tax\"", "\"bank\"");
    fs::write(&identity, &older).expect("writes");
    homes.init("bank", 20, 9, &[]).ill("is there already");
    let named = ["--identity", identity.to_str().expect("UTF-8")];
    homes.init("bank", 20, 9, &named).well();
    assert_eq!(homes.text("bank", "member.json"), older);
}

#[test]
fn a_card_that_was_altered_is_refused() {
    let homes = Homes::new();
    for (from, to) in [
        (r#""power":26"#, r#""power":30"#),
        ("127.0.0.1:26657", "127.0.0.1:26699"),
        ("机构 hospital", "机构 Hospital"),
    ] {
        homes.send("hospital", "card");
        edit(&homes.mailed("hospital", "card"), from, to);
        homes.genesis("tax").ill("was altered");
    }
    fs::write(homes.mailed("hospital", "card"), "{}").expect("writes");
    homes.genesis("tax").ill("neither card nor consent");
}

#[test]
fn a_consent_to_other_cards_is_told_from_one_that_was_altered() {
    let homes = Homes::new();
    for (id, ..) in FOUNDERS {
        homes.genesis(id).well();
    }
    homes.send("hospital", "consent");
    let file = homes.mailed("hospital", "consent");
    let text = fs::read_to_string(&file).expect("readable");
    let at = text.find(r#""signature":""#).expect("a signature") + 13;
    let digit = if &text[at..=at] == "0" { "1" } else { "0" };
    let bent = format!("{}{digit}{}", &text[..at], &text[at + 1..]);
    fs::write(&file, bent).expect("writes");
    homes
        .genesis("tax")
        .ill("the consent of hospital was altered");
    homes.send("hospital", "consent");
    homes.genesis("tax").well();
    // Meanwhile a founder made its home anew: the others' consents are to its old card.
    fs::remove_dir_all(homes.home("notary")).expect("removes");
    homes.init("notary", 20, 3, &[]).well();
    homes.send("notary", "card");
    homes.genesis("tax").ill("consents to another founding");
}

#[test]
fn founders_who_do_not_go_together_are_refused() {
    for (id, power, port, more, why) in [
        ("notary", 20, 1, &[][..], "the same address"),
        ("notary", 80, 3, &[], "a third of the power"),
        ("notary", 0, 3, &[], "has no power"),
        ("other", 20, 3, &["--chain", "other"], "wants the chain"),
        (
            "other",
            20,
            3,
            &["--name", "机构 hospital"],
            "the same name",
        ),
    ] {
        let homes = Homes::new();
        fs::remove_dir_all(homes.home("notary")).expect("removes");
        fs::remove_file(homes.mailed("notary", "card")).expect("removes");
        homes.init(id, power, port, more).well();
        homes.send(id, "card");
        homes.genesis("tax").ill(why);
    }
}

#[test]
fn founders_with_one_key_are_refused() {
    let homes = Homes::new();
    let key = homes.home("hospital").join("validator.json");
    fs::remove_dir_all(homes.home("notary")).expect("removes");
    let more = [
        "--validator-key",
        key.to_str().expect("UTF-8"),
        "--signer",
        "tcp://127.0.0.1:26659",
    ];
    homes.init("notary", 20, 3, &more).well();
    homes.send("notary", "card");
    homes.genesis("tax").ill("the same key");
}

/// *Mistake: three build CometBFT v0.40, and one takes the v0.38 that it knows. All is well until a vote for no block moves a block's time.*
#[test]
fn founders_with_different_lines_of_cometbft_are_refused() {
    let homes = Homes::new();
    let older = homes.home("cometbft");
    // Written by a process that has ended: no file that is open for writing can be run.
    let script =
        r#"printf '#!/bin/sh\n[ "$1" != version ] || echo 0.38.26\n' > "$0"; chmod 700 "$0""#;
    let written = Command::new("sh").args(["-c", script]).arg(&older).status();
    assert!(written.expect("a shell").success());
    let (id, power, port) = FOUNDERS[1];
    fs::remove_dir_all(homes.home(id)).expect("removes");
    let older = older.to_str().expect("UTF-8");
    homes.init_with(older, id, power, port, &[]).well();
    homes.send(id, "card");
    homes.genesis("tax").ill("has CometBFT 0.38.26");
}

#[test]
fn three_founders_cannot_found_a_chain() {
    let homes = Homes::new();
    fs::remove_file(homes.mailed("notary", "card")).expect("removes");
    homes.genesis("tax").ill("a third of the power");
}

#[test]
fn names_and_addresses_that_no_node_could_use_are_refused() {
    let homes = Homes::new();
    for (more, why) in [
        (&["--chain", "dev-jiangbin"][..], "development keys"),
        (&["--chain", "Jiang bin"], "cannot name a chain"),
        (&["--address", "node.example"], "no address"),
        (&["--address", "a\",b:1"], "no address"),
        (&["--member", "a/b"], "cannot be a member's id"),
        (&["--cometbft", "false"], "no CometBFT"),
    ] {
        homes.init("newcomer", 5, 9, more).ill(why);
        assert!(
            !homes.home("newcomer").exists(),
            "{why}: nothing is left behind"
        );
    }
}

#[test]
fn who_joins_has_the_chains_own_genesis_and_particulars_to_send() {
    let homes = Homes::founded();
    let genesis = homes.home("tax").join("config/genesis.json");
    let hash = hex::encode(sha256(&fs::read(&genesis).expect("readable")));
    let shown = run([
        "keys",
        "show",
        "--home",
        homes.home("tax").to_str().expect("UTF-8"),
    ])
    .well();
    let id = shown.split_whitespace().nth(1).expect("an id").to_owned();
    let peer = format!("{id}@127.0.0.1:26656");
    let join_with = |home: &str, hash: &str, peer: &str, more: &[&str]| {
        let home = homes.home(home);
        let words = [
            "join",
            "--home",
            home.to_str().expect("UTF-8"),
            "--cometbft",
            "true",
            "--genesis",
            genesis.to_str().expect("UTF-8"),
            "--sha256",
            hash,
            "--peer",
            peer,
            "--member",
            "bank",
            "--name",
            "江滨银行",
            "--name-en",
            "Bank",
            "--role",
            "company",
        ];
        run([&words[..], more].concat())
    };
    let join = |home: &str, hash: &str, peer: &str| join_with(home, hash, peer, &[]);
    join("bank", &"0".repeat(64), &peer).ill("is another genesis");
    join("bank", &hash, "127.0.0.1:26656").ill("is not ID@HOST:PORT");
    join("bank", &hash, &peer).well();
    assert_eq!(
        homes.text("bank", "config/genesis.json"),
        homes.text("tax", "config/genesis.json")
    );
    assert!(homes.text("bank", "config/config.toml").contains(&peer));
    assert!(homes.text("bank", "admit.json").contains("江滨银行"));
    let public = homes.text("bank", "validator.json");
    assert!(public.contains("pub_key") && !public.contains("priv"));
    assert!(
        !homes
            .text("bank", "config/config.toml")
            .contains("statesync")
    );

    let trusted = format!("7:{hash}");
    let with = |server: &str| {
        let words = [
            "--trust",
            &trusted,
            "--server",
            "a.example:1",
            "--server",
            server,
        ];
        join_with("bank-2", &hash, &peer, &words)
    };
    with("b.example:2\"").ill("is no address");
    with("https://b.example").well();
    let config = homes.text("bank-2", "config/config.toml");
    let parsed: toml_edit::DocumentMut = config.parse().expect("TOML");
    let section = &parsed["statesync"];
    assert_eq!(
        section["rpc_servers"].as_str(),
        Some("a.example:1,https://b.example")
    );
    assert_eq!(section["trust_height"].as_integer(), Some(7));
    assert_eq!(section["trust_hash"].as_str(), Some(hash.as_str()));
}

#[test]
fn a_second_home_to_replace_a_key_has_everything_but_the_keys() {
    let homes = Homes::founded();
    let rotate = |to: &str, more: &[&str]| {
        let (old, new) = (homes.home("tax"), homes.home(to));
        let words = [
            "keys",
            "rotate",
            "--home",
            old.to_str().expect("UTF-8"),
            "--to",
            new.to_str().expect("UTF-8"),
            "--cometbft",
            "true",
            "--keys",
            "ml_dsa_65",
            "--p2p",
            "127.0.0.1:26700",
        ];
        run([&words[..], more].concat())
    };
    let said = rotate("tax-2", &[]).well();
    assert!(said.contains("move its private key away"), "{said}");
    assert_eq!(
        homes.text("tax", "config/genesis.json"),
        homes.text("tax-2", "config/genesis.json")
    );
    let peers = |id: &str| {
        let config = homes.text(id, "config/config.toml");
        config
            .lines()
            .find(|line| line.starts_with("persistent_peers"))
            .map(str::to_owned)
    };
    assert_eq!(peers("tax"), peers("tax-2"));
    for file in ["config/priv_validator_key.json", "config/node_key.json"] {
        assert_ne!(homes.text("tax", file), homes.text("tax-2", file), "{file}");
    }

    let trusted = format!("7:{}", "ab".repeat(32));
    let with = |server: &str| {
        let words = ["--trust", &trusted, "--server", "a.example:1", "--server"];
        rotate("tax-3", &[&words[..], &[server]].concat())
    };
    with("b.example:2\"").ill("is no address");
    // Nobody has a snapshot of so young a chain.
    let said = with("b.example:2").well();
    assert!(said.contains("block 7 is below it"), "{said}");
    let begins = |id: &str| homes.text(id, "config/config.toml").contains("[statesync]");
    assert!(begins("tax-3") && !begins("tax-2"));
    // The old key is where no file is to be moved.
    let awaited = "priv_validator_laddr = \"tcp://0.0.0.0:26659\"";
    let config = "config/config.toml";
    homes.edit("tax", config, "priv_validator_laddr = \"\"", awaited);
    let said = rotate("tax-4", &[]).well();
    assert!(said.contains("its signer for good"), "{said}");
}

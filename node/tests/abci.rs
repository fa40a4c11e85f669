//! The program `lianyan-node abci`, driven over its socket as CometBFT drives it, with messages that others defined.

mod common;

use common::{CHAIN, GENESIS, SECOND, admit, founder_key, genesis, member, payload, tree_key};
use node::application::code;
use prost::Message;
use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tendermint_proto::{
    google::protobuf::Timestamp,
    v0_38::{
        abci::{
            Misbehavior, MisbehaviorType, Request, RequestApplySnapshotChunk, RequestCheckTx,
            RequestCommit, RequestEcho, RequestFinalizeBlock, RequestFlush, RequestInfo,
            RequestInitChain, RequestListSnapshots, RequestLoadSnapshotChunk, RequestOfferSnapshot,
            RequestPrepareProposal, RequestProcessProposal, RequestQuery, Response,
            ResponseApplySnapshotChunk, ResponseFinalizeBlock, ResponseInfo, Snapshot, Validator,
            ValidatorUpdate, request::Value as Ask, response::Value as Answer,
            response_apply_snapshot_chunk::Result as Applied,
            response_offer_snapshot::Result as Offered, response_process_proposal::ProposalStatus,
        },
        crypto::{PublicKey, public_key::Sum},
        types::{ConsensusParams, ValidatorParams},
    },
};

/// The program, and a connection to it.
struct Application {
    child: Child,
    stream: BufReader<UnixStream>,
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Application {
    fn start(home: &Path) -> Self {
        Self::start_with(home, &[])
    }

    fn start_with(home: &Path, options: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
            .args(["abci", "--with-parent", "--listen", "unix://app.sock"])
            .arg("--home")
            .arg(home)
            .args(options)
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        let deadline = Instant::now() + Duration::from_secs(20);
        let stream = loop {
            match UnixStream::connect(home.join("app.sock")) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        Self {
            child,
            stream: BufReader::new(stream),
        }
    }

    /// As a power cut.
    fn kill(mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
    }

    fn send(&mut self, ask: Ask) {
        let request = Request { value: Some(ask) };
        let bytes = request.encode_length_delimited_to_vec();
        self.stream.get_mut().write_all(&bytes).expect("writes");
    }

    fn receive(&mut self) -> Answer {
        let (mut length, mut shift) = (0, 0);
        loop {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).expect("answers");
            length |= usize::from(byte[0] & 0x7f) << shift;
            shift += 7;
            if byte[0] < 0x80 {
                break;
            }
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).expect("answers");
        Response::decode(bytes.as_slice())
            .expect("decodes")
            .value
            .expect("an answer")
    }

    fn ask(&mut self, ask: Ask) -> Answer {
        self.send(ask);
        self.receive()
    }

    fn info(&mut self) -> ResponseInfo {
        match self.ask(Ask::Info(RequestInfo::default())) {
            Answer::Info(info) => info,
            other => panic!("{other:?}"),
        }
    }

    fn init_chain(&mut self) -> Vec<u8> {
        match self.ask(Ask::InitChain(init_chain())) {
            Answer::InitChain(answer) => {
                assert_eq!(answer.validators.len(), 4);
                answer.app_hash.to_vec()
            }
            other => panic!("{other:?}"),
        }
    }

    fn finalize(&mut self, height: i64, txs: &[Vec<u8>]) -> ResponseFinalizeBlock {
        let request = RequestFinalizeBlock {
            txs: txs.iter().cloned().map(Into::into).collect(),
            hash: node::merkle::sha256(&height.to_be_bytes()).to_vec().into(),
            height,
            time: Some(time(height)),
            ..RequestFinalizeBlock::default()
        };
        match self.ask(Ask::FinalizeBlock(request)) {
            Answer::FinalizeBlock(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn snapshots(&mut self) -> Vec<Snapshot> {
        match self.ask(Ask::ListSnapshots(RequestListSnapshots {})) {
            Answer::ListSnapshots(list) => list.snapshots,
            other => panic!("{other:?}"),
        }
    }

    fn offer(&mut self, offer: &RequestOfferSnapshot) -> Offered {
        match self.ask(Ask::OfferSnapshot(offer.clone())) {
            Answer::OfferSnapshot(answer) => answer.result(),
            other => panic!("{other:?}"),
        }
    }

    fn apply(&mut self, chunk: Vec<u8>) -> ResponseApplySnapshotChunk {
        let request = RequestApplySnapshotChunk {
            index: 0,
            chunk: chunk.into(),
            sender: "a peer".into(),
        };
        match self.ask(Ask::ApplySnapshotChunk(request)) {
            Answer::ApplySnapshotChunk(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn commit(&mut self) {
        let answer = self.ask(Ask::Commit(RequestCommit {}));
        assert!(
            matches!(&answer, Answer::Commit(commit) if commit.retain_height == 0),
            "{answer:?}"
        );
    }
}

fn time(height: i64) -> Timestamp {
    node::comet::timestamp(GENESIS + height * SECOND)
}

fn init_chain() -> RequestInitChain {
    let genesis = genesis();
    let validators = genesis.validators.iter().map(|validator| ValidatorUpdate {
        pub_key: Some(PublicKey {
            sum: Some(Sum::Ed25519(validator.key.bytes().to_vec())),
        }),
        power: validator.power,
    });
    RequestInitChain {
        time: Some(time(0)),
        chain_id: CHAIN.into(),
        consensus_params: Some(ConsensusParams {
            validator: Some(ValidatorParams {
                pub_key_types: genesis.params.key_types.clone(),
            }),
            ..ConsensusParams::default()
        }),
        validators: validators.collect(),
        app_state_bytes: serde_json::to_vec(&genesis.app_state)
            .expect("encodes")
            .into(),
        initial_height: 1,
    }
}

#[test]
fn a_block_goes_through_every_method_and_its_state_is_proven() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let info = application.info();
    assert_eq!(
        (
            info.app_version,
            info.last_block_height,
            info.last_block_app_hash.len()
        ),
        (1, 0, 0),
        "nothing yet"
    );
    let founded = application.init_chain();

    let event = admit("m-1", GENESIS);
    let lone = payload(
        "member.admit",
        ("member", "m-2"),
        0,
        &member("m-2"),
        GENESIS,
    )
    .sign(&[&founder_key(0)])
    .expect("signs")
    .encode();
    let check = |application: &mut Application, tx: &[u8]| {
        let request = RequestCheckTx {
            tx: tx.to_vec().into(),
            ..RequestCheckTx::default()
        };
        match application.ask(Ask::CheckTx(request)) {
            Answer::CheckTx(answer) => answer.code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(check(&mut application, &event), code::OK);
    assert_eq!(check(&mut application, &lone), code::OK);
    assert_eq!(check(&mut application, b"garbage"), code::MALFORMED);

    let proposed = |application: &mut Application, local: bool| {
        let request = RequestPrepareProposal {
            max_tx_bytes: 1 << 20,
            txs: vec![event.clone().into(), b"garbage".to_vec().into()],
            height: 1,
            time: Some(match local {
                true => node::comet::timestamp(node::consortium::now()),
                false => time(1),
            }),
            ..RequestPrepareProposal::default()
        };
        match application.ask(Ask::PrepareProposal(request)) {
            Answer::PrepareProposal(answer) => answer.txs,
            other => panic!("{other:?}"),
        }
    };
    assert!(
        proposed(&mut application, false).is_empty(),
        "block time is years behind"
    );
    // By now the event's `until` has passed.
    assert!(proposed(&mut application, true).is_empty());

    let judged = |application: &mut Application, tx: &[u8]| {
        let request = RequestProcessProposal {
            txs: vec![tx.to_vec().into()],
            height: 1,
            time: Some(time(1)),
            ..RequestProcessProposal::default()
        };
        match application.ask(Ask::ProcessProposal(request)) {
            Answer::ProcessProposal(answer) => answer.status(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(judged(&mut application, &event), ProposalStatus::Accept);
    assert_eq!(judged(&mut application, b"garbage"), ProposalStatus::Reject);

    let answer = application.finalize(1, &[event, lone]);
    let codes: Vec<u32> = answer.tx_results.iter().map(|result| result.code).collect();
    assert_eq!(codes, [code::OK, code::REFUSED]);
    assert_ne!(answer.app_hash, founded);
    application.commit();
    let info = application.info();
    assert_eq!(info.last_block_height, 1);
    assert_eq!(info.last_block_app_hash, answer.app_hash);

    let query = RequestQuery {
        path: "/head".into(),
        data: tree_key("member", "m-1").to_vec().into(),
        height: 1,
        prove: true,
    };
    let Answer::Query(proven) = application.ask(Ask::Query(query)) else {
        panic!("no answer to a query");
    };
    assert_eq!((proven.code, proven.height), (code::OK, 1));
    let ops = proven.proof_ops.expect("a proof").ops;
    assert_eq!((ops.len(), ops[0].r#type.as_str()), (1, "ics23:jmt"));
    assert_eq!(ops[0].key, proven.key);
    let unknown = RequestQuery {
        path: "/nowhere".into(),
        height: -1,
        ..RequestQuery::default()
    };
    assert!(
        matches!(application.ask(Ask::Query(unknown)), Answer::Query(answer) if answer.code == code::FAILED),
        "a bad question does not end the application"
    );
}

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    for number in 0..100 {
        application.send(Ask::Echo(RequestEcho {
            message: number.to_string(),
        }));
    }
    application.send(Ask::Flush(RequestFlush {}));
    for number in 0..100 {
        let answer = application.receive();
        assert!(
            matches!(&answer, Answer::Echo(echo) if echo.message == number.to_string()),
            "{answer:?}"
        );
    }
    assert!(matches!(application.receive(), Answer::Flush(_)));
}

#[test]
fn a_snapshot_goes_from_one_program_to_another() {
    let homes = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut old = Application::start_with(homes[0].path(), &["--snapshot-every", "2"]);
    let mut new = Application::start(homes[1].path());
    old.init_chain();
    for height in 1..=5 {
        let txs: &[_] = match height {
            2 => &[admit("m-1", GENESIS)],
            _ => &[],
        };
        old.finalize(height, txs);
        old.commit();
        if height < 5 {
            assert!(old.snapshots().is_empty(), "{height}");
        }
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    let snapshot = loop {
        match old.snapshots().pop() {
            Some(snapshot) => break snapshot,
            None => assert!(Instant::now() < deadline),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(
        (snapshot.height, snapshot.format, snapshot.chunks),
        (2, 1, 1)
    );
    let load = |old: &mut Application, chunk| {
        let request = RequestLoadSnapshotChunk {
            height: 2,
            format: 1,
            chunk,
        };
        match old.ask(Ask::LoadSnapshotChunk(request)) {
            Answer::LoadSnapshotChunk(answer) => answer.chunk,
            other => panic!("{other:?}"),
        }
    };
    assert!(load(&mut old, 1).is_empty(), "there is no second one");
    let chunk = load(&mut old, 0);
    let app_hash = old.info().last_block_app_hash;

    assert_eq!(
        new.offer(&RequestOfferSnapshot::default()),
        Offered::RejectFormat
    );
    let lie = Snapshot {
        hash: vec![7; 32].into(),
        ..snapshot.clone()
    };
    for (snapshot, expected) in [(lie, Offered::RejectSender), (snapshot, Offered::Accept)] {
        let offer = RequestOfferSnapshot {
            snapshot: Some(snapshot),
            app_hash: app_hash.clone(),
        };
        assert_eq!(new.offer(&offer), expected);
    }
    let altered = [&chunk[..], b"x"].concat();
    let refused = new.apply(altered);
    assert_eq!(refused.result(), Applied::Retry);
    assert_eq!(refused.refetch_chunks, [0]);
    assert_eq!(refused.reject_senders, ["a peer"]);
    let taken = new.apply(chunk.to_vec());
    assert_eq!(taken.result(), Applied::Accept);
    assert!(taken.reject_senders.is_empty());
    let info = new.info();
    assert_eq!(
        (info.last_block_height, info.last_block_app_hash),
        (2, app_hash)
    );
    let event = [admit("m-2", GENESIS)];
    for height in 3..=5 {
        new.finalize(height, &[]);
        new.commit();
    }
    assert_eq!(new.finalize(6, &event), old.finalize(6, &event));
}

/// What CometBFT does after a crash: it asks where the application stands and sends again what is missing.
#[test]
fn killed_between_any_two_steps_it_reaches_the_same_app_hash() {
    let blocks: Vec<Vec<Vec<u8>>> = (0..6)
        .map(|height| {
            (0..height % 3)
                .map(|number| admit(&format!("m-{height}-{number}"), GENESIS))
                .collect()
        })
        .collect();
    let undisturbed = {
        let home = tempfile::tempdir().expect("a folder");
        let mut application = Application::start(home.path());
        application.init_chain();
        let hashes = (1..).zip(&blocks).map(|(height, txs)| {
            let answer = application.finalize(height, txs);
            application.commit();
            answer.app_hash
        });
        hashes.collect::<Vec<_>>()
    };

    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let founded = application.init_chain();
    application.kill();
    application = Application::start(home.path());
    assert_eq!(application.info().last_block_height, 0);
    assert_eq!(
        application.init_chain(),
        founded,
        "it begins again, the same"
    );
    for (height, (txs, hash)) in (1..).zip(blocks.iter().zip(&undisturbed)) {
        assert_eq!(&application.finalize(height, txs).app_hash, hash);
        application.kill();
        application = Application::start(home.path());
        assert_eq!(
            application.info().last_block_height,
            height - 1,
            "not committed"
        );
        assert_eq!(
            &application.finalize(height, txs).app_hash,
            hash,
            "replayed"
        );
        application.commit();
        application.kill();
        application = Application::start(home.path());
        let info = application.info();
        assert_eq!(
            (info.last_block_height, &info.last_block_app_hash),
            (height, hash)
        );
    }
}

#[test]
fn a_failure_is_said_and_ends_the_program() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let mut other = init_chain();
    other.validators.pop();
    let answer = application.ask(Ask::InitChain(other));
    let Answer::Exception(exception) = answer else {
        panic!("{answer:?}");
    };
    assert!(
        exception.error.contains("validators"),
        "{}",
        exception.error
    );
    let status = application.child.wait().expect("ends");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn a_genesis_whose_parameters_do_not_know_the_validators_keys_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let mut other = init_chain();
    other.consensus_params = None;
    let answer = application.ask(Ask::InitChain(other));
    assert!(
        matches!(&answer, Answer::Exception(exception) if exception.error.contains("pub_key_types")),
        "{answer:?}"
    );
}

#[test]
fn evidence_in_a_block_suspends_a_validator() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    application.init_chain();
    let culprit = &genesis().validators[3];
    let request = RequestFinalizeBlock {
        misbehavior: vec![Misbehavior {
            r#type: MisbehaviorType::DuplicateVote.into(),
            validator: Some(Validator {
                address: culprit.key.address().to_vec().into(),
                power: culprit.power,
            }),
            height: 1,
            time: Some(time(0)),
            total_voting_power: 100,
        }],
        hash: node::merkle::sha256(b"1").to_vec().into(),
        height: 1,
        time: Some(time(1)),
        ..RequestFinalizeBlock::default()
    };
    let answer = match application.ask(Ask::FinalizeBlock(request)) {
        Answer::FinalizeBlock(answer) => answer,
        other => panic!("{other:?}"),
    };
    let [update] = &answer.validator_updates[..] else {
        panic!("{answer:?}");
    };
    let key = update.pub_key.as_ref().and_then(|key| key.sum.as_ref());
    let expected = Sum::Ed25519(culprit.key.bytes().to_vec());
    assert_eq!((key, update.power), (Some(&expected), 0));
}

#[test]
fn what_is_no_message_ends_its_connection_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    for garbage in [&[0xff; 12][..], &[3, 1, 2], &[4, 0xff, 0xff, 0xff, 0xff]] {
        let mut stream = UnixStream::connect(home.path().join("app.sock")).expect("connects");
        stream.write_all(garbage).expect("writes");
        stream.shutdown(std::net::Shutdown::Write).expect("closes");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    assert_eq!(application.info().last_block_height, 0);
}

#[test]
fn it_ends_with_the_process_that_started_it() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    drop(application.child.stdin.take());
    let status = application.child.wait().expect("ends");
    assert!(status.success());
    assert!(application.stream.fill_buf().is_ok_and(<[u8]>::is_empty));
}

//! The program `lianyan-node abci`, and what CometBFT sends to it.

use crate::common::{CHAIN, GENESIS, SECOND, genesis};
use prost::Message;
use std::{
    io::{BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tendermint_proto::{
    google::protobuf::Timestamp,
    v0_38::{
        abci::{
            Request, RequestApplySnapshotChunk, RequestCommit, RequestFinalizeBlock, RequestInfo,
            RequestInitChain, RequestListSnapshots, RequestOfferSnapshot, Response,
            ResponseApplySnapshotChunk, ResponseFinalizeBlock, ResponseInfo, Snapshot,
            ValidatorUpdate, request::Value as Ask, response::Value as Answer,
            response_offer_snapshot::Result as Offered,
        },
        crypto::{PublicKey, public_key::Sum},
        types::{ConsensusParams, ValidatorParams},
    },
};

/// What CometBFT talks over.
pub trait Line: Read + Write {}

impl<T: Read + Write> Line for T {}

/// The program, and a connection to it.
pub struct Application {
    pub child: Child,
    pub stream: BufReader<Box<dyn Line>>,
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Application {
    pub fn start(home: &Path) -> Self {
        Self::start_with(home, &[])
    }

    pub fn start_with(home: &Path, options: &[&str]) -> Self {
        let connect = || UnixStream::connect(home.join("app.sock"));
        Self::start_at("unix://app.sock", home, options, connect)
    }

    pub fn start_at_port(home: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address = free.expect("a port");
        let connect = || TcpStream::connect(address);
        Self::start_at(&format!("tcp://{address}"), home, &[], connect)
    }

    fn start_at<L: Line + 'static>(
        listen: &str,
        home: &Path,
        options: &[&str],
        connect: impl Fn() -> std::io::Result<L>,
    ) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
            .args(["abci", "--with-parent", "--listen", listen, "--home"])
            .arg(home)
            .args(options)
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        let deadline = Instant::now() + Duration::from_secs(20);
        let stream = loop {
            match connect() {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        Self {
            child,
            stream: BufReader::new(Box::new(stream)),
        }
    }

    /// As a power cut.
    pub fn kill(mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
    }

    pub fn send(&mut self, ask: Ask) {
        let request = Request { value: Some(ask) };
        let bytes = request.encode_length_delimited_to_vec();
        self.stream.get_mut().write_all(&bytes).expect("writes");
    }

    pub fn receive(&mut self) -> Answer {
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

    pub fn ask(&mut self, ask: Ask) -> Answer {
        self.send(ask);
        self.receive()
    }

    pub fn info(&mut self) -> ResponseInfo {
        match self.ask(Ask::Info(RequestInfo::default())) {
            Answer::Info(info) => info,
            other => panic!("{other:?}"),
        }
    }

    pub fn init_chain(&mut self) -> Vec<u8> {
        match self.ask(Ask::InitChain(init_chain())) {
            Answer::InitChain(answer) => {
                assert_eq!(answer.validators.len(), 4);
                answer.app_hash.to_vec()
            }
            other => panic!("{other:?}"),
        }
    }

    pub fn finalize(&mut self, height: i64, txs: &[Vec<u8>]) -> ResponseFinalizeBlock {
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

    pub fn snapshots(&mut self) -> Vec<Snapshot> {
        match self.ask(Ask::ListSnapshots(RequestListSnapshots {})) {
            Answer::ListSnapshots(list) => list.snapshots,
            other => panic!("{other:?}"),
        }
    }

    pub fn offer(&mut self, offer: &RequestOfferSnapshot) -> Offered {
        match self.ask(Ask::OfferSnapshot(offer.clone())) {
            Answer::OfferSnapshot(answer) => answer.result(),
            other => panic!("{other:?}"),
        }
    }

    pub fn apply(&mut self, chunk: Vec<u8>) -> ResponseApplySnapshotChunk {
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

    pub fn commit(&mut self) {
        let answer = self.ask(Ask::Commit(RequestCommit {}));
        assert!(
            matches!(&answer, Answer::Commit(commit) if commit.retain_height == 0),
            "{answer:?}"
        );
    }
}

pub fn time(height: i64) -> Timestamp {
    node::comet::timestamp(GENESIS + height * SECOND)
}

pub fn init_chain() -> RequestInitChain {
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

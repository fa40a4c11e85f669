//! `doctor` asks a CometBFT and another node that answer anything: it comes to an end, and no other genesis escapes it.

use super::{WORLD, validator};
use crate::{edit::edit, input::Input};
use axum::http::Uri;
use node::{
    chain::Genesis,
    network::{Home, SigningSeed, node_key, pretty, validator_key},
    run::outside,
};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
};

/// Whom the questions reach, by the path.
const OTHER: &str = "/other";

/// How the next answers are bent, and what was answered when the genesis was asked for: by the node itself, by the other one.
#[derive(Default)]
struct Lies {
    left: Vec<u8>,
    genesis: [Option<Vec<u8>>; 2],
}

static LIES: Mutex<Lies> = Mutex::new(Lies {
    left: Vec::new(),
    genesis: [None, None],
});

fn lies() -> MutexGuard<'static, Lies> {
    LIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A home whose CometBFT is the world's node.
struct Patient {
    home: tempfile::TempDir,
    other: Uri,
}

static PATIENT: LazyLock<Patient> = LazyLock::new(|| {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::new(folder.path());
    let seed = validator("tax").seed();
    let key = validator_key(&SigningSeed::ed25519(seed));
    let config = format!(
        "[rpc]\nladdr = \"tcp://{address}\"\n[p2p]\nladdr = \"tcp://127.0.0.1:0\"\npersistent_peers = \"{}@127.0.0.1:1\"\n[instrumentation]\nprometheus_listen_addr = \"127.0.0.1:0\"\n",
        "7".repeat(40)
    );
    home.lay_out().expect("writes");
    home.put("config/config.toml", &config).expect("writes");
    let genesis = pretty(&WORLD.node.genesis.to_json());
    home.put("config/genesis.json", &genesis).expect("writes");
    for (file, document) in [
        ("config/node_key.json", node_key(&seed)),
        ("config/priv_validator_key.json", key),
        (
            "data/priv_validator_state.json",
            json!({ "height": WORLD.node.height().to_string() }),
        ),
    ] {
        home.put_private(file, &document).expect("writes");
    }
    Patient {
        home: folder,
        other: format!("http://{address}{OTHER}")
            .parse()
            .expect("an address"),
    }
});

/// Answers one request, and closes the connection.
fn answer(mut stream: TcpStream) {
    let Some((path, body)) = request(&mut stream) else {
        return;
    };
    let (_, answer) = WORLD.runtime.block_on(WORLD.post(body.clone()));
    let mut lies = lies();
    let bent = bend(answer, &mut lies.left);
    if serde_json::from_slice::<Value>(&body).is_ok_and(|asked| asked["method"] == "genesis") {
        lies.genesis[usize::from(path == OTHER)] = Some(bent.clone());
    }
    drop(lies);
    let _ = stream.write_all(&bent);
}

/// Path and body of a request.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1)?.lines().next()?;
        let (body, length) = (&bytes[end + 4..], length.trim().parse().ok()?);
        if body.len() >= length {
            return Some((head.split(' ').nth(1)?.to_owned(), body.to_vec()));
        }
    }
}

/// The whole response. Of each lie the first byte says of how many answers it is the last one; the second, how it is bent; the third, by how many
/// bytes.
fn bend(answer: Vec<u8>, lies: &mut Vec<u8>) -> Vec<u8> {
    let whole = |body: &[u8]| {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    match lies.first_mut() {
        None => return whole(&answer),
        Some(left @ 1..) => {
            *left -= 1;
            return whole(&answer);
        }
        Some(0) => {}
    }
    let bytes = std::mem::take(lies);
    let mut input = Input(&bytes[1..]);
    let (how, length) = (input.byte(), usize::from(input.byte()));
    let bytes = input.take(length);
    *lies = input.0.to_vec();
    match how % 4 {
        0 => bytes.to_vec(),
        1 => whole(bytes),
        _ => {
            let mut document = serde_json::from_slice(&answer).unwrap_or_default();
            edit(&mut document, &mut Input(bytes));
            whole(document.to_string().as_bytes())
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let odd: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\n\r\n{\"result\":{\"genesis\":{}}}",
        b"{\"result\":{\"response\":{}}}",
        b"HTTP/1.0 200 OK\r\n",
        b"",
    ];
    let odd = odd.iter().flat_map(|bytes| {
        let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        (0..14).map(move |answer| [&[answer % 2, answer, answer / 7, length], *bytes].concat())
    });
    // One value of one answer in each way; and of the first, the status, every value becomes a time before all times.
    let edits = (0..14).flat_map(|answer| {
        (0..12).map(move |place| vec![answer % 2, answer, 2, 6, place % 8, 0, place, 0, 9, place])
    });
    let times = (0..40).map(|place| vec![0, 0, 2, 6, 0, 0, place, 0, 0, 13]);
    let well = [vec![0], vec![1]].into_iter();
    well.chain(times).chain(odd).chain(edits).collect()
}

/// Whether another node is asked too, then the lies.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let ask = input.byte() % 2 == 1;
    let patient = &*PATIENT;
    *lies() = Lies {
        left: input.0.to_vec(),
        genesis: [None, None],
    };
    let ask = if ask {
        std::slice::from_ref(&patient.other)
    } else {
        &[]
    };
    let found = outside::doctor(patient.home.path(), ask).expect("its files are well");
    let told = std::mem::take(&mut lies().genesis);
    if told.into_iter().flatten().any(|told| is_another(&told)) {
        assert!(
            found.contains(&"genesis-differs"),
            "another genesis is not noticed: {found:?}"
        );
    }
}

/// Whether the response has a genesis, and not the home's.
fn is_another(response: &[u8]) -> bool {
    let body = response.windows(4).position(|window| window == b"\r\n\r\n");
    let body = body.map_or(&[][..], |at| &response[at + 4..]);
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let genesis = Genesis::from_json(&answer["result"]["genesis"]);
    genesis.is_ok_and(|genesis| genesis.to_json() != WORLD.node.genesis.to_json())
}

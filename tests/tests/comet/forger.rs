//! A node that shows light clients another header, properly signed by validators that lie.

use super::misbehaviour::public;
use lianyan_tests::Outcome;
use lianyan_tests::http::{Request, Response, Server};
use light_client::json::{self, write};
use light_client::{BlockIdFlag, SignedHeader, Time, sha256};
use records::SecretKey;
use serde_json::Value;
use std::io::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The node.
pub struct Forger {
    server: Server,
    told: Arc<AtomicUsize>,
}

impl Forger {
    /// Stands before a true node and forges the header of one height, with the signatures of these keys.
    pub fn before(upstream: &str, height: u64, seeds: &[[u8; 32]]) -> Outcome<Self> {
        let told = Arc::new(AtomicUsize::new(0));
        let (upstream, seeds, counted) = (upstream.to_owned(), seeds.to_vec(), told.clone());
        let server = Server::start(move |request, stream| {
            let mut answer = forward(&upstream, &request)?;
            let answers = match &mut answer {
                Value::Array(answers) => answers.iter_mut().collect(),
                one => vec![one],
            };
            for answer in answers {
                if forge(answer, height, &seeds).is_some() {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
            }
            let body = answer.to_string().into_bytes();
            Response::new(200, "application/json", body).write(stream)
        })?;
        Ok(Self { server, told })
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.server.address()
    }

    /// How often it lied.
    pub fn told(&self) -> usize {
        self.told.load(Ordering::Relaxed)
    }
}

fn forward(upstream: &str, request: &Request) -> Result<Value> {
    let failed = |error: ureq::Error| std::io::Error::other(error);
    let address = format!("{upstream}{}", request.target);
    let answered = match request.body.is_empty() {
        true => ureq::get(address).call(),
        false => ureq::post(address)
            .content_type("application/json")
            .send(&request.body[..]),
    };
    let mut answer = answered.map_err(failed)?;
    answer.body_mut().read_json().map_err(failed)
}

/// Bends the answer to `commit` for this height; none where it is another answer.
fn forge(answer: &mut Value, height: u64, seeds: &[[u8; 32]]) -> Option<()> {
    let place = answer.pointer_mut("/result/signed_header")?;
    let signed = json::parse(place.to_string().as_bytes()).ok()?;
    let signed = json::signed_header(&signed).ok()?;
    (signed.header.height == height).then_some(())?;
    let text = write::signed_header(&forged(signed, seeds));
    *place = serde_json::from_str(&text).ok()?;
    Some(())
}

/// Nothing in it contradicts the chain's state but the evidence that it names, and the liars have signed it.
fn forged(mut signed: SignedHeader, seeds: &[[u8; 32]]) -> SignedHeader {
    signed.header.evidence_hash = Some(sha256(&[b"no such evidence"]));
    signed.commit.block_id.hash = Some(signed.header.hash());
    for index in 0..signed.commit.signatures.len() {
        let bytes = signed
            .commit
            .vote_sign_bytes(&signed.header.chain_id, index);
        let entry = &mut signed.commit.signatures[index];
        let own = |seed: &&[u8; 32]| Some(public(seed).address()) == entry.address;
        match (seeds.iter().find(own), bytes) {
            (Some(seed), Some(bytes)) => {
                entry.signature = SecretKey::from_seed(seed).sign(&bytes);
            }
            _ => {
                entry.flag = BlockIdFlag::Absent;
                entry.address = None;
                entry.signature.clear();
                entry.timestamp = Time::GO_ZERO;
            }
        }
    }
    signed
}

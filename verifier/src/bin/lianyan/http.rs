//! The network, the clock and the terminal as the verifier's host.

use std::{io::Read, sync::OnceLock, time::Duration};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use verifier::{Host, Limits, News, Unreachable};

/// The host of the command line; it blocks.
pub struct Terminal;

impl Host for Terminal {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_millis(limits.millis.into())))
            .http_status_as_error(false)
            .tls_config(tls())
            .build()
            .into();
        // `:26657` is that port of the page's host, and the page is served here.
        let here = ["http://127.0.0.1", url].concat();
        let url = if url.starts_with(':') { &here } else { url };
        let request = agent.post(url).content_type("application/json");
        let mut answer = request.send(&body[..]).map_err(unreachable)?;
        if !answer.status().is_success() {
            let pause = answer.headers().get("retry-after");
            let pause = pause.and_then(|pause| pause.to_str().ok());
            return Err(Unreachable::by_status(answer.status().as_u16(), pause));
        }
        let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        let reader = answer.body_mut().as_reader();
        match reader.take(most.saturating_add(1)).read_to_end(&mut bytes) {
            Ok(read) if read <= limits.bytes => Ok(bytes),
            Ok(_) => Err(Unreachable::TooLong),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                Err(Unreachable::TimedOut)
            }
            Err(_) => Err(Unreachable::NoConnection),
        }
    }

    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since
            .ok()
            .and_then(|since| i64::try_from(since.as_nanos()).ok())
            .unwrap_or_default()
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        bytes
    }

    fn tell(&self, _: News) {}

    async fn pause(&self, millis: u32) {
        std::thread::sleep(Duration::from_millis(millis.into()));
    }
}

/// TLS with the authorities that the system trusts. A proof needs no authority: this keeps questions from being read on the way.
fn tls() -> TlsConfig {
    static TLS: OnceLock<TlsConfig> = OnceLock::new();
    let make = || {
        // The first provider stays; another is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let system = rustls_native_certs::load_native_certs().certs;
        let roots = system
            .iter()
            .map(|root| Certificate::from_der(root).to_owned());
        TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots.collect::<Vec<_>>()))
            .build()
    };
    TLS.get_or_init(make).clone()
}

fn unreachable(error: ureq::Error) -> Unreachable {
    match error {
        ureq::Error::Timeout(_) => Unreachable::TimedOut,
        _ => Unreachable::NoConnection,
    }
}

/// Runs a future whose waiting blocks the thread: each poll either ends it or can be repeated at once.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Write, net::TcpListener};

    #[test]
    fn https_is_spoken_and_a_server_that_does_not_speak_it_is_not_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("bound"));
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).expect("a record");
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            hello
        });
        let limits = Limits {
            millis: 5_000,
            bytes: 1_000,
        };
        let answer = block_on(Terminal.post(&url, Vec::new(), limits));
        assert_eq!(answer, Err(Unreachable::NoConnection));
        // A TLS handshake, not a question in the clear.
        assert_eq!(server.join().expect("served")[..2], [22, 3]);
    }
}

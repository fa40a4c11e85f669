//! Nodes behind https: proxies with certificates of an authority that nobody but a test knows.

use lianyan_tests::Outcome;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// An authority, and the proxies that it has certified; they end with it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    runtime: Runtime,
}

impl Authority {
    pub fn new() -> Outcome<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ok(Self {
            issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)?,
            runtime: Runtime::new()?,
        })
    }

    /// Its certificate, as programs take it from a file.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// Where a node's RPC is reached over https from now on.
    pub fn proxy(&self, node: SocketAddr) -> Outcome<String> {
        let acceptor = self.acceptor()?;
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = self.runtime.block_on(bound)?;
        let url = format!("https://{}", listener.local_addr()?);
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(acceptor.clone(), stream, node));
            }
        });
        Ok(url)
    }

    /// With a certificate for this machine.
    fn acceptor(&self) -> Outcome<TlsAcceptor> {
        let key = KeyPair::generate()?;
        let host = Ipv4Addr::LOCALHOST.to_string();
        let certificate = CertificateParams::new([host])?.signed_by(&key, &self.issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())?;
        Ok(Arc::new(config).into())
    }
}

/// One connection; who does not trust the certificate ends it.
async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, node: SocketAddr) {
    if let Ok(mut stream) = acceptor.accept(stream).await
        && let Ok(mut node) = TcpStream::connect(node).await
    {
        let _ = copy_bidirectional(&mut stream, &mut node).await;
    }
}

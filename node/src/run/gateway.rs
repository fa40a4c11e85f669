//! `lianyan-node gateway`: a read server for the public in front of nodes.

use super::{options::number, servers};
use crate::{
    error::{Error, Result},
    gateway::{self, Gateway, Limits, Metrics, Page, Quota, Upstream},
    rpc::MAX_CONNECTIONS,
};
use axum::http::HeaderValue;
use hyper::Uri;
use std::{
    fs, future,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::Runtime, sync::watch, time};

/// How often clients that have rested are forgotten, and the checkpoint is looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// Most connections of one network, of the 900 in all: behind one address there may be a hospital's waiting room, with a few connections for each browser.
const CONNECTIONS_OF_ONE: usize = 64;

/// The gateway's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    nodes: Vec<Uri>,
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    site: Option<PathBuf>,
    chains: Option<PathBuf>,
    origins: Vec<HeaderValue>,
    megabytes: u64,
    quota: Quota,
    behind_proxy: bool,
    quiet: bool,
}

impl Options {
    /// Reads the command line; a sentence where it cannot be read.
    pub fn read(words: &[String]) -> std::result::Result<Self, String> {
        let mut options = Self {
            nodes: Vec::new(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8888)),
            metrics: None,
            site: None,
            chains: None,
            origins: Vec::new(),
            megabytes: 256,
            quota: Quota {
                second: NonZeroU32::MIN.saturating_add(49),
                burst: NonZeroU32::MIN.saturating_add(499),
            },
            behind_proxy: false,
            quiet: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "--node" => options.nodes.push(node(value()?)?),
                "--listen" => options.listen = number(word, value()?)?,
                "--metrics" => options.metrics = Some(number(word, value()?)?),
                "--site" => options.site = Some(value()?.into()),
                "--chains" => options.chains = Some(value()?.into()),
                "--origin" => options.origins.push(number(word, value()?)?),
                "--memory" => options.megabytes = number(word, value()?)?,
                "--rate" => options.quota.second = number(word, value()?)?,
                "--burst" => options.quota.burst = number(word, value()?)?,
                "--behind-proxy" => options.behind_proxy = true,
                "--quiet" => options.quiet = true,
                _ => return Err(format!("gateway knows no `{word}`; try --help")),
            }
        }
        if options.nodes.is_empty() {
            return Err("gateway wants --node URL".into());
        }
        if options.chains.is_some() && options.site.is_none() {
            return Err("--chains belongs to a page: give --site too".into());
        }
        Ok(options)
    }

    /// The `chains.json` that is shown.
    fn chains(&self) -> Option<PathBuf> {
        let own = self.site.as_ref().map(|site| site.join("chains.json"));
        self.chains.clone().or(own)
    }

    fn page(&self) -> Result<Option<Page>> {
        let open = |folder: &PathBuf| Page::open(folder.clone(), self.chains.clone());
        self.site.as_ref().map(open).transpose()
    }
}

/// The address of a node's RPC.
pub(super) fn node(text: &str) -> std::result::Result<Uri, String> {
    let fits =
        |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some();
    let uri = text.parse().ok().filter(fits);
    uri.ok_or(format!(
        "`{text}` is no address such as http://127.0.0.1:26657"
    ))
}

/// Runs until Ctrl-C or an asked-for end; what is then under way is answered.
pub(super) fn run(options: &Options) -> Result<()> {
    let addresses = [Some(options.listen), options.metrics];
    let listeners = addresses.into_iter().flatten().map(servers::listen);
    let listeners = listeners.collect::<Result<Vec<_>>>()?;
    let page = options.page()?;
    let metrics = Arc::new(Metrics::default());
    let failed = |why: std::io::Error| Error::Setup(format!("cannot start: {why}"));
    let upstream = Upstream::new(options.nodes.clone(), metrics.clone()).map_err(failed)?;
    let gateway = Arc::new(Gateway::new(
        upstream,
        options.megabytes.saturating_mul(1_000_000),
        Limits::new(options.quota),
        metrics.clone(),
        options.behind_proxy,
        !options.quiet,
    ));
    let routers = vec![
        gateway::router(
            gateway.clone(),
            &options.origins,
            page.as_ref().map(Page::router),
        ),
        metrics.router(),
    ];
    let runtime = Runtime::new().map_err(failed)?;
    let (stop, stopped) = watch::channel(false);
    let of_one = if options.behind_proxy {
        MAX_CONNECTIONS
    } else {
        CONNECTIONS_OF_ONE
    };
    runtime.block_on(async {
        let servers = servers::start(listeners, routers, of_one, &stopped)?;
        eprintln!("gateway  http://{}", options.listen);
        tokio::select! {
            () = servers::until_end(|| false) => {}
            () = keep_house(&gateway, options.chains()) => {}
            () = follow(page) => {}
        }
        stop.send_replace(true);
        for server in servers {
            let _ = server.await;
        }
        Ok(())
    })
}

async fn keep_house(gateway: &Gateway, chains: Option<PathBuf>) {
    loop {
        if let Some(chains) = chains.as_ref().and_then(|file| fs::read(file).ok()) {
            gateway.note_checkpoint(&chains).await;
        }
        time::sleep(HOUSEKEEPING).await;
        gateway.forget_rested();
    }
}

async fn follow(page: Option<Page>) {
    match page {
        Some(page) => page.follow().await,
        None => future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> std::result::Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&words)
    }

    #[test]
    fn options_are_read() {
        let options = read(
            "--node http://a:1 --node https://b --listen 0.0.0.0:80 --rate 5 --origin https://c --quiet",
        )
        .expect("reads");
        assert_eq!(options.nodes.len(), 2);
        assert_eq!(options.listen.port(), 80);
        assert_eq!(options.quota.second.get(), 5);
        assert_eq!(options.origins, ["https://c"]);
        assert!(options.quiet && !options.behind_proxy);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (line, named) in [
            ("", "--node"),
            ("--node 127.0.0.1:26657", "127.0.0.1:26657"),
            ("--node ftp://a", "ftp://a"),
            ("--node http://a --rate 0", "--rate"),
            ("--node http://a --rate", "--rate"),
            ("--node http://a --chains f", "--site"),
            ("--node http://a --nod b", "--nod"),
        ] {
            assert!(read(line).unwrap_err().contains(named), "{line}");
        }
    }
}

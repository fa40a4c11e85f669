//! The page, on a portal's own origin: read into memory, compressed once, each file with its hash.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs, io,
    io::Write as _,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};
use tower_http::set_header::SetResponseHeaderLayer;

/// The page carries its own policy; only a header can say this part.
const POLICY: &str = "frame-ancestors 'none'";

struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    mime: &'static str,
    tag: HeaderValue,
    /// Whether its name changes with its content.
    named_by_hash: bool,
}

/// The built page.
pub struct Site {
    files: HashMap<String, Arc<File>>,
    /// Of the page before, what is named by its hash: who has that page open still fetches them.
    before: HashMap<String, Arc<File>>,
}

/// The page as it is shown now.
pub struct Shown(RwLock<Arc<Site>>);

impl Shown {
    /// Shows this one.
    pub fn new(site: Site) -> Self {
        Self(RwLock::new(Arc::new(site)))
    }

    /// Shows another one from now on, all its files at once.
    pub fn replace(&self, site: Site) {
        let mut shown = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = shown.files.iter().filter(|(_, file)| file.named_by_hash);
        let before = before.map(|(name, file)| (name.clone(), file.clone()));
        *shown = Arc::new(Site {
            before: before.collect(),
            ..site
        });
    }

    fn now(&self) -> Arc<Site> {
        let shown = self.0.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }
}

impl Site {
    /// Reads every file of the folder. Files named by hash are kept by browsers for a year; the others are asked about again.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = HashMap::new();
        collect(folder, "", &mut files)?;
        Ok(Self {
            files,
            before: HashMap::new(),
        })
    }

    /// Puts `chains.json` in, or replaces the one that is there; refused where it is no JSON.
    pub fn with_chains(mut self, chains: Vec<u8>) -> io::Result<Self> {
        let name = "/chains.json";
        serde_json::from_slice::<IgnoredAny>(&chains)?;
        let file = Arc::new(File::new(name, chains)?);
        self.files.insert(name.into(), file);
        Ok(self)
    }

    fn file(&self, name: &str) -> Option<&File> {
        let file = self.files.get(name).or_else(|| self.before.get(name));
        file.map(Arc::as_ref)
    }
}

fn collect(folder: &Path, at: &str, files: &mut HashMap<String, Arc<File>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{at}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &name, files)?;
        } else {
            let file = File::new(&name, fs::read(entry.path())?)?;
            files.insert(name, Arc::new(file));
        }
    }
    Ok(())
}

impl File {
    fn new(name: &str, bytes: Vec<u8>) -> io::Result<Self> {
        let digest = hex::encode(Sha256::digest(&bytes));
        let tag = HeaderValue::from_str(&format!("\"{digest}\"")).map_err(io::Error::other)?;
        let shorter = |packed: Vec<u8>| (packed.len() < bytes.len()).then(|| Bytes::from(packed));
        Ok(Self {
            brotli: shorter(brotli(&bytes)?),
            gzip: shorter(gzip(&bytes)?),
            mime: mime(name),
            tag,
            named_by_hash: is_named_by_hash(name),
            plain: bytes.into(),
        })
    }
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &best)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What a browser must be told; WebAssembly is compiled while it arrives only as `application/wasm`.
fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// The builder puts sixteen hex digits of a hash into names, before the ending or before `_bg`.
fn is_named_by_hash(name: &str) -> bool {
    let pieces = name.split(['-', '.', '_']);
    pieces
        .filter(|piece| piece.len() == 16)
        .any(|piece| piece.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The routes of the page.
pub fn router(shown: Arc<Shown>) -> Router {
    guarded(Router::new().fallback(get(serve)).with_state(shown))
}

/// Adds what a page's origin must say in headers with every answer.
pub fn guarded(router: Router) -> Router {
    let always = |name: HeaderName, value| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    router
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
}

async fn serve(State(shown): State<Arc<Shown>>, uri: Uri, headers: HeaderMap) -> Response {
    let site = shown.now();
    let name = match uri.path() {
        "/" => "/index.html",
        path => path,
    };
    let Some(file) = site.file(name) else {
        return (StatusCode::NOT_FOUND, "there is no such file").into_response();
    };
    let keep = if file.named_by_hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let common = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.mime)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
        (header::ETAG, file.tag.clone()),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if lists(
        &headers,
        &header::IF_NONE_MATCH,
        file.tag.to_str().unwrap_or("\"\""),
    ) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let takes = |encoding| lists(&headers, &header::ACCEPT_ENCODING, encoding);
    let packed = [("br", &file.brotli), ("gzip", &file.gzip)]
        .into_iter()
        .find_map(|(encoding, packed)| {
            Some((encoding, packed.clone()?)).filter(|_| takes(encoding))
        });
    match packed {
        Some((encoding, packed)) => {
            let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static(encoding))];
            (common, encoding, packed).into_response()
        }
        None => (common, file.plain.clone()).into_response(),
    }
}

/// Whether a header lists this, and not as what is not wanted (`br;q=0`). A cache in between that compresses makes a tag a weak one, which says as much
/// here (RFC 9110 §13.1.2).
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let lines = headers.get_all(name).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut items = lines.flat_map(|line| line.split(','));
    items.any(|item| {
        let (item, rest) = item.split_once(';').unwrap_or((item, ""));
        let quality = rest.trim().strip_prefix("q=").map(str::parse::<f32>);
        let item = item.trim();
        item.strip_prefix("W/").unwrap_or(item) == wanted && quality != Some(Ok(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_by_hash_is_kept_for_a_year() {
        for name in ["/app-3dba6b7640b103d4_bg.wasm", "/app-3dba6b7640b103d4.js"] {
            assert!(is_named_by_hash(name), "{name}");
        }
        for name in [
            "/index.html",
            "/verifier-worker.js",
            "/en.txt",
            "/chains.json",
        ] {
            assert!(!is_named_by_hash(name), "{name}");
        }
    }

    #[test]
    fn a_list_is_read_with_what_it_refuses_and_what_a_cache_made_of_a_tag() {
        let lists = |lines: &[&'static str], wanted: &str| {
            let line = |line: &&'static str| (header::ACCEPT, HeaderValue::from_static(line));
            lists(&lines.iter().map(line).collect(), &header::ACCEPT, wanted)
        };
        for lines in [&["gzip, br;q=0.5"][..], &["gzip", "br"], &["br ; q=1"]] {
            assert!(lists(lines, "br"), "{lines:?}");
        }
        for lines in [&["gzip, br;q=0"][..], &["br; q=0.0"], &["brotli"], &[]] {
            assert!(!lists(lines, "br"), "{lines:?}");
        }
        assert!(lists(&[r#""b", W/"a""#], r#""a""#));
        assert!(!lists(&[r#"W/"ab""#], r#""a""#));
    }

    #[test]
    fn wasm_has_its_type() {
        assert_eq!(mime("/app-3dba6b7640b103d4_bg.wasm"), "application/wasm");
        assert_eq!(mime("/LICENSE"), "application/octet-stream");
    }
}

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

    /// What is shown now.
    pub(super) fn now(&self) -> Arc<Site> {
        let shown = self.0.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }
}

impl Site {
    /// Reads every file of the folder; of the page `before`, what is the same still is not compressed again. Files named by hash are kept by browsers
    /// for a year; the others are asked about again.
    pub fn read(folder: &Path, before: Option<&Self>) -> io::Result<Self> {
        let mut site = Self {
            files: HashMap::new(),
            before: HashMap::new(),
        };
        site.collect(folder, "", before)?;
        Ok(site)
    }

    /// Puts `chains.json` in, or replaces the one that is there; refused where it is no JSON.
    pub fn with_chains(mut self, chains: Vec<u8>, before: Option<&Self>) -> io::Result<Self> {
        serde_json::from_slice::<IgnoredAny>(&chains)?;
        self.put("/chains.json".into(), chains, before)?;
        Ok(self)
    }

    fn collect(&mut self, folder: &Path, at: &str, before: Option<&Self>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{at}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.collect(&entry.path(), &name, before)?;
            } else {
                self.put(name, fs::read(entry.path())?, before)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, name: String, bytes: Vec<u8>, before: Option<&Self>) -> io::Result<()> {
        let tag = tag(&bytes)?;
        let before = before.and_then(|site| site.files.get(&name));
        let file = match before.filter(|file| file.tag == tag) {
            Some(same) => same.clone(),
            None => Arc::new(File::new(&name, bytes, tag)?),
        };
        self.files.insert(name, file);
        Ok(())
    }

    fn file(&self, name: &str) -> Option<&File> {
        let file = self.files.get(name).or_else(|| self.before.get(name));
        file.map(Arc::as_ref)
    }
}

impl File {
    fn new(name: &str, bytes: Vec<u8>, tag: HeaderValue) -> io::Result<Self> {
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

/// A file's hash, by which a browser asks again.
fn tag(bytes: &[u8]) -> io::Result<HeaderValue> {
    let digest = hex::encode(Sha256::digest(bytes));
    HeaderValue::from_str(&format!("\"{digest}\"")).map_err(io::Error::other)
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
    Router::new().fallback(get(serve)).with_state(shown)
}

/// Adds what a page's origin must say in headers with every answer, whatever answers it.
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
        // A cache in between would remember that for a while, and the file may be of the page that is just being put here.
        let keep = [(header::CACHE_CONTROL, "no-cache")];
        return (StatusCode::NOT_FOUND, keep, "there is no such file").into_response();
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

    /// `chains.json` is renewed every week, and compressing the programs takes a gateway's core for seconds.
    #[test]
    fn what_has_not_changed_is_compressed_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            fs::create_dir_all(folder.path().join("img")).expect("a folder");
            fs::write(folder.path().join(name), text).expect("writes");
        };
        for name in ["same.js", "img/same.svg", "other.js"] {
            write(name, name);
        }
        let read = |chains: &str, before: Option<&Site>| {
            let site = Site::read(folder.path(), before).expect("reads");
            let site = site.with_chains(chains.into(), before);
            site.expect("JSON")
        };
        let old = read("[1]", None);
        write("other.js", "changed");
        let new = read("[2]", Some(&old));
        for (name, same) in [
            ("/same.js", true),
            ("/img/same.svg", true),
            ("/other.js", false),
            ("/chains.json", false),
        ] {
            let files = [&old, &new].map(|site| site.files.get(name).expect("a file"));
            assert_eq!(Arc::ptr_eq(files[0], files[1]), same, "{name}");
        }
        assert_eq!(new.files["/other.js"].plain, "changed");
        assert_eq!(new.files["/chains.json"].plain, "[2]");
    }

    #[test]
    fn wasm_has_its_type() {
        assert_eq!(mime("/app-3dba6b7640b103d4_bg.wasm"), "application/wasm");
        assert_eq!(mime("/LICENSE"), "application/octet-stream");
    }
}

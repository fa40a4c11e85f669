//! The page beside it.

use super::*;

#[test]
fn the_page_is_served_packed_typed_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).expect("writes");
    };
    write("index.html", "<!doctype html>链验".repeat(50).as_bytes());
    write("app-3dba6b7640b103d4_bg.wasm", &[0; 4_000]);
    write("chains.json", b"[]");
    let chains = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(chains.path(), b"[1]").expect("writes");
    let page = Page::open(folder.path().into(), Some(chains.path().into())).expect("reads");
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.page = Some(page.router());
    let (gateway, _) = setup.serve();
    let (status, body) = gateway.get("/");
    assert!(status == 200 && body.starts_with("<!doctype html>链验"));
    assert_eq!(gateway.get("/chains.json"), (200, "[1]".into()));
    assert_eq!(gateway.get("/../Cargo.toml").0, 404);
    // A cache in between keeps what says nothing else of itself.
    let none = head(&gateway, "/app-0123456789abcdef.js", "");
    assert!(none.starts_with("http/1.1 404") && none.contains("cache-control: no-cache"));
    // On the page's origin an answer of the chain is no page and no script either, whatever a node or a stranger wrote into it.
    for path in ["/health", "/abci_query?data=%zz", "/nothing", "/"] {
        let answer = head(&gateway, path, "");
        for line in [
            "content-security-policy: frame-ancestors 'none'",
            "x-content-type-options: nosniff",
        ] {
            assert_eq!(answer.matches(line).count(), 1, "{path}: {answer}");
        }
    }
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "health"});
    assert_eq!(gateway.call(&call)["result"], json!({}));
    let page = head(&gateway, "/", "accept-encoding: gzip, br\r\n");
    for line in [
        "content-encoding: br",
        "content-type: text/html",
        "cache-control: no-cache",
        "content-security-policy: frame-ancestors 'none'",
        "x-content-type-options: nosniff",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let wasm = head(
        &gateway,
        "/app-3dba6b7640b103d4_bg.wasm",
        "accept-encoding: gzip\r\n",
    );
    for line in [
        "content-encoding: gzip",
        "content-type: application/wasm",
        "immutable",
    ] {
        assert!(wasm.contains(line), "{line}: {wasm}");
    }
}

/// A page is read. What changes something elsewhere is refused, and does not look as if it had been done.
#[test]
fn a_file_is_only_read() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("index.html"), "page").expect("writes");
    let page = Page::open(folder.path().into(), None).expect("reads");
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.page = Some(page.router());
    let (gateway, _) = setup.serve();
    let answer = |method: &str, path: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        gateway.exchange(request.as_bytes()).0.to_lowercase()
    };
    for path in ["/", "/index.html"] {
        for method in ["PUT", "DELETE", "PATCH"] {
            let refused = answer(method, path);
            assert!(
                refused.starts_with("http/1.1 405"),
                "{method} {path}: {refused}"
            );
            assert!(refused.contains("get,head"), "{method} {path}: {refused}");
        }
        let head = answer("HEAD", path);
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(
            head.contains("content-length: 4") && !head.contains("\r\nallow:"),
            "{head}"
        );
    }
    assert!(answer("POST", "/index.html").starts_with("http/1.1 405"));
}

/// `chains.json` is renewed every week, and the page with each version, while visitors come.
#[test]
fn a_page_that_changes_on_the_disk_is_shown_whole_and_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("writes");
    };
    let (old, new) = ("app-3dba6b7640b103d4.js", "app-0123456789abcdef.js");
    write("index.html", old);
    write(old, "old");
    write("chains.json", "[1]");
    let page = Page::open(
        folder.path().into(),
        Some(folder.path().join("chains.json")),
    );
    let page = page.expect("reads");
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.page = Some(page.router());
    let (gateway, _) = setup.serve();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("starts");
        runtime.block_on(page.follow());
    });
    let shows = |path: &str, text: &str| {
        let deadline = Instant::now() + Duration::from_secs(30);
        while gateway.get(path).1 != text {
            assert!(Instant::now() < deadline, "{path} is not {text}");
            thread::sleep(Duration::from_millis(100));
        }
    };
    write("chains.json", "[2]");
    shows("/chains.json", "[2]");
    // Half written, it is not shown; nor is anything else until it is whole.
    write("chains.json", "[2,");
    std::fs::remove_file(folder.path().join(old)).expect("removes");
    write(new, "new");
    write("index.html", new);
    thread::sleep(Duration::from_secs(6));
    assert_eq!(gateway.get("/"), (200, old.into()));
    assert_eq!(gateway.get("/chains.json"), (200, "[2]".into()));
    write("chains.json", "[3, 3]");
    shows("/", new);
    assert_eq!(gateway.get("/chains.json"), (200, "[3, 3]".into()));
    assert_eq!(gateway.get(&format!("/{new}")), (200, "new".into()));
    let still = gateway.get(&format!("/{old}"));
    assert_eq!(still, (200, "old".into()), "for who has the old page open");
}

/// *Mistake: the checkpoint is renewed by hand each week, and one day by nobody.*
#[test]
fn the_figures_tell_how_old_the_checkpoint_is() {
    let answer = json!({
        "node_info": { "network": "jiangbin" },
        "header": { "height": "7", "time": "2026-01-01T00:00:00.5Z" },
    });
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(answer));
    let (gateway, metrics) = Setup::new([node.address]).gateway();
    let runtime = tokio::runtime::Runtime::new().expect("starts");
    let shown = |id: &str| {
        let chains = json!({ "chains": [{ "id": id, "checkpoint": { "height": 7 } }] });
        runtime.block_on(gateway.note_checkpoint(chains.to_string().as_bytes()));
        let text = metrics.text();
        let mut lines = text.lines();
        let figure =
            lines.find_map(|line| line.strip_prefix("lianyan_gateway_checkpoint_seconds "));
        figure.expect("a figure").to_owned()
    };
    assert_eq!(shown("another"), "0");
    assert_eq!(shown("jiangbin"), "1767225600");
}

//! Pins every program of the page by hash from index.html, so that who serves a changed program is noticed by the browser.

use base64::Engine;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Result;
use std::path::Path;

/// The marker in index.html that stands for the hash of the file its element names.
const MARK: &str = " data-pin";
const BUILD: &str = "<script id=\"lianyan-build\" type=\"application/json\">";
/// The marker in the page's content security policy that stands for the hashes of its inline scripts.
const INLINE: &str = "{inline scripts}";
/// What the page fetches with its hash: programs, and texts in another language.
const PINNED: [&str; 3] = [".wasm", ".js", ".txt"];
/// What the operator of a site writes; it is no part of the build.
const CHAINS: &str = "chains.json";

/// Fills in the hashes and the build's own hash.
pub fn pin(site: &Path) -> Result<()> {
    let index = site.join("index.html");
    let html = std::fs::read_to_string(&index)?;
    let files = hashes(site, site)?;
    let pinned = pinned(&html, &files).and_then(|html| with_policy(&html));
    std::fs::write(index, pinned.map_err(std::io::Error::other)?)
}

/// Hash of each file, by its path below the site.
pub type Hashes = BTreeMap<String, [u8; 32]>;

/// Of all files below the folder.
pub fn hashes(site: &Path, folder: &Path) -> Result<Hashes> {
    let mut found = Hashes::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(hashes(site, &path)?);
            continue;
        }
        let name = path
            .strip_prefix(site)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        if name != "index.html" && name != CHAINS {
            found.insert(name, Sha256::digest(std::fs::read(&path)?).into());
        }
    }
    Ok(found)
}

fn pinned(html: &str, files: &Hashes) -> std::result::Result<String, String> {
    let (before, after) = html
        .split_once(BUILD)
        .ok_or("index.html has no element #lianyan-build")?;
    let (_, after) = after
        .split_once("</script>")
        .ok_or("index.html's #lianyan-build does not end")?;
    let whole = format!("{before}{BUILD}{}</script>{after}", manifest(files));
    let mut parts = whole.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = address(&out).ok_or("index.html has a data-pin after no address")?;
        let hash = files
            .get(name)
            .ok_or_else(|| format!("index.html pins {name}, which was not built"))?;
        let _ = write!(out, " integrity=\"{}\"", integrity(hash));
        out.push_str(part.strip_prefix("=\"\"").unwrap_or(part));
    }
    Ok(out)
}

/// The page carries its own policy, so that it holds behind any web server: inline scripts run only as they were built.
fn with_policy(html: &str) -> std::result::Result<String, String> {
    if !html.contains(INLINE) {
        return Err("index.html has no content security policy".into());
    }
    let scripts = html.split("<script>").skip(1);
    let bodies = scripts.filter_map(|rest| Some(rest.split_once("</script>")?.0));
    let hashes: Vec<String> = bodies
        .map(|body| format!("'{}'", integrity(&Sha256::digest(body).into())))
        .collect();
    Ok(html.replace(INLINE, &hashes.join(" ")))
}

/// The file that the element at the end of `html` names.
fn address(html: &str) -> Option<&str> {
    let element = html.get(html.rfind('<')?..)?;
    let after = ["src=\"", "href=\""]
        .iter()
        .find_map(|attribute| Some(element.split_once(attribute)?.1))?;
    let address = after.split_once('"')?.0;
    Some(address.trim_start_matches("./").trim_start_matches('/'))
}

/// Subresource Integrity's notation.
fn integrity(hash: &[u8; 32]) -> String {
    format!(
        "sha256-{}",
        base64::engine::general_purpose::STANDARD.encode(hash)
    )
}

/// `build` is the SHA-256 over one line `hex  name` for each file in order of names, as `sha256sum` prints them.
fn manifest(files: &Hashes) -> String {
    let list: String = files
        .iter()
        .map(|(name, hash)| format!("{}  {name}\n", hex(hash)))
        .collect();
    let build = hex(&Sha256::digest(list).into());
    let pinned = files
        .iter()
        .filter(|(name, _)| PINNED.iter().any(|kind| name.ends_with(kind)));
    let entries: Vec<String> = pinned
        .map(|(name, hash)| format!("\"{name}\":\"{}\"", integrity(hash)))
        .collect();
    format!(
        "{{\"build\":\"{build}\",\"files\":{{{}}}}}",
        entries.join(",")
    )
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Hashes {
        let hash = |text: &str| -> [u8; 32] { Sha256::digest(text).into() };
        Hashes::from([
            ("a.js".into(), hash("a")),
            ("b.wasm".into(), hash("b")),
            ("c.png".into(), hash("c")),
        ])
    }

    #[test]
    fn each_mark_becomes_the_hash_of_its_own_file() {
        let html = format!(
            "{BUILD}{{}}</script><link href=\"./b.wasm\" data-pin><script src=\"./a.js\" data-pin=\"\"></script>"
        );
        let out = pinned(&html, &files()).unwrap();
        assert!(out.contains("<link href=\"./b.wasm\" integrity=\"sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0=\">"), "{out}");
        assert!(out.contains("<script src=\"./a.js\" integrity=\"sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\"></script>"), "{out}");
        assert!(
            out.contains("\"a.js\":\"sha256-ypeB") && !out.contains("c.png"),
            "{out}"
        );
    }

    #[test]
    fn the_policy_names_each_inline_script_and_no_other() {
        let html =
            format!("<meta content=\"{INLINE}\"><script>a</script><script src=\"x\"></script>");
        let out = with_policy(&html).unwrap();
        assert!(
            out.contains("content=\"'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='\""),
            "{out}"
        );
        assert!(with_policy("<script>a</script>").is_err());
    }

    #[test]
    fn a_file_that_was_not_built_cannot_be_pinned() {
        let html = format!("{BUILD}{{}}</script><script src=\"./other.js\" data-pin></script>");
        assert!(pinned(&html, &files()).unwrap_err().contains("other.js"));
    }

    #[test]
    fn the_builds_hash_changes_with_any_file() {
        let mut changed = files();
        changed.insert("c.png".into(), [0; 32]);
        assert_ne!(manifest(&files()), manifest(&changed));
    }
}

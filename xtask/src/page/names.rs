//! Gives the functions that a program and its JavaScript call of each other short names. wasm-bindgen tells them apart by hashes, which no
//! compression makes smaller, and writes each into both files.

use std::collections::BTreeMap;
use std::io::{Error, Result};
use std::path::Path;

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
/// How the name of an export begins that only wasm-bindgen's own code calls.
const CLOSURE: &[u8] = b"wasm_bindgen_";
/// The magic number and the version.
const HEAD: usize = 8;

/// The short name of each long one.
type Short = BTreeMap<Vec<u8>, String>;

/// Of every program below the site.
pub fn shorten(site: &Path) -> Result<()> {
    for entry in std::fs::read_dir(site)? {
        let program = entry?.path();
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        if let Some(stem) = name.strip_suffix("_bg.wasm") {
            let glue = program.with_file_name(format!("{stem}.js"));
            let (wasm, short) = renamed(&std::fs::read(&program)?)
                .ok_or_else(|| Error::other(format!("{name} is no WebAssembly")))?;
            let script = rewritten(&std::fs::read_to_string(&glue)?, &short);
            std::fs::write(program, wasm)?;
            std::fs::write(glue, script)?;
        }
    }
    Ok(())
}

/// The program with short names, and which; `None` where the bytes are no WebAssembly.
fn renamed(wasm: &[u8]) -> Option<(Vec<u8>, Short)> {
    let (head, rest) = wasm.split_at_checked(HEAD)?;
    let (mut out, mut short, mut rest) = (head.to_vec(), Short::new(), Reader(rest));
    while let Some(kind) = rest.byte() {
        let body = rest.block()?;
        let body = match kind {
            IMPORTS => imports(body, &mut short)?,
            EXPORTS => exports(body, &mut short)?,
            _ => body.to_vec(),
        };
        out.push(kind);
        block(&mut out, &body);
    }
    Some((out, short))
}

/// Each import is a module, a name and what it is; wasm-bindgen imports functions alone.
fn imports(body: &[u8], short: &mut Short) -> Option<Vec<u8>> {
    let (mut reader, mut out) = (Reader(body), Vec::new());
    let count = reader.number()?;
    number(&mut out, count);
    for _ in 0..count {
        block(&mut out, reader.block()?);
        block(&mut out, shorter(reader.block()?, short).as_bytes());
        out.push(reader.byte().filter(|kind| *kind == 0)?);
        number(&mut out, reader.number()?);
    }
    Some(out)
}

/// Each export is a name and what it is.
fn exports(body: &[u8], short: &mut Short) -> Option<Vec<u8>> {
    let (mut reader, mut out) = (Reader(body), Vec::new());
    let count = reader.number()?;
    number(&mut out, count);
    for _ in 0..count {
        match reader.block()? {
            name if name.starts_with(CLOSURE) => block(&mut out, shorter(name, short).as_bytes()),
            name => block(&mut out, name),
        }
        out.push(reader.byte()?);
        number(&mut out, reader.number()?);
    }
    Some(out)
}

/// `$` is in no name that wasm-bindgen makes.
fn shorter(name: &[u8], short: &mut Short) -> String {
    let next = format!("${}", short.len());
    short.entry(name.to_vec()).or_insert(next).clone()
}

/// The script with the short names, and without its indentation and the lines that are comments.
fn rewritten(script: &str, short: &Short) -> String {
    let lines = script.lines().map(str::trim_start);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let mut out = String::with_capacity(script.len());
    for line in code {
        let mut rest = line;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            out.push_str(short.get(word.as_bytes()).map_or(word, String::as_str));
            let next = after.find(is_word).unwrap_or(after.len());
            let (between, after) = after.split_at(next);
            out.push_str(between);
            rest = after;
        }
        out.push('\n');
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// LEB128.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A length and as many bytes.
    fn block(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (block, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(block)
    }
}

fn number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn block(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len() as u32);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(kind: u8, entries: &[(&[&[u8]], &[u8])]) -> Vec<u8> {
        let mut body = vec![entries.len() as u8];
        for (names, tail) in entries {
            names.iter().for_each(|name| block(&mut body, name));
            body.extend_from_slice(tail);
        }
        let mut out = vec![kind];
        block(&mut out, &body);
        out
    }

    fn program(import: &[u8], closure: &[u8]) -> Vec<u8> {
        let imports = section(IMPORTS, &[(&[b"./a_bg.js", import], &[0, 3])]);
        let kept: &[&[u8]] = &[b"memory"];
        let exports = section(EXPORTS, &[(kept, &[2, 0]), (&[closure], &[0, 0x85, 1])]);
        let code = [10, 2, 0, 0];
        [b"\0asm\x01\0\0\0", &*imports, &exports, &code].concat()
    }

    #[test]
    fn both_files_name_a_function_alike() {
        let (import, closure) = (b"__wbg_call_0123456789abcdef", b"wasm_bindgen_f0___invoke");
        let (wasm, short) = renamed(&program(import, closure)).unwrap();
        assert_eq!(wasm, program(b"$0", b"$1"));
        let script = "  let a = {\n    // A call.\n    __wbg_call_0123456789abcdef: f,\n  };\n\n  wasm.wasm_bindgen_f0___invoke(wasm.memory, wasm.wasm_bindgen_f0___invoke_1);\n";
        assert_eq!(
            rewritten(script, &short),
            "let a = {\n$0: f,\n};\nwasm.$1(wasm.memory, wasm.wasm_bindgen_f0___invoke_1);\n"
        );
    }

    #[test]
    fn what_is_no_program_is_refused() {
        let whole = program(b"a", b"wasm_bindgen_b");
        for end in [3, 9, 12, whole.len() - 1] {
            assert!(renamed(&whole[..end]).is_none(), "{end}");
        }
        assert!(renamed(&whole[..HEAD]).is_some());
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 0x7f, 0x80, 0x3fff, 0x4000, u32::MAX] {
            let mut out = Vec::new();
            number(&mut out, value);
            assert_eq!(Reader(&out).number(), Some(value));
        }
        assert_eq!(Reader(&[0x80; 6]).number(), None);
    }
}

use super::bitstream::{Charset, Piece};

/// One text from the pieces. Neighbouring bytes without a declaration are read together, since an encoder may
/// switch modes in the middle of a character's bytes: as UTF-8 where they are, else as GB 18030 (what older
/// invoice software writes), else as Latin-1, which always fits.
pub(super) fn text_of(pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    let mut open: Vec<u8> = Vec::new();
    for piece in pieces {
        match piece.charset {
            Charset::Ascii | Charset::Undeclared => open.extend_from_slice(&piece.bytes),
            declared => {
                text.push_str(&undeclared(&open));
                open.clear();
                text.push_str(&read_as(declared, &piece.bytes)?);
            }
        }
    }
    text.push_str(&undeclared(&open));
    (!text.is_empty()).then_some(text)
}

fn read_as(charset: Charset, bytes: &[u8]) -> Option<String> {
    match charset {
        Charset::Utf8 | Charset::Ascii => String::from_utf8(bytes.to_vec()).ok(),
        Charset::Latin1 => Some(latin1(bytes)),
        Charset::Gb18030 => legacy("gb18030", bytes),
        Charset::ShiftJis => legacy("shift_jis", bytes),
        Charset::Undeclared => Some(undeclared(bytes)),
    }
}

fn undeclared(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec())
        .ok()
        .or_else(|| legacy("gb18030", bytes))
        .unwrap_or_else(|| latin1(bytes))
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Every browser carries these character tables; natively a crate does.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn legacy(label: &str, bytes: &[u8]) -> Option<String> {
    let options = web_sys::TextDecoderOptions::new();
    options.set_fatal(true);
    web_sys::TextDecoder::new_with_label_and_options(label, &options)
        .ok()?
        .decode_with_u8_array(bytes)
        .ok()
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn legacy(label: &str, bytes: &[u8]) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| text.into_owned())
}

//! The page's own words, as constants that name their place in the list.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::path::Path;
use syn::{Error, LitStr, Result};

/// The section whose names the program uses.
const SECTION: &str = "[words]";

/// A constant for each word of the file, and the file's text without what the program does not need.
pub fn words(path: &LitStr) -> Result<TokenStream> {
    let fail = |why: String| Error::new(path.span(), why);
    let root = std::env::var("CARGO_MANIFEST_DIR").map_err(|error| fail(error.to_string()))?;
    let file = Path::new(&root).join(path.value());
    let text = std::fs::read_to_string(&file)
        .map_err(|error| fail(format!("{}: {error}", file.display())))?;
    let names = names(&text).map_err(fail)?;
    let idents = names.iter().map(|name| Ident::new(name, Span::call_site()));
    let places = 0..u16::try_from(names.len()).map_err(|error| fail(error.to_string()))?;
    let short = shortened(&text);
    let whole = file.to_string_lossy();
    Ok(quote! {
        #(pub const #idents: Text = Text(#places);)*
        /// The Chinese texts; words are known by their places.
        pub const CHINESE: &str = #short;
        // So that a changed file is read again.
        const _: &str = include_str!(#whole);
    })
}

fn sections(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut inside = false;
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(move |line| {
            if line.starts_with('[') {
                inside = line == SECTION;
            }
            (inside && !line.starts_with('['), line)
        })
}

fn names(text: &str) -> std::result::Result<Vec<&str>, String> {
    sections(text)
        .filter(|(word, _)| *word)
        .map(|(_, line)| {
            let name = line.split_once(' ').map(|(name, _)| name);
            name.ok_or_else(|| format!("a line has a name and no text: {line}"))
        })
        .collect()
}

fn shortened(text: &str) -> String {
    let lines = sections(text).map(|(word, line)| match line.find(' ') {
        Some(end) if word => line.get(end..).unwrap_or_default(),
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "# about\n\n[words]\n# shell\nBACK 返回\nCOPY 复制 了\n[steps]\nloading 正在取\n";

    #[test]
    fn words_keep_their_places_and_codes_their_names() {
        assert_eq!(names(FILE).unwrap(), ["BACK", "COPY"]);
        assert_eq!(
            shortened(FILE),
            "[words]\n 返回\n 复制 了\n[steps]\nloading 正在取"
        );
        assert!(names("[words]\nBACK").is_err());
    }
}

//! `html!`, written as Yew's own, but compiled to data: a short template text, and code for nothing but the values that fill it. Yew's
//! macro unfolds every element into code, which was half of what a visitor downloaded.
//!
//! A template is a row of tokens, each a mark below U+0020 and the text that follows it:
//!
//! | mark | text | what it is |
//! |---|---|---|
//! | 1 | name | an element begins |
//! | 2 | name | an attribute |
//! | 3 | value | its value, written out |
//! | 4 | | its value comes from the next slot |
//! | 5 | | a listener, from the next slot |
//! | 6 | | the element's node reference, from the next slot |
//! | 7 | | the element's children begin |
//! | 8 | | the element ends |
//! | 14 | text | a text |
//! | 15 | | a child, from the next slot |
//!
//! `app/src/draw` reads it.

mod emit;
mod parse;
mod words;

use proc_macro::TokenStream;

/// Elements, fragments, texts, `{ value }`, `{ for iterator }`, `if … { } else { }`; attributes are texts or `{ value }`.
#[proc_macro]
pub fn html(input: TokenStream) -> TokenStream {
    match syn::parse::<parse::Nodes>(input) {
        Ok(nodes) => emit::drawing(&nodes.0).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// `words!("texts/zh.txt")`: a constant `NAME: Text` for each line of the file's section `[words]`, in order, and `CHINESE`, the whole file without
/// those names. The path starts at the crate's own folder.
#[proc_macro]
pub fn words(input: TokenStream) -> TokenStream {
    let words = syn::parse::<syn::LitStr>(input).and_then(|path| words::words(&path));
    words
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

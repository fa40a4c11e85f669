//! Markup as written in the source.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Lit, Result, Token, braced, token};

/// What stands between two tags.
pub struct Nodes(pub Vec<Node>);

/// One thing that is drawn.
pub enum Node {
    /// A text, written out.
    Text(String),
    /// `{ value }`.
    Value(TokenStream),
    /// `{ for iterator }`.
    Each(TokenStream),
    /// An element.
    Element(Element),
    /// `<>…</>`.
    Fragment(Nodes),
    /// `if condition { … } else { … }`.
    If(If),
}

/// An element.
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its attributes, in the order of the source.
    pub attributes: Vec<(String, Attribute)>,
    /// What it holds.
    pub children: Nodes,
}

/// An attribute's value.
pub enum Attribute {
    /// A text, written out.
    Fixed(String),
    /// `{ value }`.
    Value(TokenStream),
}

/// A choice.
pub struct If {
    /// The condition, or `let`.
    pub condition: TokenStream,
    /// What is drawn where it holds.
    pub then: Nodes,
    /// What is drawn elsewhere.
    pub otherwise: Nodes,
}

impl Parse for Nodes {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut nodes = Vec::new();
        while !(input.is_empty() || input.peek(Token![<]) && input.peek2(Token![/])) {
            nodes.push(input.parse()?);
        }
        Ok(Self(nodes))
    }
}

impl Parse for Node {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Token![<]) && input.peek2(Token![>]) {
            return fragment(input).map(Self::Fragment);
        }
        if input.peek(Token![<]) {
            return input.parse().map(Self::Element);
        }
        if input.peek(Token![if]) {
            return input.parse().map(Self::If);
        }
        if !input.peek(token::Brace) {
            return text(input).map(Self::Text);
        }
        let content;
        braced!(content in input);
        if content.peek(Token![for]) {
            content.parse::<Token![for]>()?;
            return content.parse().map(Self::Each);
        }
        let value: TokenStream = content.parse()?;
        match syn::parse2::<Lit>(value.clone()) {
            Ok(Lit::Str(text)) => plain(text.value(), &text).map(Self::Text),
            _ => Ok(Self::Value(value)),
        }
    }
}

fn fragment(input: ParseStream<'_>) -> Result<Nodes> {
    input.parse::<Token![<]>()?;
    input.parse::<Token![>]>()?;
    let nodes = input.parse()?;
    input.parse::<Token![<]>()?;
    input.parse::<Token![/]>()?;
    input.parse::<Token![>]>()?;
    Ok(nodes)
}

impl Parse for Element {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![<]>()?;
        let at = input.span();
        let name = name(input)?;
        if name.starts_with(char::is_uppercase) {
            return Err(Error::new(at, "a part stands between braces: { part(…) }"));
        }
        let mut attributes = Vec::new();
        while !input.peek(Token![>]) && !input.peek(Token![/]) {
            attributes.push(attribute(input)?);
        }
        let mut children = Nodes(Vec::new());
        if input.peek(Token![/]) {
            input.parse::<Token![/]>()?;
            input.parse::<Token![>]>()?;
        } else {
            input.parse::<Token![>]>()?;
            children = input.parse()?;
            end(input, &name)?;
        }
        Ok(Self {
            name,
            attributes,
            children,
        })
    }
}

fn end(input: ParseStream<'_>, opened: &str) -> Result<()> {
    input.parse::<Token![<]>()?;
    input.parse::<Token![/]>()?;
    let at = input.span();
    if name(input)? != opened {
        return Err(Error::new(at, format!("expected </{opened}>")));
    }
    input.parse::<Token![>]>()?;
    Ok(())
}

/// `data-testid`, `aria-label`, `viewBox`.
fn name(input: ParseStream<'_>) -> Result<String> {
    let mut name = input.call(Ident::parse_any)?.unraw().to_string();
    while input.peek(Token![-]) {
        input.parse::<Token![-]>()?;
        name.push('-');
        name.push_str(&input.call(Ident::parse_any)?.unraw().to_string());
    }
    Ok(name)
}

fn attribute(input: ParseStream<'_>) -> Result<(String, Attribute)> {
    if input.peek(token::Brace) {
        let content;
        braced!(content in input);
        let name: Ident = content.parse()?;
        return Ok((name.to_string(), Attribute::Value(quote!(#name))));
    }
    let name = name(input)?;
    input.parse::<Token![=]>()?;
    if !input.peek(token::Brace) {
        let text = if input.peek(syn::LitBool) {
            input.parse::<syn::LitBool>()?;
            name.clone()
        } else {
            text(input)?
        };
        return Ok((name, Attribute::Fixed(text)));
    }
    let content;
    braced!(content in input);
    Ok((name, Attribute::Value(content.parse()?)))
}

impl Parse for If {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![if]>()?;
        let condition = input
            .call(Expr::parse_without_eager_brace)?
            .to_token_stream();
        let then = block(input)?;
        let mut otherwise = Nodes(Vec::new());
        if input.peek(Token![else]) {
            input.parse::<Token![else]>()?;
            otherwise = if input.peek(Token![if]) {
                Nodes(vec![Node::If(input.parse()?)])
            } else {
                block(input)?
            };
        }
        Ok(Self {
            condition,
            then,
            otherwise,
        })
    }
}

fn block(input: ParseStream<'_>) -> Result<Nodes> {
    let content;
    braced!(content in input);
    content.parse()
}

fn text(input: ParseStream<'_>) -> Result<String> {
    let text: syn::LitStr = input.parse()?;
    plain(text.value(), &text)
}

/// A template's marks are control characters, so a text has none.
fn plain(text: String, at: &syn::LitStr) -> Result<String> {
    if text.chars().any(|c| c < ' ') {
        return Err(Error::new(at.span(), "a text has no control characters"));
    }
    Ok(text)
}

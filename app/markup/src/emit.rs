//! Markup as a template, and the code that fills its slots.

use crate::parse::{Attribute, Element, If, Node, Nodes};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// An expression that draws `nodes`.
pub fn drawing(nodes: &[Node]) -> TokenStream {
    if let [Node::Value(value)] = nodes {
        return quote! { crate::draw::Child::node(#value) };
    }
    let mut out = Out::default();
    out.nodes(nodes);
    let Out { template, fill } = out;
    if template.is_empty() {
        return quote! { crate::draw::Html::default() };
    }
    let draw = draw();
    quote! {{
        let mut #draw = crate::draw::Draw::default();
        #fill
        #draw.done(#template)
    }}
}

/// A name that the values cannot see.
fn draw() -> Ident {
    Ident::new("draw", Span::mixed_site())
}

#[derive(Default)]
struct Out {
    template: String,
    fill: TokenStream,
}

impl Out {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => {
                    self.token('\u{e}', text);
                }
                Node::Value(value) => self.slot('\u{f}', quote! { child({ #value }) }),
                Node::Each(values) => self.slot('\u{f}', quote! { each({ #values }) }),
                Node::Element(element) => self.element(element),
                Node::Fragment(Nodes(nodes)) => self.nodes(nodes),
                Node::If(choice) => {
                    let choice = either(choice);
                    self.slot('\u{f}', quote! { child(#choice) });
                }
            }
        }
    }

    fn element(&mut self, element: &Element) {
        self.token('\u{1}', &element.name);
        for (name, value) in &element.attributes {
            self.attribute(name, value);
        }
        self.token('\u{7}', "");
        self.nodes(&element.children.0);
        self.token('\u{8}', "");
    }

    fn attribute(&mut self, name: &str, value: &Attribute) {
        match value {
            Attribute::Fixed(text) => {
                self.token('\u{2}', name);
                self.token('\u{3}', text);
            }
            Attribute::Value(value) if name == "ref" => {
                self.slot('\u{6}', quote! { reference({ #value }) });
            }
            Attribute::Value(value) if name.starts_with("on") => {
                let kind = Ident::new(name, Span::call_site());
                self.slot(
                    '\u{5}',
                    quote! { listen(::yew::html::#kind::Wrapper::__macro_new({ #value })) },
                );
            }
            Attribute::Value(value) => {
                self.token('\u{2}', name);
                self.slot('\u{4}', quote! { value({ #value }) });
            }
        }
    }

    fn token(&mut self, mark: char, text: &str) {
        self.template.push(mark);
        self.template.push_str(text);
    }

    fn slot(&mut self, mark: char, fill: TokenStream) {
        let draw = draw();
        self.template.push(mark);
        self.fill.extend(quote! { #draw.#fill; });
    }
}

fn either(choice: &If) -> TokenStream {
    let condition = &choice.condition;
    let (then, otherwise) = (drawing(&choice.then.0), drawing(&choice.otherwise.0));
    quote! { if #condition { #then } else { #otherwise } }
}

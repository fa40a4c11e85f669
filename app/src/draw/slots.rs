//! The values that fill a template.

use super::template;
use std::rc::Rc;
use yew::virtual_dom::{Listener, VList, VNode, VText};
use yew::{AttrValue, Html, NodeRef};

/// One value.
pub enum Slot {
    /// An attribute's text; none leaves the attribute out.
    Value(Option<AttrValue>),
    /// Whether an attribute without a text is there.
    Flag(bool),
    /// A listener.
    Listener(Option<Rc<dyn Listener>>),
    /// The element's node reference.
    Reference(NodeRef),
    /// A child.
    Child(Html),
}

/// A template's values, in the template's order; written by `html!`.
pub struct Draw(Vec<Slot>);

// What every template's code calls is one call there.
impl Default for Draw {
    #[inline(never)]
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Draw {
    /// An attribute's value.
    pub fn value(&mut self, value: impl Value) {
        self.0.push(value.slot());
    }

    /// A child.
    pub fn child(&mut self, child: impl Child) {
        self.node(child.node());
    }

    #[inline(never)]
    fn node(&mut self, node: Html) {
        self.0.push(Slot::Child(node));
    }

    /// A row of children.
    pub fn each<C: Child>(&mut self, children: impl IntoIterator<Item = C>) {
        let nodes: Vec<VNode> = children.into_iter().map(Child::node).collect();
        self.node(list(nodes));
    }

    /// A listener.
    pub fn listen(&mut self, listener: Option<Rc<dyn Listener>>) {
        self.0.push(Slot::Listener(listener));
    }

    /// The element's node reference.
    pub fn reference(&mut self, reference: NodeRef) {
        self.0.push(Slot::Reference(reference));
    }

    /// The drawing.
    pub fn done(self, template: &'static str) -> Html {
        template::drawn(template, self.0)
    }
}

/// Several nodes as one.
#[inline(never)]
pub fn list(nodes: Vec<VNode>) -> Html {
    VNode::VList(Rc::new(VList::with_children(nodes, None)))
}

/// What can be an attribute's value.
pub trait Value {
    /// As a slot.
    fn slot(self) -> Slot;
}

impl Value for AttrValue {
    fn slot(self) -> Slot {
        Slot::Value(Some(self))
    }
}

impl Value for &str {
    #[inline(never)]
    fn slot(self) -> Slot {
        AttrValue::Rc(self.into()).slot()
    }
}

impl Value for String {
    #[inline(never)]
    fn slot(self) -> Slot {
        AttrValue::Rc(self.into()).slot()
    }
}

impl Value for &String {
    fn slot(self) -> Slot {
        self.as_str().slot()
    }
}

impl Value for bool {
    fn slot(self) -> Slot {
        Slot::Flag(self)
    }
}

impl<V: Value> Value for Option<V> {
    fn slot(self) -> Slot {
        self.map_or(Slot::Value(None), Value::slot)
    }
}

/// What can stand between two tags.
pub trait Child {
    /// As a node.
    fn node(self) -> Html;
}

impl Child for Html {
    fn node(self) -> Html {
        self
    }
}

impl Child for &str {
    #[inline(never)]
    fn node(self) -> Html {
        let text: String = self.chars().map(seen).collect();
        VNode::VText(VText {
            text: AttrValue::Rc(text.into()),
        })
    }
}

/// A character as it may stand on the page. Openings, files and codes bring texts of their own: none of them turns the direction of what is written, or ends
/// a line unseen.
fn seen(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

impl Child for String {
    fn node(self) -> Html {
        self.as_str().node()
    }
}

impl Child for &String {
    fn node(self) -> Html {
        self.as_str().node()
    }
}

impl Child for char {
    fn node(self) -> Html {
        self.encode_utf8(&mut [0; 4]).node()
    }
}

impl<C: Child> Child for Option<C> {
    fn node(self) -> Html {
        self.map_or_else(Html::default, Child::node)
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::{prelude::*, written};

    /// *Attack: the opening of a genuine record turns the direction of what stands beside it, or steers a line.*
    #[test]
    fn no_text_of_others_turns_what_stands_beside_it() {
        for steers in [
            '\u{202e}', '\u{202d}', '\u{2067}', '\u{2069}', '\u{200f}', '\u{61c}', '\u{2028}',
            '\u{85}', '\u{8}', '\0',
        ] {
            let text = format!("甲{steers}乙");
            let shown = "<b>甲\u{fffd}乙</b>";
            assert_eq!(written(&html! { <b>{ &text }</b> }), shown, "{steers:?}");
            assert_eq!(written(&html! { <b>{ text }</b> }), shown, "{steers:?}");
        }
    }

    #[test]
    fn what_people_write_is_drawn_as_it_is() {
        for text in [
            "一\n二\t三\r\n",
            "ئۇيغۇر",
            "ᠮᠣᠩᠭᠣᠯ\u{202f}ᠤᠨ",
            "❤\u{fe0f}",
            "4403\u{2009}0000",
            "𠮷",
        ] {
            assert_eq!(
                written(&html! { <b>{ text }</b> }),
                format!("<b>{text}</b>")
            );
        }
    }
}

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
        VNode::VText(VText {
            text: AttrValue::Rc(self.into()),
        })
    }
}

impl Child for String {
    #[inline(never)]
    fn node(self) -> Html {
        VNode::VText(VText {
            text: AttrValue::Rc(self.into()),
        })
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

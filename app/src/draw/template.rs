//! A template, read: `markup` tells what its marks mean.

use super::slots::{Slot, list};
use std::cell::RefCell;
use std::rc::Rc;
use std::vec::IntoIter;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Listener, Listeners, VNode, VTag, VText};
use yew::{AttrValue, Html, NodeRef};

/// A template filled with its slots.
pub fn drawn(template: &'static str, slots: Vec<Slot>) -> Html {
    let mut reader = Reader {
        rest: template,
        slots: slots.into_iter(),
    };
    one(reader.children())
}

/// One node stands for itself, several for a list.
fn one(mut nodes: Vec<VNode>) -> VNode {
    if nodes.len() == 1 {
        nodes.remove(0)
    } else if nodes.is_empty() {
        Html::default()
    } else {
        list(nodes)
    }
}

struct Reader {
    rest: &'static str,
    slots: IntoIter<Slot>,
}

/// An element's head.
#[derive(Default)]
struct Head {
    keys: Vec<&'static str>,
    values: Vec<Option<AttributeOrProperty>>,
    listeners: Vec<Option<Rc<dyn Listener>>>,
    reference: NodeRef,
    checked: Option<bool>,
}

impl Reader {
    /// The next mark and its text.
    fn next(&mut self) -> Option<(u8, &'static str)> {
        let (mark, rest) = self.rest.split_at_checked(1)?;
        let end = rest
            .bytes()
            .position(|byte| byte < b' ')
            .unwrap_or(rest.len());
        let (text, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        Some((*mark.as_bytes().first()?, text))
    }

    fn children(&mut self) -> Vec<VNode> {
        let mut nodes = Vec::new();
        while let Some((mark, text)) = self.next() {
            nodes.push(match mark {
                1 => self.element(text),
                14 => VNode::VText(VText {
                    text: AttrValue::Static(text),
                }),
                15 => match self.slots.next() {
                    Some(Slot::Child(node)) => node,
                    _ => Html::default(),
                },
                _ => break,
            });
        }
        nodes
    }

    fn element(&mut self, name: &'static str) -> VNode {
        let mut head = Head::default();
        while let Some((mark, text)) = self.next() {
            match mark {
                2 => head.keys.push(text),
                3 => head.values.push(Some(AttributeOrProperty::Static(text))),
                7 => break,
                _ => {
                    if let Some(slot) = self.slots.next() {
                        head.slot(slot);
                    }
                }
            }
        }
        let children = one(self.children());
        head.element(name, children)
    }
}

impl Head {
    fn slot(&mut self, slot: Slot) {
        match slot {
            Slot::Value(value) => self.values.push(value.map(AttributeOrProperty::Attribute)),
            // Whether a box is ticked is a property: the attribute would only say how it began.
            Slot::Flag(on) if self.keys.last() == Some(&"checked") => {
                self.keys.pop();
                self.checked = Some(on);
            }
            Slot::Flag(on) => {
                let key = self.keys.last().copied().unwrap_or_default();
                self.values
                    .push(on.then_some(AttributeOrProperty::Static(key)));
            }
            Slot::Listener(listener) => self.listeners.push(listener),
            Slot::Reference(reference) => self.reference = reference,
            Slot::Child(_) => {}
        }
    }

    fn element(self, name: &'static str, children: VNode) -> VNode {
        let attributes = Attributes::Dynamic {
            keys: keys(name, &self.keys),
            values: self.values.into(),
        };
        let listeners = if self.listeners.is_empty() {
            Listeners::None
        } else {
            Listeners::Pending(self.listeners.into())
        };
        let tag = match name {
            "input" => VTag::__new_input(
                None,
                self.checked,
                self.reference,
                None,
                attributes,
                listeners,
            ),
            "textarea" => {
                VTag::__new_textarea(None, None, self.reference, None, attributes, listeners)
            }
            _ => VTag::__new_other(
                AttrValue::Static(name),
                self.reference,
                None,
                attributes,
                listeners,
                children,
            ),
        };
        VNode::VTag(Rc::new(tag))
    }
}

type Known = (usize, &'static [&'static str]);

thread_local! {
    /// The attributes' names of each element of each template, by where the template names the element: Yew compares them by address.
    static KEYS: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

fn keys(element: &'static str, keys: &[&'static str]) -> &'static [&'static str] {
    if keys.is_empty() {
        return &[];
    }
    let at = element.as_ptr() as usize;
    KEYS.with_borrow_mut(
        |known| match known.binary_search_by(|(address, _)| address.cmp(&at)) {
            Ok(found) => known.get(found).map_or(&[][..], |(_, keys)| keys),
            Err(place) => {
                let keys: &'static [&'static str] = Box::leak(keys.into());
                known.insert(place, (at, keys));
                keys
            }
        },
    )
}

#[cfg(test)]
pub mod tests {
    use crate::draw::prelude::*;
    use yew::virtual_dom::{AttributeOrProperty, Attributes, VNode};

    /// A drawing as HTML.
    pub fn written(node: &VNode) -> String {
        match node {
            VNode::VText(text) => text.text.to_string(),
            VNode::VList(list) => list.iter().map(written).collect(),
            VNode::VTag(tag) => {
                let name = tag.tag();
                let attributes = attributes(&tag.attributes);
                let children = tag.children().map(written).unwrap_or_default();
                let ticked = tag.checked().map_or("", |on| if on { "+" } else { "-" });
                format!("<{name}{attributes}{ticked}>{children}</{name}>")
            }
            _ => "?".into(),
        }
    }

    fn attributes(attributes: &Attributes) -> String {
        let Attributes::Dynamic { keys, values } = attributes else {
            return "?".into();
        };
        assert_eq!(keys.len(), values.len());
        let text = |value: &AttributeOrProperty| match value {
            AttributeOrProperty::Static(text) => (*text).to_owned(),
            AttributeOrProperty::Attribute(text) => text.to_string(),
            AttributeOrProperty::Property(_) => "?".into(),
        };
        keys.iter()
            .zip(values)
            .filter_map(|(key, value)| Some(format!(" {key}={}", text(value.as_ref()?))))
            .collect()
    }

    #[test]
    fn values_stand_where_the_source_puts_them() {
        let (class, id) = ("row", String::from("7"));
        let drawing =
            html! { <p {class} data-id={id} hidden=true><b>{ "a" }</b>{ "：" }{ 'b' }<br /></p> };
        assert_eq!(
            written(&drawing),
            "<p class=row data-id=7 hidden=hidden><b>a</b>：b<br></br></p>"
        );
    }

    #[test]
    fn an_attribute_without_a_value_is_left_out() {
        let flags = |on: bool, name: Option<&str>| html! { <button disabled={on} id={name} title="t">{ "x" }</button> };
        assert_eq!(
            written(&flags(true, Some("n"))),
            "<button disabled=disabled id=n title=t>x</button>"
        );
        assert_eq!(written(&flags(false, None)), "<button title=t>x</button>");
    }

    #[test]
    fn whether_a_box_is_ticked_is_a_property() {
        let tick = |on: bool| html! { <input type="checkbox" checked={on} name="n" /> };
        assert_eq!(
            written(&tick(true)),
            "<input type=checkbox name=n+></input>"
        );
        assert_eq!(
            written(&tick(false)),
            "<input type=checkbox name=n-></input>"
        );
    }

    #[test]
    fn rows_and_choices_keep_their_place() {
        let list = |open: Option<&str>| {
            html! { <ul>{ for ["a", "b"].iter().map(|name| html! { <li>{ *name }</li> }) }if let Some(open) = open { <i>{ open }</i> } else if true { <u /> }<s /></ul> }
        };
        assert_eq!(
            written(&list(Some("o"))),
            "<ul><li>a</li><li>b</li><i>o</i><s></s></ul>"
        );
        assert_eq!(
            written(&list(None)),
            "<ul><li>a</li><li>b</li><u></u><s></s></ul>"
        );
    }

    #[test]
    fn the_same_element_drawn_twice_shares_its_attributes_names() {
        let draw = |text: &str| html! { <p class="a" id={text}>{ text }</p> };
        let keys = |node: VNode| match node {
            VNode::VTag(tag) => match tag.attributes {
                Attributes::Dynamic { keys, .. } => keys.as_ptr(),
                _ => unreachable!("templates have keys"),
            },
            _ => unreachable!("an element is a tag"),
        };
        assert_eq!(keys(draw("x")), keys(draw("y")));
    }
}

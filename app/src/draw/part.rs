//! Parts of the page with a memory of their own: all of them one Yew component, which calls the part's own drawing.

use std::any::{Any, type_name};
use std::rc::Rc;
use yew::functional::{Hook, HookContext};
use yew::virtual_dom::{Key, VComp, VNode};
use yew::{Html, Properties, component};

/// A part: what it is given, and how it draws itself with hooks. `part!` implements it.
pub trait Part: PartialEq + 'static {
    /// Draws it.
    fn draw(&self, context: &mut HookContext) -> Html;
}

/// `part!(Card, use_card)`: a `Card` is drawn by the hook `use_card(&Card)`; `part!(Home, use_home())`: a `Home` by `use_home()`.
#[macro_export]
macro_rules! part {
    ($part:ty, $hook:ident()) => {
        impl $crate::draw::Part for $part {
            fn draw(&self, context: &mut ::yew::functional::HookContext) -> ::yew::Html {
                ::yew::functional::Hook::run($hook(), context)
            }
        }
    };
    ($part:ty, $hook:path) => {
        impl $crate::draw::Part for $part {
            fn draw(&self, context: &mut ::yew::functional::HookContext) -> ::yew::Html {
                ::yew::functional::Hook::run($hook(self), context)
            }
        }
    };
}

/// Places a part.
pub fn part<P: Part>(part: P) -> Html {
    place(
        Props {
            part: Rc::new(part),
        },
        type_name::<P>().into(),
    )
}

/// Places a part in a list, where it is known again by `key`.
pub fn keyed<P: Part>(key: &str, part: P) -> Html {
    place(
        Props {
            part: Rc::new(part),
        },
        [type_name::<P>(), key].concat().into(),
    )
}

/// Yew tells components apart by type, and all parts are of one: the key tells them apart.
#[inline(never)]
fn place(props: Props, key: Key) -> Html {
    let component = VComp::new::<Drawn>(Rc::new(props), Some(key));
    VNode::VComp(Rc::new(component))
}

/// A part whose type only it knows.
trait AnyPart {
    fn draw(&self, context: &mut HookContext) -> Html;
    fn same(&self, other: &dyn AnyPart) -> bool;
    fn any(&self) -> &dyn Any;
}

impl<P: Part> AnyPart for P {
    fn draw(&self, context: &mut HookContext) -> Html {
        Part::draw(self, context)
    }

    fn same(&self, other: &dyn AnyPart) -> bool {
        other.any().downcast_ref() == Some(self)
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

#[derive(Clone, Properties)]
struct Props {
    part: Rc<dyn AnyPart>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.part.same(&*other.part)
    }
}

impl Hook for Props {
    type Output = Html;

    fn run(self, context: &mut HookContext) -> Html {
        self.part.draw(context)
    }
}

fn use_part(props: &Props) -> Props {
    props.clone()
}

/// Draws `part` as the whole of `root`.
pub fn start(root: web_sys::Element, part: impl Part) {
    let props = Props {
        part: Rc::new(part),
    };
    yew::Renderer::<Drawn>::with_root_and_props(root, props).render();
}

#[component]
fn Drawn(props: &Props) -> Html {
    use_part(props)
}

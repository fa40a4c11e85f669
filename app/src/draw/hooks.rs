//! Hooks whose machinery exists once, whatever they hold.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;
use yew::NodeRef;
use yew::functional::{Hook, HookContext, TearDown, UseForceUpdateHandle};

/// A value that a part remembers, as it was when the part was drawn.
pub struct State<T> {
    value: Rc<T>,
    setter: Setter<T>,
}

/// Changes a remembered value; the part is drawn again where the new one differs.
pub struct Setter<T> {
    cell: Cell,
    kind: PhantomData<fn(T)>,
}

#[derive(Clone)]
struct Cell {
    value: Rc<RefCell<Rc<dyn Any>>>,
    again: UseForceUpdateHandle,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            setter: self.setter.clone(),
        }
    }
}

impl<T> Clone for Setter<T> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell.clone(),
            kind: PhantomData,
        }
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq + 'static> State<T> {
    /// Replaces the value.
    pub fn set(&self, value: T) {
        self.setter.set(value);
    }

    /// Changes the value.
    pub fn change(&self, change: impl FnOnce(&T) -> T) {
        self.setter.change(change);
    }

    /// What changes it, apart from it.
    pub fn setter(&self) -> Setter<T> {
        self.setter.clone()
    }
}

impl<T: PartialEq + 'static> Setter<T> {
    /// Replaces the value.
    pub fn set(&self, value: T) {
        let same = self.cell.now().downcast_ref() == Some(&value);
        if !same {
            self.cell.put(Rc::new(value));
        }
    }

    /// Changes the value as it is now.
    pub fn change(&self, change: impl FnOnce(&T) -> T) {
        if let Some(now) = self.cell.now().downcast_ref() {
            self.set(change(now));
        }
    }
}

impl Cell {
    #[inline(never)]
    fn now(&self) -> Rc<dyn Any> {
        self.value.borrow().clone()
    }

    fn put(&self, value: Rc<dyn Any>) {
        // What falls away may set states while it does: it goes after the cell is free again.
        let old = self.value.replace(value);
        self.again.force_update();
        drop(old);
    }
}

/// Remembers a value.
pub fn use_state<T: PartialEq + 'static>(
    first: impl FnOnce() -> T,
) -> impl Hook<Output = State<T>> {
    Run(move |context: &mut HookContext| {
        let cell = cell(context, &mut once(first));
        State {
            value: held(&cell),
            setter: Setter {
                cell,
                kind: PhantomData,
            },
        }
    })
}

/// Keeps a value for as long as the part stands.
pub fn use_kept<T: 'static>(first: impl FnOnce() -> T) -> impl Hook<Output = Rc<T>> {
    Run(move |context: &mut HookContext| held(&cell(context, &mut once(first))))
}

/// A reference to an element that the part draws.
pub fn use_node_ref() -> impl Hook<Output = NodeRef> {
    Run(|context: &mut HookContext| {
        let place: Rc<NodeRef> = held(&cell(context, &mut once(NodeRef::default)));
        (*place).clone()
    })
}

fn once<T: 'static>(first: impl FnOnce() -> T) -> impl FnMut() -> Rc<dyn Any> {
    let mut first = Some(first);
    move || {
        Rc::new(
            first
                .take()
                .map(|first| first())
                .expect("a value is made once"),
        ) as Rc<dyn Any>
    }
}

fn held<T: 'static>(cell: &Cell) -> Rc<T> {
    let value = cell.now().downcast();
    value.expect("a cell holds what its hook put there")
}

#[inline(never)]
fn cell(context: &mut HookContext, first: &mut dyn FnMut() -> Rc<dyn Any>) -> Cell {
    Cell {
        value: yew::use_mut_ref(first).run(context),
        again: yew::functional::use_force_update().run(context),
    }
}

/// Runs `effect` after the part was drawn for the first time and whenever `what` has changed; what it returns undoes it.
pub fn use_effect_with<W: PartialEq + 'static, T: TearDown>(
    what: W,
    effect: impl FnOnce(&W) -> T + 'static,
) -> impl Hook<Output = ()> {
    Run(move |context: &mut HookContext| {
        let effect = move |what: &dyn Any| {
            let undo = what.downcast_ref().map(effect);
            Box::new(move || undo.map_or((), TearDown::tear_down)) as Undo
        };
        run_effect(context, What(Rc::new(what)), Box::new(effect));
    })
}

type Undo = Box<dyn FnOnce()>;
type Effect = Box<dyn FnOnce(&dyn Any) -> Undo>;

#[inline(never)]
fn run_effect(context: &mut HookContext, what: What, effect: Effect) {
    yew::use_effect_with(what, move |what| effect(what.0.any())).run(context);
}

/// What an effect depends on.
struct What(Rc<dyn Same>);

impl PartialEq for What {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(other.0.any())
    }
}

trait Same {
    fn same(&self, other: &dyn Any) -> bool;
    fn any(&self) -> &dyn Any;
}

impl<T: PartialEq + 'static> Same for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

struct Run<F>(F);

impl<T, F: FnOnce(&mut HookContext) -> T> Hook for Run<F> {
    type Output = T;

    fn run(self, context: &mut HookContext) -> T {
        (self.0)(context)
    }
}

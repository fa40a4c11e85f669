//! Work that can be called off.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
};

/// Calls a piece of work off; clones share it.
#[derive(Clone, Default)]
pub struct Off(Rc<Inner>);

#[derive(Default)]
struct Inner {
    called: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Off {
    /// From now on the work is not continued.
    pub fn call(&self) {
        self.0.called.set(true);
        if let Some(waker) = self.0.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Runs the work until it is done or called off; then it is dropped where it waits.
    pub async fn or<F: Future>(&self, work: F) -> Option<F::Output> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.0.called.get() {
                return Poll::Ready(None);
            }
            *self.0.waker.borrow_mut() = Some(context.waker().clone());
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

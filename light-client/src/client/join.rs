//! Waiting for several futures at once, without any runtime.

use alloc::{boxed::Box, vec::Vec};
use core::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

/// A future that runs, and what came out of it.
struct Running<F: Future> {
    future: Pin<Box<F>>,
    output: Option<F::Output>,
}

/// Runs all of them together; the outputs come back in the order of the futures.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<Running<F>> = futures
        .into_iter()
        .map(|future| Running {
            future: Box::pin(future),
            output: None,
        })
        .collect();
    poll_fn(|context| {
        let mut waiting = false;
        for running in &mut all {
            if running.output.is_none() {
                match running.future.as_mut().poll(context) {
                    Poll::Ready(output) => running.output = Some(output),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    all.into_iter()
        .filter_map(|running| running.output)
        .collect()
}

/// What comes out of a future, unless a pause is over first.
pub(crate) async fn within<F: Future>(
    pause: impl Future<Output = ()>,
    future: F,
) -> Option<F::Output> {
    let (mut future, mut pause) = (pin!(future), pin!(pause));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => pause.as_mut().poll(context).map(|()| None),
    })
    .await
}

//! What surrounds a client: the time, waiting, chance.

use core::future::Future;
use core::time::Duration;

use crate::time::Time;

/// The device.
pub trait Environment {
    /// The device's clock, UTC. It may jump.
    fn now(&self) -> Time;

    /// Waits. A browser may take longer; nothing rests on it.
    fn pause(&self, time: Duration) -> impl Future<Output = ()>;

    /// A number that differs from device to device, so that not all come back at once. Nothing secret rests on it.
    fn random(&self) -> u64;
}

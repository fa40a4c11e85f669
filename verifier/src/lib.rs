//! Question in, verdict out: the light client and the records put together; the lianyan command line.

extern crate alloc;

pub mod verdict;

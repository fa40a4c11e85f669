//! The consortium's application, its store, its RPC, and the embedded consortium.

//! A light client's pure core for CometBFT chains: headers, validators, commits, Merkle and ICS-23 proofs.

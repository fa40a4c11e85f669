//! The verifier and the scanner as web workers, and the messages they speak.

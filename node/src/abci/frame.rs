//! Messages after their lengths.

use prost::Message;
use std::io::{self, BufRead, Read};

/// Longest message, as CometBFT's own (`abci/types/messages.go`).
const MAX_MESSAGE: u64 = 104_857_600;
/// Bytes of a message that get room before they are here: as many as a block has.
const AT_ONCE: u64 = 4 * 1024 * 1024;
/// Most bytes of a length: seven bits each.
const MAX_LENGTH_BYTES: u32 = 5;

/// Reads a message; none where the other side has closed between two.
pub fn read<M: Message + Default>(reader: &mut impl BufRead) -> io::Result<Option<M>> {
    if reader.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let length = read_length(reader)?;
    let mut bytes = Vec::with_capacity(length.min(AT_ONCE) as usize);
    reader.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    M::decode(bytes.as_slice()).map(Some).map_err(bad)
}

fn read_length(reader: &mut impl Read) -> io::Result<u64> {
    let mut length = 0;
    for position in 0..MAX_LENGTH_BYTES {
        let mut byte = [0];
        reader.read_exact(&mut byte)?;
        length |= u64::from(byte[0] & 0x7f) << (7 * position);
        if byte[0] & 0x80 == 0 {
            return match length {
                0..=MAX_MESSAGE => Ok(length),
                _ => Err(bad(format!("a message of {length} bytes"))),
            };
        }
    }
    Err(bad("a length without end"))
}

fn bad(why: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tendermint_proto::v0_38::abci::RequestEcho;

    fn echo(message: &str) -> RequestEcho {
        RequestEcho {
            message: message.into(),
        }
    }

    #[test]
    fn messages_follow_each_other_until_the_other_side_closes() {
        let long = "x".repeat(70_000);
        let wire = [
            echo("").encode_length_delimited_to_vec(),
            echo(&long).encode_length_delimited_to_vec(),
        ]
        .concat();
        let mut reader = wire.as_slice();
        assert_eq!(read(&mut reader).expect("reads"), Some(echo("")));
        assert_eq!(read(&mut reader).expect("reads"), Some(echo(&long)));
        assert_eq!(read::<RequestEcho>(&mut reader).expect("reads"), None);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for wire in [
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
            &[0xff, 0xff, 0xff, 0xff, 0x7f],
            &[0x80],
            &[5, 1, 2],
            &[3, 0xff, 0xff, 0xff],
        ] {
            assert!(read::<RequestEcho>(&mut &*wire).is_err(), "{wire:?}");
        }
    }
}

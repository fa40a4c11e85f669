//! From bytes to values. The reader knows the one encoding and nothing else, so that what it has read need not be written again to compare.

use super::{Error, MAX_DEPTH, MAX_INTEGER, Map, Value};

/// Reads bytes that must be one value in its one encoding.
pub(super) fn read(bytes: &[u8]) -> Result<Value, Error> {
    let text = core::str::from_utf8(bytes).map_err(|_| Error::NotCanonical)?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    if reader.at == text.len() {
        Ok(value)
    } else {
        Err(Error::NotCanonical)
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Bytes read so far.
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past this byte, if it is the next one.
    fn skip(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn require(&mut self, byte: u8) -> Result<(), Error> {
        if self.skip(byte) {
            Ok(())
        } else {
            Err(Error::NotCanonical)
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            _ => self.integer(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Error> {
        let mut map = Map::new();
        self.at += 1;
        while !self.skip(b'}') {
            if !map.is_empty() {
                self.require(b',')?;
            }
            let name = self.string()?;
            self.require(b':')?;
            let value = self.value(depth + 1)?;
            // Ascending names: sorted, and none twice.
            if !map.push(name, value) {
                return Err(Error::NotCanonical);
            }
        }
        Ok(Value::Object(map))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Error> {
        let mut items = Vec::new();
        self.at += 1;
        while !self.skip(b']') {
            if !items.is_empty() {
                self.require(b',')?;
            }
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    /// `0`, or digits that do not begin with one, a minus before them or not.
    fn integer(&mut self) -> Result<Value, Error> {
        let negative = self.skip(b'-');
        let mut number: i64 = 0;
        let start = self.at;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            let leads = self.at > start && number == 0;
            number = number * 10 + i64::from(digit - b'0');
            if leads || number > MAX_INTEGER {
                return Err(Error::NotCanonical);
            }
            self.at += 1;
        }
        if self.at == start || (negative && number == 0) {
            return Err(Error::NotCanonical);
        }
        Ok(Value::Integer(if negative { -number } else { number }))
    }

    fn string(&mut self) -> Result<String, Error> {
        self.require(b'"')?;
        let mut text = String::new();
        loop {
            text.push_str(self.plain());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(Error::NotCanonical),
            }
        }
        self.at += 1;
        Ok(text)
    }

    /// Everything up to the next byte that needs an escape, or that ends the string.
    fn plain(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .bytes()
            .position(super::must_escape)
            .unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// The shortest escape of a character that needs one.
    fn escape(&mut self) -> Result<char, Error> {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let (byte, length) = match rest {
            [b'u', b'0', b'0', high @ b'0'..=b'1', low, ..] => {
                let low = match low {
                    b'0'..=b'9' => low - b'0',
                    b'a'..=b'f' => low - b'a' + 10,
                    _ => return Err(Error::NotCanonical),
                };
                ((high - b'0') * 16 + low, 6)
            }
            [short, ..] => (super::unescaped(*short).ok_or(Error::NotCanonical)?, 2),
            [] => return Err(Error::NotCanonical),
        };
        if length == 6 && super::short_escape(byte).is_some() {
            return Err(Error::NotCanonical);
        }
        self.at += length;
        Ok(char::from(byte))
    }
}

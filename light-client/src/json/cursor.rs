//! A value in a JSON document that knows the way to it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::JsonError;
use crate::header::Address;
use crate::merkle::Hash;
use crate::time::Time;

static NULL: Value = Value::Null;

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Item(usize),
}

/// A value, and the path that led to it. The path is only spelled out in an error.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'v, 'p> {
    value: &'v Value,
    reached: Option<(&'p Cursor<'v, 'p>, Step)>,
}

impl<'v, 'p> Cursor<'v, 'p> {
    pub(super) fn root(value: &'v Value) -> Cursor<'v, 'p> {
        Cursor {
            value,
            reached: None,
        }
    }

    fn path(&self) -> String {
        let Some((parent, step)) = self.reached else {
            return String::new();
        };
        let mut path = parent.path();
        match step {
            Step::Field(name) if path.is_empty() => path.push_str(name),
            // Writing to a string cannot fail.
            Step::Field(name) => _ = write!(path, ".{name}"),
            Step::Item(index) => _ = write!(path, "[{index}]"),
        }
        path
    }

    pub(super) fn malformed(&self, expected: &'static str) -> JsonError {
        JsonError::Malformed {
            path: self.path(),
            expected,
        }
    }

    /// A field that must be there; `null` counts as there.
    pub(super) fn field<'c>(&'c self, name: &'static str) -> Result<Cursor<'v, 'c>, JsonError> {
        let found = Cursor {
            value: self.value.get(name).unwrap_or(&NULL),
            reached: Some((self, Step::Field(name))),
        };
        if self.value.get(name).is_none() {
            return Err(JsonError::Missing { path: found.path() });
        }
        Ok(found)
    }

    /// A field that may be missing or `null`.
    pub(super) fn optional<'c>(&'c self, name: &'static str) -> Option<Cursor<'v, 'c>> {
        self.field(name).ok().filter(|found| !found.value.is_null())
    }

    /// The items of an array; Go writes an empty one as `null`.
    pub(super) fn items<T>(
        &self,
        read: impl Fn(Cursor<'v, '_>) -> Result<T, JsonError>,
    ) -> Result<Vec<T>, JsonError> {
        match self.value {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, value)| {
                    read(Cursor {
                        value,
                        reached: Some((self, Step::Item(index))),
                    })
                })
                .collect(),
            _ => Err(self.malformed("an array")),
        }
    }

    pub(super) fn text(&self) -> Result<&'v str, JsonError> {
        self.value
            .as_str()
            .ok_or_else(|| self.malformed("a string"))
    }

    pub(super) fn flag(&self) -> Result<bool, JsonError> {
        self.value
            .as_bool()
            .ok_or_else(|| self.malformed("true or false"))
    }

    /// A JSON number of at most 32 bits.
    pub(super) fn number(&self) -> Result<u32, JsonError> {
        let number = self
            .value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| self.malformed("a 32-bit number"))
    }

    /// A JSON number that is not negative and below 2³¹.
    pub(super) fn int32(&self) -> Result<u32, JsonError> {
        let number = self.number().ok();
        let number = number.filter(|number| i32::try_from(*number).is_ok());
        number.ok_or_else(|| self.malformed("a number below 2³¹"))
    }

    /// A number from −2⁶³ to 2⁶³ − 1, written as a string.
    pub(super) fn signed(&self) -> Result<i64, JsonError> {
        let number = self.text()?.parse().ok();
        number.ok_or_else(|| self.malformed("a 64-bit integer in a string"))
    }

    /// A number that is not negative and below 2⁶³, written as a string.
    pub(super) fn int64(&self) -> Result<u64, JsonError> {
        self.uint64()
            .and_then(|number| match i64::try_from(number) {
                Ok(_) => Ok(number),
                Err(_) => Err(self.malformed("a 64-bit integer in a string")),
            })
    }

    /// A number from 0 to 2⁶⁴ − 1, written as a string of digits.
    pub(super) fn uint64(&self) -> Result<u64, JsonError> {
        let digits = self
            .value
            .as_str()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.malformed("a 64-bit integer in a string"))
    }

    pub(super) fn hex(&self) -> Result<Vec<u8>, JsonError> {
        hex::decode(self.text()?).map_err(|_| self.malformed("hex"))
    }

    pub(super) fn base64(&self) -> Result<Vec<u8>, JsonError> {
        STANDARD
            .decode(self.text()?)
            .map_err(|_| self.malformed("base64"))
    }

    /// Base64, or nothing where Go writes an empty slice as `null`.
    pub(super) fn base64_or_null(&self) -> Result<Vec<u8>, JsonError> {
        if self.value.is_null() {
            Ok(Vec::new())
        } else {
            self.base64()
        }
    }

    pub(super) fn base64_hash(&self) -> Result<Hash, JsonError> {
        self.base64()?
            .try_into()
            .map_err(|_| self.malformed("a 32-byte hash in base64"))
    }

    pub(super) fn hash(&self) -> Result<Hash, JsonError> {
        self.optional_hash()?
            .ok_or_else(|| self.malformed("a 32-byte hash in hex"))
    }

    /// A hash that may be empty.
    pub(super) fn optional_hash(&self) -> Result<Option<Hash>, JsonError> {
        match self.hex()? {
            bytes if bytes.is_empty() => Ok(None),
            bytes => bytes
                .try_into()
                .map(Some)
                .map_err(|_| self.malformed("a 32-byte hash in hex")),
        }
    }

    pub(super) fn address(&self) -> Result<Address, JsonError> {
        self.hex()?
            .try_into()
            .map_err(|_| self.malformed("a 20-byte address in hex"))
    }

    pub(super) fn time(&self) -> Result<Time, JsonError> {
        Time::parse_rfc3339(self.text()?).ok_or_else(|| self.malformed("an RFC 3339 time"))
    }

    pub(super) fn string(&self) -> Result<String, JsonError> {
        self.text().map(ToString::to_string)
    }
}

//! The forms of plain types.

use super::{Reader, Shape};
use crate::canonical::{Map, Value};
use litemap::LiteMap;

/// How a field is read and written whose type alone says so.
pub mod plain {
    use super::{Reader, Shape, Value};

    /// As the type reads itself.
    pub fn read<T: Shape>(found: Option<&Value>, reader: &mut Reader) -> T {
        T::read(found, reader)
    }

    /// As the type writes itself.
    pub fn write<T: Shape>(value: &T) -> Option<Value> {
        value.write()
    }
}

/// Unix nanoseconds as a decimal string, for they pass 2⁵³.
pub mod nanoseconds {
    use super::{Reader, Value};

    /// Reads the decimal string; only its one spelling.
    pub fn read(found: Option<&Value>, reader: &mut Reader) -> i64 {
        let text = reader.text(found);
        match text.parse::<i64>() {
            Ok(time) if time.to_string() == text => time,
            _ => {
                reader.note("not a decimal number of nanoseconds");
                0
            }
        }
    }

    /// Writes the decimal string.
    pub fn write(time: &i64) -> Option<Value> {
        Some(Value::String(time.to_string()))
    }
}

/// As [`nanoseconds`], for times that may not be set: the field is then left out.
pub mod optional_nanoseconds {
    use super::{Reader, Value, nanoseconds};

    /// Reads the decimal string.
    pub fn read(found: Option<&Value>, reader: &mut Reader) -> Option<i64> {
        found.map(|_| nanoseconds::read(found, reader))
    }

    /// Writes the decimal string of a time that is set.
    pub fn write(time: &Option<i64>) -> Option<Value> {
        nanoseconds::write(time.as_ref()?)
    }
}

/// A number as a decimal string, for it may pass 2⁵³.
pub mod decimal {
    use super::{Reader, Value};

    /// Reads the decimal string; only its one spelling.
    pub fn read(found: Option<&Value>, reader: &mut Reader) -> u64 {
        let text = reader.text(found);
        match text.parse::<u64>() {
            Ok(number) if number.to_string() == text => number,
            _ => {
                reader.note("not a decimal number");
                0
            }
        }
    }

    /// Writes the decimal string.
    pub fn write(number: &u64) -> Option<Value> {
        Some(Value::String(number.to_string()))
    }
}

/// As [`decimal`], for numbers that may not be known: the field is then left out.
pub mod optional_decimal {
    use super::{Reader, Value, decimal};

    /// Reads the decimal string.
    pub fn read(found: Option<&Value>, reader: &mut Reader) -> Option<u64> {
        found.map(|_| decimal::read(found, reader))
    }

    /// Writes the decimal string of a number that is known.
    pub fn write(number: &Option<u64>) -> Option<Value> {
        decimal::write(number.as_ref()?)
    }
}

/// A text that is left out where it is empty.
pub mod text_or_empty {
    use super::{Reader, Value};

    /// Reads the text.
    pub fn read(found: Option<&Value>, reader: &mut Reader) -> String {
        found.map_or_else(String::new, |_| reader.text(found).into())
    }

    /// Writes a text that is not empty.
    pub fn write(text: &str) -> Option<Value> {
        (!text.is_empty()).then(|| text.into())
    }
}

impl Shape for String {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        reader.text(found).into()
    }

    fn write(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl Shape for Value {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        found.cloned().unwrap_or_else(|| {
            reader.note("missing");
            Self::default()
        })
    }

    fn write(&self) -> Option<Value> {
        Some(self.clone())
    }
}

macro_rules! integers {
    ($($type:ident)*) => {
        $(impl Shape for $type {
            fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
                let number = reader.integer(found);
                Self::try_from(number).unwrap_or_else(|_| {
                    reader.note("out of range");
                    0
                })
            }

            /// A number past 2⁵³−1 has no encoding, which [`encode`](crate::canonical::encode) says.
            fn write(&self) -> Option<Value> {
                Some(Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX)))
            }
        })*
    };
}

integers! { u8 u32 u64 usize i64 }

/// 0 or 1: canonical JSON has no other way to say yes and no.
impl Shape for bool {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let number = reader.integer(found);
        if !(0..=1).contains(&number) {
            reader.note("neither 0 nor 1");
        }
        number == 1
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Integer(i64::from(*self)))
    }
}

/// A field that may be left out.
impl<T: Shape> Shape for Option<T> {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        found.map(|_| T::read(found, reader))
    }

    fn write(&self) -> Option<Value> {
        self.as_ref()?.write()
    }
}

impl<T: Shape> Shape for Box<T> {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        Self::new(T::read(found, reader))
    }

    fn write(&self) -> Option<Value> {
        T::write(self)
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let mut list = reader.list(found);
        let mut items = Vec::new();
        while let Some(item) = list.next(reader) {
            items.push(T::read(Some(item), reader));
        }
        items
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(T::write).collect()))
    }
}

/// A list of exactly two.
impl<T: Shape> Shape for [T; 2] {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let mut list = reader.list(found);
        let pair = [(); 2].map(|()| {
            let item = list.next(reader);
            T::read(item, reader)
        });
        if list.next(reader).is_some() {
            reader.note("one too many");
        }
        pair
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(T::write).collect()))
    }
}

/// An object whose fields are texts of any name.
impl Shape for LiteMap<String, String> {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let mut texts = Self::new();
        match found {
            Some(Value::Object(fields)) => {
                for (name, value) in fields.iter() {
                    texts.insert(name.into(), reader.text(Some(value)).into());
                }
            }
            _ => reader.note_instead(found, "not an object"),
        }
        texts
    }

    fn write(&self) -> Option<Value> {
        let mut fields = Map::new();
        for (name, text) in self {
            fields.insert(name.clone(), text.as_str().into());
        }
        Some(Value::Object(fields))
    }
}

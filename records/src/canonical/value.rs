//! What canonical JSON holds: integers, texts, lists and objects.

use super::by_utf16;

/// A value of canonical JSON. It has no floats, no `true`, `false` or `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number; only up to 2⁵³−1 has an encoding.
    Integer(i64),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Map),
}

impl Default for Value {
    fn default() -> Self {
        Self::String(String::new())
    }
}

impl Value {
    /// The text; none for another kind of value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is one and not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The list; none for another kind of value.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The object; none for another kind of value.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// The object, to be changed; none for another kind of value.
    pub fn as_object_mut(&mut self) -> Option<&mut Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// An object's field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

/// The fields of an object, in the order of their encoding, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map(Vec<(String, Value)>);

impl Map {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        Some(&self.0.get(self.position(name)?)?.1)
    }

    /// The field of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let at = self.position(name)?;
        Some(&mut self.0.get_mut(at)?.1)
    }

    /// Sets a field, in its place in the order.
    pub fn insert(&mut self, name: String, value: Value) {
        match self.0.binary_search_by(|(other, _)| by_utf16(other, &name)) {
            Ok(at) => {
                if let Some(field) = self.0.get_mut(at) {
                    field.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.position(name)?;
        Some(self.0.remove(at).1)
    }

    /// The fields in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Where a field stands. Objects are short, so that walking finds it soonest.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(other, _)| other == name)
    }

    /// The field at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&(String, Value)> {
        self.0.get(place)
    }

    /// Appends a field that belongs behind all others; false where it does not.
    pub(super) fn push(&mut self, name: String, value: Value) -> bool {
        let ascends = self
            .0
            .last()
            .is_none_or(|(last, _)| by_utf16(last, &name).is_lt());
        if ascends {
            self.0.push((name, value));
        }
        ascends
    }
}

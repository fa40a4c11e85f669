//! An object that is being read, field by field.

use super::{Reader, Shape, Step};
use crate::canonical::{Map, Value};

/// An object that is being read. [`Object::end`] refuses the fields that nobody asked for.
pub struct Object<'v, 'r> {
    reader: &'r mut Reader,
    fields: Option<&'v Map>,
    depth: usize,
    /// Bit i for the field at place i. No type has so many fields that it runs out.
    known: u64,
}

impl Reader {
    /// An object; what follows is read field by field.
    pub fn object<'v, 'r>(&'r mut self, found: Option<&'v Value>) -> Object<'v, 'r> {
        let fields = found.and_then(Value::as_object);
        if fields.is_none() {
            self.note_instead(found, "not an object");
        }
        Object {
            depth: self.path.len(),
            reader: self,
            fields,
            known: 0,
        }
    }
}

impl<'v> Object<'v, '_> {
    /// What stands in a field, and the reader to go on with.
    pub fn find(&mut self, name: &'static str) -> (Option<&'v Value>, &mut Reader) {
        self.reader.enter(self.depth, Step::Field(name));
        let place = self.fields.and_then(|fields| fields.position(name));
        let found = place.and_then(|place| {
            self.known |=
                u32::try_from(place).map_or(0, |place| 1u64.checked_shl(place).unwrap_or(0));
            self.fields?.at(place)
        });
        (found.map(|(_, value)| value), self.reader)
    }

    /// A field's value.
    pub fn field<T: Shape>(&mut self, name: &'static str) -> T {
        let (found, reader) = self.find(name);
        T::read(found, reader)
    }

    /// The field that says which of these the object is: one of the names; the first where it is none of them.
    pub fn tag(&mut self, name: &'static str, names: &[&'static str]) -> &'static str {
        let (found, reader) = self.find(name);
        let place = reader.choice(found, names);
        names.get(place).copied().unwrap_or_default()
    }

    /// Leaves unread what nobody asked for.
    pub fn pass(self) {
        self.reader.path.truncate(self.depth);
    }

    /// Refuses a field that nobody asked for, and names it.
    pub fn end(self) {
        self.reader.path.truncate(self.depth);
        let mut names = self.fields.into_iter().flat_map(Map::iter);
        let mut known = self.known;
        let unknown = names.find(|_| {
            let is_known = known & 1 == 1;
            known >>= 1;
            !is_known
        });
        if let Some((name, _)) = unknown {
            let name: String = name.chars().take(40).collect();
            self.reader.note(&["unknown field ", &name].concat());
        }
    }
}

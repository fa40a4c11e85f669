//! Typed values in canonical JSON: what fields a struct has, and how each is written.
//!
//! A type says so once, with [`shape!`](crate::shape!), [`names!`](crate::names!) or [`tagged!`](crate::tagged!). Objects are strict: a missing
//! field and one too many are both refused, and the error names the path. Reading goes on after a mistake with a stand-in, and the
//! caller throws the whole away: thus the code of a type is a row of calls without exits, and the page stays small.

mod declare;
#[cfg(feature = "serde")]
pub mod json;
mod leaves;
mod object;
#[cfg(test)]
mod tests;

pub use leaves::{
    decimal, nanoseconds, optional_decimal, optional_nanoseconds, plain, text_or_empty,
};
pub use object::Object;

use crate::canonical::{Error, Map, Value};

/// A type with a form in canonical JSON.
pub trait Shape: Sized {
    /// Reads what was found; none where the field is absent. What is wrong is noted in the reader, and the result is then a stand-in.
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self;

    /// The value; none for a field that is left out.
    fn write(&self) -> Option<Value>;
}

/// Where reading stands, and the first thing that was wrong.
#[derive(Default)]
pub struct Reader {
    path: Vec<Step>,
    wrong: Option<String>,
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Item(usize),
}

impl Reader {
    /// The first thing that was wrong, if any.
    pub fn finish(self) -> Result<(), Error> {
        match self.wrong {
            Some(why) => Err(Error::Shape(why)),
            None => Ok(()),
        }
    }

    /// Notes what is wrong at this place, unless something was wrong before.
    #[cold]
    #[inline(never)]
    pub fn note(&mut self, what: &str) {
        if self.wrong.is_some() {
            return;
        }
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
                Step::Item(index) => {
                    text.push('[');
                    text.push_str(&index.to_string());
                    text.push(']');
                }
            }
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(what);
        self.wrong = Some(text);
    }

    /// Notes that there is nothing, or something else than was expected.
    #[cold]
    #[inline(never)]
    fn note_instead(&mut self, found: Option<&Value>, expected: &str) {
        self.note(if found.is_some() { expected } else { "missing" });
    }

    /// A text.
    pub fn text<'v>(&mut self, found: Option<&'v Value>) -> &'v str {
        match found {
            Some(Value::String(text)) => text,
            _ => {
                self.note_instead(found, "not a text");
                ""
            }
        }
    }

    /// A whole number.
    pub fn integer(&mut self, found: Option<&Value>) -> i64 {
        match found {
            Some(Value::Integer(number)) => *number,
            _ => {
                self.note_instead(found, "not a whole number");
                0
            }
        }
    }

    /// One of these texts, by its place; the first where it is none of them.
    pub fn choice(&mut self, found: Option<&Value>, names: &[&str]) -> usize {
        let text = self.text(found);
        match names.iter().position(|name| *name == text) {
            Some(place) => place,
            None => {
                self.note("not one of the words allowed here");
                0
            }
        }
    }

    /// A list; what follows is read item by item.
    pub fn list<'v>(&mut self, found: Option<&'v Value>) -> List<'v> {
        let items = match found {
            Some(Value::Array(items)) => items.as_slice(),
            _ => {
                self.note_instead(found, "not a list");
                &[]
            }
        };
        List {
            items,
            depth: self.path.len(),
            read: 0,
        }
    }

    fn enter(&mut self, depth: usize, step: Step) {
        self.path.truncate(depth);
        self.path.push(step);
    }
}

/// The items of a list that is being read.
pub struct List<'v> {
    items: &'v [Value],
    depth: usize,
    read: usize,
}

impl<'v> List<'v> {
    /// The next item.
    pub fn next(&mut self, reader: &mut Reader) -> Option<&'v Value> {
        let item = self.items.get(self.read);
        reader.path.truncate(self.depth);
        if item.is_some() {
            reader.path.push(Step::Item(self.read));
            self.read += 1;
        }
        item
    }
}

/// Adds a field to an object that is being written, unless it is left out.
pub fn put(object: &mut Map, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object.insert(name.into(), value);
    }
}

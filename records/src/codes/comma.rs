//! A printed code as comma-separated fields, with what several of the forms share.

use super::crc::{self, Crc};

/// The fields of one text; empty ones at its end are dropped (codes may end in a comma or two).
pub(super) struct Comma<'a> {
    text: &'a str,
    fields: Vec<&'a str>,
}

/// What may follow the date: a check code (校验码) and the CRC field.
pub(super) struct Tail {
    pub(super) check_code: Option<String>,
    pub(super) crc: Crc,
}

impl<'a> Comma<'a> {
    pub(super) fn split(text: &'a str) -> Self {
        let mut fields: Vec<&str> = text.split(',').collect();
        while fields.last().is_some_and(|field| field.is_empty()) {
            fields.pop();
        }
        Self { text, fields }
    }

    pub(super) fn count(&self) -> usize {
        self.fields.len()
    }

    /// The field at `at`; past the end it is empty.
    pub(super) fn field(&self, at: usize) -> &'a str {
        self.fields.get(at).copied().unwrap_or_default()
    }

    /// An empty field is `Some(None)`; one that `read` refuses is `None`, and the text is no such
    /// code.
    pub(super) fn optional<T>(&self, at: usize, read: fn(&str) -> Option<T>) -> Option<Option<T>> {
        match self.field(at) {
            "" => Some(None),
            text => read(text).map(Some),
        }
    }

    /// The text before the field at `at`, with the comma that precedes it.
    fn before(&self, at: usize) -> &'a str {
        let length: usize = self
            .fields
            .iter()
            .take(at)
            .map(|field| field.len() + 1)
            .sum();
        self.text.get(..length).unwrap_or(self.text)
    }

    /// Fields 7 and 8. Some issuers leave the check code's slot out, so that four hex digits in
    /// the last slot are the CRC wherever it stands.
    pub(super) fn tail(&self) -> Tail {
        let (seventh, eighth) = (self.field(6), self.field(7));
        let crc = if !eighth.is_empty() {
            crc::check(self.before(7), eighth)
        } else if crc::is_field(seventh) {
            crc::check(self.before(6), seventh)
        } else {
            Crc::Absent
        };
        let is_check_code =
            (5..=20).contains(&seventh.len()) && seventh.bytes().all(|b| b.is_ascii_alphanumeric());
        Tail {
            check_code: is_check_code.then(|| seventh.to_owned()),
            crc,
        }
    }
}

/// Whether `text` is digits only, of one of these lengths.
pub(super) fn is_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The kind of invoice (票种), two or three digits, after the constant first field `01`.
pub(super) fn invoice_type(code: &Comma<'_>) -> Option<String> {
    let kind = code.field(1);
    (code.field(0) == "01" && is_digits(kind, &[2, 3])).then(|| kind.to_owned())
}

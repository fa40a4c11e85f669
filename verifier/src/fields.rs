//! What was printed or opened, against what the record commits to.

use crate::{
    kinds,
    question::{Print, Question},
    reasons::{self, Reason},
    verdict::{Backing, Field},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use records::{
    canonical::Value,
    codes::{AmountMeaning, Declared},
    fields::{Error, Opened, Schema},
    hash::parse_hash,
};

/// The fields to show, and how the comparison ended; no reason where there was nothing to compare.
pub fn compare(question: &Question, kind: &str, data: &Value) -> (Vec<Field>, Option<Reason>) {
    if let Some(opening) = &question.opening {
        return match kinds::schema(kind) {
            Some(schema) => open(schema, opening, data),
            None => (Vec::new(), Some(reasons::OPENING_UNREADABLE)),
        };
    }
    let reason = match question.print {
        Print::None => return (question.claimed.clone(), None),
        Print::NotComparable => reasons::PRINT_NOT_COMPARABLE,
        Print::Digest(digest) => print(data, &hex::encode(digest)),
    };
    let mut fields = question.claimed.clone();
    let backing = match reason {
        reasons::PRINT_RECORDED => Backing::Proven,
        reasons::PRINT_DIFFERS => Backing::Contradicted,
        _ => Backing::Claimed,
    };
    fields.iter_mut().for_each(|field| field.backing = backing);
    (fields, Some(reason))
}

fn print(data: &Value, digest: &str) -> Reason {
    match data.get("prints").and_then(Value::as_array) {
        Some(prints) if prints.iter().any(|print| print.as_str() == Some(digest)) => {
            reasons::PRINT_RECORDED
        }
        Some(prints) if !prints.is_empty() => reasons::PRINT_DIFFERS,
        _ => reasons::NO_PRINT_RECORDED,
    }
}

fn open(schema: &Schema, opening: &[u8], data: &Value) -> (Vec<Field>, Option<Reason>) {
    let commitment = data
        .get("root")
        .and_then(Value::as_str)
        .and_then(parse_hash);
    let Some(commitment) = commitment else {
        return (Vec::new(), Some(reasons::OPENING_UNREADABLE));
    };
    match schema.open(opening, &commitment) {
        Ok(opened) => {
            // What opens no value, as the root alone does, has compared nothing.
            let shows = opened.iter().any(|(_, value)| !value.is_empty());
            let reason = shows.then_some(reasons::FIELDS_OPENED);
            (named(schema, opened, Backing::Proven), reason)
        }
        Err(Error::Mismatch) => {
            let claimed = schema.claimed(opening).map(|(opened, _)| opened);
            let fields = named(schema, claimed.unwrap_or_default(), Backing::Contradicted);
            (fields, Some(reasons::FIELDS_ALTERED))
        }
        Err(_) => (Vec::new(), Some(reasons::OPENING_UNREADABLE)),
    }
}

fn named(schema: &Schema, opened: Opened, backing: Backing) -> Vec<Field> {
    let mut opened = opened.into_iter().peekable();
    let field = |(index, name): (usize, &&str)| {
        let shown = opened.next_if(|(at, _)| *at == index);
        let (value, backing) = match shown {
            Some((_, value)) => (value, backing),
            None => (String::new(), Backing::Withheld),
        };
        (backing == Backing::Withheld || !value.is_empty()).then(|| Field {
            name: (*name).into(),
            value,
            backing,
        })
    };
    schema.fields.iter().enumerate().filter_map(field).collect()
}

/// What a printed code declares, under the schema's names.
pub fn declared(declared: Declared) -> Vec<Field> {
    let amount = declared.amount.map(|amount| {
        let name = match amount.meaning {
            AmountMeaning::TaxInclusive => "total",
            AmountMeaning::BeforeTax | AmountMeaning::Unknown => "amount",
        };
        (name, amount.fen.to_string())
    });
    let fields = [
        declared.invoice_type.map(|value| ("kind", value)),
        declared.code.map(|value| ("code", value)),
        Some(("number", declared.number)),
        amount,
        declared.date.map(|date| ("date", date.compact())),
        declared.seller.map(|value| ("seller_id", value)),
        declared.check.map(|value| ("check_code", value)),
    ];
    let field = |(name, value): (&str, String)| Field {
        name: name.into(),
        value,
        backing: Backing::Claimed,
    };
    fields.into_iter().flatten().map(field).collect()
}

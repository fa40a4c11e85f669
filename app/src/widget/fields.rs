//! The fields of an invoice or bill, looking like the thing itself.

use crate::draw::prelude::*;
use crate::i18n::{Lang, date, field, grouped, money, small, words};
use records::kinds::invoice::amounts::read_lines;
use verifier::verdict::{Backing, Field};

/// The fields as a list, the amount large with its capitals (大写) under it. What backs all of them alike is said once: a commitment to the whole
/// does not tell which field was altered.
pub fn fields(lang: Lang, fields: &[Field]) -> Html {
    let shown = || {
        fields
            .iter()
            .filter(|field| field.name != "lines" && !field.value.is_empty())
    };
    let first = shown().next().map(|field| field.backing);
    let alike = first.filter(|backing| shown().all(|field| field.backing == *backing));
    html! {
        <>
            if let Some(backing) = alike.filter(|backing| *backing != Backing::Proven) { { note(lang, backing) }<hr /> }
            <dl class="fields" data-testid="fields">{ for shown().map(|field| row(lang, field, alike.is_some())) }{ withheld(lang, fields) }</dl>
        </>
    }
}

/// The fields that whoever opened the others kept back, by their names.
fn withheld(lang: Lang, fields: &[Field]) -> Html {
    let fields = fields.iter().filter(|one| one.backing == Backing::Withheld);
    let names: Vec<String> = fields.map(|one| field(lang, &one.name)).collect();
    if names.is_empty() {
        return Html::default();
    }
    html! { <><dt>{ lang.t(words::WITHHELD) }</dt><dd class="withheld" data-testid="withheld">{ lang.list(&names) }</dd></> }
}

fn row(lang: Lang, one: &Field, said: bool) -> Html {
    let backing = one.backing.word();
    html! {
        <>
            <dt>{ field(lang, &one.name) }</dt>
            <dd data-testid="field" data-field={one.name.clone()} data-backing={backing}>{ value(lang, one) }if !said { { note(lang, one.backing) } }</dd>
        </>
    }
}

/// What a field's value rests on, where the chain does not cover it.
fn note(lang: Lang, backing: Backing) -> Html {
    match backing {
        Backing::Proven | Backing::Withheld => Html::default(),
        Backing::Claimed => html! { <p class="caption">{ lang.t(words::CLAIMED) }</p> },
        Backing::Contradicted => html! { <p class="small bent">{ lang.t(words::BENT) }</p> },
    }
}

fn value(lang: Lang, one: &Field) -> Html {
    match one.name.as_str() {
        "total" => html! {
            <><span class="amount">{ money(&one.value) }</span>
            if let (Lang::Zh, Ok(fen)) = (lang, one.value.parse()) { <br /><span class="caption">{ records::codes::capital(fen) }</span> }</>
        },
        "amount" | "tax" => money(&one.value).node(),
        "date" => date(&one.value).node(),
        "kind" => kind(lang, &one.value).node(),
        "number" | "code" | "check_code" => grouped(&one.value).node(),
        "hash" | "seller_id" | "buyer_id" => {
            html! { <span class="mono">{ grouped(&one.value) }</span> }
        }
        _ => one.value.as_str().node(),
    }
}

/// The kind of invoice (票种) by name; a number that has none stays a number.
fn kind(lang: Lang, number: &str) -> String {
    let code = format!("type-{number}");
    let name = small(lang, &code);
    if name == code {
        number.to_owned()
    } else {
        name
    }
}

/// A field by its name, where it says anything.
pub fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    let mut fields = fields.iter();
    fields.find(|one| one.name == name && !one.value.is_empty())
}

/// The lines of an invoice as a table.
pub fn lines(lang: Lang, fields: &[Field]) -> Html {
    let lines = find(fields, "lines");
    let Some(lines) = lines.and_then(|lines| read_lines(&lines.value)) else {
        return Html::default();
    };
    html! {
        <table class="lines" data-testid="lines">
            <thead><tr><th>{ lang.t(words::LINE_ITEM) }</th><th class="n">{ lang.t(words::LINE_QTY) }</th><th class="n">{ lang.t(words::LINE_RATE) }</th><th class="n">{ lang.t(words::LINE_AMOUNT) }</th></tr></thead>
            <tbody>{ for lines.iter().map(|line| html! {
                <tr><td>{ &line.item }</td><td class="n">{ &line.qty }</td><td class="n">{ &line.rate }</td><td class="n">{ money(&line.amount.to_string()) }</td></tr>
            }) }</tbody>
        </table>
    }
}

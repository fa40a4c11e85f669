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
            <dl class="fields" data-testid="fields">{ for shown().map(|field| row(lang, field, alike.is_some())) }</dl>
        </>
    }
}

fn row(lang: Lang, one: &Field, said: bool) -> Html {
    let backing = match one.backing {
        Backing::Proven => "proven",
        Backing::Claimed => "claimed",
        Backing::Contradicted => "contradicted",
    };
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
        Backing::Proven => Html::default(),
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

/// The lines of an invoice as a table.
pub fn lines(lang: Lang, fields: &[Field]) -> Html {
    let text = fields
        .iter()
        .find(|field| field.name == "lines")
        .map(|field| field.value.as_str());
    let Some(lines) = text.and_then(read_lines) else {
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

//! The fields of an invoice or bill, looking like the thing itself.

use crate::draw::prelude::*;
use crate::i18n::{Lang, date, field, grouped, money, small, words};
use records::kinds::invoice::amounts::read_lines;
use verifier::verdict::{Backing, Field};

/// The fields as a list, the amount large with its capitals (大写) under it.
pub fn fields(lang: Lang, fields: &[Field]) -> Html {
    html! {
        <dl class="fields" data-testid="fields">
            { for fields.iter().filter(|field| field.name != "lines" && !field.value.is_empty()).map(|field| row(lang, field)) }
        </dl>
    }
}

fn row(lang: Lang, one: &Field) -> Html {
    let backing = match one.backing {
        Backing::Proven => "proven",
        Backing::Claimed => "claimed",
        Backing::Contradicted => "contradicted",
    };
    let note = match one.backing {
        Backing::Proven => Html::default(),
        Backing::Claimed => html! { <div class="caption">{ lang.t(words::CLAIMED) }</div> },
        Backing::Contradicted => {
            html! { <div class="caption" style="color:var(--bad)">{ lang.t(words::BENT) }</div> }
        }
    };
    let bent = (one.backing == Backing::Contradicted).then_some("bent");
    html! {
        <>
            <dt>{ field(lang, &one.name) }</dt>
            <dd data-testid="field" data-field={one.name.clone()} data-backing={backing}><span class={bent}>{ value(lang, one) }</span>{ note }</dd>
        </>
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

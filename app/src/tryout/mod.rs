//! 试一试: samples of the demonstration chain, as the site's `try/demo.json` lists them (docs/demo.md).

use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, words};
use crate::keys::{answer, answered};
use crate::shell::{Page, Route, go, site, use_page};
use crate::widget;
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use worker::{RecordRef, ToKeys};

const LIST: &str = "./try/demo.json";

/// The list of samples. Texts and pictures are what a scanner would see; what the verdict will be is for the verifier to say.
#[derive(Clone, Debug, Default, PartialEq)]
struct Samples {
    invoices: Vec<Sample>,
    votes: Vec<Sample>,
    identities: Vec<Sample>,
    records: Vec<Sample>,
}

/// One sample: of the optional parts it has those of its list.
#[derive(Clone, Debug, PartialEq)]
struct Sample {
    title: String,
    title_en: String,
    /// What the code of an invoice says.
    text: String,
    /// Picture of the code, beside the list.
    png: String,
    /// Identity file, beside the list.
    file: String,
    /// Kind of a record.
    kind: String,
    /// Id of a vote or a record.
    id: String,
    /// Short name of an invoice.
    name: String,
}

fn read(text: &str) -> Option<Samples> {
    let file = JSON::parse(text).ok()?;
    let list = |name: &str| {
        let list = Reflect::get(&file, &name.into()).ok();
        let list = list.and_then(|list| list.dyn_into::<Array>().ok());
        let entries = list.unwrap_or_default();
        entries.iter().map(|entry| sample(&entry)).collect()
    };
    Some(Samples {
        invoices: list("invoices"),
        votes: list("votes"),
        identities: list("identities"),
        records: list("records"),
    })
}

fn sample(entry: &JsValue) -> Sample {
    let text = |name| site::field(entry, name);
    Sample {
        title: text("title"),
        title_en: text("title_en"),
        text: text("text"),
        png: text("png"),
        file: text("file"),
        kind: text("kind"),
        id: text("id"),
        name: text("name"),
    }
}

/// The page.
#[derive(PartialEq)]
pub struct Try;

part!(Try, use_try());

#[hook]
fn use_try() -> Html {
    let page = use_page();
    let lang = page.lang;
    let samples = use_state(|| None::<Samples>);
    let imported = use_state(|| None::<Result<(), String>>);
    use_effect_with((*imported).clone(), |imported| {
        if matches!(imported, Some(Ok(()))) {
            go(&Route::Keys);
        }
    });
    {
        let samples = samples.setter();
        use_effect_with((), move |()| {
            spawn_local(async move {
                let text = site::text(LIST).await;
                samples.set(Some(text.and_then(|text| read(&text)).unwrap_or_default()));
            });
        });
    }
    let content = match &*samples {
        None => html! { <p class="small" role="status">{ lang.t(words::TRY_WAIT) }</p> },
        Some(samples) if *samples == Samples::default() => {
            html! { <p class="note" data-testid="no-samples">{ lang.t(words::TRY_NONE) }</p> }
        }
        Some(samples) => html! {
            <>
                <p class="small">{ lang.t(words::TRY_LEAD) }</p>
                <h2>{ lang.t(words::TRY_INVOICES) }</h2>
                <div class="pics">{ for samples.invoices.iter().map(|sample| invoice(&page, sample)) }</div>
                { links(lang, words::TRY_VOTES, "sample-vote", &samples.votes, |vote| Route::Vote(vote.id.clone())) }
                { links(lang, words::TRY_RECORDS, "sample-record", &samples.records, |sample| Route::Record(RecordRef { kind: sample.kind.clone(), id: sample.id.clone() }, None)) }
                { identities(&page, &samples.identities, &imported) }
            </>
        },
    };
    widget::frame(
        true,
        html! { <>{ widget::link_notice(&page) }{ content }</> },
    )
}

fn invoice(page: &Page, sample: &Sample) -> Html {
    let (check, text) = (page.check.clone(), sample.text.clone());
    let name = page.lang.pick(&sample.title, &sample.title_en).to_owned();
    html! {
        <button type="button" class="card pic" data-testid="sample" data-sample={sample.name.clone()} onclick={Callback::from(move |_| check.emit(text.clone()))}>
            if !sample.png.is_empty() { <img src={["./try/", &sample.png].concat()} alt="" loading="lazy" width="200" height="200" /> }
            <b class="small">{ name }</b>
        </button>
    }
}

fn links(
    lang: Lang,
    title: Text,
    id: &'static str,
    samples: &[Sample],
    route: fn(&Sample) -> Route,
) -> Html {
    if samples.is_empty() {
        return Html::default();
    }
    let rows = samples.iter().map(|sample| {
        html! { <li><a class="item" href={route(sample).hash()} data-testid={id} data-id={sample.id.clone()}><b class="grow">{ lang.pick(&sample.title, &sample.title_en) }</b>{ widget::icon(widget::Icon::Go, 18) }</a></li> }
    });
    html! { <section class="card"><h3>{ lang.t(title) }</h3><ul class="list">{ for rows }</ul></section> }
}

fn identities(page: &Page, samples: &[Sample], said: &State<Option<Result<(), String>>>) -> Html {
    if samples.is_empty() {
        return Html::default();
    }
    let lang = page.lang;
    let rows = samples.iter().map(|sample| {
        let (engine, file) = (page.engine.clone(), ["./try/", &sample.file].concat());
        let said = said.setter();
        let import = Callback::from(move |_| {
            let (engine, file, said) = (engine.clone(), file.clone(), said.clone());
            spawn_local(async move {
                let Some(text) = site::text(&file).await else {
                    return said.set(Some(Err(lang.t(words::TRY_LOST).to_owned())));
                };
                let hear = answered(lang, said);
                engine.keys().ask(|id| ToKeys::Import { id, text }, hear);
            });
        });
        html! {
            <li class="item"><b class="grow">{ lang.pick(&sample.title, &sample.title_en) }</b>
                <button type="button" class="btn slim" onclick={import} data-testid="sample-identity" data-file={sample.file.clone()}>{ lang.t(words::KEYS_IMPORT_DO) }</button></li>
        }
    });
    html! {
        <section class="card"><h3>{ lang.t(words::TRY_IDENTITIES) }</h3><p class="caption">{ lang.t(words::TRY_IDENTITIES_SAY) }</p><ul class="list">{ for rows }</ul>{ answer(lang, said, words::KEYS_IMPORTED) }</section>
    }
}

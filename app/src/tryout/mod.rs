//! 试一试: samples of the demonstration chain, as the site's `tryout/index.json` lists them.

use crate::i18n::{Lang, words};
use crate::shell::{Page, Route, go, site, use_page};
use crate::widget;
use serde::Deserialize;
use wasm_bindgen_futures::spawn_local;
use worker::ToVerifier;
use yew::prelude::*;

const LIST: &str = "./tryout/index.json";

/// The list of samples. Texts and pictures are what a scanner would see; nothing in here says what the verdict will be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Samples {
    #[serde(default)]
    invoices: Vec<Sample>,
    #[serde(default)]
    votes: Vec<Sample>,
    #[serde(default)]
    identities: Vec<Sample>,
}

/// One sample.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Sample {
    name: String,
    #[serde(default)]
    name_en: String,
    /// Text of an invoice's code, id of a vote.
    #[serde(default)]
    text: String,
    /// Picture of the code, beside the list.
    #[serde(default)]
    picture: String,
    /// Identity file, beside the list.
    #[serde(default)]
    file: String,
}

/// The page.
#[component]
pub fn Try() -> Html {
    let page = use_page();
    let lang = page.lang;
    let samples = use_state_eq(|| None::<Samples>);
    {
        let samples = samples.setter();
        use_effect_with((), move |()| {
            spawn_local(async move {
                let text = site::text(LIST).await;
                samples.set(Some(
                    text.and_then(|text| serde_json::from_str(&text).ok())
                        .unwrap_or_default(),
                ));
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
                { votes(lang, &samples.votes) }
                { identities(&page, &samples.identities) }
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
    let name = page.lang.pick(&sample.name, &sample.name_en).to_owned();
    html! {
        <button type="button" class="card pic" data-testid="sample" data-text={sample.text.clone()} onclick={Callback::from(move |_| check.emit(text.clone()))}>
            if !sample.picture.is_empty() { <img src={format!("./tryout/{}", sample.picture)} alt="" loading="lazy" width="200" height="200" /> }
            <b class="small">{ name }</b>
        </button>
    }
}

fn votes(lang: Lang, samples: &[Sample]) -> Html {
    if samples.is_empty() {
        return Html::default();
    }
    html! {
        <section class="card"><h3>{ lang.t(words::TRY_VOTES) }</h3>
            <ul class="list">{ for samples.iter().map(|sample| html! {
                <li><a class="item" href={Route::Vote(sample.text.clone()).hash()} data-testid="sample-vote" data-vote={sample.text.clone()}><b class="grow">{ lang.pick(&sample.name, &sample.name_en) }</b>{ widget::icon(widget::Icon::Go, 18) }</a></li>
            }) }</ul>
        </section>
    }
}

fn identities(page: &Page, samples: &[Sample]) -> Html {
    if samples.is_empty() {
        return Html::default();
    }
    let lang = page.lang;
    let rows = samples.iter().map(|sample| {
        let (engine, file) = (page.engine.clone(), format!("./tryout/{}", sample.file));
        let import = Callback::from(move |_| {
            let (engine, file) = (engine.clone(), file.clone());
            spawn_local(async move {
                if let Some(text) = site::text(&file).await {
                    engine.request(|id| ToVerifier::Import { id, text });
                    go(&Route::Keys);
                }
            });
        });
        html! {
            <li class="item"><b class="grow">{ lang.pick(&sample.name, &sample.name_en) }</b>
                <button type="button" class="btn slim" onclick={import} data-testid="sample-identity" data-file={sample.file.clone()}>{ lang.t(words::KEYS_IMPORT_DO) }</button></li>
        }
    });
    html! {
        <section class="card"><h3>{ lang.t(words::TRY_IDENTITIES) }</h3><p class="caption">{ lang.t(words::TRY_IDENTITIES_SAY) }</p><ul class="list">{ for rows }</ul></section>
    }
}

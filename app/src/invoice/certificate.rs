//! The certificate (核验证明) of a proof that was kept: the header it rests on, the file's hash, and a code that leads back to a fresh check. Printed, it
//! stands on one paper with the answer.

use crate::draw::prelude::*;
use crate::i18n::{grouped, thousands, time, words};
use crate::shell::use_page;
use crate::widget::{self, Code};
use std::rc::Rc;
use verifier::verdict::Anchor;
use web_sys::Element;

/// The certificate of a proof file.
#[derive(PartialEq)]
pub struct Certificate {
    /// Kind of the record.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The header on which the file rests.
    pub anchor: Rc<Anchor>,
    /// SHA-256 of the file, hex.
    pub proof: String,
}

part!(Certificate, use_certificate);

#[hook]
fn use_certificate(props: &Certificate) -> Html {
    let page = use_page();
    let lang = page.lang;
    // Openings stay with those who have them: the code leads to the record alone.
    let link = [&widget::place(), "#/r/", &props.kind, "/", &props.id].concat();
    // On a phone the button is far from here.
    let card = use_node_ref();
    {
        let card = card.clone();
        use_effect_with((), move |()| {
            if let Some(card) = card.cast::<Element>() {
                card.scroll_into_view();
            }
        });
    }
    let print = Callback::from(|_: MouseEvent| {
        if let Some(window) = web_sys::window() {
            // Where a browser cannot print, nothing happens.
            let _ = window.print();
        }
    });
    let anchor = &props.anchor;
    html! {
        <section ref={card} class="card stack cert" role="status" data-testid="certificate" data-hash={props.proof.clone()}>
            <h2>{ lang.t(words::CERT) }</h2>
            <p class="small">{ lang.t(words::CERT_SAVED) }</p>
            <dl class="fields">
                <dt>{ lang.t(words::CHAIN) }</dt><dd>{ &anchor.chain_id }</dd>
                <dt>{ lang.t(words::HEIGHT) }</dt><dd>{ thousands(anchor.height) }</dd>
                <dt>{ lang.t(words::HEADER_TIME) }</dt><dd>{ time(&anchor.time) }</dd>
                <dt>{ lang.t(words::HASH) }</dt><dd class="mono">{ grouped(&anchor.hash) }</dd>
                { widget::trust_list(&page) }
                <dt>{ lang.t(words::CERT_PROOF) }</dt><dd class="mono" data-testid="proof-hash">{ grouped(&props.proof) }</dd>
            </dl>
            { part(Code { text: link.clone() }) }
            <p class="caption">{ lang.t(words::CERT_SAY) }<br />{ link }</p>
            <button type="button" class="btn noprint" onclick={print} data-testid="print">{ lang.t(words::CERT_PRINT) }</button>
        </section>
    }
}

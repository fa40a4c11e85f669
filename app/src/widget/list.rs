//! On which list of chains an answer rests: the checkpoint that it names, and its date.

use crate::draw::prelude::*;
use crate::i18n::{grouped, thousands, time, words};
use crate::shell::{Page, site};

/// Two rows of a list of facts; nothing before the chain is known.
pub fn trust_list(page: &Page) -> Html {
    let lang = page.lang;
    let Some(chain) = page.known.chain.as_deref() else {
        return Html::default();
    };
    html! {
        <>
            <dt>{ lang.t(words::CHECKPOINT) }</dt>
            <dd>{ lang.t(words::HEIGHT) }{ " " }{ thousands(chain.checkpoint_height) }<div class="mono caption">{ grouped(&chain.checkpoint_hash) }</div></dd>
            if let Some(listed) = site::listed() { <dt>{ lang.t(words::LISTED) }</dt><dd data-testid="listed">{ time(&listed) }</dd> }
        </>
    }
}

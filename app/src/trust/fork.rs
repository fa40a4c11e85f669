//! A fork of the chain: both headers, who signed them, and the evidence.

use crate::draw::prelude::*;
use crate::i18n::{Lang, grouped, thousands, time, words};
use crate::widget::{self, copy, download};
use verifier::fork::{Fork, Side};

/// What was found.
pub fn card(lang: Lang, chain: &str, fork: &Fork) -> Html {
    let height = fork.sides.first().map_or(0, |side| side.height);
    let facts = [("height", &*thousands(height))];
    let (name, evidence) = (
        format!("{chain}-{height}-evidence.json"),
        fork.evidence.clone(),
    );
    let save = Callback::from(move |_| {
        download(&name, &evidence);
    });
    let both = lang.list(&both(lang, &fork.sides));
    html! {
        <section class="card stack" data-testid="fork" data-kind={fork.kind.clone()}>
            <h2>{ lang.fill(words::FORK, &facts) }</h2>
            <p class="small">{ lang.t(words::FORK_SAY) }</p>
            { for fork.sides.iter().map(|one| side(lang, one)) }
            if !both.is_empty() { <p class="note bad" data-testid="signed-both">{ lang.fill(words::FORK_BOTH, &[("names", &both)]) }</p> }
            if !fork.reported_to.is_empty() { <p class="caption">{ lang.fill(words::FORK_REPORTED, &[("nodes", &fork.reported_to.join(" "))]) }</p> }
            <div class="row wrap"><button type="button" class="btn slim" onclick={save} data-testid="save-evidence">{ lang.t(words::FORK_SAVE) }</button>{ copy(fork.evidence.clone(), lang.t(words::COPY), "copy-evidence") }</div>
        </section>
    }
}

fn side(lang: Lang, side: &Side) -> Html {
    html! {
        <div class="stack" data-testid="fork-side">
            <hr />
            <p class="mono">{ grouped(&side.hash) }</p>
            <p class="caption">{ time(&side.time) }{ " · " }{ lang.fill(words::FORK_FROM, &[("node", &side.from)]) }</p>
            { widget::signers(lang, &side.signers, side.total_power) }
        </div>
    }
}

/// Members that signed every side.
fn both(lang: Lang, sides: &[Side]) -> Vec<String> {
    let Some((first, others)) = sides.split_first() else {
        return Vec::new();
    };
    let signed = |side: &Side, name: &str| {
        let mut signers = side.signers.iter();
        signers.any(|signer| signer.signed > 0 && signer.name == name)
    };
    let names = first.signers.iter().filter(|signer| signer.signed > 0);
    let in_all = names.filter(|signer| others.iter().all(|side| signed(side, &signer.name)));
    in_all
        .map(|signer| lang.pick(&signer.name, &signer.name_en).to_owned())
        .collect()
}

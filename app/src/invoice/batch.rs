//! Many invoices for a finance clerk: one a line, checked one after the other, as a list with small rings.

use super::summary;
use crate::draw::prelude::*;
use crate::engine::{Known, Question, use_inquiry};
use crate::i18n::{Lang, headline, kept, step, time, words};
use crate::shell::use_page;
use crate::widget::{self, Mark, copy, outcome_pill, small_ring};
use std::rc::Rc;
use verifier::verdict::Verdict;
use web_sys::HtmlTextAreaElement;

const MOST: usize = 500;

/// One line and what became of it.
#[derive(Clone, PartialEq)]
struct Row {
    text: String,
    /// The earlier line with the same text.
    same: Option<usize>,
    end: Option<End>,
}

#[derive(Clone, PartialEq)]
enum End {
    Verdict(Rc<Verdict>),
    Failed(String),
}

#[derive(Default, PartialEq)]
struct Rows(Vec<Row>);

impl Rows {
    fn ended(&self, at: usize, end: End) -> Self {
        let mut rows = self.0.clone();
        if let Some(row) = rows.get_mut(at) {
            row.end = Some(end);
        }
        Self(rows)
    }
}

fn rows(text: &str) -> Vec<Row> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MOST)
        .collect();
    let same = |at: usize| {
        lines
            .iter()
            .take(at)
            .position(|line| Some(line) == lines.get(at))
    };
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| Row {
            text: (*line).to_owned(),
            same: same(at),
            end: None,
        })
        .collect()
}

/// The page.
#[derive(PartialEq)]
pub struct Batch;

part!(Batch, use_batch());

#[hook]
fn use_batch() -> Html {
    let page = use_page();
    let lang = page.lang;
    let rows = use_state(Rows::default);
    let area = use_node_ref();
    let stopped = use_state(|| false);
    let next = rows
        .0
        .iter()
        .position(|row| row.end.is_none() && row.same.is_none());
    let question = next
        .filter(|_| !*stopped)
        .and_then(|at| rows.0.get(at))
        .map(|row| Question::Text(row.text.clone()));
    let inquiry = use_inquiry(&page.engine, question, next.unwrap_or(MOST) as u32);
    {
        let setter = rows.setter();
        use_effect_with(
            (next, inquiry.verdict.clone(), inquiry.failed.clone()),
            move |(next, verdict, failed)| {
                let end = match (verdict, failed) {
                    (Some(verdict), _) => End::Verdict(verdict.clone()),
                    (None, Some((code, facts))) => End::Failed(headline(lang, code, facts)),
                    _ => return,
                };
                if let Some(at) = next {
                    setter.change(|rows| rows.ended(*at, end));
                }
            },
        );
    }
    let start = {
        let (setter, area, stopped) = (rows.setter(), area.clone(), stopped.setter());
        Callback::from(move |_| {
            stopped.set(false);
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                setter.set(Rows(self::rows(&area.value())));
            }
        })
    };
    let pause = {
        let stopped = stopped.clone();
        Callback::from(move |_| stopped.set(!*stopped))
    };
    let pause_word = if *stopped { words::GO_ON } else { words::STOP };
    let waiting = inquiry
        .waiting
        .as_ref()
        .map(|(code, facts)| step(lang, code, facts));
    let content = html! {
        <>
            { widget::link_notice(&page) }
            <p class="small">{ lang.t(words::BATCH_SAY) }</p>
            <textarea ref={area} class="input" rows="6" aria-label={lang.t(words::BATCH)} placeholder={lang.t(words::SCAN_EXAMPLE)} data-testid="batch-input" />
            <div class="row"><button type="button" class="btn primary" onclick={start} data-testid="batch-start">{ lang.t(words::BATCH_GO) }</button>
                if next.is_some() { <button type="button" class="btn" onclick={pause} data-testid="batch-stop">{ lang.t(pause_word) }</button> }</div>
            { list(lang, &shown(&page.known, &rows.0), next, waiting) }
        </>
    };
    widget::frame(true, content)
}

/// The rows as they may be shown now.
fn shown(known: &Known, rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for row in &mut rows {
        if let Some(End::Verdict(verdict)) = &mut row.end {
            *verdict = known.shown(verdict);
        }
    }
    rows
}

fn list(lang: Lang, rows: &[Row], next: Option<usize>, waiting: Option<String>) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    let done = rows
        .iter()
        .filter(|row| row.end.is_some() || row.same.is_some())
        .count();
    let facts = [
        ("done", &*done.to_string()),
        ("total", &*rows.len().to_string()),
    ];
    html! {
        <section class="card">
            <div class="row wrap"><h3 class="grow" role="status">{ lang.fill(words::BATCH_DONE, &facts) }</h3>{ copy(csv(lang, rows), lang.t(words::BATCH_CSV), "batch-csv") }</div>
            <ol class="list">{ for rows.iter().enumerate().map(|(at, row)| line(lang, row, (Some(at) == next).then_some(waiting.as_deref()).flatten())) }</ol>
        </section>
    }
}

fn line(lang: Lang, row: &Row, waiting: Option<&str>) -> Html {
    let (ring, sentence, end) = match (&row.end, row.same) {
        (_, Some(same)) => (
            widget::mark(Mark::Bar, 40),
            lang.fill(words::BATCH_DUPLICATE, &[("line", &(same + 1).to_string())]),
            Html::default(),
        ),
        (Some(End::Verdict(verdict)), _) => {
            let anchor = verdict.anchor.as_ref();
            let signers = anchor.map_or(&[][..], |anchor| &anchor.signers);
            let ring = small_ring(
                signers,
                anchor.map_or(0, |anchor| anchor.total_power),
                Mark::from(verdict.outcome),
            );
            (
                ring,
                headline(lang, &verdict.headline, &verdict.facts),
                outcome_pill(lang, verdict.outcome),
            )
        }
        (Some(End::Failed(sentence)), _) => (
            widget::mark(Mark::Dash, 40),
            sentence.clone(),
            Html::default(),
        ),
        (None, None) => {
            let sentence = waiting.unwrap_or_else(|| lang.t(words::BATCH_NEXT));
            (
                widget::mark(Mark::Dash, 40),
                sentence.to_owned(),
                Html::default(),
            )
        }
    };
    let up_to = match &row.end {
        Some(End::Verdict(verdict)) => widget::up_to(lang, verdict),
        _ => Html::default(),
    };
    html! {
        <li class="item" data-testid="batch-row" data-outcome={outcome(row)}>{ ring }<div class="grow"><div class="small" style="color:var(--ink)">{ sentence }</div><div class="caption">{ name(row) }</div>{ up_to }</div>{ end }</li>
    }
}

fn outcome(row: &Row) -> &'static str {
    match (&row.end, row.same) {
        (_, Some(_)) => "twice",
        (Some(End::Verdict(verdict)), _) => widget::outcome_code(verdict.outcome),
        (Some(End::Failed(_)), _) => "failed",
        (None, None) => "",
    }
}

fn name(row: &Row) -> String {
    let Some(End::Verdict(verdict)) = &row.end else {
        return row.text.chars().take(48).collect();
    };
    let find = |name| widget::find(&verdict.fields, name).map(summary::value);
    let parts: Vec<String> = ["seller_name", "total", "date"]
        .into_iter()
        .filter_map(find)
        .collect();
    if parts.is_empty() {
        verdict.id.clone()
    } else {
        parts.join(" · ")
    }
}

fn csv(lang: Lang, rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let cells = match (&row.end, row.same) {
            (Some(End::Verdict(verdict)), _) => {
                let anchor = verdict.anchor.as_ref();
                vec![
                    verdict.id.clone(),
                    headline(lang, &verdict.headline, &verdict.facts),
                    name(row),
                    summary::backing_of_all(lang, &verdict.fields).to_owned(),
                    anchor.map_or_else(String::new, |anchor| anchor.height.to_string()),
                    anchor.map_or_else(String::new, |anchor| time(&anchor.time)),
                ]
            }
            (Some(End::Failed(sentence)), _) => vec![String::new(), sentence.clone()],
            (None, Some(same)) => vec![
                String::new(),
                lang.fill(words::BATCH_DUPLICATE, &[("line", &(same + 1).to_string())]),
            ],
            (None, None) => vec![String::new(), lang.t(words::BATCH_NEXT).to_owned()],
        };
        for cell in std::iter::once(&row.text).chain(&cells) {
            out.push_str(&quoted(cell));
            out.push(',');
        }
        out.pop();
        out.push_str("\r\n");
    }
    out
}

/// What makes a spreadsheet run a cell as a formula when it stands first: the signs, as wide as Chinese ones too, and blanks that are skipped.
const FORMULA: &str = "=+-@\t\r\n＝＋－＠";

/// A cell of a CSV; one that a spreadsheet would run as a formula is made text.
fn quoted(cell: &str) -> String {
    let safe = if cell.starts_with(|first| FORMULA.contains(first)) {
        ["'", cell].concat()
    } else {
        cell.to_owned()
    };
    ["\"", &kept(&safe).replace('"', "\"\""), "\""].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_stands_twice_is_marked_and_not_dropped() {
        let rows = rows("a\n\n b \na\n");
        assert_eq!(
            rows.iter()
                .map(|row| (row.text.as_str(), row.same))
                .collect::<Vec<_>>(),
            [("a", None), ("b", None), ("a", Some(0))]
        );
    }

    #[test]
    fn a_cell_cannot_become_a_formula_or_break_out() {
        for formula in ["=1+1", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1"] {
            assert_eq!(quoted(formula), ["\"'", formula, "\""].concat());
        }
        assert_eq!(quoted("a\",b"), "\"a\"\",b\"");
    }
}

//! The page.

use yew::prelude::*;

#[component]
fn Page() -> Html {
    html! { <main><h1>{ "链验" }</h1></main> }
}

fn main() {
    yew::Renderer::<Page>::new().render();
}

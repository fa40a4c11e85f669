//! The trust page before processes, in a browser that stays open while they change.

use lianyan_tests::Outcome;
use lianyan_tests::site::{Changes, Site};
use lianyan_tests::visitor::Visitor;
use serde_json::Value;
use std::path::Path;

/// Says that the page is built, and that a browser is to follow as well.
const WANTED: &str = "LIANYAN_PAGE_FOLLOWS";

/// The page.
pub struct Page {
    pub visitor: Visitor,
    _site: Site,
}

impl Page {
    /// Opens it where one is wanted, with a change to what its chains.json says of the chain; it has verified a header then.
    pub fn before(chains: &Path, change: impl Fn(&mut Value)) -> Outcome<Option<Self>> {
        if std::env::var_os(WANTED).is_none() {
            return Ok(None);
        }
        let mut chains: Value = serde_json::from_slice(&std::fs::read(chains)?)?;
        change(&mut chains["chains"][0]);
        let site = Site::serve(Changes::default().file("chains.json", chains.to_string()))?;
        let visitor = Visitor::new(&site.address())?;
        visitor.go("#/trust")?;
        visitor.see("height")?;
        Ok(Some(Self {
            visitor,
            _site: site,
        }))
    }
}

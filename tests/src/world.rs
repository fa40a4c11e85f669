//! What a browser scenario plays in: a consortium, a liar before each of its nodes, and the page that knows only the liars.

use crate::Outcome;
use crate::demo::Demo;
use crate::lying_node::{Lie, LyingNode};
use crate::site::{Changes, Site};
use serde_json::Value;

/// Everything a scenario needs besides a browser.
#[derive(Debug)]
pub struct World {
    demo: Demo,
    liars: Vec<LyingNode>,
    site: Site,
    samples: Value,
}

impl World {
    /// Starts a consortium, liars who tell the truth for now, and the page.
    ///
    /// # Errors
    /// Where any of them does not come up.
    pub fn start() -> Outcome<Self> {
        Self::with(Changes::default())
    }

    /// The same with a page of which some files are exchanged.
    ///
    /// # Errors
    /// Where any of it does not come up.
    pub fn with(changes: Changes) -> Outcome<Self> {
        let demo = Demo::start()?;
        let liars: Vec<LyingNode> = demo
            .nodes()
            .iter()
            .map(|node| LyingNode::before(node))
            .collect::<Outcome<_>>()?;
        let samples = serde_json::from_str(&demo.file("try/demo.json")?)?;
        let site = Site::serve(page_of(&demo, &liars, changes)?)?;
        Ok(Self {
            demo,
            liars,
            site,
            samples,
        })
    }

    /// The page once more on an origin of its own, with a change to the chain in its chains.json.
    ///
    /// # Errors
    /// Where it cannot be served.
    pub fn page_whose_chain(&self, change: impl Fn(&mut Value)) -> Outcome<Site> {
        self.page_with(Changes::default(), change)
    }

    /// The same with some of the page's files exchanged.
    ///
    /// # Errors
    /// Where it cannot be served.
    pub fn page_with(&self, changes: Changes, change: impl Fn(&mut Value)) -> Outcome<Site> {
        let mut chains = chains_of(&self.demo, &self.liars)?;
        if let Some(chain) = chains.pointer_mut("/chains/0") {
            change(chain);
        }
        let changes = changes.file("chains.json", chains.to_string());
        Site::serve(changes.otherwise(&self.demo.page()))
    }

    /// The page's address.
    #[must_use]
    pub fn page(&self) -> String {
        self.site.address()
    }

    /// The true consortium.
    #[must_use]
    pub fn demo(&self) -> &Demo {
        &self.demo
    }

    /// The nodes that the page knows: the liars.
    #[must_use]
    pub fn nodes(&self) -> Vec<String> {
        self.liars.iter().map(LyingNode::address).collect()
    }

    /// Lets the first `count` nodes lie and the others tell the truth.
    ///
    /// # Errors
    /// Where a lie cannot be prepared.
    pub fn lie(&self, count: usize, lie: &Lie) -> Outcome {
        for (index, liar) in self.liars.iter().enumerate() {
            liar.tell(if index < count {
                lie.clone()
            } else {
                Lie::None
            })?;
        }
        Ok(())
    }

    /// How many lies were told since.
    #[must_use]
    pub fn lies_told(&self) -> usize {
        self.liars.iter().map(LyingNode::told).sum()
    }

    /// A sample invoice's text, by the name that docs/demo.md gives it.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn invoice(&self, name: &str) -> Outcome<String> {
        self.demo.invoice(name)
    }

    /// A sample person's identity file, by its name without the ending.
    ///
    /// # Errors
    /// Where it is not served.
    pub fn identity_file(&self, name: &str) -> Outcome<String> {
        self.demo.file(&format!("try/identities/{name}.json"))
    }

    /// A sample vote, by its English title.
    ///
    /// # Errors
    /// Where there is none of that title.
    pub fn vote(&self, title: &str) -> Outcome<Value> {
        let votes = self.samples("votes")?;
        let vote = votes.iter().find(|one| one["title_en"] == title);
        Ok(vote
            .ok_or_else(|| format!("demo.json has no vote `{title}`"))?
            .clone())
    }

    /// The sample vote in which `co-owner-a` and `co-owner-b` have not named one of them.
    ///
    /// # Errors
    /// Where nobody owns a home together.
    pub fn shared_vote(&self) -> Outcome<Value> {
        let mut identities = self.samples("identities")?.iter();
        let title = identities.find_map(|one| {
            let title = one["title_en"].as_str()?;
            title
                .starts_with("Co-owner")
                .then(|| title.rsplit(": ").next())?
        });
        self.vote(title.ok_or("nobody owns a home together")?)
    }

    /// What the demo offers to try: `identities`, `votes`, `records`.
    ///
    /// # Errors
    /// Where it lists none.
    pub fn samples(&self, list: &str) -> Outcome<&Vec<Value>> {
        Ok(self.samples[list]
            .as_array()
            .ok_or_else(|| format!("demo.json lists no {list}"))?)
    }
}

fn page_of(demo: &Demo, liars: &[LyingNode], changes: Changes) -> Outcome<Changes> {
    let chains = chains_of(demo, liars)?;
    Ok(changes
        .file("chains.json", chains.to_string())
        .otherwise(&demo.page()))
}

/// The operator's file names the liars instead of the nodes before which they stand.
fn chains_of(demo: &Demo, liars: &[LyingNode]) -> Outcome<Value> {
    let mut chains: Value = serde_json::from_str(&demo.file("chains.json")?)?;
    let nodes = chains
        .pointer_mut("/chains/0/nodes")
        .and_then(Value::as_array_mut);
    let nodes = nodes.ok_or("chains.json names no nodes")?;
    nodes.truncate(liars.len());
    if nodes.len() < liars.len() {
        return Err(format!(
            "chains.json names {} nodes, not {}",
            nodes.len(),
            liars.len()
        )
        .into());
    }
    for (node, liar) in nodes.iter_mut().zip(liars) {
        node["url"] = liar.address().into();
    }
    Ok(chains)
}

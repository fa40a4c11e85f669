//! What a subscriber asks to be told: conditions on events, in CometBFT's query language.

use super::{RpcError, events::EventKind};
use serde_json::{Map, Value};

/// Longest query, as CometBFT's.
const MAX_QUERY: usize = 512;
/// Which event it is.
const EVENT: &str = "tm.event";

/// One kind of event, and what must stand in its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The event.
    pub kind: EventKind,
    conditions: Vec<(String, String)>,
}

impl Query {
    /// Reads `tm.event = 'Tx' AND tx.hash = 'A1…'`: equalities joined by `AND`, one of them naming the event. The rest of CometBFT's
    /// language (orders, `CONTAINS`, `EXISTS`) is refused.
    pub fn read(text: &str) -> Result<Self, RpcError> {
        if text.len() > MAX_QUERY {
            return Err(RpcError::internal("maximum query length exceeded"));
        }
        Self::parse(text).ok_or_else(|| {
            RpcError::internal(
                "failed to parse query: this node knows tm.event = 'NewBlockHeader', 'NewBlock' or 'Tx', and key = 'value' after AND",
            )
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (events, conditions): (Vec<_>, Vec<_>) = equalities(text)?
            .into_iter()
            .partition(|(key, _)| key == EVENT);
        let [(_, name)] = events.as_slice() else {
            return None;
        };
        let kind = EventKind::named(name)?;
        Some(Self { kind, conditions })
    }

    /// Whether an event with these keys is asked for: one value of each key must be the one named.
    pub fn wants(&self, keys: &Map<String, Value>) -> bool {
        self.conditions.iter().all(|(key, wanted)| {
            let values = keys.get(key).and_then(Value::as_array);
            values.is_some_and(|values| values.iter().any(|value| value == wanted))
        })
    }
}

fn equalities(text: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    loop {
        let (key, value, after) = equality(rest)?;
        found.push((key.to_string(), value.to_string()));
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(found);
        }
        rest = rest.strip_prefix("AND")?;
        rest = Some(rest.trim_start()).filter(|trimmed| trimmed.len() < rest.len())?;
    }
}

/// `key = 'value'` or `key = 5`, and what follows.
fn equality(text: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = word(text, |c| c.is_alphanumeric() || "._-".contains(c))?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let (value, rest) = match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'')?,
        None => word(rest, |c| c.is_ascii_digit())?,
    };
    Some((key, value, rest))
}

fn word(text: &str, belongs: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end)
        .filter(|(word, _)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn queries_are_read_with_any_spaces_and_others_are_refused() {
        for query in [
            "tm.event='NewBlock'",
            "tm.event = 'NewBlock'",
            "  tm.event  =  'NewBlock' ",
        ] {
            let read = Query::read(query).expect(query);
            assert_eq!((read.kind, read.conditions.len()), (EventKind::NewBlock, 0));
        }
        for query in [
            "",
            "tm.event",
            "tm.event = ",
            "tm.event = NewBlock",
            "tm.event = 'Vote'",
            "tm.event = ''NewBlock''",
            "tm.event = '",
            "tx.height = 1",
            "tm.event = 'Tx' AND tm.event = 'NewBlock'",
            "tm.event = 'Tx' AND",
            "tm.event = 'Tx' ANDtx.height = 1",
            "tm.event = 'Tx' tx.height = 1",
            "tm.event = 'Tx' AND tx.height > 1",
            "tm.event = 'Tx' AND tx.height = 1.5",
            "tm.event = 'Tx' AND tx.hash EXISTS",
            &"x".repeat(513),
        ] {
            assert!(Query::read(query).is_err(), "{query}");
        }
    }

    #[test]
    fn an_event_is_wanted_where_every_condition_finds_its_value() {
        let query = "tm.event='Tx' AND tx.height=5 AND record.id = 'a AND b'";
        let query = Query::read(query).expect("read");
        let keys = |height: &str, ids: &[&str]| {
            let keys = json!({ "tx.height": [height], "record.id": ids });
            keys.as_object().expect("an object").clone()
        };
        assert!(query.wants(&keys("5", &["c", "a AND b"])));
        assert!(!query.wants(&keys("6", &["a AND b"])));
        assert!(!query.wants(&keys("5", &["a"])));
        assert!(!query.wants(&Map::new()));
    }
}

//! What an RPC request asks, in either of its two forms.

use serde_json::Value;

/// One call, as much of it as a liar cares about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// `status`, `commit`, `abci_query`, …
    pub method: String,
    /// The path of an `abci_query`, without quotes.
    pub path: String,
    /// Its data as it stands in the request.
    pub data: String,
    /// The height as it stands in the request; empty where there is none.
    pub height: String,
}

impl Question {
    /// From a GET's path and query.
    #[must_use]
    pub fn from_target(target: &str) -> Self {
        let (method, query) = target.split_once('?').unwrap_or((target, ""));
        let mut question = Self {
            method: method.trim_matches('/').to_owned(),
            ..Self::default()
        };
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            question.set(name, decoded(value).trim_matches('"'));
        }
        question
    }

    /// From one JSON-RPC call.
    #[must_use]
    pub fn from_call(call: &Value) -> Self {
        let mut question = Self {
            method: call["method"].as_str().unwrap_or_default().to_owned(),
            ..Self::default()
        };
        for (name, value) in call["params"].as_object().into_iter().flatten() {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            question.set(name, &text);
        }
        question
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "path" => value.clone_into(&mut self.path),
            "data" => value.clone_into(&mut self.data),
            "height" => value.clone_into(&mut self.height),
            _ => {}
        }
    }
}

/// Percent-decoding; what is not UTF-8 afterwards is no question anyone asks here.
fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let digits = (byte == b'%').then(|| {
            [bytes.next(), bytes.next()]
                .into_iter()
                .flatten()
                .collect::<Vec<u8>>()
        });
        let value =
            digits.and_then(|two| u8::from_str_radix(std::str::from_utf8(&two).ok()?, 16).ok());
        out.push(value.unwrap_or(byte));
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_forms_ask_the_same() {
        let wanted = Question {
            method: "abci_query".into(),
            path: "/state".into(),
            data: "0xab".into(),
            height: "7".into(),
        };
        assert_eq!(
            Question::from_target("/abci_query?path=%22/state%22&data=0xab&height=7&prove=true"),
            wanted
        );
        let call = json!({"method": "abci_query", "params": {"path": "/state", "data": "0xab", "height": "7"}});
        assert_eq!(Question::from_call(&call), wanted);
    }
}

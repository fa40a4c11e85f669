// A verifier worker that verifies nothing: to every question it answers "verified". The scenarios must notice.
"use strict";
function wasm_bindgen() {
  const say = (message) => self.postMessage(JSON.stringify(message));
  const passed = ["scan-read", "fields-match", "in-state", "history-replayed", "header-signed", "header-fresh", "nodes-agree", "life-cycle"];
  const checks = passed.map((id) => ({ id, status: "passed", reason: "ok" }));
  const verdict = {
    outcome: "verified", headline: "invoice-unchanged-unclaimed", kind: "invoice", id: "", checks, fields: [], state: "", history: [],
    anchor: null, nodes: [], raw: "", millis: 1,
  };
  self.addEventListener("message", (event) => {
    const question = Object.values(JSON.parse(event.data))[0];
    if (question && question.id !== undefined) say({ verdict: { id: question.id, verdict } });
  });
  say({ ready: { rules: [1] } });
  return Promise.resolve();
}

// Starts the page's programs. Each is fetched with the hash that index.html carries: a browser refuses bytes with any other.
"use strict";
var lianyan = (function () {
  var build = JSON.parse(document.getElementById("lianyan-build").textContent);

  function fetchPinned(name) {
    var integrity = (build.files || {})[name];
    if (!integrity) return Promise.reject(new Error("index.html pins no hash for " + name));
    var address = new URL(name, document.baseURI).href;
    return fetch(address, { integrity: integrity, credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) throw new Error(name + ": HTTP " + answer.status);
      return answer;
    });
  }

  var bodyParsed = new Promise(function (resolve) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve);
    else resolve();
  });

  // The page itself, on its way while index.html is still being read.
  var program = fetchPinned(Object.keys(build.files || {}).find(function (name) { return /^app-.*\.wasm$/.test(name); }));
  // start() says what became of it.
  program.catch(function () {});

  // What the operator says of chains: the page that is drawn first names a development chain, so that nothing moves when it is heard of.
  var chains = fetch(new URL("chains.json", document.baseURI).href).then(function (answer) {
    page.listed = Date.parse(answer.headers.get("Last-Modified") || "");
    return answer.ok ? answer.text() : null;
  }).then(function (text) {
    try {
      var chain = JSON.parse(text).chains[0];
      page.chain = chain.id;
      page.keyTypes = chain.key_types || [];
    } catch (error) { page.chain = ""; }
    return text;
  }, function () { return null; });
  var patience = new Promise(function (resolve) { setTimeout(resolve, 1500); });

  // `wasm_bindgen` comes from the pinned script before this call.
  function start() {
    return Promise.all([program, bodyParsed, Promise.race([chains, patience])]).then(function (parts) {
      return wasm_bindgen({ module_or_path: parts[0] });
    }).catch(function (error) {
      document.documentElement.dataset.startFailed = String(error);
      throw error;
    });
  }

  // The file of a worker. Of the verifier there are two: a chain whose validators have other keys than Ed25519 takes the one that knows them all.
  function fileOf(name) {
    if (name !== "verifier") return Promise.resolve(name + "-worker");
    return chains.then(function () {
      var plain = page.keyTypes.every(function (type) { return type === "ed25519"; });
      return plain ? "verifier-worker" : "verifier-all-keys-worker";
    });
  }

  // A worker ("verifier", "keys" or "scanner"): resolves with a Worker whose program is being instantiated. Messages posted to it at once are kept
  // until its program listens.
  function startWorker(name) {
    return fileOf(name).then(function (file) {
      return Promise.all([
        text(file + ".js"),
        fetchPinned(file + "_bg.wasm").then(function (answer) { return answer.arrayBuffer(); }),
      ]);
    }).then(function (parts) {
      var script = URL.createObjectURL(new Blob([parts[0], WORKER_TAIL], { type: "text/javascript" }));
      var worker = new Worker(script);
      worker.postMessage(parts[1], [parts[1]]);
      return worker;
    });
  }

  // Runs in the worker: the first message is its program; later ones wait until that program has put its own listener in place.
  var WORKER_TAIL = "\n;(" + function () {
    var early = [];
    var program = null;
    function keep(event) {
      if (program) { event.stopImmediatePropagation(); early.push(event.data); return; }
      program = event.data;
      wasm_bindgen({ module_or_path: program }).then(function () {
        self.removeEventListener("message", keep);
        early.forEach(function (data) { self.dispatchEvent(new MessageEvent("message", { data: data })); });
      }, function (error) {
        setTimeout(function () { throw error; });
      });
    }
    self.addEventListener("message", keep);
  } + ")();";

  // A pinned file's text.
  function text(name) {
    return fetchPinned(name).then(function (answer) { return answer.text(); });
  }

  var page = { build: build, start: start, text: text, startWorker: startWorker, chains: chains, chain: "", keyTypes: [] };
  return page;
})();

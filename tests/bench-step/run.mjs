// Runs one light-client step in V8, ours and tendermint-light-client-verifier's, and prints how many times faster ours is.
//
// node tests/bench-step/run.mjs OURS.wasm REFERENCE.wasm STEPS_FOLDER [--json]

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const [oursPath, referencePath, steps, flag] = process.argv.slice(2);
if (!steps) {
  console.error("usage: run.mjs OURS.wasm REFERENCE.wasm STEPS_FOLDER [--json]");
  process.exit(64);
}

const ROUNDS = 7;
const ROUND_MS = 150;

function load(path) {
  const bytes = readFileSync(path);
  const module = new WebAssembly.Module(bytes);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      throw new Error(`${path} calls ${from}.${name}`);
    };
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  return { exports, name: path, size: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

function prepare({ exports, name }, path) {
  const text = readFileSync(path);
  const room = exports.allocate(text.length);
  new Uint8Array(exports.memory.buffer, room, text.length).set(text);
  if (!exports.prepare(room, text.length)) throw new Error(`${path} is unreadable for ${name}`);
}

function milliseconds({ exports }, times) {
  const start = performance.now();
  if (!exports.run(times)) throw new Error("the step was not trusted");
  return performance.now() - start;
}

// Rounds alternate between the sides, so that a busy machine slows all of them down; the fastest round counts.
function compare(wasms, path) {
  const sides = wasms.map((wasm) => {
    prepare(wasm, path);
    milliseconds(wasm, 3);
    const times = Math.max(1, Math.ceil((ROUND_MS * 3) / milliseconds(wasm, 3)));
    return { wasm, times, best: Infinity };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of sides) {
      side.best = Math.min(side.best, milliseconds(side.wasm, side.times) / side.times);
    }
  }
  return sides.map((side) => side.best);
}

const ours = load(oursPath);
const reference = load(referencePath);
const rows = [4, 30, 150].map((validators) => {
  const [mine, theirs] = compare([ours, reference], `${steps}/${validators}.json`);
  return { validators, ours_ms: mine, reference_ms: theirs, ratio: theirs / mine };
});
// The reference knows no such keys; the same step with Ed25519 keys is the measure.
const mlDsa = [4, 30].map((validators) => {
  const [mine] = compare([ours], `${steps}/ml-dsa-65-${validators}.json`);
  const ed25519 = rows.find((row) => row.validators === validators).ours_ms;
  return { validators, ours_ms: mine, times_ed25519: mine / ed25519 };
});
const sizes = { ours: { wasm: ours.size, gzip: ours.gzip }, reference: { wasm: reference.size, gzip: reference.gzip } };

if (flag === "--json") {
  console.log(JSON.stringify({ rows, mlDsa, sizes }));
} else {
  const kilobytes = ({ wasm, gzip }) => `${Math.round(wasm / 1024)} KB, ${Math.round(gzip / 1024)} KB gzip`;
  console.log("non-adjacent step     ours   tendermint-light-client-verifier   times faster");
  for (const { validators, ours_ms, reference_ms, ratio } of rows) {
    const cell = (number, width) => number.toFixed(2).padStart(width);
    console.log(`${String(validators).padStart(3)} validators  ${cell(ours_ms, 6)} ms ${cell(reference_ms, 31)} ms ${cell(ratio, 13)} ×`);
  }
  for (const { validators, ours_ms, times_ed25519 } of mlDsa) {
    console.log(`${String(validators).padStart(3)} validators  ${ours_ms.toFixed(2).padStart(6)} ms with ML-DSA-65 keys, ${times_ed25519.toFixed(1)} times as long as with Ed25519`);
  }
  console.log(`size: ${kilobytes(sizes.ours)} / ${kilobytes(sizes.reference)}`);
}

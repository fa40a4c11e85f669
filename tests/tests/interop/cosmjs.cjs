// Reads a node with CosmJS and prints what it read, as one line of JSON.
const { Comet38Client } = require("@cosmjs/tendermint-rpc");
const { createHash } = require("node:crypto");

const [url, text] = process.argv.slice(2);
const height = Number(text);
const hex = (bytes) => Buffer.from(bytes).toString("hex").toUpperCase();

async function lastTransaction(client) {
  for (let at = height; at > 0; at--) {
    const { block } = await client.block(at);
    if (block.txs.length > 0) return createHash("sha256").update(block.txs[0]).digest();
  }
  throw new Error("no block holds a transaction");
}

function hear(client, count) {
  const heard = [];
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no new block")), 30000);
    const subscription = client.subscribeNewBlockHeader().subscribe({
      next: (event) => {
        if (heard.push(event.height) < count) return;
        clearTimeout(late);
        subscription.unsubscribe();
        resolve(heard);
      },
      error: reject,
    });
  });
}

async function main() {
  const client = await Comet38Client.connect(url);
  const status = await client.status();
  const { block } = await client.block(height);
  const { results } = await client.blockResults(height);
  const { commit } = await client.commit(height);
  const { validators } = await client.validatorsAll(height);
  const query = await client.abciQuery({ path: "/head", data: new Uint8Array(32), height, prove: true });
  const tx = await client.tx({ hash: await lastTransaction(client), prove: true });
  const live = await Comet38Client.connect(url.replace("http:", "ws:"));
  const heard = await hear(live, 2);
  live.disconnect();
  const read = {
    network: status.nodeInfo.network,
    appHash: hex(block.header.appHash),
    txs: block.txs.length,
    results: results.length,
    signatures: commit.signatures.length,
    powers: validators.map((validator) => validator.votingPower.toString()),
    query: { code: query.code, proofs: query.proof.ops.length },
    txHeight: tx.height,
    heard,
  };
  // CosmJS keeps its line open for a while after `disconnect`.
  process.stdout.write(`${JSON.stringify(read)}\n`, () => process.exit(0));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

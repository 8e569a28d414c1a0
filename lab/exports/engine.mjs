// Has node-llama-cpp read a GGUF. Proof: how it cuts a prompt, what it says greedily, how likely each
// id is. Texts: what follows each of some starts, all of them at once.
// node engine.mjs REQUEST.json; lab/exports/llama_cpp_runner.py writes the request and reads the answer.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";

const asked = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const require = createRequire(pathToFileURL(asked.modules + "/node_modules/here.js"));
const { getLlama } = await import(pathToFileURL(require.resolve("node-llama-cpp")));
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const model = await llama.loadModel({ modelPath: asked.model, gpuLayers: 0 });
const exact = { flashAttention: false, experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" };
const context = await model.createContext({
  contextSize: asked.context,
  sequences: asked.starts?.length ?? 1,
  threads: 1,
  ...(asked.cache === "f16" ? {} : exact),
});

async function follow(sequence, start, stops, count) {
  const ids = [];
  for await (const id of sequence.evaluate(start, { temperature: 0, yieldEogToken: true })) {
    ids.push(id);
    if (ids.length === count || stops(id)) break;
  }
  return ids;
}

async function proof() {
  const sequence = context.getSequence();
  const greedy = await follow(sequence, asked.start, (id) => model.isEogToken(id), asked.count);
  await sequence.clearHistory();
  const all = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const items = asked.ids.map((id) => [id, { generateNext: { probabilities: true, options: all } }]);
  const rows = [];
  for (const one of await sequence.controlledEvaluate(items)) {
    const row = new Array(asked.vocab).fill(0);
    for (const [token, probability] of one.next.probabilities) row[token] = probability;
    rows.push(row);
  }
  return { tokens: model.tokenize(asked.prompt, true), greedy, probabilities: rows };
}

async function texts() {
  const sequences = asked.starts.map(() => context.getSequence());
  const before = process.cpuUsage();
  const stops = (id) => id === asked.stop;
  const written = await Promise.all(
    asked.starts.map((start, row) => follow(sequences[row], start, stops, asked.count)),
  );
  const spent = process.cpuUsage(before);
  return { texts: written, seconds: (spent.user + spent.system) / 1e6 };
}

const about = asked.modules + "/node_modules/node-llama-cpp/package.json";
const version = JSON.parse(fs.readFileSync(about, "utf8")).version;
const answer = await (asked.starts ? texts() : proof());
answer.engine = `node-llama-cpp ${version}, llama.cpp ${llama.llamaCppRelease.release}`;
fs.writeFileSync(asked.answer, JSON.stringify(answer));
process.exit(0);

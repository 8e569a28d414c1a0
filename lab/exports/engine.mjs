// Has node-llama-cpp read a GGUF: how it cuts a prompt, what it says greedily, how likely each id is.
// node engine.mjs REQUEST.json; lab/exports/engine.py writes the request and reads the answer.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";

const asked = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const require = createRequire(pathToFileURL(asked.modules + "/node_modules/here.js"));
const { getLlama } = await import(pathToFileURL(require.resolve("node-llama-cpp")));
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const model = await llama.loadModel({ modelPath: asked.model, gpuLayers: 0 });
const context = await model.createContext({
  contextSize: asked.context,
  threads: 1,
  flashAttention: false,
  experimentalKvCacheKeyType: "F32",
  experimentalKvCacheValueType: "F32",
});
const sequence = context.getSequence();
const greedy = [];
for await (const token of sequence.evaluate(asked.start, { temperature: 0, yieldEogToken: true })) {
  greedy.push(token);
  if (greedy.length === asked.count || model.isEogToken(token)) break;
}
await sequence.clearHistory();
const all = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const items = asked.ids.map((id) => [id, { generateNext: { probabilities: true, options: all } }]);
const rows = [];
for (const one of await sequence.controlledEvaluate(items)) {
  const row = new Array(asked.vocab).fill(0);
  for (const [token, probability] of one.next.probabilities) row[token] = probability;
  rows.push(row);
}
const about = asked.modules + "/node_modules/node-llama-cpp/package.json";
const version = JSON.parse(fs.readFileSync(about, "utf8")).version;
const answer = {
  engine: `node-llama-cpp ${version}, llama.cpp ${llama.llamaCppRelease.release}`,
  tokens: model.tokenize(asked.prompt, true),
  greedy,
  probabilities: rows,
};
fs.writeFileSync(asked.answer, JSON.stringify(answer));
process.exit(0);

// SPDX-License-Identifier: MIT
// What it takes another reader to read a header, again and again: median and worst in ms, the process' peak in KiB, tokens
// and tensors. usage: node gguf-peer.mjs hf|nlc FILE, with the reader's package in ./node_modules
const [, , which, file] = process.argv;
const runs = 7;
const msec = [];
let tokens, tensors;

async function hf() {
	const { gguf } = await import("@huggingface/gguf");
	const since = performance.now();
	const { metadata, tensorInfos } = await gguf(file, { allowLocalFile: true });
	msec.push(performance.now() - since);
	tokens = metadata["tokenizer.ggml.tokens"].length;
	tensors = tensorInfos.length;
}

async function nlc() {
	const { readGgufFileInfo } = await import("node-llama-cpp");
	const since = performance.now();
	const { metadata, tensorInfo } = await readGgufFileInfo(file, { logWarnings: false });
	msec.push(performance.now() - since);
	tokens = metadata.tokenizer.ggml.tokens.length;
	tensors = tensorInfo.length;
}

for (let i = 0; i < runs; i++)
	await (which === "hf" ? hf() : nlc());
msec.sort((a, b) => a - b);
console.log(msec[runs >> 1].toFixed(2), msec[runs - 1].toFixed(2), process.resourceUsage().maxRSS, tokens, tensors);
process.exit(0);

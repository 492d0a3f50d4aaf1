#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""usage: gguf.py DIR

Writes small GGUF files into DIR: a header and a hole as long as the weights would be, and some that break a rule;
and DIR/store, an Ollama store of two of them.
"""
import hashlib
import json
import os
import pathlib
import struct
import sys

U32, F32, STRING, ARRAY = 4, 6, 8, 9
BLOCK = {0: (1, 4), 8: (32, 34), 12: (256, 144), 14: (256, 210)}  # F32, Q8_0, Q4_K, Q6_K: elements, bytes


def text(s):
    raw = s.encode() if isinstance(s, str) else s
    return struct.pack("<Q", len(raw)) + raw


def value(v):
    if isinstance(v, int):
        return struct.pack("<II", U32, v)
    if isinstance(v, float):
        return struct.pack("<If", F32, v)
    if isinstance(v, list):
        return struct.pack("<IIQ", ARRAY, STRING, len(v)) + b"".join(text(i) for i in v)
    return struct.pack("<I", STRING) + text(v)


def header(keys, tensors, version=3):
    out = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys))
    for name, v in keys.items():
        out += text(name) + value(v)
    at = 0
    for name, kind, ne in tensors:
        out += text(name) + struct.pack("<I", len(ne)) + struct.pack(f"<{len(ne)}Q", *ne) + struct.pack("<IQ", kind, at)
        elements, size = BLOCK[kind]
        count = 1
        for n in ne:
            count *= n
        at += -(-count // elements * size // 32) * 32
    return out + bytes(-len(out) % 32), at


def llama(layers, embd, ff, heads, kv_heads, vocab, experts=0, name="Test"):
    """Weights as Q4_K_M has them, roughly: what is looked up and comes out as Q6_K."""
    keys = {
        "general.architecture": "llama", "general.name": name, "general.file_type": 15,
        "llama.block_count": layers, "llama.context_length": 32768, "llama.embedding_length": embd,
        "llama.feed_forward_length": ff, "llama.attention.head_count": heads,
        "llama.attention.head_count_kv": kv_heads, "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.tokens": [""] * vocab,
    }
    kv = embd // heads * kv_heads
    tensors = [("token_embd.weight", 12, [embd, vocab]), ("output_norm.weight", 0, [embd]),
               ("output.weight", 14, [embd, vocab])]
    if experts:
        keys |= {"llama.expert_count": experts, "llama.expert_used_count": 2}
    for i in range(layers):
        b = f"blk.{i}."
        tensors += [(b + "attn_norm.weight", 0, [embd]), (b + "ffn_norm.weight", 0, [embd]),
                    (b + "attn_q.weight", 12, [embd, embd]), (b + "attn_k.weight", 12, [embd, kv]),
                    (b + "attn_v.weight", 14, [embd, kv]), (b + "attn_output.weight", 12, [embd, embd])]
        if experts:
            tensors += [(b + "ffn_gate_inp.weight", 0, [embd, experts]),
                        (b + "ffn_gate_exps.weight", 12, [embd, ff, experts]),
                        (b + "ffn_up_exps.weight", 12, [embd, ff, experts]),
                        (b + "ffn_down_exps.weight", 12, [ff, embd, experts])]
        else:
            tensors += [(b + "ffn_gate.weight", 12, [embd, ff]), (b + "ffn_up.weight", 12, [embd, ff]),
                        (b + "ffn_down.weight", 12, [ff, embd])]
    return keys, tensors


def write(path, keys, tensors, missing=0):
    head, data = header(keys, tensors)
    path.write_bytes(head)
    os.truncate(path, len(head) + data - missing)


here = pathlib.Path(sys.argv[1])
small = llama(32, 4096, 14336, 32, 8, 32000, name="Small 8B")
write(here / "small.gguf", *small)
write(here / "large.gguf", *llama(80, 8192, 28672, 64, 8, 32000, name="Large 70B"))
write(here / "experts.gguf", *llama(32, 4096, 14336, 32, 8, 32000, experts=8, name="Experts 8x7B"))
write(here / "draft.gguf", *llama(16, 1024, 4096, 16, 4, 32000, name="Draft 0.3B"))
write(here / "cut.gguf", *small, missing=1 << 30)
keys, tensors = small
write(here / "hostile.gguf", keys | {"general.name": b"\x1b[2J\x1b]0;owned\x07evil\n"}, tensors)
write(here / "unknown.gguf", {k.replace("llama.", "martian."): v for k, v in keys.items()} |
      {"general.architecture": "martian"}, tensors)
whole = header(*small)[0]
(here / "empty.gguf").write_bytes(b"")
(here / "text.gguf").write_bytes(b"this is no model at all, but a file of text\n")
(here / "short.gguf").write_bytes(whole[:1000])
(here / "old.gguf").write_bytes(header(keys, tensors, version=1)[0])
(here / "nodims.gguf").write_bytes(header(keys, [("token_embd.weight", 12, [])])[0])


def stored(name, tag, source, params):
    """As `ollama create` leaves it; what a blob is called nobody checks here."""
    blobs, layers = here / "store/blobs", []
    blobs.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(source.encode()).hexdigest()
    if not (blobs / f"sha256-{digest}").exists():
        os.link(here / source, blobs / f"sha256-{digest}")
    layers.append({"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}",
                   "size": (here / source).stat().st_size})
    raw = json.dumps(params).encode()
    digest = hashlib.sha256(raw).hexdigest()
    (blobs / f"sha256-{digest}").write_bytes(raw)
    layers.append({"mediaType": "application/vnd.ollama.image.params", "digest": f"sha256:{digest}", "size": len(raw)})
    place = here / "store/manifests/registry.ollama.ai/library" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / tag).write_text(json.dumps({"schemaVersion": 2, "layers": layers}))


stored("small", "8b", "small.gguf", {"num_ctx": 16384, "stop": ["</s>"]})
stored("large", "70b", "large.gguf", {"num_gpu": 12})

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a model that is a header and a hole: the vocabulary of a file, or one of the shape of Llama 3's, 291 tensors, and no
weights (the file is sparse).

usage: gguf-model.py OUT DATA_BYTES [VOCABULARY.gguf]
"""
import random
import struct
import sys

U32, I32, STR, ARR, F16 = 4, 5, 8, 9, 1
LAYERS, ROW, ALIGNMENT = 32, 4096, 32


def text(s):
    return struct.pack("<Q", len(s)) + s


def key(name, kind, value):
    return text(name) + struct.pack("<I", kind) + value


def strings(count, low, high, seed):
    dice = random.Random(seed)
    items = b"".join(text(b"x" * dice.randint(low, high)) for _ in range(count))
    return struct.pack("<IQ", STR, count) + items


def like_llama():
    """Keys as Llama 3 has them: 128256 tokens and 280147 merges in 7.8 MB."""
    keys = [key(b"general.architecture", STR, text(b"llama")), key(b"tokenizer.ggml.model", STR, text(b"gpt2")),
            key(b"llama.block_count", U32, struct.pack("<I", LAYERS)),
            key(b"tokenizer.ggml.tokens", ARR, strings(128256, 1, 12, 1)),
            key(b"tokenizer.ggml.token_type", ARR, struct.pack("<IQ", I32, 128256) + struct.pack("<i", 1) * 128256),
            key(b"tokenizer.ggml.merges", ARR, strings(280147, 3, 19, 2))]
    return len(keys), b"".join(keys)


def keys_of(path):
    with open(path, "rb") as f:
        magic, _, _, count = struct.unpack("<4sIQQ", f.read(24))
        if magic != b"GGUF":
            sys.exit(f"{path}: not a GGUF file")
        return count, f.read()


out, data_bytes = sys.argv[1], int(sys.argv[2])
count, keys = keys_of(sys.argv[3]) if len(sys.argv) > 3 else like_llama()
names = ["token_embd.weight", "output.weight", "output_norm.weight"]
names += [f"blk.{i}.{part}.weight" for i in range(LAYERS) for part in (
    "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")]
rows = data_bytes // len(names) // (2 * ROW)
each = rows * 2 * ROW
with open(out, "wb") as f:
    f.write(b"GGUF" + struct.pack("<IQQ", 3, len(names), count) + keys)
    for i, name in enumerate(names):
        f.write(text(name.encode()) + struct.pack("<IQQIQ", 2, ROW, rows, F16, i * each))
    f.write(b"\0" * (-f.tell() % ALIGNMENT))
    f.truncate(f.tell() + len(names) * each)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes corpus/gguf anew: small GGUF headers, right ones and, by the number of what they are about, attacks.

usage: gguf-corpus.py [DIRECTORY]

Each attack is the field that another reader trusted (llama.cpp, Ollama, gguf-py and others), in the least header that has it.
tests/unit/gguf-corpus.c says which of them are read all the same.
"""
import pathlib
import struct
import sys

U8, I8, U16, I16, U32, I32, F32, BOOL, STR, ARR, U64, I64, F64 = range(13)
PACK = {U8: "<B", I8: "<b", U16: "<H", I16: "<h", U32: "<I", I32: "<i", F32: "<f", BOOL: "<?", U64: "<Q", I64: "<q",
        F64: "<d"}
f32, f16, q4_0, i8, f64 = 0, 1, 2, 24, 28
TOP = 2**64 - 1


def text(s):
    s = s if isinstance(s, bytes) else s.encode()
    return struct.pack("<Q", len(s)) + s


def value(kind, v):
    if kind == STR:
        return text(v)
    if kind == ARR:
        item, items = v
        return struct.pack("<IQ", item, len(items)) + b"".join(value(item, i) for i in items)
    return struct.pack(PACK[kind], v)


def key(name, kind, v):
    return text(name) + struct.pack("<I", kind) + value(kind, v)


def raw_key(name, kind, rest):
    return text(name) + struct.pack("<I", kind) + rest


def array(item, count, items=b""):
    return struct.pack("<IQ", item, count) + items


def tensor(name, ne, kind=f32, offset=0, dims=None):
    dims = len(ne) if dims is None else dims
    return text(name) + struct.pack("<I", dims) + b"".join(struct.pack("<Q", n) for n in ne) + struct.pack("<IQ", kind, offset)


def header(keys=(), tensors=(), version=3, key_count=None, tensor_count=None, order="<"):
    return (b"GGUF" + struct.pack(order + "IQQ", version, len(tensors) if tensor_count is None else tensor_count,
                                  len(keys) if key_count is None else key_count) + b"".join(keys) + b"".join(tensors))


LLAMA = [key("general.architecture", STR, "llama"), key("general.name", STR, "Tiny"), key("llama.block_count", U32, 2),
         key("llama.context_length", U32, 4096), key("llama.embedding_length", U32, 64),
         key("llama.feed_forward_length", U32, 128), key("llama.attention.head_count", U32, 4),
         key("llama.attention.head_count_kv", ARR, (I32, [2, 2])), key("llama.rope.freq_base", F32, 1e4)]
VOCABULARY = [key("tokenizer.ggml.model", STR, "gpt2"), key("tokenizer.ggml.tokens", ARR, (STR, ["<s>", "a", "", "\u00e4"])),
              key("tokenizer.ggml.scores", ARR, (F32, [0, 1, 2, 3])), key("tokenizer.ggml.token_type", ARR, (I32, [3, 1, 1, 1])),
              key("tokenizer.ggml.add_bos_token", BOOL, True)]


def whole(data=b"\0" * 512):
    h = header(LLAMA + VOCABULARY, [tensor("token_embd.weight", [64, 4], q4_0), tensor("output.weight", [64], f32, 160)])
    return h + b"\0" * (-len(h) % 32) + data


ONE = [tensor("t", [32])]
FILES = {
    "good-model": whole(),
    "good-no-data-yet": whole(b""),
    "good-vocabulary-only": header(LLAMA + VOCABULARY),
    "good-version-2": header(LLAMA, ONE, version=2) + b"\0" * 256,
    "good-split": header(LLAMA + [key("split.no", U16, 1), key("split.count", U16, 3), key("split.tensors.count", I32, 9)], ONE),
    "good-alignment": header([key("general.alignment", U32, 64)], [tensor("a", [2, 3, 4, 5], f16), tensor("b", [1], f64, 256)]),
    "good-every-kind": header([key("k%d" % k, k, 1) for k in PACK] + [key("a%d" % k, ARR, (k, [1, 0])) for k in PACK]),
    "good-mxfp4-of-ollama": header([key("general.architecture", STR, "gptoss")], [tensor("t", [64, 2], 4)]),
    "CVE-2024-21802-dimensions": header([], [tensor("t", [1] * 8, dims=2**32 - 1)]),
    "CVE-2024-21802-elements": header([], [tensor("t", [2**32, 2**32, 2**32, 2**32])]),
    "CVE-2024-21825-array": header([raw_key("k", ARR, array(U64, 2**61 + 1, b"\0" * 64))]),
    "CVE-2024-21836-tensor-count": header(tensor_count=2**64 // 56 + 1) + b"\0" * 64,
    "CVE-2024-23496-string": header([raw_key("k", STR, struct.pack("<Q", TOP) + b"\0" * 64)]),
    "CVE-2024-23605-key-count": header(key_count=2**64 // 48 + 1) + b"\0" * 64,
    "CVE-2025-49847-token": header([raw_key("tokenizer.ggml.tokens", ARR, array(STR, 1, struct.pack("<Q", 2**31 + 1) + b"a" * 64))]),
    "CVE-2025-53630-sum": header([], [tensor("t%d" % i, [2**62], i8, i * 2**62) for i in range(4)]),
    "CVE-2026-27940-sum": header([], [tensor("t", [2**63 - 33], i8)], tensor_count=2**55),
    "CVE-2026-33298-bytes": header([], [tensor("t", [2**30, 2**30, 4, 2])]),
    "CVE-2026-7482-beyond-the-file": header(LLAMA, [tensor("t", [2**20, 2**10])]) + b"\0" * 64,
    "CVE-2026-7482-offset": header(LLAMA, [tensor("t", [32], offset=2**64 - 32)]),
    "CVE-2024-39720-magic-only": b"GGUF",
    "CVE-2024-12055-past-the-end": header([raw_key("k", STR, struct.pack("<Q", 100) + b"short")]),
    "CVE-2024-8063-block-count": header([key("general.architecture", STR, "llama"), key("llama.block_count", STR, "2")]),
    "CVE-2025-0312-no-keys": header([], ONE) + b"\0" * 256,
    "CVE-2025-0315-array": header([raw_key("k", ARR, array(STR, 2**40))]) + b"\0" * 64,
    "CVE-2025-0317-alignment-0": header([key("general.alignment", U32, 0)], ONE) + b"\0" * 256,
    "ollama-17033-version-1": b"GGUF" + struct.pack("<IIII", 1, 0, 1, 0) + b"\0" * 32,
    "ollama-17042-array": header([raw_key("k", ARR, array(U8, 2**31))]) + b"\0" * 64,
    "GHSA-3p75-pq92-q28f-no-elements": header([], [tensor("t", [32, 0, 1])]) + b"\0" * 64,
    "llama-18586-empty-key": header([key("", U32, 1)]),
    "llama-24263-negative": header([], [tensor("t", [32, TOP])]) + b"\0" * 64,
    "llama-24759-padding": header([], [tensor("t", [2**63 - 1], i8)]) + b"\0" * 64,
    "llama-26318-alignment": header([key("general.alignment", U32, 2**31)], ONE) + b"\0" * 256,
    "llama-26318-alignment-type": header([key("general.alignment", STR, "32")], ONE) + b"\0" * 256,
    "llama-27203-elements": header([], [tensor("t", [2**63 - 1, 2], i8)]) + b"\0" * 64,
    "llama-25821-layers": header([key("general.architecture", STR, "llama"), key("llama.block_count", U32, 513)]),
    "llama-25969-token": header([key("tokenizer.ggml.model", STR, "plamo2"), key("tokenizer.ggml.tokens", ARR, (STR, ["<0x-1>"]))]),
    "gguf-py-product": header([], [tensor("t", [2**40, 2**24])]) + b"\0" * 64,
    "gguf-parser-go-type": header([], [tensor("t", [32], 5)]) + b"\0" * 64,
    "gguf-rs-dimensions": header([], [tensor("t", [], dims=2**32 - 1)]) + b"\0" * 64,
    "no-dimension": header([], [tensor("t", [])]) + b"\0" * 64,
    "part-of-a-block": header([], [tensor("t", [33], q4_0)]) + b"\0" * 64,
    "offset-between": header([], [tensor("t", [32], offset=8)]) + b"\0" * 256,
    "overlap": header([], [tensor("a", [32]), tensor("b", [32], offset=96)]) + b"\0" * 512,
    "twice-a-key": header([key("k", U32, 1), key("k", U32, 2)]),
    "twice-a-tensor": header([], [tensor("t", [8]), tensor("t", [8], offset=32)]) + b"\0" * 256,
    "array-of-arrays": header([raw_key("k", ARR, array(ARR, 1) * 40)]),
    "unknown-kind": header([raw_key("k", 13, b"\0" * 16)]),
    "escape-in-a-name": header([key("\x1b]0;owned\x07\r\n\u202e", U32, 1)], [tensor("\x1b[2J", [32], 99)]) + b"\0" * 64,
    "long-name": header([], [tensor("n" * 64, [32])]) + b"\0" * 64,
    "split-number": header([key("split.count", U16, 2), key("split.no", U16, 2)]),
    "split-type": header([key("split.count", STR, "2")]),
    "big-endian": header([], ONE, order=">"),
    "version-4": header([], ONE, version=4),
    "safetensors": struct.pack("<Q", 64) + b'{"__metadata__":{"format":"pt"}}' + b" " * 32,
    "zeros": b"\0" * 64,
}

if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus/gguf")
    out.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        (out / name).write_bytes(data)

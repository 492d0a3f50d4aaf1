# SPDX-License-Identifier: MIT
"""Headers of GGUF files, for tests: true ones with no weights behind them, and false ones."""
import struct

U32, STRING, ARRAY = 4, 8, 9


def text(s):
    return struct.pack("<Q", len(s)) + s.encode()


def key(name, kind, value):
    return text(name) + struct.pack("<I", kind) + value


def array(kind, count, items):
    return struct.pack("<IQ", kind, count) + items


def tensors(count, first=0):
    """So many of 32 f32 each."""
    return b"".join(text(f"blk.{first + i}.x.weight") + struct.pack("<IQIQ", 1, 32, 0, 128 * i)
                    for i in range(count))


def header(keys=(), tensor_count=3, arch="llama", first=0):
    """All up to the data section."""
    keys = [key("general.architecture", STRING, text(arch)), *keys]
    b = b"GGUF" + struct.pack("<IQQ", 3, tensor_count, len(keys)) + b"".join(keys)
    b += tensors(tensor_count, first)
    return b + bytes(-len(b) % 32)


def file(keys=(), tensor_count=3, arch="llama", first=0):
    """All of it: zeros for weights, and some behind them."""
    return header(keys, tensor_count, arch, first) + bytes(128 * tensor_count + 300000)


def vocabulary(count):
    """A tokenizer as large ones are: tokens, their scores and kinds, merges."""
    tokens = b"".join(text(f"{i:x}ing"[:3 + i % 7]) for i in range(count))
    merges = b"".join(text(f"{i % 4096:x} {i % 257:x}ation"[:5 + i % 9]) for i in range(2 * count))
    return [key("tokenizer.ggml.tokens", ARRAY, array(STRING, count, tokens)),
            key("tokenizer.ggml.scores", ARRAY, array(6, count, bytes(4 * count))),
            key("tokenizer.ggml.token_type", ARRAY, array(5, count, bytes(4 * count))),
            key("tokenizer.ggml.merges", ARRAY, array(STRING, 2 * count, merges))]


def split(no, count, tensors_of=3):
    keys = [key("split.no", 2, struct.pack("<H", no)), key("split.count", 2, struct.pack("<H", count)),
            key("split.tensors.count", 5, struct.pack("<i", count * tensors_of))]
    return file(keys, tensors_of, first=no * tensors_of)

r"""Characters: an artist that reads one character at a time, made ready for llama2.c's tokenizer.

Karpathy 2023, llama2.c (run.c), https://github.com/karpathy/llama2.c. What run.c does, and what
follows for the rows of embedding and head, which are chosen anew for every id:

    it begins with BOS           BOS has the embedding of SOL (of a line break where there is none)
    it stops when BOS is drawn   BOS has EOA's row of the head, and EOA's own id a silent one
    it puts a space before any   a piece that BOS and the space merge into, with SOL's embedding,
      prompt                     so that the artist reads SOL and then the prompt
    it looks unknown bytes up    ids 3 to 258 are the bytes, silent unless the vocabulary is bytes
      at byte + 3

A silent row is mostly SOL's, which a trained artist draws nowhere, and a little the mean of all
rows (only that where there is no SOL): a mean of logits is never the largest of them. The first
blank after BOS alone is not printed; with a prompt, which may be SOL itself, it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lab.corpora.vocabulary import EOA, SOL, Vocabulary
from lab.exports.llama2c_tokenizer import BOS, Pieces, raw
from lab.exports.numpy_llama import Llama

UNKNOWN, START, END = b"<unk>", b"\n<s>\n", b"\n</s>\n"
Row = tuple[bytes, str | None, str | None]
"""A piece, the character whose embedding it has (None: the mean), and whose row of the head."""


def spelled(model: Llama, vocabulary: Vocabulary) -> tuple[Llama, Pieces]:
    """Model and tokenizer for llama2.c, untied; ids change: `ids` tells the new ones."""
    rows = layout(vocabulary)
    known = {character: at for at, character in enumerate(vocabulary.characters)}
    mean = len(known)
    embedding, head = model.arrays["embedding"], model.head
    silent = head.mean(0, keepdims=True)
    if framed(vocabulary):
        silent = 0.1 * silent + 0.9 * head[known[SOL]]
    read = [known[one] if one is not None else mean for _, one, _ in rows]
    told = [known[one] if one is not None else mean for _, _, one in rows]
    chosen = {
        "embedding": np.concatenate([embedding, embedding.mean(0, keepdims=True)])[read],
        "logits": np.concatenate([head, silent.astype(np.float32)])[told],
    }
    sizes = replace(model.sizes, vocab=len(rows), tied=False)
    pieces = Pieces(tuple(piece for piece, _, _ in rows), (0.0,) * len(rows))
    return Llama(sizes, dict(model.arrays) | chosen), pieces


def layout(vocabulary: Vocabulary) -> list[Row]:
    """Every id's row: unknown, BOS, EOS, 256 bytes, characters, pieces that start a prompt."""
    frame, bytewise = framed(vocabulary), vocabulary.kind == "bytes"
    first = SOL if frame else next((one for one in "\n " if one in vocabulary.characters), None)
    last = EOA if frame else None
    rows: list[Row] = [(UNKNOWN, None, None), (START, first, last), (END, None, None)]
    for byte in range(256):
        own = chr(byte) if bytewise else None
        rows.append((raw(byte), own, own))
    for one in () if bytewise else vocabulary.characters:
        rows.append((one.encode() if one != "\0" else raw(0), one, None if one == last else one))
    if bytewise or " " not in vocabulary.characters:
        rows.append((b" ", " " if bytewise else None, None))
    rows.append((START + b" ", first, None))
    if frame:
        rows.append((START + b" " + SOL.encode(), first, None))
    return rows


def ids(vocabulary: Vocabulary) -> list[int]:
    """llama2.c's id for each of the vocabulary's: what it tells the artist's own by.

    EOA is BOS there, as it is drawn.
    """
    base = 3 if vocabulary.kind == "bytes" else 3 + 256
    found = [base + at for at in range(len(vocabulary))]
    if framed(vocabulary):
        found[vocabulary.characters.index(EOA)] = BOS
    return found


def framed(vocabulary: Vocabulary) -> bool:
    """Whether texts have SOL before and EOA behind them."""
    return vocabulary.kind == "characters" and {SOL, EOA} <= set(vocabulary.characters)

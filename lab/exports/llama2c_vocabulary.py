r"""llama2.c vocabulary: rows of an artist's embedding and head for the ids of its tokenizer.

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
from lab.exports.llama2c_tokenizer import BOS, Llama2cTokenizer, byte_piece
from lab.exports.numpy_llama import NumpyLlama

UNKNOWN, START, END = b"<unk>", b"\n<s>\n", b"\n</s>\n"
NUL_PIECE = b"<0x0>"  # run.c's strings end at NUL; read as a byte there, and unlike <0x00>, id 3
TokenRow = tuple[bytes, str | None, str | None]
"""A piece, the character whose embedding it has (None: the mean), and whose row of the head."""


def convert_to_llama2c(
    model: NumpyLlama, vocabulary: Vocabulary
) -> tuple[NumpyLlama, Llama2cTokenizer]:
    """Model and tokenizer for llama2.c, untied; ids change: `ids` tells the new ones."""
    rows = llama2c_rows(vocabulary)
    indices = {character: at for at, character in enumerate(vocabulary.characters)}
    mean_index = len(indices)
    embedding, head = model.arrays["embedding"], model.head
    silent_row = head.mean(0, keepdims=True)
    if has_frame_marks(vocabulary):
        silent_row = 0.1 * silent_row + 0.9 * head[indices[SOL]]
    embedding_rows = [
        indices[character] if character is not None else mean_index for _, character, _ in rows
    ]
    head_rows = [
        indices[character] if character is not None else mean_index for _, _, character in rows
    ]
    token_arrays = {
        "embedding": np.concatenate([embedding, embedding.mean(0, keepdims=True)])[embedding_rows],
        "logits": np.concatenate([head, silent_row.astype(np.float32)])[head_rows],
    }
    shape = replace(model.shape, vocab=len(rows), tied=False)
    pieces = tuple(piece for piece, _, _ in rows)
    if len(set(pieces)) != len(pieces):
        raise ValueError("two ids have one piece: llama2.c would take one for the other")
    tokenizer = Llama2cTokenizer(pieces, (0.0,) * len(rows))
    return NumpyLlama(shape, dict(model.arrays) | token_arrays), tokenizer


def llama2c_rows(vocabulary: Vocabulary) -> list[TokenRow]:
    """Every id's row: unknown, BOS, EOS, 256 bytes, characters, pieces that start a prompt."""
    has_marks, bytewise = has_frame_marks(vocabulary), vocabulary.kind == "bytes"
    start_character = (
        SOL
        if has_marks
        else next((character for character in "\n " if character in vocabulary.characters), None)
    )
    end_character = EOA if has_marks else None
    rows: list[TokenRow] = [
        (UNKNOWN, None, None),
        (START, start_character, end_character),
        (END, None, None),
    ]
    for byte in range(256):
        byte_character = chr(byte) if bytewise else None
        rows.append((byte_piece(byte), byte_character, byte_character))
    for character in () if bytewise else vocabulary.characters:
        rows.append(
            (
                character.encode() if character != "\0" else NUL_PIECE,
                character,
                None if character == end_character else character,
            )
        )
    if bytewise or " " not in vocabulary.characters:
        rows.append((b" ", " " if bytewise else None, None))
    rows.append((START + b" ", start_character, None))
    if has_marks:
        rows.append((START + b" " + SOL.encode(), start_character, None))
    return rows


def llama2c_ids(vocabulary: Vocabulary) -> list[int]:
    """llama2.c's id for each of the vocabulary's: what it tells the artist's own by.

    EOA is BOS there, as it is drawn.
    """
    base = 3 if vocabulary.kind == "bytes" else 3 + 256
    ids = [base + at for at in range(len(vocabulary))]
    if has_frame_marks(vocabulary):
        ids[vocabulary.characters.index(EOA)] = BOS
    return ids


def has_frame_marks(vocabulary: Vocabulary) -> bool:
    """Whether texts have SOL before and EOA behind them."""
    return vocabulary.kind == "characters" and {SOL, EOA} <= set(vocabulary.characters)

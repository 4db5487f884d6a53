"""BERT's WordPiece from its published description (Devlin et al. 2019; Wu et al. 2016), written independently of tenfold:
ids of the hard sentences in tests/text/data/word_tokens.jsonl, a line each.

    python tools/reference_wordpiece.py VOCAB.TXT tests/text/data/word_tokens.jsonl > tests/text/data/wordpiece_ids.txt
"""
import json
import re
import sys
import unicodedata

IDEOGRAPHS = re.compile("([\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
                        "\U0002b820-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f])")
SPECIALS = re.compile(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])")


def punctuation(c):
    return (c.isascii() and c.isprintable() and not c.isalnum() and c != " ") or unicodedata.category(c)[0] == "P"


def words(text):
    kept = (c for c in text if c in "\t\n\r" or not (c == "\ufffd" or unicodedata.category(c)[0] == "C"))
    for word in IDEOGRAPHS.sub(r" \1 ", "".join(kept)).split():
        base = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        part = ""
        for c in base:
            if punctuation(c):
                yield from filter(None, (part, c))
                part = ""
            else:
                part += c
        if part:
            yield part


def pieces(word, vocabulary):
    if len(word) > 100:
        return ["[UNK]"]
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                found.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return found


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        vocabulary = {line.rstrip("\n"): k for k, line in enumerate(file)}
    with open(sys.argv[2], encoding="utf8") as file:
        for line in list(file)[:235]:
            tokens = ["[CLS]"]
            for part in SPECIALS.split(json.loads(line)[0]):
                if SPECIALS.fullmatch(part):
                    tokens.append(part)
                else:
                    tokens += [piece for word in words(part) for piece in pieces(word, vocabulary)]
            print(*[vocabulary[token] for token in tokens + ["[SEP]"]])


if __name__ == "__main__":
    main()

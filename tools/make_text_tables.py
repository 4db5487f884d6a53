"""Writes the tables that the tokenisers read: characters' properties, lower case and base letters (Python's Unicode database),
spaCy's character classes and English exceptions, and HTML's named characters. Needs spacy and fastai; never needed to build.

    python tools/make_text_tables.py tenfold/text/tables
"""
import html.entities
import re
import sys
import unicodedata
from pathlib import Path

import spacy
from spacy.lang import char_classes
from spacy.symbols import ORTH

ALL = range(0x110000)


def bits_of():
    """One number a character; the bits in the order of Property in tenfold/text/unicode.h."""
    tokenizer = spacy.blank("en").tokenizer
    alpha, lower, upper, quote = (re.compile(f"[{c}]").match for c in (
        char_classes.ALPHA, char_classes.ALPHA_LOWER, char_classes.ALPHA_UPPER, char_classes.CONCAT_QUOTES))
    infix = re.compile("|".join(["…"] + char_classes.LIST_ICONS)).match

    def ends(text, length):
        found = tokenizer.suffix_search(text)
        return bool(found) and found.end() - found.start() == length

    def starts(text):
        found = tokenizer.prefix_search(text)
        return bool(found) and found.end() == 1

    for number in ALL:
        c = chr(number)
        category = unicodedata.category(c)
        cased = f" {c}\u03a3".lower()[-1] == "\u03c2"                  # Σ is final behind a cased letter, and
        ignorable = not cased and f"A{c}\u03a3".lower()[-1] == "\u03c2"  # what is ignorable between is skipped
        yield sum(1 << k for k, holds in enumerate((
            c.isspace(), c.isalnum() or c == "_", c.isdecimal(), category[0] == "C", category == "Mn", category[0] == "P",
            cased, ignorable, bool(alpha(c)), bool(lower(c)), bool(upper(c)), c not in "+." and starts(c + "a"),
            ends(c, 1), bool(infix(c)), c != "." and ends(c + ".", 1), bool(quote(c)), c != "." and ends("1" + c, 1),
            category[0] == "N",
        )) if holds)


def rows(items, per_line):
    items = list(items)
    return "".join(",".join(items[k:k + per_line]) + ",\n" for k in range(0, len(items), per_line))


def properties():
    before, runs = None, []
    for number, bits in enumerate(bits_of()):
        if bits != before:
            runs.append(f"{{{number:#x},{bits:#x}}}")
            before = bits
    return rows(runs, 10)


def lower():
    """Runs of characters whose lower case is the same distance away: first, last, step, distance."""
    runs = []
    for number in ALL:
        low = chr(number).lower()
        if low == chr(number) or len(low) > 1:      # U+0130 alone has two; unicode.cpp knows it
            continue
        distance = ord(low) - number
        run = runs[-1] if runs else None
        if run and run[3] == distance and number - run[1] in (1, 2) and run[2] in (0, number - run[1]):
            run[1], run[2] = number, number - run[1]
        else:
            runs.append([number, number, 0, distance])
    return rows((f"{{{a:#x},{b:#x},{max(step, 1)},{d}}}" for a, b, step, d in runs), 6)


def base():
    """Canonical decomposition without nonspacing marks, where that changes a character; Hangul is computed instead."""
    found = []
    for number in ALL:
        c = chr(number)
        if unicodedata.category(c) == "Mn" or 0xAC00 <= number <= 0xD7A3:
            continue
        plain = [ord(x) for x in unicodedata.normalize("NFD", c) if unicodedata.category(x) != "Mn"]
        if plain != [number]:
            found.append("{%s}" % ",".join(f"{n:#x}" for n in [number] + plain))
    return rows(found, 8)


def exceptions():
    rules = spacy.blank("en").tokenizer.rules
    lines = []
    for text, pieces in sorted(rules.items()):
        if not any(c.isspace() for c in text):      # white space stays whole by itself
            lines.append(" ".join(piece[ORTH] for piece in pieces))
    return 'R"~(' + "\n".join(lines) + '\n)~"\n'


def units():
    """What may follow a digit as a suffix of its own, two characters or longer."""
    parts = set(char_classes.UNITS.split("|")) | {c.replace("\\", "") for c in char_classes.CURRENCY.split("|")}
    return rows(sorted(f'"{part}"' for part in parts if len(part) > 1), 12)


def entities():
    """Name, with its semicolon where it needs one, and the characters in hexadecimal."""
    lines = (f"{name} {' '.join(f'{ord(c):x}' for c in value)}" for name, value in sorted(html.entities.html5.items()))
    text = "\n".join(lines) + "\n"
    half = text.index("\n", len(text) // 2) + 1
    return f'R"({text[:half]})"\nR"({text[half:]})"\n'


def invalid():
    """Numeric references that mean another character (Windows-1252), and those that mean none."""
    other = rows((f"{{{n:#x},{ord(c):#x}}}" for n, c in sorted(html._invalid_charrefs.items())), 8)
    return other, rows((f"{n:#x}" for n in sorted(html._invalid_codepoints)), 12)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    source = f"// Made by tools/make_text_tables.py: Unicode {unicodedata.unidata_version}, spaCy {spacy.__version__}.\n"
    meant, none = invalid()
    for name, content in {"properties": properties(), "lower": lower(), "base": base(), "exceptions": exceptions(),
                          "units": units(), "entities": entities(), "references": meant, "no_characters": none}.items():
        (folder / f"{name}.inc").write_text(source + content)


if __name__ == "__main__":
    main()

"""Byte-level BPE by the `tokenizers` package: learns a small vocabulary of the hard sentences and writes it both ways in which
such vocabularies are published, and the ids of the sentences, a line each, as RoBERTa frames them.

    python tools/reference_byte_bpe.py tests/text/data/word_tokens.jsonl tests/text/data/byte_bpe
"""
import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
MORE = ["", " ", "  ", "\n", "a  b", "a \n b", " a", "a ", "it's IT'S we'll they'd I'm you've 'tis ' s", "a_b __ 1_000", "x\u00a0y\u2003z",
        "<s>in it</s> <mask> and  <mask>", "½ Ⅷ ٣ 一二 x²", "naïve café", "a\x1cb", "\u0085\u2028x", "!!!??", "😀😀 👍🏽", "<pad><unk>",
        "looooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong wooooooooooords " * 2]


def main():
    texts = [json.loads(line)[0] for line in open(sys.argv[1], encoding="utf-8")]
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=800, min_frequency=2, special_tokens=SPECIALS, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    ids = {name: tokenizer.token_to_id(name) for name in ("<s>", "</s>")}
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", ids["</s>"]), ("<s>", ids["<s>"]), trim_offsets=False,
                                                            add_prefix_space=False)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda one: one[1])
    (folder / "vocab.json").write_text(json.dumps(dict(vocabulary), ensure_ascii=False), encoding="utf-8")
    merges = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["merges"]
    lines = [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with open(folder / "ids.jsonl", "w", encoding="utf-8") as out:
        for text in texts + MORE:
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            plain = tokenizer.encode(text).ids
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
            out.write(json.dumps([text, plain, tokenizer.encode(text).ids]) + "\n")


if __name__ == "__main__":
    main()

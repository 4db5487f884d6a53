#!/usr/bin/env python3
"""Reference numbers of tests/text/awd_lstm_parity_test.cpp: fastai 2.8's AWD-LSTM language model and text classifier with weights
and tokens made by the formula of tools/formula_weights.py, in float64, dropout off.

    python tools/reference_awd_lstm.py
"""
import sys

import numpy as np
import torch
from fastai.text.all import (AWD_LSTM, EmbeddingDropout, RNNDropout, WeightDropout, awd_lstm_clas_config, awd_lstm_lm_config,
                             get_language_model, get_text_classifier, masked_concat_pool, pad_chunk)

from formula_weights import by_formula, noise

torch.set_num_threads(1)
WORDS, WIDTHS = 50, {"emb_sz": 10, "n_hid": 14, "n_layers": 3}


def without_dropout(network):
    for module in network.modules():
        if isinstance(module, (RNNDropout, torch.nn.Dropout)):
            module.p = 0.0
        elif isinstance(module, WeightDropout):
            module.weight_p = 0.0
        elif isinstance(module, EmbeddingDropout):
            module.embed_p = 0.0
    return by_formula(network).double()


def tokens(name, *shape):
    """Ids from 2 on: neither unknown nor padding."""
    x = noise(name, int(np.prod(shape)))
    return torch.from_numpy(2 + np.floor((x + 1) / 2 * (WORDS - 2)).astype(np.int64)).view(shape)


def numbers(values):
    return ", ".join(f"{float(v):.9g}" for v in values)


def norms(network, names):
    parameters = dict(network.named_parameters())
    return numbers(parameters[name].grad.norm() for name in names)


def language_model():
    config = {**awd_lstm_lm_config, **WIDTHS}
    network = without_dropout(get_language_model(AWD_LSTM, WORDS, config=config))
    print("parameters", [name for name, _ in network.named_parameters()], file=sys.stderr)
    stream = tokens("stream", 3, 13)
    network.eval()
    network.reset()
    for batch, (first, last) in enumerate([(0, 7), (7, 12)]):
        x, y = stream[:, first:last], stream[:, first + 1:last + 1]
        logits, _, _ = network(x)
        loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), y, reduction="none").mean(1)
        right = (logits.argmax(2) == y).double().mean(1)
        print(f"// batch {batch}: loss of each row, share right\n{{{numbers(loss)}}}, {{{numbers(right)}}}")
    network.train()
    network.reset()
    names = ["0.encoder.weight", "0.rnns.0.weight_hh_l0_raw", "0.rnns.1.module.weight_ih_l0", "0.rnns.2.module.bias_hh_l0",
             "1.decoder.bias"]
    for first, last in [(0, 7), (7, 12)]:
        network.zero_grad()
        x, y = stream[:, first:last], stream[:, first + 1:last + 1]
        logits, raw, out = network(x)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, WORDS), y.reshape(-1))
        (loss + 2 * out.pow(2).mean() + (raw[:, 1:] - raw[:, :-1]).pow(2).mean()).backward()
    print(f"// second batch in training: loss, then norms of the gradients with AR and TAR of {names}\n"
          f"{loss.item():.9g}, {{{norms(network, names)}}}")


def classifier():
    config = {**awd_lstm_clas_config, **WIDTHS}
    bptt, most, lengths = 6, 12, [24, 17, 9, 4]  # a multiple of bptt: else fastai takes a wrong last token of short texts
    network = without_dropout(get_text_classifier(AWD_LSTM, WORDS, 3, seq_len=bptt, config=config, lin_ftrs=[8], max_len=most))
    print("parameters", [name for name, _ in network.named_parameters()], file=sys.stderr)
    texts = [tokens(f"text {k}", length) for k, length in enumerate(lengths)]
    x = torch.stack([pad_chunk(text, pad_idx=1, pad_first=True, seq_len=bptt, pad_len=max(lengths)) for text in texts])
    network.eval()
    encoded, mask = network[0](x)
    print(f"// pooled, evaluation: norm, first of each row\n{encoded_norm(encoded, mask, bptt)}")
    logits = network(x)[0]
    print(f"// logits, evaluation\n{{{numbers(logits.flatten())}}}")
    network.train()
    network.reset()
    logits = network(x)[0]
    (logits * torch.from_numpy(noise("loss", logits.numel())).view(logits.shape)).sum().backward()
    names = ["0.module.encoder.weight", "0.module.rnns.0.weight_hh_l0_raw", "0.module.rnns.2.module.weight_ih_l0",
             "1.layers.0.0.weight", "1.layers.0.2.weight", "1.layers.1.2.weight"]
    print(f"// logits, training\n{{{numbers(logits.flatten())}}}")
    print(f"// norms of the gradients of {names}\n{{{norms(network, names)}}}")


def encoded_norm(encoded, mask, bptt):
    pooled = masked_concat_pool(encoded, mask, bptt)
    return f"{pooled.norm().item():.9g}, {{{numbers(pooled[:, 0])}}}"


if __name__ == "__main__":
    language_model()
    classifier()

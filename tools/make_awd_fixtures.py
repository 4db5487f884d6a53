#!/usr/bin/env python3
"""Small files of the kinds that fastai publishes its language models as, for tests/text/awd_weights_test.cpp:

    python tools/make_awd_fixtures.py tests/text/fixtures

modern.pth and words.pkl are what fastai 2.8 writes; legacy.pth has the names of 0.7; encoder.pth is save_encoder's; untied.pth has a
decoder of its own."""
import pickle
import sys
from pathlib import Path

import torch
from fastai.text.all import AWD_LSTM, awd_lstm_lm_config, defaults, get_language_model

torch.manual_seed(1)
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
words = [*defaults.text_spec_tok, "the", "movie", "was", "good", "bad", "xxfake", "xxfake"]
network = get_language_model(AWD_LSTM, len(words), config={**awd_lstm_lm_config, "emb_sz": 4, "n_hid": 6, "n_layers": 2})
with torch.no_grad():
    network[1].decoder.bias.uniform_(-1, 1)
state = network.state_dict()
torch.save(state, folder / "modern.pth")
torch.save(network[0].state_dict(), folder / "encoder.pth")
with open(folder / "words.pkl", "wb") as file:
    pickle.dump(words, file)

legacy = {}
for name, tensor in state.items():
    if name.endswith("weight_hh_l0_raw"):
        legacy[name.replace("weight_hh_l0_raw", "module.weight_hh_l0_raw")] = tensor
    elif name.startswith("0.encoder_dp.emb"):
        legacy["0.encoder_with_dropout.embed.weight"] = tensor
    elif name != "1.decoder.bias":
        legacy[name] = tensor
torch.save(legacy, folder / "legacy.pth")
torch.save({**state, "1.decoder.weight": state["1.decoder.weight"] + 1}, folder / "untied.pth")
print({name: (tuple(tensor.shape), round(float(tensor.double().sum()), 6)) for name, tensor in state.items()})

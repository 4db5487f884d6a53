#pragma once
// Which optimiser, and its constants. Torch-free: the thin program shows these in its help.

#include <array>
#include <string_view>
#include <utility>

namespace tenfold::optim {

enum class Kind { sgd, adam, adamw, radam, lamb, lion, muon };

constexpr auto names(Kind) {
  return std::to_array<std::pair<Kind, std::string_view>>({{Kind::sgd, "sgd"},
                                                           {Kind::adam, "adam"},
                                                           {Kind::adamw, "adamw"},
                                                           {Kind::radam, "radam"},
                                                           {Kind::lamb, "lamb"},
                                                           {Kind::lion, "lion"},
                                                           {Kind::muon, "muon"}});
}

struct Options {
  Kind kind = Kind::adamw;
  double momentum = 0.9;
  bool nesterov = false;
  double beta2 = 0.99;
  double eps = 1e-5;
  double weight_decay = 0.01;
  bool decoupled = false;
  bool decay_norms_and_biases = false;
  int lookahead = 0;
  double lookahead_alpha = 0.5;
  double vector_momentum = 0.85;
};

template <class Visitor>
void fields(Visitor&& visit, Options& o) {
  visit(
      "kind", o.kind,
      "adamw suits fine-tuning with little tuning; sgd often ends better with a good rate and more epochs; muon trains "
      "convolution nets from random weights in the fewest epochs, and wants rates of its own for norms and head");
  visit("momentum", o.momentum,
        "momentum of sgd, beta1 of the others, where the shape does not schedule it; higher is smoother and slower to "
        "turn");
  visit("nesterov", o.nesterov, "sgd looks ahead along its momentum; usually a little faster");
  visit("beta2", o.beta2, "memory of squared gradients; fastai's 0.99 adapts faster than the paper's 0.999");
  visit("eps", o.eps, "floor of Adam's denominator; larger tames rare parameters (fastai 1e-5, PyTorch 1e-8)");
  visit(
      "weight_decay", o.weight_decay,
      "pulls weights to 0 by rate x this each step (decoupled; sgd and adam add it to the gradient); more regularises");
  visit("decoupled", o.decoupled,
        "sgd and adam shrink weights apart from the gradient too, as the others do; fastai's way");
  visit("decay_norms_and_biases", o.decay_norms_and_biases,
        "decays norm parameters and biases too; off is what most recipes assume");
  visit("lookahead", o.lookahead, "every this many steps, average with a slow copy (Zhang et al. 2019); 0 is off");
  visit("lookahead_alpha", o.lookahead_alpha, "how far the slow copy moves to the fast one");
  visit("vector_momentum", o.vector_momentum,
        "muon: momentum of what it does not make orthogonal, biases and linear layers; `momentum` is for the kernels, "
        "0.6 in the source");
}

}  // namespace tenfold::optim

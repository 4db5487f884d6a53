#pragma once
// Which network reads a table, and its sizes. Torch-free: the thin program shows these in its help.

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tenfold::tabular {

/// modern: fastai 2.x's TabularModel. legacy: fastai 0.7's MixedInputModel. tabm: Gorishniy et al. 2024, arXiv
/// 2410.24210. realmlp: Holzmüller et al. 2024, arXiv 2407.04491. ft_transformer: Gorishniy et al. 2021, arXiv
/// 2106.11959.
enum class Arch { automatic, modern, legacy, tabm, realmlp, ft_transformer };
constexpr auto names(Arch) {
  return std::to_array<std::pair<Arch, std::string_view>>({{Arch::automatic, "auto"},
                                                           {Arch::modern, "modern"},
                                                           {Arch::legacy, "legacy"},
                                                           {Arch::tabm, "tabm"},
                                                           {Arch::realmlp, "realmlp"},
                                                           {Arch::ft_transformer, "ft_transformer"}});
}

/// How wide the vector of a categorical column with n levels is, missing counted. modern: min(600, round(1.6 n^0.56)).
/// legacy: min(50, (n + 1) / 2).
enum class EmbeddingRule { automatic, modern, legacy };
constexpr auto names(EmbeddingRule) {
  return std::to_array<std::pair<EmbeddingRule, std::string_view>>(
      {{EmbeddingRule::automatic, "auto"}, {EmbeddingRule::modern, "modern"}, {EmbeddingRule::legacy, "legacy"}});
}

/// Where a hidden layer has its batch norm: after the ReLU (fastai 2.x), before it, or nowhere (fastai 0.7's default).
enum class NormPlace { automatic, after, before, none };
constexpr auto names(NormPlace) {
  return std::to_array<std::pair<NormPlace, std::string_view>>({{NormPlace::automatic, "auto"},
                                                                {NormPlace::after, "after"},
                                                                {NormPlace::before, "before"},
                                                                {NormPlace::none, "none"}});
}

/// What a number becomes before the first layer: itself; how far it fills each of its quantile bins; or cosines of it
/// with learnt frequencies. Gorishniy et al. 2022, arXiv 2203.05556.
enum class NumberEmbedding { automatic, none, piecewise_linear, periodic };
constexpr auto names(NumberEmbedding) {
  return std::to_array<std::pair<NumberEmbedding, std::string_view>>(
      {{NumberEmbedding::automatic, "auto"},
       {NumberEmbedding::none, "none"},
       {NumberEmbedding::piecewise_linear, "piecewise_linear"},
       {NumberEmbedding::periodic, "periodic"}});
}

struct ModelOptions {
  Arch arch = Arch::automatic;
  std::vector<int64_t> layers{};
  std::vector<double> dropout{};
  double embedding_dropout = 0;
  EmbeddingRule embedding_rule = EmbeddingRule::automatic;
  std::vector<int64_t> embedding_sizes{};
  std::vector<double> range{};
  NormPlace norm = NormPlace::automatic;
  bool norm_continuous = true;
  NumberEmbedding numbers = NumberEmbedding::automatic;
  int64_t number_size = 0;
  int64_t bins = 48;
  int64_t frequencies = 0;
  double frequency_scale = 0.1;
  int64_t members = 32;
  int64_t token_size = 192;
  int64_t blocks = 3;
  int64_t heads = 8;
};

template <class Visitor>
void fields(Visitor&& visit, ModelOptions& o) {
  visit("arch", o.arch,
        "auto is modern: fastai 2.x's embeddings and two hidden layers, the fastest by far; legacy is fastai 0.7's; "
        "tabm (many networks in one, averaged) and realmlp are more accurate on most tables and slower; ft_transformer "
        "lets columns attend to each other, the slowest");
  visit("layers", o.layers,
        "widths of the hidden layers; empty takes the network's own (modern 200, 100; legacy 1000, 500; tabm 512, 512; "
        "realmlp 256, 256, 256). Wider fits more and overfits sooner");
  visit("dropout", o.dropout,
        "share of each hidden layer's outputs left out in training: one value for all, or one a layer; empty takes the "
        "network's own (modern 0; legacy 0.001, 0.01; tabm 0.1; realmlp 0.15; ft_transformer 0.2 of attention, 0.1 of "
        "layers). More regularises");
  visit("embedding_dropout", o.embedding_dropout,
        "share of the categories' vectors' elements left out in training; 0.04 in fast.ai's Rossmann");
  visit("embedding_rule", o.embedding_rule,
        "how wide a category's vector is: modern (2.x) takes round(1.6 n^0.56) of n levels, at most 600; legacy (0.7) "
        "half of n, at most 50; auto is the network's own generation");
  visit("embedding_sizes", o.embedding_sizes,
        "widths instead of the rule, one a categorical column; 0 leaves a column to the rule");
  visit("range", o.range,
        "regression: lowest and highest value that can be predicted, in the unit that is trained on (after a log, of "
        "logs). Keeps wild predictions out; leave a margin beyond the data, as 0 and 1.2 x the maximum");
  visit("norm", o.norm,
        "batch norm of the hidden layers: after the ReLU (2.x), before it, or none (0.7); auto is the network's own");
  visit("norm_continuous", o.norm_continuous,
        "batch norm of the continuous columns, so that unscaled ones do not drown the others; modern and legacy");
  visit(
      "numbers", o.numbers,
      "what a number becomes: none leaves it, piecewise_linear says how far it fills each of its bins, periodic takes "
      "cosines of learnt frequencies; both let a network see thresholds as trees do, and cost time. auto is the "
      "network's own (tabm piecewise_linear, realmlp periodic, others none)");
  visit("number_size", o.number_size,
        "width of a number's vector; 0 takes the network's own (piecewise_linear 16, periodic 24; realmlp 4)");
  visit("bins", o.bins, "piecewise_linear: bins a column, at quantiles of the training rows; more are finer");
  visit("frequencies", o.frequencies, "periodic: frequencies a column; 0 takes the network's own (48; realmlp 16)");
  visit("frequency_scale", o.frequency_scale,
        "periodic: deviation of the first frequencies; the one that matters most, try 0.01 to 1. Higher sees finer "
        "detail and more noise");
  visit("members", o.members, "tabm: networks in one; fewer are faster, 8 keep most of the gain");
  visit("token_size", o.token_size, "ft_transformer: width of a column's token; a multiple of heads");
  visit("blocks", o.blocks, "ft_transformer: attention blocks");
  visit("heads", o.heads, "ft_transformer: attention heads");
}

}  // namespace tenfold::tabular

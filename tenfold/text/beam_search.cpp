#include "tenfold/text/beam_search.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double penalty(int64_t tokens, double alpha) { return std::pow((5 + static_cast<double>(tokens)) / 6, alpha); }

/// An unfinished text.
struct Row {
  std::vector<int64_t> tokens;
  double log_probability = kNever;
};

struct Sentence {
  size_t number = 0;  ///< in the result
  int64_t most = 0;
  std::vector<Row> rows;
  int64_t ended = 0;
  Hypothesis best{.tokens = {}, .log_probability = kNever, .score = kNever};
};

struct Candidate {
  double log_probability = kNever;
  int64_t row = 0, token = 0;
};

/// The `count` best ways to go on, best first. scores: [beam, V] of this sentence's rows, tops: [beam, K] the largest
/// of each row and their tokens.
std::vector<Candidate> best_of(const Sentence& sentence, const float* scores, const int64_t* tokens, int64_t tops,
                               size_t count) {
  std::vector<Candidate> all;
  for (size_t row = 0; row < sentence.rows.size(); ++row) {
    if (sentence.rows[row].log_probability == kNever) continue;
    for (int64_t k = 0; k < tops; ++k) {
      const auto at = static_cast<int64_t>(row) * tops + k;
      all.push_back({sentence.rows[row].log_probability + static_cast<double>(scores[at]), static_cast<int64_t>(row),
                     tokens[at]});
    }
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
    return std::pair(a.row, a.token) < std::pair(b.row, b.token);
  });
  if (all.size() > count) all.resize(count);
  return all;
}

void end(Sentence& sentence, std::vector<int64_t> tokens, double log_probability, double alpha) {
  ++sentence.ended;
  const double score = log_probability / penalty(static_cast<int64_t>(tokens.size()) + 1, alpha);
  if (score > sentence.best.score) sentence.best = {std::move(tokens), log_probability, score};
}

/// What an unfinished text can reach at best: it loses nothing more and grows to the most, where that divides more.
double bound(const Sentence& sentence, double alpha) {
  double best = kNever;
  for (const auto& row : sentence.rows) {
    const auto next = static_cast<int64_t>(row.tokens.size()) + 1;
    best = std::max(best, row.log_probability / std::max(penalty(next, alpha), penalty(sentence.most, alpha)));
  }
  return best;
}

/// Takes the candidates in order: those that end are finished where they are among the best `beam`, the others become
/// the new rows. Returns the old row of each.
std::vector<int64_t> advance(Sentence& sentence, const std::vector<Candidate>& candidates, const BeamOptions& options) {
  const auto beam = static_cast<size_t>(options.beam);
  std::vector<Row> rows;
  std::vector<int64_t> from;
  for (size_t k = 0; k < candidates.size() && rows.size() < beam; ++k) {
    const auto& [log_probability, row, token] = candidates[k];
    const auto& before = sentence.rows[static_cast<size_t>(row)].tokens;
    if (token == options.end) {
      if (k < beam) end(sentence, before, log_probability, options.length_penalty);
      continue;
    }
    rows.push_back({before, log_probability});
    rows.back().tokens.push_back(token);
    from.push_back(row);
  }
  while (rows.size() < beam) {  // fewer ways to go on than rows: the rest is never looked at
    rows.push_back({});
    from.push_back(0);
  }
  sentence.rows = std::move(rows);
  return from;
}

bool is_done(const Sentence& sentence, const BeamOptions& options) {
  return sentence.ended >= options.beam || sentence.best.score >= bound(sentence, options.length_penalty);
}

void check(const BeamOptions& o) {
  if (o.beam < 1) throw ConfigError("search.beam", "is " + std::to_string(o.beam) + "; needs at least 1");
  if (static_cast<int64_t>(o.most.size()) != o.sentences ||
      std::any_of(o.most.begin(), o.most.end(), [](int64_t most) { return most < 1; }))
    throw ConfigError("search.most", "has " + std::to_string(o.most.size()) + " lengths for " +
                                         std::to_string(o.sentences) + " sentences; needs one each, at least 1");
}

}  // namespace

std::vector<Hypothesis> beam_search(StepDecoder& decoder, const BeamOptions& options) {
  check(options);
  const at::NoGradGuard no_grad;
  const int64_t beam = options.beam;
  std::vector<Sentence> open;
  for (size_t k = 0; k < options.most.size(); ++k) {
    open.push_back({.number = k, .most = options.most[k], .rows = std::vector<Row>(static_cast<size_t>(beam))});
    open.back().rows.front().log_probability = 0;  // all rows are the same yet: one goes on
  }
  std::vector<Hypothesis> results(open.size());
  auto tokens = at::full({options.sentences * beam}, options.begin, at::kLong);
  while (!open.empty()) {
    const auto scores = decoder.step(tokens);
    // Enough of each row that the beam is filled even where ends are among them.
    const int64_t tops = std::min(beam + 1, scores.size(1));
    const auto [top, place] = at::topk(scores, tops, 1);
    const auto scores_at = top.to(at::kFloat).contiguous(), tokens_at = place.contiguous();
    const auto ends = scores.select(1, options.end).to(at::kFloat).contiguous();
    std::vector<Sentence> still;
    std::vector<int64_t> rows, next;
    for (size_t s = 0; s < open.size(); ++s) {
      auto& sentence = open[s];
      const auto first = static_cast<int64_t>(s) * beam;
      const auto candidates =
          best_of(sentence, scores_at.const_data_ptr<float>() + first * tops,
                  tokens_at.const_data_ptr<int64_t>() + first * tops, tops, static_cast<size_t>(2 * beam));
      const auto length = static_cast<int64_t>(sentence.rows.front().tokens.size());
      if (length + 1 >= sentence.most) {  // only the end is left
        const float* end_score = ends.const_data_ptr<float>() + first;
        for (size_t row = 0; row < sentence.rows.size(); ++row)
          if (const auto& unfinished = sentence.rows[row]; unfinished.log_probability != kNever)
            end(sentence, unfinished.tokens, unfinished.log_probability + static_cast<double>(end_score[row]),
                options.length_penalty);
        results[sentence.number] = std::move(sentence.best);
        continue;
      }
      const auto from = advance(sentence, candidates, options);
      if (is_done(sentence, options)) {
        results[sentence.number] = std::move(sentence.best);
        continue;
      }
      for (size_t row = 0; row < from.size(); ++row) {
        rows.push_back(first + from[row]);
        const auto& written = sentence.rows[row].tokens;
        next.push_back(written.empty() ? options.end : written.back());
      }
      still.push_back(std::move(sentence));
    }
    open = std::move(still);
    if (open.empty()) break;
    decoder.select(at::tensor(rows, at::kLong));
    tokens = at::tensor(next, at::kLong);
  }
  return results;
}

}  // namespace tenfold::text

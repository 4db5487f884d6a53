#include "tenfold/text/entities.h"

#include <algorithm>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

/// "B-person" in its two parts; O has no type.
struct Mark {
  char place = 'O';
  std::string type;
};

Mark mark_of(const std::string& tag) {
  if (tag.empty() || tag == "O") return {};
  return {tag[0], tag.size() > 2 && tag[1] == '-' ? tag.substr(2) : ""};
}

/// Whether an entity begins at `here`, which is no O.
bool begins(const Mark& before, const Mark& here) {
  if (here.place == 'B' || here.place == 'S') return true;
  return before.place == 'O' || before.place == 'E' || before.place == 'S' || before.type != here.type;
}

}  // namespace

std::vector<Entity> entities(const std::vector<std::string>& tags) {
  std::vector<Entity> found;
  Mark before;
  for (size_t k = 0; k < tags.size(); ++k) {
    const Mark here = mark_of(tags[k]);
    if (here.place != 'O') {
      if (begins(before, here)) found.push_back({static_cast<int64_t>(k), 0, here.type});
      found.back().last = static_cast<int64_t>(k) + 1;
    }
    before = here;
  }
  return found;
}

bool mark_entities(const std::vector<std::string>& tags) {
  bool any = false;
  for (const auto& tag : tags) {
    if (tag == "O") continue;
    if (tag.size() < 3 || tag[1] != '-' || std::string("BIES").find(tag[0]) == std::string::npos) return false;
    any = true;
  }
  return any;
}

bool begins_without_b(const std::string& before, const std::string& tag) {
  const Mark here = mark_of(tag);
  return here.place == 'I' && begins(mark_of(before), here);
}

EntityScores score_entities(const std::vector<std::vector<std::string>>& actual,
                            const std::vector<std::vector<std::string>>& predicted) {
  if (actual.size() != predicted.size())
    throw Error("entity scores: " + std::to_string(actual.size()) + " sentences and predictions of " +
                std::to_string(predicted.size()) + "; needs those of the same ones");
  EntityScores scores;
  for (size_t k = 0; k < actual.size(); ++k) {
    if (actual[k].size() != predicted[k].size())
      throw Error("entity scores: sentence " + std::to_string(k + 1) + " has " + std::to_string(actual[k].size()) +
                  " tags and " + std::to_string(predicted[k].size()) + " predicted ones");
    const auto wanted = entities(actual[k]), found = entities(predicted[k]);
    for (const auto& entity : wanted) ++scores.of_type[entity.type].wanted;
    for (const auto& entity : found) {
      auto& score = scores.of_type[entity.type];
      ++score.found;
      score.right += std::find(wanted.begin(), wanted.end(), entity) != wanted.end();
    }
  }
  for (const auto& [type, score] : scores.of_type) {
    scores.all.right += score.right;
    scores.all.found += score.found;
    scores.all.wanted += score.wanted;
  }
  return scores;
}

}  // namespace tenfold::text

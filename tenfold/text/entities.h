#pragma once
// Entities in tags of the form B-type, I-type, O (and E-, S- where a scheme has them), and their precision, recall and
// F1 as the CoNLL-2000 and 2003 tasks' conlleval counts them. Tjong Kim Sang & Buchholz 2000; Tjong Kim Sang & De
// Meulder 2003. Torch-free.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tenfold::text {

struct Entity {
  int64_t first = 0, last = 0;  ///< words [first, last)
  std::string type;
  auto operator<=>(const Entity&) const = default;
};

/// The entities of one sentence. An I-x that follows O, or another type, begins one, as conlleval reads it.
std::vector<Entity> entities(const std::vector<std::string>& tags);

/// Whether tags mark entities: each is O, or B-, I-, E- or S- before a type, and one at least is no O.
bool mark_entities(const std::vector<std::string>& tags);

/// Of a tag that begins an entity without a B- before it: "I-x" after "O" or after another type.
bool begins_without_b(const std::string& before, const std::string& tag);

struct EntityScore {
  int64_t right = 0;   ///< found with the very words and type
  int64_t found = 0;   ///< predicted
  int64_t wanted = 0;  ///< in the actual tags
  double precision() const { return found ? static_cast<double>(right) / static_cast<double>(found) : 0; }
  double recall() const { return wanted ? static_cast<double>(right) / static_cast<double>(wanted) : 0; }
  double f1() const { return right ? 2.0 * static_cast<double>(right) / static_cast<double>(found + wanted) : 0; }
};

struct EntityScores {
  EntityScore all;                             ///< over all types together (micro average)
  std::map<std::string, EntityScore> of_type;  ///< for each
};

/// Tags [sentence][word], of the same sentences. Throws Error where their numbers differ.
EntityScores score_entities(const std::vector<std::vector<std::string>>& actual,
                            const std::vector<std::vector<std::string>>& predicted);

}  // namespace tenfold::text

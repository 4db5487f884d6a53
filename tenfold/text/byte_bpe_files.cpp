// The two ways in which byte-level BPE is published: vocab.json with merges.txt, and tokenizer.json.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/text/byte_bpe.h"

namespace tenfold::text {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json parsed(const fs::path& path) {
  auto tree = json::parse(read_file(path), nullptr, false);
  if (!tree.is_object())
    throw DataError(path.string(), 0, "is no JSON object; take the file that came with the weights");
  return tree;
}

struct Numbered {
  std::string token;
  int64_t id = 0;
};

/// Tokens in the order of their ids. Ids that no token has become fillers, which no text gives.
Vocab in_order(const std::vector<Numbered>& numbered, const std::string& source) {
  int64_t size = 0;
  for (const auto& [token, id] : numbered) {
    if (id < 0 || id > 2 * static_cast<int64_t>(numbered.size()) + 1000)
      throw DataError(source, 0,
                      "gives '" + token + "' the id " + std::to_string(id) + " among " +
                          std::to_string(numbered.size()) + " tokens; take the file of the weights");
    size = std::max(size, id + 1);
  }
  std::vector<std::string> tokens(static_cast<size_t>(size), "xxfake");
  int32_t unknown = 0;
  for (const auto& [token, id] : numbered) {
    tokens[static_cast<size_t>(id)] = token;
    if (token == "<unk>") unknown = static_cast<int32_t>(id);
  }
  try {
    return Vocab(std::move(tokens), unknown);
  } catch (const ConfigError& problem) {
    throw DataError(source, 0, problem.what());
  }
}

std::vector<Numbered> numbered(const json& vocabulary, const std::string& source) {
  std::vector<Numbered> tokens;
  for (const auto& [token, id] : vocabulary.items()) {
    if (!id.is_number_integer())
      throw DataError(source, 0, "gives '" + token + "' no whole number; a vocabulary is {\"token\": id, …}");
    tokens.push_back({token, id.get<int64_t>()});
  }
  return tokens;
}

ByteBpe::Merge merge_of(std::string_view line, const std::string& source, long number) {
  const size_t space = line.find(' ');
  if (space == 0 || space == line.npos || space + 1 == line.size() || line.find(' ', space + 1) != line.npos)
    throw DataError(source, number, "is '" + std::string(line) + "'; a merge is two tokens with one space between");
  return {std::string(line.substr(0, space)), std::string(line.substr(space + 1))};
}

std::vector<ByteBpe::Merge> merges_of_lines(const fs::path& path) {
  const std::string content = read_file(path);
  std::vector<ByteBpe::Merge> merges;
  long number = 0;
  for (std::string_view rest = content; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (++number == 1 && line.starts_with("#version")) continue;
    if (!line.empty()) merges.push_back(merge_of(line, path.string(), number));
  }
  return merges;
}

/// Those of RoBERTa where the vocabulary has them, else GPT-2's one.
ByteBpeOptions named_by(const Vocab& vocab) {
  ByteBpeOptions options;
  const std::string one = "<|endoftext|>";
  if (!vocab.contains(options.begin) && vocab.contains(one)) options.begin = options.end = options.pad = one;
  return options;
}

ByteBpe of_json(const fs::path& path) {
  const std::string source = path.string();
  const json tree = parsed(path);
  const auto wrong = [&](const std::string& what) {
    return DataError(source, 0, what + "; supported is byte-level BPE as GPT-2 and RoBERTa have it");
  };
  try {
    const json& model = tree.at("model");
    if (model.value("type", "BPE") != "BPE") throw wrong("is a " + model.value("type", "") + " tokeniser");
    const json& bytes = tree.at("pre_tokenizer");
    if (!bytes.is_object() || bytes.value("type", "") != "ByteLevel" || !bytes.value("use_regex", true))
      throw wrong("does not cut words as ByteLevel does");
    if (!tree.value("normalizer", json()).is_null()) throw wrong("changes texts by a normalizer first");
    auto tokens = numbered(model.at("vocab"), source);
    std::unordered_set<std::string> known;
    for (const auto& one : tokens) known.insert(one.token);
    for (const auto& added : tree.value("added_tokens", json::array()))
      if (const auto content = added.at("content").get<std::string>(); known.insert(content).second)
        tokens.push_back({content, added.at("id").get<int64_t>()});
    std::vector<ByteBpe::Merge> merges;
    for (const auto& merge : model.at("merges")) {
      if (merge.is_string())
        merges.push_back(merge_of(merge.get<std::string>(), source, 0));
      else
        merges.push_back({merge.at(0).get<std::string>(), merge.at(1).get<std::string>()});
    }
    Vocab vocab = in_order(tokens, source);
    ByteBpeOptions options = named_by(vocab);
    options.space_before = bytes.value("add_prefix_space", true);
    return {std::move(vocab), std::move(merges), options, source};
  } catch (const json::exception& problem) {
    throw wrong("does not read (" + std::string(problem.what()) + ")");
  }
}

}  // namespace

bool ByteBpe::is_in(const fs::path& folder) {
  if (fs::exists(folder / "vocab.json") && fs::exists(folder / "merges.txt")) return true;
  return fs::exists(folder / "tokenizer.json") && !fs::exists(folder / "vocab.txt");
}

ByteBpe ByteBpe::of_folder(const fs::path& folder) {
  if (!fs::exists(folder / "merges.txt")) return of_json(folder / "tokenizer.json");
  const fs::path path = folder / "vocab.json";
  Vocab vocab = in_order(numbered(parsed(path), path.string()), path.string());
  ByteBpeOptions options = named_by(vocab);
  if (const auto config = folder / "tokenizer_config.json"; fs::exists(config)) {
    const json tree = parsed(config);
    if (const auto flag = tree.find("add_prefix_space"); flag != tree.end() && flag->is_boolean())
      options.space_before = flag->get<bool>();
  }
  return {std::move(vocab), merges_of_lines(folder / "merges.txt"), options, path.string()};
}

}  // namespace tenfold::text

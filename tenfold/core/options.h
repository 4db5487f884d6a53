#pragma once
// Options are plain aggregates; one function `fields` beside each names and explains them. Flags, recipe keys (TOML),
// JSON and the reference documentation are all made from it here.
//
//   struct LrFindOptions { double start = 1e-7; int steps = 100; };
//   template <class Visitor> void fields(Visitor&& visit, LrFindOptions& o) {
//     visit("start", o.start, "first rate; too high hides the flat part of the curve");
//     visit("steps", o.steps, "batches in the sweep; fewer are faster and noisier");
//   }
//
// A field may be: bool, an integer, double, std::string, an enum with names, std::vector of these, std::optional of
// these, an aggregate with fields of its own (nested by a dot), a std::vector of such aggregates (TOML [[tables]],
// flags with a number from 1: --stage.2.lr), or a type with its own value form (see HasValueForm).
//
//   enum class Split { train, valid, test };
//   constexpr auto names(Split) { return std::to_array<std::pair<Split, std::string_view>>({{Split::train, "train"},
//   …}); }

#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenfold/core/error.h"

namespace tenfold {

/// Keeps the order of the fields.
using Json = nlohmann::ordered_json;

/// One option as help, completion and docs see it.
struct Field {
  std::string path;  ///< dotted: "model.dropout"
  std::string type;  ///< for people: "number", "integer", "yes/no", "text", "list of numbers", "choice", …
  std::string help;  ///< the consequence, from `fields`
  Json value;        ///< its value now; the default where the options are as constructed
  std::vector<std::string> choices;  ///< names of an enum, else empty
  bool repeated = false;             ///< inside a std::vector of aggregates
};

namespace detail {
struct AnyVisitor {
  template <class... Args>
  void operator()(Args&&...) const {}
};
}  // namespace detail

template <class T>
concept HasFields = requires(T& o) { fields(detail::AnyVisitor{}, o); };

template <class T>
concept HasNames = std::is_enum_v<T> && requires(T e) { names(e); };

/// A type with its own form in recipes: `Json to_value(const T&)` and `void from_value(const Json&, T&, const
/// std::string& path)`, found by argument-dependent lookup; the second throws ConfigError(path, …). `type_name(const
/// T&)` says what it is.
template <class T>
concept HasValueForm = requires(const T& c, T& o, const Json& j, const std::string& path) {
  { to_value(c) } -> std::convertible_to<Json>;
  from_value(j, o, path);
  { type_name(c) } -> std::convertible_to<std::string>;
};

/// The options as a tree; an optional without a value is null.
template <class Options>
Json to_json(const Options& options);

/// Sets what `patch` names and leaves the rest. Throws ConfigError, option = dotted path, for an unknown key (naming
/// the nearest known one), a wrong type, an unknown choice, or a number that is not finite; `options` is then as
/// before. A list replaces the whole list, null empties an optional.
template <class Options>
void assign(Options& options, const Json& patch, const std::string& prefix = "");

/// Sets one field from the text of a flag: "0.25,0.5" for a list, "yes"/"no"/"" for bool, JSON or TOML for composite
/// values ('{sgdr = {cycles = 2}}'), "" to empty an optional. Throws ConfigError as assign() does.
/// Element n of a list of aggregates is "stage.n.key", n from 1; n = size + 1 appends.
template <class Options>
void assign_text(Options& options, const std::string& path, const std::string& text);

/// Every field, nested ones flattened, in order of declaration. Fields of a list of aggregates appear once, with their
/// defaults, as "stage.N.lr".
template <class Options>
std::vector<Field> describe(const Options& options, const std::string& prefix = "");

/// TOML text of the tree: scalars first, then [tables], then [[lists of tables]]. parse_toml reads it back exactly, but
/// for nulls, which are left out, and integers above 2^63 - 1, which TOML lacks and which become text that assign()
/// accepts.
std::string to_toml(const Json& tree);

/// The same with each field's help as a comment above it. Values with their own form stay on one line.
std::string to_toml(const Json& tree, const std::vector<Field>& fields);

/// Reads TOML 1.0 but for dates, keeping the order of the keys. Throws DataError with file and line where it is not
/// well-formed, not UTF-8, or holds a date. `path` is for messages.
Json parse_toml(std::string_view text, const std::string& path);

/// What recipes and people call an enum's value. Throws Error for one that `names` lacks.
template <HasNames T>
std::string name_of(T value);

/// The nearest of `known` by edit distance, or "" where none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& known);

/// The shortest text that reads back as the same double: "0.1", "1e-5", "3.0".
std::string shortest(double value);

/// A default or a value as a person would type it: yes, 0.25,0.5, side_on; empty where there is none.
std::string typed_value(const Json& value);

/// Markdown table of the fields, for docs/reference.
std::string to_markdown(const std::vector<Field>& fields);

}  // namespace tenfold

#include "tenfold/core/options_impl.h"

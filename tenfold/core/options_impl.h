#pragma once
// The templates of options.h: walks over `fields`. Everything that needs no type is in options.cpp.

#include <algorithm>
#include <cstdint>
#include <limits>

namespace tenfold {
namespace detail {

[[noreturn]] void refuse(const Json& found, const std::string& required, const std::string& path);
[[noreturn]] void refuse_key(const std::string& path, const std::string& key, const std::vector<std::string>& known);
bool read_bool(const Json& value, const std::string& path);
int64_t read_integer(const Json& value, int64_t low, int64_t high, const std::string& path);
uint64_t read_unsigned(const Json& value, uint64_t high, const std::string& path);
double read_number(const Json& value, const std::string& path);
std::string read_text(const Json& value, const std::string& path);
size_t read_choice(const Json& value, const std::vector<std::string>& choices, const std::string& path);

/// A flag's text as a tree: what looks like a number, "yes"/"no"/"", or a composite value; else it stays text.
Json number_of_text(const std::string& text);
Json bool_of_text(const std::string& text);
Json composite_of_text(const std::string& text);
std::vector<std::string> split_list(const std::string& text);
/// Cuts "2.lr" into "2" and "lr".
std::pair<std::string, std::string> cut_key(const std::string& path);
/// Index from 0 of the element that "2" names in a list of `size`; `size` itself appends.
size_t read_index(const std::string& number, size_t size, const std::string& path);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};

template <class T>
concept Nested = HasFields<T> && !HasValueForm<T>;
template <class T>
concept OptionalField = IsOptional<T>::value && !HasValueForm<T>;
template <class T>
concept ListField = IsList<T>::value && !HasValueForm<T>;

inline std::string join(const std::string& prefix, std::string_view key) {
  return prefix.empty() ? std::string(key) : prefix + "." + std::string(key);
}

template <HasNames T>
std::vector<std::string> choices_of() {
  std::vector<std::string> all;
  for (const auto& [value, name] : names(T{})) all.emplace_back(name);
  return all;
}

/// The keys of an aggregate.
template <Nested T>
std::vector<std::string> keys_of(T& options) {
  std::vector<std::string> keys;
  fields([&](std::string_view key, auto&, std::string_view) { keys.emplace_back(key); }, options);
  return keys;
}

template <class T>
Json tree_of(const T& value) {
  if constexpr (HasValueForm<T>) {
    return to_value(value);
  } else if constexpr (HasNames<T>) {
    return name_of(value);
  } else if constexpr (OptionalField<T>) {
    return value ? tree_of(*value) : Json();
  } else if constexpr (ListField<T>) {
    Json list = Json::array();
    for (const auto& element : value) list.push_back(tree_of(element));
    return list;
  } else if constexpr (Nested<T>) {
    Json table = Json::object();
    T copy = value;  // `fields` takes a reference that may be written to
    fields([&](std::string_view key, auto& member, std::string_view) { table[std::string(key)] = tree_of(member); },
           copy);
    return table;
  } else {
    return Json(value);
  }
}

template <class T>
void set(T& member, const Json& value, const std::string& path) {
  if constexpr (HasValueForm<T>) {
    from_value(value, member, path);
  } else if constexpr (std::is_same_v<T, bool>) {
    member = read_bool(value, path);
  } else if constexpr (std::is_unsigned_v<T>) {
    member = static_cast<T>(read_unsigned(value, std::numeric_limits<T>::max(), path));
  } else if constexpr (std::is_integral_v<T>) {
    member = static_cast<T>(read_integer(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), path));
  } else if constexpr (std::is_floating_point_v<T>) {
    member = static_cast<T>(read_number(value, path));
  } else if constexpr (std::is_same_v<T, std::string>) {
    member = read_text(value, path);
  } else if constexpr (HasNames<T>) {
    member = names(T{})[read_choice(value, choices_of<T>(), path)].first;
  } else if constexpr (OptionalField<T>) {
    if (value.is_null()) return member.reset();
    auto inner = member.value_or(typename T::value_type{});
    set(inner, value, path);
    member = std::move(inner);
  } else if constexpr (ListField<T>) {
    if (!value.is_array()) refuse(value, "a list", path);
    T list;
    for (const auto& element : value) {
      list.emplace_back();
      set(list.back(), element, join(path, std::to_string(list.size())));
    }
    member = std::move(list);
  } else {
    static_assert(
        Nested<T>,
        "an option of a type that options.h does not list, or an aggregate whose `fields` is declared too late");
    if (!value.is_object()) refuse(value, "a table", path);
    const auto known = keys_of(member);
    for (const auto& [key, unused] : value.items())
      if (std::find(known.begin(), known.end(), key) == known.end()) refuse_key(path, key, known);
    fields(
        [&](std::string_view key, auto& part, std::string_view) {
          if (const auto found = value.find(std::string(key)); found != value.end()) set(part, *found, join(path, key));
        },
        member);
  }
}

template <class T>
Json tree_of_text(const std::string& text) {
  if constexpr (HasValueForm<T> || Nested<T>) {
    return composite_of_text(text);
  } else if constexpr (std::is_same_v<T, bool>) {
    return bool_of_text(text);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return number_of_text(text);
  } else if constexpr (OptionalField<T>) {
    return text.empty() ? Json() : tree_of_text<typename T::value_type>(text);
  } else if constexpr (ListField<T>) {
    if (Json whole = composite_of_text(text);
        Nested<typename T::value_type> || (whole.is_array() && text.front() == '['))
      return whole;
    Json list = Json::array();
    for (const auto& part : split_list(text)) list.push_back(tree_of_text<typename T::value_type>(part));
    return list;
  } else {
    return text;
  }
}

/// `rest` is what of `path` remains below `member`.
template <class T>
void set_text(T& member, const std::string& rest, const std::string& text, const std::string& path) {
  if (rest.empty()) return set(member, tree_of_text<T>(text), path);
  const auto [key, below] = cut_key(rest);
  if constexpr (Nested<T>) {
    bool found = false;
    fields(
        [&, &name = key, &deeper = below](std::string_view candidate, auto& part, std::string_view) {
          if (candidate != name) return;
          found = true;
          set_text(part, deeper, text, path);
        },
        member);
    if (!found) {
      const std::string above = rest == path ? "" : path.substr(0, path.size() - rest.size() - 1);
      refuse_key(above, key, keys_of(member));
    }
  } else if constexpr (OptionalField<T>) {
    auto inner = member.value_or(typename T::value_type{});
    set_text(inner, rest, text, path);
    member = std::move(inner);
  } else {
    if constexpr (ListField<T>) {
      if constexpr (Nested<typename T::value_type>) {
        const size_t index = read_index(key, member.size(), path);
        if (index == member.size()) member.emplace_back();
        return set_text(member[index], below, text, path);
      }
    }
    throw ConfigError(path, "has nothing named \"" + rest + "\" inside; leave that out");
  }
}

template <class T>
std::string type_of(const T& value) {
  if constexpr (HasValueForm<T>) {
    return type_name(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return "yes/no";
  } else if constexpr (std::is_integral_v<T>) {
    return "integer";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "number";
  } else if constexpr (HasNames<T>) {
    return "choice";
  } else if constexpr (OptionalField<T>) {
    return type_of(value.value_or(typename T::value_type{}));
  } else if constexpr (ListField<T>) {
    const std::string one = type_of(typename T::value_type{});
    return "list of " + one + (one == "text" ? "" : "s");
  } else {
    return "text";
  }
}

template <class T>
std::vector<std::string> choices_in() {
  if constexpr (HasNames<T>) {
    return choices_of<T>();
  } else if constexpr (OptionalField<T> || ListField<T>) {
    return choices_in<typename T::value_type>();
  } else {
    return {};
  }
}

template <class T>
void describe_into(std::vector<Field>& all, const T& options, const std::string& prefix, bool repeated) {
  T copy = options;
  fields(
      [&](std::string_view key, auto& member, std::string_view help) {
        using Member = std::remove_cvref_t<decltype(member)>;
        const std::string path = join(prefix, key);
        if constexpr (Nested<Member>) {
          return describe_into(all, member, path, repeated);
        } else if constexpr (OptionalField<Member> || ListField<Member>) {
          using Inner = typename Member::value_type;
          if constexpr (Nested<Inner>)
            return describe_into(all, Inner{}, ListField<Member> ? path + ".N" : path, repeated || ListField<Member>);
        }
        if constexpr (!Nested<Member>)
          all.push_back({path, type_of(member), std::string(help), tree_of(member), choices_in<Member>(), repeated});
      },
      copy);
}

}  // namespace detail

template <HasNames T>
std::string name_of(T value) {
  for (const auto& [choice, name] : names(value))
    if (choice == value) return std::string(name);
  throw Error("an enum value without a name: " + std::to_string(static_cast<long long>(value)));
}

template <class Options>
Json to_json(const Options& options) {
  return detail::tree_of(options);
}

template <class Options>
void assign(Options& options, const Json& patch, const std::string& prefix) {
  Options changed = options;
  detail::set(changed, patch, prefix);
  options = std::move(changed);
}

template <class Options>
void assign_text(Options& options, const std::string& path, const std::string& text) {
  Options changed = options;
  detail::set_text(changed, path, text, path);
  options = std::move(changed);
}

template <class Options>
std::vector<Field> describe(const Options& options, const std::string& prefix) {
  std::vector<Field> all;
  detail::describe_into(all, options, prefix, false);
  return all;
}

}  // namespace tenfold

// A reader of TOML 1.0, dates excepted. Our own: the parser that distributions ship has undefined behaviour on typing
// errors as plain as "[.a]", and a recipe is a file that people type.

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>

#include "tenfold/core/options.h"
#include "tenfold/core/utf8.h"

namespace tenfold {
namespace {

constexpr int kDeepest = 64;        // nested values, and
constexpr size_t kLongestKey = 32;  // parts of a dotted key: recursion must end

/// A table in the making. TOML asks by what a table came into being before it may grow.
struct Node {
  enum class Kind { value, implied, header, dotted, tables };
  Kind kind = Kind::value;
  Json value;                                                          ///< Kind::value
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> members;  ///< of a table
  std::vector<std::unique_ptr<Node>> elements;                         ///< Kind::tables, [[…]]

  Node* find(const std::string& key) {
    for (auto& [name, node] : members)
      if (name == key) return node.get();
    return nullptr;
  }
  Node& add(const std::string& key, Kind how) {
    members.emplace_back(key, std::make_unique<Node>());
    members.back().second->kind = how;
    return *members.back().second;
  }
  Json tree() const {
    if (kind == Kind::value) return value;
    Json out = kind == Kind::tables ? Json::array() : Json::object();
    for (const auto& element : elements) out.push_back(element->tree());
    for (const auto& [name, node] : members) out[name] = node->tree();
    return out;
  }
};

bool is_bare(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  Json document() {
    if (const size_t wrong = find_malformed_utf8(text_); wrong != std::string_view::npos) {
      at_ = wrong;
      refuse("is not valid UTF-8; save the file as UTF-8");
    }
    take("\xEF\xBB\xBF");
    Node root{.kind = Node::Kind::header, .value = {}, .members = {}, .elements = {}};
    Node* table = &root;
    for (skip_lines(); at_ < text_.size(); skip_lines()) {
      if (look("["))
        table = &header(root);
      else
        assignment(*table, 0);
      skip_blanks();
      skip_comment();
      if (at_ < text_.size() && !take_newline()) wrong("the end of the line");
    }
    return root.tree();
  }

 private:
  // Where we are

  [[noreturn]] void refuse(const std::string& problem) const {
    const auto passed = text_.substr(0, std::min(at_, text_.size()));
    throw DataError(path_, 1 + std::count(passed.begin(), passed.end(), '\n'), problem);
  }
  [[noreturn]] void wrong(const std::string& required) const {
    std::string found = "the end of the file";
    if (at_ < text_.size()) found = '"' + std::string(text_.substr(at_, utf8_length(text_, at_))) + '"';
    if (look("\n") || look("\r")) found = "the end of the line";
    const bool typographic = at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80;
    refuse("has " + found + " where TOML needs " + required +
           (typographic ? "; outside quotes only plain letters will do" : ""));
  }

  bool look(std::string_view mark) const { return text_.substr(std::min(at_, text_.size()), mark.size()) == mark; }
  bool take(std::string_view mark) {
    if (!look(mark)) return false;
    at_ += mark.size();
    return true;
  }
  bool take_newline() { return take("\n") || take("\r\n"); }
  void skip_blanks() {
    while (look(" ") || look("\t")) ++at_;
  }
  void skip_comment() {
    if (!look("#")) return;
    while (at_ < text_.size() && !look("\n") && !look("\r\n")) plain_character();
  }
  /// Blanks, comments and ends of lines.
  void skip_lines() {
    do {
      skip_blanks();
      skip_comment();
    } while (take_newline());
  }
  /// One character that may stand in strings and comments as it is.
  std::string_view plain_character() {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if ((c < 0x20 && c != '\t') || c == 0x7F) wrong("text without control characters (in strings: escape them)");
    const auto character = text_.substr(at_, utf8_length(text_, at_));
    at_ += character.size();
    return character;
  }

  // Tables

  std::vector<std::string> key() {
    std::vector<std::string> parts;
    do {
      skip_blanks();
      if (look("\"\"\"") || look("'''")) wrong("a key on one line");
      if (look("\"") || look("'")) {
        parts.push_back(string());
      } else {
        const size_t begin = at_;
        while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
        if (at_ == begin) wrong("a key");
        parts.emplace_back(text_.substr(begin, at_ - begin));
      }
      skip_blanks();
      if (parts.size() > kLongestKey) refuse("has a key of more than " + std::to_string(kLongestKey) + " parts");
    } while (take("."));
    return parts;
  }

  [[noreturn]] void twice(const std::string& name) const { refuse("has \"" + name + "\" twice; remove one"); }

  /// [a.b] or [[a.b]]; returns the table that the following lines fill.
  Node& header(Node& root) {
    const bool listed = look("[[");
    at_ += listed ? 2 : 1;
    const auto parts = key();
    if (!look(listed ? "]]" : "]")) wrong(listed ? "]]" : "]");
    Node* table = &root;
    for (size_t k = 0; k + 1 < parts.size(); ++k) {
      Node* const next = table->find(parts[k]);
      table = next != nullptr ? next : &table->add(parts[k], Node::Kind::implied);
      if (table->kind == Node::Kind::value) twice(parts[k]);
      if (table->kind == Node::Kind::tables) table = table->elements.back().get();
    }
    Node* last = table->find(parts.back());
    if (listed) {
      if (last == nullptr) last = &table->add(parts.back(), Node::Kind::tables);
      if (last->kind != Node::Kind::tables) twice(parts.back());
      last->elements.push_back(std::make_unique<Node>());
      last = last->elements.back().get();
    } else {
      if (last == nullptr)
        last = &table->add(parts.back(), Node::Kind::header);
      else if (last->kind != Node::Kind::implied)
        twice(parts.back());
    }
    last->kind = Node::Kind::header;
    at_ += listed ? 2 : 1;
    return *last;
  }

  /// key = value.
  void assignment(Node& table, int depth) {
    const auto parts = key();
    if (!look("=")) wrong("=");
    Node* inside = &table;
    for (size_t k = 0; k + 1 < parts.size(); ++k) {
      Node* const next = inside->find(parts[k]);
      inside = next != nullptr ? next : &inside->add(parts[k], Node::Kind::dotted);
      if (inside->kind != Node::Kind::dotted) twice(parts[k]);
    }
    if (inside->find(parts.back()) != nullptr) twice(parts.back());
    ++at_;
    skip_blanks();
    inside->add(parts.back(), Node::Kind::value).value = value(depth);
  }

  // Values

  Json value(int depth) {
    if (depth > kDeepest) refuse("is nested more than " + std::to_string(kDeepest) + " deep");
    if (look("\"") || look("'")) return string();
    if (look("[")) return array(depth);
    if (look("{")) return inline_table(depth);
    return bare_value();
  }

  Json array(int depth) {
    Json list = Json::array();
    ++at_;
    for (skip_lines(); !take("]"); skip_lines()) {
      list.push_back(value(depth + 1));
      skip_lines();
      if (!take(",") && !look("]")) wrong(", or ]");
    }
    return list;
  }

  Json inline_table(int depth) {
    Node table{.kind = Node::Kind::dotted, .value = {}, .members = {}, .elements = {}};
    ++at_;
    skip_blanks();
    if (take("}")) return table.tree();
    do {
      assignment(table, depth + 1);
      skip_blanks();
    } while (take(","));
    if (!take("}")) wrong(", or } on the same line");
    return table.tree();
  }

  std::string string() {
    const char quote = text_[at_];
    const std::string one(1, quote), three(3, quote);
    const bool many = take(three);
    if (many)
      take_newline();
    else
      ++at_;
    std::string out;
    while (!look(many ? three : one)) {
      if (at_ >= text_.size()) wrong(many ? three : one);
      if (quote == '"' && take("\\"))
        escape(out, many);
      else if (many && take_newline())
        out += '\n';
      else if (look("\n") || look("\r\n"))
        wrong(one);
      else
        out += plain_character();
    }
    at_ += many ? 3 : 1;
    for (int more = 0; many && more < 2 && look(one); ++more, ++at_) out += quote;  // """ab""""" ends in two quotes
    return out;
  }

  /// What follows a backslash.
  void escape(std::string& out, bool many) {
    constexpr std::string_view letters = "btnfr\"\\", meanings = "\b\t\n\f\r\"\\";
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (const size_t known = letters.find(c); c != '\0' && known != std::string_view::npos) {
      ++at_;
      out += meanings[known];
    } else if (c == 'u' || c == 'U') {
      ++at_;
      code_point(out, c == 'u' ? 4 : 8);
    } else if (many) {  // a line that goes on without its end and without the blanks after it
      skip_blanks();
      if (!take_newline()) wrong("an escape (\\n, \\t, \\\", \\\\, \\u0041) or the end of the line after \\");
      do skip_blanks();
      while (take_newline());
    } else {
      wrong("an escape (\\n, \\t, \\\", \\\\, \\u0041) after \\; 'single quotes' take a \\ as it is");
    }
  }

  void code_point(std::string& out, size_t digits) {
    uint32_t code = 0;
    const auto hex = text_.substr(std::min(at_, text_.size()), digits);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
    if (error != std::errc() || end != hex.data() + digits || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      wrong("the " + std::to_string(digits) + " hexadecimal digits of a character");
    at_ += digits;
    append_utf8(out, code);
  }

  /// true, a number, or what is none of these.
  Json bare_value() {
    const size_t begin = at_;
    size_t end = at_;
    while (end < text_.size() && (is_bare(text_[end]) || text_[end] == '+' || text_[end] == '.' || text_[end] == ':'))
      ++end;
    const std::string word(text_.substr(begin, end - begin));
    if (word.empty()) wrong("a value");
    Json result = word == "true" ? Json(true) : word == "false" ? Json(false) : number(word);
    if (result.is_null()) {
      const bool date = word.size() >= 5 && word[0] >= '0' && word[0] <= '9' && (word[4] == '-' || word[2] == ':');
      refuse(date ? "has the date or time " + word + ", which no option takes; put it in quotes"
                  : "has " + word + " for a value; needs a number, true, false, or text in quotes: \"" + word + "\"");
    }
    at_ = end;
    return result;
  }

  /// Null where `word` is no number.
  Json number(const std::string& word) const {
    const bool negative = word[0] == '-';
    std::string digits = word.substr(negative || word[0] == '+' ? 1 : 0);
    if (digits == "inf")
      return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    if (digits == "nan") return std::numeric_limits<double>::quiet_NaN();
    int base = 10;
    for (const auto& [prefix, of] : {std::pair{"0x", 16}, std::pair{"0o", 8}, std::pair{"0b", 2}})
      if (word.rfind(prefix, 0) == 0) base = of;
    if (base != 10) digits = digits.substr(2);
    if (!only_between_digits('_', digits, base) || !only_between_digits('.', digits, base)) return {};
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    const bool padded = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    if (digits.empty() || !is_digit(digits[0], base) || (base == 10 && padded)) return {};
    const std::string text = (negative ? "-" : "") + digits;
    const char* const stop = text.data() + text.size();
    int64_t integer = 0;
    const auto whole = std::from_chars(text.data(), stop, integer, base);
    if (whole.ptr == stop && whole.ec == std::errc()) return integer;
    if (whole.ptr == stop)
      refuse("has " + word + ", which is beyond 64-bit integers; write it as a number with a point");
    double real = 0;
    const auto read = std::from_chars(text.data(), stop, real);
    const bool spelled = base == 10 && read.ptr == stop;
    if (spelled && read.ec == std::errc::result_out_of_range)
      refuse("has " + word + ", which is beyond what a double holds");
    return spelled && read.ec == std::errc() ? Json(real) : Json();
  }

  static bool is_digit(char c, int base) {
    return (c >= '0' && c <= '9') || (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
  }

  /// TOML wants a digit on both sides of "_" and ".".
  static bool only_between_digits(char mark, const std::string& text, int base) {
    for (size_t k = text.find(mark); k != std::string::npos; k = text.find(mark, k + 1))
      if (k == 0 || k + 1 == text.size() || !is_digit(text[k - 1], base) || !is_digit(text[k + 1], base)) return false;
    return true;
  }

  const std::string_view text_;
  const std::string& path_;
  size_t at_ = 0;
};

}  // namespace

Json parse_toml(std::string_view text, const std::string& path) { return Reader(text, path).document(); }

}  // namespace tenfold

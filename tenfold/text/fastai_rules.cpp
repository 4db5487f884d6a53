#include "tenfold/text/fastai_rules.h"

#include <cstring>
#include <utility>

#include "tenfold/text/eight_bytes.h"
#include "tenfold/text/fastai_words.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

size_t position_of(std::string_view text, std::string_view what, size_t from) {
  const void* found = memmem(text.data() + from, text.size() - from, what.data(), what.size());
  return found == nullptr ? text.npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

bool is_space(char32_t c) { return has(c, space); }

/// Bytes of the character that begins at `at` of valid UTF-8.
size_t length_at(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// Behind the characters from `at` on that have the property.
size_t skip(std::string_view text, size_t at, uint32_t property) {
  while (at < text.size()) {
    size_t next = at;
    if (!has(next_character(text, next), property)) break;
    at = next;
  }
  return at;
}

/// Where a character may stand three times: from `at` on the first one that is not ASCII, or is followed by two like
/// it.
size_t perhaps_repeated(std::string_view text, size_t at) {
  for (; at + 10 <= text.size(); at += 8) {
    const uint64_t bytes = eight::load(text.data() + at);
    const uint64_t others = (bytes ^ eight::load(text.data() + at + 1)) | (bytes ^ eight::load(text.data() + at + 2));
    const uint64_t places = eight::zero(others) | eight::not_ascii(bytes);
    if (places != 0) return at + eight::first(places);
  }
  return at;
}

/// Behind the first white space from `at` on; the text's size where no word follows.
size_t next_start(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    while (at + 8 <= text.size()) {
      const uint64_t bytes = eight::load(text.data() + at);
      const uint64_t spaces = eight::below(bytes, ' ' + 1) | eight::not_ascii(bytes);
      at += spaces == 0 ? 8 : eight::first(spaces);
      if (spaces != 0) break;
    }
    if (at == text.size()) return at;
    size_t length = space_length(text, at);
    if (length == 0) continue;
    for (; length > 0; length = at < text.size() ? space_length(text, at) : 0) at += length;
    return at;
  }
  return at;
}

/// A word that stands at `from` three times or more: its repetitions' count and where the last one ends.
struct Repeated {
  int64_t count = 0;
  size_t end = 0;
};
Repeated repeated_word(std::string_view text, size_t from, size_t end) {
  const std::string_view word = text.substr(from, end - from);
  Repeated repeated{1, end};
  while (true) {
    const size_t next = skip(text, repeated.end, space);
    if (next == repeated.end || !text.substr(next).starts_with(word)) return repeated;
    const size_t behind = next + word.size();
    if (skip(text, behind, Property::word) != behind) return repeated;  // only the start of a longer word
    ++repeated.count;
    repeated.end = behind;
  }
}

}  // namespace

void replace_all(Rewritten& text, std::string_view from, std::string_view to) {
  size_t at = position_of(text.text, from, 0);
  if (at == text.text.npos) return;
  text.next.clear();
  size_t done = 0;
  for (; at != text.text.npos; at = position_of(text.text, from, done)) {
    text.next.append(text.text.substr(done, at - done)).append(to);
    done = at + from.size();
  }
  text.next.append(text.text.substr(done));
  text.take();
}

void fix_html(Rewritten& text) {
  const auto holds = [&](char byte) { return text.text.find(byte) != text.text.npos; };
  if (holds(';')) {
    replace_all(text, "#39;", "'");
    replace_all(text, "amp;", "&");
    replace_all(text, "#146;", "'");
    replace_all(text, "nbsp;", " ");
    replace_all(text, "#36;", "$");
  }
  if (holds('\\')) replace_all(text, "\\n", "\n");
  if (holds(';')) replace_all(text, "quot;", "'");
  if (holds('<')) replace_all(text, "<br />", "\n");
  if (holds('\\')) replace_all(text, "\\\"", "\"");
  if (holds('<')) replace_all(text, "<unk>", "xxunk");
  if (holds('@')) {
    replace_all(text, " @.@ ", ".");
    replace_all(text, " @-@ ", "-");
  }
  replace_all(text, "...", " \xE2\x80\xA6");
  unescape_html(text);
}

void mark_repeated_characters(Rewritten& rewritten) {
  const std::string_view text = rewritten.text;
  size_t done = 0;
  bool found = false;
  for (size_t at = perhaps_repeated(text, 0); at < text.size(); at = perhaps_repeated(text, at)) {
    const size_t length = length_at(text, at);
    // The usual case first, by one byte: the next character is another one.
    if (at + 2 * length >= text.size() || text[at] != text[at + length]) {
      at += length;
      continue;
    }
    const std::string_view character = text.substr(at, length);
    size_t end = at + length, count = 1;
    for (; text.substr(end).starts_with(character); end += length) ++count;
    size_t first = at;
    if (count > 2 && !is_space(next_character(text, first))) {
      if (!found) rewritten.next.clear();
      found = true;
      rewritten.next.append(text.substr(done, at - done)).append(" xxrep ").append(std::to_string(count));
      rewritten.next.append(" ").append(character).append(" ");
      done = end;
    }
    at = end;
  }
  if (!found) return;
  rewritten.next.append(text.substr(done));
  rewritten.take();
}

void mark_repeated_words(Rewritten& rewritten) {
  const std::string_view text = rewritten.text;
  size_t done = 0;
  bool found = false;
  // A word counts behind white space or at the very start; that space goes with it. Behind a word that was marked, the
  // next one needs another space than the one taken. Only where three words begin alike can one stand three times.
  size_t first = 0, second = next_start(text, 0);
  if (!text.empty() && space_length(text, 0) > 0) first = std::exchange(second, next_start(text, second));
  while (second < text.size()) {
    const size_t third = next_start(text, second);
    if (third == text.size()) break;
    if (text[first] != text[second] || text[first] != text[third]) {
      first = std::exchange(second, third);
      continue;
    }
    const size_t end = skip(text, first, Property::word);
    const Repeated repeated = end > first ? repeated_word(text, first, end) : Repeated{};
    if (repeated.count < 3) {
      first = std::exchange(second, third);
      continue;
    }
    if (!found) rewritten.next.clear();
    found = true;
    size_t space_before = first;
    if (first > 0) previous_character(text, space_before);
    rewritten.next.append(text.substr(done, space_before - done)).append(" xxwrep ");
    rewritten.next.append(std::to_string(repeated.count)).append(" ").append(text.substr(first, end - first));
    rewritten.next.append(" ");
    done = repeated.end;
    if (done < text.size()) {
      size_t behind = done;
      next_character(text, behind);
      rewritten.next.append(text.substr(done, behind - done));
      done = behind;
    }
    first = next_start(text, done);
    second = next_start(text, first);
  }
  if (!found) return;
  rewritten.next.append(text.substr(done));
  rewritten.take();
}

std::string fastai_text(std::string_view original) {
  Rewritten text{.text = original, .scratch = {}, .next = {}};
  fix_html(text);
  mark_repeated_characters(text);
  mark_repeated_words(text);
  std::string buffer, whole = "xxbos";
  bool parted = false;  // by white space of the text itself, which stands for the space
  each_word(
      text.text, buffer,
      [&](std::string_view word) {
        if (!std::exchange(parted, false)) whole.push_back(' ');
        if (const auto marker = capitals_marker(word); !marker.empty()) whole.append(marker).push_back(' ');
        append_lower(word, whole);
      },
      [&](std::string_view gap) {
        if (buffer.size() > gap.size()) whole.push_back(' ');
        whole.append(gap);
        parted = true;
      });
  return whole;
}

}  // namespace tenfold::text

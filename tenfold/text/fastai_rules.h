#pragma once
// fastai's rules that rewrite a text before it is cut into words: those that look further than one word.

#include <string>
#include <string_view>

namespace tenfold::text {

/// A text on its way through rules. One that finds nothing copies nothing; the buffers are used again for the next
/// text.
struct Rewritten {
  std::string_view text;  ///< what the rules made of it: what was given, or `scratch`
  std::string scratch, next;
  /// `next` becomes the text.
  void take() {
    scratch.swap(next);
    text = scratch;
  }
};

/// Every `from` becomes `to`, left to right.
void replace_all(Rewritten& text, std::string_view from, std::string_view to);

/// Python's html.unescape: named (the longest name that fits) and numeric character references.
void unescape_html(Rewritten& text);

/// fastai 2.8's fix_html: pieces of HTML as data sets have them, then unescape_html. `&amp;` gives `&&` there, as here.
void fix_html(Rewritten& text);

/// A character three times or more in a row becomes ` xxrep COUNT CHARACTER `. White space does not count.
void mark_repeated_characters(Rewritten& text);

/// A word three times or more in a row becomes ` xxwrep COUNT WORD ` and the one character behind.
void mark_repeated_words(Rewritten& text);

/// All rules of fastai 2.8 in their order, as one text: `xxbos`, then words in lower case with the markers of their
/// capitals. What subword tokenisers are given. Valid UTF-8.
std::string fastai_text(std::string_view text);

}  // namespace tenfold::text

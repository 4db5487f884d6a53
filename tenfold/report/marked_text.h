#pragma once
// Texts whose words are shaded by what they meant to the network, and tables of which word looked at which.

#include <string>
#include <string_view>
#include <vector>

namespace tenfold::report {

/// A text in words, each with what it did to one output.
struct MarkedText {
  std::string caption;               ///< "actual: positive 0.123"
  std::vector<std::string> words{};  ///< as they are to be shown, one after the other with a space
  std::vector<double> weight{};      ///< one a word: above 0 it spoke for the output, below against it; any scale
};

/// The words, blue where they spoke for the output and orange where against it, darkest at the largest weight; others
/// see each word's share on pointing at it.
std::string marked_text(const MarkedText& text);
/// What the colours mean.
std::string marked_legend();

/// One pair of texts: how much each word of the second looked at each of the first.
struct Alignment {
  std::vector<std::string> source, target;  ///< words
  std::vector<std::vector<double>> weight;  ///< [target][source], shares from 0 to 1
  std::string reference;                    ///< what a human wrote; empty: nothing to compare with
};

/// A table for each pair, the words of the source across and those of the target down, cells shaded by weight.
std::string alignment_tables(const std::vector<Alignment>& pairs);

/// A text, what a human made of it, and what the network did.
struct TranslationRow {
  std::string source, reference, translation;
};

/// A table of them, or nothing.
std::string translation_table(const std::vector<TranslationRow>& rows);

}  // namespace tenfold::report

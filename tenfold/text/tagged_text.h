#pragma once
// Sentences whose words carry tags, from files: token TAB tag a line (CoNLL), or word/tag (Brown). Torch-free.

#include <string>
#include <vector>

namespace tenfold::text {

struct TaggedSentence {
  std::vector<std::string> words;
  std::vector<std::string> tags;  ///< one a word; empty where the file has none
  std::string file;
  long line = 0;  ///< of the file where it begins
};

struct TaggedFile {
  std::vector<TaggedSentence> sentences;
  std::vector<std::string> told;  ///< what is odd and was read nevertheless
};

/// A file, or a folder whose files that look tagged are read in order of their names. A line with a TAB, or two columns
/// between spaces, is a token and, in its last column, its tag; a line of only white space, or that begins with
/// -DOCSTART-, ends the sentence. A line of words each with a `/` is a sentence of word/tag, split at the last one; the
/// Brown corpus' marks of headlines, titles and citations (-hl, -tl, -nc) are left off its tags: they say where a word
/// stands. Throws FileError; DataError with file and line for a token without a tag, or a file without sentences.
TaggedFile read_tagged(const std::string& path);

/// Whether a file, or any file of a folder, looks so by its first lines.
bool looks_tagged(const std::string& path);

/// token TAB tag a line, an empty line behind each sentence.
std::string to_conll(const std::vector<TaggedSentence>& sentences);

}  // namespace tenfold::text

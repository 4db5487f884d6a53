#pragma once
// A file from the web, whole or not there: resumed where it was cut off, checked by its SHA-256, renamed at the end.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold::net {

/// A host that cannot be reached or does not give the file.
struct DownloadError : Error {
  DownloadError(std::string from, const std::string& problem) : Error(from + ": " + problem), url(std::move(from)) {}
  std::string url;
};

struct Download {
  std::string url;             ///< https, or http where it says so
  std::filesystem::path file;  ///< where it goes; its folder is made
  std::string sha256{};        ///< its sum or the first digits of it; empty takes the one that the server names, if any
};

struct DownloadWatch {
  std::function<void(int64_t done, int64_t all)> progress{};  ///< bytes on disk, and of the whole; 0 while unknown
  std::function<void(const std::string&)> message{};          ///< a line: another try, a wait
  std::function<bool()> interrupted{};                        ///< true stops within a second; what came stays
};

struct Patience {
  int tries = 5;    ///< in a row without a new byte
  double wait = 1;  ///< seconds before the second try; doubled each time, or as the server asks; at most 60
  int connect_seconds = 20;
  int stall_seconds = 30;  ///< a connection without a byte for so long is given up
};

struct Downloaded {
  enum class Outcome { fetched, there_already, interrupted } outcome = Outcome::fetched;
  int64_t bytes = 0;     ///< of the file; of the part where interrupted
  std::string sha256{};  ///< 64 digits; empty where interrupted
  bool checked = false;  ///< there was a sum to compare with
};

/// Fetches into FILE.part, goes on where an earlier call stopped, and renames it once it is whole and its sum is right.
/// A file that is there with the right sum is left; one with another sum is replaced. Two calls at once, of any
/// processes: the second waits for the first. A part is resumed where the sum is known, or where FILE.part.etag, left
/// beside it, lets the server tell whether the content is still the same. Throws DownloadError (host not reached: at
/// once; dropped, stalled, HTTP 408, 429, 5xx: after Patience::tries; other HTTP errors: at once), naming what is kept
/// on disk and how to place the file by hand; DataError for a wrong sum, the part being removed; FileError for a full
/// disk or a read-only folder.
Downloaded fetch(const Download& download, const DownloadWatch& watch = {}, const Patience& patience = {});

/// "46.8 MB".
std::string megabytes(int64_t bytes);

}  // namespace tenfold::net

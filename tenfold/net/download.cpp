#include "tenfold/net/download.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <system_error>
#include <thread>

#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/net/http.h"
#include "tenfold/net/part.h"

namespace tenfold::net {
namespace {

using Outcome = Downloaded::Outcome;
constexpr double kLongestWait = 60, kGlance = 0.1;  // seconds
constexpr int kOk = 200, kPartial = 206, kRangeNotSatisfiable = 416;

bool stop(const DownloadWatch& watch) { return watch.interrupted && watch.interrupted(); }
void say(const DownloadWatch& watch, const std::string& line) {
  if (watch.message) watch.message(line);
}
void show(const DownloadWatch& watch, int64_t done, int64_t all) {
  if (watch.progress) watch.progress(done, std::max<int64_t>(all, 0));
}

/// False where it was interrupted.
bool wait(double seconds, const DownloadWatch& watch) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    if (stop(watch)) return false;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(seconds, kGlance)));
  }
  return !stop(watch);
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

/// The file, where it is there with the right sum.
std::optional<Downloaded> there(const Download& download) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(download.file, none)) return std::nullopt;
  const std::string sum = sha256_of_file(download.file);
  if (!sum.starts_with(download.sha256)) return std::nullopt;
  return Downloaded{.outcome = Outcome::there_already,
                    .bytes = static_cast<int64_t>(std::filesystem::file_size(download.file, none)),
                    .sha256 = sum,
                    .checked = !download.sha256.empty()};
}

/// What a failure leaves and what to do: the end of every DownloadError.
DownloadError failed(const Download& download, const Part& part, const std::string& problem) {
  const std::string kept = part.size() == 0 ? "Nothing of it is on disk."
                                            : "The " + megabytes(part.size()) + " that came are kept in " +
                                                  part.path().string() + "; running again goes on from there.";
  return {download.url, problem + ". " + kept +
                            " To place the file by hand, fetch that address elsewhere and put it at " +
                            download.file.string()};
}

DownloadError unreachable(const Download& download, const Part& part, const std::string& reason) {
  return failed(download, part,
                host_of(download.url) + " cannot be reached (" + reason +
                    "); this machine may be offline: check the network, and https_proxy where it needs a proxy");
}

DownloadError refused(const Download& download, const Part& part, const std::string& reason) {
  return failed(download, part,
                host_of(download.url) + " gives nothing that can be trusted (" + reason +
                    "); check the address, the clock and the package ca-certificates");
}

DownloadError denied(const Download& download, const Part& part, int status) {
  const std::string answer = host_of(download.url) + " answers HTTP " + std::to_string(status);
  if (status == 404 || status == 410) return failed(download, part, answer + ": it has no such file (any more)");
  if (status == 401 || status == 403 || status == 407)
    return failed(download, part, answer + ": it does not give this file without a login, or a proxy forbids it");
  return failed(download, part, answer);
}

bool worth_another_try(int status) { return status == 408 || status == 429 || status >= 500; }

/// Asks for what the part lacks and adds it.
Ending ask(const Download& download, Part& part, const DownloadWatch& watch, const Patience& patience) {
  const std::string etag = part.etag();
  if (etag.empty() && download.sha256.empty()) part.cut(0);  // nothing could tell whether both halves belong together
  bool begun = false;
  const auto sink = [&](const Reply& reply, std::span<const std::byte> bytes) {
    if (!begun) {
      // Another place than asked for would leave a hole; the sum would show it, where there is one.
      if (reply.offset > part.size())
        throw failed(download, part, host_of(download.url) + " sends another range than asked");
      part.cut(reply.offset);
      part.set_etag(reply.etag);
    }
    begun = true;
    part.append(bytes);
    show(watch, part.size(), reply.total);
  };
  return get({.url = download.url,
              .offset = part.size(),
              .etag = etag,
              .connect_seconds = patience.connect_seconds,
              .stall_seconds = patience.stall_seconds},
             sink, watch.interrupted);
}

/// Until the part is whole; nothing where it was interrupted.
std::optional<Reply> complete(const Download& download, Part& part, const DownloadWatch& watch,
                              const Patience& patience) {
  bool reached = false;
  for (int failures = 0;;) {
    const int64_t before = part.size();
    const Ending ending = ask(download, part, watch, patience);
    const Reply& reply = ending.reply;
    if (ending.trouble == Trouble::interrupted) return std::nullopt;
    if (ending.trouble == Trouble::refused) throw refused(download, part, ending.reason);
    if (ending.trouble == Trouble::unreachable && !reached) throw unreachable(download, part, ending.reason);
    reached = true;
    std::string problem = ending.reason;
    if (ending.trouble == Trouble::none) {
      const bool came = reply.status == kOk || reply.status == kPartial;
      if (came && (reply.total < 0 || part.size() == reply.total)) return reply;
      if (reply.status == kRangeNotSatisfiable && part.size() == reply.total) return reply;  // it was whole already
      if (reply.status == kRangeNotSatisfiable)
        part.cut(0);
      else if (!came && !worth_another_try(reply.status))
        throw denied(download, part, reply.status);
      problem = "HTTP " + std::to_string(reply.status);
    }
    failures = part.size() > before ? 1 : failures + 1;
    if (failures >= patience.tries)
      throw failed(download, part,
                   host_of(download.url) + " failed " + std::to_string(failures) + " times in a row (last: " + problem +
                       "); try again later");
    const double pause = std::min(kLongestWait, std::max(std::ldexp(patience.wait, failures - 1), reply.retry_after));
    say(watch, host_of(download.url) + ": " + problem + "; trying again in " + number(pause) + " s");
    if (!wait(pause, watch)) return std::nullopt;
  }
}

/// Nothing where it was interrupted while another had the part.
std::optional<Part> claim(const Download& download, const DownloadWatch& watch) {
  for (bool said = false;; said = true) {
    if (auto part = Part::claim(download.file)) return part;
    if (!said) say(watch, "another download of " + download.file.filename().string() + " is under way; waiting for it");
    if (!wait(kGlance, watch)) return std::nullopt;
  }
}

void make_folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  std::error_code problem;
  if (!folder.empty()) std::filesystem::create_directories(folder, problem);
  if (problem) throw FileError(folder.string(), "cannot be made: " + problem.message() + "; choose another folder");
}

}  // namespace

std::string megabytes(int64_t bytes) {
  char text[48];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

Downloaded fetch(const Download& download, const DownloadWatch& watch, const Patience& patience) {
  if (const auto found = there(download)) return *found;
  make_folder_of(download.file);
  auto part = claim(download, watch);
  if (!part) return {.outcome = Outcome::interrupted};
  if (const auto found = there(download)) return *found;  // another has just finished it
  const auto reply = complete(download, *part, watch, patience);
  if (!reply) return {.outcome = Outcome::interrupted, .bytes = part->size()};
  const std::string wanted = download.sha256.empty() ? reply->sha256 : download.sha256;
  const std::string sum = sha256_of_file(part->path());
  if (!sum.starts_with(wanted)) {
    part->discard();
    throw DataError(part->path().string(), 0,
                    "came from " + download.url + " with SHA-256 " + sum + ", and the published one " +
                        (wanted.size() < sum.size() ? "begins with " : "is ") + wanted +
                        ". It is removed: run again; if that ends the same, the address or a proxy gives another file");
  }
  part->commit(download.file);
  return {.bytes = part->size(), .sha256 = sum, .checked = !wanted.empty()};
}

}  // namespace tenfold::net

#include "tenfold/net/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <exception>
#include <memory>
#include <string_view>

#include "tenfold/core/version.h"

namespace tenfold::net {
namespace {

constexpr long kRedirects = 10;
constexpr int kOk = 200, kPartial = 206;

/// What libcurl hands to its callbacks.
struct Transfer {
  const Sink& sink;
  const std::function<bool()>& interrupted;
  Reply reply{};
  int64_t length = -1;          ///< of the body
  std::exception_ptr thrown{};  ///< C code lies between a callback and get()
};

int64_t integer(std::string_view text) {
  int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "bytes 100-199/200", or "bytes */200" of a 416.
void read_range(std::string_view value, Reply& reply) {
  const size_t space = value.find(' '), slash = value.find('/');
  if (space == std::string_view::npos || slash == std::string_view::npos) return;
  reply.offset = std::max<int64_t>(integer(value.substr(space + 1)), 0);
  reply.total = integer(value.substr(slash + 1));
}

std::string unquoted(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void read_header(std::string_view line, Transfer& transfer) {
  auto& reply = transfer.reply;
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // of a redirect only the sum stays true of what it leads to
    reply = {.sha256 = reply.sha256};
    reply.status = static_cast<int>(integer(line.substr(std::min(line.find(' ') + 1, line.size()))));
    transfer.length = -1;
    return;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (name == "content-length") transfer.length = integer(value);
  if (name == "content-range") read_range(value, reply);
  if (name == "etag" && value.starts_with('"')) reply.etag = value;
  if (name == "x-linked-etag" && is_sha256(unquoted(value))) reply.sha256 = unquoted(value);
  if (name == "retry-after") reply.retry_after = static_cast<double>(std::max<int64_t>(integer(value), 0));
}

size_t on_header(char* text, size_t size, size_t count, void* transfer) {
  const std::string_view line(text, size * count);
  auto& to = *static_cast<Transfer*>(transfer);
  if (line == "\r\n" && to.reply.status == kOk) to.reply.total = to.length;
  read_header(line, to);
  return line.size();
}

size_t on_body(char* bytes, size_t size, size_t count, void* transfer) {
  auto& to = *static_cast<Transfer*>(transfer);
  if (to.reply.status != kOk && to.reply.status != kPartial) return size * count;  // a page about what went wrong
  try {
    to.sink(to.reply, std::as_bytes(std::span(bytes, size * count)));
    return size * count;
  } catch (...) {
    to.thrown = std::current_exception();
    return 0;
  }
}

int on_progress(void* transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& interrupted = static_cast<const Transfer*>(transfer)->interrupted;
  return interrupted && interrupted() ? 1 : 0;
}

/// What a redirect of `url` may lead to: never from https to http.
void allow_protocols(CURL* curl, const std::string& url) {
  const bool plain = url.starts_with("http://");
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, plain ? "http,https" : "https");
#else
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, plain ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS);
#endif
}

Trouble trouble_of(CURLcode code, const Reply& reply) {
  switch (code) {
    case CURLE_OK:
      return Trouble::none;
    case CURLE_ABORTED_BY_CALLBACK:
      return Trouble::interrupted;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return Trouble::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return reply.status == 0 ? Trouble::unreachable : Trouble::broken;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Trouble::refused;
    default:
      return Trouble::broken;
  }
}

struct Headers {
  curl_slist* list = nullptr;
  ~Headers() { curl_slist_free_all(list); }
};

}  // namespace

Ending get(const Request& request, const Sink& sink, const std::function<bool()>& interrupted) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, before any thread's first transfer
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
  if (ready != CURLE_OK || !handle) return {Trouble::refused, "libcurl cannot be started", {}};
  CURL* const curl = handle.get();
  Transfer transfer{.sink = sink, .interrupted = interrupted};
  char reason[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, ("tenfold/" + std::string(version)).c_str());
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kRedirects);
  allow_protocols(curl, request.url);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_seconds));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);  // bytes a second
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_seconds));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  Headers headers;
  if (request.offset > 0) {
    // Not CURLOPT_RESUME_FROM, which fails where a server sends the whole instead of the range.
    curl_easy_setopt(curl, CURLOPT_RANGE, (std::to_string(request.offset) + "-").c_str());
    if (!request.etag.empty()) headers.list = curl_slist_append(nullptr, ("If-Range: " + request.etag).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.list);
  }
  const CURLcode code = curl_easy_perform(curl);
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  return {trouble_of(code, transfer.reply), *reason ? reason : curl_easy_strerror(code), transfer.reply};
}

std::string host_of(const std::string& url) {
  const size_t scheme = url.find("://");
  const size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  return authority.substr(authority.rfind('@') + 1);  // npos + 1 is 0: no user named
}

}  // namespace tenfold::net

#pragma once
// One HTTP GET by libcurl: what came, or what went wrong in which way. What to do about it is download.h's.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace tenfold::net {

struct Request {
  std::string url;     ///< http or https; an https one is never redirected to http
  int64_t offset = 0;  ///< asks for the bytes from here on
  std::string etag;    ///< of the bytes before `offset`: where the content is another by now, all of it is sent
  int connect_seconds = 20;
  int stall_seconds = 30;  ///< without a byte
};

/// What the headers said, known before the first byte of the body. RFC 9110.
struct Reply {
  int status = 0;          ///< of the last of the redirects; 0 where nothing answered
  int64_t offset = 0;      ///< of the body in the whole: 0 unless the server honours the range
  int64_t total = -1;      ///< bytes of the whole, -1 where unsaid
  std::string etag;        ///< strong ones only: a weak one does not promise the same bytes
  std::string sha256;      ///< of the whole, where the publisher names it (X-Linked-ETag, as hubs of models do)
  double retry_after = 0;  ///< seconds that the server asks to wait
};

enum class Trouble {
  none,
  unreachable,  ///< no such host, no connection
  broken,       ///< the connection ended early or stalled: worth another try
  refused,      ///< no trusted certificate, no such protocol, endless redirects: another try is as bad
  interrupted,
};

struct Ending {
  Trouble trouble = Trouble::none;
  std::string reason;  ///< libcurl's words
  Reply reply;
};

/// Takes the body of a 200 or 206, piece by piece; what it throws ends the transfer and leaves get().
using Sink = std::function<void(const Reply&, std::span<const std::byte>)>;

/// `interrupted` is asked about once a second at least. Proxies as the environment names them (https_proxy, no_proxy).
Ending get(const Request& request, const Sink& sink, const std::function<bool()>& interrupted);

/// "host.org", or "127.0.0.1:8080" where a port is named.
std::string host_of(const std::string& url);

}  // namespace tenfold::net

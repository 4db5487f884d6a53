#pragma once
// A web server on loopback, as well or as badly behaved as a test wants: one function answers each request.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tenfold::net {

struct Asked {
  std::string path;
  std::map<std::string, std::string> headers;  ///< names in small letters
};

/// The client's connection; closed when the answering function returns.
class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}
  /// False once the client has gone.
  bool send(const std::string& bytes) const {
    for (size_t at = 0; at < bytes.size();) {
      const ssize_t sent = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += static_cast<size_t>(sent);
    }
    return true;
  }
  void head(const std::string& status, const std::string& headers) const {
    send("HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n");
  }
  void answer(const std::string& status, const std::string& body = "", const std::string& headers = "") const {
    head(status, headers + "Content-Length: " + std::to_string(body.size()) + "\r\n");
    send(body);
  }
  /// Returns when the client hangs up.
  void wait_for_the_client_to_go() const {
    char byte;
    while (::recv(socket_, &byte, 1, 0) > 0) continue;
  }

 private:
  int socket_;
};

class Server {
 public:
  /// `number` counts the requests from 0.
  using Answer = std::function<void(const Connection&, const Asked&, size_t number)>;

  explicit Server(Answer answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    ::setenv("no_proxy", "127.0.0.1", 1);  // a proxy of this machine does not see its loopback
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, length) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, any, &length) != 0)
      throw std::runtime_error("no server on loopback");
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    ::close(listener_);
    for (auto& each : answering_) each.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void accept_all() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      answering_.emplace_back([this, socket] {
        const Asked asked = read(socket);
        size_t number = 0;
        {
          const std::lock_guard lock(mutex_);
          number = asked_.size();
          asked_.push_back(asked);
        }
        answer_(Connection(socket), asked, number);
        ::close(socket);
      });
    }
  }

  static Asked read(int socket) {
    std::string text;
    char byte;
    while (!text.ends_with("\r\n\r\n") && ::recv(socket, &byte, 1, 0) == 1) text += byte;
    Asked asked;
    const size_t begin = text.find(' ') + 1;
    asked.path = text.substr(begin, text.find(' ', begin) - begin);
    for (size_t at = text.find("\r\n") + 2; at < text.size();) {
      const size_t end = text.find("\r\n", at), colon = text.find(": ", at);
      if (colon < end) {
        std::string name = text.substr(at, colon - at);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        asked.headers[name] = text.substr(colon + 2, end - colon - 2);
      }
      at = end + 2;
    }
    return asked;
  }

  Answer answer_;
  int listener_ = -1, port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::thread accepting_;
  std::vector<std::thread> answering_;
};

/// The place from which the request wants the content on; 0 without a range, or where If-Range names another ETag.
inline size_t from(const Asked& asked, const std::string& etag) {
  const auto range = asked.headers.find("range"), condition = asked.headers.find("if-range");
  if (range == asked.headers.end()) return 0;
  if (condition != asked.headers.end() && condition->second != etag) return 0;
  return std::stoul(range->second.substr(std::string("bytes=").size()));
}

/// A good server's headers for `content` from `start` on, all of it where that is 0.
inline void head_of(const Connection& to, const std::string& content, const std::string& etag, size_t start) {
  const std::string tag = etag.empty() ? "" : "ETag: " + etag + "\r\n";
  const std::string size = std::to_string(content.size());
  if (start >= content.size() && start > 0)
    to.head("416 Range Not Satisfiable", "Content-Range: bytes */" + size + "\r\nContent-Length: 0\r\n");
  else if (start > 0)
    to.head("206 Partial Content", tag + "Content-Range: bytes " + std::to_string(start) + "-" +
                                       std::to_string(content.size() - 1) + "/" + size +
                                       "\r\nContent-Length: " + std::to_string(content.size() - start) + "\r\n");
  else
    to.head("200 OK", tag + "Content-Length: " + size + "\r\n");
}

/// Answers as a good server does.
inline void serve(const Connection& to, const Asked& asked, const std::string& content, const std::string& etag = "") {
  const size_t start = from(asked, etag);
  head_of(to, content, etag, start);
  if (start < content.size()) to.send(content.substr(start));
}

}  // namespace tenfold::net

#pragma once
// tenfold recommend: options as the thin program reads them.

#include <cstdint>
#include <string>

#include "tenfold/cli/command.h"

namespace tenfold::cli {

struct RecommendFlags {
  std::string user;
  int64_t top = 10;
  std::string rated;
  bool all = false;
};

template <class Visitor>
void fields(Visitor&& visit, RecommendFlags& o) {
  visit("user", o.user, "who is recommended to, as the table calls them; one it has not seen gets what most like");
  visit("top", o.top, "how many items");
  visit("rated", o.rated,
        "CSV file of ratings whose items are left out where they are the user's; empty takes the one trained on");
  visit("all", o.all, "recommend what the user has rated, too");
}

/// Throws ConfigError.
RecommendFlags recommend_request(const Arguments& arguments);

}  // namespace tenfold::cli

#pragma once
// What the examples share: saying what is expected beside what came, and a folder that goes away again.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "tenfold/vision.h"

/// Prints each expectation with what came; the program ends with 1 where one failed.
class Expect {
 public:
  void that(const std::string& what, bool holds) { say(what, holds ? "so it is" : "it is not", holds); }
  void at_least(const std::string& what, double least, double got) {
    say(what + " at least " + number(least), number(got), got >= least);
  }
  void equal(const std::string& what, double wanted, double got) {
    say(what + " " + number(wanted), number(got), wanted == got);
  }
  int result() const { return failed_ ? 1 : 0; }

  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
  }

 private:
  void say(const std::string& expected, const std::string& got, bool holds) {
    std::printf("%s  expected: %s; got: %s\n", holds ? "ok    " : "FAILED", expected.c_str(), got.c_str());
    failed_ = failed_ || !holds;
  }
  bool failed_ = false;
};

/// An empty folder that is removed at the end of the program.
struct Scratch {
  Scratch() {
    path = (std::filesystem::temp_directory_path() / "tenfold-example-XXXXXX").string();
    if (!mkdtemp(path.data())) throw std::runtime_error("no folder can be made in the temporary folder");
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

/// Share of the validation pictures that the network names right, one plain look at each.
inline double accuracy(tenfold::Learner& learn) {
  const auto looked = tenfold::predict(learn, tenfold::Split::valid);
  return tenfold::evaluate(learn.task(), looked, {"accuracy"}).metrics.at("accuracy");
}

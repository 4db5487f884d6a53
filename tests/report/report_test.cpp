#include "tenfold/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>

#include "tenfold/core/file.h"
#include "tenfold/core/options.h"
#include "tests/report/sample.h"
#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

Json embedded(const std::string& html) {
  const std::string start = "<script type=\"application/json\" id=\"data\">";
  const size_t begin = html.find(start) + start.size();
  return Json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

const Json& chart(const Json& data, const std::string& id) {
  for (const auto& one : data.at("charts"))
    if (one.at("id") == id) return one;
  throw std::out_of_range("no chart " + id);
}

bool has_section(const std::string& html, const std::string& id) {
  return html.find("<section id=\"" + id + "\"") != std::string::npos;
}

const std::vector<std::string> kSections{"notes",     "learning", "schedule", "finder", "epochs",   "speed",
                                         "confusion", "losses",   "batch",    "recipe", "embedding"};
const std::vector<std::string> kOtherTasks{"labels", "outputs"};

TEST(Report, AFullPageHasEveryPartAndIsWellFormed) {
  const std::string page = html(sample_page());
  EXPECT_EQ(trouble_in(page), "");
  for (const auto& id : kSections) {
    EXPECT_TRUE(has_section(page, id)) << id;
    EXPECT_THAT(page, HasSubstr("<a href=\"#" + id + "\">"));
  }
  for (const char* id : {"loss", "metric accuracy", "metric error_rate", "rate", "momentum", "sweep 0", "speed"})
    EXPECT_THAT(page, HasSubstr("data-chart=\"" + std::string(id) + "\""));
  EXPECT_EQ(embedded(page).at("charts").size(), 8u);
  EXPECT_THAT(page, HasSubstr("<div id=\"pairs\">"));
  EXPECT_THAT(page,
              HasSubstr("<td>head</td><td class=\"n\">2</td><td class=\"n\">564</td><td>0.01</td><td>cosine</td>"));
  EXPECT_THAT(page, HasSubstr("<dd class=\"wrong\">✗ "));
  EXPECT_THAT(page, HasSubstr("<dd class=\"right\">✓ "));
}

TEST(Report, EmptyPartsAreLeftOut) {
  const std::string page = html({});
  EXPECT_EQ(trouble_in(page), "");
  for (const auto& id : kSections) EXPECT_FALSE(has_section(page, id)) << id;
  for (const auto& id : kOtherTasks) EXPECT_FALSE(has_section(page, id)) << id;
  EXPECT_THAT(page, HasSubstr("<h1>Report</h1>"));
  EXPECT_THAT(page, Not(HasSubstr("<nav")));
}

TEST(Report, TopLossesHaveTheirHeatBesideThem) {
  Page page = sample_page(20, 40, 2);
  const std::string text = html(page);
  EXPECT_THAT(text, HasSubstr("losses heated"));
  EXPECT_THAT(text, HasSubstr("linear-gradient(90deg,#808080,#7a2a6a,#f0d060)"));
  EXPECT_THAT(text, HasSubstr("<p>predicted: coat</p>"));
  EXPECT_THAT(text, HasSubstr("<p>actual: t-shirt/top</p>"));
  for (auto& row : page.top_losses) row.heat.clear();
  page.heat_scale.clear();
  page.heat_note = "no <places>";
  const std::string without = html(page);
  EXPECT_THAT(without, Not(HasSubstr("losses heated")));
  EXPECT_THAT(without, Not(HasSubstr("linear-gradient(90deg")));
  EXPECT_THAT(without, HasSubstr("No heat maps: no &lt;places&gt;"));
}

TEST(Report, LabelsTakeThePlaceOfTheMatrix) {
  const std::string text = html(sample_labels_page());
  EXPECT_EQ(trouble_in(text), "");
  EXPECT_TRUE(has_section(text, "labels"));
  EXPECT_FALSE(has_section(text, "confusion"));
  const Json threshold = chart(embedded(text), "threshold");
  EXPECT_EQ(threshold.at("curves").at(0).at("series").size(), 4u);
  EXPECT_EQ(threshold.at("marks").at(0).at("text"), "used 0.2");
  EXPECT_THAT(text, HasSubstr("Items: valid."));
}

TEST(Report, OutputsTakeThePlaceOfTheMatrix) {
  const std::string text = html(sample_outputs_page());
  EXPECT_EQ(trouble_in(text), "");
  EXPECT_TRUE(has_section(text, "outputs"));
  const Json data = embedded(text);
  EXPECT_EQ(data.at("scatters").size(), 2u);
  EXPECT_EQ(data.at("scatters").at(0).at("diagonal"), true);
  EXPECT_EQ(chart(data, "residual 1").at("curves").at(0).at("series").at(0).at("stroke"), "bars");
  EXPECT_THAT(text, Not(HasSubstr("✗"))) << "values are not right or wrong";
  EXPECT_THAT(text, Not(HasSubstr("<dt>probability</dt>")));
}

TEST(Report, ASweepAloneIsAPage) {
  Page page{.title = "Learning rate", .summary = {{"valley", "8.3e-4"}}};
  page.lr_plots = {sample_sweep()};
  const std::string text = html(page);
  EXPECT_EQ(trouble_in(text), "");
  for (const auto& id : kSections) EXPECT_EQ(has_section(text, id), id == "finder") << id;
  const Json sweep = chart(embedded(text), "sweep 0");
  EXPECT_EQ(sweep.at("x"), "log");
  EXPECT_EQ(sweep.at("marks").size(), 4u);
  EXPECT_EQ(sweep.at("marks").at(0).at("text"), "valley 8.3e-4");
  EXPECT_EQ(sweep.at("band"), Json({4.4e-4, 1.6e-3}));
}

TEST(Report, LoadsNothingFromOutside) {
  const std::string page = html(sample_page());
  EXPECT_THAT(page,
              HasSubstr("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"));
  for (const char* outside : {"src=\"http", "href=\"http", "@import", "url(", "<link"})
    EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(Report, HostileTextStaysText) {
  const std::string evil = "<script>alert('x')</script>\"&\xFF";
  Page page = sample_page(20, 40, 2);
  page.title = evil;
  page.summary = {{evil, evil}};
  page.classes.assign(10, evil);
  page.recipe = "# " + evil + "\n[" + evil + "]\n" + evil + " = " + evil + "\n" + evil;
  page.notes = {evil};
  for (auto& picture : page.sample_batch) picture.caption = picture.media_type = evil;
  for (auto& row : page.top_losses) {
    row.name = row.actual = row.predicted = evil;
    for (auto& heat : row.heat) heat.caption = heat.media_type = evil;
  }
  page.heat_scale = {evil};
  page.heat_note = page.embedding_note = page.split = evil;
  auto& map = page.embedding;
  map.id = map.title = map.ring_name = map.sheet.media_type = evil;
  map.groups.assign(10, evil);
  map.name.assign(map.x.size(), evil);
  map.note.assign(map.x.size(), evil);
  page.labels = {{.name = evil}};
  page.outputs = {{.name = evil, .actual = {1}, .predicted = {2}, .item = {evil}, .figures = {{evil, 1}}}};
  for (auto& stage : page.record.stages) {
    stage.name = evil;
    stage.groups.assign(3, evil);
    stage.plan = {{evil, evil}, {"shape", {{evil, evil}}}};
  }
  for (auto& epoch : page.record.epochs) epoch.metrics = {{evil, 1}};
  page.lr_plots.front().title = evil;
  page.lr_plots.front().suggestions = {{evil, 1e-3}};
  const std::string text = html(page);
  EXPECT_EQ(trouble_in(text), "");
  EXPECT_THAT(text, Not(HasSubstr("<script>alert")));
  EXPECT_EQ(embedded(text).at("stages").at(0).at("name"), "<script>alert('x')</script>\"&\xEF\xBF\xBD");
}

TEST(Report, LongRunsStaySmallAndKeepTheirPeaks) {
  Page page = sample_page(2000, 8000, 20);
  page.sample_batch.clear();
  page.top_losses.clear();
  page.embedding = {};
  page.record.steps[6543].loss = 77;
  page.record.steps[1234].loss = -3;
  const std::string text = html(page);
  EXPECT_LT(text.size(), 400'000u);
  const Json loss = chart(embedded(text), "loss").at("curves").at(0);
  EXPECT_LT(loss.at("x").size(), 3200u);
  EXPECT_EQ(loss.at("x").front(), 0);
  EXPECT_EQ(loss.at("x").back(), 9999);
  double peak = 0, dip = 0;
  for (size_t k = 0; k < loss.at("x").size(); ++k) {
    const double y = loss.at("series").at(0).at("y").at(k);
    if (y == 77) peak = loss.at("x").at(k);
    if (y == -3) dip = loss.at("x").at(k);
  }
  EXPECT_EQ(peak, 6543);
  EXPECT_EQ(dip, 1234);
}

TEST(Report, SchedulesAreDrawnAsRun) {
  const Page page = sample_page(100, 400, 4);
  const Json data = embedded(html(page));
  EXPECT_EQ(data.at("stages").size(), 2u);
  EXPECT_EQ(data.at("stages").at(1).at("from"), 100);
  EXPECT_EQ(data.at("stages").at(1).at("to"), 499);
  EXPECT_NEAR(data.at("stages").at(1).at("steps_per_epoch").get<double>(), 100, 1e-3);
  const Json rate = chart(data, "rate").at("curves").at(0);
  ASSERT_EQ(rate.at("series").size(), 3u);
  EXPECT_EQ(rate.at("series").at(2).at("name"), "head");
  EXPECT_TRUE(rate.at("series").at(0).at("y").at(50).is_null());  // frozen
  EXPECT_NEAR(rate.at("series").at(2).at("y").at(0).get<double>(), 1e-2, 1e-9);
  EXPECT_NEAR(rate.at("series").at(0).at("y").at(200).get<double>(), page.record.steps[200].lr[0], 1e-9);
  EXPECT_EQ(chart(data, "rate").at("y"), "log");  // groups differ by a hundred
  EXPECT_NEAR(chart(data, "momentum").at("curves").at(0).at("series").at(0).at("y").at(200).get<double>(),
              *page.record.steps[200].momentum, 1e-6);
}

TEST(Report, ALossThatIsNoNumberLeavesAGap) {
  Page page{.title = "broken"};
  page.record = sample_record(10, 20, 1);
  page.record.steps[15].loss = page.record.steps[15].smooth_loss = std::nan("");
  page.record.epochs[0].valid_loss.reset();
  page.record.epochs[1].valid_loss = std::nan("");
  const std::string text = html(page);
  EXPECT_EQ(trouble_in(text), "");
  EXPECT_TRUE(chart(embedded(text), "loss").at("curves").at(0).at("series").at(0).at("y").at(15).is_null());
}

TEST(Report, EpochsWithoutStepsStillDraw) {
  Page page;
  page.record.epochs = {{.train_loss = 1, .seconds = 2, .images_per_second = 50},
                        {.epoch = 1, .steps = 20, .train_loss = 0.5, .seconds = 2, .images_per_second = 50}};
  const Json data = embedded(html(page));
  EXPECT_EQ(chart(data, "loss").at("curves").at(0).at("series").at(0).at("y"), Json({1, 0.5}));
}

TEST(Report, WritesTheFileWhole) {
  // TENFOLD_SAMPLES keeps the pages, to look at them in a browser.
  const char* kept = std::getenv("TENFOLD_SAMPLES");
  const auto folder =
      kept ? std::filesystem::path(kept)
           : std::filesystem::temp_directory_path() / ("tenfold_report_" + std::to_string(std::random_device{}()));
  std::filesystem::create_directories(folder);
  const Page page = sample_page();
  write(folder / "report.html", page);
  EXPECT_EQ(read_file(folder / "report.html"), html(page));
  if (!kept) {
    std::filesystem::remove_all(folder);
    return;
  }
  Page sweep{.title = "Learning rate", .summary = {{"valley", "8.3e-4"}}};
  sweep.lr_plots = {sample_sweep()};
  write(folder / "sweep.html", sweep);
  Page many = sample_page(2000, 8000, 20);
  many.classes.clear();
  for (int k = 0; k < 40; ++k) many.classes.push_back("class number " + std::to_string(k));
  many.confusion = sample_confusion(40, 50);
  many.embedding = sample_embedding(2000);
  write(folder / "many.html", many);
  write(folder / "labels.html", sample_labels_page());
  write(folder / "outputs.html", sample_outputs_page());
}

}  // namespace
}  // namespace tenfold::report

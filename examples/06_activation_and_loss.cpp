// Technique 6: the output activation and the loss follow from the target. What does not fit is refused with the reason.

#include "example.h"
#include "pictures.h"
#include "tenfold/nn/loss.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;

  // Pictures of one to three figures: their names are several labels, the largest radius is a number.
  std::ofstream labels(scratch.path + "/labels.csv");
  labels << "file,figures,largest\n";
  for (int k = 0; k < 800; ++k) {
    Draw draw(3, 0, static_cast<uint64_t>(k), Purpose::other);
    std::vector<Figure> figures;
    std::string names;
    double largest = 0;
    for (const char* name : {"cross", "disc", "square"})
      if (draw.chance(0.5) || (name == std::string("square") && figures.empty())) {
        figures.push_back(placed(name, 24, draw));
        names += (names.empty() ? "" : " ") + figures.back().name;
        largest = std::max(largest, figures.back().radius / 24);
      }
    const std::string file = std::to_string(k) + ".png";
    write_png(scratch.path + "/" + file, drawn(figures, 24, draw));
    labels << file << "," << names << "," << largest << "\n";
  }
  labels.close();

  const auto train = [&](const std::string& column, const std::string& task, std::vector<std::string> metrics) {
    auto data = vision::load({.path = scratch.path,
                              .csv = scratch.path + "/labels.csv",
                              .label_columns = {column},
                              .task = task,
                              .size = 24,
                              .augment = vision::Augment::none});
    if (task == "regression") data.task.range = {0.1, 0.45};  // a scaled sigmoid: no radius leaves it
    const auto& row = nn::row(data.task.kind);
    std::printf("%s: %s → %s, %s\n", column.c_str(), std::string(row.target).c_str(),
                std::string(row.activation).c_str(), std::string(row.loss).c_str());
    auto learn = vision::learner(data, {.backbone = "small_resnet"}, {.metrics = std::move(metrics)});
    learn.fit({.lr = 5e-3, .shape = OneCycle{.epochs = 8}});
    return learn;
  };
  auto several = train("figures", "multi_label", {"accuracy"});
  auto size = train("largest", "regression", {"r2"});
  const auto last = [](Learner& learn) { return learn.record().epochs.back().metrics; };
  expect.at_least("share of right answers, three a picture", 0.70, last(several).at("accuracy"));
  expect.at_least("R² of a size, by a scaled sigmoid", 0.50, last(size).at("r2"));

  try {  // a softmax would share one probability among labels that occur together
    nn::loss({.kind = nn::TaskKind::single_label, .classes = 3}, at::zeros({1, 3}), at::ones({1, 3}));
    expect.that("several labels are refused where one is wanted", false);
  } catch (const ConfigError& error) {
    std::printf("refused: %s\n", error.what());
  }
  return expect.result();
}

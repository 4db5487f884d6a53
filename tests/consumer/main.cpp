// Ten lines that train nothing and use every layer: a schedule, a network of the registry, its features.
#include <tenfold/vision.h>

#include <iostream>

int main() {
  auto network = tenfold::vision::backbone("small_resnet").make(42);
  network->eval();
  const auto features = network->forward(torch::zeros({1, 3, 32, 32}));
  std::cout << "epochs " << tenfold::epochs(tenfold::Sgdr{}) << ", features " << features.size(1) << "\n";
}

#pragma once
// The commands that compute with tensors. Each takes its arguments as its `here` has checked them.

#include "tenfold/cli/command.h"

namespace tenfold::cli {

Answer inspect(const Arguments& arguments);
Answer find_rate(const Arguments& arguments);
Answer train(const Arguments& arguments);
Answer evaluate_model(const Arguments& arguments);
Answer predict_items(const Arguments& arguments);
Answer generate_text(const Arguments& arguments);
Answer recommend(const Arguments& arguments);
Answer explain(const Arguments& arguments);
Answer explain_task(const Arguments& arguments);
Answer rank_networks(const Arguments& arguments);
Answer list_models(const Arguments& arguments);
Answer pull_models(const Arguments& arguments);
Answer verify_models(const Arguments& arguments);
Answer doctor(const Arguments& arguments);

}  // namespace tenfold::cli

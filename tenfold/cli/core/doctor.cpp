// tenfold doctor.

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/machine_facts.h"
#include "tenfold/cli/terminal.h"
#include "tenfold/core/version.h"
#include "tenfold/train/machine.h"
#include "tenfold/vision/learner.h"

namespace tenfold::cli {
namespace {

constexpr double kLittleDisk = 2, kLittleMemory = 2;  // GiB: a feature cache, and a small network with its loader

#ifdef _OPENMP
constexpr bool kParallelKernels = true;
#else
constexpr bool kParallelKernels = false;
#endif

std::string gib(double value) { return number(value, 3) + " GiB"; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "none that matters here" : text;
}

/// Names of the networks whose published weights are in the model folder.
std::vector<std::string> weights_here() {
  std::vector<std::string> names;
  for (const auto& row : vision::backbones()) {
    try {
      if (!row.file.empty())
        vision::resolve_weights({.backbone = row.name, .weights = "pretrained"}, row), names.push_back(row.name);
    } catch (const Error&) {
      continue;
    }
  }
  return names;
}

/// What is missing or holds this machine back, each with what to do.
std::vector<std::string> findings(const MachineFacts& facts, bool bf16, const std::vector<std::string>& weights,
                                  double disk) {
  std::vector<std::string> out;
  if (!bf16)
    out.push_back(
        "no bf16 in this processor (AVX512-BF16 or AMX): training runs in fp32, at a half to a third of the speed");
  if (!kParallelKernels)
    out.push_back(
        "built without OpenMP (by clang): some kernels run on one thread; the release preset with g++ is faster");
  if (facts.cores_usable < facts.cores_online)
    out.push_back("only " + std::to_string(facts.cores_usable) + " of " + std::to_string(facts.cores_online) +
                  " cores may be used by this process (taskset, container)");
  const double memory =
      facts.memory_limit_gib > 0 ? std::min(facts.memory_limit_gib, facts.memory_free_gib) : facts.memory_free_gib;
  if (memory > 0 && memory < kLittleMemory)
    out.push_back("only " + gib(memory) + " of memory are free: use a small --batch and --workers 1");
  if (disk < kLittleDisk)
    out.push_back("only " + gib(disk) + " are free on this disk: checkpoints and cached features may not fit");
  if (weights.empty())
    out.push_back("no pretrained weights in " + vision::model_folder().string() +
                  ": `tenfold models pull NAME` fetches them; or set TENFOLD_MODELS to the folder that has them");
  return out;
}

}  // namespace

Answer doctor(const Arguments&) {
  const MachineFacts facts = machine_facts();
  const LearnerOptions picked = resolved({}, nn::TaskKind::single_label);
  const bool bf16 = picked.precision == Precision::bf16;
  const auto weights = weights_here();
  const double disk = free_disk_gib(".");
  const auto problems = findings(facts, bf16, weights, disk);
  const std::vector<std::vector<std::string>> rows = {
      {"tenfold", std::string(version) + ", compiler " + __VERSION__},
      {"LibTorch", std::string(TORCH_VERSION) + (torch::cuda::is_available() ? ", with a GPU" : ", CPU only")},
      {"processor", facts.processor},
      {"cores", std::to_string(facts.cores_usable) + " usable of " + std::to_string(facts.cores_online)},
      {"instructions", joined(facts.instructions)},
      {"memory", gib(facts.memory_free_gib) + " free of " + gib(facts.memory_gib) +
                     (facts.memory_limit_gib > 0 ? ", limited to " + gib(facts.memory_limit_gib) : "")},
      {"disk", gib(disk) + " free here"},
      {"auto precision", bf16 ? "bf16" : "fp32"},
      {"auto threads",
       std::to_string(picked.threads) + " that compute, " + std::to_string(picked.workers) + " that read and decode"},
      {"model folder", vision::model_folder().string()},
      {"weights here", weights.empty() ? "none" : joined(weights)},
  };
  std::string text = table(rows, {});
  text += problems.empty() ? "\nnothing is missing\n" : "\nto know\n";
  for (const auto& problem : problems) text += wrap(problem, terminal(STDOUT_FILENO).width, 2);
  return {.text = text,
          .json = {{"version", version},
                   {"libtorch",
                    {{"version", TORCH_VERSION}, {"cuda", torch::cuda::is_available()}, {"build", at::show_config()}}},
                   {"machine",
                    {{"processor", facts.processor},
                     {"cores", facts.cores_usable},
                     {"cores_online", facts.cores_online},
                     {"instructions", facts.instructions},
                     {"memory_gib", facts.memory_gib},
                     {"memory_free_gib", facts.memory_free_gib},
                     {"memory_limit_gib", facts.memory_limit_gib},
                     {"disk_free_gib", disk}}},
                   {"auto",
                    {{"precision", bf16 ? "bf16" : "fp32"}, {"threads", picked.threads}, {"workers", picked.workers}}},
                   {"models", {{"folder", vision::model_folder().string()}, {"weights", weights}}},
                   {"findings", problems}}};
}

}  // namespace tenfold::cli

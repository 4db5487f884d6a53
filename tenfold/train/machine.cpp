#include "tenfold/train/machine.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/cpu/Utils.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/threads.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

constexpr int kMostThreads = 8;  // beyond, small batches gain little, and the count is part of what a seed means

void at_least(const char* option, int64_t value, int64_t least) {
  if (value < least)
    throw ConfigError(option, "is " + std::to_string(value) + "; needs at least " + std::to_string(least));
}

}  // namespace

int cores() { return threads_for(0); }

bool prefers_bf16(const torch::Device& device) {
  if (!device.is_cpu()) return true;
  const auto capabilities = at::cpu::get_cpu_capabilities();
  for (const char* name : {"avx512_bf16", "amx_bf16", "bf16"})
    if (const auto found = capabilities.find(name); found != capabilities.end() && found->second.toBool()) return true;
  return false;
}

torch::Device device_named(const std::string& name) {
  try {
    const torch::Device device(name);
    if (device.is_cpu() || (device.is_cuda() && at::globalContext().hasCUDA())) return device;
    throw ConfigError("device",
                      "is \"" + name + "\", which this LibTorch cannot use; take cpu, or a LibTorch built for it");
  } catch (const c10::Error&) {
    throw ConfigError("device", "is \"" + name + "\"; needs cpu, cuda or cuda:N");
  }
}

LearnerOptions resolved(LearnerOptions options, nn::TaskKind task) {
  at_least("batch", options.batch, 1);
  at_least("threads", options.threads, 0);
  at_least("workers", options.workers, 0);
  at_least("skip_broken", options.skip_broken, 0);
  const auto device = device_named(options.device);
  if (options.threads == 0) options.threads = std::min(cores(), kMostThreads);
  if (options.workers == 0) options.workers = cores();
  if (options.precision == Precision::automatic)
    options.precision = prefers_bf16(device) ? Precision::bf16 : Precision::fp32;
  if (options.metrics.empty()) options.metrics = default_metrics(task);
  for (const auto& name : options.metrics) metric(name, task);
  return options;
}

void pin_threads(int threads) {
  if (at::get_num_threads() != threads) at::set_num_threads(threads);
}

}  // namespace tenfold

#include "tenfold/cli/commands/generate.h"

#include <filesystem>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/commands/predict.h"

namespace tenfold::cli {

text::GenerateOptions generate_request(const Arguments& arguments) {
  return own_options<text::GenerateOptions>(arguments);
}

std::string language_file(const std::string& run_or_file) {
  const auto beside = std::filesystem::path(run_or_file) / "language.safetensors";
  return std::filesystem::exists(beside) ? beside.string() : model_file(run_or_file);
}

Command generate_command() {
  return {
      .name = "generate",
      .summary = "let a language model go on with a text",
      .help =
          R"(Writes what the model finds likely after TEXT, a token at a time. A run that learnt a language first (ULMFiT) keeps that
model as language.safetensors.

  tenfold generate runs/reviews "This film"
  tenfold generate runs/reviews "This film" --tokens 100 --temperature 0.5 --seed 7)",
      .positionals = {{.name = "MODEL", .help = "run folder, or a language model's file"},
                      {.name = "TEXT", .help = "the beginning, at least one word"}},
      .flags = flags_of(describe(text::GenerateOptions{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        language_file(arguments.positionals.at(0));
        generate_request(arguments);
        return std::nullopt;
      }};
}

}  // namespace tenfold::cli

// tenfold generate.

#include "tenfold/text/generate.h"

#include "tenfold/bundle/bundle.h"
#include "tenfold/cli/commands/generate.h"
#include "tenfold/cli/core/commands.h"
#include "tenfold/core/error.h"
#include "tenfold/text/numbering.h"

namespace tenfold::cli {

Answer generate_text(const Arguments& arguments) {
  const auto request = generate_request(arguments);
  const std::string path = language_file(arguments.positionals.at(0));
  const Bundle bundle = load_bundle(path);
  auto* model = dynamic_cast<text::AwdLstm*>(bundle.model.get());
  if (!model) throw UsageError("'" + path + "' is no language model; train one with stages of learn = \"language\"");
  const auto& numbering = std::get<TextPipeline>(bundle.pipeline.of).numbering;
  const auto begin = text::numericaliser(numbering, {}).ids(arguments.positionals.at(1));
  std::vector<std::string> words;
  for (const int32_t id : begin) words.push_back(numbering.vocab.token(id));
  for (const int32_t id : text::generate(*model, numbering.vocab, begin, request))
    words.push_back(numbering.vocab.token(id));
  const std::string written = text::written(words);
  return {.text = written + "\n", .json = {{"text", written}, {"tokens", words}}};
}

}  // namespace tenfold::cli

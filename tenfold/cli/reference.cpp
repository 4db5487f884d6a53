#include "tenfold/cli/reference.h"

#include "tenfold/cli/help.h"
#include "tenfold/cli/recipe_flags.h"
#include "tenfold/schedule/shape.h"

namespace tenfold::cli {
namespace {

/// The field with its short names in its text.
Field with_short_names(const Flag& flag) {
  Field field = flag.field;
  for (size_t k = 1; k < flag.names.size(); ++k) field.help += (k > 1 ? ", `--" : ". Short: `--") + flag.names[k] + "`";
  return field;
}

template <class One>
std::string shape_section(const One& shape) {
  return "\n### " + name_of(Shape(shape)) + "\n\n" + to_markdown(describe(shape));
}

template <class... Shapes>
std::string shape_sections(const std::variant<Shapes...>*) {
  return (shape_section(Shapes{}) + ...);
}

}  // namespace

std::string options_page() {
  std::string text =
      "# Options\n\n<!-- Made by `tenfold docs options`; edit the options, not this page. -->\n\n"
      "Every option is a key of `recipe.toml` and a flag of the same name: `size` in `[data]` is `--data.size`. Lists "
      "are written\n"
      "`[0.25, 0.5]` in a recipe and `0.25,0.5` as a flag; yes/no options are `true` and `false` in a recipe, `--name` "
      "and `--no-name`\n"
      "as flags. Flags win over the recipe. The defaults alone are a complete recipe but for the data.\n";
  std::vector<Field> fields;
  const auto flags = recipe_flags();
  for (size_t k = 0; k < flags.size(); ++k) {
    fields.push_back(with_short_names(flags[k]));
    if (k + 1 < flags.size() && flags[k + 1].section == flags[k].section) continue;
    text += "\n## " + section_title(flags[k].section) + "\n\n" + to_markdown(fields);
    fields.clear();
  }
  text +=
      "\n## Shapes of the learning rate\n\n"
      "`shape = \"cosine\"` takes a shape as it is; `shape = { sgdr = { cycles = 3 } }` changes it.\n";
  return text + shape_sections(static_cast<const Shape*>(nullptr));
}

std::string commands_page(const std::vector<Command>& commands) {
  std::string text =
      "# Commands\n\n<!-- Made by `tenfold docs commands`; edit the commands, not this page. -->\n\n"
      "Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 failed, 2 usage, "
      "3 bad data or\n"
      "weights, 130 interrupted (after a checkpoint).\n";
  for (const auto& command : commands) {
    text += "\n## tenfold " + command.name + "\n\n" + command.summary + ".\n\n```\n" + usage(command) + "\n```\n\n";
    bool example = false;
    const std::string about = command.help + "\n\n";
    for (size_t begin = 0, end; (end = about.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string line = about.substr(begin, end - begin);
      const bool code_line = line.rfind("  ", 0) == 0;
      if (code_line != example) text += code_line ? "```sh\n" : "```\n";
      example = code_line;
      text += (code_line ? line.substr(2) : line) + "\n";
    }
    for (const auto& positional : command.positionals) text += "- `" + positional.name + "`: " + positional.help + "\n";
    if (!command.positionals.empty()) text += "\n";
    std::vector<Field> own;
    bool recipe = false;
    for (const auto& flag : command.flags) {
      recipe = recipe || !flag.section.empty();
      if (!flag.section.empty()) continue;
      own.push_back(flag.field);
      own.back().path = "--" + flag.names.front();
    }
    text += to_markdown(own);
    if (recipe) text += "\nAnd the options of the recipe that concern it, as flags: see [options](options.md).\n";
  }
  return text;
}

}  // namespace tenfold::cli

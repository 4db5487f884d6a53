#include "tenfold/tabular/sources.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

/// Of the parts those whose values are names; the others are amounts, which a network may carry on.
constexpr std::array<const char*, 11> kNames = {"Month",          "Week",           "Day",
                                                "Dayofweek",      "Hour",           "Is_month_end",
                                                "Is_month_start", "Is_quarter_end", "Is_quarter_start",
                                                "Is_year_end",    "Is_year_start"};

bool listed(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// Text as moments, all of it; throws where any is none.
Column as_time(const Column& column, const std::string& name, const std::string& source) {
  std::vector<int64_t> out(column.rows(), null_integer);
  for (size_t row = 0; row < out.size(); ++row) {
    if (column.is_null(row)) continue;
    const auto moment = parse_time(column.show(row), DateFormat::iso);
    if (!moment)
      throw DataError(source, static_cast<long>(row) + 2,
                      "'" + column.show(row) + "' in '" + name +
                          "' is no date, as it was in training; write it as "
                          "2013-01-31");
    out[row] = *moment;
  }
  return Column::time(std::move(out));
}

Frame parts_of_moments(const Column& moments, const std::string& date, DateDetail detail, Cycles cycles) {
  const Frame alone({{date, moments}});
  const Frame parts = add_date_parts(alone, date, detail);
  return cycles == Cycles::none ? parts : parts.beside(add_cyclic_date_parts(alone, date, detail));
}

void check_lists(const DataOptions& options, const std::vector<std::string>& known) {
  const std::array<std::pair<const char*, const std::vector<std::string>*>, 4> lists = {
      {{"table.categorical", &options.categorical},
       {"table.continuous", &options.continuous},
       {"table.ignore", &options.ignore},
       {"table.dates", &options.dates}}};
  std::vector<std::pair<std::string, const char*>> seen;
  for (const auto& [option, list] : lists)
    for (const auto& name : *list) {
      if (!listed(known, name)) {
        const std::string near = nearest(name, known);
        throw ConfigError(
            option, "the table has no column '" + name + "'" + (near.empty() ? "" : "; nearest is '" + near + "'"));
      }
      for (const auto& [other, where] : seen)
        if (other == name)
          throw ConfigError(option, "lists '" + name + "', which " +
                                        (where == option ? "it has" : std::string(where) + " lists") +
                                        " already; name it once");
      seen.emplace_back(name, option);
    }
}

}  // namespace

DateDetail detail_of(bool date_time) { return date_time ? DateDetail::clock : DateDetail::day; }
Cycles cycles_of(bool cyclic) { return cyclic ? Cycles::all : Cycles::none; }

std::vector<Source> parts_of(const std::string& date, DateDetail detail, Cycles cycles) {
  std::vector<Source> out;
  const Frame parts = parts_of_moments(Column::time({}), date, detail, cycles);
  for (const auto& name : parts.names()) {
    const bool category =
        std::any_of(kNames.begin(), kNames.end(), [&](const std::string part) { return name.ends_with(part); });
    out.push_back({.column = name, .source = date, .part = true, .category = category});
  }
  return out;
}

Sources::Sources(const Frame& frame, const std::vector<std::string>& dates, DateDetail detail, Cycles cycles,
                 std::vector<std::string>& remarks)
    : frame_(frame) {
  for (const auto& date : dates) {
    Column times = frame[date];
    if (times.kind() != ColumnKind::time) {
      if (times.nulls() < frame.rows())
        remarks.push_back("column '" + date + "' was dates in training and is " + name_of(times.kind()) +
                          " now; read as dates");
      times = as_time(times, date, frame.source());
    }
    std::vector<int64_t> moments, places;
    places.reserve(times.rows());
    std::unordered_map<int64_t, int64_t> seen;
    for (const int64_t moment : times.times()) {
      if (!moments.empty() && !places.empty() && moments[static_cast<size_t>(places.back())] == moment) {
        places.push_back(places.back());  // tables are often in order of time
        continue;
      }
      const auto [found, fresh] = seen.emplace(moment, static_cast<int64_t>(moments.size()));
      if (fresh) moments.push_back(moment);
      places.push_back(found->second);
    }
    dates_.push_back({parts_of_moments(Column::time(std::move(moments)), date, detail, cycles),
                      std::make_shared<const std::vector<int64_t>>(std::move(places))});
  }
}

Sources::Of Sources::operator[](const std::string& name) const {
  if (!frame_.has(name))
    for (const auto& date : dates_)
      if (date.parts.has(name)) return {date.parts[name], date.places};
  return {frame_[name], nullptr};
}

Column Sources::Of::take(std::span<const int64_t> rows) const {
  if (!places) return column.take(rows);
  std::vector<int64_t> of_rows;
  of_rows.reserve(rows.size());
  for (const int64_t row : rows) of_rows.push_back((*places)[static_cast<size_t>(row)]);
  return column.take(of_rows);
}

Decided decide_columns(const Frame& frame, const DataOptions& options) {
  std::vector<std::string> known = frame.names();
  for (const auto& name : frame.names())
    if (frame[name].kind() == ColumnKind::time)
      for (const auto& part : parts_of(name, detail_of(options.date_time), cycles_of(options.cyclic)))
        known.push_back(part.column);
  check_lists(options, known);
  const auto targets = target_columns(options.target);
  Decided out;
  for (const auto& name : frame.names()) {
    const ColumnKind kind = frame[name].kind();
    if (listed(targets, name)) {
      out.plan.push_back({name, "target", "named as the target"});
    } else if (listed(options.ignore, name)) {
      out.plan.push_back({name, "ignored", "listed in ignore"});
    } else if (listed(options.dates, name) && kind != ColumnKind::time) {
      throw ConfigError("table.dates", "lists '" + name + "', which is " + name_of(kind) +
                                           "; a date is written as 2013-01-31, everywhere in its column");
    } else if (kind == ColumnKind::time && !listed(options.categorical, name)) {
      const bool wanted = options.date_parts && (options.dates.empty() || listed(options.dates, name));
      out.plan.push_back({name, wanted ? "date" : "ignored",
                          !options.date_parts ? "a date, and date_parts is off"
                          : wanted            ? "all values are dates; learnt from by its parts"
                                              : "a date that table.dates does not list"});
      if (!wanted) continue;
      out.dates.push_back(name);
      for (auto& part : parts_of(name, detail_of(options.date_time), cycles_of(options.cyclic)))
        if (!listed(options.ignore, part.column) && !frame.has(part.column)) out.sources.push_back(std::move(part));
    } else {
      out.plan.push_back({name, "", ""});
      out.sources.push_back({.column = name, .source = name});
    }
  }
  return out;
}

Judgement judge_source(const Source& source, const Column& values, const DataOptions& options) {
  if (listed(options.categorical, source.column)) return {Use::category, "listed in categorical"};
  if (listed(options.continuous, source.column)) return {Use::number, "listed in continuous"};
  auto judged = judge(source.column, values, options);
  if (source.part && judged.use != Use::ignored)
    judged = {source.category ? Use::category : Use::number, "part of the date " + source.source};
  return judged;
}

ColumnPlan plan_of(const std::string& column, const Judgement& judgement) {
  const char* use = judgement.use == Use::category ? "category" : judgement.use == Use::number ? "number" : "ignored";
  return {column, use, judgement.reason};
}

}  // namespace tenfold::tabular

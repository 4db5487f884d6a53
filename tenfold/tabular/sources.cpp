#include "tenfold/tabular/sources.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// fastai's add_datepart drops "Date" at the end of a name: "Date" gives "Year", "SaleDate" "SaleYear".
std::string prefix_of(const std::string& name) {
  for (const std::string end : {"Date", "date"})
    if (name.ends_with(end)) return name.substr(0, name.size() - end.size());
  return name;
}

/// One part of a date, and what it is. `of` takes seconds since 1970.
struct Part {
  const char* name;
  bool category;  ///< a name rather than an amount, which a network may carry on
  double (*of)(int64_t seconds);
};

CivilDate civil(int64_t seconds) { return date_of(day_of(seconds)); }
int weekday(int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }  // Monday is 0; 1970 began on a Thursday
int64_t new_year(int64_t year) { return days_of({.year = year}); }
int64_t second_of_day(int64_t seconds) { return seconds - day_of(seconds) * seconds_a_day; }

/// ISO 8601: the week of the year that this week's Thursday lies in.
double iso_week(int64_t seconds) {
  const int64_t day = day_of(seconds), thursday = day - weekday(day) + 3;
  return static_cast<double>((thursday - new_year(date_of(thursday).year)) / 7 + 1);
}

bool last_of_month(CivilDate date) { return date.day == days_in_month(date.year, date.month); }

constexpr Part kParts[] = {
    {"Year", false, [](int64_t s) { return static_cast<double>(civil(s).year); }},
    {"Month", true, [](int64_t s) { return static_cast<double>(civil(s).month); }},
    {"Week", true, iso_week},
    {"Day", true, [](int64_t s) { return static_cast<double>(civil(s).day); }},
    {"Dayofweek", true, [](int64_t s) { return static_cast<double>(weekday(day_of(s))); }},
    {"Dayofyear", false, [](int64_t s) { return static_cast<double>(day_of(s) - new_year(civil(s).year) + 1); }},
    {"Is_month_end", true, [](int64_t s) { return static_cast<double>(last_of_month(civil(s))); }},
    {"Is_month_start", true, [](int64_t s) { return static_cast<double>(civil(s).day == 1); }},
    {"Is_quarter_end", true,
     [](int64_t s) { return static_cast<double>(last_of_month(civil(s)) && civil(s).month % 3 == 0); }},
    {"Is_quarter_start", true,
     [](int64_t s) { return static_cast<double>(civil(s).day == 1 && civil(s).month % 3 == 1); }},
    {"Is_year_end", true, [](int64_t s) { return static_cast<double>(civil(s).day == 31 && civil(s).month == 12); }},
    {"Is_year_start", true, [](int64_t s) { return static_cast<double>(civil(s).day == 1 && civil(s).month == 1); }}};
constexpr Part kTimeParts[] = {
    {"Hour", true, [](int64_t s) { return static_cast<double>(second_of_day(s) / 3600); }},
    {"Minute", false, [](int64_t s) { return static_cast<double>(second_of_day(s) / 60 % 60); }},
    {"Second", false, [](int64_t s) { return static_cast<double>(second_of_day(s) % 60); }}};
constexpr Part kElapsed = {"Elapsed", false, [](int64_t s) { return static_cast<double>(s); }};

double turn(double share, double (*function)(double)) { return function(2 * std::numbers::pi * share); }
double week_share(int64_t s) { return weekday(day_of(s)) / 7.0; }
double month_share(int64_t s) {
  return (civil(s).day - 1) / static_cast<double>(days_in_month(civil(s).year, civil(s).month));
}
double year_share(int64_t s) {
  const int64_t year = civil(s).year;
  return static_cast<double>(day_of(s) - new_year(year)) / (leap(year) ? 366.0 : 365.0);
}
constexpr Part kCyclic[] = {{"weekday_sin", false, [](int64_t s) { return turn(week_share(s), std::sin); }},
                            {"weekday_cos", false, [](int64_t s) { return turn(week_share(s), std::cos); }},
                            {"day_month_sin", false, [](int64_t s) { return turn(month_share(s), std::sin); }},
                            {"day_month_cos", false, [](int64_t s) { return turn(month_share(s), std::cos); }},
                            {"day_year_sin", false, [](int64_t s) { return turn(year_share(s), std::sin); }},
                            {"day_year_cos", false, [](int64_t s) { return turn(year_share(s), std::cos); }}};

std::vector<Part> parts(bool date_time, bool cyclic) {
  std::vector<Part> out(std::begin(kParts), std::end(kParts));
  if (date_time) out.insert(out.end(), std::begin(kTimeParts), std::end(kTimeParts));
  out.push_back(kElapsed);
  if (cyclic) out.insert(out.end(), std::begin(kCyclic), std::end(kCyclic));
  return out;
}

Column part_of(const Column& time, const Part& part) {
  const auto moments = time.times();
  if (!part.category) {
    std::vector<double> values;
    values.reserve(moments.size());
    for (const int64_t moment : moments) values.push_back(moment == null_integer ? kNone : part.of(moment));
    return Column::real(std::move(values));
  }
  std::vector<int64_t> values;
  values.reserve(moments.size());
  for (const int64_t moment : moments)
    values.push_back(moment == null_integer ? null_integer : static_cast<int64_t>(part.of(moment)));
  return Column::integer(std::move(values));
}

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

std::vector<Source> parts_of(const std::string& date, bool date_time, bool cyclic) {
  std::vector<Source> out;
  for (const auto& part : parts(date_time, cyclic))
    out.push_back({.column = prefix_of(date) + part.name, .source = date, .part = true, .category = part.category});
  return out;
}

Frame with_date_parts(const Frame& frame, const std::vector<std::string>& dates, bool date_time, bool cyclic,
                      std::vector<std::string>& remarks) {
  Frame out = frame;
  for (const auto& date : dates) {
    if (frame[date].kind() != ColumnKind::time) {
      if (frame[date].nulls() < frame.rows())
        remarks.push_back("column '" + date + "' was dates in training and is " + name_of(frame[date].kind()) +
                          " now; read as dates");
      out = out.with(date, as_time(frame[date], date, frame.source()));
    }
    for (const auto& part : parts(date_time, cyclic))
      out = out.with(prefix_of(date) + part.name, part_of(out[date], part));
  }
  return out;
}

Decided decide_columns(const Frame& frame, const DataOptions& options) {
  std::vector<std::string> known = frame.names();
  for (const auto& name : frame.names())
    if (frame[name].kind() == ColumnKind::time)
      for (const auto& part : parts_of(name, options.date_time, options.cyclic)) known.push_back(part.column);
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
      for (auto& part : parts_of(name, options.date_time, options.cyclic))
        if (!listed(options.ignore, part.column)) out.sources.push_back(std::move(part));
    } else {
      out.plan.push_back({name, "", ""});
      out.sources.push_back({.column = name, .source = name});
    }
  }
  return out;
}

}  // namespace tenfold::tabular

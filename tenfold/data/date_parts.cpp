#include "tenfold/data/date_parts.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string_view>
#include <vector>

#include "tenfold/data/dates.h"

namespace tenfold {
namespace {

struct Moment {
  CivilDate date;
  int64_t seconds = 0, days = 0;
  int of_day = 0;                                                             ///< seconds since midnight
  int weekday() const { return static_cast<int>(((days + 3) % 7 + 7) % 7); }  // 1970-01-01 was a Thursday
  int day_of_year() const { return static_cast<int>(days - days_of({.year = date.year, .month = 1, .day = 1})) + 1; }
  bool month_end() const { return date.day == days_in_month(date.year, date.month); }
};

Moment moment(int64_t seconds) {
  const int64_t days = day_of(seconds);
  return {.date = date_of(days),
          .seconds = seconds,
          .days = days,
          .of_day = static_cast<int>(seconds - days * seconds_a_day)};
}

/// The week holds the year's number that its Thursday has.
int iso_week(const Moment& at) {
  const Moment thursday = moment((at.days - at.weekday() + 3) * seconds_a_day);
  return (thursday.day_of_year() - 1) / 7 + 1;
}

std::string prefix_of(const std::string& name) {
  return name.ends_with("Date") || name.ends_with("date") ? name.substr(0, name.size() - 4) : name;
}

template <class T>
std::vector<T> each(const Column& times, T null, const std::function<T(const Moment&)>& part) {
  std::vector<T> out;
  out.reserve(times.rows());
  for (const int64_t seconds : times.times()) out.push_back(seconds == null_integer ? null : part(moment(seconds)));
  return out;
}

}  // namespace

Frame add_date_parts(const Frame& frame, const std::string& column, DateDetail detail, DateSource source) {
  const Column times = frame[column];
  const std::string prefix = prefix_of(column);
  Frame out = source == DateSource::drop ? frame.without({column}) : frame;
  const auto number = [&](const char* name, const std::function<int64_t(const Moment&)>& part) {
    out = out.with(prefix + name, Column::integer(each<int64_t>(times, null_integer, part)));
  };
  const auto flag = [&](const char* name, const std::function<int8_t(const Moment&)>& part) {
    out = out.with(prefix + name, Column::boolean(each<int8_t>(times, 0, part)));
  };
  number("Year", [](const Moment& at) { return at.date.year; });
  number("Month", [](const Moment& at) { return at.date.month; });
  number("Week", iso_week);
  number("Day", [](const Moment& at) { return at.date.day; });
  number("Dayofweek", [](const Moment& at) { return at.weekday(); });
  number("Dayofyear", [](const Moment& at) { return at.day_of_year(); });
  flag("Is_month_end", [](const Moment& at) { return at.month_end(); });
  flag("Is_month_start", [](const Moment& at) { return at.date.day == 1; });
  flag("Is_quarter_end", [](const Moment& at) { return at.month_end() && at.date.month % 3 == 0; });
  flag("Is_quarter_start", [](const Moment& at) { return at.date.day == 1 && at.date.month % 3 == 1; });
  flag("Is_year_end", [](const Moment& at) { return at.date.month == 12 && at.date.day == 31; });
  flag("Is_year_start", [](const Moment& at) { return at.date.month == 1 && at.date.day == 1; });
  if (detail == DateDetail::clock) {
    number("Hour", [](const Moment& at) { return at.of_day / 3600; });
    number("Minute", [](const Moment& at) { return at.of_day / 60 % 60; });
    number("Second", [](const Moment& at) { return at.of_day % 60; });
  }
  number("Elapsed", [](const Moment& at) { return at.seconds; });
  return out;
}

Frame add_cyclic_date_parts(const Frame& frame, const std::string& column, DateDetail detail, DateSource source) {
  const Column times = frame[column];
  const std::string prefix = prefix_of(column);
  Frame out = source == DateSource::drop ? frame.without({column}) : frame;
  const auto cycle = [&](const char* name, const std::function<double(const Moment&)>& share) {
    constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    const auto part = [&](double (*wave)(double)) {
      return Column::real(
          each<double>(times, kMissing, [&](const Moment& at) { return wave(share(at) * 2 * std::numbers::pi); }));
    };
    out = out.with(prefix + name + "_cos", part([](double angle) { return std::cos(angle); }));
    out = out.with(prefix + name + "_sin", part([](double angle) { return std::sin(angle); }));
  };
  cycle("weekday", [](const Moment& at) { return at.weekday() / 7.; });
  cycle("day_month", [](const Moment& at) { return (at.date.day - 1.) / days_in_month(at.date.year, at.date.month); });
  cycle("month_year", [](const Moment& at) { return (at.date.month - 1) / 12.; });
  cycle("day_year", [](const Moment& at) { return (at.day_of_year() - 1.) / (leap(at.date.year) ? 366 : 365); });
  if (detail == DateDetail::clock) {
    cycle("hour", [](const Moment& at) { return at.of_day / 3600 / 24.; });
    cycle("clock", [](const Moment& at) { return at.of_day / 3600 % 12 / 12.; });
    cycle("min", [](const Moment& at) { return at.of_day / 60 % 60 / 60.; });
    cycle("sec", [](const Moment& at) { return at.of_day % 60 / 60.; });
  }
  return out;
}

}  // namespace tenfold

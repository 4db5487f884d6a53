#pragma once
// The proleptic Gregorian calendar, and dates and times as people write them. Torch-free.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tenfold {

constexpr int64_t seconds_a_day = 86400;

struct CivilDate {
  int64_t year = 1970;
  int month = 1, day = 1;  ///< from 1
};

/// Days since 1970-01-01. Hinnant, "chrono-compatible low-level date algorithms", 2013.
constexpr int64_t days_of(CivilDate date) {
  const int64_t year = date.year - (date.month <= 2);  // years begin in March: leap days come last
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

constexpr CivilDate date_of(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month = static_cast<int>((5 * day_of_year + 2) / 153);
  return {.year = year_of_era + era * 400 + (month >= 10),
          .month = month < 10 ? month + 3 : month - 9,
          .day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1)};
}

constexpr bool leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
constexpr int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && leap(year));
}

/// Days since 1970-01-01 of a moment: seconds rounded down.
constexpr int64_t day_of(int64_t seconds) { return seconds / seconds_a_day - (seconds % seconds_a_day < 0); }

/// The order of a date's parts. iso: 2013-01-31, also 2013/01/31. day_first: 31/1/2013, also with points or hyphens.
enum class DateFormat { iso, day_first, month_first };
constexpr auto names(DateFormat) {
  return std::to_array<std::pair<DateFormat, std::string_view>>(
      {{DateFormat::iso, "iso"}, {DateFormat::day_first, "day_first"}, {DateFormat::month_first, "month_first"}});
}

/// Seconds since 1970 of a date, alone or with a time behind a space or a T: hh:mm, hh:mm:ss, with a fraction, which is
/// dropped, and with Z or an offset (+01:00), which is taken off. Nothing where the text is something else or the date
/// does not exist. Years have four digits.
std::optional<int64_t> parse_time(std::string_view text, DateFormat format);

/// "2013-01-31" at midnight, otherwise "2013-01-31T10:00:00".
std::string show_time(int64_t seconds);

}  // namespace tenfold

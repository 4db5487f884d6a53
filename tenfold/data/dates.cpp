#include "tenfold/data/dates.h"

#include <cstdio>

namespace tenfold {
namespace {

/// Reads a text from the left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  bool take(char byte) {
    const bool is = !done() && text_[at_] == byte;
    at_ += is;
    return is;
  }
  /// One of `bytes`, or 0.
  char take_any(std::string_view bytes) {
    return done() || bytes.find(text_[at_]) == std::string_view::npos ? '\0' : text_[at_++];
  }
  /// A number of `least` to `most` digits, or -1.
  int digits(size_t least, size_t most) {
    int value = 0;
    size_t count = 0;
    while (count < most && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
    }
    return count < least ? -1 : value;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

std::optional<int64_t> date(Cursor& at, DateFormat format) {
  int parts[3] = {0, 0, 0};
  char between = 0;
  const size_t year_at = format == DateFormat::iso ? 0 : 2;
  for (size_t k = 0; k < 3; ++k) {
    if (k == 1) between = at.take_any(format == DateFormat::iso ? "-/" : "/.-");
    if ((k == 1 && between == 0) || (k == 2 && !at.take(between))) return {};
    parts[k] = k == year_at ? at.digits(4, 4) : at.digits(1, 2);
    if (parts[k] < 0) return {};
  }
  const int year = parts[year_at];
  const int month = parts[format == DateFormat::month_first ? 0 : 1];
  const int day = parts[format == DateFormat::iso ? 2 : format == DateFormat::month_first ? 1 : 0];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return {};
  return days_of({.year = year, .month = month, .day = day});
}

/// Seconds since midnight, the zone's offset taken off.
std::optional<int64_t> time_of_day(Cursor& at) {
  const int hour = at.digits(1, 2);
  if (hour < 0 || hour > 23 || !at.take(':')) return {};
  const int minute = at.digits(2, 2);
  if (minute < 0 || minute > 59) return {};
  int second = 0;
  if (at.take(':')) {
    second = at.digits(2, 2);
    if (second < 0 || second > 59) return {};
    if (at.take_any(".,") != 0 && at.digits(1, 9) < 0) return {};
  }
  int64_t offset = 0;
  if (const char sign = at.take_any("Z+-"); sign == '+' || sign == '-') {
    const int hours = at.digits(2, 2);
    const bool colon = at.take(':');
    const int minutes = colon || !at.done() ? at.digits(2, 2) : 0;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return {};
    offset = (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
  }
  return hour * 3600 + minute * 60 + second - offset;
}

}  // namespace

std::optional<int64_t> parse_time(std::string_view text, DateFormat format) {
  Cursor at(text);
  const auto days = date(at, format);
  if (!days) return {};
  if (at.done()) return *days * seconds_a_day;
  if (at.take_any("T ") == 0) return {};
  const auto seconds = time_of_day(at);
  if (!seconds || !at.done()) return {};
  return *days * seconds_a_day + *seconds;
}

std::string show_time(int64_t seconds) {
  const int64_t day = day_of(seconds);
  const CivilDate date = date_of(day);
  const auto rest = static_cast<int>(seconds - day * seconds_a_day);
  char text[64];
  int size =
      std::snprintf(text, sizeof text, "%04lld-%02d-%02d", static_cast<long long>(date.year), date.month, date.day);
  if (rest != 0)
    size += std::snprintf(text + size, sizeof text - static_cast<size_t>(size), "T%02d:%02d:%02d", rest / 3600,
                          rest / 60 % 60, rest % 60);
  return {text, static_cast<size_t>(size)};
}

}  // namespace tenfold

#pragma once
// What of a date a network can learn from: its parts as fast.ai has them, and its place in each cycle. Torch-free.

#include <string>

#include "tenfold/data/frame.h"

namespace tenfold {

/// Clock: the hour, minute and second too.
enum class DateDetail { day, clock };
/// What becomes of the date itself.
enum class DateSource { drop, keep };

/// The columns that fastai's add_datepart makes, in its order, called after `column` without a trailing Date or date:
/// Year, Month, Week (ISO 8601), Day, Dayofweek (Monday 0), Dayofyear, Is_month_end, Is_month_start, Is_quarter_end,
/// Is_quarter_start, Is_year_end, Is_year_start; Hour, Minute, Second with DateDetail::clock; Elapsed, whole seconds
/// since 1970. Integers and booleans; of a missing date the integers are missing and the booleans false. Throws Error
/// where `column` is no time.
Frame add_date_parts(const Frame& frame, const std::string& column, DateDetail detail = DateDetail::day,
                     DateSource source = DateSource::drop);

/// Cosine and sine of the place in each cycle, as fastai 1's add_cyclic_datepart: weekday_cos, weekday_sin,
/// day_month_…, month_year_…, day_year_…; with DateDetail::clock hour_…, clock_… (12 hours), min_…, sec_…. Reals,
/// missing where the date is.
Frame add_cyclic_date_parts(const Frame& frame, const std::string& column, DateDetail detail = DateDetail::day,
                            DateSource source = DateSource::drop);

}  // namespace tenfold

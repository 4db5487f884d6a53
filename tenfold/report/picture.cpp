#include "tenfold/report/picture.h"

#include "tenfold/report/markup.h"

namespace tenfold::report {

std::string image(const Picture& picture, std::string_view alternative) {
  return joined({"<img decoding=\"async\" alt=\"", escape(alternative), "\" src=\"data:", escape(picture.media_type),
                 ";base64,", base64(picture.bytes), "\">"});
}

}  // namespace tenfold::report

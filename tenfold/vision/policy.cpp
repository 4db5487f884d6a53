#include "tenfold/vision/policy.h"

#include <cmath>

namespace tenfold::vision {
namespace {

constexpr int kLastStep = 30;

struct Ranges {
  double shear, translate, rotate, enhance, bits;  ///< at the last step; bits that posterize drops
};

Operation at_step(PixelOp op, double share, double sign, const Ranges& most) {
  switch (op) {
    case PixelOp::shear_x:
    case PixelOp::shear_y:
      return {op, sign * share * most.shear};
    case PixelOp::translate_x:
    case PixelOp::translate_y:
      return {op, sign * share * most.translate};
    case PixelOp::rotate:
      return {op, sign * share * most.rotate};
    case PixelOp::brightness:
    case PixelOp::colour:
    case PixelOp::contrast:
    case PixelOp::sharpness:
      return {op, sign * share * most.enhance};
    case PixelOp::posterize:
      return {op, 8 - std::nearbyint(share * most.bits)};
    case PixelOp::solarize:
      return {op, 255 * (1 - share)};
    default:
      return {op, 0};
  }
}

}  // namespace

std::vector<Operation> draw_operations(const PolicyOptions& options, int64_t size, Draw draw) {
  if (options.kind == Policy::none) return {};
  const bool trivial = options.kind == Policy::trivial_augment;
  const Ranges most =
      trivial ? Ranges{0.99, 32, 135, 0.99, 6} : Ranges{0.3, 150.0 / 331 * static_cast<double>(size), 30, 0.9, 4};
  std::vector<Operation> operations;
  for (int k = 0; k < (trivial ? 1 : options.operations); ++k) {
    const auto op = static_cast<PixelOp>(draw.below(pixel_op_count));
    const auto step = static_cast<double>(trivial ? draw.below(kLastStep + 1) : options.magnitude);
    operations.push_back(at_step(op, step / kLastStep, draw.chance(0.5) ? -1 : 1, most));
  }
  return operations;
}

}  // namespace tenfold::vision

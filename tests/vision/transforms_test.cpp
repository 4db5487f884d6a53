// Reference numbers: tools/reference_transforms.py (fastai 2.8, torch, Pillow), which also says how the pictures are
// made.

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <map>

#include "files.h"
#include "tenfold/vision/augment.h"
#include "tenfold/vision/image_dataset.h"
#include "tenfold/vision/item.h"
#include "tenfold/vision/kernels/kernels.h"
#include "tenfold/vision/warp.h"

namespace tenfold::vision {
namespace {

Image picture(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) image.rgb.push_back(static_cast<uint8_t>(37 * x + 91 * y + 53 * c + 7 * x * y));
  return image;
}

/// [N, 3, size, size] channels-last: the picture, shifted in value for each further image.
at::Tensor batch_of(int64_t count, int size) {
  const Image image = picture(size, size);
  auto one = torch::from_blob(const_cast<uint8_t*>(image.rgb.data()), {1, size, size, 3}, torch::kByte);
  auto all = one.repeat({count, 1, 1, 1});
  for (int64_t k = 1; k < count; ++k) all[k] += static_cast<int>(k);
  return all.permute({0, 3, 1, 2});
}

constexpr Normalisation kBytes{.mean = {0, 0, 0}, .deviation = {1 / 255.0, 1 / 255.0, 1 / 255.0}};  // leaves 0..255

/// The composite of the script: mirrored, turned by 7 degrees, zoomed, tilted.
Matrix composite(int64_t size) {
  return product(tilted(0.15, -0.1, size), product(product(mirrored, turned(7)), zoomed(1.08, 0.3, 0.9, size)));
}

TEST(Geometry, ComposesAsFastaiDoes) {
  const Matrix m = composite(16);
  constexpr double cases[][4] = {{0, 0, 16.609107, 0.877404},
                                 {15, 0, 0.821303, 1.311394},
                                 {0, 15, 12.369949, 16.409074},
                                 {15, 15, 0.335834, 13.549274},
                                 {5, 9, 8.599271, 10.392150}};
  for (const auto& [x, y, u, v] : cases) {
    const double cx = x - 7.5, cy = y - 7.5, w = m[6] * cx + m[7] * cy + m[8];
    EXPECT_NEAR((m[0] * cx + m[1] * cy + m[2]) / w + 7.5, u, 1e-5);
    EXPECT_NEAR((m[3] * cx + m[4] * cy + m[5]) / w + 7.5, v, 1e-5);
  }
}

TEST(Warp, AgreesWithGridSampleReflectedAtTheBorders) {
  constexpr float expected[3][16] = {{198.551F, 85.197F, 235.023F, 187.359F, 133.685F, 88.963F, 47.921F, 211.073F,
                                      182.532F, 134.580F, 131.893F, 98.833F, 61.188F, 128.107F, 170.852F, 144.793F},
                                     {159.805F, 141.800F, 39.131F, 140.526F, 117.141F, 167.583F, 193.165F, 115.054F,
                                      95.129F, 171.962F, 167.635F, 90.313F, 80.314F, 174.046F, 104.462F, 71.486F},
                                     {118.312F, 193.686F, 167.860F, 152.001F, 182.650F, 187.776F, 131.099F, 204.663F,
                                      134.506F, 139.537F, 124.417F, 166.638F, 105.663F, 112.757F, 151.772F, 126.897F}};
  const auto out = to_network(batch_of(1, 16), {{.matrix = composite(16)}}, kBytes, at::kFloat);
  constexpr int rows[] = {0, 7, 15};
  for (int r = 0; r < 3; ++r)
    for (int x = 0; x < 16; ++x)
      EXPECT_NEAR(out[0][1][rows[r]][x].item<float>(), expected[r][x], 0.01) << rows[r] << ", " << x;
}

TEST(Warp, CopiesPixelsWhereNothingIsBetweenThem) {
  const auto images = batch_of(1, 9);
  const auto shown = [&](const Matrix& matrix) {
    return to_network(images, {{.matrix = matrix}}, kBytes, at::kFloat)[0].round();
  };
  const auto plain = images[0].to(torch::kFloat);
  EXPECT_TRUE(at::equal(shown(unchanged), plain));
  EXPECT_TRUE(at::equal(shown(mirrored), plain.flip(2)));
  EXPECT_TRUE(at::equal(shown(symmetry(2)), plain.flip(1)));
  EXPECT_TRUE(at::equal(shown(symmetry(3)), plain.rot90(2, {1, 2})));
  EXPECT_TRUE(at::equal(shown(symmetry(4)), plain.transpose(1, 2)));
  EXPECT_TRUE(at::equal(shown(symmetry(5)), plain.rot90(1, {1, 2})));
  // Two to the right and one up: the picture moves left and down, reflected without repeating the border.
  const auto padded = torch::nn::functional::pad(
      plain.unsqueeze(0), torch::nn::functional::PadFuncOptions({2, 2, 1, 1}).mode(torch::kReflect))[0];
  EXPECT_TRUE(at::equal(shown(shifted(2, -1)), padded.slice(1, 0, 9).slice(2, 4, 13)));
}

TEST(Warp, GivesTheSameViewByBothWays) {
  // A turn so small that no pixel moves goes through resampling.
  const auto images = batch_of(2, 70);
  const Change moved{.matrix = product(shifted(3, -5), mirrored)};
  Change resampled = moved;
  resampled.matrix = product(moved.matrix, turned(1e-9));
  const auto one = to_network(images, {moved, moved}, {}, at::kFloat),
             other = to_network(images, {resampled, resampled}, {}, at::kFloat);
  EXPECT_LT((one - other).abs().max().item<float>(), 2e-3);
}

TEST(Light, AgreesWithFastai) {
  const Light brighter{Light::Kind::logit, std::log(0.6 / 0.4), 1}, harder{Light::Kind::logit, 0, 1.25};
  constexpr double values[] = {0.2, 0.5, 0.9}, bright[] = {0.272727, 0.6, 0.931034}, hard[] = {0.150221, 0.5, 0.939717};
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(lit(brighter, values[k], 0), bright[k], 1e-6);
    EXPECT_NEAR(lit(harder, values[k], 0), hard[k], 1e-6);
  }
  const Light linear{Light::Kind::linear, 0.05, 1.1};  // 0.7: (x - mean) γ + mean + β, clipped
  EXPECT_NEAR(lit(linear, 0.3, 0.4), -0.1 * 1.1 + 0.45, 1e-12);
  EXPECT_EQ(lit(linear, 1, 0.4), 1);
}

TEST(Light, GoesThroughTheOnePass) {
  const auto images = batch_of(1, 20);
  const auto values = images.to(torch::kDouble) / 255;
  const double mean = values.mean().item<double>();
  const Normalisation normalisation{.mean = {0.1, 0.2, 0.3}, .deviation = {0.4, 0.5, 0.6}};
  for (const Light light : {Light{}, Light{Light::Kind::linear, 0.05, 1.05}, Light{Light::Kind::logit, 0.4, 0.8}}) {
    const auto out = to_network(images, {{.light = light}}, normalisation, at::kFloat);
    for (int c = 0; c < 3; ++c)
      for (int x = 0; x < 20; ++x) {
        const double value = values[0][c][3][x].item<double>();
        const auto k = static_cast<size_t>(c);
        EXPECT_NEAR(out[0][c][3][x].item<float>(),
                    (lit(light, value, mean) - normalisation.mean[k]) / normalisation.deviation[k], 2e-6);
      }
  }
}

TEST(Warp, BitsDoNotDependOnThreadsAndLittleOnTheProcessor) {
  const auto images = batch_of(7, 37);  // 37: no multiple of any vector, and the last pixel ends the memory
  std::vector<Change> changes;
  for (uint64_t k = 0; k < 7; ++k)
    changes.push_back(draw_change({.preset = k < 4 ? Augment::modern : Augment::top_down, .size = 37},
                                  Draw(1, 2, k, Purpose::batch_transform)));
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const auto one = to_network(images, changes, {}, at::kBFloat16);
  at::set_num_threads(4);
  EXPECT_TRUE(at::equal(one, to_network(images, changes, {}, at::kBFloat16)));
  at::set_num_threads(before);
  EXPECT_TRUE(one.is_contiguous(at::MemoryFormat::ChannelsLast));
  const auto exact = to_network(images, changes, {}, at::kFloat);
  EXPECT_TRUE(at::equal(exact.to(at::kBFloat16), one));

  const auto bytes = images.contiguous(at::MemoryFormat::ChannelsLast);
  const Pixels image{.bytes = bytes.const_data_ptr<uint8_t>(), .readable = 3 * 37 * 37, .size = 37};
  const Path path{.u = -3.3F, .du = 0.9F, .v = 36.7F, .dv = -0.1F, .w = 1, .dw = 0.002F};
  std::map<std::string_view, std::vector<float>> rows;
  for (const std::string_view name : {"avx512", "avx2", "portable"})
    if (const KernelSet* set = kernels(name)) {
      rows[name].resize(3 * 37);
      set->fp32.resample(image, path, {}, rows[name].data());
    }
  for (const auto& [name, row] : rows)
    for (size_t k = 0; k < row.size(); ++k) EXPECT_NEAR(row[k], rows["portable"][k], 1e-4) << name;
}

TEST(Presets, DrawWhatTheySay) {
  constexpr int kTimes = 4000;
  struct Seen {
    int mirrored = 0, turned = 0, lit = 0, tilted = 0;
    double largest_turn = 0;
  };
  std::map<Augment, Seen> all;
  for (const auto& [preset, name] : names(Augment{}))
    for (uint64_t k = 0; k < kTimes; ++k) {
      const Change change = draw_change({.preset = preset, .size = 32}, Draw(5, 0, k, Purpose::batch_transform));
      const Matrix& m = change.matrix;
      Seen& seen = all[preset];
      const double determinant = m[0] * m[4] - m[1] * m[3];
      seen.mirrored += determinant < 0;
      const double turn = std::abs(std::atan(m[3] / m[4])) * 180 / M_PI;
      seen.turned += turn > 1e-9;
      seen.tilted += m[6] != 0 || m[7] != 0;
      seen.lit += change.light.kind != Light::Kind::none;
      if (preset == Augment::basic) seen.largest_turn = std::max(seen.largest_turn, turn);
    }
  const auto share = [&](int times) { return times / static_cast<double>(kTimes); };
  EXPECT_EQ(all[Augment::none].mirrored + all[Augment::none].turned + all[Augment::none].lit, 0);
  EXPECT_EQ(all[Augment::basic].mirrored, 0);
  EXPECT_NEAR(share(all[Augment::basic].turned), 0.75, 0.03);
  EXPECT_NEAR(all[Augment::basic].largest_turn, 10, 0.05);
  EXPECT_EQ(all[Augment::basic].lit, kTimes);
  for (const Augment preset : {Augment::side_on, Augment::top_down, Augment::small, Augment::modern})
    EXPECT_NEAR(share(all[preset].mirrored), 0.5, 0.03);
  EXPECT_NEAR(share(all[Augment::modern].tilted), 1 - 0.25 * 0.25, 0.02);
  EXPECT_NEAR(share(all[Augment::modern].lit), 1 - 0.25 * 0.25, 0.02);
  EXPECT_EQ(all[Augment::small].turned + all[Augment::small].lit, 0);
}

TEST(Presets, SmallShiftsByWholePixelsUpToAnEighth) {
  std::map<double, int> seen;
  for (uint64_t k = 0; k < 2000; ++k)
    ++seen[draw_change({.preset = Augment::small, .size = 32}, Draw(1, 0, k, Purpose::batch_transform)).matrix[5]];
  ASSERT_EQ(seen.size(), 9u);
  EXPECT_EQ(seen.begin()->first, -4);
  EXPECT_EQ(seen.rbegin()->first, 4);
}

void expect_near_pillow(int width, int height, const std::vector<int>& first, const std::vector<int>& third) {
  const auto out = view_of(picture(width, height), {.size = 8, .resize = Resize::squish}, std::nullopt);
  for (int k = 0; k < 64; ++k) {
    EXPECT_NEAR(out[k / 8][k % 8][0].item<int>(), first[static_cast<size_t>(k)], 1) << k;
    EXPECT_NEAR(out[k / 8][k % 8][2].item<int>(), third[static_cast<size_t>(k)], 1) << k;
  }
}

TEST(Resizing, IsWithinOneLevelOfPillow) {
  expect_near_pillow(
      37, 29,
      {122, 127, 125, 126, 130, 133, 123, 124, 126, 134, 132, 137, 134, 129, 120, 128, 140, 124, 133, 124, 123, 132,
       125, 132, 122, 105, 135, 129, 122, 101, 132, 130, 124, 121, 131, 124, 126, 119, 136, 128, 119, 125, 111, 123,
       123, 117, 119, 129, 130, 122, 126, 125, 140, 138, 132, 129, 135, 121, 134, 142, 110, 146, 117, 137},
      {137, 133, 124, 124, 118, 123, 132, 133, 125, 122, 131, 135, 130, 138, 135, 132, 131, 133, 141, 127, 131, 137,
       135, 137, 112, 120, 125, 114, 112, 108, 122, 114, 128, 117, 129, 128, 134, 114, 131, 122, 132, 134, 125, 129,
       123, 120, 125, 114, 138, 130, 130, 138, 130, 130, 125, 129, 123, 132, 128, 115, 137, 110, 139, 117});
  expect_near_pillow(
      5, 4,
      {0,   16,  39,  62,  86,  109, 132, 148, 23,  40,  64,  88,  113, 137, 125, 114, 68,  87,  113, 139, 166, 192,
       111, 45,  114, 134, 159, 147, 156, 184, 105, 41,  159, 181, 200, 110, 81,  112, 107, 100, 141, 164, 185, 98,
       71,  104, 137, 160, 58,  83,  114, 109, 124, 159, 195, 219, 17,  42,  79,  115, 151, 187, 224, 249},
      {106, 122, 145, 168, 192, 215, 238, 254, 129, 146, 166, 150, 155, 179, 203, 220, 174, 193, 207, 113, 80,  106,
       133, 151, 156, 176, 193, 101, 70,  98,  127, 147, 73,  95,  122, 112, 123, 154, 185, 206, 55,  78,  111, 144,
       157, 150, 179, 202, 100, 125, 160, 195, 170, 85,  109, 133, 123, 148, 185, 221, 177, 53,  74,  99});
}

TEST(Views, PlainOnesAreCentredAndFunctionsOfTheImage) {
  const ItemView crop{.size = 8, .resize = Resize::crop};
  const Box box = box_of(20, 11, crop, std::nullopt);
  EXPECT_EQ(box.x, 4);
  EXPECT_EQ(box.y, 0);
  EXPECT_EQ(box.width, 11);
  EXPECT_EQ(box.height, 11);
  EXPECT_TRUE(at::equal(view_of(picture(20, 11), crop, std::nullopt), view_of(picture(20, 11), crop, std::nullopt)));
  const auto same = view_of(picture(8, 8), crop, std::nullopt);  // nothing to do
  EXPECT_EQ(same[2][3][1].item<int>(), (37 * 3 + 91 * 2 + 53 + 7 * 6) % 256);
}

TEST(Views, PadKeepsTheWholeImageAndReflects) {
  const auto out = view_of(picture(8, 4), {.size = 8, .resize = Resize::pad}, std::nullopt);
  const auto at = [](int x, int y) { return (37 * x + 91 * y + 7 * x * y) % 256; };
  EXPECT_EQ(out[2][5][0].item<int>(), at(5, 0));
  EXPECT_EQ(out[5][5][0].item<int>(), at(5, 3));
  EXPECT_EQ(out[1][5][0].item<int>(), at(5, 1));  // about row 2, which shows the image's row 0
  EXPECT_EQ(out[6][5][0].item<int>(), at(5, 2));
}

TEST(Views, RandomOnesStayInsideAndCoverTheImage) {
  const auto draw = [](uint64_t k) { return Draw(3, 1, k, Purpose::item_transform); };
  int64_t least_x = 100, most_x = 0, zoomed = 0;
  constexpr int kTimes = 3000;
  for (uint64_t k = 0; k < kTimes; ++k) {
    const Box box = box_of(100, 60, {.resize = Resize::crop, .augment = Augment::side_on, .max_zoom = 1.2}, draw(k));
    ASSERT_GE(box.x, 0);
    ASSERT_LE(box.x + box.width, 100);
    ASSERT_LE(box.y + box.height, 60);
    ASSERT_EQ(box.width, box.height);
    ASSERT_GE(box.width, 50);
    zoomed += box.width < 60;
    least_x = std::min(least_x, box.x);
    most_x = std::max(most_x, box.x);

    const Box part = box_of(100, 60, {.resize = Resize::random_area}, draw(k));
    const double area = static_cast<double>(part.width * part.height) / 6000,
                 ratio = static_cast<double>(part.width) / static_cast<double>(part.height);
    ASSERT_LE(part.x + part.width, 100);
    ASSERT_LE(part.y + part.height, 60);
    ASSERT_GE(area, 0.34);
    ASSERT_GE(ratio, 0.73);
    ASSERT_LE(ratio, 1.37);
  }
  EXPECT_EQ(least_x, 0);
  EXPECT_GE(most_x, 45);
  EXPECT_NEAR(static_cast<double>(zoomed) / kTimes, 0.75, 0.05);
}

TEST(Views, SmallerDecodingStillCoversTheSquare) {
  EXPECT_EQ(decode_at_least({.size = 224, .augment = Augment::none}, true), 224);
  EXPECT_EQ(decode_at_least({.size = 224, .augment = Augment::side_on, .max_zoom = 1.1}, true), 247);
  EXPECT_EQ(decode_at_least({.size = 224, .augment = Augment::side_on, .max_zoom = 1.1}, false), 224);
}

TEST(Presizing, ShowsAWindowOfTheLargerImageInOneStep) {
  // Each pixel is its own place: red its column, green its row.
  const int64_t from = 92, size = 46;
  auto image = torch::empty({1, 3, from, from}, torch::kByte).contiguous(at::MemoryFormat::ChannelsLast);
  for (int64_t k = 0; k < from; ++k) {
    image[0][0].select(1, k).fill_(k);
    image[0][1].select(0, k).fill_(k);
  }
  double narrowest = 1e9, widest = 0, leftmost = 1e9, rightmost = 0;
  for (uint64_t k = 0; k < 400; ++k) {
    const Change change = draw_change({.preset = Augment::none, .size = size, .min_area = 0.75},
                                      Draw(7, 0, k, Purpose::batch_transform), from);
    const auto seen = to_network(image, {change}, kBytes, at::kFloat, size)[0];
    ASSERT_EQ(seen.sizes(), at::IntArrayRef({3, size, size}));
    const double left = seen[0][0][0].item<double>(), right = seen[0][0][size - 1].item<double>(),
                 top = seen[1][0][0].item<double>(), bottom = seen[1][size - 1][0].item<double>();
    ASSERT_NEAR(right - left, bottom - top, 1e-3) << "a square";
    ASSERT_NEAR(seen[0][0][20].item<double>(), left + (right - left) * 20 / 45, 1e-3) << "evenly spaced";
    narrowest = std::min(narrowest, right - left + 1);
    widest = std::max(widest, right - left + 1);
    leftmost = std::min(leftmost, left);
    rightmost = std::max(rightmost, right);
  }
  EXPECT_NEAR(narrowest, 92 * std::sqrt(0.75), 0.5);
  EXPECT_NEAR(widest, 92, 0.5);
  EXPECT_NEAR(leftmost, 0, 0.3);
  EXPECT_NEAR(rightmost, 91, 0.3);
  EXPECT_THROW(to_network(image, {}, kBytes, at::kFloat, size), ConfigError);
}

TEST(Presizing, TurnsAroundTheWindowsMiddleWithoutNewBorders) {
  const int64_t from = 92, size = 46;
  const auto image = torch::full({1, 3, from, from}, 100, torch::kByte).contiguous(at::MemoryFormat::ChannelsLast);
  const Augmentation augmentation{.preset = Augment::modern, .size = size, .min_area = 0.75};
  for (uint64_t k = 0; k < 20; ++k) {
    const Draw draw(8, 0, k, Purpose::batch_transform);
    const Matrix whole = draw_change(augmentation, draw).matrix, part = draw_change(augmentation, draw, from).matrix;
    // The window is a scale and a shift after the same change.
    const double scale = part[0] / whole[0];
    if (whole[6] == 0 && whole[7] == 0) {
      EXPECT_NEAR(part[4], scale * whole[4], 1e-9);
      EXPECT_NEAR(part[1], scale * whole[1], 1e-9);
    }
    EXPECT_GE(scale, (92 * std::sqrt(0.75) - 1) / 45 - 0.2);
  }
}

TEST(Views, ResizedCropIsFastais) {
  const ItemView view{.size = 128, .resize = Resize::resized_crop, .min_area = 0.08};
  const Box plain = box_of(304, 152, view, std::nullopt);  // squeezed to 152 x 152, the middle 128 of it
  EXPECT_EQ(plain.width, 256);
  EXPECT_EQ(plain.height, 128);
  EXPECT_EQ(plain.x, 24);
  EXPECT_EQ(plain.y, 12);
  constexpr std::pair<int, int> before[] = {{128, 152}, {160, 184}, {192, 224}, {224, 256}, {256, 296}, {299, 347}};
  for (const auto& [size, side] : before)
    EXPECT_EQ(decode_at_least({.size = size, .resize = Resize::resized_crop}, false), side);
  // Too wide for ten tries of nearly the whole: cut to 4 : 3, in the middle.
  const Box cut = box_of(1000, 100, {.size = 128, .resize = Resize::resized_crop, .min_area = 0.99},
                         Draw(1, 0, 0, Purpose::item_transform));
  EXPECT_EQ(cut.width, 133);
  EXPECT_EQ(cut.height, 100);
  EXPECT_EQ(cut.x, 433);
  double least = 1;
  for (uint64_t k = 0; k < 2000; ++k) {
    const Box box = box_of(400, 400, view, Draw(2, 0, k, Purpose::item_transform));
    least = std::min(least, static_cast<double>(box.width * box.height) / 160000);
  }
  EXPECT_NEAR(least, 0.08, 0.01);
}

TEST(Views, GooglenetAndCenterAreFastais) {
  double least = 1, ratio_sum = 0, tall = 0;
  constexpr int kTimes = 4000;
  for (uint64_t k = 0; k < kTimes; ++k) {
    const Box box = box_of(600, 600, {.resize = Resize::googlenet}, Draw(2, 0, k, Purpose::item_transform));
    const double ratio = static_cast<double>(box.width) / static_cast<double>(box.height);
    ASSERT_LE(std::max(ratio, 1 / ratio), 4.0 / 3 + 0.02);
    least = std::min(least, static_cast<double>(box.width * box.height) / 360000);
    ratio_sum += std::max(ratio, 1 / ratio);
    tall += ratio < 1;
  }
  EXPECT_NEAR(least, 0.08, 0.01);
  EXPECT_NEAR(tall / kTimes, 0.5, 0.03);
  // The larger over the smaller side: U(1, 4/3), or 1 / U(3/4, 1), as likely as 4/7 and 3/7 of the range of ratios.
  EXPECT_NEAR(ratio_sum / kTimes, (1.0 / 3 * (7.0 / 6) + std::log(4.0 / 3)) * 12 / 7, 0.02);
  const ItemView center{.resize = Resize::center, .augment = Augment::side_on, .max_zoom = 1.2};
  for (uint64_t k = 0; k < 50; ++k) {
    const Box box = box_of(100, 60, center, Draw(2, 0, k, Purpose::item_transform));
    EXPECT_NEAR(static_cast<double>(box.x) + static_cast<double>(box.width) / 2, 50, 0.51);
    EXPECT_GE(box.width, 50);
  }
}

TEST(Views, PolicyChangesTrainingViewsOnly) {
  ItemView view{.size = 16, .resize = Resize::squish};
  const auto plain = view_of(picture(16, 16), view, std::nullopt);
  view.policy.kind = Policy::trivial_augment;
  EXPECT_TRUE(at::equal(view_of(picture(16, 16), view, std::nullopt), plain));
  int changed = 0;
  for (uint64_t k = 0; k < 50; ++k) {
    const Draw draw(1, 0, k, Purpose::item_transform);
    const auto seen = view_of(picture(16, 16), view, draw);
    EXPECT_TRUE(at::equal(seen, view_of(picture(16, 16), view, draw)));
    changed += !at::equal(seen, plain);
  }
  EXPECT_GT(changed, 35);
  EXPECT_EQ(view_of(picture(16, 16), {.size = 16, .presize = 1.5}, Draw(1, 0, 0, Purpose::item_transform)).size(0), 24);
}

TEST(Presets, StrengthScalesAndTopDownTurnsModernOnes) {
  double turn = 0;
  int swapped = 0;
  constexpr int kTimes = 4000;
  for (uint64_t k = 0; k < kTimes; ++k) {
    const Draw draw(5, 0, k, Purpose::batch_transform);
    const Matrix m = draw_change({.preset = Augment::basic, .size = 32, .strength = 0.5}, draw).matrix;
    turn = std::max(turn, std::abs(std::atan2(m[3], m[4])) * 180 / M_PI);
    const Matrix top = draw_change({.preset = Augment::modern_top_down, .size = 32, .strength = 0}, draw).matrix;
    swapped += std::abs(top[1]) > std::abs(top[0]);
    const Change still = draw_change({.preset = Augment::modern, .size = 32, .max_zoom = 1, .strength = 0}, draw);
    EXPECT_NEAR(std::abs(still.matrix[0]), 1, 1e-12);
    EXPECT_EQ(still.light.kind, Light::Kind::none);
  }
  EXPECT_NEAR(turn, 5, 0.05);
  EXPECT_NEAR(swapped / double{kTimes}, 0.25, 0.03);  // half of the symmetries, half of the time
}

TEST(ImageTransform, ErasesTrainingViewsOnly) {
  const ImageTransform transform({.size = 24}, {.hole = 12}, {});
  EXPECT_TRUE(transform.augments());
  EXPECT_FALSE(ImageTransform({.size = 24}, {}, {}).augments());
  Batch batch{.x = {batch_of(2, 24)}, .y = {}, .index = {0, 1}};
  const auto plain = transform.apply(batch, std::nullopt, at::kFloat).x[0];
  const auto holed = transform.apply(batch, BatchTransform::Key{1, 0}, at::kFloat).x[0];
  EXPECT_FALSE(at::equal(plain, holed));
  const auto differs = plain != holed;
  EXPECT_TRUE((holed.masked_select(differs) == 0).all().item<bool>());
  EXPECT_LE(differs.sum().item<int64_t>(), 2 * 3 * 144);
  EXPECT_GE(differs.sum().item<int64_t>(), 2 * 3 * 30);
}

TEST(ImageTransform, IsAFunctionOfSeedEpochAndItem) {
  const ImageTransform transform({.preset = Augment::modern, .size = 24}, {}, {});
  const auto batch = [](std::vector<int64_t> index) {
    return Batch{.x = {batch_of(1, 24)
                           .repeat({static_cast<int64_t>(index.size()), 1, 1, 1})
                           .contiguous(at::MemoryFormat::ChannelsLast)},
                 .y = {},
                 .index = index};
  };
  const auto one = transform.apply(batch({3, 8}), BatchTransform::Key{1, 2}, at::kFloat).x[0];
  const auto other = transform.apply(batch({8, 3}), BatchTransform::Key{1, 2}, at::kFloat).x[0];
  EXPECT_TRUE(at::equal(one[0], other[1]));
  EXPECT_FALSE(at::equal(one[0], one[1]));
  EXPECT_FALSE(at::equal(one, transform.apply(batch({3, 8}), BatchTransform::Key{1, 3}, at::kFloat).x[0]));
  const auto plain = transform.apply(batch({3, 8}), std::nullopt, at::kFloat).x[0];
  EXPECT_TRUE(at::equal(plain[0], plain[1]));
  EXPECT_NEAR(plain[0][1][2][3].item<float>(), ((37 * 3 + 91 * 2 + 53 + 7 * 6) % 256 / 255.0 - 0.456) / 0.224, 1e-5);
}

}  // namespace
}  // namespace tenfold::vision

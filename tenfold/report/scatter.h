#pragma once
// Points in the plane as data: what assets/scatter.js draws, as JSON, and the figure element that holds it.

#include <cstddef>
#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/report/picture.h"

namespace tenfold::report {

struct Scatter {
  std::string id, title;
  std::string x_label, y_label;  ///< both empty: positions have no unit, and no axes are drawn
  std::vector<double> x, y;
  std::vector<int> group;           ///< of each point; colour and shape
  std::vector<std::string> groups;  ///< names; the reader may switch each on and off
  bool ordered = false;             ///< groups follow each other: colours go from one tone to another
  bool diagonal = false;            ///< the line y = x is drawn
  std::vector<std::string> name;    ///< of each point, shown under the pointer
  std::vector<std::string> note;    ///< a second line, may be empty
  std::vector<size_t> ringed;       ///< points set apart; the arrow keys visit them, in this order
  std::string ring_name;            ///< what the ring says: "predicted wrongly"
  Picture sheet;                    ///< thumbnails side by side, row by row; empty bytes: none
  int tile = 0;                     ///< pixels of a thumbnail's side
  std::vector<int> tile_of;         ///< of each point its thumbnail, -1 for none; empty: none has one
};

Json to_json(const Scatter& scatter);

/// The figure, empty until the script draws into it; its label says in words what there is. "" without points.
std::string figure_of(const Scatter& scatter);

}  // namespace tenfold::report

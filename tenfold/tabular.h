#pragma once
// Everything for tables: frames, preprocessing, networks with vectors for categories, ratings, trees beside them.
// For programs outside the library; its rooms include what they use.

#include "tenfold/bundle/bundle.h"
#include "tenfold/data/group_features.h"
#include "tenfold/data/join.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/data/write_csv.h"
#include "tenfold/report/report.h"
#include "tenfold/tabular/blend.h"
#include "tenfold/tabular/boosted_trees.h"
#include "tenfold/tabular/collab.h"
#include "tenfold/tabular/learner.h"
#include "tenfold/tabular/load.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/train.h"

#pragma once
// Everything for images: data, networks, training, prediction, the model file and the report.
// For programs outside the library; its rooms include what they use.

#include "tenfold/bundle/bundle.h"
#include "tenfold/report/report.h"
#include "tenfold/train.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/images.h"
#include "tenfold/vision/learner.h"
#include "tenfold/vision/options.h"

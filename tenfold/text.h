#pragma once
// Everything for texts: tokens, language models, classifiers, encoders, tagged words, translation, the model file.
// For programs outside the library; its rooms include what they use.

#include "tenfold/bundle/bundle.h"
#include "tenfold/report/report.h"
#include "tenfold/text/encoder_model.h"
#include "tenfold/text/generate.h"
#include "tenfold/text/numbering.h"
#include "tenfold/text/text_data.h"
#include "tenfold/text/token_labels.h"
#include "tenfold/text/translation.h"
#include "tenfold/text/ulmfit.h"
#include "tenfold/train.h"

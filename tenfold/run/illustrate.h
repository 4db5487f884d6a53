#pragma once
// The data itself in a report: what training saw, and what the network looked at where it was wrong. One overload a
// kind of data.

#include "tenfold/bundle/pipeline.h"
#include "tenfold/report/report.h"
#include "tenfold/run/findings.h"
#include "tenfold/train/learner.h"

namespace tenfold {

/// A batch as the network sees it, and the pictures of page.top_losses, which show() has filled, shaded by what spoke
/// for each output (Grad-CAM). Reads pictures again; runs the network.
void illustrate(const ImagePipeline& images, Learner& learner, const Findings& found, report::Page& page);

/// The words of page.top_losses' texts, shaded by what they did to the classes looked at: input times gradient for an
/// encoder, what the logit loses without the word for an AWD-LSTM; of tagged sentences, which word it is.
void illustrate(const TextPipeline& texts, Learner& learner, const Findings& found, report::Page& page);

/// Importance of the columns, what the model makes of the foremost ones' values, whether its probabilities hold, and
/// maps of the categories' vectors.
void illustrate(const TablePipeline& table, Learner& learner, const Findings& found, report::Page& page);

/// Nothing: there is nothing to find in a translator by classes or values. Its application shows translations.
inline void illustrate(const TranslationPipeline&, Learner&, const Findings&, report::Page&) {}

/// By the kind of the pipeline.
void illustrate(const Pipeline& pipeline, Learner& learner, const Findings& found, report::Page& page);

}  // namespace tenfold

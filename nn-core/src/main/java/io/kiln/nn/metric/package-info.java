/**
 * Numbers that say how good a model is: confusion, precision and recall, the k best, BLEU. Loss,
 * accuracy and errors are those of {@code train.Evaluation}.
 *
 * <p>Read first: {@link io.kiln.nn.metric.Sums}. Invariant: a metric is a few sums, so those of
 * many workers are added to give that of all; sums are double precision.
 */
@NullMarked
package io.kiln.nn.metric;

import org.jspecify.annotations.NullMarked;

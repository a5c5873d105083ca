/**
 * Kiln's networks as stages of Spark ML: estimators that train in whatever application calls them,
 * and models that answer tables and streams in batches.
 *
 * <p>Read first: {@link io.kiln.spark.ml.KilnClassifier}, {@link io.kiln.spark.ml.KilnParams} (all
 * parameters), {@link io.kiln.spark.ml.FitCall} (the one place that trains), {@link
 * io.kiln.spark.ml.BatchTransform} (how a model answers a table).
 *
 * <p>Invariants: a stage demands no setting that its application has not, prints nothing and ends
 * nothing; classes are 0 … k − 1 as in Spark MLlib; a model's weights stand in {@code
 * model.safetensors}, the rest of it in Spark ML's own metadata.
 */
@NullMarked
package io.kiln.spark.ml;

import org.jspecify.annotations.NullMarked;

/**
 * Samples: data sets, batches, sample order, readers, augmentation.
 *
 * <p>Read first: {@link io.kiln.nn.data.Dataset}, {@link io.kiln.nn.data.Batch}.
 */
@NullMarked
package io.kiln.nn.data;

import org.jspecify.annotations.NullMarked;

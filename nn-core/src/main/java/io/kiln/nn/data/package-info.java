/**
 * Samples: data sets, batches, sample order, readers, augmentation.
 *
 * <p>Read first: {@link io.kiln.nn.data.Dataset}, {@link io.kiln.nn.data.Batch}, {@link
 * io.kiln.nn.data.DataSources}; for distributed training {@link io.kiln.nn.data.Shards} and {@link
 * io.kiln.nn.data.SampleOrder}.
 *
 * <p>Invariants: a sample is a function of its index and, if it is varied, of the epoch, so any
 * worker can read any sample at any time; nothing is fitted on other than the training part; sizes
 * declared in a file are compared with the bytes that are there before memory is asked for.
 */
@NullMarked
package io.kiln.nn.data;

import org.jspecify.annotations.NullMarked;

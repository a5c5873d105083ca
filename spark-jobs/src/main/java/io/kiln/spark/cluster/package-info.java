/** The gang of workers: getting it, starting it, losing it. */
@NullMarked
package io.kiln.spark.cluster;

import org.jspecify.annotations.NullMarked;

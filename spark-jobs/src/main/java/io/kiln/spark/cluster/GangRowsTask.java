package io.kiln.spark.cluster;

import java.io.Serializable;
import java.util.Iterator;

/**
 * What every worker of a gang does with its partition of an RDD.
 *
 * @param <T> a row
 * @param <R> what a worker brings back; must be serialisable
 */
@FunctionalInterface
public interface GangRowsTask<T, R> extends Serializable {
  /** Does the work; an exception ends the whole attempt. */
  R run(GangContext context, Iterator<T> rows) throws Exception;
}

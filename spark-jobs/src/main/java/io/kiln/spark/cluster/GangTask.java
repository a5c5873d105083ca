package io.kiln.spark.cluster;

import java.io.Serializable;

/**
 * What every worker of a gang does. Sent to the executors: it must hold only what can be
 * serialised.
 *
 * @param <R> what a worker brings back; must be serialisable
 */
@FunctionalInterface
public interface GangTask<R> extends Serializable {
  /** Does the work; an exception ends the whole attempt. */
  R run(GangContext context) throws Exception;
}

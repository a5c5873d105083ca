package io.kiln.spark.fit;

import io.kiln.spark.cluster.GangContext;
import io.kiln.spark.config.RunConfig;
import java.io.IOException;
import java.io.Serializable;

/** What a task gets of the data of a fit. Sent within its closure. */
public interface WorkerData extends Serializable {
  /**
   * The samples of a worker; call it on the task's own thread.
   *
   * @param gang the worker's place among the others, who all call it
   * @param config what is trained
   * @throws io.kiln.spark.shards.LostRowsException if an executor took rows with it
   * @throws io.kiln.nn.io.FormatException if the samples are not those the driver knows
   */
  FitSamples open(GangContext gang, RunConfig config) throws IOException;
}

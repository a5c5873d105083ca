package io.kiln.spark.shards;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.FetchFailed;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.apache.spark.shuffle.FetchFailedException;
import scala.Option;

/**
 * Reads Spark's partitions within a long task, as if for each there were a task of its own: its
 * memory is free at its end, and a lost shuffle file is an error of the reader.
 *
 * <p>A fetch failure notes itself in the task that runs, and the scheduler then looks for the stage
 * that made the file among the parents of the task's own stage. A gang's stage has none (it could
 * not be a barrier), so the note must not come there.
 */
final class OwnTask {
  private OwnTask() {}

  /** Calls the body in a context of its own. */
  static <T> T run(TaskContext outer, Callable<T> body) throws IOException {
    TaskContextImpl own =
        new TaskContextImpl(
            outer.stageId(),
            outer.stageAttemptNumber(),
            outer.partitionId(),
            outer.taskAttemptId(),
            outer.attemptNumber(),
            outer.numPartitions(),
            outer.taskMemoryManager(),
            outer.getLocalProperties(),
            SparkEnv.get().metricsSystem(),
            outer.taskMetrics(),
            outer.cpus(),
            outer.resources());
    TaskContext$.MODULE$.setTaskContext(own);
    Throwable failure = null;
    try {
      return body.call();
    } catch (Throwable e) { // Spark declares none of what it throws
      failure = e;
      throw explained(e);
    } finally {
      own.markTaskCompleted(Option.apply(failure));
      TaskContext$.MODULE$.setTaskContext(outer);
    }
  }

  private static IOException explained(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof FetchFailedException lost) {
        String executor = "";
        if (lost.toTaskFailedReason() instanceof FetchFailed fetch && fetch.bmAddress() != null) {
          executor = fetch.bmAddress().executorId();
        }
        return new LostRowsException(
            "shards: rows that executor "
                + executor
                + " had are lost; they are computed again for the next attempt",
            executor,
            e);
      }
    }
    if (e instanceof IOException known) {
      return known;
    }
    if (e instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IOException("shards: " + e.getMessage(), e);
  }
}

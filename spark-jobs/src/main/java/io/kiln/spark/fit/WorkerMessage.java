package io.kiln.spark.fit;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.LayerWatch;
import io.kiln.spark.report.Json;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.StepSeries;
import java.io.IOException;

/** What workers tell the driver while they train, as JSON. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkerMessage.Ready.class, name = "ready"),
  @JsonSubTypes.Type(value = WorkerMessage.Stepped.class, name = "stepped"),
  @JsonSubTypes.Type(value = WorkerMessage.EpochDone.class, name = "epoch"),
  @JsonSubTypes.Type(value = WorkerMessage.Curve.class, name = "curve"),
  @JsonSubTypes.Type(value = WorkerMessage.LayersSeen.class, name = "layers"),
  @JsonSubTypes.Type(value = WorkerMessage.Saved.class, name = "saved"),
  @JsonSubTypes.Type(value = WorkerMessage.SaveFailed.class, name = "save-failed"),
  @JsonSubTypes.Type(value = WorkerMessage.Lost.class, name = "lost"),
  @JsonSubTypes.Type(value = WorkerMessage.FitBegun.class, name = "fit-begun"),
  @JsonSubTypes.Type(value = WorkerMessage.FitDone.class, name = "fit-done"),
  @JsonSubTypes.Type(value = WorkerMessage.FitFailed.class, name = "fit-failed")
})
public sealed interface WorkerMessage {
  /**
   * A worker has its data and begins; each says so.
   *
   * @param executorId Spark's name of where it runs
   * @param bytesRead bytes it read to have its samples
   * @param slow why it computes without native code; empty if it does not
   */
  record Ready(
      int rank,
      long step,
      String executorId,
      RunReport.Executor executor,
      long bytesRead,
      String slow)
      implements WorkerMessage {}

  /** Rows that an executor had are gone; who misses them says so, and then fails. */
  record Lost(String executor) implements WorkerMessage {}

  /** Steps are done; rank 0 says so a few times a second. */
  record Stepped(long step, long steps, double loss, double samplesPerSecond)
      implements WorkerMessage {}

  /** An epoch is done; rank 0 says so. */
  record EpochDone(EpochRecord epoch) implements WorkerMessage {}

  /** Steps since this attempt began, in few points; rank 0 says so now and then. */
  record Curve(StepSeries series) implements WorkerMessage {}

  /** Weights and gradients after an epoch; rank 0 says so if it is asked to look. */
  record LayersSeen(LayerWatch.Seen seen) implements WorkerMessage {}

  /** A checkpoint is written; rank 0 says so. */
  record Saved(long step, String path) implements WorkerMessage {}

  /** A checkpoint could not be written and is tried again; rank 0 says so. */
  record SaveFailed(long step, String why) implements WorkerMessage {}

  /** Of several fits in one task, the one of that number begins. */
  record FitBegun(int number) implements WorkerMessage {}

  /** Of several fits in one task, the one of that number is over and went well. */
  record FitDone(int number, FitResult result) implements WorkerMessage {}

  /** Of several fits in one task, the one of that number failed; the others go on. */
  record FitFailed(int number, String why) implements WorkerMessage {}

  /** As bytes. */
  default byte[] toBytes() {
    return Json.bytes(this);
  }

  /** From bytes. */
  static WorkerMessage of(byte[] bytes) throws IOException {
    return Json.read("worker message", bytes, WorkerMessage.class);
  }
}

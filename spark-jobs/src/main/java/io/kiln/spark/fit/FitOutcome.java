package io.kiln.spark.fit;

import io.kiln.nn.io.Digests;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.train.Timing;
import io.kiln.spark.report.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a fit ended.
 *
 * @param result how it ended
 * @param test the network on the test set; null if it was interrupted, or without test data
 * @param sha256 of all trained values, see {@link Digests#sha256}
 * @param timings where the seconds of each worker went, by rank
 * @param answers what there is to see of the answers to the test set, or to the validation set if
 *     there is none; null if neither was looked at
 * @param weights safetensors file on the driver, which the receiver deletes; null where they went
 *     elsewhere
 */
public record FitOutcome(
    FitResult result,
    @Nullable Evaluation test,
    String sha256,
    List<Timing> timings,
    @Nullable AnswerDetails answers,
    @Nullable Path weights) {
  /** What a worker brings home. */
  record Brought(
      FitResult result,
      @Nullable Evaluation test,
      String sha256,
      @SuppressWarnings("ArrayRecordComponent") // bytes on their way, never compared
          byte @Nullable [] details) {
    byte[] toBytes() {
      return Json.bytes(this);
    }
  }

  /** From what the workers brought, in rank order. */
  static FitOutcome of(List<byte[]> brought, @Nullable Path weights) throws IOException {
    List<Timing> timings = new ArrayList<>();
    for (byte[] one : brought) {
      timings.add(Json.read("outcome of a worker", one, Brought.class).result().timing());
    }
    Brought read = Json.read("outcome of a worker", brought.get(0), Brought.class);
    return new FitOutcome(
        read.result(),
        read.test(),
        read.sha256(),
        List.copyOf(timings),
        read.details() == null ? null : AnswerDetails.of(read.details()),
        weights);
  }
}

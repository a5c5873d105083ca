package io.kiln.spark.fit;

import io.kiln.nn.io.Digests;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.report.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a fit ended.
 *
 * @param result how it ended
 * @param test the network on the test set; null if it was interrupted, or without test data
 * @param sha256 of all trained values, see {@link Digests#sha256}
 * @param weights safetensors file on the driver, which the receiver deletes; null where they went
 *     elsewhere
 */
public record FitOutcome(
    FitResult result, @Nullable Evaluation test, String sha256, @Nullable Path weights) {
  /** What a worker brings home. */
  record Brought(FitResult result, @Nullable Evaluation test, String sha256) {
    byte[] toBytes() {
      return Json.bytes(this);
    }
  }

  static FitOutcome of(byte[] brought, @Nullable Path weights) throws IOException {
    Brought read = Json.read("outcome of a worker", brought, Brought.class);
    return new FitOutcome(read.result(), read.test(), read.sha256(), weights);
  }
}

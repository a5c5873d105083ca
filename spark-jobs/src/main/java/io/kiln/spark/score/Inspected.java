package io.kiln.spark.score;

import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.AnswerDetails;
import io.kiln.nn.train.Evaluation;
import io.kiln.spark.report.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a network does on some samples, with what there is to see of its answers if somebody looks.
 *
 * @param evaluation loss and answers
 * @param details see {@link AnswerDetails#toBytes}; null if nobody looks
 */
public record Inspected(
    Evaluation evaluation,
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way, never compared
        byte @Nullable [] details) {
  /** Room for the details of a network's answers; null if nobody looks. */
  public static @Nullable AnswerDetails room(ModelFolder.Loaded model, boolean looks) {
    return looks ? AnswerDetails.of(model.network(), model.loss()) : null;
  }

  /** An evaluation, and what was seen in it. */
  public static Inspected of(Evaluation evaluation, @Nullable AnswerDetails seen) {
    return new Inspected(evaluation, seen == null ? null : seen.toBytes());
  }

  /** Both together. */
  public Inspected plus(Inspected other) {
    AnswerDetails all = seen();
    AnswerDetails more = other.seen();
    if (all != null && more != null) {
      all.merge(more);
    }
    return of(evaluation.plus(other.evaluation), all);
  }

  /** What was seen; null if nobody looked. */
  public @Nullable AnswerDetails seen() {
    return details == null ? null : AnswerDetails.of(details);
  }

  /** As bytes. */
  public byte[] toBytes() {
    return Json.bytes(this);
  }

  /** From bytes. */
  public static Inspected of(byte[] bytes) throws IOException {
    return Json.read("evaluation of a worker", bytes, Inspected.class);
  }
}

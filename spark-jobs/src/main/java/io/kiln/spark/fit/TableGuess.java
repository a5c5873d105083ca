package io.kiln.spark.fit;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.train.Baseline;
import io.kiln.nn.train.Evaluation;
import io.kiln.spark.shards.Part;
import io.kiln.spark.shards.ShardedTable;
import io.kiln.spark.shards.TablePlan;
import io.kiln.spark.shards.TargetChunks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What always the same answer gets on a table. */
final class TableGuess {
  private TableGuess() {}

  /**
   * Of classes, from their counts; null if the loss is none of one class a sample, or rows have
   * weights.
   */
  static FitData.@Nullable Guess ofClasses(TablePlan table, FitPlan plan) {
    Baseline baseline =
        table.weighted()
            ? null
            : Baseline.ofCounts(plan.network(), plan.loss(), table.classCounts(Part.TRAIN));
    return baseline == null
        ? null
        : new FitData.Guess(
            baseline.answer(),
            onCounts(baseline, table, Part.VALIDATION),
            onCounts(baseline, table, Part.TEST));
  }

  private static @Nullable Evaluation onCounts(Baseline baseline, TablePlan table, Part part) {
    return table.rows(part) == 0 ? null : baseline.onCounts(table.classCounts(part));
  }

  /**
   * Of a regression: the mean is known, how far it is from the numbers is found on the executors,
   * which read what is held back; null if the loss is not for numbers.
   *
   * @throws IOException if the table is no longer what was planned
   */
  static FitData.@Nullable Guess ofNumbers(ShardedTable table, FitPlan plan) throws IOException {
    TablePlan known = table.plan();
    Baseline baseline = Baseline.ofMeans(known.spec(), plan.loss(), known.labelMeans());
    if (baseline == null) {
      return null;
    }
    Fold fold = new Fold(known, new LinkedHashMap<>(plan.lossSection()));
    return new FitData.Guess(
        baseline.answer(), on(table, fold, Part.VALIDATION), on(table, fold, Part.TEST));
  }

  private static @Nullable Evaluation on(ShardedTable table, Fold fold, Part part)
      throws IOException {
    if (table.plan().rows(part) == 0) {
      return null;
    }
    Evaluation sum = Evaluation.none(0);
    for (byte[] shard : table.ofTargets(part, fold)) {
      sum = sum.plus(Evaluation.of(ByteBuffer.wrap(shard), 0));
    }
    return sum;
  }

  /** How the mean does on a shard. */
  private record Fold(TablePlan table, LinkedHashMap<String, Object> loss)
      implements TargetChunks.Fold {
    @Override
    public byte[] of(TargetChunks targets) throws IOException {
      SampleSpec spec = table.spec();
      Baseline baseline =
          Objects.requireNonNull(
              Baseline.ofMeans(
                  spec, Losses.of(Settings.of("loss", Map.copyOf(loss))), table.labelMeans()));
      Evaluation sum = Evaluation.none(0);
      while (targets.next()) {
        sum = sum.plus(baseline.onTargets(targets.targets(), targets.weights()));
      }
      return sum.withoutConfusion().toBytes();
    }
  }
}

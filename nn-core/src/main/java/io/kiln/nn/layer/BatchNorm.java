package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Shape;
import java.util.Map;

/**
 * Batch normalization over each channel (Ioffe and Szegedy 2015).
 *
 * <p>Shapes: x {@code [n, c]} or {@code [n, c, h, w]} → y of x's shape; parameters {@code weight}
 * [c] (begins 1) and {@code bias} [c] (0), buffers {@code running_mean} [c] (0), {@code
 * running_var} [c] (1) and {@code num_batches_tracked} [], PyTorch's names and defaults. Training
 * uses the batch's statistics, everything else the running ones, and so does training where they
 * are frozen.
 *
 * <p>Synchronized, the batch is that of the whole step, over all virtual shards of all workers, as
 * PyTorch's SyncBatchNorm has it; else each shard normalizes by its own. The former costs a small
 * all-reduce forward and one back for each layer, and is worth it where a shard's batch is small.
 *
 * @param momentum by which the running statistics move
 * @param epsilon added to the variance
 * @param sync whether the statistics are those of all shards of a training step
 */
public record BatchNorm(double momentum, double epsilon, boolean sync) implements Layer {
  /** With PyTorch's defaults. */
  public static BatchNorm of() {
    return from(Settings.of("batch-norm", Map.of()));
  }

  /** The same, with the statistics of all shards of a step or of each alone. */
  public BatchNorm withSync(boolean all) {
    return new BatchNorm(momentum, epsilon, all);
  }

  /** Reads {@code momentum}, {@code epsilon} and {@code sync} (false). */
  public static BatchNorm from(Settings settings) {
    double momentum = settings.within(0, 1, "momentum", 0.1);
    double epsilon = settings.within(0, Double.POSITIVE_INFINITY, "epsilon", 1e-5);
    boolean sync = settings.flag("sync", false);
    settings.finish();
    return new BatchNorm(momentum, epsilon, sync);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Shape channels = x.shape().rank() < 2 ? Shape.of() : Shape.of(x.shape().size(1));
    Var gain = scope.bias("weight", channels, Init.constant(1));
    Var offset = scope.bias("bias", channels, Init.zeros());
    Var mean = scope.buffer("running_mean", channels, Init.zeros());
    Var variance = scope.buffer("running_var", channels, Init.constant(1));
    Var count = scope.buffer("num_batches_tracked", Shape.of(), Init.zeros());
    return io.kiln.nn.op.norm.BatchNorm.of(
        x,
        gain,
        offset,
        mean,
        variance,
        count,
        new io.kiln.nn.op.norm.BatchNorm.Mode(
            epsilon, momentum, scope.trains("running_mean"), sync));
  }
}

package io.kiln.nn.loss;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Deviation;
import io.kiln.nn.op.loss.DeviationLoss;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean of (output − target)², the loss of regression; {@code mse} for short.
 *
 * <p>Shapes: outputs and targets of equal shape; an axis of size 1 may be missing.
 *
 * @param half whether it is halved, so that the gradient is output − target
 * @param perSample whether squares are added over a sample's outputs and averaged over samples; if
 *     not they are averaged over all outputs, as in PyTorch
 */
public record MeanSquaredErrorLoss(boolean half, boolean perSample) implements Loss {
  /** Reads {@code half: true|false}, {@code mean-over: outputs|samples}. */
  public static MeanSquaredErrorLoss from(Settings settings) {
    boolean half = settings.flag("half", false);
    String over = settings.choice("mean-over", "outputs", "outputs", "samples");
    settings.finish();
    return new MeanSquaredErrorLoss(half, over.equals("samples"));
  }

  @Override
  public Var sum(Var output, Var target, @Nullable Var weights) {
    return DeviationLoss.of(
        Deviation.SQUARE, 0, half ? 0.5 : 1, output, Targets.likeOutput(output, target), weights);
  }

  @Override
  public double weight(Tensor target, @Nullable Tensor weights) {
    return perSample ? Targets.samples(target, weights) : Targets.elements(target, weights);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.NUMBERS;
  }

  @Override
  public double unit(double deviation) {
    return deviation * deviation;
  }
}

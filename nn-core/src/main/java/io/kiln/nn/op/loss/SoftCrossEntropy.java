package io.kiln.nn.op.loss;

import io.kiln.nn.autograd.Check;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy with any target distribution, class weights and label smoothing, of scores or of
 * probabilities.
 *
 * <p>Of scores, L = Σ over rows of Σⱼ qⱼ·(log Σ exp(x) − xⱼ), stable for scores of any size; of
 * probabilities, L = −Σ q·log max(x, 10⁻¹²). Here q = w·((1 − smoothing)·t + smoothing / classes)
 * as in PyTorch, t the target distribution or 1 at the target index. Label smoothing: Szegedy et
 * al. 2016, "Rethinking the Inception architecture", section 7.
 *
 * <p>Shapes: x {@code [n, classes]}; target {@code [n]} class indices (below 0: the row is ignored)
 * or {@code [n, classes]} distributions; w {@code [classes]} → L {@code []}. With weights {@code
 * [samples]} the rows of sample i count wᵢ times: their q is multiplied by it.
 *
 * <p>Gradient: dx = softmax(x)·Σⱼ qⱼ − q; of probabilities dx = −q / max(x, 10⁻¹²). Targets get
 * none.
 */
public final class SoftCrossEntropy extends Op {
  private static final double FLOOR = 1e-12;

  private final boolean ofScores;
  private final @Nullable Tensor weights;
  private final double smoothing;
  private final int n;
  private final int classes;
  private final @Nullable SampleWeights samples;
  private final SampleWeights.Parts shares = new SampleWeights.Parts();
  private @Nullable Tensor stateOfParts;
  private Tensor[] parts = {};

  private SoftCrossEntropy(
      boolean ofScores,
      Var[] inputs,
      @Nullable Tensor weights,
      double smoothing,
      @Nullable SampleWeights samples) {
    super(Shape.of(), inputs);
    Var x = inputs[0];
    this.samples = samples;
    this.ofScores = ofScores;
    this.weights = weights;
    this.smoothing = smoothing;
    this.n = x.shape().size(0);
    this.classes = x.shape().size(1);
  }

  /** Records the summed loss of scores; weights null for 1 each. */
  public static Var ofScores(Var x, Var target, @Nullable Tensor weights, double smoothing) {
    return ofScores(x, target, weights, smoothing, null);
  }

  /** Records the summed loss of scores; weights of classes and of samples, null for 1 each. */
  public static Var ofScores(
      Var x, Var target, @Nullable Tensor weights, double smoothing, @Nullable Var samples) {
    return record("softmax-cross-entropy", true, x, target, weights, smoothing, samples);
  }

  /** Records the summed loss of probabilities; weights null for 1 each. */
  public static Var ofProbabilities(Var x, Var target, @Nullable Tensor weights, double smoothing) {
    return ofProbabilities(x, target, weights, smoothing, null);
  }

  /** Records the summed loss of probabilities; weights of classes and of samples likewise. */
  public static Var ofProbabilities(
      Var x, Var target, @Nullable Tensor weights, double smoothing, @Nullable Var samples) {
    return record("cross-entropy", false, x, target, weights, smoothing, samples);
  }

  private static Var record(
      String where,
      boolean ofScores,
      Var x,
      Var target,
      @Nullable Tensor weights,
      double smoothing,
      @Nullable Var samples) {
    Check.rank(where, "x", x, 2);
    Check.that(
        target.shape().equals(Shape.of(x.shape().size(0))) || target.shape().equals(x.shape()),
        where
            + ": target is "
            + target.shape()
            + " but x is "
            + x.shape()
            + "; give one class index or one distribution a row");
    Check.that(
        weights == null || weights.count() == x.shape().size(1),
        where
            + ": "
            + (weights == null ? 0 : weights.count())
            + " class weights came but x is "
            + x.shape()
            + "; give one a class");
    Check.constant(where, target);
    SampleWeights each = SampleWeights.of(where, x, samples);
    Var[] inputs = SampleWeights.inputs(x, target, samples);
    return x.tape().apply(new SoftCrossEntropy(ofScores, inputs, weights, smoothing, each));
  }

  private Tensor part(int i) {
    if (stateOfParts != state()) {
      stateOfParts = state();
      parts = new Tensor[ofScores ? 2 : 1];
      for (int k = 0; k < parts.length; k++) {
        parts[k] = state().slice(k * n * classes, Shape.of(n, classes));
      }
    }
    return parts[i];
  }

  private Tensor q() {
    return part(0);
  }

  private Tensor p() {
    return part(1);
  }

  @Override
  protected void forward() {
    Tensor x = input(0).value();
    kernels().losses().softTargets(input(1).value(), weights, smoothing, n, classes, q());
    if (samples != null) {
      for (int i = 0; i < samples.count(); i++) {
        Tensor share = shares.of(q(), samples.count(), i);
        kernels().elementwise().scale(samples.get(i), share, share);
      }
    }
    double loss =
        ofScores
            ? kernels().softmax().softCrossEntropy(x, q(), n, classes, p())
            : kernels().losses().probabilityCrossEntropy(x, q(), n, classes, FLOOR);
    output().value().set(0, loss);
  }

  @Override
  protected void backward() {
    Var x = input(0);
    if (!x.needsGrad()) {
      return;
    }
    double scale = output().grad().get(0);
    Tensor dx = x.gradTarget();
    if (ofScores) {
      kernels().softmax().softCrossEntropyBackward(p(), q(), n, classes, scale, dx);
    } else {
      kernels().losses().probabilityCrossEntropyBackward(x.value(), q(), FLOOR, scale, dx);
    }
    x.gradDone();
  }

  @Override
  protected boolean keepsInputs() {
    return !ofScores;
  }

  @Override
  protected long stateSize() {
    return (ofScores ? 2L : 1L) * n * classes;
  }

  @Override
  public long forwardFlops() {
    return 8L * n * classes;
  }

  @Override
  public long backwardFlops() {
    return 3L * n * classes;
  }
}

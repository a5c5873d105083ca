package io.kiln.nn.op;

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
 * or {@code [n, classes]} distributions; w {@code [classes]} → L {@code []}.
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

  private SoftCrossEntropy(
      boolean ofScores, Var x, Var target, @Nullable Tensor weights, double smoothing) {
    super(Shape.of(), x, target);
    this.ofScores = ofScores;
    this.weights = weights;
    this.smoothing = smoothing;
    this.n = x.shape().size(0);
    this.classes = x.shape().size(1);
  }

  /** Records the summed loss of scores; weights null for 1 each. */
  public static Var ofScores(Var x, Var target, @Nullable Tensor weights, double smoothing) {
    return record("softmax-cross-entropy", true, x, target, weights, smoothing);
  }

  /** Records the summed loss of probabilities; weights null for 1 each. */
  public static Var ofProbabilities(Var x, Var target, @Nullable Tensor weights, double smoothing) {
    return record("cross-entropy", false, x, target, weights, smoothing);
  }

  private static Var record(
      String where,
      boolean ofScores,
      Var x,
      Var target,
      @Nullable Tensor weights,
      double smoothing) {
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
    return x.tape().apply(new SoftCrossEntropy(ofScores, x, target, weights, smoothing));
  }

  private Tensor q() {
    return state().slice(0, Shape.of(n, classes));
  }

  private Tensor p() {
    return state().slice(n * classes, Shape.of(n, classes));
  }

  @Override
  protected void forward() {
    Tensor x = input(0).value();
    kernels().losses().softTargets(input(1).value(), weights, smoothing, n, classes, q());
    double loss =
        ofScores
            ? kernels().losses().softCrossEntropy(x, q(), n, classes, p())
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
      kernels().losses().softCrossEntropyBackward(p(), q(), n, classes, scale, dx);
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
  protected int stateSize() {
    return (ofScores ? 2 : 1) * n * classes;
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

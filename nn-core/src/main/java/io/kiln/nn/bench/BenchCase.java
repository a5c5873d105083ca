package io.kiln.nn.bench;

import io.kiln.nn.data.Batch;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.optim.Momentum;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.Tensor;
import java.util.function.Supplier;

/**
 * One network to be timed.
 *
 * @param name the name people type, with the batch size at its end: {@code lenet-b64}
 * @param network makes it with fresh weights
 * @param loss what it is trained on
 * @param batch samples a step
 * @param fill makes the random samples
 * @param rule how the weights are updated
 */
public record BenchCase(
    String name,
    Supplier<Network> network,
    Loss loss,
    int batch,
    Fill fill,
    ParameterUpdate.Rule rule) {
  /** SGD with momentum, what all cases but those that say otherwise are trained with. */
  private static final ParameterUpdate.Rule MOMENTUM =
      ParameterUpdate.Rule.of(new Momentum(0.9, false, false), 0.01);

  /** A case trained by SGD with momentum. */
  public BenchCase(String name, Supplier<Network> network, Loss loss, int batch, Fill fill) {
    this(name, network, loss, batch, fill, MOMENTUM);
  }

  /** The same under another name, trained by another rule. */
  BenchCase with(String other, ParameterUpdate.Rule another) {
    return new BenchCase(other, network, loss, batch, fill, another);
  }

  /** Writes random samples into a batch. */
  @FunctionalInterface
  public interface Fill {
    /** Fills inputs and target. */
    void fill(Batch batch, SampleSpec spec, CounterRng rng);
  }

  /** Inputs uniform in [0, 1); targets random class indices, or uniform where there are none. */
  public static BenchCase of(String name, Supplier<Network> network, Loss loss, int batch) {
    return new BenchCase(
        name,
        network,
        loss,
        batch,
        (samples, spec, rng) -> {
          for (int i = 0; i < samples.inputs().size(); i++) {
            uniform(samples.input(i), rng.fork(i));
          }
          if (spec.classes() > 0) {
            integers(samples.target(), spec.classes(), rng.fork(-1));
          } else {
            uniform(samples.target(), rng.fork(-1));
          }
        });
  }

  /** Fills a tensor with numbers uniform in [0, 1). */
  public static void uniform(Tensor x, CounterRng rng) {
    for (int i = 0; i < x.count(); i++) {
      x.set(i, rng.uniform(i));
    }
  }

  /** Fills a tensor with whole numbers from 0 to below a bound. */
  public static void integers(Tensor x, int bound, CounterRng rng) {
    for (int i = 0; i < x.count(); i++) {
      x.set(i, rng.integer(i, bound));
    }
  }
}

package io.kiln.nn.train;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.loss.TargetKind;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.optim.PlateauSchedule;
import io.kiln.nn.optim.Schedule;
import io.kiln.nn.optim.WarmupSchedule;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** Finds out before training whether network, loss, optimizer and data go together. */
public final class FitCheck {
  private FitCheck() {}

  /**
   * Checks all that {@link Fit} is given.
   *
   * @throws ConfigException if they do not go together, naming what to change
   */
  public static void check(
      Network network,
      Loss loss,
      ParameterUpdate.Rule rule,
      Dataset train,
      Dataset validation,
      FitOptions options) {
    check(network, loss, rule, validation.size() > 0, options);
    targets(network, loss, train, "training");
  }

  /**
   * Checks what can be checked without a look at the samples.
   *
   * @param holdsOut whether there are validation data
   * @throws ConfigException likewise
   */
  public static void check(
      Network network, Loss loss, ParameterUpdate.Rule rule, boolean holdsOut, FitOptions options) {
    Losses.check(loss, network);
    rule.check(network.params());
    if (!holdsOut && options.stopping().patience() > 0) {
      throw new ConfigException(
          "train.early-stopping: it watches validation data but none are held out; set"
              + " data.validation");
    }
    if (!holdsOut && watches(rule.schedule())) {
      throw new ConfigException(
          "optimizer.schedule: plateau watches the validation loss but no data are held out; set"
              + " data.validation");
    }
  }

  /**
   * Checks that a loss can be trained on a label.
   *
   * @throws ConfigException if it is no number such as the loss needs
   */
  public static void label(Loss loss, double value) {
    if (loss.kind() == TargetKind.PROBABILITIES && !(value >= 0 && value <= 1)) {
      throw new ConfigException(
          "loss: "
              + Losses.name(loss)
              + " needs labels from 0 to 1 but "
              + value
              + " came; use another loss, or labels that say yes or no");
    }
  }

  private static boolean watches(Schedule schedule) {
    return schedule instanceof PlateauSchedule
        || (schedule instanceof WarmupSchedule warmup && watches(warmup.then()));
  }

  /** Targets that a loss cannot be trained on. */
  private static void targets(Network network, Loss loss, Dataset data, String part) {
    Shape shape = data.spec().target();
    Tensor target = Tensor.zeros(shape.batch(1), DType.FLOAT64);
    boolean classes = data.spec().classes() > 0 && loss.kind() != TargetKind.DISTRIBUTIONS;
    boolean differ = !classes || data.size() == 0;
    double first = Double.NaN;
    for (int i = 0; i < data.size(); i++) {
      data.readTarget(i, target, 0);
      for (int j = 0; j < target.count(); j++) {
        double value = target.get(j);
        label(loss, value);
        if (classes && value >= 0) {
          differ |= !Double.isNaN(first) && value != first;
          first = value;
        }
      }
      if (differ && loss.kind() != TargetKind.PROBABILITIES) {
        return;
      }
    }
    if (!differ) {
      throw new ConfigException(
          "data: all "
              + data.size()
              + " samples of the "
              + part
              + " part have the label "
              + ClassNames.of(network.spec(), (int) first)
              + " but two classes or more are needed to learn; check data.label and the split");
    }
  }
}

package io.kiln.nn.optim;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.layer.Named;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The whole rule by which a step moves the parameters of a network: optimizer, rate and schedule,
 * weight decay on weights only, clipping; with the optimizer's state. Mutable, one a fit.
 */
public final class ParameterUpdate {
  private static final Named<Optimizer> OPTIMIZERS =
      new Named<>(Optimizer.class, "optimizer", Settings.class);
  private static final Named<Schedule> SCHEDULES =
      new Named<>(Schedule.class, "schedule", Settings.class);

  /**
   * The configured rule.
   *
   * @param optimizer the update
   * @param rate learning rate before the schedule
   * @param schedule factor of the rate
   * @param decay coupled L2 weight decay, of weights only
   * @param decoupled decoupled weight decay, of weights only
   * @param clipNorm bound of the gradient's global L2 norm; infinity for none
   */
  public record Rule(
      Optimizer optimizer,
      double rate,
      Schedule schedule,
      double decay,
      double decoupled,
      double clipNorm) {
    /**
     * Reads the section {@code optimizer}: {@code type}, {@code learning-rate}, {@code schedule},
     * {@code weight-decay} with {@code decoupled: true|false}, {@code clip-norm}, and the settings
     * of the type.
     */
    public static Rule from(Settings settings) {
      String type = settings.text("type", "sgd");
      double rate = settings.within(0, Double.POSITIVE_INFINITY, "learning-rate", 0.01);
      double decay = settings.within(0, Double.POSITIVE_INFINITY, "weight-decay", 0);
      boolean decoupled = settings.flag("decoupled", false);
      double clip =
          settings.within(0, Double.POSITIVE_INFINITY, "clip-norm", Double.POSITIVE_INFINITY);
      Settings schedule = settings.section("schedule");
      Schedule moving =
          SCHEDULES.make(
              schedule.path("type"), schedule.text("type", "constant") + "-schedule", schedule);
      Optimizer optimizer = OPTIMIZERS.make(settings.path("type"), type, settings);
      settings.finish();
      return new Rule(optimizer, rate, moving, decoupled ? 0 : decay, decoupled ? decay : 0, clip);
    }
  }

  private record Part(Tensor w, Tensor g, List<Tensor> state, boolean decays) {}

  private final Rule rule;
  private final Kernels kernels;
  private final Tensor gradient;
  private final Map<String, Tensor> state = new LinkedHashMap<>();
  private final List<Part> parts = new ArrayList<>();

  /**
   * The rule for one network's parameters and the flat gradient that each step brings.
   *
   * @param gradient {@link Params#trainableCount} numbers, shared
   */
  public ParameterUpdate(Rule rule, Params params, Tensor gradient) {
    this.rule = rule;
    this.kernels = Kernels.of(gradient.dtype());
    this.gradient = gradient;
    for (String name : rule.optimizer().stateNames()) {
      state.put(name, Tensor.zeros(gradient.shape(), gradient.dtype()));
    }
    int weights = 0;
    for (Params.Entry entry : params.entries()) {
      weights += entry.role() == Params.Role.WEIGHT ? entry.shape().count() : 0;
    }
    addPart(params, 0, weights, true);
    addPart(params, weights, params.trainableCount(), false);
  }

  private void addPart(Params params, int from, int end, boolean decays) {
    if (end > from) {
      Shape shape = Shape.of(end - from);
      List<Tensor> states = state.values().stream().map(s -> s.slice(from, shape)).toList();
      parts.add(
          new Part(
              params.values().slice(from, shape), gradient.slice(from, shape), states, decays));
    }
  }

  /** The optimizer's state by name: what a checkpoint keeps. */
  public Map<String, Tensor> state() {
    return new LinkedHashMap<>(state);
  }

  /** Learning rate at a position. */
  public double rate(Schedule.Position position) {
    return rule.rate() * rule.schedule().factor(position);
  }

  /**
   * Moves the parameters once.
   *
   * @param weight what the summed gradient is divided by
   * @return the L2 norm of the mean gradient before clipping, or NaN where it was not needed
   */
  public double apply(Schedule.Position position, double weight) {
    double scale = 1 / weight;
    double norm = Double.NaN;
    if (rule.clipNorm() != Double.POSITIVE_INFINITY) {
      norm = Math.sqrt(kernels.elementwise().sumOfSquares(gradient)) * scale;
      if (norm > rule.clipNorm()) {
        scale *= rule.clipNorm() / norm;
      }
    }
    double rate = rate(position);
    Optimizer.Step decaying =
        new Optimizer.Step(position.step() + 1, rate, scale, rule.decay(), rule.decoupled());
    Optimizer.Step plain = new Optimizer.Step(position.step() + 1, rate, scale, 0, 0);
    for (Part part : parts) {
      rule.optimizer()
          .step(kernels, part.w(), part.g(), part.state(), part.decays() ? decaying : plain);
    }
    return norm;
  }
}

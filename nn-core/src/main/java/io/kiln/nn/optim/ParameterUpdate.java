package io.kiln.nn.optim;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.thread.Crew;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole rule by which a step moves the parameters of a network: clipping, L1 and L2 decay of
 * weights, optimizer, rate and schedule, running average of the parameters; with the optimizer's
 * state. Mutable, one a fit.
 */
public final class ParameterUpdate {
  private static final String AVERAGE = "average";
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /**
   * The configured rule.
   *
   * @param optimizer the update
   * @param rate learning rate before the schedule
   * @param schedule factor of the rate
   * @param decay how parameters are drawn towards 0
   * @param clipping limits of the gradient, before decay
   * @param averageDecay share of the running average of the parameters, and of batch norm's running
   *     statistics, that a step keeps; 0 for no average
   * @param groups parameters with a rate or decay of their own; the first that matches holds
   */
  public record Rule(
      Optimizer optimizer,
      double rate,
      Schedule schedule,
      Decay decay,
      Clipping clipping,
      double averageDecay,
      List<ParameterGroup> groups) {
    /** Copies the list. */
    public Rule {
      groups = List.copyOf(groups);
    }

    /** An optimizer at a rate, nothing else. */
    public static Rule of(Optimizer optimizer, double rate) {
      Optimizer.Traits traits = optimizer.traits();
      return new Rule(
          optimizer,
          rate,
          new ConstantSchedule(),
          new Decay(traits.decay(), traits.decoupledDecay(), 0, false),
          Clipping.none(),
          0,
          List.of());
    }

    /** An optimizer by its name in YAML with its usual settings, at a rate. */
    public static Rule of(String type, double rate) {
      return from(Settings.of("optimizer", Map.of("type", type, "learning-rate", rate)));
    }

    /** This with another schedule. */
    public Rule schedule(Schedule other) {
      return new Rule(optimizer, rate, other, decay, clipping, averageDecay, groups);
    }

    /** This with another decay. */
    public Rule decay(Decay other) {
      return new Rule(optimizer, rate, schedule, other, clipping, averageDecay, groups);
    }

    /** This with other limits of the gradient. */
    public Rule clipping(Clipping other) {
      return new Rule(optimizer, rate, schedule, decay, other, averageDecay, groups);
    }

    /** This with a running average of the parameters. */
    public Rule averageDecay(double other) {
      return new Rule(optimizer, rate, schedule, decay, clipping, other, groups);
    }

    /** This with parameters that have a rate or a decay of their own. */
    public Rule groups(ParameterGroup... others) {
      return new Rule(optimizer, rate, schedule, decay, clipping, averageDecay, List.of(others));
    }

    /**
     * The means to step by hand: record with {@link ParameterUpdate#gradients}, go back, {@link
     * ParameterUpdate#step}.
     */
    public ParameterUpdate on(Params params) {
      Shape shape = Shape.of(params.trainableCount());
      return new ParameterUpdate(this, params, Tensor.zeros(shape, params.values().dtype()));
    }

    /**
     * Reads the section {@code optimizer}: {@code type}, {@code learning-rate}, {@code schedule},
     * {@code weight-decay} with {@code decoupled: true|false}, {@code l1-decay}, {@code
     * decay-biases: true|false}, {@code clip-value}, {@code clip-norm-each}, {@code clip-norm},
     * {@code average-decay}, {@code groups}, and the settings of the type.
     */
    public static Rule from(Settings settings) {
      Schedule schedule = Schedules.of(settings.section("schedule"));
      Clipping clipping = Clipping.from(settings);
      double l1 = settings.within(0, INFINITY, "l1-decay", 0);
      boolean biases = settings.flag("decay-biases", false);
      double average = settings.within(0, 1, "average-decay", 0);
      List<ParameterGroup> groups =
          settings.sections("groups").stream().map(ParameterGroup::from).toList();
      boolean decayGiven = settings.has("weight-decay");
      boolean decoupledGiven = settings.has("decoupled");
      double decay = settings.within(0, INFINITY, "weight-decay", 0);
      boolean decoupled = settings.flag("decoupled", false);
      Optimizer optimizer = Optimizers.of(settings);
      double rate = settings.within(0, INFINITY, "learning-rate", optimizer.traits().rate());
      if (optimizer.traits().reach() == Optimizer.Reach.ALL) {
        refuseParts(settings, decoupled, groups);
      }
      settings.finish();
      return new Rule(
          optimizer,
          rate,
          schedule,
          new Decay(
              decayGiven ? decay : optimizer.traits().decay(),
              decoupledGiven ? decoupled : optimizer.traits().decoupledDecay(),
              l1,
              biases),
          clipping,
          average,
          groups);
    }

    private static void refuseParts(
        Settings settings, boolean decoupled, List<ParameterGroup> groups) {
      if (decoupled || groups.stream().anyMatch(group -> group.rateFactor() != 1)) {
        throw new ConfigException(
            settings.path(decoupled ? "decoupled" : "groups")
                + ": it came but "
                + settings.text("type", "")
                + " moves all parameters together; leave "
                + (decoupled ? "it" : "rate-factor")
                + " out");
      }
    }

    /**
     * Finds mistakes in the groups before anything is trained.
     *
     * @throws ConfigException if a group matches no trainable parameter
     */
    public void check(Params params) {
      List<String> names = trainable(params).stream().map(Params.Entry::name).toList();
      for (int i = 0; i < groups.size(); i++) {
        int group = i;
        if (names.stream().noneMatch(name -> groupOf(name) == group)) {
          throw new ConfigException(
              "optimizer.groups["
                  + i
                  + "].match: '"
                  + groups.get(i).match()
                  + "' matches no trainable parameter that an earlier group does not; there are "
                  + names);
        }
      }
    }

    private int groupOf(String name) {
      for (int i = 0; i < groups.size(); i++) {
        if (groups.get(i).contains(name)) {
          return i;
        }
      }
      return -1;
    }

    private double decayOf(int group) {
      Double own = group < 0 ? null : groups.get(group).decay();
      return own == null ? decay.l2() : own;
    }
  }

  /** Numbers of the network and what they are on average; both lie alike. */
  private record Averaged(Tensor numbers, Tensor average) {
    static Averaged of(Tensor part, Tensor average) {
      return new Averaged(part, average.slice(part.offset(), part.shape()));
    }
  }

  private final Rule rule;
  private final Kernels kernels;
  private final Tensor values;

  /** The average of the running statistics; parts of the trainable numbers have their own. */
  private @Nullable Averaged statistics;

  private final Tensor gradient;
  private final List<Tensor> gradients = new ArrayList<>();
  private final Map<String, Tensor> state = new LinkedHashMap<>();
  private final List<Part> parts = new ArrayList<>();
  private final @Nullable Part whole;
  private @Nullable Tensor average;
  private @Nullable SharedUpdate shared;
  private boolean showsAverage;
  private long stepsByHand;

  /**
   * The rule for one network's parameters and the flat gradient that each step brings.
   *
   * @param gradient {@link Params#trainableCount} numbers, shared; a step may overwrite them
   * @throws ConfigException if a group of the rule matches no parameter
   */
  public ParameterUpdate(Rule rule, Params params, Tensor gradient) {
    this.rule = rule;
    this.kernels = Kernels.of(gradient.dtype());
    this.values = params.trainable();
    this.gradient = gradient;
    for (String name : rule.optimizer().stateNames()) {
      state.put(name, Tensor.zeros(gradient.shape(), gradient.dtype()));
    }
    rule.check(params);
    List<Tensor> own = List.copyOf(state.values());
    if (rule.averageDecay() > 0) {
      average = params.values().copy();
    }
    split(params, own);
    whole =
        rule.optimizer().traits().reach() == Optimizer.Reach.ALL
            ? new Part(0, values, gradient, own, null, true, false, 1, 0)
            : null;
    if (average != null) {
      state.put(AVERAGE, average);
      statistics = Averaged.of(params.buffers(), average);
    }
  }

  /** Makes parts of neighbours with the same settings, or one of each parameter. */
  private void split(Params params, List<Tensor> own) {
    List<Params.Entry> entries = trainable(params);
    Optimizer.Reach reach = rule.optimizer().traits().reach();
    boolean apart = reach == Optimizer.Reach.EACH || reach == Optimizer.Reach.WHOLE;
    for (int i = 0; i < entries.size(); ) {
      Params.Entry first = entries.get(i);
      int group = rule.groupOf(first.name());
      int end = first.offset();
      do {
        Params.Entry entry = entries.get(i);
        end += entry.shape().count();
        gradients.add(gradient.slice(entry.offset(), entry.shape()));
        i++;
      } while (!apart
          && i < entries.size()
          && entries.get(i).role() == first.role()
          && rule.groupOf(entries.get(i).name()) == group);
      addPart(first, end, group, own);
    }
  }

  private static List<Params.Entry> trainable(Params params) {
    return params.entries().stream()
        .filter(entry -> entry.role().isTrainable())
        .sorted(Comparator.comparingInt(Params.Entry::offset))
        .toList();
  }

  private void addPart(Params.Entry first, int end, int group, List<Tensor> own) {
    int from = first.offset();
    if (end == from) {
      return;
    }
    boolean shaped = rule.optimizer().traits().reach() == Optimizer.Reach.WHOLE;
    Shape shape = shaped ? first.shape() : Shape.of(end - from);
    boolean weights = first.role() == Params.Role.WEIGHT;
    parts.add(
        new Part(
            from,
            values.slice(from, shape),
            gradient.slice(from, shape),
            own.stream().map(s -> s.slice(from, shape)).toList(),
            average == null ? null : average.slice(from, shape),
            weights,
            group >= 0 && rule.groups().get(group).plain(),
            group < 0 ? 1 : rule.groups().get(group).rateFactor(),
            weights || rule.decay().biases() ? rule.decayOf(group) : 0));
  }

  /** The optimizer's state by name, with the average: what a checkpoint keeps. */
  public Map<String, Tensor> state() {
    return new LinkedHashMap<>(state);
  }

  /** The flat gradient of the trainable parameters that each step reads, and may overwrite. */
  public Tensor gradients() {
    return gradient;
  }

  /**
   * Moves the parameters once by {@link #gradients}, as they are: of a loop written by hand, whose
   * loss is a mean. Every call is the next step; the schedule sees an epoch of one step each.
   *
   * @return as {@link #apply}
   */
  public double step() {
    return apply(new Schedule.Position(stepsByHand++, 1, 1), 1);
  }

  /** Learning rate at a position, of parameters without a group. */
  public double rate(Schedule.Position position) {
    return rule.rate() * rule.schedule().factor(position);
  }

  /** {@link #apply(Schedule.Position, double, Crew)} by the caller alone. */
  public double apply(Schedule.Position position, double weight) {
    return apply(position, weight, Crew.alone());
  }

  /**
   * Moves the parameters once; the bits are the same for any number of threads. The running
   * statistics of the step are there already: they are averaged as the parameters are.
   *
   * @param weight what the summed gradient is divided by
   * @param crew threads that share the work
   * @return the L2 norm of the mean gradient before clipping by it, or NaN where it was not needed
   */
  public double apply(Schedule.Position position, double weight, Crew crew) {
    if (showsAverage) {
      throw new IllegalStateException(
          "update: the parameters are the average now; call showAverage(false) first");
    }
    SharedUpdate update = shared;
    if (update == null || update.threads() != crew.size()) {
      Clipper clipper = new Clipper(rule.clipping(), kernels, gradient, gradients, crew.size());
      update = new SharedUpdate(rule, kernels, clipper, parts, whole, crew.size());
      shared = update;
    }
    long number = position.step() + 1;
    double keep = averageDecay((double) number);
    double norm = update.run(number, 1 / weight, rate(position), keep, crew);
    if (statistics != null) {
      kernels.updates().average(statistics.numbers(), statistics.average(), keep);
    }
    return norm;
  }

  /** min(decay, (1 + t) / (10 + t)), so that the first steps do not keep the initial values. */
  private double averageDecay(double t) {
    return Math.min(rule.averageDecay(), (1 + t) / (10 + t));
  }

  /** Begins the average anew with the parameters as they are: they were changed by hand. */
  public void restartAverage() {
    if (average != null) {
      average.slice(values.offset(), values.shape()).copyFrom(values);
    }
  }

  /**
   * Exchanges the network's parameters and running statistics with their averages, for evaluation
   * and saving, or back. Nothing happens if the rule has no average or they are as asked for.
   */
  public void showAverage(boolean show) {
    if (average != null && statistics != null && showsAverage != show) {
      for (Averaged part : List.of(Averaged.of(values, average), statistics)) {
        kernels.updates().swap(part.numbers(), part.average());
      }
      showsAverage = show;
    }
  }
}

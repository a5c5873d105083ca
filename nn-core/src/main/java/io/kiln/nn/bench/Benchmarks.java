package io.kiln.nn.bench;

import com.sun.management.ThreadMXBean;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.AdamW;
import io.kiln.nn.optim.Optimizer;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The named cases and how they are timed. */
public final class Benchmarks {
  private static final Pattern MLP = Pattern.compile("mlp((?:-[1-9][0-9]{0,6}){2,})-b([0-9]{1,6})");
  private static final Pattern NAMED = Pattern.compile("([a-z][a-z0-9-]*)-b([0-9]{1,6})");
  private static final Map<String, SampleSpec> SPECS = Models.madeFor();
  private static final String ADAMW = "-adamw";
  private static final double ADAMW_RATE = 0.001;
  private static final double WARM_UP_SECONDS = 2;
  private static final double LONGEST_WARM_UP_SECONDS = 40;
  private static final double QUIET_SECONDS = 1;
  private static final long NEXT_TO_NOTHING = 4096;

  private Benchmarks() {}

  /** The cases that {@code kiln bench} runs when none is named. */
  public static List<BenchCase> all() {
    return List.of(
        of("mlp-784-256-10-b64"),
        of("mlp-3072-512-256-10-b256"),
        of("lenet-b64"),
        of("cifar-cnn-b64"),
        of("caption-rnn-b50"),
        of("resnet20-b128"),
        of("lstm-256-t64-b32"),
        of("transformer-256-h4-t64-b32"),
        of("mlp-784-256-10-b64-adamw"));
  }

  /**
   * The case of a name: {@code mlp-<widths>-b<batch>}, widths from the input to the classes joined
   * by hyphens; {@code caption-rnn-b<batch>}; {@code lstm-<width>-t<steps>-b<batch>}; {@code
   * transformer-<width>-h<heads>-t<steps>-b<batch>}; or {@code <network of the zoo>-b<batch>} on
   * images of the size it is made for. With {@code -adamw} at the end it is trained with AdamW.
   *
   * @throws ConfigException if the name is not of that form
   */
  public static BenchCase of(String name) {
    Matcher mlp = MLP.matcher(name);
    if (mlp.matches() && Integer.parseInt(mlp.group(2)) > 0) {
      return mlp(name, mlp.group(1).substring(1).split("-", -1), Integer.parseInt(mlp.group(2)));
    }
    if (name.matches(CaptionCase.NAME)) {
      return CaptionCase.of(name);
    }
    if (SequenceCase.fits(name)) {
      return SequenceCase.of(name);
    }
    if (name.endsWith(ADAMW)) {
      Optimizer adamW = AdamW.from(Settings.of("optimizer", Map.of()));
      BenchCase plain = of(name.substring(0, name.length() - ADAMW.length()));
      return plain.with(name, ParameterUpdate.Rule.of(adamW, ADAMW_RATE));
    }
    Matcher named = NAMED.matcher(name);
    SampleSpec spec = named.matches() ? SPECS.get(named.group(1)) : null;
    if (spec != null && Integer.parseInt(named.group(2)) > 0) {
      Map<String, Object> model = Map.of("type", named.group(1));
      return named(name, model, spec, Integer.parseInt(named.group(2)));
    }
    throw new ConfigException(
        "bench: there is no case '"
            + name
            + "'; name one like mlp-784-256-10-b64, or one of "
            + SPECS.keySet().stream().sorted().map(net -> net + "-b64").toList());
  }

  private static BenchCase mlp(String name, String[] widths, int batch) {
    List<Integer> numbers = new ArrayList<>();
    for (String width : widths) {
      numbers.add(Integer.valueOf(width));
    }
    int last = numbers.size() - 1;
    SampleSpec spec =
        SampleSpec.classification(Shape.of(numbers.get(0)), Math.max(2, numbers.get(last)));
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "mlp");
    model.put("hidden", numbers.subList(1, last));
    model.put("outputs", numbers.get(last));
    return named(name, model, spec, batch);
  }

  private static BenchCase named(
      String name, Map<String, Object> model, SampleSpec spec, int batch) {
    return BenchCase.of(
        name,
        () -> Network.of(Models.from(Settings.of("model", model), spec), spec, DType.FLOAT32, 1),
        new SoftmaxCrossEntropyLoss(),
        batch);
  }

  /**
   * Times a case: two seconds of warm-up, or as long as the JVM still compiles or steps allocate,
   * up to forty; then steps for the given time.
   *
   * @param threads threads that share each batch, at most its size
   */
  public static BenchResult run(BenchCase one, double seconds, int threads) {
    if (threads < 1 || threads > one.batch() || !(seconds > 0)) {
      throw new IllegalArgumentException(
          "bench: "
              + threads
              + " threads and "
              + seconds
              + " seconds came; give 1 to "
              + one.batch()
              + " threads and more than 0 seconds");
    }
    try (Stepper stepper = new Stepper(one, threads)) {
      warmUp(stepper);
      long[] ids = stepper.threadIds();
      long bytes = allocated(ids);
      int steps = 0;
      long start = System.nanoTime();
      long nanos = 0;
      while (nanos < seconds * 1e9) {
        stepper.step();
        steps++;
        nanos = System.nanoTime() - start;
      }
      bytes = allocated(ids) - bytes;
      return new BenchResult(
          one.name(),
          steps * (double) one.batch() * 1e9 / nanos,
          nanos / 1e6 / steps,
          threads,
          Blas.name(),
          (double) bytes / steps,
          stepper.activations(),
          stepper.memory());
    }
  }

  /** Steps until, for a second, the JVM has compiled nothing and steps have allocated nothing. */
  private static void warmUp(Stepper stepper) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    boolean watches = compiler != null && compiler.isCompilationTimeMonitoringSupported();
    long[] ids = stepper.threadIds();
    long start = System.nanoTime();
    long quietSince = start;
    long compiled = 0;
    long bytes = 0;
    double seconds = 0;
    double quiet = 0;
    while (seconds < WARM_UP_SECONDS
        || (quiet < QUIET_SECONDS && seconds < LONGEST_WARM_UP_SECONDS)) {
      stepper.step();
      long now = System.nanoTime();
      long total = watches ? compiler.getTotalCompilationTime() : 0;
      long after = allocated(ids);
      if (total != compiled || after - bytes > NEXT_TO_NOTHING) {
        quietSince = now;
      }
      compiled = total;
      bytes = after;
      seconds = (now - start) / 1e9;
      quiet = (now - quietSince) / 1e9;
    }
  }

  private static long allocated(long[] ids) {
    long sum = 0;
    if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
      for (long bytes : threads.getThreadAllocatedBytes(ids)) {
        sum += bytes;
      }
    }
    return sum;
  }
}

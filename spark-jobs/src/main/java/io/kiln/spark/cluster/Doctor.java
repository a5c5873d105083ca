package io.kiln.spark.cluster;

import io.kiln.nn.collective.AllReduceProbe;
import io.kiln.nn.kernel.Blas;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;

/** Measures what the executors of a cluster can do, by running a gang on them. */
public final class Doctor {
  /** Lengths of the vectors that are summed. */
  private static final int[] FLOATS = {1, 10_000, 200_000, 1_000_000, 5_000_000};

  private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,.*");
  private static final Duration REST = Duration.ofSeconds(3);
  private static final int MATRIX = 512;
  private static final double SECONDS = 0.5;

  /**
   * What one worker found.
   *
   * @param worker who
   * @param threads it used
   * @param blas the BLAS in use
   * @param reason why it is not a native one; empty if it is
   * @param oneThread GFLOP/s of one thread while all else rests
   * @param allThreads GFLOP/s of this worker's threads while all workers compute
   * @param java version of the JDK
   * @param heap most bytes of heap
   * @param processors the JVM sees
   * @param way how this worker reaches the others
   * @param timings of all-reduces, as rank 0 saw them
   */
  private record Finding(
      WorkerInfo worker,
      int threads,
      String blas,
      String reason,
      double oneThread,
      double allThreads,
      String java,
      long heap,
      int processors,
      String way,
      double[] timings)
      implements Serializable {}

  private Doctor() {}

  /**
   * Measures with so many workers.
   *
   * @param threads of each worker; 0 for {@code spark.task.cpus}
   * @throws ResourcesException if they cannot be had
   * @throws AttemptFailedException if one fails
   */
  public static DoctorReport examine(JavaSparkContext spark, GangOptions options, int threads) {
    List<Finding> findings =
        Gang.run(spark, options, context -> examine(context, threads), message -> {});
    List<DoctorReport.Executor> executors = new ArrayList<>();
    for (Finding one : findings) {
      if (first(findings.stream().map(Finding::worker).toList(), one.worker())) {
        List<Finding> same =
            findings.stream()
                .filter(other -> other.worker().jvm().equals(one.worker().jvm()))
                .toList();
        executors.add(
            new DoctorReport.Executor(
                one.worker().executor(),
                one.worker().host(),
                same.size(),
                same.stream().mapToInt(Finding::threads).sum(),
                one.blas(),
                one.reason(),
                one.oneThread(),
                same.stream().mapToDouble(Finding::allThreads).sum(),
                one.java(),
                one.heap(),
                one.processors()));
      }
    }
    List<AllReduceProbe.Timing> timings = new ArrayList<>();
    for (int i = 0; i < FLOATS.length; i++) {
      timings.add(new AllReduceProbe.Timing(FLOATS[i], findings.get(0).timings()[i]));
    }
    return new DoctorReport(executors, options.workers(), findings.get(0).way(), timings);
  }

  /**
   * Waits until as many slots are there as will come: as many executors as were asked for, or, if
   * nobody said how many, until their number rests for some seconds.
   */
  public static int settledSlots(JavaSparkContext spark, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    Matcher local = LOCAL_CLUSTER.matcher(spark.master());
    int expected =
        local.matches()
            ? Integer.parseInt(local.group(1))
            : spark.getConf().getInt("spark.executor.instances", 0);
    int slots = SlotLedger.of(spark).all();
    long since = System.nanoTime();
    while (!spark.isLocal()
        && executors(spark) < (expected == 0 ? Integer.MAX_VALUE : expected)
        && (slots == 0 || expected > 0 || System.nanoTime() - since < REST.toNanos())
        && System.nanoTime() - end < 0) {
      Thread.sleep(100);
      int now = SlotLedger.of(spark).all();
      if (now != slots) {
        slots = now;
        since = System.nanoTime();
      }
    }
    if (slots == 0) {
      throw new ResourcesException(
          "cluster: no executor came within "
              + patience.toSeconds()
              + " s; is the master right, and has it free cores and memory?");
    }
    return slots;
  }

  /** How many have registered; Spark counts the driver among them. */
  private static int executors(JavaSparkContext spark) {
    return spark.sc().statusTracker().getExecutorInfos().length - 1;
  }

  private static boolean first(List<WorkerInfo> workers, WorkerInfo one) {
    return workers.stream()
        .filter(other -> other.jvm().equals(one.jvm()))
        .allMatch(other -> other.rank() >= one.rank());
  }

  private static Finding examine(GangContext context, int wantedThreads) throws Exception {
    WorkerInfo self = context.workers().get(context.rank());
    int threads = wantedThreads > 0 ? wantedThreads : context.cpus();
    double one = first(context.workers(), self) ? speed(1) : 0;
    context.collective().exchange(new byte[0]);
    double all = speed(threads);
    context.collective().exchange(new byte[0]);
    double[] timings =
        AllReduceProbe.measure(context.collective(), SECONDS, FLOATS).stream()
            .mapToDouble(AllReduceProbe.Timing::seconds)
            .toArray();
    return new Finding(
        self,
        threads,
        Blas.name(),
        Blas.reason(),
        one,
        all,
        System.getProperty("java.version"),
        Runtime.getRuntime().maxMemory(),
        Runtime.getRuntime().availableProcessors(),
        context.collective().way(),
        timings);
  }

  /** GFLOP/s of float32 matrix products on so many threads at once. */
  private static double speed(int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      Phaser together = new Phaser(threads);
      List<Future<Double>> speeds = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        speeds.add(pool.submit(() -> speedOfThisThread(together)));
      }
      double sum = 0;
      for (Future<Double> speed : speeds) {
        sum += speed.get();
      }
      return sum;
    } finally {
      pool.shutdownNow();
    }
  }

  /** Measures when all threads are warm; one that fails is not waited for. */
  private static double speedOfThisThread(Phaser together) {
    try {
      return speed(together);
    } finally {
      together.arriveAndDeregister();
    }
  }

  private static double speed(Phaser together) {
    Shape shape = Shape.of(MATRIX, MATRIX);
    Tensor a = Tensor.zeros(shape, DType.FLOAT32);
    Tensor b = Tensor.zeros(shape, DType.FLOAT32);
    Tensor c = Tensor.zeros(shape, DType.FLOAT32);
    a.fill(1.0 / 3);
    b.fill(1.0 / 7);
    multiply(a, b, c);
    together.arriveAndAwaitAdvance();
    long start = System.nanoTime();
    long end = start + (long) (SECONDS * 1e9);
    double[] times = new double[10_000];
    int n = 0;
    for (long before = start; before < end && n < times.length; n++) {
      multiply(a, b, c);
      long after = System.nanoTime();
      times[n] = after - before;
      before = after;
    }
    Arrays.sort(times, 0, n);
    return 2.0 * MATRIX * MATRIX * MATRIX / times[n / 2];
  }

  private static void multiply(Tensor a, Tensor b, Tensor c) {
    Operand left = new Operand().of(a, MATRIX);
    Operand right = new Operand().of(b, MATRIX);
    Operand product = new Operand().of(c, MATRIX);
    Kernels.of(DType.FLOAT32).matrix().multiply(MATRIX, MATRIX, MATRIX, 1, left, right, 0, product);
  }
}

package io.kiln.nn.bench;

import com.sun.management.ThreadMXBean;
import io.kiln.nn.collective.AttemptKey;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.LinkOptions;
import io.kiln.nn.collective.MeshEndpoint;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What exchange takes of a step: workers on this machine train a case, in turn each for itself and
 * all together, so that whatever else the machine does weighs on both alike. As a program:
 *
 * <pre>
 * java -cp … io.kiln.nn.bench.WorkersProbe CASE [--workers 2] [--threads 1] [--rounds 5]
 *     [--seconds 1] [--one-jvm | --sockets | --encrypt]
 * </pre>
 *
 * <p>Each worker has a whole batch of the case. A line a round: samples a second of all workers
 * side by side without exchange, with it, the second over the first, and the processor time that
 * the first worker's threads take for a step, in microseconds, each way.
 */
public final class WorkersProbe {
  private static final double WARM_UP_ROUNDS = 2;

  private final BenchCase one;
  private final int threads;
  private final double seconds;
  private final int rounds;

  private WorkersProbe(List<String> given) {
    this.one = Benchmarks.of(given.get(0));
    this.threads = (int) number(given, "--threads", 1);
    this.rounds = (int) number(given, "--rounds", 5);
    this.seconds = number(given, "--seconds", 1);
  }

  private static double number(List<String> given, String name, double otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : Double.parseDouble(given.get(at + 1));
  }

  /** Starts workers, or is one. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> given = List.of(arguments);
    int size = (int) number(given, "--workers", 2);
    if (given.contains("--rank")) {
      int rank = (int) number(given, "--rank", 0);
      process(given, new Collective.Place(rank, size));
    } else if (given.contains("--one-jvm")) {
      threads(given, size);
    } else {
      processes(given, size);
    }
  }

  private static LinkOptions options(List<String> given) {
    boolean encrypt = given.contains("--encrypt");
    return LinkOptions.DEFAULT
        .withEncrypt(encrypt)
        .withShares(!encrypt && !given.contains("--sockets"));
  }

  private static void threads(List<String> given, int size)
      throws IOException, InterruptedException {
    AttemptKey key = AttemptKey.random();
    List<MeshEndpoint> ends = new ArrayList<>();
    List<MeshEndpoint.Address> table = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      Collective.Place place = new Collective.Place(rank, size);
      ends.add(MeshEndpoint.open(host(), options(given), key, 1, place));
      table.add(ends.get(rank).address());
    }
    WorkersProbe probe = new WorkersProbe(given);
    List<Thread> workers = new ArrayList<>();
    for (MeshEndpoint end : ends) {
      workers.add(
          new Thread(
              () -> {
                try (Collective collective = end.join(table)) {
                  probe.work(collective);
                }
              }));
      workers.get(workers.size() - 1).start();
    }
    for (Thread worker : workers) {
      worker.join();
    }
  }

  private static String host() {
    return InetAddress.getLoopbackAddress().getHostAddress();
  }

  private static void processes(List<String> given, int size)
      throws IOException, InterruptedException {
    String key = HexFormat.of().formatHex(AttemptKey.random().secret());
    List<Process> processes = new ArrayList<>();
    List<BufferedReader> outputs = new ArrayList<>();
    StringBuilder table = new StringBuilder();
    for (int rank = 0; rank < size; rank++) {
      List<String> command = new ArrayList<>();
      command.add(System.getProperty("java.home") + "/bin/java");
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(WorkersProbe.class.getName());
      command.addAll(given);
      command.addAll(List.of("--rank", String.valueOf(rank)));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      processes.add(process);
      outputs.add(process.inputReader(StandardCharsets.US_ASCII));
      send(process, key);
      table.append(outputs.get(rank).readLine()).append(' ');
    }
    for (Process process : processes) {
      send(process, table.toString());
    }
    outputs.get(0).lines().forEach(System.out::println);
    for (Process process : processes) {
      process.waitFor();
    }
  }

  private static void send(Process process, String line) throws IOException {
    process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  private static void process(List<String> given, Collective.Place place) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    AttemptKey key = AttemptKey.of(HexFormat.of().parseHex(in.readLine()));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    MeshEndpoint end = MeshEndpoint.open(host(), options(given), key, 1, place);
    out.println(end.address().port());
    List<MeshEndpoint.Address> table = new ArrayList<>();
    for (String port : in.readLine().trim().split(" ")) {
      int rank = table.size();
      String jvm = "process " + rank;
      table.add(new MeshEndpoint.Address(rank, host(), Integer.parseInt(port), jvm));
    }
    try (Collective collective = end.join(table)) {
      new WorkersProbe(given).work(collective);
    }
  }

  /** What one way of stepping did in a round. */
  private record Pace(double rate, double processorMicros) {}

  private void work(Collective workers) {
    boolean speaks = workers.rank() == 0;
    try (Stepper alone = new Stepper(one, threads);
        Stepper together = new Stepper(one, threads, workers)) {
      double step = 1e-3;
      double[] ratios = new double[rounds];
      for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
        int steps = agreed(workers, (int) Math.ceil(seconds / step));
        Pace apart = pace(alone, steps);
        step = one.batch() / apart.rate();
        double side = sum(workers, apart.rate());
        Pace joint = pace(together, steps);
        double all = joint.rate() * workers.size();
        if (speaks && round >= WARM_UP_ROUNDS) {
          ratios[round - (int) WARM_UP_ROUNDS] = all / side;
          System.out.printf(
              Locale.ROOT,
              "%9.0f %9.0f %5.2f %7.0f %7.0f%n",
              side,
              all,
              all / side,
              apart.processorMicros(),
              joint.processorMicros());
        }
      }
      if (speaks) {
        Arrays.sort(ratios);
        System.out.printf(Locale.ROOT, "median %.2f%n", ratios[rounds / 2]);
      }
    }
  }

  private Pace pace(Stepper stepper, int steps) {
    long[] ids = stepper.threadIds();
    long processor = processorNanos(ids);
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      stepper.step();
    }
    long nanos = System.nanoTime() - start;
    return new Pace(
        steps * (double) one.batch() * 1e9 / nanos,
        (processorNanos(ids) - processor) / 1e3 / steps);
  }

  private static long processorNanos(long[] ids) {
    long sum = 0;
    if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
      for (long nanos : threads.getThreadCpuTime(ids)) {
        sum += nanos;
      }
    }
    return sum;
  }

  /** Rank 0's number, for all. */
  private static int agreed(Collective workers, int number) {
    Tensor wish = Tensor.of(DType.FLOAT64, Shape.of(1), number);
    workers.broadcast(wish);
    return (int) wish.get(0);
  }

  private static double sum(Collective workers, double rate) {
    double sum = 0;
    byte[] mine = ByteBuffer.allocate(Double.BYTES).putDouble(rate).array();
    for (byte[] theirs : workers.exchange(mine)) {
      sum += ByteBuffer.wrap(theirs).getDouble();
    }
    return sum;
  }
}

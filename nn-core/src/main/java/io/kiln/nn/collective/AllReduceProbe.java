package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Measures all-reduces. As a program it starts worker processes on this machine:
 *
 * <pre>
 * java -cp … io.kiln.nn.collective.AllReduceProbe [workers] [--encrypt] [--slices]
 * </pre>
 */
public final class AllReduceProbe {
  private static final int[] FLOATS = {1, 1_000, 16_000, 200_000, 1_000_000, 5_000_000};

  /**
   * Time of one all-reduce.
   *
   * @param floats length of the vector
   * @param seconds median of the calls
   */
  public record Timing(int floats, double seconds) {
    /** Bytes of the vector a second. */
    public double bytesPerSecond() {
      return 4.0 * floats / seconds;
    }
  }

  private AllReduceProbe() {}

  /** Measures vectors of these lengths, in about {@code seconds} each. Every worker calls this. */
  public static List<Timing> measure(Collective collective, double seconds, int... floats) {
    List<Timing> timings = new ArrayList<>();
    for (int count : floats) {
      TreeSum sum =
          new TreeSum(new ShardTree(collective.size()), collective.place(), DType.FLOAT32, count);
      Tensor vector = Tensor.zeros(Shape.of(count), DType.FLOAT32);
      double first = 1;
      for (int i = 0; i < 3; i++) {
        first = time(collective, sum, vector);
      }
      // All workers must make the same number of calls: rank 0's wish counts.
      Tensor wish = Tensor.of(DType.FLOAT64, Shape.of(1), Math.ceil(seconds / first));
      collective.broadcast(wish);
      double[] times = new double[(int) Math.max(5, Math.min(20_000, wish.get(0)))];
      for (int i = 0; i < times.length; i++) {
        times[i] = time(collective, sum, vector);
      }
      Arrays.sort(times);
      timings.add(new Timing(count, times[times.length / 2]));
    }
    return timings;
  }

  private static double time(Collective collective, TreeSum sum, Tensor vector) {
    long start = System.nanoTime();
    sum.lend(sum.first(), vector);
    collective.allReduce(sum, vector);
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Starts workers, or is one. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> given = List.of(arguments);
    if (given.contains("--rank")) {
      work(given);
      return;
    }
    int size = given.isEmpty() || given.get(0).startsWith("-") ? 2 : Integer.parseInt(given.get(0));
    String key = HexFormat.of().formatHex(AttemptKey.random().secret());
    List<Process> processes = new ArrayList<>();
    List<BufferedReader> outputs = new ArrayList<>();
    StringBuilder table = new StringBuilder();
    for (int rank = 0; rank < size; rank++) {
      List<String> command = new ArrayList<>();
      command.add(System.getProperty("java.home") + "/bin/java");
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(AllReduceProbe.class.getName());
      command.addAll(List.of("--rank", String.valueOf(rank), "--size", String.valueOf(size)));
      command.addAll(given);
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

  private static void work(List<String> given) throws IOException {
    int rank = Integer.parseInt(given.get(given.indexOf("--rank") + 1));
    int size = Integer.parseInt(given.get(given.indexOf("--size") + 1));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    AttemptKey key = AttemptKey.of(HexFormat.of().parseHex(in.readLine()));
    String host = InetAddress.getLoopbackAddress().getHostAddress();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    MeshEndpoint end =
        MeshEndpoint.open(
            host,
            LinkOptions.DEFAULT.withEncrypt(given.contains("--encrypt")),
            key,
            1,
            new Collective.Place(rank, size));
    out.println(end.address().port() + "/" + end.address().jvm());
    List<MeshEndpoint.Address> table = new ArrayList<>();
    for (String one : in.readLine().trim().split(" ")) {
      int slash = one.indexOf('/');
      int port = Integer.parseInt(one.substring(0, slash));
      table.add(new MeshEndpoint.Address(table.size(), host, port, one.substring(slash + 1)));
    }
    int longVector = given.contains("--slices") ? 0 : Integer.MAX_VALUE;
    try (Collective collective = end.join(table, longVector)) {
      for (Timing timing : measure(collective, 1, FLOATS)) {
        out.printf(
            java.util.Locale.ROOT,
            "%9d floats %10.1f us %8.3f GB/s%n",
            timing.floats(),
            timing.seconds() * 1e6,
            timing.bytesPerSecond() / 1e9);
      }
    }
  }
}

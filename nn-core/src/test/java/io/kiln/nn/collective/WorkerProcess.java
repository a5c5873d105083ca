package io.kiln.nn.collective;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A worker with a process of its own, which adds until something happens. */
final class WorkerProcess implements AutoCloseable {
  final Process process;
  private final BufferedReader output;

  private WorkerProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** Starts workers and links them. */
  static List<WorkerProcess> start(int size, int floats, Workers.Way way, Duration deadline)
      throws IOException {
    String key = HexFormat.of().formatHex(AttemptKey.random().secret());
    List<WorkerProcess> workers = new ArrayList<>();
    StringBuilder table = new StringBuilder();
    for (int rank = 0; rank < size; rank++) {
      Process process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-Xmx200m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  WorkerProcess.class.getName(),
                  String.valueOf(rank),
                  String.valueOf(size),
                  String.valueOf(floats),
                  way.name(),
                  String.valueOf(deadline.toMillis()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      WorkerProcess worker = new WorkerProcess(process);
      workers.add(worker);
      worker.tell(key);
    }
    for (WorkerProcess worker : workers) {
      table.append(worker.line()).append(' ');
    }
    for (WorkerProcess worker : workers) {
      worker.tell(table.toString());
    }
    return workers;
  }

  private void tell(String line) throws IOException {
    process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  /** The next line it prints. */
  String line() throws IOException {
    return String.valueOf(output.readLine());
  }

  /** Sends it a signal. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The worker itself. */
  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    AttemptKey key = AttemptKey.of(HexFormat.of().parseHex(in.readLine()));
    Collective.Place place =
        new Collective.Place(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    int floats = Integer.parseInt(arguments[2]);
    LinkOptions options =
        Workers.options(Workers.Way.valueOf(arguments[3]))
            .withTimes(Duration.ofMinutes(10), Duration.ofMillis(Integer.parseInt(arguments[4])));
    MeshEndpoint end = MeshEndpoint.open(Workers.HOST, options, key, 1, place);
    out.println(end.address().port());
    List<MeshEndpoint.Address> table = new ArrayList<>();
    for (String port : in.readLine().trim().split(" ")) {
      int rank = table.size();
      table.add(
          new MeshEndpoint.Address(rank, Workers.HOST, Integer.parseInt(port), "process " + rank));
    }
    long started = 0;
    try (Collective collective = end.join(table)) {
      out.println(collective.way());
      TreeSum sum = new TreeSum(new ShardTree(place.size()), place, DType.FLOAT32, floats);
      Tensor vector = Tensor.zeros(Shape.of(floats), DType.FLOAT32);
      for (int step = 0; ; step++) {
        started = System.nanoTime();
        vector.fill(place.rank() + 1);
        sum.lend(sum.first(), vector);
        collective.allReduce(sum, vector);
        if (vector.get(floats - 1) != place.size() * (place.size() + 1) / 2.0) {
          throw new IllegalStateException("the sum is wrong: " + vector.get(floats - 1));
        }
        if (step == 100) {
          out.println("going");
        }
      }
    } catch (PeerException e) {
      out.println(e.rank() + " lost");
      out.println((System.nanoTime() - started) / 1_000_000);
      out.println(e.getMessage());
    }
  }
}

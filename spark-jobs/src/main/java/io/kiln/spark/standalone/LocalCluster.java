package io.kiln.spark.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.nn.config.ConfigException;
import io.kiln.spark.cluster.ResourcesException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/**
 * Starts and stops the daemons of one folder. Order of calls: {@link #start}, {@link #stop}; both
 * may be repeated. Not for two callers at once.
 *
 * <p>Ports are free ones, chosen anew at each start. Logs stay in {@code folder/logs}, and what was
 * written to HDFS stays in {@code folder/hdfs} for the next start.
 */
public final class LocalCluster {
  /**
   * What to start.
   *
   * @param workers Spark workers
   * @param cores cores each worker offers
   * @param memory memory each worker offers to executors, e.g. {@code 3g}
   * @param hdfs whether to start a NameNode and a DataNode too
   */
  public record Plan(int workers, int cores, String memory, boolean hdfs) {
    /** Checks the counts. */
    public Plan {
      if (workers < 1 || cores < 1) {
        throw new ConfigException(
            "cluster: "
                + workers
                + " workers of "
                + cores
                + " cores came but at least 1 of each is needed; give larger numbers");
      }
    }
  }

  /** Where the programs are: a Spark home, and the folder with HDFS jars. */
  public record Homes(Path spark, Path hdfs, Path conf) {}

  private static final Duration STARTUP = Duration.ofSeconds(90);
  private static final String HOST = "127.0.0.1";

  private final Path folder;
  private final Homes homes;

  /** The cluster of this folder, running or not. */
  public LocalCluster(Path folder, Homes homes) {
    this.folder = folder.toAbsolutePath().normalize();
    this.homes = homes;
  }

  /** The running cluster, if there is one. */
  public Optional<ClusterState> state() throws IOException {
    if (Daemon.running(folder).isEmpty()) {
      return Optional.empty();
    }
    return ClusterState.read(folder);
  }

  /**
   * Starts the daemons and waits until every worker is registered and HDFS is writable.
   *
   * @throws ResourcesException if that takes longer than 90 s; what was started is stopped again
   */
  public ClusterState start(Plan plan) throws IOException {
    stop();
    Files.createDirectories(folder);
    FileUtils.deleteDirectory(folder.resolve("logs").toFile());
    FileUtils.deleteDirectory(folder.resolve("work").toFile());
    try {
      String hdfs = plan.hdfs() ? startHdfs() : "";
      ClusterState state = startSpark(plan, hdfs);
      state.write(folder);
      return state;
    } catch (IOException | RuntimeException e) {
      stop();
      throw e;
    }
  }

  /**
   * Stops every daemon of the folder.
   *
   * @return how many there were
   */
  public int stop() throws IOException {
    List<ProcessHandle> daemons = Daemon.running(folder);
    Daemon.stop(daemons);
    ClusterState.forget(folder);
    return daemons.size();
  }

  private ClusterState startSpark(Plan plan, String hdfs) throws IOException {
    int port = freePort();
    int uiPort = freePort();
    String url = "spark://" + HOST + ":" + port;
    String ui = "http://" + HOST + ":" + uiPort;
    Daemon master =
        new Daemon(
            "master",
            "org.apache.spark.deploy.master.Master",
            List.of("--host", HOST, "--port", "" + port, "--webui-port", "" + uiPort));
    Process process = master.start(folder, sparkJvm(), sparkEnvironment());
    await(master, process, "the Spark master", () -> aliveWorkers(ui) >= 0);
    for (int i = 1; i <= plan.workers(); i++) {
      Daemon worker =
          new Daemon(
              "worker-" + i,
              "org.apache.spark.deploy.worker.Worker",
              List.of(
                  "--host",
                  HOST,
                  "--webui-port",
                  "0",
                  "--cores",
                  "" + plan.cores(),
                  "--memory",
                  plan.memory(),
                  "--work-dir",
                  folder.resolve("work").resolve("worker-" + i).toString(),
                  url));
      Process started = worker.start(folder, sparkJvm(), sparkEnvironment());
      int registered = i;
      await(worker, started, worker.name(), () -> aliveWorkers(ui) >= registered);
    }
    return new ClusterState(url, ui, plan.workers(), hdfs);
  }

  private String startHdfs() throws IOException {
    Hdfs hdfs = new Hdfs(folder.resolve("hdfs"), "hdfs://" + HOST + ":" + freePort());
    hdfs.writeConfiguration();
    List<String> jvm = jvm(List.of(hdfs.configuration(), homes.conf(), homes.hdfs().resolve("*")));
    if (!hdfs.isFormatted()) {
      Daemon format = hdfs.format();
      Process process = format.start(folder, jvm, Map.of());
      await(format, process, "formatting HDFS", () -> !process.isAlive() && hdfs.isFormatted());
    }
    Daemon nameNode = hdfs.nameNode();
    Process names = nameNode.start(folder, jvm, Map.of());
    Daemon dataNode = hdfs.dataNode();
    Process data = dataNode.start(folder, jvm, Map.of());
    await(nameNode, names, "the NameNode", () -> hdfs.isReady() || !data.isAlive());
    await(dataNode, data, "the DataNode", hdfs::isReady);
    return hdfs.uri();
  }

  /** Spark's own options for a JVM, a small heap, the configuration's folder and Spark's jars. */
  private List<String> sparkJvm() {
    List<String> options = new ArrayList<>();
    options.addAll(List.of(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray()));
    options.add("-Dspark.worker.cleanup.enabled=true");
    options.addAll(jvm(List.of(homes.conf(), homes.spark().resolve("jars").resolve("*"))));
    return options;
  }

  private static List<String> jvm(List<Path> classPath) {
    return List.of(
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:+IgnoreUnrecognizedVMOptions",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        String.join(":", classPath.stream().map(Path::toString).toList()));
  }

  private Map<String, String> sparkEnvironment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("SPARK_HOME", homes.spark().toString());
    environment.put("SPARK_CONF_DIR", homes.conf().toString());
    environment.put("SPARK_SCALA_VERSION", "2.13");
    environment.put("SPARK_LOCAL_IP", HOST);
    environment.put("OPENBLAS_NUM_THREADS", "1");
    return environment;
  }

  private void await(Daemon daemon, Process process, String what, BooleanSupplier ready)
      throws IOException {
    long deadline = System.nanoTime() + STARTUP.toNanos();
    while (!ready.getAsBoolean()) {
      boolean died = !process.isAlive() && !ready.getAsBoolean();
      if (died || System.nanoTime() > deadline) {
        throw new ResourcesException(
            "cluster: "
                + what
                + (died
                    ? " ended with code " + process.exitValue()
                    : " was not ready in " + STARTUP.toSeconds() + " s")
                + "; see "
                + daemon.log(folder)
                + lastLine(daemon.log(folder)));
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ResourcesException("cluster: interrupted while waiting for " + what);
      }
    }
  }

  /** How many workers the master counts, or −1 if it does not answer. */
  private static int aliveWorkers(String ui) {
    try {
      URLConnection connection = URI.create(ui + "/json/").toURL().openConnection();
      connection.setConnectTimeout(2000);
      connection.setReadTimeout(5000);
      try (var in = connection.getInputStream()) {
        JsonNode answer = new ObjectMapper().readTree(in);
        return answer.path("aliveworkers").asInt(0);
      }
    } catch (IOException e) {
      return -1;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String lastLine(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> !line.isBlank() && !line.startsWith("\tat "))
          .reduce((before, last) -> last)
          .map(last -> ", which ends: " + last)
          .orElse("");
    }
  }
}

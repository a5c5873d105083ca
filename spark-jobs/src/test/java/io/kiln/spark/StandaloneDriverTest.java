package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.standalone.ClusterState;
import io.kiln.spark.standalone.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar submitted with {@code --deploy-mode cluster} to real daemons: the driver is theirs. */
@Tag("jar")
class StandaloneDriverTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final LocalCluster.Homes HOMES =
      new LocalCluster.Homes(
          ROOT.resolve("target/spark-home"),
          ROOT.resolve("target/hdfs-home/jars"),
          ROOT.resolve("conf"));

  @TempDir private Path folder;
  private LocalCluster cluster = new LocalCluster(Path.of("."), HOMES);

  @BeforeEach
  void create() {
    cluster = new LocalCluster(folder.resolve("cluster"), HOMES);
  }

  @AfterEach
  void stop() throws IOException {
    cluster.stop();
  }

  @Test
  void trainsByAConfigurationThatWasSentAlong() throws Exception {
    ClusterState state = cluster.start(new LocalCluster.Plan(2, 1, "2g", false));
    Path conf = folder.resolve("sent.yaml");
    Files.writeString(
        conf,
        """
        data:  {format: synthetic, train: 300, validation: 50, test: 50}
        model: {type: mlp, hidden: [8]}
        train: {epochs: 1, batch-size: 50}
        """);
    Path run = folder.resolve("run");
    submit(
        state.master(),
        "--files",
        conf.toString(),
        "--class",
        "io.kiln.spark.Main",
        jar().toString(),
        "train",
        "sent.yaml",
        "--out",
        run.toString());
    Path report = run.resolve("report.json");
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(20);
    while (!(Files.exists(report) && !Files.readString(report).contains("\"running\""))) {
      assertThat(System.nanoTime()).as("%s", logs()).isLessThan(end);
      Thread.sleep(200);
    }
    assertThat(Files.readString(report)).as("%s", logs()).contains("succeeded");
  }

  private void submit(String master, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + HOMES.spark().resolve("jvm-options"));
    command.addAll(List.of("-cp", HOMES.conf() + ":" + HOMES.spark().resolve("jars") + "/*"));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", master));
    command.addAll(List.of("--deploy-mode", "cluster", "--driver-memory", "700m"));
    command.addAll(List.of("--executor-memory", "1g"));
    command.addAll(List.of(words));
    Path log = folder.resolve("submit.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", HOMES.spark().toString());
    builder.environment().put("SPARK_CONF_DIR", HOMES.conf().toString());
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  private static Path jar() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target"))) {
      return jars.filter(jar -> String.valueOf(jar.getFileName()).matches("kiln-.*\\.jar"))
          .findFirst()
          .orElseThrow()
          .toAbsolutePath();
    }
  }

  /** What the drivers said. */
  private String logs() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder.resolve("cluster/work"))) {
      for (Path file :
          files.filter(one -> one.toString().matches(".*driver.*/std(out|err)")).toList()) {
        text.append(file).append('\n').append(Files.readString(file));
      }
    }
    return text.toString();
  }
}

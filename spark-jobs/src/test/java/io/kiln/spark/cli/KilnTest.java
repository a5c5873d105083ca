package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.train.DivergedException;
import io.kiln.nn.train.NoCheckpointException;
import io.kiln.spark.cluster.AttemptFailedException;
import io.kiln.spark.cluster.ResourcesException;
import io.kiln.spark.config.DoctorRequest;
import io.kiln.spark.config.EvaluateRequest;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.config.Resume;
import io.kiln.spark.config.SweepRequest;
import io.kiln.spark.config.TrainRequest;
import io.kiln.spark.config.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What people type, and what they get. The jobs are replaced by a list of what was asked. */
class KilnTest {
  @TempDir private Path folder;
  private final List<Object> asked = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path conf = Path.of("");

  @BeforeEach
  void writeAConfiguration() throws IOException {
    conf = Files.writeString(folder.resolve("c.yaml"), "name: c\nsweep: {space: {a: [1, 2]}}\n");
  }

  private int kiln(Object... words) {
    return kilnWith(request -> asked.add(request), words);
  }

  private interface Work {
    void run(Object request) throws Exception;
  }

  private int kilnWith(Work work, Object... words) {
    CommandLine line =
        Kiln.with(
            List.of(
                new TrainCommand(
                    (TrainRequest request, java.io.PrintStream to) -> work.run(request)),
                new SweepCommand(
                    (SweepRequest request, java.io.PrintStream to) -> work.run(request)),
                new EvaluateCommand(
                    (EvaluateRequest request, java.io.PrintStream to) -> work.run(request)),
                new PredictCommand(
                    (PredictRequest request, java.io.PrintStream to) -> work.run(request)),
                new DoctorCommand(
                    (DoctorRequest request, java.io.PrintStream to) -> work.run(request)),
                new ReportCommand(),
                new ClusterCommand()));
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(Stream.of(words).map(String::valueOf).toArray(String[]::new));
  }

  @Test
  void trainAsksForWhatTheOptionsSay() {
    int code =
        kiln(
            "train",
            conf,
            "--set",
            "train.epochs=3",
            "--workers",
            4,
            "--data",
            "/d",
            "--out",
            "hdfs:/o",
            "--master",
            "local[4]",
            "--resume",
            "--verbose");

    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    TrainRequest request = (TrainRequest) asked.get(0);
    assertThat(request.config().train().epochs()).isEqualTo(3);
    assertThat(request.config().cluster().workers()).isEqualTo(new Workers(4, 4));
    assertThat(request.place())
        .isEqualTo(new TrainRequest.Place("local[4]", "/d", "hdfs:/o", true));
    assertThat(request.resume()).isEqualTo(Resume.YES);
  }

  @Test
  void resumeTakesItsWordOnlyBehindAnEqualsSign() {
    assertThat(kiln("train", conf)).isZero();
    assertThat(kiln("train", "--resume", conf)).isZero();
    assertThat(kiln("train", "--resume=auto", conf)).isZero();
    assertThat(kiln("sweep", conf, "--resume=auto")).isZero();
    assertThat(((TrainRequest) asked.get(0)).resume()).isEqualTo(Resume.NO);
    assertThat(((TrainRequest) asked.get(1)).resume()).isEqualTo(Resume.YES);
    assertThat(((TrainRequest) asked.get(2)).resume()).isEqualTo(Resume.AUTO);
    assertThat(((SweepRequest) asked.get(3)).resume()).isEqualTo(Resume.AUTO);
    assertThat(kiln("train", "--resume=car", conf)).isEqualTo(2);
    assertThat(err.toString()).contains("--resume or --resume=auto is needed");
  }

  @Test
  void aConfigurationThatSparkSubmitWasGivenIsFoundByItsName() {
    Properties spark = new Properties();
    spark.setProperty("spark.files", "hdfs://h/a/other.yaml,file:/far/away/mine.yaml");
    spark.setProperty("spark.yarn.dist.files", "file:/far/long-name.yaml#short.yaml");
    assertThat(ConfigOptions.sent("mine.yaml", spark)).isEqualTo("file:/far/away/mine.yaml");
    assertThat(ConfigOptions.sent("other.yaml", spark)).isEqualTo("hdfs://h/a/other.yaml");
    assertThat(ConfigOptions.sent("short.yaml", spark)).isEqualTo("file:/far/long-name.yaml");
    assertThat(ConfigOptions.sent("none.yaml", spark)).isEqualTo("none.yaml");
    assertThat(ConfigOptions.sent("/root/mine.yaml", spark)).isEqualTo("/root/mine.yaml");
    spark.setProperty("spark.files", "file:/far/away/" + conf.getFileName());
    assertThat(ConfigOptions.sent(conf.toString(), spark)).isEqualTo(conf.toString());
  }

  @Test
  void sweepAsksForParallelTrials() {
    assertThat(kiln("sweep", conf, "--trials-parallel", 6)).isZero();
    assertThat(((SweepRequest) asked.get(0)).sweep().parallel()).isEqualTo(6);
  }

  @Test
  void evaluateAndPredictTakeAModelAndData() {
    assertThat(kiln("evaluate", "--model", "m", "--format", "mnist", "--data", "d")).isZero();
    assertThat(
            kiln(
                "predict",
                "--model",
                "m",
                "--format",
                "csv",
                "--data",
                "d",
                "--out",
                "o.parquet",
                "--probabilities",
                "--set",
                "data.label=y"))
        .isZero();

    assertThat(((EvaluateRequest) asked.get(0)).data())
        .isEqualTo(Map.of("format", "mnist", "path", "d"));
    PredictRequest predict = (PredictRequest) asked.get(1);
    assertThat(predict.parquet()).isTrue();
    assertThat(predict.probabilities()).isTrue();
    assertThat(predict.data()).containsEntry("label", "y");
  }

  @Test
  void mistakesOfUsageAreOneLineAndCodeTwo() {
    expect(2, "kiln: missing required parameter: 'CONF'; see kiln train --help", "train");
    expect(
        2,
        "kiln: unknown option: '--resum'; did you mean --resume?; see kiln train --help",
        "train",
        conf,
        "--resum");
    expect(2, "kiln: a command is missing; see kiln --help");
    expect(
        2,
        "kiln: " + folder + "/none.yaml: there is no such configuration; check the path",
        "train",
        folder.resolve("none.yaml"));
    expect(
        2, "kiln: cluster.workers: 0 came but it must be 1 or more", "train", conf, "--workers", 0);
    expect(
        2,
        "kiln: sweep: it is missing; give the configuration a section sweep: {space: {…}}",
        "sweep",
        conf,
        "--set",
        "sweep=");
    assertThat(asked).isEmpty();
  }

  private void expect(int code, String line, Object... words) {
    err.getBuffer().setLength(0);
    assertThat(kiln(words)).isEqualTo(code);
    assertThat(err.toString()).isEqualTo(line + System.lineSeparator());
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(kiln("--help")).isZero();
    assertThat(out.toString())
        .contains("train", "sweep", "evaluate", "predict", "report", "doctor", "cluster")
        .contains("KILN_DATA")
        .contains("Exit codes");
    for (String command : List.of("train", "sweep", "evaluate", "predict", "report", "cluster")) {
      assertThat(kiln(command, "--help")).isZero();
    }
    assertThat(kiln("--version")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aReportOnAnHdfsThatNobodyNamesIsAMistake() {
    expect(
        2,
        "kiln: report: hdfs:/runs/mine names no host and Hadoop's configuration (fs.defaultFS:"
            + " file:///) names no HDFS; write hdfs://HOST:PORT/runs/mine, or set HADOOP_CONF_DIR",
        "report",
        "hdfs:/runs/mine");
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new ConfigException("a.b: 1 came"), 2, "a.b: 1 came"),
        Arguments.of(new FormatException("f", 7, "bad"), 3, "f at byte 7: bad"),
        Arguments.of(
            new NoSuchFileException("/d/x"), 3, "/d/x: there is no such file; check the path"),
        Arguments.of(
            new AccessDeniedException("/d/x"),
            3,
            "/d/x: it may not be read; check its permissions"),
        Arguments.of(
            new AttemptFailedException(
                1, 2, "node-7", "gone", false, new NoSuchFileException("/d/x")),
            3,
            "/d/x: there is no such file; check the path (on node-7)"),
        Arguments.of(
            new SparkException(
                "Lost task 0.0 in stage 1.0 (TID 3) (10.0.0.2 executor 1): no such file",
                new FormatException("f", 7, "bad")),
            3,
            "f at byte 7: bad (on 10.0.0.2)"),
        Arguments.of(
            new IOException(
                new UnknownHostException("nowhere: Temporary failure in name resolution")),
            2,
            "host: the name 'nowhere' does not resolve; correct it, or enter it in DNS or"
                + " /etc/hosts (if it is this machine's own, SPARK_LOCAL_IP=ADDRESS will do)"),
        Arguments.of(
            new InvalidPathException("caf\uFFFD", "unmappable"),
            2,
            "path: 'caf\uFFFD' has letters that this JVM's locale ("
                + System.getProperty("sun.jnu.encoding")
                + ") cannot write; set LC_ALL=C.UTF-8, for executors --conf"
                + " spark.executorEnv.LC_ALL=C.UTF-8"),
        Arguments.of(new IOException("no space\nleft"), 3, "no space left"),
        Arguments.of(new DivergedException(3, "step 3: NaN"), 4, "step 3: NaN"),
        Arguments.of(new NoCheckpointException("runs/x: none"), 5, "runs/x: none"),
        Arguments.of(new ResourcesException("2 of 4 workers"), 6, "2 of 4 workers"),
        Arguments.of(
            new SparkException(
                "Job aborted\nstack", new ExecutionException(new FormatException("f", -1, "bad"))),
            3,
            "f: bad"),
        Arguments.of(
            new IllegalStateException("what?"),
            1,
            "unexpected IllegalStateException: what?; --verbose shows where it comes from"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyFailureHasItsCodeAndOneLine(Exception thrown, int code, String line) {
    Work failing =
        request -> {
          throw thrown;
        };

    assertThat(kilnWith(failing, "train", conf)).isEqualTo(code);
    assertThat(err.toString()).isEqualTo("kiln: " + line + System.lineSeparator());

    kilnWith(failing, "train", conf, "--verbose");
    assertThat(err.toString()).contains("\tat " + KilnTest.class.getName());
  }
}

package io.kiln.spark.cli;

import static io.kiln.spark.cli.Typed.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiln.spark.report.RunFolder;
import io.kiln.spark.report.RunReport;
import io.kiln.spark.report.SweepFolder;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiln ls}, and reports in other forms and side by side. */
class RunListTest {
  @TempDir private Path folder;
  private String plain = "";
  private String momentum = "";

  @BeforeEach
  void writeRuns() throws IOException {
    plain = run("deep/plain", 0.0, 0.91);
    momentum = run("momentum", 0.9, 0.957);
    try (SweepFolder sweep =
        SweepFolder.create(
            new HadoopStorage(),
            folder.resolve("sweep").toString(),
            "my-sweep",
            Map.of(),
            "validation.accuracy")) {
      sweep.write(sweep.report());
    }
    run("sweep/best", 0.5, 0.9);
    Files.createDirectories(folder.resolve("damaged"));
    Files.writeString(folder.resolve("damaged/report.json"), "{");
  }

  private String run(String name, double momentum, double accuracy) throws IOException {
    Map<String, Object> config =
        Map.of("name", name, "optimizer", Map.of("type", "sgd", "momentum", momentum));
    String path = folder.resolve(name).toString();
    try (RunFolder run =
        RunFolder.create(
            new HadoopStorage(),
            path,
            name,
            config,
            new RunReport.Environment("k", "s", "j", 1, List.of()))) {
      run.write(
          run.report()
              .change()
              .epoch(new RunReport.Epoch(1, 10, 0.5, 0.8, 0.6, accuracy, 0.1, 2, 100))
              .test(new RunReport.Test(0.3, accuracy, null, null, null, null))
              .succeeded()
              .report());
    }
    return path;
  }

  @Test
  void runsAndSweepsAreListed() {
    Typed said = kiln("ls", folder);
    assertThat(said.code()).isZero();
    assertThat(said.out())
        .contains("deep/plain", "momentum", "test 95.70 %", "test 91.00 %", "sweep", "0 trials")
        .doesNotContain("sweep/best", "damaged");
    assertThat(kiln("ls", folder, "--format", "csv").out().lines()).hasSize(4);
    assertThat(kiln("ls", folder.resolve("nowhere")).code()).isEqualTo(3);
    assertThat(kiln("ls", folder, "--format", "xml").err())
        .contains("--format: xml came but text, md, latex, csv or json is needed");
  }

  @Test
  void severalRunsAreComparedByWhatDiffers() throws IOException {
    Path page = folder.resolve("compared.html");
    Typed said = kiln("report", plain, momentum, "--html", page);
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .contains("optimizer.momentum", "test 95.70 %", "plain", "written: ")
        .doesNotContain("optimizer.type");
    assertThat(Files.readString(page))
        .contains("Comparison of 2 runs", "optimizer.momentum", "\"validation_accuracy\":[0.957]");
    assertThat(kiln("report", plain, momentum, "--format", "md").out())
        .contains("| run | status | optimizer.momentum |", "| momentum | succeeded | 0.9 |");
    assertThat(kiln("report", plain, momentum, "--format", "latex").out())
        .contains("\\begin{tabular}", "test 95.70 \\%", "\\bottomrule");
    JsonNode json =
        new ObjectMapper().readTree(kiln("report", plain, momentum, "--format", "json").out());
    assertThat(json).hasSize(2);
    assertThat(json.path(1).path("optimizer.momentum").asText()).isEqualTo("0.9");
    assertThat(kiln("report", plain, folder.resolve("sweep"), "--format", "csv").out())
        .contains("sweep,succeeded,0.5");
  }

  @Test
  void oneRunHasAllForms() throws IOException {
    assertThat(kiln("report", momentum, "--format", "csv").out())
        .startsWith("epoch,step,train_loss");
    assertThat(kiln("report", momentum, "--format", "md").out()).startsWith("| epoch | step |");
    assertThat(
            new ObjectMapper()
                .readTree(kiln("report", momentum, "--format", "json").out())
                .path("test")
                .path("accuracy")
                .asDouble())
        .isEqualTo(0.957);
    assertThat(kiln("report", momentum, folder.resolve("none")).code()).isEqualTo(3);
  }
}

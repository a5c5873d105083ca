package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.Commands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code kiln summary}: what a network costs, without Spark. */
class SummaryCommandTest {
  private static final String CONFIG =
      """
      data: {format: synthetic, train: 20, test: 10}
      model:
        layers:
          - {type: conv2d, filters: 4, kernel: 3, padding: same}
          - {type: relu}
          - type: residual
            layers: [{type: conv2d, filters: 4, kernel: 3, padding: same}]
          - {type: flatten, name: rows}
          - {type: dense, units: 10, name: head}
      """;

  private final PrintStream console = System.out;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stopListening() {
    System.setOut(console);
  }

  private String kiln(int code, Object... words) throws IOException {
    Path conf = Files.writeString(folder.resolve("c.yaml"), CONFIG);
    StringWriter err = new StringWriter();
    CommandLine line = Commands.line();
    line.setErr(new PrintWriter(err, true));
    String[] all =
        Stream.concat(Stream.of("summary", conf), Arrays.stream(words))
            .map(String::valueOf)
            .toArray(String[]::new);
    assertThat(line.execute(all)).as(err.toString()).isEqualTo(code);
    return err.toString().strip();
  }

  private List<String> table() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void everyLayerHasItsLineAndTheLastOneSaysWhatDominates() throws IOException {
    assertThat(kiln(0)).isEmpty();
    assertThat(table()).hasSize(9);
    assertThat(table().get(1)).matches("0 +conv2d +\\[4, 28, 28] +40 .*");
    assertThat(table().get(3)).matches("2\\.body\\.0 +conv2d +\\[4, 28, 28] +148 .*");
    assertThat(table().get(6)).matches("head +affine +\\[10] +31,370 +62.72 kflop .*");
    assertThat(table().get(7)).matches("total +\\[10] +31,558 .*");
    assertThat(table().get(8)).isEqualTo("80 % of the flops are in conv2d");
  }

  @Test
  void aShapeCanStandInForData() throws IOException {
    kiln(0, "--input", "3x8x8", "--classes", 5, "--set", "data={format: mnist, path: /nowhere}");
    assertThat(table().get(1)).matches("0 +conv2d +\\[4, 8, 8] +112 .*");
  }

  @Test
  void theNetworkIsDrawnWithItsShapes() throws IOException {
    Path svg = folder.resolve("net.svg");
    kiln(0, "--draw", svg);
    assertThat(Files.readString(svg))
        .startsWith("<svg")
        .contains(">head: affine<", ">[4, 28, 28]<", ">2: add<", ">shape<")
        .doesNotContain(">value<");
    Path dot = folder.resolve("net.dot");
    kiln(0, "--draw", dot);
    assertThat(Files.readString(dot))
        .contains("[label=\"x | shape \\[1, 28, 28\\]\", style=rounded]");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    assertThat(kiln(2, "--input", "8", "--classes", 5))
        .isEqualTo("kiln: layer 0: conv2d: x is [1, 8] but rank 4 is needed");
    assertThat(kiln(2, "--input", "3x-8"))
        .isEqualTo(
            "kiln: --input: '3x-8' with 0 classes came but sizes like 3x32x32 and 0 or more classes"
                + " are needed");
    assertThat(kiln(2, "--draw", "net.png"))
        .isEqualTo("kiln: --draw: net.png came but a file .svg or .dot is needed");
    assertThat(kiln(3, "--set", "data={format: mnist, path: /nowhere}")).startsWith("kiln: ");
  }
}

package io.kiln.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.check.OpCase;
import io.kiln.nn.check.OpCases;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.spark.Commands;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code kiln gradcheck}: a row an op, and exit code 1 if one is out of bound. */
class GradcheckCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(List<OpCase> cases) {
    return GradcheckCommand.run(cases, new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static List<OpCase> rows(String family) {
    return OpCases.all().stream().filter(one -> one.name().startsWith(family)).toList();
  }

  @Test
  void wholeNetsHaveTheirNarrowBound() {
    assertThat(run(rows("net/"))).isZero();
    assertThat(lines())
        .anyMatch(line -> line.matches("net/cnn +\\d\\.\\d\\de-1\\d 1e-10 ok"))
        .allMatch(line -> line.endsWith(" 1e-10 ok"));
  }

  @Test
  void aRowOutOfBoundIsNamedAndTheExitCodeIsOne() {
    OpCase good = rows("affine").get(0);
    // x² of which one x is hidden from the tape: the gradient comes out half.
    OpCase bad =
        OpCase.of(
            "multiply/half-hidden",
            v -> Multiply.of(v.get(0), v.get(0).tape().constant(v.get(0).value())),
            good.leaves().get(0));
    assertThat(run(List.of(good, bad, good))).isEqualTo(1);
    assertThat(lines()).hasSize(3);
    assertThat(lines().get(0)).startsWith("affine ").endsWith(" 1e-09 ok");
    assertThat(lines().get(1)).matches("multiply/half-hidden +3.33e-01 1e-09 OUT OF BOUND");
  }

  @Test
  void anUnknownOpIsAMistakeOfUsage() {
    StringWriter err = new StringWriter();
    CommandLine line = Commands.line();
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("gradcheck", "--op", "afine")).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("kiln: --op: there is no op 'afine'; did you mean affine?");
    assertThat(line.execute("gradcheck", "--op", "softmax-cross-entropy")).isZero();
  }
}

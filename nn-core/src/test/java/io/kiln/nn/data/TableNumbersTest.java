package io.kiln.nn.data;

import static io.kiln.nn.data.TableFixture.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers far from zero keep their digits until they are standardised. */
class TableNumbersTest {
  /** Four seconds of 2023: as float32 all are 1700000000. */
  private static final String SECONDS = "1700000000,0\n1700000001,1\n1700000002,0\n1700000003,1\n";

  private static final double[] STANDARDISED = {
    -1.3416407864998738, -0.4472135954999579, 0.4472135954999579, 1.3416407864998738
  };

  @ParameterizedTest
  @EnumSource(DType.class)
  void columnsFarFromZeroAreStandardisedBeforeTheyAreRounded(DType dtype) throws IOException {
    Splits splits = TableFixture.of("csv").file("train", SECONDS).load();
    double bound = dtype == DType.FLOAT32 ? 1e-7 : 1e-15;
    List<List<Double>> rows = features(splits.train(), dtype);
    for (int i = 0; i < STANDARDISED.length; i++) {
      assertThat(rows.get(i).get(0)).isCloseTo(STANDARDISED[i], within(bound));
    }
    assertThat(splits.notes()).noneMatch(note -> note.startsWith("column"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "libsvm"})
  void float64KeepsDoubles(String format) throws IOException {
    String text = format.equals("csv") ? "0.1,1\n1700000001,0\n" : "1 1:0.1\n0 1:1700000001\n";
    TableFixture tables = TableFixture.of(format, "normalize", false).file("train", text);
    assertThat(features(tables.load().train(), DType.FLOAT64))
        .containsExactly(List.of(0.1), List.of(1700000001.0));
    assertThat(features(tables.load().train(), DType.FLOAT32))
        .containsExactly(List.of((double) 0.1f), List.of(1.7e9));
  }

  @Test
  void otherRowsAreStandardisedInTheSameWay() throws IOException {
    TableFixture tables = TableFixture.of("csv").file("train", SECONDS);
    Samples samples = tables.file("other", "1700000002\n1700000001\n").samples("other");
    assertThat(features(samples.data()))
        .containsExactly(
            List.of((double) (float) STANDARDISED[2]), List.of((double) (float) STANDARDISED[1]));
  }

  @Test
  void columnsThatCollapseAreReported() throws IOException {
    Splits plain = TableFixture.of("csv", "normalize", false).file("train", SECONDS).load();
    assertThat(plain.notes())
        .contains(
            "column '0' has 4 different numbers, of which float32 keeps 1 apart; set"
                + " data.normalize: true or train.precision: float64");
    Splits whole =
        TableFixture.of("csv").file("train", "9007199254740993,0\n9007199254740995,1\n").load();
    assertThat(whole.notes())
        .anyMatch(note -> note.startsWith("column '0' has numbers beyond 2^53"));
    Splits small =
        TableFixture.of("csv", "normalize", false).file("train", "0.1,0\n0.2,1\n").load();
    assertThat(small.notes()).noneMatch(note -> note.startsWith("column"));
  }

  @Test
  void aConstantColumnIsZeroWhateverItsNumber() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 49; i++) {
      text.append("0.1,1700000000.7,").append(i % 2).append('\n');
    }
    TableFixture tables = TableFixture.of("csv").file("train", text.toString());
    assertThat(features(tables.load().train())).containsOnly(List.of(0.0, 0.0));
    Samples other = tables.file("other", "1.1,1700000001.7\n").samples("other");
    assertThat(features(other.data())).containsExactly(List.of(1.0, 1.0));
  }

  @Test
  void missingNumbersAreTheMeanOfColumnsFarFromZeroToo() throws IOException {
    Splits splits =
        TableFixture.of("csv", "missing", "mean", "normalize", false)
            .file("train", "1700000001,0\n?,1\n1700000003,1\n")
            .load();
    assertThat(features(splits.train(), DType.FLOAT64).get(1)).containsExactly(1700000002.0);
  }

  @Test
  void numbersBeyondFloat32AreRefusedOnlyIfTheyStayThere() throws IOException {
    TableFixture plain =
        TableFixture.of("csv", "normalize", false).file("train", "1e39,0\n2e39,1\n");
    assertThatThrownBy(plain::load)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("row 1 (from 1, without the header)")
        .hasMessageContaining("beyond float32");
    Splits scaled = TableFixture.of("csv").file("train", "1e39,0\n2e39,1\n").load();
    assertThat(features(scaled.train())).containsExactly(List.of(-1.0), List.of(1.0));
  }
}

package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text files as they come: with marks, other line ends, quotes, packed, and damaged. */
class TextFilesTest {
  private static final String MARK = "\uFEFF";

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstCell() throws IOException {
    Splits named = load("csv", MARK + "x,y\n1,a\n2,b\n", "label", "y", "normalize", false);
    assertThat(rows(named.train())).containsExactly("1.0 -> 0", "2.0 -> 1");
    Splits plain = load("csv", MARK + "1,a\n2,b\n", "normalize", false);
    assertThat(rows(plain.train())).containsExactly("1.0 -> 0", "2.0 -> 1");
    Splits quoted = load("csv", MARK + "\"x\",\"y\"\n1,a\n2,b\n", "label", "y", "normalize", false);
    assertThat(rows(quoted.train())).containsExactly("1.0 -> 0", "2.0 -> 1");
    Splits sparse = load("libsvm", MARK + "1 1:2\n-1 1:3\n", "normalize", false);
    assertThat(rows(sparse.train())).containsExactly("2.0 -> 1", "3.0 -> 0");
    assertThat(load("text", MARK + "abab", "window", 2).fitted())
        .isEqualTo(load("text", "abab", "window", 2).fitted());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void linesMayEndInBothWaysAndTheLastNeedNot(String end) throws IOException {
    String csv = String.join(end, "x,z,y", "1,2,a", "", "3,4,b");
    assertThat(rows(load("csv", csv, "label", "y", "normalize", false).train()))
        .containsExactly("1.0 2.0 -> 0", "3.0 4.0 -> 1");
    assertThat(rows(load("csv", csv + end, "label", "y", "normalize", false).train())).hasSize(2);
    String sparse = String.join(end, "0 1:1 2:2", "# a comment", "1 2:4");
    assertThat(rows(load("libsvm", sparse, "normalize", false).train()))
        .containsExactly("1.0 2.0 -> 0", "0.0 4.0 -> 1");
    assertThat(load("text", "ab" + end + "ab" + end, "window", 2).fitted())
        .isEqualTo(load("text", "ab\nab\n", "window", 2).fitted());
  }

  @Test
  void quotedCellsMayHoldDelimitersQuotesAndLineEnds() throws IOException {
    String csv = "\"how, big\",kind,y\n\"1\",\"a, \"\"b\"\"\nc\",\"yes\"\n 2 ,\"plain\",no\n";
    Splits splits = load("csv", csv, "label", "y", "categorical", "kind", "normalize", false);
    assertThat(splits.fitted().get("categories"))
        .isEqualTo(Map.of("kind", List.of("a, \"b\"\nc", "plain")));
    assertThat(splits.train().spec().classNames()).containsExactly("no", "yes");
    assertThat(rows(splits.train())).containsExactly("1.0 1.0 0.0 -> 1", "2.0 0.0 1.0 -> 0");
  }

  @Test
  void classesStandInTheOrderOfTheirNamesWhateverTheOrderOfRows() throws IOException {
    Splits texts = load("csv", "1,bee\n2,ant\n3,cat\n4,ant\n");
    assertThat(texts.train().spec().classNames()).containsExactly("ant", "bee", "cat");
    Splits numbers = load("csv", "1,10\n2,-1\n3,9\n4,10\n");
    assertThat(numbers.train().spec().classNames()).containsExactly("-1", "9", "10");
    Splits given = load("csv", "1,bee\n2,ant\n", "class-names", List.of("bee", "wasp", "ant"));
    assertThat(given.train().spec().classNames()).containsExactly("bee", "wasp", "ant");
    assertThat(rows(given.train()))
        .extracting(row -> row.charAt(row.length() - 1))
        .containsExactly('0', '2');
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "libsvm", "text"})
  void whatIsNoUtf8IsSaid(String format) {
    byte[] latin = "1,2,M\u00fcller\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> load(format, latin))
        .isInstanceOf(FormatException.class)
        .hasMessage("f: it is not UTF-8 text; save it as UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "libsvm", "text"})
  void packedFilesAreUnpackedAndTruncatedOnesRefused(String format) throws IOException {
    String text = "1 1:2\n".repeat(2000).replace(' ', format.equals("csv") ? ',' : ' ');
    byte[] packed = gzip(text.replace(":", format.equals("csv") ? "," : ":"));
    assertThat(load(format, packed, "window", 2).train().size()).isPositive();
    byte[] cut = Arrays.copyOf(packed, packed.length - 9);
    assertThatThrownBy(() -> load(format, cut))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("f")
        .hasMessageNotContaining("\n");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static Splits load(String format, String text, Object... settings) throws IOException {
    return load(format, text.getBytes(StandardCharsets.UTF_8), settings);
  }

  private static Splits load(String format, byte[] bytes, Object... settings) throws IOException {
    Map<String, Object> section = new HashMap<>(Map.of("format", format, "path", "f"));
    for (int i = 0; i < settings.length; i += 2) {
      if (!settings[i].equals("window") || format.equals("text")) {
        section.put((String) settings[i], settings[i + 1]);
      }
    }
    MemoryStorage storage = new MemoryStorage().with("f", bytes);
    return DataSources.load(Settings.of("data", section), storage, "");
  }

  private static List<String> rows(Dataset data) {
    List<String> rows = new ArrayList<>();
    Batch batch = Batch.of(data.spec(), 1, DType.FLOAT32);
    for (int i = 0; i < data.size(); i++) {
      data.read(i, batch, 0);
      StringBuilder row = new StringBuilder();
      for (double x : batch.input(0).toArray()) {
        row.append((float) x).append(' ');
      }
      rows.add(row + "-> " + (int) batch.target().get(0));
    }
    return rows;
  }
}

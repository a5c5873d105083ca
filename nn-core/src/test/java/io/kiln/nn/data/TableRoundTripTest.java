package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random tables, written in random ways and read back. A failure names its seed; {@code -Dseed=N}
 * repeats it.
 */
class TableRoundTripTest {
  private static final int TABLES = 300;

  private static final List<String> TEXTS =
      List.of(
          "red",
          "a, b",
          "say \"hi\"",
          "\"",
          "two\nlines",
          "\\",
          "C:\\new",
          "ends \\\"",
          "né",
          "日本",
          "😀",
          "x;y",
          "1 2",
          "tab\tbed",
          "no",
          "true",
          "#1",
          "'",
          ",",
          "zwölf",
          "\"a\",\"b\"");

  /** A table as it is meant. */
  private static final class Meant {
    private final List<String> names = new ArrayList<>();
    private final List<Boolean> texts = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private int label;
  }

  @Test
  void whatIsWrittenIsReadAndTheOrderOfColumnsDoesNotMatter() throws IOException {
    Long given = Long.getLong("seed");
    long first = given == null ? System.nanoTime() : given;
    for (int i = 0; i < (given == null ? TABLES : 1); i++) {
      long seed = first + i;
      try {
        check(new Random(seed));
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void check(Random random) throws IOException {
    Meant meant = meant(random);
    boolean header = random.nextBoolean();
    Writing writing = new Writing(random);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < meant.names.size(); i++) {
      if (i != meant.label && meant.texts.get(i)) {
        texts.add(header ? meant.names.get(i) : Integer.toString(i));
      }
    }
    TableFixture tables =
        TableFixture.of(
            "csv",
            "label",
            header ? meant.names.get(meant.label) : meant.label,
            "categorical",
            texts,
            "missing",
            "mean",
            "normalize",
            false,
            "task",
            "classification",
            "header",
            header ? (random.nextBoolean() ? "yes" : "auto") : "no",
            "delimiter",
            writing.delimiter == '\t' ? "tab" : String.valueOf(writing.delimiter),
            "escape",
            writing.backslash ? "backslash" : "quote");
    List<Integer> straight = IntStream.range(0, meant.names.size()).boxed().toList();
    tables.file("train", writing.bytes(meant, straight, header));

    Dataset train = tables.load().train();
    same(TableFixture.features(train, DType.FLOAT64), features(meant));
    TreeSet<String> classes = new TreeSet<>();
    meant.rows.forEach(row -> classes.add(row.get(meant.label)));
    List<Double> targets =
        meant.rows.stream()
            .map(row -> (double) classes.headSet(row.get(meant.label)).size())
            .toList();
    assertThat(TableFixture.targets(train)).isEqualTo(targets);

    List<Integer> order = new ArrayList<>(straight);
    if (header) {
      Collections.shuffle(order, random);
    }
    boolean labelled = random.nextBoolean();
    if (!labelled) {
      order.remove((Integer) meant.label);
    }
    Samples samples = tables.file("other", writing.bytes(meant, order, header)).samples("other");
    assertThat(TableFixture.features(samples.data(), DType.FLOAT64))
        .isEqualTo(TableFixture.features(train, DType.FLOAT64));
    assertThat(TableFixture.targets(samples.judged())).isEqualTo(labelled ? targets : List.of());
  }

  private static Meant meant(Random random) {
    Meant meant = new Meant();
    List<String> names = new ArrayList<>(TEXTS);
    Collections.shuffle(names, random);
    int width = 2 + random.nextInt(5);
    meant.label = random.nextInt(width);
    for (int i = 0; i < width; i++) {
      meant.names.add(names.get(i));
      meant.texts.add(i == meant.label || random.nextInt(3) == 0);
    }
    int n = 1 + random.nextInt(12);
    for (int r = 0; r < n; r++) {
      List<String> row = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        boolean missing = i != meant.label && random.nextInt(8) == 0;
        row.add(
            missing
                ? ""
                : meant.texts.get(i) ? TEXTS.get(random.nextInt(TEXTS.size())) : number(random));
      }
      meant.rows.add(row);
    }
    return meant;
  }

  private static String number(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Integer.toString(random.nextInt(2001) - 1000);
      case 1 -> Double.toString(random.nextGaussian());
      case 2 -> Long.toString(1_700_000_000L + random.nextInt(100));
      default -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
    };
  }

  /** One column a number, one a text of a column of texts; what is missing is the mean, or 0. */
  private static List<List<Double>> features(Meant meant) {
    List<List<Double>> features = new ArrayList<>();
    meant.rows.forEach(row -> features.add(new ArrayList<>()));
    for (int i = 0; i < meant.names.size(); i++) {
      if (i == meant.label) {
        continue;
      }
      int column = i;
      List<String> cells = meant.rows.stream().map(row -> row.get(column)).toList();
      List<String> known = cells.stream().filter(cell -> !cell.isEmpty()).toList();
      List<String> texts =
          meant.texts.get(i) && !known.isEmpty() ? List.copyOf(new TreeSet<>(known)) : List.of("x");
      double mean =
          meant.texts.get(i) || known.isEmpty()
              ? 0
              : known.stream().mapToDouble(Double::parseDouble).average().orElse(0);
      for (int r = 0; r < cells.size(); r++) {
        String cell = cells.get(r);
        for (String text : texts) {
          features
              .get(r)
              .add(
                  meant.texts.get(i)
                      ? (!cell.isEmpty() && cell.equals(text) ? 1.0 : 0.0)
                      : cell.isEmpty() ? mean : Double.parseDouble(cell));
        }
      }
    }
    return features;
  }

  private static void same(List<List<Double>> rows, List<List<Double>> expected) {
    assertThat(rows).hasSameSizeAs(expected);
    for (int r = 0; r < rows.size(); r++) {
      assertThat(rows.get(r)).hasSameSizeAs(expected.get(r));
      for (int i = 0; i < rows.get(r).size(); i++) {
        double wanted = expected.get(r).get(i);
        assertThat(rows.get(r).get(i)).isCloseTo(wanted, within(1e-9 * (1 + Math.abs(wanted))));
      }
    }
  }

  /** A way of writing CSV. */
  private static final class Writing {
    private final Random random;
    private final char delimiter;
    private final boolean backslash;
    private final String end;
    private final boolean mark;
    private final boolean packed;

    Writing(Random random) {
      this.random = random;
      this.delimiter = ",;\t|".charAt(random.nextInt(4));
      this.backslash = random.nextBoolean();
      this.end = random.nextBoolean() ? "\n" : "\r\n";
      this.mark = random.nextBoolean();
      this.packed = random.nextBoolean();
    }

    byte[] bytes(Meant meant, List<Integer> order, boolean header) throws IOException {
      StringBuilder text = new StringBuilder(mark ? "\uFEFF" : "");
      if (header) {
        line(meant.names, order, text);
      }
      for (List<String> row : meant.rows) {
        line(row, order, text);
      }
      if (random.nextBoolean()) {
        text.setLength(text.length() - end.length());
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      return packed ? TableFixture.gzip(bytes) : bytes;
    }

    private void line(List<String> cells, List<Integer> order, StringBuilder text) {
      for (int i = 0; i < order.size(); i++) {
        text.append(i == 0 ? "" : delimiter).append(cell(cells.get(order.get(i))));
      }
      text.append(end);
      if (random.nextInt(6) == 0) {
        text.append(end);
      }
    }

    private String cell(String cell) {
      if (cell.isEmpty()) {
        return List.of("?", "NA", "null", "\"\"", " n/a ").get(random.nextInt(5));
      }
      boolean needed = cell.indexOf(delimiter) >= 0 || cell.matches("(?s).*[\"\n].*");
      if (!needed && random.nextBoolean()) {
        return random.nextInt(4) == 0 && delimiter != '\t' ? " " + cell + " " : cell;
      }
      String inside =
          backslash ? cell.replace("\\", "\\\\").replace("\"", "\\\"") : cell.replace("\"", "\"\"");
      return '"' + inside + '"';
    }
  }
}

package io.kiln.spark.train;

import io.kiln.nn.data.Samples;
import io.kiln.spark.model.OutputReading;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What predictions look like: as lines of CSV, lines for people, or rows of Parquet. A row is an
 * {@code Id}, of a sequence a {@code Step} from 1, and the answer: {@code Category}, a class as it
 * stood in the training data, or the numbers of a regression under their own name.
 *
 * @param reading how outputs are read
 * @param labels what classes are called in the training data; empty if they are numbers from 0
 * @param names what people call them; empty if they are only numbered
 * @param column name of a regression's column
 * @param top how many of the likeliest classes are written by name
 * @param probabilities whether all probabilities are written
 */
record Predictions(
    OutputReading reading,
    ArrayList<String> labels,
    ArrayList<String> names,
    String column,
    int top,
    boolean probabilities)
    implements Serializable {
  private static final String WHOLE = "-?\\d{1,9}";

  private boolean steps() {
    return reading.steps() > 1;
  }

  private boolean allProbabilities() {
    return probabilities && reading.classifies();
  }

  private int named() {
    return reading.classifies() ? Math.min(top, reading.width()) : 0;
  }

  private String label(int category) {
    return labels.isEmpty() ? String.valueOf(category) : labels.get(category);
  }

  private String name(int category) {
    return names.isEmpty() ? label(category) : names.get(category);
  }

  /** What a sample is called. */
  static String id(Samples samples, int sample) {
    return samples.ids().isEmpty() ? String.valueOf(sample + 1) : samples.ids().get(sample);
  }

  /** Bytes that a sample takes as text, about: what parts are measured by. */
  long bytes() {
    int name = 16 + names.stream().mapToInt(String::length).max().orElse(0);
    long each = 64 + (24L + name) * named() + (allProbabilities() ? 13L * reading.width() : 0);
    return reading.steps() * (reading.classifies() ? each : each + 24L * reading.width());
  }

  /** The first line of a CSV file. */
  String header() {
    List<String> header = new ArrayList<>(List.of("Id"));
    if (steps()) {
      header.add("Step");
    }
    header.addAll(answers());
    for (int k = 1; k <= named(); k++) {
      header.add("class" + k);
      header.add("probability" + k);
    }
    for (int j = 0; allProbabilities() && j < reading.width(); j++) {
      header.add(label(j).matches(WHOLE) ? "p" + label(j) : "p_" + label(j));
    }
    return line(header);
  }

  private List<String> answers() {
    if (reading.classifies()) {
      return List.of("Category");
    }
    return reading.width() == 1
        ? List.of(column)
        : IntStream.rangeClosed(1, reading.width()).mapToObj(j -> column + j).toList();
  }

  /** A line of a CSV file. */
  String csv(Samples samples, Answer answer) {
    List<String> cells = new ArrayList<>(List.of(id(samples, answer.sample())));
    if (steps()) {
      cells.add(String.valueOf(answer.step() + 1));
    }
    if (reading.classifies()) {
      cells.add(label(answer.best()));
    } else {
      for (double number : answer.numbers()) {
        cells.add(String.valueOf(number));
      }
    }
    for (int category : answer.top(named())) {
      cells.add(name(category));
      cells.add(String.valueOf((float) answer.numbers()[category]));
    }
    for (int j = 0; allProbabilities() && j < reading.width(); j++) {
      cells.add(String.valueOf((float) answer.numbers()[j]));
    }
    return line(cells);
  }

  private static String line(List<String> cells) {
    return String.join(",", cells.stream().map(Predictions::quoted).toList()) + "\n";
  }

  /** RFC 4180: a cell with commas or quotes stands in quotes. */
  private static String quoted(String cell) {
    return cell.matches("[^,\"\\r\\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  /** Lines for people: each sample with its likeliest classes, or with its answer. */
  String printed(Samples samples, Answer answer) {
    StringBuilder lines = new StringBuilder(id(samples, answer.sample()));
    if (steps()) {
      lines.append("  step ").append(answer.step() + 1);
    }
    if (!reading.classifies()) {
      for (double number : answer.numbers()) {
        lines.append("  ").append(number);
      }
    }
    lines.append('\n');
    for (int category : answer.top(named())) {
      double probability = answer.numbers()[category];
      lines.append(String.format(Locale.ROOT, "  %.4f  %s%n", probability, name(category)));
    }
    return lines.toString();
  }

  private boolean whole() {
    return labels.stream().allMatch(label -> label.matches(WHOLE));
  }

  private static boolean numbered(Samples samples) {
    return samples.ids().stream().allMatch(id -> id.matches(WHOLE));
  }

  /** The columns of a Parquet file. */
  StructType schema(Samples samples) {
    DataType id = numbered(samples) ? DataTypes.IntegerType : DataTypes.StringType;
    StructType schema = new StructType().add("Id", id, false);
    if (steps()) {
      schema = schema.add("Step", DataTypes.IntegerType, false);
    }
    DataType answer =
        !reading.classifies()
            ? DataTypes.DoubleType
            : whole() ? DataTypes.IntegerType : DataTypes.StringType;
    for (String name : answers()) {
      schema = schema.add(name, answer, false);
    }
    if (named() > 0) {
      schema =
          schema
              .add("top_classes", DataTypes.createArrayType(DataTypes.StringType), false)
              .add("top_probabilities", DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    if (allProbabilities()) {
      schema = schema.add("probabilities", DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    return schema;
  }

  /** A row of a Parquet file. */
  Row row(Samples samples, Answer answer) {
    List<Object> cells = new ArrayList<>();
    String id = id(samples, answer.sample());
    cells.add(numbered(samples) ? (Object) Integer.valueOf(id) : id);
    if (steps()) {
      cells.add(answer.step() + 1);
    }
    if (reading.classifies()) {
      String label = label(answer.best());
      cells.add(whole() ? (Object) Integer.valueOf(label) : label);
    } else {
      for (double number : answer.numbers()) {
        cells.add(number);
      }
    }
    if (named() > 0) {
      int[] top = answer.top(named());
      cells.add(IntStream.of(top).mapToObj(this::name).toArray(String[]::new));
      cells.add(IntStream.of(top).mapToDouble(j -> answer.numbers()[j]).toArray());
    }
    if (allProbabilities()) {
      cells.add(answer.numbers());
    }
    return RowFactory.create(cells.toArray());
  }
}

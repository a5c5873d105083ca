package io.kiln.spark.score;

import io.kiln.spark.model.OutputReading;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
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
public record Predictions(
    OutputReading reading,
    ArrayList<String> labels,
    ArrayList<String> names,
    String column,
    int top,
    boolean probabilities)
    implements Serializable {
  /** Name of the column that says which sample a row answers. */
  static final String ID = "Id";

  static final String PROBABILITIES = "probabilities";
  static final String TOP_PROBABILITIES = "top_probabilities";

  private static final String WHOLE = "-?\\d{1,9}";

  boolean steps() {
    return reading.steps() > 1;
  }

  boolean allProbabilities() {
    return probabilities && reading.classifies();
  }

  int named() {
    return reading.classifies() ? Math.min(top, reading.width()) : 0;
  }

  String label(int category) {
    return labels.isEmpty() ? String.valueOf(category) : labels.get(category);
  }

  String name(int category) {
    return names.isEmpty() ? label(category) : names.get(category);
  }

  /** Bytes that a sample takes as text, about: what parts are measured by. */
  public long bytes() {
    int name = 16 + names.stream().mapToInt(String::length).max().orElse(0);
    long each = 64 + (24L + name) * named() + (allProbabilities() ? 13L * reading.width() : 0);
    return reading.steps() * (reading.classifies() ? each : each + 24L * reading.width());
  }

  /** The first line of a CSV file. */
  public String header() {
    List<String> header = new ArrayList<>(List.of(ID));
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
    return String.join(",", header.stream().map(Predictions::quoted).toList()) + "\n";
  }

  private List<String> answers() {
    if (reading.classifies()) {
      return List.of("Category");
    }
    return reading.width() == 1
        ? List.of(column)
        : IntStream.rangeClosed(1, reading.width()).mapToObj(j -> column + j).toList();
  }

  /** Appends a line of a CSV file. */
  public void csv(Answer answer, StringBuilder line) {
    line.append(quoted(answer.id()));
    if (steps()) {
      line.append(',').append(answer.step() + 1);
    }
    if (reading.classifies()) {
      line.append(',').append(quoted(label(answer.best())));
    } else {
      for (double number : answer.numbers()) {
        line.append(',').append(number);
      }
    }
    if (named() > 0) {
      for (int category : answer.top(named())) {
        line.append(',').append(quoted(name(category)));
        line.append(',').append((float) answer.numbers()[category]);
      }
    }
    for (int j = 0; allProbabilities() && j < reading.width(); j++) {
      line.append(',').append((float) answer.numbers()[j]);
    }
    line.append('\n');
  }

  /** RFC 4180: a cell with commas or quotes stands in quotes. */
  private static String quoted(String cell) {
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (c == ',' || c == '"' || c == '\r' || c == '\n') {
        return '"' + cell.replace("\"", "\"\"") + '"';
      }
    }
    return cell;
  }

  /** Appends lines for people: a sample with its likeliest classes, or with its answer. */
  public void printed(Answer answer, StringBuilder lines) {
    lines.append(answer.id());
    if (steps()) {
      lines.append("  step ").append(answer.step() + 1);
    }
    if (!reading.classifies()) {
      for (double number : answer.numbers()) {
        lines.append("  ").append(number);
      }
    }
    lines.append('\n');
    for (int category : named() > 0 ? answer.top(named()) : new int[0]) {
      double probability = answer.numbers()[category];
      lines.append(String.format(Locale.ROOT, "  %.4f  %s%n", probability, name(category)));
    }
  }

  /** Whether classes are written as whole numbers. */
  boolean whole() {
    return labels.stream().allMatch(label -> label.matches(WHOLE));
  }

  /**
   * The columns of a Parquet file.
   *
   * @param id the type of ids: {@code int}, {@code bigint} or {@code string}
   */
  public StructType schema(DataType id) {
    StructType schema = new StructType().add(ID, id, false);
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
              .add(TOP_PROBABILITIES, DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    if (allProbabilities()) {
      schema = schema.add(PROBABILITIES, DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    return schema;
  }

  /** The type of ids that are all of these. */
  public static DataType idType(List<String> ids) {
    return ids.stream().allMatch(id -> id.matches(WHOLE))
        ? DataTypes.IntegerType
        : DataTypes.StringType;
  }

  /** The type of ids that are whole numbers from 1. */
  public static DataType idType(long most) {
    return most <= Integer.MAX_VALUE ? DataTypes.IntegerType : DataTypes.LongType;
  }
}

package io.kiln.spark.train;

import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.Answers;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a network answered, to be printed or written as CSV or Parquet.
 *
 * @param request what is wanted of it
 * @param rows class probabilities of each sample, or the numbers of a regression
 * @param classifies whether they are probabilities
 * @param ids what each sample is called; empty if they are only numbered
 * @param names names of the classes; empty if they are only numbered
 */
record Predictions(
    PredictRequest request,
    List<double[]> rows,
    boolean classifies,
    List<String> ids,
    List<String> names) {
  private int category(double[] row) {
    return Answers.best(Tensor.of(row, 0, Shape.of(1, row.length)), 0, row.length);
  }

  /** Classes of the greatest probabilities, the first greatest; equal ones by number. */
  private int[] top(double[] row) {
    return IntStream.range(0, row.length)
        .boxed()
        .sorted((a, b) -> Double.compare(row[b], row[a]))
        .limit(classifies ? request.top() : 0)
        .mapToInt(j -> j)
        .toArray();
  }

  private String name(int category) {
    return names.isEmpty() ? String.valueOf(category) : names.get(category);
  }

  /** Prints each sample with its likeliest classes, or with its answer. */
  void print(PrintStream out) {
    for (int i = 0; i < rows.size(); i++) {
      double[] row = rows.get(i);
      String id = ids.isEmpty() ? String.valueOf(i + 1) : ids.get(i);
      int[] top = top(row);
      out.println(top.length > 0 ? id : id + "  " + answer(row));
      for (int category : top) {
        out.printf(Locale.ROOT, "  %.4f  %s%n", row[category], name(category));
      }
    }
  }

  private String answer(double[] row) {
    return classifies ? name(category(row)) : joined(row);
  }

  /** Writes CSV; returns the file. */
  String csv(HadoopStorage storage, String place) throws IOException {
    String file = place.endsWith(".csv") ? place : place + "/part-0.csv";
    try (BufferedWriter csv =
        new BufferedWriter(new OutputStreamWriter(storage.create(file), StandardCharsets.UTF_8))) {
      csv.write(String.join(",", header()) + "\n");
      for (int i = 0; i < rows.size(); i++) {
        double[] row = rows.get(i);
        List<String> cells = new ArrayList<>();
        cells.add(String.valueOf(i + 1));
        cells.add(classifies ? String.valueOf(category(row)) : joined(row));
        for (int category : top(row)) {
          cells.add(quoted(name(category)));
          cells.add(String.valueOf((float) row[category]));
        }
        for (int j = 0; probabilities() && j < row.length; j++) {
          cells.add(String.valueOf((float) row[j]));
        }
        csv.write(String.join(",", cells) + "\n");
      }
    }
    return file;
  }

  private boolean probabilities() {
    return request.probabilities() && classifies;
  }

  private List<String> header() {
    int width = rows.isEmpty() ? 0 : rows.get(0).length;
    List<String> header = new ArrayList<>(List.of("Id", "Category"));
    for (int k = 1; classifies && k <= Math.min(width, request.top()); k++) {
      header.add("class" + k);
      header.add("probability" + k);
    }
    for (int j = 0; probabilities() && j < width; j++) {
      header.add("p" + j);
    }
    return header;
  }

  /** RFC 4180: a cell with commas or quotes stands in quotes. */
  private static String quoted(String cell) {
    return cell.matches("[^,\"\\r\\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  private static String joined(double[] row) {
    StringBuilder text = new StringBuilder();
    for (double number : row) {
      text.append(text.isEmpty() ? "" : " ").append(number);
    }
    return text.toString();
  }

  /** Writes Parquet; returns the folder. */
  String parquet(JavaSparkContext spark, String place) {
    boolean named = classifies && request.top() > 0;
    StructType schema =
        new StructType()
            .add("Id", DataTypes.IntegerType, false)
            .add("Category", classifies ? DataTypes.IntegerType : DataTypes.DoubleType, false);
    if (named) {
      schema =
          schema
              .add("top_classes", DataTypes.createArrayType(DataTypes.StringType), false)
              .add("top_probabilities", DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    if (probabilities()) {
      schema = schema.add("probabilities", DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    List<Row> table = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      double[] row = rows.get(i);
      List<Object> cells = new ArrayList<>();
      cells.add(i + 1);
      cells.add(classifies ? (Object) category(row) : (Object) row[0]);
      if (named) {
        int[] top = top(row);
        cells.add(IntStream.of(top).mapToObj(this::name).toArray(String[]::new));
        cells.add(IntStream.of(top).mapToDouble(j -> row[j]).toArray());
      }
      if (probabilities()) {
        cells.add(row);
      }
      table.add(RowFactory.create(cells.toArray()));
    }
    SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    session
        .createDataFrame(table, schema)
        .coalesce(1)
        .write()
        .mode(SaveMode.ErrorIfExists)
        .parquet(HadoopStorage.qualified(place));
    return place;
  }
}

package io.kiln.spark.train;

import io.kiln.nn.data.Dataset;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.Answers;
import io.kiln.nn.train.Evaluator;
import io.kiln.spark.config.PredictRequest;
import io.kiln.spark.job.Job;
import io.kiln.spark.store.HadoopStorage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code kiln predict}: the answer to each sample, in the order of the data; Id counts from 1, as
 * Kaggle's submissions do. A regression gives the predicted number as Category.
 */
public final class PredictJob implements Job<PredictRequest> {
  /** Numbers of a part: how many a sample has, then theirs; as doubles. */
  private static byte[] scores(ModelFolder.Loaded loaded, Dataset all, int from, int to) {
    int width = Math.max(1, loaded.network().output().count());
    ByteBuffer bytes = ByteBuffer.allocate(4 + 8 * width * (to - from)).putInt(width);
    boolean classifies = loaded.network().spec().classes() > 1;
    new Evaluator(loaded.network(), loaded.loss())
        .outputs(
            all,
            from,
            to,
            (output, first) -> {
              Tensor scores = output.copy();
              if (classifies) {
                Kernels.of(scores.dtype())
                    .softmax()
                    .softmax(scores, scores.count() / width, width, scores);
              }
              for (int i = 0; i < scores.count(); i++) {
                bytes.putDouble(scores.get(i));
              }
            });
    return bytes.array();
  }

  @Override
  public void run(PredictRequest request, PrintStream out) throws Exception {
    SparkRuntime runtime = new SparkRuntime("predict", request.place().master());
    HadoopStorage storage = runtime.storage();
    Scoring scoring = Scoring.of(storage, request.model(), request.data());
    boolean classifies = ModelFolder.read(storage, request.model()).network().spec().classes() > 1;
    try (JavaSparkContext spark = runtime.start()) {
      List<double[]> rows = new ArrayList<>();
      for (byte[] part : scoring.run(spark, request.workers(), PredictJob::scores)) {
        addRows(part, rows);
      }
      String written =
          request.parquet()
              ? parquet(spark, request, rows, classifies)
              : csv(storage, request, rows, classifies);
      out.println(rows.size() + " predictions written to " + written);
    }
  }

  private static void addRows(byte[] part, List<double[]> rows) {
    ByteBuffer bytes = ByteBuffer.wrap(part);
    int width = bytes.getInt();
    while (bytes.remaining() >= 8 * width) {
      double[] row = new double[width];
      for (int j = 0; j < width; j++) {
        row[j] = bytes.getDouble();
      }
      rows.add(row);
    }
  }

  private static int category(double[] row) {
    return Answers.best(
        Tensor.of(row, 0, io.kiln.nn.tensor.Shape.of(1, row.length)), 0, row.length);
  }

  private static String csv(
      HadoopStorage storage, PredictRequest request, List<double[]> rows, boolean classifies)
      throws IOException {
    String file = request.out().endsWith(".csv") ? request.out() : request.out() + "/part-0.csv";
    try (BufferedWriter csv =
        new BufferedWriter(new OutputStreamWriter(storage.create(file), StandardCharsets.UTF_8))) {
      int width = rows.isEmpty() ? 0 : rows.get(0).length;
      boolean probabilities = request.probabilities() && classifies;
      csv.write("Id,Category");
      for (int j = 0; probabilities && j < width; j++) {
        csv.write(",p" + j);
      }
      csv.write('\n');
      for (int i = 0; i < rows.size(); i++) {
        double[] row = rows.get(i);
        csv.write((i + 1) + "," + (classifies ? String.valueOf(category(row)) : joined(row)));
        for (int j = 0; probabilities && j < width; j++) {
          csv.write("," + (float) row[j]);
        }
        csv.write('\n');
      }
    }
    return file;
  }

  private static String joined(double[] row) {
    StringBuilder text = new StringBuilder();
    for (double number : row) {
      text.append(text.isEmpty() ? "" : " ").append(number);
    }
    return text.toString();
  }

  private static String parquet(
      JavaSparkContext spark, PredictRequest request, List<double[]> rows, boolean classifies) {
    boolean probabilities = request.probabilities() && classifies;
    StructType schema =
        new StructType()
            .add("Id", DataTypes.IntegerType, false)
            .add("Category", classifies ? DataTypes.IntegerType : DataTypes.DoubleType, false);
    if (probabilities) {
      schema = schema.add("probabilities", DataTypes.createArrayType(DataTypes.DoubleType), false);
    }
    List<Row> table = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      double[] row = rows.get(i);
      Object category = classifies ? (Object) category(row) : (Object) row[0];
      table.add(
          probabilities
              ? RowFactory.create(i + 1, category, row)
              : RowFactory.create(i + 1, category));
    }
    SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    session
        .createDataFrame(table, schema)
        .coalesce(1)
        .write()
        .mode(SaveMode.ErrorIfExists)
        .parquet(HadoopStorage.qualified(request.out()));
    return request.out();
  }
}

package io.kiln.spark.ml;

import io.kiln.spark.ml.AnswerColumns.Kind;
import io.kiln.spark.score.BatchScorer;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A network that answers with m numbers, in the units of the labels.
 *
 * <p>{@code transform} appends {@code prediction}: a double where m is 1, else a vector of m
 * numbers. Rows are answered in batches, of tables and of streams alike.
 */
public final class KilnRegressionModel extends RegressionModel<Vector, KilnRegressionModel>
    implements KilnParams, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid;
  private final TrainingParams training;
  private final Answerer answerer;
  private final transient @Nullable KilnTrainingSummary summary;

  KilnRegressionModel(String uid, BatchScorer scorer, @Nullable KilnTrainingSummary summary) {
    this(Uid.next(uid), new Answerer(scorer), summary);
  }

  private KilnRegressionModel(Uid uid, Answerer answerer, @Nullable KilnTrainingSummary summary) {
    this.uid = uid.text();
    this.training = new TrainingParams(this, KilnRegressor.LOSS);
    this.answerer = answerer;
    this.summary = summary;
  }

  @Override
  public String uid() {
    String known = uid;
    if (known == null) {
      known = Uid.take();
      uid = known;
    }
    return known;
  }

  @Override
  public TrainingParams training() {
    return training;
  }

  @Override
  public int numFeatures() {
    return answerer.scorer().features();
  }

  /** Numbers of an answer, m. */
  public int numOutputs() {
    return answerer.scorer().reading().width();
  }

  /** Whether there is a {@link #summary}: only right after {@code fit}. */
  public boolean hasSummary() {
    return summary != null;
  }

  /**
   * How it was trained.
   *
   * @throws IllegalStateException if it was loaded
   */
  public KilnTrainingSummary summary() {
    if (summary == null) {
      throw new IllegalStateException(
          "summary: " + uid() + " has none, because it was loaded; only fit gives one");
    }
    return summary;
  }

  /**
   * The answer to one row.
   *
   * @throws IllegalStateException if it has several numbers; see {@link #predictAll}
   */
  @Override
  public double predict(Vector features) {
    if (numOutputs() != 1) {
      throw new IllegalStateException(
          "predict: an answer of one number was asked for but the model gives "
              + numOutputs()
              + "; use predictAll");
    }
    return answerer.outputs(features).get(0);
  }

  /** The m numbers of the answer to one row. */
  public Vector predictAll(Vector features) {
    return Vectors.dense(Scores.numbers(answerer.outputs(features), 0));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType checked = Columns.around(schema, getFeaturesCol(), super::transformSchema);
    String name = getPredictionCol();
    if (numOutputs() == 1 || name.isEmpty()) {
      return checked;
    }
    StructField[] fields = checked.fields().clone();
    int at = checked.fieldIndex(name);
    fields[at] = new StructField(name, SQLDataTypes.VectorType(), false, fields[at].metadata());
    return new StructType(fields);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> table) {
    StructType schema = transformSchema(table.schema());
    String name = getPredictionCol();
    if (name.isEmpty()) {
      return table.toDF();
    }
    Kind kind = numOutputs() == 1 ? Kind.NUMBER : Kind.NUMBERS;
    return answerer.answered(
        table,
        getFeaturesCol(),
        AnswerColumns.of(List.of(kind), List.of()),
        List.of(schema.apply(name)));
  }

  @Override
  public KilnRegressionModel copy(ParamMap extra) {
    KilnRegressionModel copy = new KilnRegressionModel(Uid.next(uid()), answerer, summary);
    copy.setParent(parent());
    return copyValues(copy, extra);
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, answerer.scorer());
  }

  /** Reads what {@code save} wrote. */
  public static MLReader<KilnRegressionModel> read() {
    return new ModelReader<>(
        KilnRegressionModel.class, (uid, scorer) -> new KilnRegressionModel(uid, scorer, null));
  }

  /** Reads what {@code save} wrote. */
  public static KilnRegressionModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return "KilnRegressionModel: uid="
        + uid()
        + ", numOutputs="
        + numOutputs()
        + ", numFeatures="
        + numFeatures();
  }
}

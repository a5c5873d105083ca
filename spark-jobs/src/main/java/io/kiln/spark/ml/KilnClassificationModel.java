package io.kiln.spark.ml;

import io.kiln.spark.ml.AnswerColumns.Kind;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.score.BatchScorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Tuple3;

/**
 * A network that tells classes 0 … k − 1 apart.
 *
 * <p>{@code transform} appends {@code rawPrediction} (k scores), {@code probability} (k numbers
 * that sum to 1) and {@code prediction} (the class, a double); a column whose name is set to "" is
 * left out. With thresholds t the class with the greatest p / t is predicted. Rows are answered in
 * batches, of tables and of streams alike.
 */
public final class KilnClassificationModel
    extends ProbabilisticClassificationModel<Vector, KilnClassificationModel>
    implements KilnParams, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid;
  private final TrainingParams training;
  private final Answerer answerer;
  private final OutputReading reading;
  private final transient @Nullable KilnTrainingSummary summary;

  KilnClassificationModel(String uid, BatchScorer scorer, @Nullable KilnTrainingSummary summary) {
    this(Uid.next(uid), new Answerer(scorer), summary);
  }

  private KilnClassificationModel(
      Uid uid, Answerer answerer, @Nullable KilnTrainingSummary summary) {
    this.uid = uid.text();
    this.training = new TrainingParams(this, KilnClassifier.LOSS);
    this.answerer = answerer;
    this.reading = answerer.scorer().reading();
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
  public int numClasses() {
    return reading.width();
  }

  @Override
  public int numFeatures() {
    return answerer.scorer().features();
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

  @Override
  public Vector predictRaw(Vector features) {
    return Vectors.dense(Scores.raw(reading, answerer.outputs(features), 0));
  }

  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    if (!(raw instanceof DenseVector dense)) {
      throw new IllegalArgumentException("probability: a sparse vector came but a dense is needed");
    }
    Scores.probabilities(reading.kind(), dense.values());
    return dense;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return Columns.around(schema, getFeaturesCol(), super::transformSchema);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> table) {
    StructType schema = transformSchema(table.schema());
    List<Double> limits = new ArrayList<>();
    if (isDefined(thresholds())) {
      Arrays.stream(getThresholds()).forEach(limits::add);
      if (limits.size() != numClasses()) {
        throw new IllegalArgumentException(
            "thresholds: "
                + limits.size()
                + " came but the model has "
                + numClasses()
                + " classes; give one each");
      }
    }
    List<Kind> kinds = new ArrayList<>();
    List<StructField> fields = new ArrayList<>();
    add(Kind.RAW, getRawPredictionCol(), schema, kinds, fields);
    add(Kind.PROBABILITY, getProbabilityCol(), schema, kinds, fields);
    add(Kind.CLASS, getPredictionCol(), schema, kinds, fields);
    return kinds.isEmpty()
        ? table.toDF()
        : answerer.answered(table, getFeaturesCol(), AnswerColumns.of(kinds, limits), fields);
  }

  private static void add(
      Kind kind, String name, StructType schema, List<Kind> kinds, List<StructField> fields) {
    if (!name.isEmpty()) {
      kinds.add(kind);
      fields.add(schema.apply(name));
    }
  }

  /** Scala gives it two generic types, of which Java sees no common one. */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Tuple3 findSummaryModel() {
    KilnClassificationModel model = copy(ParamMap.empty());
    if (getProbabilityCol().isEmpty()) {
      model.setProbabilityCol("probability_" + UUID.randomUUID());
    }
    if (getPredictionCol().isEmpty()) {
      model.setPredictionCol("prediction_" + UUID.randomUUID());
    }
    return new Tuple3(model, model.getProbabilityCol(), model.getPredictionCol());
  }

  @Override
  public KilnClassificationModel copy(ParamMap extra) {
    KilnClassificationModel copy = new KilnClassificationModel(Uid.next(uid()), answerer, summary);
    copy.setParent(parent());
    return copyValues(copy, extra);
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, answerer.scorer());
  }

  /** Reads what {@code save} wrote. */
  public static MLReader<KilnClassificationModel> read() {
    return new ModelReader<>(
        KilnClassificationModel.class,
        (uid, scorer) -> new KilnClassificationModel(uid, scorer, null));
  }

  /** Reads what {@code save} wrote. */
  public static KilnClassificationModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return "KilnClassificationModel: uid="
        + uid()
        + ", numClasses="
        + numClasses()
        + ", numFeatures="
        + numFeatures();
  }
}

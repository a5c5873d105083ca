package io.kiln.spark.ml;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.model.OutputReading;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network to tell classes apart.
 *
 * <p>Features: a vector or an array of numbers, of one length f in all rows; they are learnt as
 * they are, so put a {@code StandardScaler} before it. Label: a number that is one of 0 … k − 1;
 * {@code StringIndexer} makes it. Networks for images take the f numbers in the shape the model's
 * YAML begins with. Null, NaN and infinite numbers are refused in one line.
 *
 * <p>Defaults: one hidden layer of 64, {@code softmax-cross-entropy}, {@code sgd}, 10 epochs of
 * batches of 128, one worker, no validation rows, nothing written. See {@link KilnParams}.
 *
 * <p>{@code fit} throws {@link ConfigException} if parameters and rows do not go together, {@link
 * java.io.UncheckedIOException} if cells are missing or files cannot be read, {@link
 * io.kiln.spark.cluster.ResourcesException} if there are not enough task slots in time.
 */
public final class KilnClassifier
    extends ProbabilisticClassifier<Vector, KilnClassifier, KilnClassificationModel>
    implements KilnEstimator<KilnClassifier>, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  static final String LOSS = "softmax-cross-entropy";

  private @Nullable String uid;
  private final TrainingParams training;

  /** A classifier with all defaults. */
  public KilnClassifier() {
    this(Uid.random("kilnClassifier"));
  }

  /** A classifier of that uid. */
  public KilnClassifier(String uid) {
    this(Uid.next(uid));
  }

  private KilnClassifier(Uid uid) {
    this.uid = uid.text();
    this.training = new TrainingParams(this, LOSS);
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
  public KilnClassifier self() {
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Columns.checkTraining(this, schema);
    return Columns.around(schema, getFeaturesCol(), super::transformSchema);
  }

  @Override
  public KilnClassificationModel train(Dataset<?> rows) {
    Labels labels = Labels.classes(rows, getLabelCol());
    RunConfig config = FitConfig.of(this, getFeaturesCol(), getLabelCol(), labels.rows());
    FitCall call =
        Columns.call(this, config, List.of(getFeaturesCol()), getLabelCol(), labels.classes());
    FitCall.Trained trained = call.run(rows);
    OutputReading reading = trained.scorer().reading();
    if (!reading.classifies() || reading.steps() != 1) {
      throw new ConfigException(
          "loss: " + getLoss() + " came but a loss of classes is needed, e.g. " + LOSS);
    }
    return copyValues(
        new KilnClassificationModel(uid(), trained.scorer(), KilnTrainingSummary.of(trained)),
        ParamMap.empty());
  }

  @Override
  public KilnClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    return DefaultParamsWritable.super.write();
  }

  /** Reads what {@code save} wrote. */
  public static MLReader<KilnClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@code save} wrote. */
  public static KilnClassifier load(String path) {
    return read().load(path);
  }
}

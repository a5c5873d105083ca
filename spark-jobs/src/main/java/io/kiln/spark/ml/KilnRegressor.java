package io.kiln.spark.ml;

import io.kiln.nn.config.ConfigException;
import io.kiln.spark.config.RunConfig;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network to answer with a number, or with several.
 *
 * <p>Features: a vector or an array of numbers, of one length in all rows. Label: a number, or an
 * array or vector of m numbers; then the prediction is a vector of m numbers.
 *
 * <p>Defaults: one hidden layer of 64, {@code mse}, {@code sgd}, 10 epochs of batches of 128, one
 * worker, no validation rows, nothing written. See {@link KilnParams}; {@code fit} throws as that
 * of {@link KilnClassifier}.
 */
public final class KilnRegressor extends Regressor<Vector, KilnRegressor, KilnRegressionModel>
    implements KilnEstimator<KilnRegressor>, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  static final String LOSS = "mse";

  private @Nullable String uid;
  private final TrainingParams training;

  /** A regressor with all defaults. */
  public KilnRegressor() {
    this(Uid.random("kilnRegressor"));
  }

  /** A regressor of that uid. */
  public KilnRegressor(String uid) {
    this(Uid.next(uid));
  }

  private KilnRegressor(Uid uid) {
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
  public KilnRegressor self() {
    return this;
  }

  /** Spark ML's own makes a double of every label; several numbers stay as they are. */
  @Override
  public KilnRegressionModel fit(Dataset<?> rows) {
    if (!severalLabels(rows.schema(), getLabelCol())) {
      return super.fit(rows);
    }
    transformSchema(rows.schema());
    KilnRegressionModel model = train(rows);
    model.setParent(this);
    return copyValues(model, ParamMap.empty());
  }

  private static boolean severalLabels(StructType schema, String label) {
    if (!List.of(schema.fieldNames()).contains(label)) {
      return false;
    }
    DataType type = schema.apply(label).dataType();
    return type.equals(SQLDataTypes.VectorType()) || Columns.isNumbers(type);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Columns.checkTraining(this, schema);
    String label = getLabelCol();
    if (!severalLabels(schema, label)) {
      return Columns.around(schema, getFeaturesCol(), super::transformSchema);
    }
    StructField[] fields = schema.fields().clone();
    int at = schema.fieldIndex(label);
    fields[at] = new StructField(label, DataTypes.DoubleType, true, fields[at].metadata());
    StructField[] checked =
        Columns.around(new StructType(fields), getFeaturesCol(), super::transformSchema)
            .fields()
            .clone();
    checked[at] = schema.fields()[at];
    for (int i = fields.length; i < checked.length; i++) {
      checked[i] =
          new StructField(
              checked[i].name(), SQLDataTypes.VectorType(), false, checked[i].metadata());
    }
    return new StructType(checked);
  }

  @Override
  public KilnRegressionModel train(Dataset<?> rows) {
    long count = Labels.numbers(rows).rows();
    RunConfig config = FitConfig.of(this, getFeaturesCol(), getLabelCol(), count);
    FitCall call = Columns.call(this, config, List.of(getFeaturesCol()), getLabelCol(), 0);
    FitCall.Trained trained = call.run(rows);
    if (trained.scorer().reading().classifies()) {
      throw new ConfigException(
          "loss: " + getLoss() + " came but a loss of numbers is needed, e.g. " + LOSS);
    }
    return copyValues(
        new KilnRegressionModel(uid(), trained.scorer(), KilnTrainingSummary.of(trained)),
        ParamMap.empty());
  }

  @Override
  public KilnRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    return DefaultParamsWritable.super.write();
  }

  /** Reads what {@code save} wrote. */
  public static MLReader<KilnRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@code save} wrote. */
  public static KilnRegressor load(String path) {
    return read().load(path);
  }
}

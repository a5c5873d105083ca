package io.kiln.spark.ml;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.score.BatchScorer;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Trained networks as functions of Spark SQL. */
public final class KilnFunctions {
  private KilnFunctions() {}

  /**
   * Gives a session a function of a model: {@code SELECT name(features).prediction, …}. Its
   * argument is a vector or an array of numbers. Its value is, of a classifier, {@code
   * STRUCT<prediction: DOUBLE, probability: ARRAY<DOUBLE>>}; of a regression {@code DOUBLE}, or
   * {@code ARRAY<DOUBLE>} of several outputs; null for null. It answers a row at a time: for whole
   * tables {@code transform} is faster.
   *
   * @param name of the function; one of that name is replaced
   * @param path of a stage that was saved, or of a model or run folder of Kiln
   * @throws ConfigException if the model was trained on columns that it must first encode
   * @throws IOException if it cannot be read
   */
  public static void register(SparkSession spark, String name, String path) throws IOException {
    Configuration hadoop = ModelWriter.hadoop(spark);
    BatchScorer scorer =
        BatchScorer.read(new HadoopStorage(hadoop), ModelWriter.qualified(hadoop, path));
    refuseEncoded(path, scorer.loaded().data());
    OutputReading reading = scorer.reading();
    var numbers = DataTypes.createArrayType(DataTypes.DoubleType, false);
    Broadcast<byte[]> sent =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(scorer.bytes());
    Function function = new Function(sent, scorer.sha256());
    if (reading.classifies()) {
      StructType answer =
          new StructType()
              .add("prediction", DataTypes.DoubleType, false)
              .add("probability", numbers, false);
      spark.udf().register(name, (UDF1<Object, @Nullable Row>) function::classes, answer);
    } else if (reading.width() == 1) {
      spark
          .udf()
          .register(name, (UDF1<Object, @Nullable Double>) function::number, DataTypes.DoubleType);
    } else {
      spark.udf().register(name, (UDF1<Object, double @Nullable []>) function::numbers, numbers);
    }
  }

  /** Only whoever knows the columns could encode them. */
  private static void refuseEncoded(String path, Map<String, Object> data) {
    boolean encoded =
        data.containsKey("categories")
            || data.containsKey("vocabulary")
            || otherThan(0, data.get("mean"))
            || otherThan(1, data.get("deviation"));
    if (encoded) {
      throw new ConfigException(
          path
              + ": the model was trained on columns that were encoded or normalized first, which a"
              + " function of features does not do; use kiln predict");
    }
  }

  private static boolean otherThan(double neutral, @Nullable Object numbers) {
    return numbers instanceof List<?> list
        ? list.stream().anyMatch(n -> n instanceof Number x && x.doubleValue() != neutral)
        : numbers != null;
  }

  /** What runs on executors. */
  private record Function(Broadcast<byte[]> model, String sha256, Passes passes)
      implements Serializable {
    Function(Broadcast<byte[]> model, String sha256) {
      this(model, sha256, new Passes());
    }

    /** An answerer a JVM; a function is sent to it once a task. */
    private Answerer answerer() {
      return passes.of(model, sha256);
    }

    private @Nullable Tensor outputs(@Nullable Object features) {
      if (features == null) {
        return null;
      }
      return answerer().outputs(vector(features));
    }

    @Nullable Row classes(@Nullable Object features) {
      Tensor outputs = outputs(features);
      if (outputs == null) {
        return null;
      }
      OutputReading reading = answerer().reading();
      double[] raw = Scores.raw(reading, outputs, 0);
      double best = Scores.greatest(raw);
      Scores.probabilities(reading.kind(), raw);
      return RowFactory.create(best, raw);
    }

    @Nullable Double number(@Nullable Object features) {
      Tensor outputs = outputs(features);
      return outputs == null ? null : outputs.get(0);
    }

    double @Nullable [] numbers(@Nullable Object features) {
      Tensor outputs = outputs(features);
      return outputs == null ? null : Scores.numbers(outputs, 0);
    }

    private static Vector vector(Object features) {
      if (features instanceof Vector vector) {
        return vector;
      }
      if (features instanceof scala.collection.Seq<?> cells) {
        double[] numbers = new double[cells.length()];
        for (int i = 0; i < numbers.length; i++) {
          if (!(cells.apply(i) instanceof Number number)) {
            throw new IllegalArgumentException(
                "features: '" + cells.apply(i) + "' came but an array of numbers is needed");
          }
          numbers[i] = number.doubleValue();
        }
        return Vectors.dense(numbers);
      }
      throw new IllegalArgumentException(
          "features: "
              + features.getClass().getSimpleName()
              + " came but a vector or an array of numbers is needed");
    }
  }

  /** Makes the answerer when it is first needed. */
  private static final class Passes implements Serializable {
    private static final long serialVersionUID = 1L;
    private transient @Nullable Answerer answerer;

    synchronized Answerer of(Broadcast<byte[]> model, String sha256) {
      Answerer known = answerer;
      if (known == null) {
        known = new Answerer(BatchScorer.of(model.value(), sha256));
        answerer = known;
      }
      return known;
    }
  }
}

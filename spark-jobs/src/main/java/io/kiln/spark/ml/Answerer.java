package io.kiln.spark.ml;

import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.score.BatchScorer;
import io.kiln.spark.score.Pass;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;

/**
 * A trained network in use: for single rows on this machine, for tables on the executors, to which
 * it is sent once an application. Thread-safe.
 */
final class Answerer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final BatchScorer scorer;
  private transient @Nullable ThreadLocal<Pass> passes;
  private transient @Nullable Broadcast<byte[]> sent;
  private transient @Nullable SparkContext sentIn;
  private transient volatile @Nullable OutputReading reading;

  Answerer(BatchScorer scorer) {
    this.scorer = scorer;
  }

  BatchScorer scorer() {
    return scorer;
  }

  /** How outputs are read as answers. */
  OutputReading reading() {
    OutputReading known = reading;
    if (known == null) {
      known = scorer.reading();
      reading = known;
    }
    return known;
  }

  /** The network's outputs for one row: valid until this thread's next call. */
  Tensor outputs(Vector features) {
    Pass pass = passes().get();
    if (features.size() != pass.features()) {
      throw new IllegalArgumentException(
          "features: a vector of "
              + features.size()
              + " numbers came but the model needs "
              + pass.features());
    }
    pass.put(0, features.toArray());
    return pass.run(1);
  }

  private synchronized ThreadLocal<Pass> passes() {
    ThreadLocal<Pass> known = passes;
    if (known == null) {
      known = ThreadLocal.withInitial(() -> scorer.open(1));
      passes = known;
    }
    return known;
  }

  /** A table or stream with more columns. */
  Dataset<Row> answered(
      Dataset<?> table, String features, AnswerColumns columns, List<StructField> fields) {
    return BatchTransform.answered(
        table, features, scorer, sent(table.sparkSession().sparkContext()), columns, fields);
  }

  private synchronized Broadcast<byte[]> sent(SparkContext context) {
    Broadcast<byte[]> known = sent;
    if (known == null || sentIn != context) {
      known = JavaSparkContext.fromSparkContext(context).broadcast(scorer.bytes());
      sent = known;
      sentIn = context;
    }
    return known;
  }
}

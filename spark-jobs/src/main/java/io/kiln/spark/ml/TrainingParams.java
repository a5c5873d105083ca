package io.kiln.spark.ml;

import io.kiln.nn.config.Settings;
import io.kiln.spark.config.ClusterConfig;
import io.kiln.spark.config.TrainConfig;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/**
 * The parameters that estimators and models of this package have beside those of Spark ML's own
 * classes, with their documentation and defaults. What has its default in a configuration takes it
 * from there.
 */
public final class TrainingParams implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Settings with no key: they give every default. */
  private static final TrainConfig TRAIN = TrainConfig.read(Settings.of("train", Map.of()));

  private static final ClusterConfig CLUSTER = ClusterConfig.read(Settings.of("cluster", Map.of()));

  private static final String MODEL = "{type: mlp, hidden: [64]}";

  final Param<String> weightCol;
  final Param<String> validationIndicatorCol;
  final LongParam seed;
  final Param<String> model;
  final Param<String> loss;
  final Param<String> optimizer;
  final DoubleParam learningRate;
  final IntParam epochs;
  final IntParam batchSize;
  final IntParam numWorkers;
  final IntParam threads;
  final DoubleParam validationFraction;
  final IntParam patience;
  final Param<String> dataMemory;
  final Param<String> config;
  final Param<String> outputDir;

  /**
   * The parameters of a stage, whose uid is known.
   *
   * @param defaultLoss the loss where none is set
   */
  TrainingParams(Params stage, String defaultLoss) {
    weightCol =
        text(stage, "weightCol", "column of the rows' weights, 0 or more; if not set, all weigh 1");
    validationIndicatorCol =
        text(
            stage,
            "validationIndicatorCol",
            "column of booleans: rows with true are not learnt from, but every epoch is judged by"
                + " them");
    seed =
        new LongParam(
            stage,
            "seed",
            "seed of initial weights, order of rows, dropout and validationFraction");
    model =
        text(
            stage,
            "model",
            "the network: the YAML of a configuration's section model, e.g. {type: mlp, hidden:"
                + " [256, 64]} or {layers: [...]}, with weights: {path: ...} pretrained; or the"
                + " name of a network, e.g. lenet");
    loss =
        text(
            stage,
            "loss",
            "what is made small: a name, e.g. softmax-cross-entropy or mse, or the YAML of a"
                + " configuration's section loss");
    optimizer =
        text(
            stage,
            "optimizer",
            "how weights move: a name, e.g. sgd or adam, or the YAML of a configuration's section"
                + " optimizer, e.g. {type: sgd, momentum: 0.9, schedule: {type: cosine}}");
    learningRate =
        new DoubleParam(
            stage,
            "learningRate",
            "step size of the optimizer, above 0; if not set, what the parameter optimizer says, or"
                + " the optimizer's own",
            ParamValidators.gt(0));
    epochs = whole(stage, "epochs", "passes over the rows, 1 or more", 1);
    batchSize = whole(stage, "batchSize", "rows of a step, over all workers together", 1);
    numWorkers =
        whole(stage, "numWorkers", "tasks that train together; each needs a task slot of Spark", 1);
    threads = whole(stage, "threads", "threads of a worker; 0 for as many as a task has CPUs", 0);
    validationFraction =
        new DoubleParam(
            stage,
            "validationFraction",
            "share of the rows, in [0, 1), that is not learnt from, but by which every epoch is"
                + " judged",
            ParamValidators.inRange(0, 1, true, false));
    patience =
        whole(
            stage,
            "patience",
            "epochs without improvement on the validation rows after which training ends, with the"
                + " weights of the best epoch; 0 for never",
            0);
    dataMemory =
        text(
            stage,
            "dataMemory",
            "as long as a worker's rows have so many bytes they are read in any order, and in blocks"
                + " from disk beyond");
    config =
        text(
            stage,
            "config",
            "more of a configuration, as YAML, e.g. {train: {precision: float64}, cluster:"
                + " {virtual-shards: 16}}; what other parameters set goes before it");
    outputDir =
        text(
            stage,
            "outputDir",
            "folder for the report and checkpoints of the fit, seen by all workers; if not set,"
                + " nothing is written");
    stage.setDefault(seed, (Object) TRAIN.seed());
    stage.setDefault(model, MODEL);
    stage.setDefault(loss, defaultLoss);
    stage.setDefault(optimizer, "sgd");
    stage.setDefault(epochs, (Object) TRAIN.epochs());
    stage.setDefault(batchSize, (Object) TRAIN.batchSize());
    stage.setDefault(numWorkers, (Object) CLUSTER.workers().least());
    stage.setDefault(threads, (Object) CLUSTER.threads());
    stage.setDefault(validationFraction, (Object) 0.0);
    stage.setDefault(patience, (Object) 0);
    stage.setDefault(dataMemory, "4g");
    stage.setDefault(config, "");
    stage.setDefault(outputDir, "");
  }

  private static Param<String> text(Params stage, String name, String doc) {
    return new Param<>(stage, name, doc);
  }

  private static IntParam whole(Params stage, String name, String doc, int least) {
    return new IntParam(stage, name, doc, ParamValidators.gtEq(least));
  }
}

package io.kiln.spark.report;

import io.kiln.nn.layer.Summary;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.LayerWatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.json}: all there is to say about one run. Times are in seconds. A number that is
 * not finite is null in JSON.
 *
 * @param status whether it runs, or how it ended
 * @param name of the configuration
 * @param runId name of the run folder
 * @param started ISO 8601, UTC
 * @param error why it failed: one line, or null
 * @param config with all defaults
 * @param environment software and machines
 * @param data counts of samples
 * @param model the layers, or null before the network is built
 * @param history one row an epoch
 * @param test the one evaluation on the test set, or null
 * @param baseline what one gets without learning anything, or null
 * @param steps how the training went step by step, or null
 * @param answers what there is to see of the answers, or null
 * @param layers weights and gradients after epochs, or null if nobody looked
 * @param savedEpoch the epoch that the model's weights are of, or null before they are saved
 * @param timing where the time went, or null
 * @param recovery what went wrong on the way
 * @param weightsSha256 of the final weights, or null
 */
public record RunReport(
    Status status,
    String name,
    String runId,
    String started,
    @Nullable String error,
    Map<String, Object> config,
    Environment environment,
    @Nullable Data data,
    @Nullable Model model,
    List<Epoch> history,
    @Nullable Test test,
    @Nullable Baseline baseline,
    @Nullable StepSeries steps,
    @Nullable AnswerReport answers,
    @Nullable List<LayerWatch.Seen> layers,
    @Nullable Integer savedEpoch,
    @Nullable Timing timing,
    Recovery recovery,
    @Nullable String weightsSha256) {

  /** Copies the history; a list that a JSON does not have is empty. */
  @SuppressWarnings("ConstantValue") // Jackson gives null for what is not there
  public RunReport {
    history = history == null ? List.of() : List.copyOf(history);
    recovery = recovery == null ? new Recovery(1, 0) : recovery;
    environment = environment == null ? new Environment("", "", "", 0, List.of()) : environment;
    config = config == null ? Map.of() : config;
  }

  /** A run that has begun and knows nothing else yet. */
  public static RunReport begun(
      String name,
      String runId,
      String started,
      Map<String, Object> config,
      Environment environment) {
    return new RunReport(
        Status.RUNNING,
        name,
        runId,
        started,
        null,
        config,
        environment,
        null,
        null,
        List.of(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        new Recovery(1, 0),
        null);
  }

  private static @Nullable Double known(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** A builder that starts from this report. */
  public RunReportBuilder change() {
    return new RunReportBuilder(this);
  }

  /** Whether a run goes on, or how it ended. */
  public enum Status {
    /** It has not ended. */
    RUNNING,
    /** It did what it should. */
    SUCCEEDED,
    /** It did not; {@code error} says why. */
    FAILED
  }

  /** Software and machines. */
  public record Environment(
      String kiln, String spark, String java, int workers, List<Executor> executors) {
    /** Copies the list. */
    @SuppressWarnings("ConstantValue") // Jackson gives null for what is not there
    public Environment {
      executors = executors == null ? List.of() : List.copyOf(executors);
    }
  }

  /**
   * One executor that took part.
   *
   * @param host its name
   * @param blas the BLAS really in use
   * @param threads it trains with
   * @param exchange how its worker reaches the others; null in reports of before
   */
  public record Executor(String host, String blas, int threads, @Nullable String exchange) {
    /** One of which nobody says how it reaches others. */
    public Executor(String host, String blas, int threads) {
      this(host, blas, threads, null);
    }
  }

  /**
   * The samples.
   *
   * @param trainCount in the training set
   * @param validationCount held back
   * @param testCount in the test set
   * @param fingerprint of their bytes
   * @param classNames names of the classes, or null
   * @param notes what the user should know of them, such as files that were passed over; or null
   * @param placement {@code replicate} if every worker has all of them, {@code shard} if each has
   *     its share; null if they are not trained on
   * @param bytesRead bytes that each worker read to have its samples, by rank; null before
   */
  public record Data(
      long trainCount,
      long validationCount,
      long testCount,
      String fingerprint,
      @Nullable List<String> classNames,
      @Nullable List<String> notes,
      @Nullable String placement,
      @Nullable List<Long> bytesRead) {
    /** The same, read by workers. */
    public Data withBytesRead(List<Long> bytes) {
      return new Data(
          trainCount,
          validationCount,
          testCount,
          fingerprint,
          classNames,
          notes,
          placement,
          List.copyOf(bytes));
    }

    /** Samples of which there is nothing more to say. */
    public Data(
        long trainCount,
        long validationCount,
        long testCount,
        String fingerprint,
        @Nullable List<String> classNames) {
      this(trainCount, validationCount, testCount, fingerprint, classNames, null, null, null);
    }
  }

  /** The network. */
  public record Model(long parameters, List<Layer> layers) {
    /** Copies the list. */
    public Model {
      layers = List.copyOf(layers);
    }

    /** A network as its summary has it. */
    public static Model of(Summary summary) {
      return new Model(
          summary.totals().parameters(),
          summary.rows().stream()
              .map(
                  row ->
                      new Layer(
                          row.name(),
                          row.type(),
                          Arrays.stream(row.outputShape().sizes()).boxed().toList(),
                          row.parameters(),
                          row.forwardFlops(),
                          row.backwardFlops()))
              .toList());
    }
  }

  /**
   * One layer.
   *
   * @param outputShape of one sample
   * @param forwardFlops floating point operations for one sample
   * @param backwardFlops of its gradients
   */
  public record Layer(
      String name,
      String type,
      List<Integer> outputShape,
      long parameters,
      long forwardFlops,
      long backwardFlops) {}

  /**
   * One epoch. Accuracies are null in a regression; validation is null without a validation set.
   *
   * @param epoch from 1
   * @param step optimizer steps so far
   * @param seconds it took
   * @param samplesPerSecond of training
   */
  public record Epoch(
      int epoch,
      long step,
      double trainLoss,
      @Nullable Double trainAccuracy,
      @Nullable Double validationLoss,
      @Nullable Double validationAccuracy,
      double learningRate,
      double seconds,
      double samplesPerSecond) {
    /** An epoch as the training has it, where NaN stands for what does not apply. */
    public static Epoch of(EpochRecord epoch) {
      return new Epoch(
          epoch.epoch(),
          epoch.step(),
          epoch.trainLoss(),
          known(epoch.trainAccuracy()),
          known(epoch.validationLoss()),
          known(epoch.validationAccuracy()),
          epoch.learningRate(),
          epoch.seconds(),
          epoch.samplesPerSecond());
    }
  }

  /**
   * The test.
   *
   * @param confusion row: true class, column: predicted class; null in a regression
   * @param rmse root mean squared error in the units of the label; null in a classification
   * @param mae mean absolute error likewise
   * @param r2 1 − squared error / that of the test set's own mean; null likewise
   * @param bleu BLEU-1 … BLEU-4 of captions; null if there are none
   */
  public record Test(
      double loss,
      @Nullable Double accuracy,
      @Nullable List<List<Long>> confusion,
      @Nullable Double rmse,
      @Nullable Double mae,
      @Nullable Double r2,
      @Nullable List<Double> bleu) {
    /** A test of no captions. */
    public Test(
        double loss,
        @Nullable Double accuracy,
        @Nullable List<List<Long>> confusion,
        @Nullable Double rmse,
        @Nullable Double mae,
        @Nullable Double r2) {
      this(loss, accuracy, confusion, rmse, mae, r2, null);
    }

    /** The same with the BLEU of captions. */
    public Test withBleu(@Nullable List<Double> scores) {
      return new Test(loss, accuracy, confusion, rmse, mae, r2, scores);
    }

    /** A test as the training has it. */
    public static Test of(Evaluation evaluation) {
      List<List<Long>> rows =
          Arrays.stream(evaluation.confusion())
              .map(row -> Arrays.stream(row).boxed().toList())
              .toList();
      return new Test(
          evaluation.loss(),
          known(evaluation.accuracy()),
          rows.isEmpty() || evaluation.answered() == 0 ? null : rows,
          known(evaluation.rmse()),
          known(evaluation.errors().mae()),
          known(evaluation.errors().r2()));
    }
  }

  /**
   * What always the same answer gets: of a classifier the most frequent class of the training set
   * (its loss: that of the classes' frequencies), of a regression the mean.
   *
   * @param answer in words
   * @param validation how it does there, or null without such data
   * @param test how it does there, or null without such data
   */
  public record Baseline(String answer, @Nullable Score validation, @Nullable Score test) {}

  /** Numbers of a {@link Baseline}; those that do not apply are null. */
  public record Score(
      @Nullable Double loss,
      @Nullable Double accuracy,
      @Nullable Double rmse,
      @Nullable Double mae) {
    /** A score as an evaluation has it. */
    public static Score of(Evaluation evaluation) {
      return new Score(
          known(evaluation.loss()),
          known(evaluation.accuracy()),
          known(evaluation.rmse()),
          known(evaluation.errors().mae()));
    }
  }

  /**
   * Seconds by what they were spent on, of rank 0; startup and total are those of the run.
   *
   * @param workers those of each worker, by rank; null if they are not known
   */
  public record Timing(
      double startup,
      double compute,
      double communicate,
      double data,
      double checkpoint,
      double total,
      @Nullable List<WorkerTime> workers) {
    /** Times of one worker. */
    public Timing(
        double startup,
        double compute,
        double communicate,
        double data,
        double checkpoint,
        double total) {
      this(startup, compute, communicate, data, checkpoint, total, null);
    }
  }

  /** Seconds of one worker by what they were spent on, its evaluations in {@code compute}. */
  public record WorkerTime(
      double compute, double communicate, double data, double checkpoint, double total) {}

  /**
   * What went wrong on the way.
   *
   * @param attempts how often the fit was started
   * @param lostSteps that were done twice
   * @param workers that made each attempt; null before any has begun
   * @param notBitEqual what was changed when the run was resumed, so that its weights are not those
   *     of a run without a break; null if nothing was
   * @param failedSaves how many times a checkpoint could not be written; null for none
   * @param lastFailedSave the last of these, and why
   */
  public record Recovery(
      int attempts,
      long lostSteps,
      @Nullable List<Integer> workers,
      @Nullable List<String> notBitEqual,
      @Nullable Integer failedSaves,
      @Nullable String lastFailedSave) {
    /** Copies the list. */
    public Recovery {
      workers = workers == null ? null : List.copyOf(workers);
      notBitEqual = notBitEqual == null ? null : List.copyOf(notBitEqual);
    }

    /** Without a change, all checkpoints written. */
    public Recovery(int attempts, long lostSteps) {
      this(attempts, lostSteps, null, null, null, null);
    }
  }
}

package io.kiln.nn;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.Fit;
import io.kiln.nn.train.FitListener;
import io.kiln.nn.train.FitOptions;
import io.kiln.nn.train.FitResult;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a network is to be trained in this JVM; every setting has a default. Mutable, not
 * thread-safe; {@link #fit} can be called again and begins anew.
 */
public final class Trainer {
  private final Map<String, Object> section;
  private final @Nullable Model model;
  private Map<String, Object> lossSection = Map.of();
  private @Nullable Loss loss;
  private ParameterUpdate.Rule rule = ParameterUpdate.Rule.of("adam", 0.001);
  private FitOptions options = FitOptions.of(10, 32, 1);
  private DType precision = DType.FLOAT32;
  private @Nullable PrintStream out;

  Trainer(Map<String, Object> section, @Nullable Model model) {
    this.section = section;
    this.model = model;
  }

  /**
   * The loss as YAML: {@code mse}, or {@code {type: huber, delta: 0.5}}. Without one it is
   * softmax-cross-entropy for classes and mean-squared-error for numbers.
   */
  public Trainer loss(String settings) {
    lossSection = Kiln.section("loss", "type", settings);
    loss = Losses.of(Settings.of("loss", lossSection));
    return this;
  }

  /** A loss of Java's; it is saved with a network if YAML can name it without settings. */
  public Trainer loss(Loss made) {
    lossSection = Map.of();
    loss = made;
    return this;
  }

  /** The optimizer as YAML: {@code {type: sgd, learning-rate: 0.1, momentum: 0.9}}. */
  public Trainer optimizer(String settings) {
    return optimizer(
        ParameterUpdate.Rule.from(
            Settings.of("optimizer", Kiln.section("optimizer", "type", settings))));
  }

  /** An optimizer by its name at a rate; without one it is adam at 0.001. */
  public Trainer optimizer(String type, double rate) {
    return optimizer(ParameterUpdate.Rule.of(type, rate));
  }

  /** An update rule of Java's. */
  public Trainer optimizer(ParameterUpdate.Rule made) {
    rule = made;
    return this;
  }

  /** Passes over the training set; 10 unless set. */
  public Trainer epochs(int epochs) {
    options = options.withEpochs(epochs);
    return this;
  }

  /** Samples of a step; 32 unless set. */
  public Trainer batchSize(int samples) {
    options = options.withBatchSize(samples);
    return this;
  }

  /** Decides initial values, order of samples and dropout; 1 unless set. */
  public Trainer seed(long seed) {
    options = options.withSeed(seed);
    return this;
  }

  /**
   * Threads, each with parts of every batch. The batch is cut into as many; with the same number
   * the weights are the same bits, whatever the machine.
   */
  public Trainer threads(int threads) {
    options = options.withShards(threads).withThreads(threads);
    return this;
  }

  /** Ends after so many epochs without a better validation loss or accuracy. */
  public Trainer patience(int epochs) {
    options = options.withPatience(epochs);
    return this;
  }

  /** Other options. */
  public Trainer options(FitOptions made) {
    options = made;
    return this;
  }

  /** Width of the numbers, float32 unless set. */
  public Trainer precision(DType width) {
    precision = width;
    return this;
  }

  /** Prints a line an epoch. */
  public Trainer print(PrintStream stream) {
    out = stream;
    return this;
  }

  /**
   * Trains.
   *
   * @throws io.kiln.nn.config.ConfigException if network, loss and samples do not fit together
   * @throws io.kiln.nn.train.DivergedException if the loss is no longer a finite number
   * @throws IOException if samples or pretrained weights cannot be read
   */
  public Trained fit(Data data) throws IOException {
    SampleSpec spec = data.train().spec();
    Loss asked = loss;
    Map<String, Object> named = lossSection;
    if (asked == null) {
      named = Map.of("type", spec.classes() > 0 ? "softmax-cross-entropy" : "mean-squared-error");
      asked = Losses.of(Settings.of("loss", named));
    }
    Model built = model;
    Network network =
        built != null
            ? Network.of(built, spec, precision, options.seed())
            : Models.network(
                Settings.of("model", section),
                spec,
                precision,
                options.seed(),
                new LocalStorage(),
                "");
    Losses.check(asked, network);
    FitResult result =
        new Fit(
                network,
                asked,
                rule,
                data.train(),
                data.validation(),
                options,
                Collective.alone(),
                listener())
            .run();
    return new Trained(network, asked, section, named, data.settings(), result.history());
  }

  private FitListener listener() {
    PrintStream stream = out;
    return new FitListener() {
      @Override
      public void onEpoch(EpochRecord epoch) {
        if (stream != null) {
          stream.println(line(epoch));
        }
      }
    };
  }

  /** What an epoch gave, without what does not apply. */
  static String line(EpochRecord epoch) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "epoch %2d", epoch.epoch()));
    add(line, "loss", epoch.trainLoss(), 1, "%.4f");
    add(line, "accuracy", epoch.trainAccuracy(), 100, "%.2f %%");
    add(line, "validation loss", epoch.validationLoss(), 1, "%.4f");
    add(line, "validation accuracy", epoch.validationAccuracy(), 100, "%.2f %%");
    return line.toString();
  }

  private static void add(
      StringBuilder line, String what, double value, double factor, String form) {
    if (!Double.isNaN(value)) {
      line.append("  ").append(what).append(' ');
      line.append(String.format(Locale.ROOT, form, value * factor));
    }
  }
}

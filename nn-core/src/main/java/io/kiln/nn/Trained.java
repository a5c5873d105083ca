package io.kiln.nn;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.Answers;
import io.kiln.nn.train.EpochRecord;
import io.kiln.nn.train.Evaluation;
import io.kiln.nn.train.Evaluator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A network with the values that training gave it. Not thread-safe. */
public final class Trained {
  private final Network network;
  private final Loss loss;
  private final Map<String, Object> model;
  private final Map<String, Object> lossSection;
  private final Map<String, Object> data;
  private final List<EpochRecord> history;
  private final Evaluator evaluator;

  Trained(
      Network network,
      Loss loss,
      Map<String, Object> model,
      Map<String, Object> lossSection,
      Map<String, Object> data,
      List<EpochRecord> history) {
    this.network = network;
    this.loss = loss;
    this.model = model;
    this.lossSection = lossSection;
    this.data = data;
    this.history = List.copyOf(history);
    this.evaluator = new Evaluator(network, loss);
  }

  static Trained of(ModelFolder.Loaded loaded) {
    return new Trained(
        loaded.network(),
        loaded.loss(),
        loaded.model(),
        loaded.lossSection(),
        loaded.data(),
        List.of());
  }

  /** The network. */
  public Network network() {
    return network;
  }

  /** The loss it was trained with. */
  public Loss loss() {
    return loss;
  }

  /** Its epochs; empty for one that was loaded. */
  public List<EpochRecord> history() {
    return history;
  }

  /** Loss, accuracy and errors on a data set. */
  public Evaluation evaluate(Dataset samples) {
    return evaluator.evaluate(samples, 0, samples.size());
  }

  /**
   * Answers for samples: the probability of each class, or numbers in the units of the data.
   *
   * @return a row a sample; a sequence has a row a step
   */
  public double[][] predict(Dataset samples) {
    List<double[]> rows = new ArrayList<>();
    evaluator.outputs(
        samples, 0, samples.size(), (output, first) -> rows.addAll(rows(answers(output))));
    return rows.toArray(new double[0][]);
  }

  /**
   * Answers for a batch.
   *
   * @param inputs each {@code [n, …]}; one, unless the network has several
   * @return {@code [n, classes]}, the probability of each class, or numbers {@code [n, …]}
   */
  public Tensor predict(Tensor... inputs) {
    Tensor[] own = new Tensor[inputs.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = inputs[i].to(network.dtype());
    }
    return answers(network.apply(own));
  }

  private Tensor answers(Tensor output) {
    return Answers.classify(network.spec(), loss)
        ? Answers.probabilities(network, loss, output)
        : output;
  }

  private static List<double[]> rows(Tensor matrix) {
    List<double[]> rows = new ArrayList<>();
    int n = matrix.shape().rank() == 0 ? 1 : matrix.shape().size(0);
    for (int i = 0; i < n; i++) {
      rows.add(matrix.rows(i, i + 1).toArray());
    }
    return rows;
  }

  /**
   * What layers give for a batch, by their names: the paths that parameters have, {@code
   * features.3}.
   *
   * @param x {@code [n, …]}
   * @throws IllegalArgumentException if there is no layer of such a name
   */
  public Map<String, Tensor> outputs(Tensor x, String... layers) {
    Tape tape = new Tape(network.dtype());
    List<Var> inputs = List.of(tape.constant(x.to(network.dtype())));
    Map<String, Var> recorded = network.record(tape, inputs, List.of(layers));
    tape.forward();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    recorded.forEach((name, output) -> outputs.put(name, output.value()));
    return outputs;
  }

  /**
   * Writes the network: {@code model.safetensors}, with PyTorch's names, and {@code model.yaml}.
   * The command line reads the folder too. A network built of layers in Java is read again with
   * {@link Kiln#load(Path, io.kiln.nn.layer.Layer)}.
   *
   * @param folder a new folder
   * @throws IOException if it cannot be written
   */
  public void save(Path folder) throws IOException {
    ModelFolder.write(new LocalStorage(), folder.toString(), network, model, describedLoss(), data);
  }

  private Map<String, Object> describedLoss() {
    if (!lossSection.isEmpty()) {
      return lossSection;
    }
    Map<String, Object> named = Map.of("type", Losses.name(loss));
    boolean same =
        Losses.names().contains(Losses.name(loss))
            && Losses.of(Settings.of("loss", named)).equals(loss);
    if (!same) {
      throw new IllegalStateException(
          "save: the loss "
              + loss
              + " has no name with these settings; give it to the trainer as YAML");
    }
    return named;
  }
}

package io.kiln.nn.train;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.CrossEntropyLoss;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Several networks that answer together: of classes the mean of their probabilities, of numbers
 * their mean. All are of the same samples and were trained with the same loss.
 */
public final class Ensemble {
  private final List<Network> networks;
  private final Loss loss;

  /** An ensemble of one network or more. */
  public Ensemble(List<Network> networks, Loss loss) {
    if (networks.isEmpty()) {
      throw new IllegalArgumentException("ensemble: no network came; give at least one");
    }
    this.networks = List.copyOf(networks);
    this.loss = loss;
  }

  /** Loss and answers over a set. */
  public Evaluation evaluate(Dataset data) {
    Network first = networks.get(0);
    Answers answers = Answers.of(first, loss);
    EvaluationSums sums = new EvaluationSums(answers, loss, data.spec().scale());
    int most = EvaluationBatch.of(first, loss, false);
    for (int from = 0; from < data.size(); from += most) {
      int n = Math.min(most, data.size() - from);
      Batch batch = Batch.of(data.spec(), n, first.dtype());
      for (int row = 0; row < n; row++) {
        data.read(from + row, batch, row);
      }
      Tensor together = together(batch, answers);
      Tape tape = new Tape(first.dtype(), new Workspace(first.dtype()));
      Var sum = loss.sum(tape.constant(together), tape.constant(batch.target()), null);
      tape.plan(sum);
      tape.replay();
      sums.add(sum.value().get(0), together, batch.target(), null);
    }
    return sums.evaluation();
  }

  /** What one network would put out that answers so. */
  private Tensor together(Batch batch, Answers answers) {
    List<Tensor> outputs = new ArrayList<>();
    for (Network network : networks) {
      Tape tape = new Tape(network.dtype(), new Workspace(network.dtype()));
      Var output = network.record(tape, SparseInput.leaves(tape, batch));
      tape.plan(output);
      tape.replay();
      outputs.add(output.value().copy());
    }
    Tensor form = outputs.get(0).copy();
    if (answers.classes() == 0) {
      mean(outputs, form);
      return form;
    }
    List<Tensor> probabilities = new ArrayList<>();
    for (int i = 0; i < networks.size(); i++) {
      probabilities.add(Answers.probabilities(networks.get(i), loss, outputs.get(i)));
    }
    Tensor mean = probabilities.get(0).copy();
    mean(probabilities, mean);
    if (answers.kind().isBinary()) {
      for (int row = 0; row < form.count(); row++) {
        double yes = mean.get(2 * row + 1);
        form.set(row, Math.log(yes) - Math.log(1 - yes));
      }
      return form;
    }
    for (int i = 0; i < form.count(); i++) {
      double p = mean.get(i);
      form.set(i, loss instanceof CrossEntropyLoss ? p : Math.log(Math.max(p, Float.MIN_NORMAL)));
    }
    return form;
  }

  private static void mean(List<Tensor> of, Tensor into) {
    for (int i = 0; i < into.count(); i++) {
      double sum = 0;
      for (Tensor one : of) {
        sum += one.get(i);
      }
      into.set(i, sum / of.size());
    }
  }
}

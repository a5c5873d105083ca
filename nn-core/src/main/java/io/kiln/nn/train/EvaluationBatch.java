package io.kiln.nn.train;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import java.util.List;

/**
 * How many samples are evaluated at once: so many that the buffers of a forward pass, of all layers
 * and of the loss, take at most {@value #MOST_BYTES} bytes more than those for one sample.
 *
 * <p>It follows from the network and its loss alone, never from data, workers or threads, so that
 * sums of losses have the same bits for all.
 */
final class EvaluationBatch {
  /** The most samples. */
  static final int MOST_SAMPLES = 256;

  /** The most bytes of buffers beyond those that one sample needs. */
  static final long MOST_BYTES = 96L << 20;

  private EvaluationBatch() {}

  /** The most samples that fit (sparse or not), halved from {@value #MOST_SAMPLES}; at least 1. */
  static int of(Network network, Loss loss, boolean sparse) {
    int samples = MOST_SAMPLES;
    long most = bytes(network, loss, 1, sparse) + MOST_BYTES;
    while (samples > 1 && bytes(network, loss, samples, sparse) > most) {
      samples /= 2;
    }
    return samples;
  }

  /**
   * Bytes of samples and buffers of a forward pass over that many; allocates none of them. Sparse
   * samples are not counted: it is not known how many values they have.
   */
  static long bytes(Network network, Loss loss, int samples, boolean sparse) {
    Tape tape = new Tape(network.dtype());
    List<Var> inputs =
        network.spec().inputs().stream()
            .map(
                shape ->
                    sparse
                        ? tape.sparse(new SparseRows(shape.count(), samples), samples)
                        : tape.placeholder(shape.batch(samples)))
            .toList();
    Shape target = network.spec().target().batch(samples);
    Var output = network.record(tape, inputs);
    Var sum = loss.sum(output, tape.placeholder(target));
    long numbers = tape.planned(sum, output) + target.count();
    for (Var input : inputs) {
      numbers += sparse ? 0 : input.shape().count();
    }
    return numbers * network.dtype().bytes();
  }
}

package io.kiln.nn.bench;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;

/**
 * Training steps of one case on some threads: each thread takes a slice of the batch through
 * forward and backward, the slices' gradients are added pairwise in a tree and the weights updated,
 * each thread a part of them.
 */
public final class Stepper implements AutoCloseable {
  private static final double RATE = 0.01;
  private static final double MOMENTUM = 0.9;

  private final int batch;
  private final Kernels kernels;
  private final Tensor weights;
  private final Tensor velocity;
  private final List<Slice> slices = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final List<Thread> helpers = new ArrayList<>();
  private final CyclicBarrier gate;
  private volatile boolean closed;
  private volatile @Nullable Throwable trouble;

  /** Threads ready for a case's steps, at most one a sample. */
  public Stepper(BenchCase one, int threads) {
    Network network = one.network().get();
    batch = one.batch();
    kernels = Kernels.of(network.dtype());
    weights = network.params().trainable();
    velocity = Tensor.zeros(weights.shape(), network.dtype());
    for (int i = 0; i < threads; i++) {
      int from = (int) ((long) i * batch / threads);
      int to = (int) ((long) (i + 1) * batch / threads);
      slices.add(new Slice(one, network, i, to - from));
    }
    for (int i = 0; i < threads; i++) {
      parts.add(part(i));
    }
    gate = new CyclicBarrier(threads);
    for (int i = 1; i < threads; i++) {
      Slice slice = slices.get(i);
      Part part = parts.get(i);
      Thread helper = new Thread(() -> help(slice, part), "bench-" + i);
      helper.setDaemon(true);
      helper.start();
      helpers.add(helper);
    }
  }

  private void help(Slice slice, Part part) {
    try {
      while (true) {
        meet();
        if (closed) {
          return;
        }
        work(slice, part);
      }
    } catch (Throwable e) {
      fail(e); // an Error too, or the others would wait for this thread for ever
    }
  }

  private void work(Slice slice, Part part) {
    slice.run();
    meet();
    update(part);
    meet();
  }

  /** Keeps the first trouble and lets nobody wait any more, now or later. */
  private void fail(Throwable e) {
    synchronized (this) {
      trouble = trouble == null ? e : trouble;
    }
    Thread.currentThread().interrupt();
    try {
      gate.await(); // an interrupted thread breaks the gate for all
    } catch (InterruptedException | BrokenBarrierException broken) {
      Thread.interrupted();
    }
  }

  /** A part of all parameters: one thread adds up its gradients and updates it. */
  private record Part(Tensor weights, Tensor velocity, List<Tensor> gradients) {}

  private Part part(int number) {
    int count = weights.count();
    int from = (int) ((long) number * count / slices.size());
    int to = (int) ((long) (number + 1) * count / slices.size());
    Shape shape = Shape.of(to - from);
    return new Part(
        weights.slice(from, shape),
        velocity.slice(from, shape),
        slices.stream().map(slice -> slice.gradients().slice(from, shape)).toList());
  }

  private void update(Part part) {
    List<Tensor> gradients = part.gradients();
    for (int apart = 1; apart < gradients.size(); apart *= 2) {
      for (int i = 0; i + apart < gradients.size(); i += 2 * apart) {
        kernels.elementwise().accumulate(1, gradients.get(i + apart), gradients.get(i));
      }
    }
    kernels
        .updates()
        .momentum(
            part.weights(),
            gradients.get(0),
            part.velocity(),
            1.0 / batch,
            0,
            MOMENTUM,
            1,
            RATE,
            0,
            1);
  }

  private void meet() {
    try {
      if (slices.size() > 1) {
        gate.await();
      }
    } catch (InterruptedException | BrokenBarrierException e) {
      Throwable first = trouble == null ? e : trouble;
      throw new IllegalStateException("bench: a thread of the batch failed: " + first, first);
    }
  }

  /**
   * One step; returns the mean loss before the update.
   *
   * @throws IllegalStateException if another thread failed in this step or an earlier one
   */
  public double step() {
    try {
      meet();
      work(slices.get(0), parts.get(0));
    } catch (Throwable e) {
      fail(e);
      throw e;
    }
    double loss = slices.get(0).loss();
    for (int i = 1; i < slices.size(); i++) {
      loss += slices.get(i).loss();
    }
    return loss / batch;
  }

  /** Bytes of the outputs of all ops. */
  long activations() {
    return slices.stream().mapToLong(Slice::activations).sum();
  }

  /** Bytes of all buffers. */
  long memory() {
    return slices.stream().mapToLong(Slice::memory).sum();
  }

  /** Ids of all threads that work, the caller's included. */
  long[] threadIds() {
    long[] ids = new long[helpers.size() + 1];
    ids[0] = Thread.currentThread().getId();
    for (int i = 0; i < helpers.size(); i++) {
      ids[i + 1] = helpers.get(i).getId();
    }
    return ids;
  }

  @Override
  public void close() {
    closed = true;
    if (trouble == null) {
      meet();
    }
  }
}

package io.kiln.nn.train;

import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Saves the states of a fit on a thread of its own, while the fit goes on: copies a state into
 * memory that it keeps, and hands the copy to the listener. One save is under way at a time.
 *
 * <p>Order of calls, all by the training thread: {@link #save} as often as one likes, {@link
 * #check} in between, {@link #finish} at a good end, {@link #close} at any.
 */
final class Saver implements AutoCloseable {
  /** How long a fit that failed waits for what it was saving; the next attempt can go on there. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final FitListener listener;
  private final Map<String, Tensor> room = new LinkedHashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread saving = new Thread(task, "kiln-save");
            saving.setDaemon(true);
            return saving;
          });
  private @Nullable Future<?> underWay;

  Saver(FitListener listener) {
    this.listener = listener;
  }

  /**
   * Begins to save a state, once the last save is done; when this returns, the state may change.
   *
   * @throws IOException if the last save failed
   * @throws CancellationException if this thread is interrupted
   */
  void save(FitState state) throws IOException {
    finish();
    FitState copy = copy(state);
    underWay =
        thread.submit(
            () -> {
              listener.onCheckpoint(copy);
              return null;
            });
  }

  /**
   * Throws what the last save threw, if it has ended.
   *
   * @throws IOException if the last save failed
   */
  void check() throws IOException {
    Future<?> last = underWay;
    if (last != null && last.isDone()) {
      finish();
    }
  }

  /**
   * Waits until all is saved.
   *
   * @throws IOException if the last save failed
   * @throws CancellationException if this thread is interrupted
   */
  void finish() throws IOException {
    Future<?> last = underWay;
    if (last == null) {
      return;
    }
    try {
      last.get();
      underWay = null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("fit: interrupted while it saves");
    } catch (ExecutionException e) {
      underWay = null;
      throw thrown(e.getCause());
    }
  }

  private static IOException thrown(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }

  private FitState copy(FitState state) {
    Map<String, Tensor> optimizer = new LinkedHashMap<>();
    state.optimizer().forEach((name, tensor) -> optimizer.put(name, kept("o." + name, tensor)));
    Map<String, Tensor> best = new LinkedHashMap<>();
    state.bestValues().forEach((name, tensor) -> best.put(name, kept("b." + name, tensor)));
    return new FitState(
        state.step(),
        state.epochSums().clone(),
        kept("values", state.values()),
        optimizer,
        List.copyOf(state.history()),
        best);
  }

  /** A copy in the memory of that name. */
  private Tensor kept(String name, Tensor tensor) {
    Tensor copy = room.get(name);
    if (copy == null) {
      copy = tensor.copy();
      room.put(name, copy);
    } else {
      copy.copyFrom(tensor);
    }
    return copy;
  }

  /**
   * Ends the thread. A save under way (the fit has failed, then) gets some time, even if this
   * thread was interrupted; after that it is interrupted itself, which leaves the older ones as
   * they are.
   */
  @Override
  public void close() throws IOException {
    thread.shutdown();
    boolean interrupted = false;
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean ended = false;
    while (!ended && System.nanoTime() - end < 0) {
      try {
        ended = thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!ended) {
      thread.shutdownNow();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    check();
  }
}

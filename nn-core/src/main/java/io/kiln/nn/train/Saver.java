package io.kiln.nn.train;

import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
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
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Saves the states of a fit on a thread of its own, while the fit goes on: copies a state into
 * memory that it keeps, and hands the copy to the listener. One save is under way at a time. One
 * that fails is told to the listener and tried again after a wait, until it succeeds or a newer
 * state takes its place.
 *
 * <p>Order of calls, all by the training thread: {@link #save} as often as one likes, {@link
 * #check} in between, {@link #finish} at a good end, {@link #close} at any.
 */
final class Saver implements AutoCloseable {
  /** How long a fit that ends waits for what it was saving; the next attempt can go on there. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final FitListener listener;
  private final Duration firstWait;
  private final Duration patience;
  private final Map<String, Tensor> room = new LinkedHashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread saving = new Thread(task, "kiln-save");
            saving.setDaemon(true);
            return saving;
          });
  private @Nullable Future<?> underWay;
  private boolean superseded;
  private volatile @Nullable IOException trouble;

  Saver(FitListener listener) {
    this(listener, FIRST_WAIT, PATIENCE);
  }

  /**
   * A saver with waits of its own.
   *
   * @param firstWait before a failed save is tried again; doubles each time
   * @param patience for the last save of a fit that is asked to leave
   */
  Saver(FitListener listener, Duration firstWait, Duration patience) {
    this.listener = listener;
    this.firstWait = firstWait;
    this.patience = patience;
  }

  /**
   * Begins to save a state, once the last save is done; when this returns, the state may change.
   *
   * @throws IOException if saving is not allowed
   * @throws CancellationException if this thread is interrupted
   */
  void save(FitState state) throws IOException {
    supersede(true);
    finish();
    supersede(false);
    FitState copy = copy(state);
    underWay =
        thread.submit(
            () -> {
              write(copy);
              return null;
            });
  }

  /** On the saving thread. */
  private void write(FitState state) throws IOException, InterruptedException {
    Duration wait = firstWait;
    while (true) {
      try {
        listener.onCheckpoint(state);
        trouble = null;
        return;
      } catch (AccessDeniedException e) {
        throw e;
      } catch (IOException e) {
        trouble = e;
        listener.onSaveFailed(state.step(), e);
      }
      if (!triedAgainAfter(wait)) {
        return;
      }
      wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
    }
  }

  /**
   * Waits, unless a newer state comes or nobody waits any more; whether it is to be tried again.
   */
  private synchronized boolean triedAgainAfter(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    for (long left = wait.toMillis(); left > 0 && !superseded; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return !superseded;
  }

  /** Whether a save that failed is given up. */
  private synchronized void supersede(boolean on) {
    superseded = on;
    notifyAll();
  }

  /**
   * Throws what the last save threw, if it has ended.
   *
   * @throws IOException if saving is not allowed
   */
  void check() throws IOException {
    Future<?> last = underWay;
    if (last != null && last.isDone()) {
      finish();
    }
  }

  /**
   * Waits for the last save.
   *
   * @param needed whether it must succeed, since nothing else is left of the fit; it is tried again
   *     for some seconds then. If not, one that fails is not tried again
   * @throws IOException if saving is not allowed, or is needed and fails
   * @throws CancellationException if this thread is interrupted
   */
  void finish(boolean needed) throws IOException {
    Future<?> last = underWay;
    if (needed && last != null) {
      try {
        last.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        supersede(true); // What it is, finish says.
      } catch (InterruptedException e) {
        throw interrupted();
      }
    } else {
      supersede(true);
    }
    finish();
    IOException why = trouble;
    if (needed && why != null) {
      throw new IOException("fit: its last state could not be saved; " + why.getMessage(), why);
    }
  }

  private void finish() throws IOException {
    Future<?> last = underWay;
    if (last == null) {
      return;
    }
    try {
      last.get();
      underWay = null;
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      underWay = null;
      throw thrown(e.getCause());
    }
  }

  private static CancellationException interrupted() {
    Thread.currentThread().interrupt();
    return new CancellationException("fit: interrupted while it saves");
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
    supersede(true);
    thread.shutdown();
    boolean interrupted = false;
    long end = System.nanoTime() + patience.toNanos();
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

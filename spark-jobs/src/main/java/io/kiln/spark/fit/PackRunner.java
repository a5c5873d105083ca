package io.kiln.spark.fit;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.train.FitResult;
import io.kiln.spark.cluster.AttemptFailedException;
import io.kiln.spark.cluster.Attempts;
import io.kiln.spark.cluster.Gang;
import io.kiln.spark.cluster.GangOptions;
import io.kiln.spark.cluster.Lease;
import io.kiln.spark.cluster.Message;
import io.kiln.spark.cluster.SlotLedger;
import io.kiln.spark.cluster.Wish;
import io.kiln.spark.report.StepSeries;
import io.kiln.spark.store.HadoopStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Trains several fits of one worker one after another in one task, on one slot: for fits so small
 * that a task of their own would take longer than they do. Each is what {@link FitRunner} makes of
 * it. If the executor is lost, those that were not done are trained again.
 *
 * <p>Order of calls: {@link #run} once; meanwhile {@link #stop} from any thread.
 */
public final class PackRunner {
  /** Hears how it goes, one event after another. */
  public interface Events {
    /** The slot is there. */
    void leased();

    /** Where the fits run. */
    void ready(WorkerMessage.Ready who);

    /** The fit of that number, from 0, begins; again after a lost executor. */
    void begins(int number);

    /** How its steps went, in few points. */
    void curve(int number, StepSeries series);

    /** It is over. */
    void done(int number, FitResult result);

    /** It failed. */
    void failed(int number, String why);
  }

  private final JavaSparkContext spark;
  private final HadoopStorage storage;
  private @Nullable Gang running;
  private boolean stopping;
  private int attempts;

  /**
   * A runner of one pack.
   *
   * @param storage where data and checkpoints are
   */
  public PackRunner(JavaSparkContext spark, HadoopStorage storage) {
    this.spark = spark;
    this.storage = storage;
  }

  /**
   * Trains all that are not stopped before.
   *
   * @throws io.kiln.spark.cluster.ResourcesException if there is no slot in time
   * @throws ConfigException if the folder of checkpoints cannot be used
   * @throws IOException if data are not what they were
   */
  public void run(List<FitSpec> specs, Events events) throws IOException {
    SortedSet<Integer> left = Collections.synchronizedSortedSet(new TreeSet<>());
    for (int i = 0; i < specs.size(); i++) {
      left.add(i);
    }
    Hearing hearing = new Hearing(specs, left, events);
    while (!left.isEmpty() && !isStopping()) {
      try {
        Attempts tries =
            new Attempts(specs.get(0).config().cluster().attempts(), Attempts.DEFAULT.backOff());
        tries.run(() -> specs.size() - left.size(), number -> attempt(specs, hearing));
        return;
      } catch (AttemptFailedException e) {
        if (e.getCause() instanceof ConfigException wrong && OutFolder.isAtFault(wrong)) {
          throw wrong;
        }
        // What ends the task again and again is the fit that was under way.
        int blamed = left.contains(hearing.last) ? hearing.last : left.first();
        left.remove(blamed);
        events.failed(blamed, String.valueOf(e.getMessage()));
      } catch (UncheckedIOException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /** Asks the fit under way to leave; no other begins. */
  public void stop() {
    Gang gang;
    synchronized (this) {
      stopping = true;
      gang = running;
    }
    if (gang != null) {
      gang.stop();
    }
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private boolean attempt(List<FitSpec> specs, Hearing hearing) {
    FitSpec first = specs.get(0);
    GangOptions options = FitRunner.options(spark, first.config().cluster());
    int cores = Math.max(1, first.cores());
    try (Lease slot = SlotLedger.of(spark).lease(Wish.of(1, cores), options.slotTimeout())) {
      PackTask task = task(specs, hearing.left);
      Gang gang = new Gang(spark, options.with(slot).withAttempt(attempts++));
      synchronized (this) {
        if (stopping) {
          throw new CancellationException(FitRunner.STOPPED);
        }
        running = gang;
      }
      hearing.events.leased();
      gang.run(slot, task, hearing::told);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("fit: interrupted");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (this) {
        running = null;
      }
    }
  }

  private PackTask task(List<FitSpec> specs, SortedSet<Integer> left) throws IOException {
    PackTask task = new PackTask(new ArrayList<>(), new ArrayList<>());
    for (int number : List.copyOf(left)) {
      FitSpec spec = specs.get(number);
      task.numbers().add(number);
      task.fits().add(FitRunner.task(spec, storage, spec.data().ready(), spec.from(), Sign.NONE));
    }
    return task;
  }

  /** Hears the workers, on the control channel's thread. */
  private static final class Hearing {
    private final List<FitSpec> specs;
    private final SortedSet<Integer> left;
    private final Events events;
    private volatile int last = -1;

    Hearing(List<FitSpec> specs, SortedSet<Integer> left, Events events) {
      this.specs = specs;
      this.left = left;
      this.events = events;
    }

    void told(Message message) {
      try {
        WorkerMessage said = WorkerMessage.of(message.body());
        if (said instanceof WorkerMessage.FitBegun begun) {
          last = begun.number();
          events.begins(begun.number());
        } else if (said instanceof WorkerMessage.Curve curve) {
          events.curve(last, curve.series());
        } else if (said instanceof WorkerMessage.FitDone done) {
          if (done.result().ending() != FitResult.Ending.INTERRUPTED) {
            left.remove(done.number());
            events.done(done.number(), done.result());
          }
        } else if (said instanceof WorkerMessage.FitFailed failed) {
          left.remove(failed.number());
          events.failed(failed.number(), failed.why());
        } else if (said instanceof WorkerMessage.Ready ready) {
          events.ready(ready);
        } else if (said instanceof WorkerMessage.Lost lost) {
          specs.forEach(spec -> spec.data().lost(lost.executor()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

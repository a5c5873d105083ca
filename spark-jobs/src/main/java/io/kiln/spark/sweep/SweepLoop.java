package io.kiln.spark.sweep;

import io.kiln.spark.cluster.SlotLedger;
import io.kiln.spark.config.SweepConfig;
import io.kiln.spark.fit.Patience;
import io.kiln.spark.report.SweepReport.Trial;
import io.kiln.spark.search.Observation;
import io.kiln.spark.search.Strategy;
import io.kiln.spark.search.Suggestion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.DoubleSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks the strategy for trials as slots come free, has them trained, tells it what came of them,
 * and writes all of that to the journal before it counts. That a trial failed is a result too; what
 * is no trial's fault (no slots, a folder that cannot be written) ends the sweep.
 */
final class SweepLoop {
  /** Trials that wait for slots at a time, each on a thread. */
  private static final int MOST_THREADS = 64;

  private static final long LOOK_MILLIS = 100;

  private final SlotLedger slots;
  private final SweepConfig sweep;
  private final Strategy strategy;
  private final TrialBook book;
  private final Journal journal;
  private final Packing packing;
  private final DoubleSupplier seconds;
  private final SlotClock clock;
  private final Deque<Part> queue;
  private final List<SlotTask> running = new ArrayList<>();
  private final int most;
  private int partsUnderWay;
  private boolean closed;
  private @Nullable Exception trouble;
  private CountDownLatch before = new CountDownLatch(0);

  /**
   * A loop that has not begun.
   *
   * @param left what was suggested before, but has not ended
   * @param most trials there can be
   * @param seconds since the sweep began
   */
  SweepLoop(
      JavaSparkContext spark,
      SweepConfig sweep,
      Strategy strategy,
      TrialBook book,
      Journal journal,
      Packing packing,
      List<Part> left,
      int most,
      DoubleSupplier seconds) {
    this.slots = SlotLedger.of(spark);
    this.sweep = sweep;
    this.strategy = strategy;
    this.book = book;
    this.journal = journal;
    this.packing = packing;
    this.seconds = seconds;
    this.queue = new ArrayDeque<>(left);
    this.most = most;
    this.clock = new SlotClock(this::usable, System::nanoTime);
  }

  /** Slots that trials may have. */
  private int usable() {
    int all = slots.all();
    book.slots(all);
    return sweep.parallel() == 0 ? all : Math.min(all, sweep.parallel() * sweep.workers());
  }

  /**
   * Runs until the strategy has nothing more, or the budget is spent.
   *
   * @param tasks makes what trains parts on a slot
   * @return the share of the slots' time that trials used
   */
  double run(TaskMaker tasks) throws Exception {
    Trial best = book.best();
    Double value = best == null ? null : best.value();
    if (best != null && value != null && isEnough(value)) {
      close("sweep.target: " + best.id() + " has " + value);
      queue.clear();
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      while (true) {
        SlotTask task = next(tasks);
        if (task == null) {
          break;
        }
        threads.execute(() -> run(task));
      }
      Exception wrong = trouble;
      if (wrong != null) {
        throw wrong;
      }
      return clock.utilization();
    } finally {
      threads.shutdownNow();
    }
  }

  /** Makes a task. */
  interface TaskMaker {
    /**
     * Makes one.
     *
     * @param parts of it
     * @param before the task before has its slot, or never will
     */
    SlotTask of(List<Part> parts, CountDownLatch before, SweepLoop loop);
  }

  /** Waits for the next task; null if there is none any more. */
  private synchronized @Nullable SlotTask next(TaskMaker tasks) throws InterruptedException {
    while (true) {
      if (trouble == null && running.size() < limit()) {
        List<Part> pack = pack();
        if (!pack.isEmpty()) {
          SlotTask task = tasks.of(pack, before, this);
          before = task.begun();
          running.add(task);
          partsUnderWay += pack.size();
          noteWants();
          return task;
        }
      }
      if (running.isEmpty()) {
        return null;
      }
      noteWants();
      wait(LOOK_MILLIS);
    }
  }

  private void noteWants() {
    int ahead = queue.size();
    if (strategy.isIndependent() && !closed) {
      ahead += sweep.fits() * (most - book.size());
    }
    boolean unknown = !strategy.isIndependent() && !closed && running.size() >= limit();
    clock.wants(unknown ? Integer.MAX_VALUE : sweep.workers() * Math.max(1, partsUnderWay + ahead));
  }

  /** Tasks at a time: those that learn from others wait until there is a slot. */
  private int limit() {
    int there = Math.max(1, usable() / sweep.workers());
    if (strategy.isIndependent()) {
      return sweep.parallel() > 0 ? sweep.parallel() : MOST_THREADS;
    }
    return there;
  }

  /** Parts for one task, as many as are worth it. */
  private List<Part> pack() {
    List<Part> pack = new ArrayList<>();
    double work = 0;
    int mostOfThem =
        strategy.isIndependent()
            ? packing.most(queue.size() + sweep.fits() * (most - book.size()), usable())
            : packing.most(packing.mostDependent() * usable(), usable());
    while (pack.size() < mostOfThem) {
      Part part = poll();
      if (part == null) {
        break;
      }
      double its = packing.seconds(part, book.suggestion(part.trial()).values());
      boolean small = packing.isSmall(its);
      if (!pack.isEmpty() && (!small || packing.isEnough(work + its))) {
        queue.addFirst(part);
        break;
      }
      pack.add(part);
      work += its;
      if (!small) {
        break;
      }
    }
    return pack;
  }

  /** The next part that has to be trained; null if there is none now. */
  private @Nullable Part poll() {
    while (true) {
      Part part = queue.isEmpty() ? suggested() : queue.poll();
      if (part == null) {
        return null;
      }
      PartEnd last = book.last(part);
      if (book.isFailed(part.trial())) {
        end(
            PartEnd.failed(
                part,
                last == null ? 0 : last.epochs(),
                0,
                seconds.getAsDouble(),
                "",
                "not trained, since another fold failed"));
      } else if (last != null && last.over()) {
        end(last.again(part));
      } else {
        return part;
      }
    }
  }

  private @Nullable Part suggested() {
    String spent = closed ? null : spent(0);
    if (spent != null) {
      close(spent);
    }
    Suggestion what = closed ? null : strategy.suggest();
    if (what == null) {
      return null;
    }
    spent = spent(cost(what));
    if (spent != null) {
      close(spent);
      return null;
    }
    if (!write(new Entry.Suggested(what.trial(), what.values(), what.epochs()))) {
      return null;
    }
    book.suggested(what);
    queue.addAll(parts(what, sweep));
    return queue.poll();
  }

  /** The fits of a suggestion. */
  static List<Part> parts(Suggestion what, SweepConfig sweep) {
    List<Part> parts = new ArrayList<>();
    for (int fold = 0; fold < sweep.fits(); fold++) {
      parts.add(new Part(what.trial(), sweep.folds() == 0 ? -1 : fold, what.epochs()));
    }
    return parts;
  }

  /** Epochs that a suggestion adds. */
  private long cost(Suggestion what) {
    boolean known = book.knows(what.trial());
    PartEnd last = known ? book.last(new Part(what.trial(), sweep.folds() == 0 ? -1 : 0, 0)) : null;
    int until = Math.min(what.epochs(), packing.epochs(what.values()));
    return (long) sweep.fits() * Math.max(0, until - (last == null ? 0 : last.epochs()));
  }

  /** Why nothing that costs so many epochs is begun; null if it may. */
  private @Nullable String spent(long cost) {
    SweepConfig.Budget budget = sweep.budget();
    long underWay = book.epochsPlanned(packing::epochs);
    if (budget.epochs() > 0 && cost > 0 && underWay + cost > budget.epochs()) {
      return "sweep.epochs: " + underWay + " of " + budget.epochs() + " epochs are trained";
    }
    if (budget.seconds() > 0 && seconds.getAsDouble() >= budget.seconds()) {
      return "sweep.time is over";
    }
    return null;
  }

  private void close(String why) {
    closed = true;
    book.budgetIsSpent(why);
  }

  private void run(SlotTask task) {
    double used = 0;
    try {
      used = task.run();
    } catch (IOException | RuntimeException e) {
      fail(e);
    } finally {
      task.begun().countDown();
      clock.used(used * sweep.workers());
      over(task);
    }
  }

  private synchronized void fail(Exception e) {
    trouble = trouble == null ? e : trouble;
    closed = true;
    running.forEach(SlotTask::stop);
  }

  private synchronized void over(SlotTask task) {
    running.remove(task);
    partsUnderWay -= task.size();
    notifyAll();
  }

  /** A fit has its slot. */
  void begins(Part part) {
    clock.look();
    book.begins(part.trial());
  }

  /** A fit is over. */
  synchronized void end(PartEnd end) {
    if (book.isStopped() || !write(new Entry.Ended(end))) {
      return;
    }
    Observation what = book.ended(end);
    if (what == null) {
      return;
    }
    strategy.observe(what);
    double value = sweep.greaterIsBetter() ? what.merit() : -what.merit();
    if (isEnough(value)) {
      close("sweep.target: " + Part.id(what.trial()) + " has " + value);
      queue.clear();
      running.forEach(SlotTask::stop);
    }
    notifyAll();
  }

  private boolean isEnough(double value) {
    double target = sweep.budget().target();
    return !Double.isNaN(target)
        && !Double.isNaN(value)
        && (sweep.greaterIsBetter() ? value >= target : value <= target);
  }

  private boolean write(Entry entry) {
    try {
      Patience.DEFAULT.call(
          "writing the journal",
          () -> {
            journal.write(entry);
            return entry;
          });
      return true;
    } catch (IOException e) {
      fail(e);
      return false;
    }
  }
}

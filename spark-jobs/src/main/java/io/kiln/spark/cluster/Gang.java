package io.kiln.spark.cluster;

import io.kiln.nn.collective.AttemptKey;
import io.kiln.nn.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.TaskResourceProfile;
import org.apache.spark.resource.TaskResourceRequests;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * One attempt: a barrier stage of W tasks that are linked with each other and with the driver.
 *
 * <p>Order of calls: {@link #run} once; meanwhile {@link #stop} from any thread.
 */
public final class Gang {
  private static final Logger LOG = LoggerFactory.getLogger(Gang.class);

  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /** How long workers may take to leave by themselves after one failed. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final JavaSparkContext spark;
  private final GangOptions options;
  private boolean stopping;
  private @Nullable Rendezvous meeting;

  /** A gang that is still to be run. */
  public Gang(JavaSparkContext spark, GangOptions options) {
    this.spark = spark;
    this.options = options;
  }

  /** Runs a gang without data of Spark's; see {@link #run(GangTask, Consumer)}. */
  public static <R> List<R> run(
      JavaSparkContext spark, GangOptions options, GangTask<R> task, Consumer<Message> onProgress) {
    return new Gang(spark, options).run(task, onProgress);
  }

  /**
   * Runs the task on every worker.
   *
   * @param onProgress gets what workers report, one message at a time
   * @return the workers' results in rank order
   * @throws ResourcesException if there are not enough free slots in time
   * @throws AttemptFailedException if a worker failed; its cause is the first worker's
   * @throws ConfigException if the cluster's settings do not allow a gang
   * @throws CancellationException if this thread is interrupted
   */
  public <R> List<R> run(GangTask<R> task, Consumer<Message> onProgress) {
    List<Integer> ranks = Collections.nCopies(options.workers(), 0);
    return run(
        spark.parallelize(ranks, options.workers()),
        (context, rows) -> task.run(context),
        onProgress);
  }

  /**
   * Runs the task on every partition of an RDD, which has as many as there are workers.
   *
   * @see #run(GangTask, Consumer)
   */
  public <T, R> List<R> run(
      JavaRDD<T> rows, GangRowsTask<T, R> task, Consumer<Message> onProgress) {
    Wish wish = Wish.of(options.workers(), options.cpus());
    try (Lease lease = SlotLedger.of(spark).lease(wish, options.slotTimeout())) {
      return run(lease, rows, task, onProgress);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Runs the task on slots that were leased before. */
  public <R> List<R> run(Lease lease, GangTask<R> task, Consumer<Message> onProgress) {
    List<Integer> ranks = Collections.nCopies(options.workers(), 0);
    return run(
        lease,
        spark.parallelize(ranks, options.workers()),
        (context, rows) -> task.run(context),
        onProgress);
  }

  private static CancellationException interrupted() {
    Thread.currentThread().interrupt();
    return new CancellationException("gang: interrupted");
  }

  private void check(JavaRDD<?> rows) {
    if (rows.getNumPartitions() != options.workers()) {
      throw new IllegalArgumentException(
          "gang: the data has "
              + rows.getNumPartitions()
              + " partitions but "
              + options.workers()
              + " workers need one each; repartition it");
    }
  }

  /** Like {@link #run(JavaRDD, GangRowsTask, Consumer)}, with slots that the caller has got. */
  <T, R> List<R> run(
      Lease lease, JavaRDD<T> rows, GangRowsTask<T, R> task, Consumer<Message> onProgress) {
    check(rows);
    SparkConf conf = spark.getConf();
    warnOfOpenChannel(conf);
    String host = conf.get("spark.driver.host");
    AttemptKey key = AttemptKey.random();
    String group = "kiln-gang-" + UUID.randomUUID();
    try (Rendezvous rendezvous =
        new Rendezvous(conf.get("spark.driver.bindAddress", host), options, key, onProgress)) {
      synchronized (this) {
        meeting = rendezvous;
        if (stopping) {
          rendezvous.stop();
        }
      }
      GangBody<T, R> body = new GangBody<>(options, host, rendezvous.port(), key, task);
      RDD<byte[]> stage = stage(rows.rdd(), body, lease);
      Thread watch = new Thread(() -> watch(rendezvous, group), "kiln-gang-watch");
      watch.setDaemon(true);
      watch.start();
      byte[][] results;
      try {
        results = job(stage, group, lease);
        listenToTheEnd(rendezvous);
      } catch (Throwable e) {
        // Spark declares none of what it throws.
        RuntimeException explained = explained(rendezvous, e);
        if (explained instanceof CancellationException) {
          cancel(group, "the driver was interrupted");
        }
        throw explained;
      } finally {
        watch.interrupt();
      }
      List<R> decoded = new ArrayList<>();
      for (byte[] result : results) {
        decoded.add(body.decode(result));
      }
      return decoded;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "gang: no listener for the workers on " + host + "; " + e.getMessage(), e);
    }
  }

  /** The attempt's key travels with the tasks: it is as safe as Spark's own messages are. */
  private void warnOfOpenChannel(SparkConf conf) {
    boolean safe =
        conf.getBoolean("spark.ssl.rpc.enabled", false)
            || (conf.getBoolean("spark.authenticate", false)
                && conf.getBoolean("spark.network.crypto.enabled", false));
    if (!safe && !spark.isLocal() && !WARNED.getAndSet(true)) {
      LOG.warn(
          "gang: Spark's messages are not encrypted, so whoever can read the network can join the"
              + " workers; set spark.authenticate and spark.network.crypto.enabled to true where"
              + " the network is not trusted");
    }
  }

  /** Takes the one result of each partition. */
  private static final class First extends AbstractFunction1<Iterator<byte[]>, byte[]>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] apply(Iterator<byte[]> results) {
      return results.next();
    }
  }

  /**
   * The tasks. Where executors come and go Spark has no barrier stages, but the rendezvous is one:
   * whoever comes before the others waits there.
   */
  private <T, R> RDD<byte[]> stage(RDD<T> rows, GangBody<T, R> body, Lease lease) {
    ClassTag<byte[]> bytes = ClassTag$.MODULE$.apply(byte[].class);
    RDD<byte[]> stage;
    if (SlotLedger.of(spark).dynamic()) {
      if (spark.getConf().getBoolean("spark.speculation", false)) {
        throw new ConfigException(
            "spark.speculation: true came with dynamic allocation but there is one worker of each"
                + " rank; set it to false");
      }
      stage = rows.mapPartitions(new Only<>(body), false, bytes);
    } else {
      stage = rows.barrier().mapPartitions(body, false, bytes);
    }
    int usual = Math.max(1, spark.getConf().getInt("spark.task.cpus", 1));
    return lease.cpus() == usual || spark.isLocal()
        ? stage
        : stage.withResources(
            new TaskResourceProfile(new TaskResourceRequests().cpus(lease.cpus()).requests()));
  }

  /** A function of a partition's rows as Spark's plain stages want it. */
  private static final class Only<T> extends AbstractFunction1<Iterator<T>, Iterator<byte[]>>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    private final GangBody<T, ?> body;

    Only(GangBody<T, ?> body) {
      this.body = body;
    }

    @Override
    public Iterator<byte[]> apply(Iterator<T> rows) {
      TaskContext task = TaskContext.get();
      if (task.attemptNumber() > 0) {
        throw new IllegalStateException(
            "gang: Spark started worker " + task.partitionId() + " again; the attempt is over");
      }
      return body.apply(rows);
    }
  }

  private byte[][] job(RDD<byte[]> stage, String group, Lease lease) {
    String before = spark.getLocalProperty("spark.jobGroup.id");
    String description = spark.getLocalProperty("spark.job.description");
    String interrupt = spark.getLocalProperty("spark.job.interruptOnCancel");
    spark.setJobGroup(
        group, "kiln: " + options.workers() + " workers, attempt " + options.attempt(), true);
    spark.setLocalProperty(SlotLedger.LEASE, Long.toString(lease.id()));
    try {
      ClassTag<byte[]> bytes = ClassTag$.MODULE$.apply(byte[].class);
      return (byte[][]) spark.sc().runJob(stage, new First(), bytes);
    } finally {
      spark.setLocalProperty(SlotLedger.LEASE, null);
      spark.setLocalProperty("spark.jobGroup.id", before);
      spark.setLocalProperty("spark.job.description", description);
      spark.setLocalProperty("spark.job.interruptOnCancel", interrupt);
    }
  }

  /** Sees to it that the job ends when the attempt has failed. */
  private void watch(Rendezvous rendezvous, String group) {
    try {
      if (!rendezvous.awaitStart(options.startTimeout())) {
        rendezvous.fail(
            Failure.unknown(
                rendezvous.present()
                    + " of "
                    + options.workers()
                    + " workers came within "
                    + options.startTimeout().toSeconds()
                    + " s; is the cluster busy, or the driver not reachable from the executors?"));
      }
      while (!rendezvous.awaitFailure(Duration.ofHours(1))) {
        LOG.debug("gang: attempt {} goes on", options.attempt());
      }
      if (rendezvous.present() > 0) {
        rendezvous.awaitEnd(GRACE);
      }
      replaceSilent(rendezvous);
      cancel(group, "the attempt failed");
    } catch (InterruptedException e) {
      LOG.debug("gang: attempt {} has ended", options.attempt());
    }
  }

  /**
   * Ends the job wherever it stands: while it runs, waits for a stage before it, or is only in
   * Spark's queue because slots have vanished, which Spark would look for again for ten minutes.
   */
  private void cancel(String group, String why) {
    spark.sc().cancelJobGroupAndFutureJobs(group, why);
  }

  /** An executor whose process hangs would keep its slots for as long as Spark believes in it. */
  private void replaceSilent(Rendezvous rendezvous) {
    Failure failure = rendezvous.failure();
    if (failure == null || failure.grade() != Failure.Grade.LOST || spark.isLocal()) {
      return;
    }
    WorkerInfo worker = rendezvous.worker(failure.rank());
    if (worker != null) {
      LOG.warn("gang: executor {} on {} is replaced", worker.executor(), worker.host());
      boolean asked = spark.sc().killAndReplaceExecutor(worker.executor());
      LOG.debug("gang: the cluster {}", asked ? "agreed" : "refused");
    }
  }

  /** Spark's results and the workers' reports come by different ways; both must be in. */
  private void listenToTheEnd(Rendezvous rendezvous) throws InterruptedException {
    if (!rendezvous.awaitEnd(options.heartbeatTimeout().multipliedBy(2))) {
      LOG.warn(
          "gang: attempt {} is done but not all reports of its workers came", options.attempt());
    }
    rendezvous.drain();
    RuntimeException mine = rendezvous.driverError();
    if (mine != null) {
      throw mine;
    }
  }

  /** What an attempt's end means; called when Spark's job has failed. */
  private RuntimeException explained(Rendezvous rendezvous, Throwable thrown) {
    if (thrown instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      rendezvous.fail(Failure.unknown("the driver was interrupted"));
      return interrupted();
    }
    String said = String.valueOf(thrown.getMessage());
    if (rendezvous.present() == 0 && said.contains("not serializable")) {
      return new IllegalArgumentException(
          "gang: the task holds something that cannot be sent to the executors; " + said, thrown);
    }
    Failure failure;
    try {
      // The first news may be of the consequence; the cause can be some milliseconds behind.
      rendezvous.awaitFailure(Duration.ofSeconds(2));
      rendezvous.awaitEnd(Duration.ofMillis(300));
      failure = rendezvous.failure();
    } catch (InterruptedException e) {
      return interrupted();
    }
    RuntimeException mine = rendezvous.driverError();
    if (mine != null) {
      return mine;
    }
    if (failure == null) {
      failure = Failure.unknown(said);
    }
    AttemptFailedException explained =
        new AttemptFailedException(
            options.attempt(),
            failure.rank(),
            failure.host(),
            failure.message(),
            failure.retryable(),
            failure.rebuilt());
    explained.addSuppressed(thrown);
    return explained;
  }

  /** Asks all workers to save and leave; they see it in {@link GangContext#stopRequested}. */
  public synchronized void stop() {
    stopping = true;
    if (meeting != null) {
      meeting.stop();
    }
  }
}

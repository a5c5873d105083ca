package io.kiln.spark.cluster;

import io.kiln.nn.config.ConfigException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The task slots of an application, leased to all that Kiln runs in it: first come, first served.
 * It sees executors that register later, are excluded, or die, and the tasks of others, for which
 * it leaves room.
 */
public final class SlotLedger {
  /** Local property of a gang's job: which lease its tasks use. */
  static final String LEASE = "kiln.lease";

  /** A number of slots that has rested for so long is taken for what there is. */
  private static final Duration REST = Duration.ofSeconds(3);

  private static final long LOOK_MILLIS = 100;
  private static final Map<SparkContext, SlotLedger> LEDGERS = new WeakHashMap<>();

  private final SparkContext spark;
  private final int slot;
  private final Map<Long, Lease> leases = new LinkedHashMap<>();
  private final Map<Integer, Long> stages = new LinkedHashMap<>();
  private final Map<Long, Running> tasks = new LinkedHashMap<>();

  /** Tasks that ran when this ledger began to look, by executor. */
  private final Map<String, Integer> before = new LinkedHashMap<>();

  private final Deque<Object> queue = new ArrayDeque<>();
  private long next;
  private int seen;
  private long since = System.nanoTime();

  /** A task; that of no lease, or of one that is over, takes room from all others. */
  private record Running(long lease, String executor, int cpus) {}

  private SlotLedger(SparkContext spark) {
    this.spark = spark;
    this.slot = Math.max(1, spark.conf().getInt("spark.task.cpus", 1));
  }

  /** Notes what runs already, once the listener hears of all that begins from now on. */
  private synchronized void lookAround() {
    for (ExecutorSummary executor : executors()) {
      before.put(executor.id(), executor.activeTasks());
    }
  }

  private List<ExecutorSummary> executors() {
    return CollectionConverters.asJava(spark.statusStore().executorList(true));
  }

  /** That of an application. */
  public static SlotLedger of(JavaSparkContext spark) {
    synchronized (LEDGERS) {
      SlotLedger known = LEDGERS.get(spark.sc());
      if (known == null) {
        known = new SlotLedger(spark.sc());
        spark.sc().addSparkListener(known.new Tasks());
        known.lookAround();
        LEDGERS.put(spark.sc(), known);
      }
      return known;
    }
  }

  /** Slots of usual tasks, busy or not. */
  public int all() {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }

  /** How many wait for slots. */
  synchronized int waiting() {
    return queue.size();
  }

  /** Places for usual tasks that nobody has. */
  synchronized int free() {
    return room().freePlaces(slot);
  }

  /** Cores of a usual task. */
  int cpus() {
    return slot;
  }

  /** Whether Spark gives executors as tasks wait for them. */
  boolean dynamic() {
    return !spark.isLocal() && spark.conf().getBoolean("spark.dynamicAllocation.enabled", false);
  }

  /**
   * Waits for slots. Between the least and the most it takes what is there once their number rests.
   *
   * @param patience how long to wait while the cluster has too few, or others use them; the time in
   *     which Kiln itself uses them does not count
   * @throws ResourcesException if there are not enough in time
   */
  public Lease lease(Wish wish, Duration patience) throws InterruptedException {
    Object ticket = new Object();
    long begun = System.nanoTime();
    synchronized (this) {
      queue.add(ticket);
    }
    try {
      while (true) {
        synchronized (this) {
          if (queue.peek() == ticket) {
            Lease lease = tryGrant(wish);
            if (lease != null) {
              return lease;
            }
          }
          boolean ours = queue.peek() != ticket || !leases.isEmpty();
          begun = ours ? System.nanoTime() : begun;
          refuseHopeless(wish, begun, patience);
          wait(LOOK_MILLIS);
        }
      }
    } finally {
      synchronized (this) {
        queue.remove(ticket);
        notifyAll();
      }
    }
  }

  private void refuseHopeless(Wish wish, long begun, Duration patience) {
    Room room = room();
    int cpus = Math.max(slot, wish.cpus());
    int all = room.capacity(cpus);
    boolean hopeless = spark.isLocal() && all < wish.least();
    if (!hopeless && System.nanoTime() - begun < patience.toNanos()) {
      return;
    }
    throw new ResourcesException(
        "cluster: "
            + all
            + " task slots are there, "
            + (all - Math.min(all, room.freePlaces(cpus)))
            + " of them busy, "
            + (hopeless ? "" : "after " + patience.toSeconds() + " s, ")
            + "but "
            + (wish.least() == 1 ? "one is needed; " : wish.least() + " workers need one each; ")
            + (spark.isLocal()
                ? "use --master local[" + wish.least() + "] or lower cluster.workers"
                : "give more executors or cores, "
                    + (wish.least() == 1 ? "" : "lower cluster.workers, ")
                    + "or raise"
                    + " cluster.resources-timeout"));
  }

  private @Nullable Lease tryGrant(Wish wish) {
    if (dynamic()) {
      return granted(new Room.Places(Map.of(), Math.max(slot, wish.cpus())), dynamicMost(wish));
    }
    Room room = room();
    int cores = room.cores();
    if (cores != seen) {
      seen = cores;
      since = System.nanoTime();
    }
    Room.Places places = room.places(wish, slot);
    int there = places.count();
    boolean rests = spark.isLocal() || System.nanoTime() - since >= REST.toNanos();
    boolean enough = there == wish.most() && (wish.cpus() > 0 || rests || wholeExecutors(places));
    if (enough || (there >= wish.least() && rests)) {
      return granted(places, there);
    }
    return null;
  }

  /** Whether more time could not give more cores to a worker. */
  private boolean wholeExecutors(Room.Places places) {
    int asked = spark.conf().getInt("spark.executor.instances", 0);
    return asked > 0 && room().all().size() >= asked && places.count() > 0;
  }

  private int dynamicMost(Wish wish) {
    long executors =
        spark.conf().getLong("spark.dynamicAllocation.maxExecutors", Integer.MAX_VALUE);
    long cores = spark.conf().getInt("spark.executor.cores", 1);
    long places = executors * Math.max(1, cores / Math.max(slot, wish.cpus()));
    if (places < wish.least()) {
      throw new ConfigException(
          "spark.dynamicAllocation.maxExecutors: "
              + executors
              + " came but "
              + wish.least()
              + " workers need one slot each at the same time; raise it, or lower cluster.workers");
    }
    return (int) Math.min(wish.most(), places);
  }

  private Lease granted(Room.Places places, int workers) {
    Lease lease = new Lease(this, next++, workers, places.cpus(), places.workers());
    leases.put(lease.id(), lease);
    return lease;
  }

  /** Whether a gang could be larger: there are free slots, and nobody waits for them. */
  public synchronized boolean couldGrow(Lease lease) {
    return queue.isEmpty() && !dynamic() && room().freePlaces(lease.cpus()) > 0;
  }

  synchronized void release(Lease lease) {
    leases.remove(lease.id());
    notifyAll();
  }

  /** Executors that take tasks, their cores, and those that nobody uses. */
  private Room room() {
    Map<String, Integer> all = new LinkedHashMap<>();
    Map<String, Integer> free = new LinkedHashMap<>();
    for (ExecutorSummary executor : executors()) {
      if (executor.totalCores() == 0 || executor.isExcluded()) {
        continue;
      }
      String id = executor.id();
      int heard = 0;
      int used = 0;
      for (Running task : tasks.values()) {
        boolean here = task.executor().equals(id);
        heard += here ? 1 : 0;
        used += here && !leases.containsKey(task.lease()) ? task.cpus() : 0;
      }
      // The end of a task from before may have been told before anybody listened.
      int most = Math.max(0, executor.activeTasks() - heard);
      before.computeIfPresent(id, (same, count) -> Math.min(count, most));
      used += slot * before.getOrDefault(id, 0);
      for (Lease lease : leases.values()) {
        used += lease.held(id);
      }
      all.put(id, executor.totalCores());
      free.put(id, Math.max(0, executor.totalCores() - used));
    }
    return new Room(all, free);
  }

  /** Where the tasks of leases run. */
  private final class Tasks extends SparkListener {
    @Override
    public void onApplicationEnd(SparkListenerApplicationEnd end) {
      synchronized (LEDGERS) {
        LEDGERS.remove(spark);
      }
    }

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      Properties properties = job.properties();
      String lease = properties == null ? null : properties.getProperty(LEASE);
      if (lease == null || job.stageInfos().isEmpty()) {
        return;
      }
      int last = 0;
      for (var stage : CollectionConverters.asJava(job.stageInfos())) {
        last = Math.max(last, stage.stageId()); // those before it make its data
      }
      synchronized (SlotLedger.this) {
        stages.put(last, Long.parseLong(lease));
        stages.values().retainAll(leases.keySet());
      }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      synchronized (SlotLedger.this) {
        Long id = stages.get(start.stageId());
        Lease lease = id == null ? null : leases.get(id);
        String executor = start.taskInfo().executorId();
        int cpus = lease == null ? slot : lease.cpus();
        long of = lease == null ? -1 : lease.id();
        tasks.put(start.taskInfo().taskId(), new Running(of, executor, cpus));
        if (lease != null) {
          lease.began(executor);
        }
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskInfo() == null) {
        return;
      }
      synchronized (SlotLedger.this) {
        Running task = tasks.remove(end.taskInfo().taskId());
        Lease lease = task == null ? null : leases.get(task.lease());
        if (task == null) {
          before.computeIfPresent(
              end.taskInfo().executorId(), (id, count) -> Math.max(0, count - 1));
        }
        if (lease != null) {
          lease.ended(end.taskInfo().executorId());
        }
        SlotLedger.this.notifyAll();
      }
    }
  }
}

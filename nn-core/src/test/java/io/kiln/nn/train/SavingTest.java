package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.Checkpoint;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.FaultyStorage;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that are written while training goes on: 100 steps, a save every tenth. */
@Timeout(1200)
class SavingTest {
  private static final TensorData DATA = TensorData.random(200, Shape.of(8), 3, DType.FLOAT32);

  @TempDir Path folder;

  /** Saves into a store and can be slow. */
  private static class Saves implements FitListener {
    final CheckpointStore store;
    final List<String> paths = new ArrayList<>();
    private final AtomicInteger atOnce = new AtomicInteger();
    volatile int mostAtOnce;
    volatile long step;

    Saves(CheckpointStore store) {
      this.store = store;
    }

    void before() throws InterruptedException {}

    @Override
    public void onStep(long done, long all, double loss, int samples) {
      step = done;
    }

    @Override
    public void onCheckpoint(FitState state) throws IOException {
      mostAtOnce = Math.max(mostAtOnce, atOnce.incrementAndGet());
      try {
        before();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      paths.add(store.save(state.toCheckpoint(Map.of())));
      atOnce.decrementAndGet();
    }
  }

  private static Network network() {
    return Network.of(
        Model.of(Sequential.of(Dense.of(16), Dense.of(3))), DATA.spec(), DType.FLOAT32, 1);
  }

  private static Fit fit(Network network, FitListener listener) {
    return new Fit(
        network,
        new SoftmaxCrossEntropyLoss(),
        ParameterUpdate.Rule.from(
            Settings.of("optimizer", Map.of("type", "adam", "learning-rate", 0.01))),
        DATA,
        DATA,
        FitOptions.of(2, 4, 3)
            .withShards(2)
            .withStopping(new FitOptions.Stopping(5, 0, false))
            .withCheckpoints(new FitOptions.Checkpoints(10, 1)),
        Collective.alone(),
        listener);
  }

  @Test
  void trainingGoesOnWhileAStateIsWritten() throws IOException {
    MemoryStorage memory = new MemoryStorage();
    CheckpointStore store = new CheckpointStore(memory, "c", 100);
    CountDownLatch laterSteps = new CountDownLatch(15);
    Map<Long, String> hashes = new HashMap<>();
    Network network = network();
    Saves slow =
        new Saves(store) {
          @Override
          void before() throws InterruptedException {
            if (paths.isEmpty()) {
              // Steps 11 to 20 are done meanwhile; the save of step 20 waits for this one.
              while (step < 20) {
                Thread.sleep(1);
              }
              assertThat(laterSteps.await(200, TimeUnit.MILLISECONDS)).isFalse();
              assertThat(step).isEqualTo(20);
            }
          }

          @Override
          public void onStep(long done, long all, double loss, int samples) {
            super.onStep(done, all, loss, samples);
            hashes.put(done, Digests.sha256(network.params().values()));
            if (done > 10) {
              laterSteps.countDown();
            }
          }
        };
    FitResult result = fit(network, slow).run();
    assertThat(slow.paths).hasSize(10);
    assertThat(slow.mostAtOnce).isEqualTo(1);
    for (String path : store.paths()) {
      Checkpoint saved = CheckpointStore.read(memory, path);
      assertThat(Digests.sha256(saved.tensor("values"))).isEqualTo(hashes.get(saved.step()));
    }
    assertThat(result.timing().checkpoint()).isPositive();
  }

  @Test
  void onlyWaitingCountsAsTimeForCheckpoints() throws IOException {
    AtomicLong steps = new AtomicLong();
    FitListener slow =
        new FitListener() {
          @Override
          public void onStep(long step, long all, double loss, int samples) {
            sleep(10);
            steps.set(step);
          }

          @Override
          public void onCheckpoint(FitState state) {
            // As long as the nine steps after it; the last one has none.
            while (steps.get() < Math.min(100, state.step() + 9)) {
              sleep(1);
            }
          }
        };
    Timing timing = fit(network(), slow).run().timing();
    // A second went into the steps; were the saves counted too, there would be almost two.
    assertThat(timing.checkpoint() + 100 * 0.010).isLessThan(timing.total());
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void copiesLieInMemoryThatIsKept() throws IOException {
    Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    FitListener notes =
        new FitListener() {
          @Override
          public void onCheckpoint(FitState state) {
            arrays.add(state.values().floats());
            for (Tensor tensor : state.optimizer().values()) {
              arrays.add(tensor.floats());
            }
          }
        };
    Network network = network();
    fit(network, notes).run();
    assertThat(arrays).hasSize(3);
    assertThat(arrays.contains(network.params().values().floats())).isFalse();
  }

  @Test
  void aDiskThatIsFullForAWhileIsToldAndDoesNotEndTheFit() throws IOException {
    MemoryStorage memory = new MemoryStorage();
    FaultyStorage full = new FaultyStorage(memory);
    CheckpointStore store = new CheckpointStore(full, "c", 100);
    List<Long> failed = Collections.synchronizedList(new ArrayList<>());
    Saves saves =
        new Saves(store) {
          @Override
          public void onCheckpoint(FitState state) throws IOException {
            boolean broken = state.step() == 30 || state.step() == 40;
            full.set(broken ? FaultyStorage.Fault.FULL : FaultyStorage.Fault.NONE, 100);
            super.onCheckpoint(state);
          }

          @Override
          public void onSaveFailed(long step, IOException why) {
            assertThat(why).hasMessage("No space left on device");
            failed.add(step);
          }
        };
    Network calm = network();
    fit(calm, new FitListener() {}).run();
    Network network = network();

    FitResult result = fit(network, saves).run();

    assertThat(result.ending()).isEqualTo(FitResult.Ending.FINISHED);
    assertThat(Digests.sha256(network.params().values()))
        .isEqualTo(Digests.sha256(calm.params().values()));
    assertThat(failed).contains(30L, 40L).containsOnly(30L, 40L);
    assertThat(steps(store)).containsExactly(100L, 90L, 80L, 70L, 60L, 50L, 20L, 10L);
  }

  private static List<Long> steps(CheckpointStore store) throws IOException {
    List<Long> steps = new ArrayList<>();
    for (String path : store.paths()) {
      steps.add(Long.parseLong(path.replaceAll("\\D", "")));
    }
    return steps;
  }

  @Test
  void aPlaceThatMayNotBeWrittenEndsTheFit() {
    Saves denied =
        new Saves(new CheckpointStore(new MemoryStorage(), "c", 3)) {
          @Override
          public void onCheckpoint(FitState state) throws IOException {
            throw new AccessDeniedException("c");
          }
        };
    assertThatThrownBy(fit(network(), denied)::run).isInstanceOf(AccessDeniedException.class);
    assertThat(denied.step).isBetween(10L, 20L);
  }

  @Test
  void theListenerMayAskForASaveAtAnyStep() throws IOException {
    MemoryStorage memory = new MemoryStorage();
    CheckpointStore store = new CheckpointStore(memory, "c", 100);
    Saves asks =
        new Saves(store) {
          @Override
          public boolean saveRequested() {
            return step == 7 || step == 50 || step == 63;
          }
        };
    new Fit(
            network(),
            new SoftmaxCrossEntropyLoss(),
            ParameterUpdate.Rule.from(Settings.of("optimizer", Map.of())),
            DATA,
            DATA,
            FitOptions.of(2, 4, 3),
            Collective.alone(),
            asks)
        .run();
    assertThat(steps(store)).containsExactly(63L, 50L, 7L);
    FitState atEpoch = FitState.of(CheckpointStore.read(memory, store.paths().get(1)));
    assertThat(atEpoch.history()).hasSize(1);
  }

  @Test
  void whoAsksToStopGetsAnEndWithTheStateSaved() throws IOException {
    CheckpointStore store = new CheckpointStore(new LocalStorage(), folder.toString(), 3);
    Saves slow =
        new Saves(store) {
          @Override
          void before() throws InterruptedException {
            Thread.sleep(200);
          }

          @Override
          public boolean stopRequested() {
            return step >= 33;
          }
        };
    FitResult result = fit(network(), slow).run();
    assertThat(result.ending()).isEqualTo(FitResult.Ending.INTERRUPTED);
    assertThat(store.newest().checkpoint().orElseThrow().step()).isEqualTo(34);
  }

  @Test
  void anInterruptedThreadStillWaitsForTheSaveUnderWay() throws Exception {
    CheckpointStore store = new CheckpointStore(new LocalStorage(), folder.toString(), 3);
    Thread training = Thread.currentThread();
    Saves slow =
        new Saves(store) {
          @Override
          void before() throws InterruptedException {
            if (paths.size() == 1) {
              while (training.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
              }
              training.interrupt(); // It waits for this save, before it begins the next.
              Thread.sleep(100);
            }
          }
        };
    assertThatThrownBy(fit(network(), slow)::run).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.newest().checkpoint().orElseThrow().step()).isEqualTo(20);
  }

  @Test
  void aFitThatFailsKeepsWhatItWasSaving() throws Exception {
    CheckpointStore store = new CheckpointStore(new LocalStorage(), folder.toString(), 3);
    CountDownLatch failed = new CountDownLatch(1);
    Saves slow =
        new Saves(store) {
          @Override
          void before() throws InterruptedException {
            failed.await();
          }

          @Override
          public void onStep(long done, long all, double loss, int samples) {
            if (done == 15) {
              failed.countDown();
              throw new IllegalStateException("test: lost");
            }
          }
        };
    assertThatThrownBy(fit(network(), slow)::run).hasMessage("test: lost");
    assertThat(store.newest().checkpoint().orElseThrow().step()).isEqualTo(10);
  }

  @Test
  @Tag("fault")
  void aKilledProcessLeavesACheckpointToGoOnFrom() throws Exception {
    long seed = Long.getLong("kiln.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      Path place = folder.resolve("kill-" + i);
      Process process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-Xmx200m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SavingTest.class.getName(),
                  place.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader said = process.inputReader(StandardCharsets.US_ASCII)) {
        assertThat(said.readLine()).isEqualTo("saved");
        Thread.sleep(random.nextInt(150));
        process.destroyForcibly().waitFor();
        CheckpointStore.Found found =
            new CheckpointStore(new LocalStorage(), place.toString(), 2).newest();
        assertThat(found.damaged()).as("seed " + seed).isEmpty();
        FitState state = FitState.of(found.checkpoint().orElseThrow());
        assertThat(state.step()).as("seed " + seed).isGreaterThanOrEqualTo(10);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /** Trains and saves until it is killed. */
  public static void main(String[] arguments) throws IOException {
    Saves saves =
        new Saves(new CheckpointStore(new LocalStorage(), arguments[0], 2)) {
          @Override
          public void onCheckpoint(FitState state) throws IOException {
            super.onCheckpoint(state);
            if (paths.size() == 1) {
              System.out.println("saved");
            }
          }
        };
    while (true) {
      fit(network(), saves).run();
    }
  }
}

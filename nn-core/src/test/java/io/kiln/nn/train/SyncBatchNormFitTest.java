package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.PeerException;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.io.Digests;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.GlobalAvgPool;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole fits of networks with synchronized batch norms. */
@Timeout(1200)
class SyncBatchNormFitTest {
  private static final Layer SYNC =
      Layers.of(Settings.of("layer", Map.of("type", "batch-norm", "sync", true)));
  private static final TensorData DATA = TensorData.random(46, Shape.of(2, 6, 6), 3, DType.FLOAT32);

  private static Network network(DType dtype, Layer norm, Layer... more) {
    List<Layer> layers = new ArrayList<>();
    layers.add(Conv2d.plain(6, 3, 1, 1));
    layers.add(norm);
    layers.add(new Relu());
    layers.add(Conv2d.plain(4, 3, 2, 1));
    layers.add(norm);
    layers.addAll(List.of(more));
    layers.add(new GlobalAvgPool());
    layers.add(new Flatten());
    layers.add(Layers.of(Settings.of("layer", Map.of("type", "dense", "units", 3))));
    return Network.of(Model.of(Sequential.of(layers)), DATA.spec(), dtype, 1);
  }

  private static Fit fit(
      Network network, Dataset data, int batch, int shards, int threads, Collective workers) {
    return fit(network, data, batch, shards, threads, workers, new FitListener() {});
  }

  private static Fit fit(
      Network network,
      Dataset data,
      int batch,
      int shards,
      int threads,
      Collective workers,
      FitListener listener) {
    Map<String, Object> optimizer = Map.of("type", "sgd", "learning-rate", 0.1, "momentum", 0.9);
    return new Fit(
        network,
        new SoftmaxCrossEntropyLoss(),
        ParameterUpdate.Rule.from(Settings.of("optimizer", optimizer)),
        data,
        data,
        FitOptions.of(4, batch, 3).withShards(shards).withThreads(threads),
        workers,
        listener);
  }

  @Test
  void unevenAndEmptyShardsTrainAsOneBatchDoes() throws Exception {
    TensorData data = TensorData.random(5, Shape.of(2, 6, 6), 3, DType.FLOAT64);
    Network whole = network(DType.FLOAT64, BatchNorm.of());
    fit(whole, data, 5, 1, 1, Collective.alone()).run();
    for (int shards : new int[] {3, 7}) { // 1, 2 and 2 samples; five of 1 and two of none
      Network cut = network(DType.FLOAT64, SYNC);
      fit(cut, data, 5, shards, 2, Collective.alone()).run();
      assertThat(cut.params().values().toArray())
          .containsExactly(whole.params().values().toArray(), within(1e-9));
    }
    Network apart = network(DType.FLOAT64, BatchNorm.of());
    fit(apart, data, 5, 3, 1, Collective.alone()).run();
    assertThat(apart.params().value("0.weight").get(0))
        .isNotCloseTo(whole.params().value("0.weight").get(0), within(1e-6));
  }

  @Test
  void anyNumberOfWorkersAndThreadsGivesTheSameBits() throws Exception {
    for (int samples : new int[] {46, 3}) { // with 3 samples one of four shards is always empty
      String expected = "";
      for (int workers : new int[] {1, 2, 3, 4, 5}) {
        List<String> hashes =
            Workers.run(
                workers,
                collective -> {
                  Network network = network(DType.FLOAT32, SYNC);
                  int threads = 1 + collective.rank() % 3;
                  fit(network, DATA.first(samples), 12, 4, threads, collective).run();
                  return Digests.sha256(network.params().values());
                });
        expected = expected.isEmpty() ? hashes.get(0) : expected;
        assertThat(hashes).containsOnly(expected);
      }
    }
  }

  @Test
  void runningStatisticsAreExactlyThoseOfOneShard() throws Exception {
    Network network = network(DType.FLOAT32, SYNC);
    fit(network, DATA, 12, 3, 1, Collective.alone()).run();
    // Seven steps of 3 shards: thirds of a sum would not be whole.
    assertThat(network.params().value("1.num_batches_tracked").get(0)).isEqualTo(16);
    assertThat(network.params().value("1.running_var").get(0)).isPositive();
  }

  @Test
  void otherStatisticsInTheSameNetworkAreStillTheMeanOfTheShards() throws Exception {
    Network mixed = network(DType.FLOAT32, SYNC, BatchNorm.of());
    List<String> hashes =
        Workers.run(
            2,
            collective -> {
              Network network = network(DType.FLOAT32, SYNC, BatchNorm.of());
              fit(network, DATA, 12, 4, 1, collective).run();
              return Digests.sha256(network.params().values());
            });
    fit(mixed, DATA, 12, 4, 2, Collective.alone()).run();
    assertThat(hashes).containsOnly(Digests.sha256(mixed.params().values()));
    assertThat(mixed.params().value("5.running_var").toArray()).isNotEqualTo(new double[] {1, 1});
  }

  /** Passes numbers on until it has been backward so often. */
  private static final class Breaks extends Op {
    private final AtomicInteger left;

    private Breaks(Var x, AtomicInteger left) {
      super(x.shape(), x);
      this.left = left;
    }

    @Override
    protected void forward() {
      output().value().copyFrom(input(0).value());
    }

    @Override
    protected void backward() {
      if (left.getAndDecrement() == 0) {
        throw new IllegalStateException("test: broken on purpose");
      }
      input(0).gradTarget().copyFrom(output().grad());
      input(0).gradDone();
    }
  }

  @Test
  void anExceptionInOneShardEndsAll() throws Exception {
    for (int threads : new int[] {1, 2}) {
      AtomicInteger left = new AtomicInteger(7);
      List<Throwable> ends =
          Workers.run(
              2,
              collective -> {
                AtomicInteger mine = collective.rank() == 1 ? left : new AtomicInteger(1 << 20);
                Layer breaks = (scope, x) -> x.tape().apply(new Breaks(x, mine));
                Network network = network(DType.FLOAT32, SYNC, breaks);
                try {
                  fit(network, DATA, 12, 4, threads, collective).run();
                  return new AssertionError("it went on");
                } catch (IllegalStateException | PeerException e) {
                  collective.close();
                  return e;
                }
              });
      assertThat(ends.get(1)).hasMessage("test: broken on purpose");
      assertThat(ends.get(0)).isInstanceOf(PeerException.class);
    }
  }

  @Test
  void aSampleThatCannotBeReadEndsTheFitWithItsCause() {
    Dataset broken =
        new Dataset() {
          @Override
          public int size() {
            return DATA.size();
          }

          @Override
          public io.kiln.nn.data.SampleSpec spec() {
            return DATA.spec();
          }

          @Override
          public void read(int index, io.kiln.nn.data.Batch batch, int row) {
            if (index == 20) {
              throw new IllegalStateException("test: unreadable");
            }
            DATA.read(index, batch, row);
          }
        };
    Fit fit = fit(network(DType.FLOAT32, SYNC), broken, 12, 4, 3, Collective.alone());
    assertThatThrownBy(fit::run).hasMessage("test: unreadable");
  }

  @Test
  void aStepAllocatesNextToNothing() throws Exception {
    List<Long> bytes = new ArrayList<>();
    FitListener counts =
        new FitListener() {
          @Override
          public void onStep(long step, long all, double loss, int samples) {
            if (step % 20 == 0) {
              bytes.add(allocated());
            }
          }
        };
    TensorData data = TensorData.random(24_000, Shape.of(2, 6, 6), 3, DType.FLOAT32);
    fit(network(DType.FLOAT32, SYNC), data, 4, 4, 2, Collective.alone(), counts).run();
    // The best of all windows of 20 steps, because code that is not yet compiled allocates more.
    // About 1400 bytes are what a fit of any network takes: schedule, listener, this measurement.
    long least = Long.MAX_VALUE;
    for (int i = 1; i < bytes.size(); i++) {
      least = Math.min(least, (bytes.get(i) - bytes.get(i - 1)) / 20);
    }
    assertThat(least).isPositive().isLessThan(4096);
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ids =
        Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
            .filter(info -> info != null && info.getThreadName().startsWith("kiln-slice"))
            .mapToLong(info -> info.getThreadId())
            .toArray();
    return threads.getCurrentThreadAllocatedBytes()
        + Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum();
  }
}

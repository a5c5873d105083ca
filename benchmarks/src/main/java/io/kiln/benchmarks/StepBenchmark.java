package io.kiln.benchmarks;

import io.kiln.nn.bench.Benchmarks;
import io.kiln.nn.bench.Stepper;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole training steps of the nets that {@code kiln bench} names. With {@code -prof gc} it shows
 * what a step allocates: {@code gc.alloc.rate.norm}, bytes a step.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 10)
@Measurement(iterations = 3, time = 5)
@State(Scope.Thread)
public class StepBenchmark {
  /** Name of the case. */
  @Param({
    "mlp-784-256-10-b64",
    "mlp-3072-512-256-10-b256",
    "lenet-b64",
    "cifar-cnn-b64",
    "caption-rnn-b50"
  })
  public String net = "mlp-784-256-10-b64";

  @SuppressWarnings("NullAway.Init") // by JMH, before each trial
  private Stepper stepper;

  /** Builds the network with random samples. */
  @Setup
  public void build() {
    stepper = new Stepper(Benchmarks.of(net), 1);
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    stepper.close();
  }

  /** Forward, loss, backward, update. */
  @Benchmark
  public double step() {
    return stepper.step();
  }
}

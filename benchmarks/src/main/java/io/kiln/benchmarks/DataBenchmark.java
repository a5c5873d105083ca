package io.kiln.benchmarks;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Augmentation;
import io.kiln.nn.data.AugmentedImages;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.ImageDataset;
import io.kiln.nn.data.Images;
import io.kiln.nn.data.Normalization;
import io.kiln.nn.data.SampleOrder;
import io.kiln.nn.data.Synthetic;
import io.kiln.nn.io.Digests;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to bring one sample into a batch, in random order; nanoseconds a sample. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DataBenchmark {
  private static final int COUNT = 20_000;

  /** One set, read in the order of an epoch. */
  public static class Reading {
    private final Dataset data;
    private final Batch batch;
    private final SampleOrder order = SampleOrder.of(1, 1, 0, COUNT);
    private int position;

    Reading(Dataset data) {
      this.data = data;
      this.batch = Batch.of(data.spec(), 64, DType.FLOAT32);
    }

    Batch next() {
      data.read(order.at(position), batch, position & 63);
      position = position + 1 == COUNT ? 0 : position + 1;
      return batch;
    }
  }

  /** Images of 28x28 grey pixels. */
  @State(Scope.Thread)
  public static class Grey extends Reading {
    /** Normalised only. */
    public Grey() {
      super(new ImageDataset(images(1, 28), new Normalization(List.of(0.13), List.of(0.3))));
    }
  }

  /** Images of 32x32 colour pixels. */
  @State(Scope.Thread)
  public static class Colour extends Reading {
    /** Normalised only. */
    public Colour() {
      super(new ImageDataset(images(3, 32), Normalization.none(3)));
    }
  }

  /** Images of 32x32 colour pixels, cropped at random and mirrored. */
  @State(Scope.Thread)
  public static class Cropped extends Reading {
    /** The usual variation of CIFAR-10. */
    public Cropped() {
      super(varied(Map.of("crop-padding", 4, "flip", true)));
    }
  }

  /** Images of 32x32 colour pixels with every variation. */
  @State(Scope.Thread)
  public static class Varied extends Reading {
    /** Everything at once. */
    public Varied() {
      super(
          varied(
              Map.of(
                  "crop-padding",
                  4,
                  "flip",
                  true,
                  "rotate",
                  15,
                  "brightness",
                  0.3,
                  "contrast",
                  0.3,
                  "saturation",
                  0.3,
                  "cutout",
                  8)));
    }
  }

  /** Numbers to be hashed. */
  @State(Scope.Thread)
  public static class Weights {
    final Tensor million = Tensor.zeros(Shape.of(1_000_000), DType.FLOAT32);
    long index;
  }

  /** A grey image. */
  @Benchmark
  public Batch grey(Grey data) {
    return data.next();
  }

  /** A colour image. */
  @Benchmark
  public Batch colour(Colour data) {
    return data.next();
  }

  /** A colour image, cropped and mirrored. */
  @Benchmark
  public Batch cropped(Cropped data) {
    return data.next();
  }

  /** A colour image, varied in every way. */
  @Benchmark
  public Batch varied(Varied data) {
    return data.next();
  }

  /** A made-up digit is drawn (and put into an array of its own). */
  @Benchmark
  public Images synthetic(Weights state) {
    return Synthetic.digits(1, (int) (state.index++ % 1_000_000), 1, Synthetic.DEFAULT_NOISE);
  }

  /** SHA-256 of a million weights. */
  @Benchmark
  public String digest(Weights state) {
    return Digests.sha256(state.million);
  }

  private static Dataset varied(Map<String, Object> settings) {
    Augmentation augmentation = Augmentation.of(Settings.of("augment", settings));
    return new AugmentedImages(images(3, 32), Normalization.none(3), augmentation);
  }

  private static Images images(int channels, int side) {
    byte[] pixels = new byte[COUNT * channels * side * side];
    CounterRng rng = CounterRng.of(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) rng.bits(i);
    }
    return new Images(Shape.of(channels, side, side), pixels, new int[COUNT], 10, List.of());
  }
}
